"""Functions of neural networks: what `polygrad.nn.functional` and the layers call."""
