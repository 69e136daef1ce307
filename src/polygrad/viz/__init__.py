"""Drawings: a recorded graph as a chart or a page to click through, a model as a table."""

from __future__ import annotations

from .drawing import dot, mermaid
from .model_summary import summary
from .page import html

__all__ = ["dot", "html", "mermaid", "summary"]
