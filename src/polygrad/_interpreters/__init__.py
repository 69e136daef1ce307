"""Tracers for vmap and jvp: array types that stand for a batch of examples, or for a value with its tangent.

They are registered like the arrays of any backend.  Neither Tensor nor the graph knows of them.
"""
