"""What a stack will cost, before it exists: a pure estimate over the resources that rules judge.

:func:`policies.estimate.bill.estimate` turns resources, a price book and usage assumptions into a
bill. Everything up to there needs the standard library only and runs in the policy packs; the
command line (``python -m policies.estimate``) adds files, pictures and the refresh of prices.
"""
