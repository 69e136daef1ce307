"""NumPy kernels that override the generic implementations."""
