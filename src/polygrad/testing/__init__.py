"""Comparisons for your tests, and the table of primitives that plugin authors run on their backend."""

from __future__ import annotations

from .comparison import assert_close
from .conformance import check_backend

__all__ = ["assert_close", "check_backend"]
