"""Taylor mode: the tracer of jet and its rules."""
