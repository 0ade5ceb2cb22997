"""Recovery: an archived model version comes back, a table goes back to an earlier state.

``core`` decides whether and to what, ``run`` does it; ``rehearsal`` proves on a copy that it works,
how long it takes and how much would be lost.
"""
