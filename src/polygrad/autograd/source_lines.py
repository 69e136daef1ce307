"""Which line of the program recorded a node, and which lines hold the memory that the graph has saved."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import Any

from .._core.graph import Leaf, Node, reachable
from .._core.tensor import Tensor
from .._core.watching import lines_of, note_lines, unwatch, watch
from .._interpreters.tracer import plain
from ..backends.registry import BY_TYPE

__all__ = ["SavedMemory", "saved_memory", "set_record_lines"]

_recording = False


class set_record_lines:
    """Note at each node the line that records it, on or off: at once when called, until the end of the block as a context manager.

    `saved_memory` and `polygrad.viz.html` show the lines.  It is off by default, and costs nothing then; on, every recorded
    operation pays for a walk through the stack, and compiled functions run eagerly.  The setting belongs to the whole process.

    Args:
        mode: whether to note lines.

    Example::

        >>> with polygrad.autograd.set_record_lines(True):
        ...     y = polygrad.ones(2, requires_grad=True).exp()
        >>> polygrad.autograd.saved_memory(y).total
        8
    """

    def __init__(self, mode: bool):
        self._before = _recording
        _switch(bool(mode))

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _switch(self._before)


def _switch(mode: bool) -> None:
    global _recording
    if mode is not _recording:
        (watch if mode else unwatch)(note_lines)
    _recording = mode


@dataclass(frozen=True)
class SavedMemory:
    """What a graph has saved for backward, by line of the program: ``total`` bytes, and ``rows`` with the largest first.

    A row has ``bytes``, the number of ``arrays``, the names of the ``operations``, the ``line`` as ``file:number``, its ``code``,
    and the classes of the ``modules`` that it runs in.  Printed, it is a table.

    Args:
        rows: the rows.

    Example::

        >>> x = polygrad.ones(10, requires_grad=True)
        >>> print(polygrad.autograd.saved_memory(x.exp()))
        bytes  arrays  operations  line     module  code
           40       1  exp         unknown
        40 bytes in total
    """

    rows: tuple[SavedRow, ...]

    @property
    def total(self) -> int:
        """The number of bytes of all rows."""
        return sum(row.bytes for row in self.rows)

    def __str__(self) -> str:
        head = ("bytes", "arrays", "operations", "line", "module", "code")
        cells = [
            (f"{row.bytes:,}", str(row.arrays), ", ".join(row.operations), row.line, row.modules, row.code)
            for row in self.rows
        ]
        widths = [max(len(line[column]) for line in (head, *cells)) for column in range(len(head))]
        table = [
            "  ".join(
                cell.rjust(width) if column < 2 else cell.ljust(width)
                for column, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in (head, *cells)
        ]
        return "\n".join([*table, f"{self.total:,} bytes in total"])


@dataclass(frozen=True)
class SavedRow:
    """What one line of the program has saved."""

    bytes: int
    arrays: int
    operations: tuple[str, ...]
    line: str
    code: str
    modules: str


def saved_memory(*outputs: Tensor) -> SavedMemory:
    """The memory that the graph of some tensors has saved for backward, by the line of the program that recorded it.

    An array that several operations have saved counts once, at the first of them.  Values of leaves, such as parameters, do not
    count, since they live anyway.  Lines and modules are known of what ran under `set_record_lines` or in anomaly mode.

    Args:
        *outputs: tensors, such as a loss.  Call it before backward, which frees the memory.

    Returns:
        A `SavedMemory`: printed, a table.

    Raises:
        TypeError: an output is no tensor.

    Example::

        >>> x = polygrad.ones(1000, requires_grad=True)
        >>> found = polygrad.autograd.saved_memory((x + x).exp().sum())
        >>> found.total, found.rows[0].operations
        (4000, ('exp',))
    """
    for x in outputs:
        if not isinstance(x, Tensor):
            raise TypeError(f"saved_memory takes tensors, not a {type(x).__name__}")
    edges = sorted(reachable([x._edge for x in outputs if x._edge is not None]), key=lambda edge: edge.sequence)
    counted = {
        _owner(plain(edge.variable._read())) for edge in edges if isinstance(edge, Leaf) and edge.variable is not None
    }
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for node in edges:
        if not isinstance(node, Node):
            continue
        for array in _arrays(node.saved):
            if (owner := _owner(array)) in counted:
                continue
            counted.add(owner)
            row = found.setdefault(_place(node), {"bytes": 0, "arrays": 0, "operations": {}})
            row["bytes"] += _bytes(array)
            row["arrays"] += 1
            row["operations"][node.plan.operation] = None
    rows = [
        SavedRow(row["bytes"], row["arrays"], tuple(row["operations"]), line, code, modules)
        for (line, code, modules), row in found.items()
    ]
    return SavedMemory(tuple(sorted(rows, key=lambda row: -row.bytes)))


def _place(node: Node) -> tuple[str, str, str]:
    lines = lines_of(node)
    if not lines:
        return "unknown", "", ""
    frame = lines[-1]
    return f"{frame.filename}:{frame.lineno}", frame.line or "", getattr(node.sequence, "modules", "")


def _arrays(saved: Any) -> list[Any]:
    """The plain arrays in what a node saved."""
    if isinstance(saved, (list, tuple)):
        return [array for part in saved for array in _arrays(part)]
    array = plain(saved._read() if isinstance(saved, Tensor) else saved)
    return [array] if array.__class__ in BY_TYPE and hasattr(array, "shape") else []


def _owner(array: Any) -> int:
    base = BY_TYPE[array.__class__].base_of(array)
    return id(array if base is None else base)


def _bytes(array: Any) -> int:
    total = BY_TYPE[array.__class__].from_dtype(array.dtype).itemsize
    for length in array.shape:
        total *= length
    return total
