"""Array types that compute something else: batches of examples (vmap) and dual numbers (forward mode).

They are registered like any backend's.  Neither the Tensor nor the graph knows of them.
"""
