"""The policy packs: what a reviewer would refuse, refused at preview.

Rules judge wire names (camelCase) and know neither the components nor the settings of this
program: they are its independent judge, and as good a judge of resources it never wrote.
"""
