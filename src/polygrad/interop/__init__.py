"""What other libraries ask of a tensor: NumPy's functions called on tensors, and einops' backend.

Nothing here is imported before a library asks for it.
"""
