"""Signals, as in ``torch.signal``: the windows in `polygrad.signal.windows`."""

from . import windows

__all__ = ["windows"]
