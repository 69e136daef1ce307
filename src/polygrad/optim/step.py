"""Run an optimizer's step for all parameters of a group.

The first way that is possible: a kernel that overwrites parameters and state where no other tensor shares their
memory; the rule for all parameters compiled as one function, on a backend that compiles; the rule for one parameter
after another.
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
from .rules import compute_in_single_precision, split_complex

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
            _update_by_backend(optimizer, group, parameters)
            return
    names = optimizer.names(group)
    fresh: set[int] = set()
    columns = _state_columns(optimizer, group, names, parameters, backend, fresh)
    if group.get("differentiable"):
        _run_recorded(optimizer, group, names, parameters, gradients, columns)
        return
    if RECORDERS:
        with no_grad():
            _run_traced(optimizer, group, names, parameters, arrays, columns, backend, fresh)
        return
    kernel = backend.kernels.get(optimizer.kernel)
    if kernel is not None and _run_kernel(kernel, optimizer, group, names, parameters, arrays, columns, backend):
        return
    with no_grad():
        if "jit" in backend.capabilities:
            _run_compiled(optimizer, group, names, parameters, arrays, columns, backend)
        else:
            _run_one_by_one(optimizer, optimizer.settings(group), names, parameters, arrays, columns, backend)


def _update_by_backend(optimizer: Any, group: dict[str, Any], parameters: list[Tensor]) -> None:
    """Update a group with parameters on several backends, each backend separately."""
    parts: dict[Any, list[Tensor]] = {}
    for parameter in parameters:
        parts.setdefault(parameter.backend, []).append(parameter)
    for part in parts.values():
        update(optimizer, {**group, "params": part})


# -- state -------------------------------------------------------------------------------------------------------------


def _state_columns(
    optimizer: Any, group: dict[str, Any], names: tuple[str | None, ...], parameters: list[Tensor], backend: Any,
    fresh: set[int],
) -> Columns:  # fmt: skip
    """For each state of the rule the tensors of all parameters, created where missing; None for a state that is not in use.

    The ids of parameters whose state would start from the first gradient, which a recorder does not know yet, go into
    ``fresh``.
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
                with backend.concrete():  # state created during a trace must outlive it
                    made = optimizer.new_state(name, parameter, group)
                if made is not None:
                    found = state[name] = cell(made)
                if RECORDERS and (active := recorder()) is not None:
                    if made is None:  # the rule would start from the first gradient; see `_run_traced`
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
    """Store the results of a rule in the parameter and in its state."""
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


def _state_of(columns: Columns, place: int) -> list[Any]:
    return [None if column is None else column[place] for column in columns]


# -- ways to run it ------------------------------------------------------------------------------------------------


def _run_kernel(
    kernel: Callable, optimizer: Any, group: dict[str, Any], names: tuple[str | None, ...], parameters: list[Tensor],
    gradients: list[Any], columns: Columns, backend: Any,
) -> bool:  # fmt: skip
    """Run ``kernel`` in the tensors' own memory; returns whether it could."""
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
    for parameter in parameters:
        parameter._count_write()
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


#: (backend, rule, fixed settings, scheduled ones, existing states, number of parameters) → compiled function.
_programs: dict[tuple[Any, ...], Callable[..., Any]] = {}
_PROGRAMS_KEPT = 256


def _run_compiled(
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
            partial(_apply_to_all, backend, optimizer.rule, dict(fixed), scheduled, present, len(parameters))
        )
    flat = [state._read() for column in columns if column is not None for state in column if state is not None]
    scalars = [settings[name] for name in scheduled]
    results = program(*[parameter._read() for parameter in parameters], *gradients, *flat, *scalars)
    width = 1 + len(columns)
    for place, parameter in enumerate(parameters):
        found = tuple(results[place * width : (place + 1) * width])
        _store(optimizer, names, parameter, _state_of(columns, place), found, False)


def _apply_to_all(
    backend: Any, rule: Callable, fixed: dict[str, Any], scheduled: list[str], present: tuple, count: int, *flat: Any
) -> list[Any]:
    """The rule for ``count`` parameters, whose arrays follow one another in ``flat``, as the results do in the list."""
    xp = backend.xp
    rest = iter(flat[2 * count :])
    columns = [[next(rest) if there else None for there in row] if row else [None] * count for row in present]
    scalars = dict(zip(scheduled, rest, strict=True))
    results: list[Any] = []
    for place in range(count):
        parameter = flat[place]
        cast = {name: _cast(backend, number, parameter) for name, number in scalars.items()}
        row = [column[place] for column in columns]
        results.extend(_rule_for(rule, backend, parameter)(xp, parameter, flat[count + place], *row, **fixed, **cast))
    return results


def _rule_for(rule: Callable, backend: Any, parameter: Any) -> Callable:
    dtype = backend.from_dtype(parameter.dtype)
    if dtype.is_half:
        return partial(compute_in_single_precision, rule, backend.to_dtype(_dtypes.float32))
    return partial(split_complex, rule) if dtype.is_complex else rule


def _cast(backend: Any, number: Any, parameter: Any) -> Any:
    """A traced scalar in the parameter's real data type, or the one that it is computed in."""
    real = backend.from_dtype(parameter.dtype).to_real()
    return backend.xp.astype(backend.xp.asarray(number), backend.to_dtype(_dtypes.float32 if real.is_half else real))


def _run_one_by_one(
    optimizer: Any, settings: dict[str, Any], names: tuple[str | None, ...], parameters: list[Tensor], gradients: list[Any],
    columns: Columns, backend: Any,
) -> None:  # fmt: skip
    for place, parameter in enumerate(parameters):
        row = _state_of(columns, place)
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
    """The present settings of one of an optimizer's groups, for a step that is recorded once and run often."""

    def __init__(self, optimizer: Any, group: dict[str, Any], parameters: Sequence[Tensor]):
        self._optimizer = optimizer
        self._state = optimizer.state
        states = [(parameter, found) for parameter in parameters if (found := self._state.get(parameter))]
        self._with_state = [parameter for parameter, _ in states]
        self._states = [found for _, found in states]
        self._recorded_state = self._find_state()
        first = group["params"][0]
        self._place = next(
            place for place, each in enumerate(optimizer.param_groups) if any(x is first for x in each["params"])
        )
        self._values: list[Any] = []
        self._settings: dict[str, Any] = {}
        self._fixed: dict[str, Any] = {}

    @property
    def settings(self) -> tuple[Any, ...]:
        """What a recorded step depends on: the state and the parameters that exist, and most settings."""
        self.all()
        groups = self._optimizer.param_groups
        params = groups[self._place]["params"]
        return self._has_recorded_state(), len(groups), id(params), len(params), self._fixed

    def _has_recorded_state(self) -> bool:
        """Whether each parameter has the state tensors that the step was recorded with."""
        if self._optimizer.state is not self._state:
            return False
        if not self._states:
            return True
        found, held = self._find_state(), self._recorded_state
        return len(found) == len(held) and all(map(operator.is_, found, held))

    def _find_state(self) -> list[Any]:
        return [*map(self._state.get, self._with_state), *chain.from_iterable(map(dict.values, self._states))]

    def all(self) -> dict[str, Any]:
        """All settings, computed again where one of the group's values is another object than before."""
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


def _run_traced(
    optimizer: Any, group: dict[str, Any], names: tuple[str | None, ...], parameters: list[Tensor], gradients: list[Any],
    columns: Columns, backend: Any, fresh: set[int],
) -> None:  # fmt: skip
    """Run a step under a recorder: the scheduled settings stay inputs of the program."""
    active = recorder()
    settings = optimizer.settings(group)
    now = OptimizerStep(optimizer, group, parameters)
    if active is not None:
        active.guard(now, "settings", now.settings)

    def read_setting(name: str) -> Any:
        return read_hyperparameter(lambda: now.all()[name])

    scalars = {name: read_setting(name) for name in optimizer.scheduled if settings[name] is not None}
    raw = [
        [parameter._read() for parameter in parameters],
        gradients,
        *[None if column is None else [state._read() for state in column] for column in columns],
    ]
    step = names.index("step") + 2 if "step" in names else None
    found = None
    if isinstance(backend, CompilingBackend):
        found = backend.record_update(optimizer.kernel, raw, {**settings, **scalars, "step": step})
    if found is not None:
        for place, parameter in enumerate(parameters):
            results = tuple([None if column is None else column[place] for column in found])
            _store(optimizer, names, parameter, _state_of(columns, place), results, False)
        return
    first = [True]

    def read_after_first(name: str, value: Any) -> Any:
        return read_hyperparameter(lambda: value if first[0] else now.all()[name])

    at_first = {name: read_after_first(name, value) for name, value in (optimizer.at_first if fresh else {}).items()}
    for place, parameter in enumerate(parameters):
        array = parameter._read()
        own = {**scalars, **at_first} if id(parameter) in fresh else scalars
        cast = {
            name: number if isinstance(number, float | int) else _cast(backend, number, array)
            for name, number in own.items()
        }
        one = [None if column is None else [column[place]] for column in columns]
        _run_one_by_one(optimizer, {**settings, **cast}, names, [parameter], [gradients[place]], one, backend)
    if at_first:
        python_side_effect(partial(first.__setitem__, 0, False), lambda: partial(first.__setitem__, 0, first[0]))


def _run_recorded(
    optimizer: Any, group: dict[str, Any], names: tuple[str | None, ...], parameters: list[Tensor], gradients: list[Tensor],
    columns: Columns,
) -> None:  # fmt: skip
    """Run a step as part of the graph, so that it can be differentiated."""
    settings = optimizer.settings(group)
    for place, parameter in enumerate(parameters):
        row = _state_of(columns, place)
        rule = partial(split_complex, optimizer.rule) if parameter.dtype.is_complex else optimizer.rule
        if parameter.dtype.is_half:
            rule = partial(compute_in_single_precision, rule, _dtypes.float32)
        results = rule(OPERATIONS, parameter, gradients[place], *row, **settings)
        _store(optimizer, names, parameter, row, results, True)


def zeros(parameter: Tensor) -> Any:
    """A raw array of zeros with the shape, data type and device of ``parameter``."""
    array = parameter._read()
    return _filled(array, tuple(array.shape), array.dtype)


def zero_steps(parameter: Tensor) -> Any:
    """A raw count of steps, 0, on the device of ``parameter``."""
    array = parameter._read()
    return _filled(array, (), BY_TYPE[type(array)].to_dtype(_dtypes.float32))


def numbers(parameter: Tensor, value: float) -> Any:
    """A raw array of ``value`` with the shape, data type and device of ``parameter``; in both parts of complex numbers."""
    array = parameter._read()
    return _filled(
        array, tuple(array.shape), array.dtype, complex(value, value) if parameter.dtype.is_complex else value
    )


def number_state(parameter: Tensor, value: float) -> Any:
    """A raw 0-d ``value`` on the device of ``parameter``, in the real type that its step is computed in."""
    array, real = parameter._read(), parameter.dtype.to_real()
    backend = BY_TYPE[type(array)]
    return _filled(array, (), backend.to_dtype(_dtypes.float32 if real.is_half else real), value)


def _filled(like: Any, shape: tuple[int, ...], dtype: Any, value: complex = 0) -> Any:
    # Made on the host: a library that compiles its functions would compile this one for every shape.
    backend = BY_TYPE[type(like)]
    return backend.asarray(np.full(shape, value), dtype=dtype, device=backend.device(like))
