"""Sparse tensors as text, in PyTorch's notation."""

from __future__ import annotations

from typing import Any

from .. import _dtypes
from .._core.tensor import Tensor
from .._functions.printing import format_values, line_width
from .._layouts import sparse_coo
from ..backends.registry import get_backend

_PREFIX = "tensor("


def text(s: Any) -> str:
    """The indices, the values and the facts of ``s``."""
    indent = " " * len(_PREFIX)
    names = ("indices",) if s._layout is sparse_coo else ("crow_indices", "col_indices")
    parts = [f"{name}=tensor({_tensor(x, name)})" for name, x in zip(names, s._pattern, strict=False)]
    parts.append(f"values=tensor({_tensor(s._stored, 'values')})")
    lines = _PREFIX + f",\n{indent}".join(parts)
    used = len(lines) - lines.rfind("\n") + 1
    on_new_line = s._layout is sparse_coo
    for fact in _facts(s):
        if on_new_line or used + len(fact) + 2 > line_width():
            lines += f",\n{indent}{fact}"
            used = len(indent) + len(fact)
        else:
            lines += f", {fact}"
            used += len(fact) + 2
        on_new_line = False
    return f"{lines})"


def _tensor(x: Tensor, name: str) -> str:
    shown = format_values(x, len(_PREFIX) + len(f"{name}=tensor("))
    return shown if x.shape.numel() else f"{shown}, size={tuple(x.shape)}"


def _facts(s: Any) -> list[str]:
    values = s._stored
    facts = [f"size={tuple(s._shape)}", f"nnz={s._count()}"]
    default = _dtypes.get_default_dtype()
    if values.dtype not in (default, default.to_complex(), _dtypes.int64, _dtypes.bool):
        facts.append(f"dtype={values.dtype!r}")
    backend = values.backend
    if not backend.level:
        if backend is not get_backend():
            facts.append(f"backend={backend.name!r}")
        if backend.device(values._read()) != backend.default_device():
            facts.append(f"device={str(values.device)!r}")
    facts.append(f"layout={s._layout!r}")
    if values.grad_fn is not None:
        facts.append(f"grad_fn={values.grad_fn!r}")
    elif values.requires_grad:
        facts.append("requires_grad=True")
    return facts
