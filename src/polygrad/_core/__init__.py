"""The engine room: cells, graph, primitives, dispatch and the backward sweep.  No mathematics, no array library."""
