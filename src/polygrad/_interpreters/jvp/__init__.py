"""Forward mode: the tracer of jvp and its rules."""
