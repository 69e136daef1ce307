"""Guards on Python values: what a compiled function reads of Python, and how a call checks it."""
