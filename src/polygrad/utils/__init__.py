"""Data loading, checkpoints that save memory, and exchange of arrays with other libraries."""

from . import checkpoint, data, dlpack

__all__ = ["checkpoint", "data", "dlpack"]
