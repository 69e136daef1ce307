"""How a step is run for all parameters of a group.

Three ways, the first that is possible: a kernel that overwrites parameters and state where nobody else holds them; the
rule for all parameters compiled as one function, on a backend that compiles; the rule for one parameter after the other.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from typing import Any

import numpy as np

from .. import _dtypes
from .._core.primitive import OPERATIONS
from .._core.tensor import Tensor, cell
from .._state import RECORDERS, python_side_effect, read_hyperparameter, recorder
from ..autograd.grad_mode import no_grad
from ..backends.base import CompilingBackend
from ..backends.registry import BY_TYPE
from .rules import by_parts, in_single_precision

Columns = list[list[Any] | None]


def update(optimizer: Any, group: dict[str, Any]) -> None:
    """Update the parameters of ``group`` that have a gradient."""
    parameters, gradients = [], []
    for parameter in group["params"]:
        gradient = parameter.grad
        if gradient is not None:
            parameters.append(parameter)
            gradients.append(gradient)
    if not parameters:
        return
    arrays = [gradient._read() for gradient in gradients]
    backend = BY_TYPE[type(arrays[0])]
    for array in arrays:
        if BY_TYPE[type(array)] is not backend:
            _update_apart(optimizer, group, parameters)
            return
    names = optimizer.names(group)
    fresh: set[int] = set()
    columns = _columns(optimizer, group, names, parameters, backend, fresh)
    if group.get("differentiable"):
        _record(optimizer, group, names, parameters, gradients, columns)
        return
    if RECORDERS:
        with no_grad():
            _trace(optimizer, group, names, parameters, arrays, columns, backend, fresh)
        return
    kernel = backend.kernels.get(optimizer.kernel)
    if kernel is not None and _overwrite(kernel, optimizer, group, names, parameters, arrays, columns, backend):
        return
    with no_grad():
        if "jit" in backend.capabilities:
            _compiled(optimizer, group, names, parameters, arrays, columns, backend)
        else:
            _one_by_one(optimizer, optimizer.settings(group), names, parameters, arrays, columns, backend)


def _update_apart(optimizer: Any, group: dict[str, Any], parameters: list[Tensor]) -> None:
    """A group on several backends: each of them for itself."""
    parts: dict[Any, list[Tensor]] = {}
    for parameter in parameters:
        parts.setdefault(parameter.backend, []).append(parameter)
    for part in parts.values():
        update(optimizer, {**group, "params": part})


# -- state -------------------------------------------------------------------------------------------------------------


def _columns(
    optimizer: Any, group: dict[str, Any], names: tuple[str | None, ...], parameters: list[Tensor], backend: Any,
    fresh: set[int],
) -> Columns:  # fmt: skip
    """For each of the rule's states the cells of all parameters, made where they are missing; None for one not in use.

    The numbers of identity of parameters whose state would be made of the first gradient, which a recorder does not know
    yet, go into ``fresh``.
    """
    if all(name is None for name in names):
        return [None] * len(names)
    states = [optimizer.state[parameter] for parameter in parameters]
    columns: Columns = []
    for name in names:
        if name is None:
            columns.append(None)
            continue
        column = []
        for parameter, state in zip(parameters, states, strict=True):
            found = state.get(name)
            if found is None:
                with backend.concrete():  # state that is made while a function is traced must outlive the trace
                    made = optimizer.new_state(name, parameter, group)
                if made is not None:
                    found = state[name] = cell(made)
                if RECORDERS and (active := recorder()) is not None:
                    if made is None:  # the rule would make it of the first gradient; see `_trace`
                        active.only_at_first(f"{name!r}, the state of {type(optimizer).__name__},")
                        with backend.concrete():
                            found = state[name] = cell(zeros(parameter))
                        fresh.add(id(parameter))
                    active.rollback_on_abort(partial(_forget, optimizer.state, parameter, name))
            column.append(found)
        columns.append(column)
    return columns


def _forget(state: dict[Any, dict[str, Any]], parameter: Tensor, name: str) -> None:
    del state[parameter][name]
    if not state[parameter]:
        del state[parameter]


def _store(
    optimizer: Any, names: tuple[str | None, ...], parameter: Tensor, cells: list[Any], results: tuple, edges: bool
) -> None:
    """Bind the results of a rule: to the parameter's cell and to those of its state."""
    new, *states = results
    parameter._rebind(new._read() if edges else new, new._edge if edges else None)
    for name, old, value in zip(names, cells, states, strict=True):
        if name is None or value is None:
            continue
        array, edge = (value._read(), value._edge) if edges else (value, None)
        if old is None:
            optimizer.state[parameter][name] = cell(array, edge)
        else:
            old._rebind(array, edge)


def _row(columns: Columns, place: int) -> list[Any]:
    return [None if column is None else column[place] for column in columns]


# -- the ways to run it ------------------------------------------------------------------------------------------------


def _overwrite(
    kernel: Callable, optimizer: Any, group: dict[str, Any], names: tuple[str | None, ...], parameters: list[Tensor],
    gradients: list[Any], columns: Columns, backend: Any,
) -> bool:  # fmt: skip
    """Run ``kernel`` on the cells' own memory; says whether it could."""
    steps = columns[names.index("step")] if "step" in names else None
    counts = [] if steps is None else [float(step._read()) + 1 for step in steps]
    owned: list[Any] = []
    for name, column in zip((..., *names), (parameters, *columns), strict=True):
        if column is None or name == "step":
            owned.append(None if column is None else counts)
            continue
        arrays = []
        for tensor in column:
            array = None if tensor is None else tensor._own_storage()
            if array is None:
                return False
            arrays.append(array)
        owned.append(arrays)
    targets, *states = owned
    if not kernel(targets, gradients, *states, **optimizer.settings(group)):
        return False
    if steps is not None:
        made: dict[float, Any] = {}
        for step, count in zip(steps, counts, strict=True):
            if count not in made:
                made[count] = backend.scalar(count, step._read().dtype, step._read())
            step._rebind(made[count], None)
    for tensor in (*parameters, *(state for column in columns if column is not None for state in column)):
        if tensor._views is not None or tensor._base is not None:
            tensor._refresh_copies()
    return True


#: (backend, rule, fixed settings, scheduled ones, which states there are, number of parameters) → compiled function.
_programs: dict[tuple, Callable] = {}
_PROGRAMS_KEPT = 256


def _compiled(
    optimizer: Any, group: dict[str, Any], names: tuple[str | None, ...], parameters: list[Tensor], gradients: list[Any],
    columns: Columns, backend: Any,
) -> None:  # fmt: skip
    settings = optimizer.settings(group)
    scheduled = [name for name in optimizer.scheduled if settings[name] is not None]
    fixed = tuple((name, value) for name, value in settings.items() if name not in scheduled)
    present = tuple(column is not None and tuple(state is not None for state in column) for column in columns)
    key = (backend, optimizer.rule, fixed, tuple(scheduled), present, len(parameters))
    program = _programs.get(key)
    if program is None:
        if len(_programs) >= _PROGRAMS_KEPT:
            _programs.clear()
        program = _programs[key] = backend.jit(
            partial(_all_at_once, backend, optimizer.rule, dict(fixed), scheduled, present, len(parameters))
        )
    flat = [state._read() for column in columns if column is not None for state in column if state is not None]
    numbers = [settings[name] for name in scheduled]
    results = program(*[parameter._read() for parameter in parameters], *gradients, *flat, *numbers)
    width = 1 + len(columns)
    for place, parameter in enumerate(parameters):
        found = tuple(results[place * width : (place + 1) * width])
        _store(optimizer, names, parameter, _row(columns, place), found, False)


def _all_at_once(
    backend: Any, rule: Callable, fixed: dict[str, Any], scheduled: list[str], present: tuple, count: int, *flat: Any
) -> list[Any]:
    """The rule for ``count`` parameters, whose arrays come one after the other; the results come so too."""
    xp = backend.xp
    rest = iter(flat[2 * count :])
    columns = [[next(rest) if there else None for there in row] if row else [None] * count for row in present]
    numbers = dict(zip(scheduled, rest, strict=True))
    results: list[Any] = []
    for place in range(count):
        parameter = flat[place]
        cast = {name: _cast(backend, number, parameter) for name, number in numbers.items()}
        row = [column[place] for column in columns]
        results.extend(_rule_for(rule, backend, parameter)(xp, parameter, flat[count + place], *row, **fixed, **cast))
    return results


def _rule_for(rule: Callable, backend: Any, parameter: Any) -> Callable:
    dtype = backend.from_dtype(parameter.dtype)
    if dtype.is_half:
        return partial(in_single_precision, rule, backend.to_dtype(_dtypes.float32))
    return partial(by_parts, rule) if dtype.is_complex else rule


def _cast(backend: Any, number: Any, parameter: Any) -> Any:
    """A traced number as one of the parameter's (real) type, or of that it is computed in, which it does not change."""
    real = backend.from_dtype(parameter.dtype).to_real()
    return backend.xp.astype(backend.xp.asarray(number), backend.to_dtype(_dtypes.float32 if real.is_half else real))


def _one_by_one(
    optimizer: Any, settings: dict[str, Any], names: tuple[str | None, ...], parameters: list[Tensor], gradients: list[Any],
    columns: Columns, backend: Any,
) -> None:  # fmt: skip
    for place, parameter in enumerate(parameters):
        row = _row(columns, place)
        array = parameter._read()
        rule = _rule_for(optimizer.rule, backend, array)
        results = rule(
            backend.xp,
            array,
            gradients[place],
            *[None if state is None else state._read() for state in row],
            **settings,
        )
        _store(optimizer, names, parameter, row, results, False)


class OptimizerStep:
    """The settings of one of an optimizer's groups as they are now, for a step that is recorded once and run often."""

    def __init__(self, optimizer: Any, group: dict[str, Any], parameters: Sequence[Tensor]):
        self._optimizer = optimizer
        self._state = optimizer.state
        states = [(parameter, found) for parameter in parameters if (found := self._state.get(parameter))]
        self._with_state = [parameter for parameter, _ in states]
        self._states = [found for _, found in states]
        self._held = self._found()
        first = group["params"][0]
        self._place = next(
            place for place, each in enumerate(optimizer.param_groups) if any(x is first for x in each["params"])
        )
        self._values: list[Any] = []
        self._settings: dict[str, Any] = {}
        self._fixed: dict[str, Any] = {}

    @property
    def settings(self) -> tuple[Any, ...]:
        """What a step is recorded for, and anew when it changes: the state and the parameters there are, and most settings."""
        self.all()
        groups = self._optimizer.param_groups
        params = groups[self._place]["params"]
        return self._has_its_state(), len(groups), id(params), len(params), self._fixed

    def _has_its_state(self) -> bool:
        """Whether each parameter has the tensors that the step was recorded with."""
        if self._optimizer.state is not self._state:
            return False
        if not self._states:
            return True
        found, held = self._found(), self._held
        return len(found) == len(held) and all(map(operator.is_, found, held))

    def _found(self) -> list[Any]:
        return [*map(self._state.get, self._with_state), *chain.from_iterable(map(dict.values, self._states))]

    def all(self) -> dict[str, Any]:
        """All settings.  They are worked out again where one of the group's values is another object than before."""
        group = self._optimizer.param_groups[self._place]
        values = [*group.values()]
        if len(values) != len(self._values) or not all(map(operator.is_, values, self._values)):
            self._settings = settings = self._optimizer.settings(group)
            scheduled = self._optimizer.scheduled
            self._fixed = {
                name: "any number" if name in scheduled and value is not None else value
                for name, value in settings.items()
            }
            immutable = all(value is None or isinstance(value, bool | int | float) for value in settings.values())
            self._values = values if immutable and not any(map(_is_mutable, values)) else []
        return self._settings


def _is_mutable(value: Any) -> bool:
    return isinstance(value, Tensor) or (isinstance(value, tuple) and any(map(_is_mutable, value)))


def _trace(
    optimizer: Any, group: dict[str, Any], names: tuple[str | None, ...], parameters: list[Tensor], gradients: list[Any],
    columns: Columns, backend: Any, fresh: set[int],
) -> None:  # fmt: skip
    """A step that a recorder watches: the scheduled settings stay changeable."""
    active = recorder()
    settings = optimizer.settings(group)
    now = OptimizerStep(optimizer, group, parameters)
    if active is not None:
        active.guard(now, "settings", now.settings)

    def scheduled(name: str) -> Any:
        return read_hyperparameter(lambda: now.all()[name])

    numbers = {name: scheduled(name) for name in optimizer.scheduled if settings[name] is not None}
    raw = [
        [parameter._read() for parameter in parameters],
        gradients,
        *[None if column is None else [state._read() for state in column] for column in columns],
    ]
    step = names.index("step") + 2 if "step" in names else None
    found = None
    if isinstance(backend, CompilingBackend):
        found = backend.record_update(optimizer.kernel, raw, {**settings, **numbers, "step": step})
    if found is not None:
        for place, parameter in enumerate(parameters):
            results = tuple([None if column is None else column[place] for column in found])
            _store(optimizer, names, parameter, _row(columns, place), results, False)
        return
    first = [True]

    def scheduled_after(name: str, value: Any) -> Any:
        return read_hyperparameter(lambda: value if first[0] else now.all()[name])

    at_first = {name: scheduled_after(name, value) for name, value in (optimizer.at_first if fresh else {}).items()}
    for place, parameter in enumerate(parameters):
        array = parameter._read()
        own = {**numbers, **at_first} if id(parameter) in fresh else numbers
        cast = {
            name: number if isinstance(number, float | int) else _cast(backend, number, array)
            for name, number in own.items()
        }
        one = [None if column is None else [column[place]] for column in columns]
        _one_by_one(optimizer, {**settings, **cast}, names, [parameter], [gradients[place]], one, backend)
    if at_first:
        python_side_effect(partial(first.__setitem__, 0, False), lambda: partial(first.__setitem__, 0, first[0]))


def _record(
    optimizer: Any, group: dict[str, Any], names: tuple[str | None, ...], parameters: list[Tensor], gradients: list[Tensor],
    columns: Columns,
) -> None:  # fmt: skip
    """A step that is part of the graph, so that what follows can be differentiated through it."""
    settings = optimizer.settings(group)
    for place, parameter in enumerate(parameters):
        row = _row(columns, place)
        rule = partial(by_parts, optimizer.rule) if parameter.dtype.is_complex else optimizer.rule
        if parameter.dtype.is_half:
            rule = partial(in_single_precision, rule, _dtypes.float32)
        results = rule(OPERATIONS, parameter, gradients[place], *row, **settings)
        _store(optimizer, names, parameter, row, results, True)


def zeros(parameter: Tensor) -> Any:
    """A raw array of zeros like ``parameter``."""
    array = parameter._read()
    return _zeros(array, tuple(array.shape), array.dtype)


def zero_steps(parameter: Tensor) -> Any:
    """A raw count of steps on the place of ``parameter``."""
    array = parameter._read()
    return _zeros(array, (), BY_TYPE[type(array)].to_dtype(_dtypes.float32))


def _zeros(like: Any, shape: tuple[int, ...], dtype: Any) -> Any:
    # From the host: a library that compiles its functions would do so for every shape.
    backend = BY_TYPE[type(like)]
    return backend.asarray(np.zeros(shape, np.float32), dtype=dtype, device=backend.device(like))
