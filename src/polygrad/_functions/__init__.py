"""PyTorch's names and arguments over the primitives.  `polygrad` and the Tensor methods take theirs from here."""
