"""`html`: the graph of a loss as one page to search, fold and click through."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from .._core.tensor import Tensor
from . import names
from .graph_data import graph_data


class Page(str):
    """A page of HTML, a str that a notebook shows in a frame, and whose repr is its size."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<page of HTML, {len(self.encode()) / 1000:,.0f} kB>"

    def _repr_html_(self) -> str:
        return f'<iframe srcdoc="{escape(self)}" style="width: 100%; height: 640px; border: 1px solid #8888"></iframe>'


def html(loss: Tensor, path: str | os.PathLike[str] | None = None, params: Mapping[str, Tensor] | None = None) -> Page:
    """The graph that ``loss`` was computed by as a page for a browser, for graphs of thousands of operations.

    The page needs no network and no other file.  It draws every operation and leaf.  A search finds them by operation,
    name, shape or line; modules, as the parameters' names tell them, fold and unfold; a click shows an operation's
    formula, settings and shapes, what it saved for backward and how many bytes that is, its neighbours, and the line
    that recorded it if anomaly mode was on.  Call it before `backward`, which frees the saved values.

    Args:
        loss: a tensor that requires grad.
        path: the file to write, in UTF-8; by default none.
        params: names of tensors, as in ``dict(model.named_parameters())``.  By default they are the caller's
            variables, as in `mermaid`.

    Returns:
        The page, a str, which a notebook shows in a frame.

    Raises:
        RuntimeError: ``loss`` has no graph.
        TypeError: ``loss`` is not a tensor, or a value of ``params`` is not one.

    Example::

        >>> w = polygrad.tensor([2.0], requires_grad=True)
        >>> page = polygrad.viz.html(w**2, "graph.html", {"w": w})
        >>> page.partition(">")[0]
        '<!DOCTYPE html'
    """
    if not isinstance(loss, Tensor):
        raise TypeError(f"a graph is drawn from a Tensor, not from a {type(loss).__name__}")
    data = graph_data(loss, names.find_names(sys._getframe(1)) if params is None else names.names_from(params))
    page = Page(_fill_page(data))
    if path is not None:
        Path(path).write_text(page, encoding="utf-8")
    return page


def _fill_page(data: dict[str, Any]) -> str:
    """The page with ``data`` in it."""
    page = _part("page.html")
    for mark, text in (
        ("STYLE", _part("page.css")),
        ("PROGRAM", _part("page.js")),
        ("DATA", _embed_json(data)),  # last, so that names of tensors are not searched for marks
    ):
        before, _, after = page.partition(f"<!--{mark}-->")
        page = before + text + after
    return page


def _part(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _embed_json(data: Any) -> str:
    """JSON inside a ``<script>``: no ``<`` in it ends the element or begins a comment."""
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
