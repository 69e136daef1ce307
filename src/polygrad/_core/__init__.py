"""The engine: tensors, graph, primitives, dispatch and the backward sweep.  It has no mathematics and no array library."""
