"""What differs between environments: typed, frozen, closed, and refused before anything is created.

Read in this order: :mod:`settings.platform` (one stack's settings), the models it is made of,
:mod:`settings.stacks` (what the stacks must agree on), :mod:`settings.load` (the only reader of
Pulumi configuration).
"""
