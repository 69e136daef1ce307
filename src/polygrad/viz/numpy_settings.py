"""The settings of a recorded operation: those that its rules did not need follow from shapes and results."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._core.graph import Node
from .._core.operands import known_scalar
from .._ops.axes import normal_axis
from .._window_geometry import window_counts
from ..backends.registry import BY_TYPE


def settings_of(node: Node, operands: list[Any], result: Any) -> dict[str, Any]:
    """The settings of a recorded operation; those that no rule needs follow from shapes and results."""
    primitive: Any = node.plan.primitive
    saved = dict(zip(node.plan.residuals, node.saved or (), strict=True))
    found = {name: saved[name] for name in primitive.settings if name in saved}
    for name in primitive.settings:
        if name not in found:
            found[name] = _lost_setting(node, name, operands, result, {**saved, **found})
    return found


def _lost_setting(node: Node, name: str, operands: list[Any], result: Any, known: dict[str, Any]) -> Any:
    operation = node.plan.primitive.name
    x, shape = operands[0], None if node.shape is None else tuple(node.shape)
    if name == "keepdims" and shape is not None:
        return len(shape) == len(x.shape) and len(shape) > 0
    if name == "shape" and shape is not None:
        return shape[-2:] if operation == "diagonal_embed" else shape
    if name == "axis" and operation == "expand_dims" and shape is not None:
        before = tuple(x.shape)
        return next(k for k in range(len(shape)) if shape[k] == 1 and shape[:k] + shape[k + 1 :] == before)
    if name == "size" and shape is not None:
        if operation == "add_along_axis":
            return shape[normal_axis(known["axis"], len(shape))]
        return shape[0] if operation == "index_add" else shape[2:]
    if name == "kernel" and operation == "conv2d_weight_gradient" and shape is not None:
        return shape[2:]
    if name == "ceil" and shape is not None:
        geometry = [known[key] for key in ("kernel", "stride", "padding", "dilation")]
        return window_counts(tuple(x.shape), *geometry) != shape[2:]
    if name == "dtype" and operation == "cast":
        raise NotImplementedError("viz.python cannot write cast: the graph did not save the data type")
    if operation in ("sort", "topk") and "ans" in known:
        values, indices = (as_numpy(part, operation) for part in known["ans"])
        if name == "k":
            return values.shape[normal_axis(known["axis"], values.ndim)]
        return _descends(values, indices, known["axis"], operation)
    if operation == "pad":
        if result is None:
            return None
        padded, inside = (
            as_numpy(result, operation),
            tuple(slice(w[0], w[0] + n) for w, n in zip(known["widths"], x.shape, strict=True)),
        )
        border = np.ones(padded.shape, bool)
        border[inside] = False
        return padded[border][0].item() if border.any() else 0
    raise NotImplementedError(f"viz.python cannot write {operation}: the graph did not save its setting {name!r}")


def _descends(values: Any, indices: Any, axis: int, operation: str) -> bool:
    """Whether the sorted ``values`` descend.  Raises NotImplementedError where they do not tell."""
    steps = np.diff(values, axis=axis)
    if not steps.size:
        return operation == "topk"
    rises, falls = bool((steps > 0).any()), bool((steps < 0).any())
    if rises == falls:
        raise NotImplementedError(f"viz.python cannot write {operation}: the graph did not save its direction")
    return falls


def as_numpy(array: Any, what: str) -> Any:
    """``array`` of any backend in NumPy.  Raises NotImplementedError for that of a transform, with ``what`` needed it."""
    backend = BY_TYPE[array.__class__]
    if backend.level:
        raise NotImplementedError(f"viz.python cannot write a graph inside a transform or a compiled function ({what})")
    return np.asarray(backend.to_numpy(array))


def is_python_number(array: Any, value: Any) -> bool:
    """Whether ``array``, in NumPy ``value``, was a Python number in the program, and no tensor: operands share such arrays."""
    if value.shape != ():
        return False
    number = value.item()
    numbers = [number, *([int(number)] if isinstance(number, float) and number.is_integer() else [])]
    kind = array.__class__
    return any(known_scalar((kind, array.dtype, type(one), one)) is array for one in numbers)
