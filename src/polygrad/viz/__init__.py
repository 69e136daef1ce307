"""The recorded graph as a drawing, and a model as a table."""

from __future__ import annotations

from .drawing import dot, mermaid
from .model_summary import summary

__all__ = ["dot", "mermaid", "summary"]
