"""Functions of neural networks, for `polygrad.nn.functional` and the layers."""
