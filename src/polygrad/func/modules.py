"""Modules as functions of their parameters."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._core.tensor import Tensor
from .._functions.joining import stack
from .trees import TransformError


def functional_call(
    module: Any, parameters_and_buffers: Mapping[str, Tensor] | Sequence[Mapping[str, Tensor]], args: Any = None,
    kwargs: Mapping[str, Any] | None = None, *, tie_weights: bool = True, strict: bool = False,
) -> Any:  # fmt: skip
    """``module(*args, **kwargs)`` with other tensors in place of its parameters and buffers, and the module as it was.

    Args:
        module: a `polygrad.nn.Module`.
        parameters_and_buffers: tensors by their dotted names, as in ``dict(module.named_parameters())``; or several
            such dicts.  The result is differentiable with respect to them.  What is not named keeps its own; other attributes
            may be named, too, and are there during the call.
        args: the arguments, a tuple, or an only one that is no tuple.
        kwargs: the keyword arguments.
        tie_weights: a tensor that the module has under several names is replaced under all of them.
        strict: raise where a parameter or buffer is not named, or where a name is of none.

    Raises ValueError for a name that is given twice, or for tied names with different tensors, TypeError for what is no tensor,
    AttributeError for a name in a submodule that is not there, and with ``strict`` RuntimeError for names that do not match.

    Example::

        model = polygrad.nn.Linear(3, 1)
        parameters = {name: p.detach() for name, p in model.named_parameters()}
        loss = lambda parameters, x: polygrad.func.functional_call(model, parameters, (x,)).sum()
        polygrad.func.grad(loss)(parameters, polygrad.ones(3))
    """
    if not hasattr(module, "_kinds"):
        raise TypeError(f"functional_call: module must be a polygrad.nn.Module, not a {type(module).__name__}")
    given = _merged(parameters_and_buffers)
    places = _places(module)
    if strict:
        _check_all_named(module, given, places)
    changes = _tied(given, places) if tie_weights else given
    with _swapped([(places.get(name) or _place(module, name), tensor) for name, tensor in changes.items()]):
        return module(*(args if isinstance(args, tuple) else () if args is None else (args,)), **(kwargs or {}))


def _merged(dicts: Any) -> dict[str, Tensor]:
    several = [dicts] if isinstance(dicts, Mapping) else dicts
    if not isinstance(several, (list, tuple)) or not all(isinstance(one, Mapping) for one in several):
        raise TransformError(
            f"functional_call: parameters_and_buffers is a dict of tensors by name, or several in a tuple, not {dicts!r}"
        )
    merged: dict[str, Tensor] = {}
    for one in several:
        for name, tensor in one.items():
            if name in merged:
                raise ValueError(f"functional_call: {name!r} is in several of the dicts; give it once")
            if not isinstance(tensor, Tensor):
                raise TypeError(f"functional_call: {name!r} must be a Tensor, not {type(tensor).__name__}")
            merged[name] = tensor
    return merged


def _check_all_named(module: Any, given: Mapping[str, Tensor], places: Mapping[str, Any]) -> None:
    missing = ", ".join(repr(name) for name in places if name not in given)
    unknown = ", ".join(repr(name) for name in given if name not in places)
    if missing or unknown:
        problems = (f"no tensor is given for {missing}" if missing else "") + ("; " if missing and unknown else "")
        problems += f"{type(module).__name__} has no parameter or buffer {unknown}" if unknown else ""
        raise RuntimeError(f"functional_call: strict=True, but {problems}")


def _place(module: Any, name: str) -> tuple[dict[str, Any], str]:
    """Where an attribute is kept that is no parameter or buffer: an empty one, as a bias that is None, or any other."""
    *path, last = name.split(".")
    for part in path:
        inner = getattr(module, part, None)
        if not hasattr(inner, "_kinds"):
            raise AttributeError(
                f"functional_call: {name!r} is not in {type(module).__name__}, which has no submodule {part!r}; it has "
                f"{', '.join(part for part, _ in module.named_children()) or 'none'}"
            )
        module = inner
    if not last:
        raise KeyError(f"functional_call: {name!r} names no parameter")
    return vars(module), last


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
        if name not in places:
            continue
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
    before = [(attributes, key, attributes.get(key, _swapped)) for (attributes, key), _ in changes]
    try:
        for (attributes, key), tensor in changes:
            attributes[key] = tensor
        yield
    finally:
        for attributes, key, value in reversed(before):
            if value is _swapped:  # there was none
                attributes.pop(key, None)
            else:
                attributes[key] = value


def stack_module_state(models: Sequence[Any]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """The parameters and the buffers of several modules of one kind, stacked: what vmap needs to run an ensemble.

    The stacked parameters are new leaves that require grad where those of the modules do.  Raises TransformError
    without modules, for modules of different classes, for some in training and some in evaluation, and for a parameter that
    requires grad in some of them only; RuntimeError where shapes differ.

    Example::

        models = [polygrad.nn.Linear(3, 1) for _ in range(4)]
        parameters, buffers = polygrad.func.stack_module_state(models)
        run = lambda p, b, x: polygrad.func.functional_call(models[0], (p, b), (x,))
        polygrad.vmap(run, in_dims=(0, 0, None))(parameters, buffers, polygrad.ones(2, 3)).shape  # (4, 2, 1)
    """
    models = list(models)
    if not models:
        raise TransformError("stack_module_state: expected at least one model")
    if any(type(m) is not type(models[0]) for m in models):
        raise TransformError(
            f"stack_module_state: all models must be of one class, but there are {', '.join(sorted({type(m).__name__ for m in models}))}"  # noqa: E501
        )
    if len({m.training for m in models}) > 1:
        raise TransformError(
            "stack_module_state: some models are in training and some in evaluation, and one of them runs for all; call train() or "
            "eval() on all of them"
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
        raise TransformError(f"stack_module_state: {name!r} requires grad in some of the models only")
    return stack([x.detach() for x in tensors], 0).requires_grad_(requires.pop())
