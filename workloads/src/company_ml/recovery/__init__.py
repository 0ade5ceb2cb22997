"""Recovery: a model version is archived and comes back, a table goes back to an earlier state.

``core`` decides whether and to what, the modules beside it do it; ``rehearsal`` proves on a copy
that it works, how long it takes and how much would be lost.
"""
