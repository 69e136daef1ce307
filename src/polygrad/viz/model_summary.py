"""`summary`: the layers of a model, their output shapes and numbers of parameters, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from .._core.tensor import Tensor
from .._functions.creation import zeros
from ..autograd.grad_mode import no_grad

_HEADINGS = ("Layer", "Output shape", "Parameters")
_Row = tuple[str, str, str]


class Summary(str):
    """The table, a str that a notebook shows as a table."""

    _rows: list[_Row]
    _totals: list[str]

    def __new__(cls, rows: list[_Row], totals: list[str]) -> Summary:
        """The table with ``rows``, and lines below it."""
        made = super().__new__(cls, _table(rows, totals))
        made._rows, made._totals = rows, totals
        return made

    def __reduce__(self) -> Any:
        return Summary, (self._rows, self._totals)

    def _repr_html_(self) -> str:
        heading = "".join(f"<th>{title}</th>" for title in _HEADINGS)
        return (
            f"<table><thead><tr>{heading}</tr></thead><tbody>{''.join(map(_html_row, self._rows))}</tbody></table>"
            f"<p>{'<br>'.join(map(escape, self._totals))}</p>"
        )


def _html_row(row: _Row) -> str:
    title, returned, parameters = row
    name = title.lstrip(" ")
    return (
        f'<tr><td style="text-align: left; padding-left: {len(title) - len(name) + 1}em">{escape(name)}</td>'
        f'<td style="text-align: left">{escape(returned)}</td><td style="text-align: right">{parameters}</td></tr>'
    )


def summary(model: Any, input_shape: Any = None, example: Any = None) -> Summary:
    """The layers of a model, their output shapes and numbers of parameters, as a table.

    The model runs once, in evaluation mode and without recording, so nothing changes.  Without input the shapes are
    left out.

    Args:
        model: a `polygrad.nn.Module`.
        input_shape: the shape of the input, batch included, for a run on zeros; a list of shapes for several inputs.
        example: an input tensor or a tuple of inputs instead, for a model whose inputs are not floating-point numbers.

    Returns:
        The table, a str, which a notebook shows as a table.

    Raises:
        TypeError: both ``input_shape`` and ``example`` are given.

    Example::

        >>> print(polygrad.viz.summary(polygrad.nn.Linear(4, 2), (1, 4)))
        Layer   Output shape  Parameters
        ────────────────────────────────
        Linear  (1, 2)                10
        ────────────────────────────────
        Parameters: 10
        Memory of the parameters: 40 bytes
    """
    if input_shape is not None and example is not None:
        raise TypeError("summary() takes input_shape or example, not both")
    inputs = _inputs(model, input_shape) if example is None else example if isinstance(example, tuple) else (example,)
    returned = {} if inputs is None else _run(model, inputs)
    rows = []
    for name, module in model.named_modules():
        depth = name.count(".") + 1 if name else 0
        title = f"{'  ' * depth}{type(module).__name__}" + (f" ({name.rpartition('.')[2]})" if name else "")
        own = sum(p.numel() for p in module.parameters(recurse=False))
        rows.append((title, returned.get(module, ""), f"{own:,}" if own else ""))
    return Summary(rows, _totals(model))


def _inputs(model: Any, shape: Any) -> tuple[Tensor, ...] | None:
    if shape is None:
        return None
    shapes: Sequence[Any] = shape if len(shape) and not isinstance(shape[0], int) else [shape]
    like = next(iter(model.parameters()), None)
    place = {} if like is None else {"dtype": like.dtype, "device": like.device, "backend": like.backend}
    return tuple(zeros(*one, **place) for one in shapes)


def _run(model: Any, inputs: tuple[Any, ...]) -> dict[Any, str]:
    """What every module returned in its last call."""
    returned: dict[Any, str] = {}
    calls: dict[Any, int] = {}

    def note(module: Any, args: Any, output: Any) -> None:
        calls[module] = calls.get(module, 0) + 1
        times = f" ({calls[module]} calls)" if calls[module] > 1 else ""
        returned[module] = _shapes(output) + times

    training = [(module, module.training) for module in model.modules()]
    handles = [module.register_forward_hook(note) for module in model.modules()]
    try:
        model.eval()
        with no_grad():
            model(*inputs)
    finally:
        for handle in handles:
            handle.remove()
        for module, mode in training:
            module.training = mode
    return returned


def _shapes(output: Any) -> str:
    if isinstance(output, Tensor):
        return str(tuple(output.shape))
    if isinstance(output, dict):
        return "{" + ", ".join(f"{key}: {_shapes(value)}" for key, value in output.items()) + "}"
    if isinstance(output, (tuple, list)):
        return ", ".join(_shapes(one) for one in output)
    return type(output).__name__


def _totals(model: Any) -> list[str]:
    parameters = list(model.parameters())
    total = sum(p.numel() for p in parameters)
    trained = sum(p.numel() for p in parameters if p.requires_grad)
    size = sum(p.numel() * p.element_size() for p in parameters)
    lines = [f"Parameters: {total:,}" + ("" if trained == total else f", of which {trained:,} are trained")]
    return [*lines, f"Memory of the parameters: {_bytes(size)}"]


def _bytes(count: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"


def _table(rows: list[_Row], totals: list[str]) -> str:
    widths = [max(len(heading), *(len(row[i]) for row in rows)) for i, heading in enumerate(_HEADINGS)]

    def line(cells: _Row) -> str:
        return f"{cells[0]:<{widths[0]}}  {cells[1]:<{widths[1]}}  {cells[2]:>{widths[2]}}".rstrip()

    rule = "─" * (sum(widths) + 4)
    return "\n".join([line(_HEADINGS), rule, *[line(row) for row in rows], rule, *totals])
