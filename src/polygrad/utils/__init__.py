"""What training needs besides layers and optimizers: data loading, checkpoints that save memory, exchange of arrays."""

from . import checkpoint, data, dlpack

__all__ = ["checkpoint", "data", "dlpack"]
