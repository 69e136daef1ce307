"""Drawings: a recorded graph as a chart, a page to click through or a NumPy program, a model as a table."""

from __future__ import annotations

from .drawing import dot, mermaid
from .model_summary import summary
from .numpy_program import python
from .page import html

__all__ = ["dot", "html", "mermaid", "python", "summary"]
