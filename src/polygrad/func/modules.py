"""Modules as functions of their parameters."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._core.tensor import Tensor
from .._functions.shaping import stack


def functional_call(
    module: Any, parameters_and_buffers: Mapping[str, Tensor] | Sequence[Mapping[str, Tensor]], args: Any = None,
    kwargs: Mapping[str, Any] | None = None, *, tie_weights: bool = True, strict: bool = False,
) -> Any:  # fmt: skip
    """``module(*args, **kwargs)`` with other tensors in place of its parameters and buffers, and the module as it was.

    Args:
        module: a `polygrad.nn.Module`.
        parameters_and_buffers: tensors by their dotted names, as in ``dict(module.named_parameters())``; or several
            such dicts.  The result is differentiable with respect to them.  What is not named keeps its own.
        args: the arguments, a tuple, or an only one that is no tuple.
        tie_weights: a tensor that the module has under several names is replaced under all of them.
        strict: raise where a parameter or buffer is not named.

    Raises KeyError for a name that the module does not have, ValueError for one that is given twice, or for tied names with
    different tensors, and TypeError for what is no tensor; RuntimeError for missing names with ``strict``.

    Example::

        model = polygrad.nn.Linear(3, 1)
        parameters = {name: p.detach() for name, p in model.named_parameters()}
        loss = lambda parameters, x: polygrad.func.functional_call(model, parameters, (x,)).sum()
        polygrad.func.grad(loss)(parameters, polygrad.ones(3))
    """
    given = _merged(parameters_and_buffers)
    places = _places(module)
    unknown = [name for name in given if name not in places]
    if unknown:
        raise KeyError(
            f"functional_call: {type(module).__name__} has no parameter or buffer {', '.join(map(repr, unknown))}; it has "
            f"{', '.join(places) or 'none'}"
        )
    if strict and (missing := [name for name in places if name not in given]):
        raise RuntimeError(f"functional_call: strict=True, and there is no tensor for {', '.join(map(repr, missing))}")
    changes = _tied(given, places) if tie_weights else given
    with _swapped([(places[name], tensor) for name, tensor in changes.items()]):
        return module(*(args if isinstance(args, tuple) else () if args is None else (args,)), **(kwargs or {}))


def _merged(dicts: Any) -> dict[str, Tensor]:
    merged: dict[str, Tensor] = {}
    for one in [dicts] if isinstance(dicts, Mapping) else dicts:
        for name, tensor in one.items():
            if name in merged:
                raise ValueError(f"functional_call: {name!r} is in several of the dicts; give it once")
            if not isinstance(tensor, Tensor):
                raise TypeError(f"functional_call: {name!r} must be a Tensor, not {type(tensor).__name__}")
            merged[name] = tensor
    return merged


def _places(module: Any) -> dict[str, tuple[dict[str, Any], str]]:
    """Where each parameter and buffer is kept, under all its names: the attributes that it is in, and its name there."""
    places: dict[str, tuple[dict[str, Any], str]] = {}
    _find(vars(module), "", places)
    return places


def _find(attributes: dict[str, Any], prefix: str, places: dict[str, tuple[dict[str, Any], str]]) -> None:
    for name in attributes["_kinds"]:
        value = attributes[name]
        if isinstance(value, Tensor):
            places[prefix + name] = attributes, name
        elif value is not None:
            _find(vars(value), f"{prefix}{name}.", places)


def _tied(given: dict[str, Tensor], places: dict[str, tuple[dict[str, Any], str]]) -> dict[str, Tensor]:
    """``given``, and the same tensor under every other name of what it replaces."""
    names: dict[int, list[str]] = {}
    for name, (attributes, key) in places.items():
        names.setdefault(id(attributes[key]), []).append(name)
    changes = dict(given)
    for name, tensor in given.items():
        attributes, key = places[name]
        for other in names[id(attributes[key])]:
            if changes.setdefault(other, tensor) is not tensor:
                raise ValueError(
                    f"functional_call: {name!r} and {other!r} are one tensor in the module, but are given different ones"
                )
    return changes


@contextlib.contextmanager
def _swapped(changes: Sequence[tuple[tuple[dict[str, Any], str], Tensor]]) -> Iterator[None]:
    """Context in which attributes hold other tensors.  The attributes are set directly: nothing is registered or copied."""
    before = [(attributes, key, attributes[key]) for (attributes, key), _ in changes]
    try:
        for (attributes, key), tensor in changes:
            attributes[key] = tensor
        yield
    finally:
        for attributes, key, tensor in reversed(before):
            attributes[key] = tensor


def stack_module_state(models: Sequence[Any]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """The parameters and the buffers of several modules of one kind, stacked: what vmap needs to run an ensemble.

    The stacked parameters are new leaves that require grad where those of the modules do.  Raises ValueError without modules,
    for modules of different classes, and for a parameter that requires grad in some of them only; RuntimeError where shapes differ.

    Example::

        models = [polygrad.nn.Linear(3, 1) for _ in range(4)]
        parameters, buffers = polygrad.func.stack_module_state(models)
        run = lambda p, b, x: polygrad.func.functional_call(models[0], (p, b), (x,))
        polygrad.vmap(run, in_dims=(0, 0, None))(parameters, buffers, polygrad.ones(2, 3)).shape  # (4, 2, 1)
    """
    models = list(models)
    if not models:
        raise ValueError("stack_module_state: expected at least one model")
    if any(type(m) is not type(models[0]) for m in models):
        raise ValueError(
            f"stack_module_state: all models must be of one class, but there are {', '.join(sorted({type(m).__name__ for m in models}))}"  # noqa: E501
        )
    parameters = {
        name: _stacked(name, [dict(m.named_parameters())[name] for m in models])
        for name, _ in models[0].named_parameters()
    }
    buffers = {
        name: _stacked(name, [dict(m.named_buffers())[name] for m in models]) for name, _ in models[0].named_buffers()
    }
    return parameters, buffers


def _stacked(name: str, tensors: Sequence[Tensor]) -> Tensor:
    requires = {x.requires_grad for x in tensors}
    if len(requires) > 1:
        raise ValueError(f"stack_module_state: {name!r} requires grad in some of the models only")
    return stack([x.detach() for x in tensors], 0).requires_grad_(requires.pop())
