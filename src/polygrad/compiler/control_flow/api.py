"""`cond`, `while_loop` and `scan`: control flow that depends on values, in eager code and in compiled programs.

Eagerly they are the plain Python that they stand for, recorded as everything is.  In a program they are one branch or
loop (see `loops`).  Here are the arguments, the checks, and the errors, which are the same in both.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from typing import Any

from ..._core.errors import ShapeError
from ..._core.primitive import OPERATIONS
from ..._core.tensor import Tensor, cell
from ..._dtypes import DType
from ..._dtypes import bool as boolean
from ..._functions.common import assume
from ..._functions.manipulation import movedim
from ..._functions.slicing import unbind
from ..._interpreters.flattening import varies_in_batch
from ..._interpreters.tracer import Tracer, plain
from ..._pytree import flatten, unflatten
from ..._state import recorder
from ...backends.registry import BY_TYPE
from . import cond as branches
from . import loops

__all__ = ["cond", "scan", "while_loop"]


class Tree:
    """A nested list, tuple or dict, split into its tensors and the rest.  ``other`` says which other leaves are allowed."""

    def __init__(self, tree: Any, what: str, other: Callable[[Any], bool] = lambda leaf: leaf is None):
        self._leaves, self._structure = flatten(tree)
        for leaf in self._leaves:
            if not isinstance(leaf, Tensor) and not other(leaf):
                advice = f"; write polygrad.tensor({leaf!r})" if isinstance(leaf, (bool, int, float, complex)) else ""
                raise TypeError(
                    f"{what} must be made of tensors, in lists, tuples and dicts, and it has a {type(leaf).__name__}{advice}"
                )
        self._places = [place for place, leaf in enumerate(self._leaves) if isinstance(leaf, Tensor)]
        self.tensors: list[Tensor] = [self._leaves[place] for place in self._places]
        self._leaves = [None if isinstance(leaf, Tensor) else leaf for leaf in self._leaves]
        self._kinds = [(x.dtype, tuple(x.shape)) for x in self.tensors]

    def fill(self, tensors: Sequence[Tensor]) -> Any:
        """The tree, filled with other tensors."""
        leaves = list(self._leaves)
        for place, x in zip(self._places, tensors, strict=True):
            leaves[place] = x
        return unflatten(self._structure, leaves)

    def check_same(self, other: Tree, what: str, whats: str, advice: str) -> None:
        """Raise ValueError or TypeError where ``other`` (called ``whats``) differs from this tree (called ``what``).

        Structure, shapes and types must agree.
        """
        if (self._structure, self._places, self._leaves) != (other._structure, other._places, other._leaves):
            raise ValueError(f"{whats} is {other}, but {what} is {self}; {advice}")
        for number, (x, y) in enumerate(zip(self._kinds, other._kinds, strict=True)):
            if x == y:
                continue
            place = f", tensor {number}," if len(self._kinds) > 1 else ""
            message = f"{whats}{place} is {_describe(y)}, but {what} is {_describe(x)}; {advice}"
            if x[0] is not y[0]:
                raise TypeError(f"{message}, by .to(polygrad.{x[0].name}) for example")
            raise ShapeError(message)

    def take(self) -> list[Tensor]:
        """Remove the tensors from the tree and return them."""
        tensors, self.tensors = self.tensors, []
        return tensors

    def __str__(self) -> str:
        return repr(self.fill([_describe(kind) for kind in self._kinds]))  # type: ignore[misc]  # strings in place of tensors


class _Verbatim(str):
    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _describe(kind: tuple[DType, tuple[int, ...]]) -> _Verbatim:
    return _Verbatim(f"{kind[0].name}{list(kind[1])}")


#: Whether an unrolled loop is running: a replayed program would need one version for each path through its branches.
_in_a_loop: ContextVar[bool] = ContextVar("polygrad_in_a_loop", default=False)


@contextlib.contextmanager
def _looping() -> Iterator[None]:
    token = _in_a_loop.set(True)
    try:
        yield
    finally:
        _in_a_loop.reset(token)


def _control_flow_backend() -> Any:
    """The backend that a program is being captured for, if it has native control flow; else None."""
    active = recorder()
    backend = None if active is None else active.backend
    return backend if backend is not None and backend.has_control_flow else None


def _callable(function: Any, name: str, argument: str) -> None:
    if not callable(function):
        raise TypeError(f"{name}: {argument} must be a function, not {type(function).__name__}")


def _check_predicate(value: Any, what: str) -> Any:
    """``value``, a bool or a tensor that holds one.  Raises TypeError for anything else."""
    if isinstance(value, bool):
        return value
    if not isinstance(value, Tensor):
        raise TypeError(f"{what} must be a bool, or a tensor of one, not {type(value).__name__}")
    if value.dtype is not boolean or value.shape.numel() != 1:
        raise TypeError(
            f"{what} must be one bool, and it is {value.dtype.name}{list(value.shape)}; compare, as in x > 0, and reduce by .all() or .any()"  # noqa: E501
        )
    return value


def _decide(truth: Any) -> bool:
    """``truth`` as a Python bool; of a batch, whether it is true for any example.

    A replayed program is guarded by the answer.
    """
    if isinstance(truth, bool):
        return truth
    plainly = cell(plain(truth._read()))
    answer = assume(plainly, lambda values: bool(values.any()))
    return bool(plainly) if answer is None else answer


def _cannot_decide(array: Any) -> bool:
    """Whether a replayed program cannot be guarded by the value of ``array``: in a loop, or inside of a transform."""
    return BY_TYPE[type(array)].is_traced(array) and (_in_a_loop.get() or isinstance(array, Tracer))


def _copies_of(tensors: Sequence[Tensor]) -> list[Tensor]:
    """The tensors in new cells, so that in-place changes of a function do not reach outside."""
    return [cell(x._read(), x._edge) for x in tensors]


# -- cond ------------------------------------------------------------------------------------------------------------------


def cond(pred: Any, true_fn: Callable[..., Any], false_fn: Callable[..., Any], operands: Any = ()) -> Any:
    """Call ``true_fn(*operands)`` if ``pred``, else ``false_fn(*operands)``, also where the value is unknown while tracing.

    In eager code it is Python's ``if``.  Inside `polygrad.compile` it is a branch of the program: both functions are
    traced, and only the chosen one runs, in the backward pass as well.

    Args:
        pred: a bool, or a tensor of one bool.  Where `vmap` makes a batch of it, both functions run, and `where`
            chooses; as they do in a loop or a transform that a backend without a compiler replays.
        true_fn: a function of the operands.  Tensors that it uses from its enclosing scope get gradients.
        false_fn: a function of the operands.  Inside `polygrad.compile` both results must have one structure, and the
            same shapes and data types.
        operands: a tuple or list of arguments; tensors may be nested in lists, tuples and dicts.

    Returns:
        The result of the chosen function.

    Raises:
        TypeError: ``pred`` is not one bool; inside `polygrad.compile`, the results differ in data type.
        ValueError: inside `polygrad.compile`, the results differ in structure or shape.

    Example::

        >>> x = polygrad.tensor(3.0)
        >>> polygrad.cond(x > 0, lambda x: x * 2, lambda x: -x, (x,))
        tensor(6.)
    """
    _callable(true_fn, "cond", "true_fn")
    _callable(false_fn, "cond", "false_fn")
    if not isinstance(operands, (tuple, list)):
        raise TypeError(
            f"cond: operands is a tuple or list of arguments, not a {type(operands).__name__}; write (x,) for one"
        )
    _check_predicate(pred, "cond: pred")
    functions = {"true_fn": true_fn, "false_fn": false_fn}
    if isinstance(pred, bool):
        return (true_fn if pred else false_fn)(*operands)
    given = Tree(tuple(operands), "cond: operands", lambda leaf: True)
    pred = OPERATIONS.reshape(pred, ())
    both: dict[str, Tree] = {}

    def branch(name: str) -> Callable[..., list[Tensor]]:
        def run(*tensors: Tensor) -> list[Tensor]:
            result = functions[name](*given.fill(tensors))
            both[name] = Tree(result, f"cond: the result of {name}")
            if len(both) == 2:
                both["true_fn"].check_same(
                    both["false_fn"], "that of true_fn", "cond: the result of false_fn", "return the same kind from both functions"
                )  # fmt: skip
            return both[name].take()

        return run

    backend = _control_flow_backend()
    if varies_in_batch(pred._read()) or (backend is None and _cannot_decide(pred._read())):
        pairs = zip(*[branch(name)(*_copies_of(given.tensors)) for name in functions], strict=True)
        results = [OPERATIONS.where(pred, x, y) for x, y in pairs]
    elif backend is not None:
        results = branches.cond(backend, pred, branch("true_fn"), branch("false_fn"), given.tensors)
    else:
        name = "true_fn" if _decide(pred) else "false_fn"
        return functions[name](*given.fill(_copies_of(given.tensors)))
    return both["true_fn"].fill(results)


# -- while_loop ------------------------------------------------------------------------------------------------------------


def while_loop(cond_fn: Callable[..., Any], body_fn: Callable[..., Any], carried_inputs: Any) -> Any:
    """Repeat ``carried_inputs = body_fn(*carried_inputs)`` while ``cond_fn(*carried_inputs)`` holds.

    In eager code it is Python's ``while``, and differentiable.  Inside `polygrad.compile` it is a loop of the program,
    whose trip count is unknown: there it has forward-mode derivatives (`func.jvp`) and no gradient, which `scan` has.

    Where `vmap` makes a batch of the condition, the loop runs until it is false for all examples, and keeps finished
    ones.

    Args:
        cond_fn: returns a bool, or a tensor of one bool.
        body_fn: returns a tuple with the structure, shapes and data types of its arguments.
        carried_inputs: a tuple or list of tensors, which may be nested in lists, tuples and dicts.

    Returns:
        The last ``carried_inputs``, a tuple.

    Raises:
        TypeError: ``cond_fn`` returns no bool, or ``body_fn`` other data types.
        ValueError: ``body_fn`` returns another structure or other shapes.

    Example::

        >>> polygrad.while_loop(lambda x: x > 1, lambda x: (x / 2,), (polygrad.tensor(10.0),))
        (tensor(0.6250),)
    """
    _callable(cond_fn, "while_loop", "cond_fn")
    _callable(body_fn, "while_loop", "body_fn")
    if not isinstance(carried_inputs, (tuple, list)):
        raise TypeError(
            f"while_loop: carried_inputs is a tuple or list of arguments, not a {type(carried_inputs).__name__}; write (x,) for one"
        )
    given = Tree(tuple(carried_inputs), "while_loop: carried_inputs")
    if not given.tensors:
        raise ValueError("while_loop: carried_inputs has no tensor, so that no step can make a difference to cond_fn")

    def goes_on(*tensors: Tensor) -> Any:
        truth = _check_predicate(cond_fn(*given.fill(tensors)), "while_loop: what cond_fn returns")
        return truth if isinstance(truth, bool) else OPERATIONS.reshape(truth, ())

    def step(*tensors: Tensor) -> list[Tensor]:
        result = body_fn(*given.fill(tensors))
        if isinstance(result, list):
            result = tuple(result)
        elif isinstance(result, Tensor) and len(carried_inputs) == 1:
            result = (result,)
        found = Tree(result, "while_loop: the result of body_fn")
        given.check_same(
            found, "what it was given", "while_loop: the result of body_fn", "return a tuple of the same kind"
        )
        return found.take()

    def masked(*tensors: Tensor) -> list[Tensor]:
        """One step for those examples of a batch that continue."""
        truth = goes_on(*tensors)
        return [OPERATIONS.where(truth, new, x) for new, x in zip(step(*_copies_of(tensors)), tensors, strict=True)]

    backend = _control_flow_backend()
    if backend is not None:
        return given.fill(loops.while_loop(backend, goes_on, step, masked, given.tensors))
    tensors = _copies_of(given.tensors)
    with _looping():
        while _decide(truth := goes_on(*tensors)):
            batch = isinstance(truth, Tensor) and varies_in_batch(truth._read())
            tensors = (masked if batch else step)(*_copies_of(tensors))
    return given.fill(tensors)


# -- scan --------------------------------------------------------------------------------------------------------------------


def scan(
    combine_fn: Callable[..., Any],
    init: Any,
    xs: Any,
    *,
    dim: int = 0,
    reverse: bool = False,
    length: int | None = None,
) -> tuple[Any, Any]:
    """Fold ``carry, y = combine_fn(carry, x)`` over the slices ``x`` of ``xs``, and stack the ``y``.

    In eager code it is Python's ``for``.  Inside `polygrad.compile` it is one loop of the program, not one copy of the
    function per step, and so is its gradient, to any order.

    Args:
        combine_fn: takes the carry and a slice, returns the next carry, with the structure, shapes and data types of
            ``init``, and a result.  Tensors that it uses from its enclosing scope, such as parameters, get gradients.
        init: the first carry: a tensor, or lists, tuples and dicts of tensors.
        xs: the tensors to iterate over, in the same way; None for none, with a ``length``.
        dim: the dimension of ``xs`` that the slices are taken along.  In ``ys`` the results are stacked along the
            first.
        reverse: whether to begin with the last slice.  ``ys`` keeps the order of ``xs``.
        length: the number of steps; by default the length of ``xs``.

    Returns:
        ``(carry, ys)``: the last carry, and the stacked results.

    Raises:
        ValueError: tensors differ in length or are empty, or a carry has another structure or shape.
        TypeError: ``combine_fn`` does not return a pair, or a carry has another data type.

    Example::

        >>> def add(total, x):
        ...     return total + x, total
        >>> polygrad.scan(add, polygrad.tensor(0), polygrad.arange(4))
        (tensor(6), tensor([0, 0, 1, 3]))
    """
    _callable(combine_fn, "scan", "combine_fn")
    start, given = Tree(init, "scan: init", lambda leaf: False), Tree(xs, "scan: xs")
    count = _length(given.tensors, dim, length)
    ys: list[Tree] = []

    def step(*tensors: Tensor) -> list[Tensor]:
        carry, parts = tensors[: len(start.tensors)], tensors[len(start.tensors) :]
        result = combine_fn(start.fill(carry), given.fill(parts))
        if not isinstance(result, tuple) or len(result) != 2:
            raise TypeError(f"scan: combine_fn must return a pair (carry, y), and it returned {_kind(result)}")
        following = Tree(result[0], "scan: the carry that combine_fn returns")
        start.check_same(following, "init", "scan: the carry that combine_fn returns", "make both of the same kind")
        y = Tree(result[1], "scan: the y that combine_fn returns")
        if ys:
            ys[0].check_same(
                y, "the first was", "scan: a y that combine_fn returns", "return the same kind in every step"
            )
        else:
            ys.append(y)
        return [*following.take(), *y.take()]

    inputs = [x if dim in (0, -x.ndim) else movedim(x, dim, 0) for x in given.tensors]
    backend = _control_flow_backend()
    if backend is not None:
        carry, stacked = loops.scan(backend, step, start.tensors, inputs, count, reverse, ys)
    else:
        carry, stacked = _scan_eagerly(step, start.tensors, inputs, count, reverse)
    return start.fill(carry), ys[0].fill(stacked)


def _scan_eagerly(
    step: Callable[..., list[Tensor]], carry: list[Tensor], inputs: list[Tensor], count: int, reverse: bool
) -> tuple[list[Tensor], list[Tensor]]:
    parts = [unbind(x) for x in inputs]
    found: list[list[Tensor]] = [[]] * count
    with _looping():
        for number in reversed(range(count)) if reverse else range(count):
            results = step(*_copies_of([*carry, *[part[number] for part in parts]]))
            carry, found[number] = results[: len(carry)], results[len(carry) :]
    return carry, [OPERATIONS.stack(list(column), axis=0) for column in zip(*found, strict=True)]


def _length(tensors: list[Tensor], dim: int, length: int | None) -> int:
    for x in tensors:
        if not -x.ndim <= dim < x.ndim:
            raise ValueError(f"scan: xs has a tensor of shape {tuple(x.shape)}, which has no dimension {dim}")
    lengths = {x.shape[dim] for x in tensors} | ({length} if length is not None else set())
    if not lengths:
        raise ValueError("scan: xs has no tensor, so length must say how many steps there are")
    if len(lengths) > 1:
        shapes = ", ".join(str(tuple(x.shape)) for x in tensors)
        also = "" if length is None else f", and length={length}"
        raise ValueError(f"scan: the tensors of xs have different lengths along dim {dim}: shapes {shapes}{also}")
    (count,) = lengths
    if count < 1:
        raise ValueError(
            "scan: there is no step to take, and so nothing says what ys is; leave it out where xs is empty"
        )
    return count


def _kind(value: Any) -> str:
    return f"a tuple of {len(value)}" if isinstance(value, tuple) else f"a {type(value).__name__}"
