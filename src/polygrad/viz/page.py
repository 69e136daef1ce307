"""`html`: the graph of a loss as one page that can be searched, folded and clicked through."""

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
    """A page of HTML as text.  A notebook shows it in a frame, and Python how large it is."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<page of HTML, {len(self.encode()) / 1000:,.0f} kB>"

    def _repr_html_(self) -> str:
        return f'<iframe srcdoc="{escape(self)}" style="width: 100%; height: 640px; border: 1px solid #8888"></iframe>'


def html(loss: Tensor, path: str | os.PathLike[str] | None = None, params: Mapping[str, Tensor] | None = None) -> Page:
    """The graph that ``loss`` was computed by as a page for a browser, for graphs of thousands of operations.

    The page needs no network and no other file.  It draws every operation and leaf; a search finds them by operation,
    name, shape or line, the modules that the parameters' names tell of are folded and unfolded, and a click shows what
    is known of an operation: its formula, settings and shapes, what it saved for the backward pass and how many bytes
    that are, its neighbours, and the line that recorded it if anomaly mode was on.  Call it before `backward`, which
    frees the saved values.

    Args:
        loss: a tensor that requires grad.
        path: where the page is written, in UTF-8.  Left out, nothing is written.
        params: names of tensors, as in ``dict(model.named_parameters())``.  Left out, the caller's variables are
            looked at, as `mermaid` does.

    Returns:
        The page, a str, which a notebook shows in a frame.

    Raises:
        RuntimeError: nothing was recorded.
        TypeError: ``loss`` is no tensor, or ``params`` has a value that is none.

    Example::

        model = polygrad.nn.Sequential(polygrad.nn.Linear(4, 8), polygrad.nn.ReLU(), polygrad.nn.Linear(8, 1))
        loss = model(polygrad.ones(2, 4)).sum()
        polygrad.viz.html(loss, "graph.html")
    """
    if not isinstance(loss, Tensor):
        raise TypeError(f"a graph is drawn from a Tensor, not from a {type(loss).__name__}")
    data = graph_data(loss, names.found(sys._getframe(1)) if params is None else names.given(params))
    page = Page(_filled(data))
    if path is not None:
        Path(path).write_text(page, encoding="utf-8")
    return page


def _filled(data: dict[str, Any]) -> str:
    """The page with ``data`` in it."""
    page = _part("page.html")
    for mark, text in (
        ("STYLE", _part("page.css")),
        ("PROGRAM", _part("page.js")),
        ("DATA", _embedded(data)),  # last: no mark is looked for in what a program named its tensors
    ):
        before, _, after = page.partition(f"<!--{mark}-->")
        page = before + text + after
    return page


def _part(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _embedded(data: Any) -> str:
    """JSON that can stand inside of a ``<script>``: no ``<`` in it ends the element or begins a comment."""
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
