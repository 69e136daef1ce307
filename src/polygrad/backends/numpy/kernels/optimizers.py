"""Optimizer steps on NumPy arrays: ``(parameters, gradients, *states, settings) -> bool``, for all parameters of a group.

Parameters and states are overwritten: the caller gives arrays that nothing else refers to.  Large arrays are gone through in
blocks that stay in the cache, which makes Adam more than three times faster; every operation writes into memory that is
there already.  The mathematics is that of the rules in `polygrad.optim.rules`.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

OPTIMIZERS: dict[str, Callable[..., bool]] = {}

#: Elements of a block: a parameter's, its gradient's and two states' blocks fit into the second-level cache.
BLOCK = 65536

_add, _subtract, _multiply, _divide = np.add, np.subtract, np.multiply, np.divide
_sqrt, _maximum, _negative = np.sqrt, np.maximum, np.negative


class _Scratch(threading.local):
    """Scratch blocks for each thread and data type."""

    def __init__(self) -> None:
        self._blocks: dict[np.dtype, tuple[Any, Any]] = {}

    def of(self, dtype: Any) -> tuple[Any, Any]:
        found = self._blocks.get(dtype)
        if found is None:
            found = self._blocks[dtype] = np.empty(BLOCK, dtype), np.empty(BLOCK, dtype)
        return found


_scratch = _Scratch()


def _kernel(function: Callable[..., bool]) -> Callable[..., bool]:
    OPTIMIZERS[function.__name__] = function
    return function


def _blocks(arrays: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Blocks of a parameter, its gradient and its states; the whole arrays if they are small.

    Half precision is computed in single precision and rounded once.
    """
    size = arrays[0].size
    overwritten = [arrays[0], *arrays[2:]]
    if arrays[0].dtype.char == "e":
        wide = [None if a is None else a.astype(np.float32) for a in arrays]
        yield from _blocks(wide)
        for array, result in zip(overwritten, [wide[0], *wide[2:]], strict=True):
            if array is not None:
                array[...] = result
        return
    if size <= BLOCK or not all(a is None or a.flags.c_contiguous for a in overwritten):
        yield arrays
        return
    flat = [None if a is None else a.reshape(-1) for a in arrays]  # a copy of the gradient, if it is not contiguous
    for start in range(0, size, BLOCK):
        part = slice(start, start + BLOCK)
        yield [None if a is None else a[part] for a in flat]


def _compute_dtype(dtype: Any) -> Any:
    return np.float32 if dtype.char == "e" else dtype


@_kernel
def sgd_step(
    parameters: Sequence[Any], gradients: Sequence[Any], momentum_buffers: Sequence[Any] | None, *, lr: float,
    momentum: float | None, dampening: float | None, weight_decay: float | None, nesterov: bool, maximize: bool,
) -> bool:  # fmt: skip
    """As the rule `sgd`."""
    plain = momentum is None and weight_decay is None
    numbers = (-lr if plain and maximize else lr, momentum, None if dampening is None else 1 - dampening, weight_decay)
    dtype = None
    for place, parameter in enumerate(parameters):
        if parameter.dtype is not dtype:
            dtype = parameter.dtype
            scalars: list[Any] = [None if n is None else np.asarray(n, _compute_dtype(dtype)) for n in numbers]
            rate, factor, share, decay = scalars
        gradient = gradients[place]
        if plain and parameter.size <= BLOCK:
            _subtract(parameter, _multiply(gradient, rate), parameter)
            continue
        buffer = None if momentum_buffers is None else momentum_buffers[place]
        for p, g, b in _blocks((parameter, gradient, buffer)):
            if not plain:
                g = _sgd_change(p, g, b, factor, share, decay, nesterov, maximize)
            _subtract(p, _multiply(g, rate, _scratch_like(p, 1)), p)
    return True


def _sgd_change(
    p: Any, g: Any, buffer: Any, momentum: Any, share: Any, weight_decay: Any, nesterov: bool, maximize: bool
) -> Any:
    """The update before the learning rate; updates ``buffer``."""
    scratch, other = _scratch_like(p, 0), _scratch_like(p, 1)
    if maximize:
        g = _negative(g, scratch)
    if weight_decay is not None:
        g = _add(g, _multiply(p, weight_decay, other), scratch)
    if momentum is None:
        return g
    _multiply(buffer, momentum, buffer)
    _add(buffer, g if share is None else _multiply(g, share, other), buffer)
    return _add(g, _multiply(buffer, momentum, other), scratch) if nesterov else buffer


def _scratch_like(array: Any, number: int) -> Any:
    """Scratch memory of the shape of ``array``."""
    if array.size > BLOCK or array.size < 512:  # too large for a block; or so small that a new one costs less
        return np.empty_like(array)
    block = _scratch.of(array.dtype)[number][: array.size]
    return block if array.ndim == 1 else block.reshape(array.shape)


@_kernel
def adam_step(
    parameters: Sequence[Any], gradients: Sequence[Any], steps: Sequence[float], exp_avgs: Sequence[Any],
    exp_avg_sqs: Sequence[Any], max_exp_avg_sqs: Sequence[Any] | None, *, lr: float, beta1: float, beta2: float,
    log_beta1: float, log_beta2: float, eps: float, weight_decay: float | None, decoupled: bool, amsgrad: bool,
    maximize: bool,
) -> bool:  # fmt: skip
    """As the rule `adam`; ``steps`` are the numbers of this step for each parameter."""
    if any(
        parameter.dtype.kind == "c" for parameter in parameters
    ):  # the rule treats real and imaginary parts separately
        return False
    constants: dict[Any, tuple] = {}
    for place, parameter in enumerate(parameters):
        dtype, step = parameter.dtype, steps[place]
        found = constants.get((dtype, step))
        if found is None:
            # exp_avg / correction1 / (sqrt(exp_avg_sq / correction2) + eps), with fewer operations on arrays.
            root = math.sqrt(-math.expm1(step * log_beta2))
            rate = lr * root / -math.expm1(step * log_beta1)
            numbers = beta1, 1 - beta1, beta2, 1 - beta2, eps * root, rate
            found = constants[dtype, step] = tuple([np.asarray(number, _compute_dtype(dtype)) for number in numbers])
        largest = None if max_exp_avg_sqs is None else max_exp_avg_sqs[place]
        for p, g, m, v, top in _blocks((parameter, gradients[place], exp_avgs[place], exp_avg_sqs[place], largest)):
            if maximize or weight_decay is not None:
                g = _with_decay(p, g, lr, weight_decay, decoupled, maximize)
            _adam(p, g, m, v, top, _scratch_like(p, 0), *found)
    return True


def _with_decay(p: Any, g: Any, lr: float, weight_decay: float | None, decoupled: bool, maximize: bool) -> Any:
    scratch = _scratch_like(p, 1)
    if maximize:
        g = _negative(g, scratch)
    if weight_decay is None:
        return g
    if decoupled:
        _multiply(p, 1 - lr * weight_decay, p)
        return g
    if maximize:
        return _add(g, _multiply(p, weight_decay), scratch)
    return _add(_multiply(p, weight_decay, scratch), g, scratch)


def _adam(
    p: Any,
    g: Any,
    m: Any,
    v: Any,
    top: Any,
    scratch: Any,
    beta1: Any,
    rest1: Any,
    beta2: Any,
    rest2: Any,
    eps: Any,
    rate: Any,
) -> None:
    _multiply(g, rest1, scratch)
    _multiply(m, beta1, m)
    _add(m, scratch, m)
    _multiply(g, g, scratch)
    _multiply(scratch, rest2, scratch)
    _multiply(v, beta2, v)
    _add(v, scratch, v)
    if top is not None:
        _maximum(top, v, out=top)
        v = top
    _sqrt(v, scratch)
    _add(scratch, eps, scratch)
    _divide(m, scratch, scratch)
    _multiply(scratch, rate, scratch)
    _subtract(p, scratch, p)
