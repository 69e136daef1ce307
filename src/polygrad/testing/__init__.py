"""Comparisons for tests, and the conformance test for authors of backends."""

from __future__ import annotations

from .comparison import assert_close
from .conformance import check_backend

__all__ = ["assert_close", "check_backend"]
