"""Call modules as functions of their parameters."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from .._core.tensor import Tensor
from .._functions.joining import stack
from .trees import TransformError


def functional_call(
    module: Any, parameters_and_buffers: Mapping[str, Tensor] | Sequence[Mapping[str, Tensor]], args: Any = None,
    kwargs: Mapping[str, Any] | None = None, *, tie_weights: bool = True, strict: bool = False,
) -> Any:  # fmt: skip
    """Call a module with other tensors in place of its parameters and buffers; the module stays unchanged.

    The result is differentiable with respect to the given tensors.

    Args:
        module: a `polygrad.nn.Module`.
        parameters_and_buffers: tensors by their dotted names, as in ``dict(module.named_parameters())``, or a tuple of
            several such dicts.  Parameters that are not named keep their values.  Other attributes may be named as
            well.
        args: the arguments, a tuple, or a single argument that is not a tuple.
        kwargs: the keyword arguments.
        tie_weights: whether a tensor that the module has under several names is replaced under all of them.
        strict: whether every parameter and buffer must be named, and no other name.

    Returns:
        What the module returns.

    Raises:
        ValueError: a name is given twice, or tied names get different tensors.
        TypeError: ``module`` is not a module, or a value not a tensor.
        AttributeError: a name leads to a submodule that does not exist.
        RuntimeError: with ``strict``, names are missing or unknown.

    Example::

        >>> model = polygrad.nn.Linear(3, 1)
        >>> parameters = {"weight": polygrad.ones(1, 3), "bias": polygrad.zeros(1)}
        >>> polygrad.func.functional_call(model, parameters, (polygrad.ones(3),))
        tensor([3.])
    """
    if not hasattr(module, "_kinds"):
        raise TypeError(f"functional_call: module must be a polygrad.nn.Module, not a {type(module).__name__}")
    given = _merge(parameters_and_buffers)
    places = _parameter_locations(module)
    if strict:
        _check_all_named(module, given, places)
    changes = _with_tied_names(given, places) if tie_weights else given
    with _replace_attributes(
        [(places.get(name) or _find_attribute(module, name), tensor) for name, tensor in changes.items()]
    ):
        return module(*(args if isinstance(args, tuple) else () if args is None else (args,)), **(kwargs or {}))


def _merge(dicts: Any) -> dict[str, Tensor]:
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


def _find_attribute(module: Any, name: str) -> tuple[dict[str, Any], str]:
    """Where an attribute is kept that is neither parameter nor buffer, such as a bias that is None."""
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


def _parameter_locations(module: Any) -> dict[str, tuple[dict[str, Any], str]]:
    """Where each parameter and buffer is kept, under all its names: the attributes that hold it, and its name there."""
    places: dict[str, tuple[dict[str, Any], str]] = {}
    _add_locations(vars(module), "", places)
    return places


def _add_locations(attributes: dict[str, Any], prefix: str, places: dict[str, tuple[dict[str, Any], str]]) -> None:
    for name in attributes["_kinds"]:
        value = attributes[name]
        if isinstance(value, Tensor):
            places[prefix + name] = attributes, name
        elif value is not None:
            _add_locations(vars(value), f"{prefix}{name}.", places)


def _with_tied_names(given: dict[str, Tensor], places: dict[str, tuple[dict[str, Any], str]]) -> dict[str, Tensor]:
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
def _replace_attributes(changes: Sequence[tuple[tuple[dict[str, Any], str], Tensor]]) -> Iterator[None]:
    """Context in which attributes hold other tensors.  They are set directly: nothing is registered or copied."""
    before = [(attributes, key, attributes.get(key, _replace_attributes)) for (attributes, key), _ in changes]
    try:
        for (attributes, key), tensor in changes:
            attributes[key] = tensor
        yield
    finally:
        for attributes, key, value in reversed(before):
            if value is _replace_attributes:  # the attribute did not exist
                attributes.pop(key, None)
            else:
                attributes[key] = value


def stack_module_state(models: Sequence[Any]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Stack the parameters and the buffers of modules of one class, to run an ensemble with `vmap`.

    Args:
        models: modules of one class, all in training or all in evaluation mode.

    Returns:
        ``(parameters, buffers)``, dicts of tensors with a new first dimension of ``len(models)``.  The parameters are
        new leaves, which require grad where those of the modules do.

    Raises:
        TransformError: there are no models, or they differ in class, in mode, or in which parameters require grad.
        RuntimeError: parameters of one name differ in shape.

    Example::

        >>> models = [polygrad.nn.Linear(3, 1) for _ in range(4)]
        >>> parameters, buffers = polygrad.func.stack_module_state(models)
        >>> parameters["weight"].shape
        polygrad.Size([4, 1, 3])
        >>> run = lambda p, b, x: polygrad.func.functional_call(models[0], (p, b), (x,))
        >>> polygrad.vmap(run, in_dims=(0, 0, None))(parameters, buffers, polygrad.ones(2, 3)).shape
        polygrad.Size([4, 2, 1])
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
        name: _stack_tensors(name, [dict(m.named_parameters())[name] for m in models])
        for name, _ in models[0].named_parameters()
    }
    buffers = {
        name: _stack_tensors(name, [dict(m.named_buffers())[name] for m in models])
        for name, _ in models[0].named_buffers()
    }
    return parameters, buffers


def _stack_tensors(name: str, tensors: Sequence[Tensor]) -> Tensor:
    requires = {x.requires_grad for x in tensors}
    if len(requires) > 1:
        raise TransformError(f"stack_module_state: {name!r} requires grad in some of the models only")
    return stack([x.detach() for x in tensors], 0).requires_grad_(requires.pop())


def replace_all_batch_norm_modules_(root: Any) -> Any:
    """Let all batch normalization in a module use the statistics of the batch alone, in place.

    Running statistics are written to in training, which `vmap` cannot do for every example.

    Args:
        root: a `polygrad.nn.Module`.

    Returns:
        ``root``.

    Raises:
        TypeError: ``root`` is not a module.

    Example::

        >>> model = polygrad.func.replace_all_batch_norm_modules_(polygrad.nn.BatchNorm1d(3))
        >>> model.running_mean is None
        True
    """
    if not hasattr(root, "_kinds"):
        raise TypeError(
            f"replace_all_batch_norm_modules_: root must be a polygrad.nn.Module, not a {type(root).__name__}"
        )
    for module in root.modules():
        # `nn` is above this module: its classes are known by their base's name.
        if any(base.__name__ == "_BatchNorm" for base in type(module).__mro__):
            module.running_mean = module.running_var = module.num_batches_tracked = None
            module.track_running_stats = False
    return root


def functionalize(func: Callable[..., Any], *, remove: str = "mutations") -> Callable[..., Any]:
    """The function itself: here no operation writes into memory that another tensor sees, so there is nothing to remove.

    It is there for programs that prepare a function for a compiler with PyTorch's name.

    Args:
        func: any function.
        remove: ``"mutations"`` or ``"mutations_and_views"``.

    Returns:
        A function with the results of ``func``.

    Raises:
        RuntimeError: ``remove`` is another one.

    Example::

        >>> polygrad.func.functionalize(lambda x: x.clone().add_(1))(polygrad.zeros(2))
        tensor([1., 1.])
    """
    if remove not in ("mutations", "mutations_and_views"):
        raise RuntimeError(f"functionalize: remove is 'mutations' or 'mutations_and_views', not {remove!r}")
    return functools.wraps(func)(lambda *args, **kwargs: func(*args, **kwargs))
