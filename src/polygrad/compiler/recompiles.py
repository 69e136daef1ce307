"""Recompile log: ``POLYGRAD_LOG=recompiles`` tells why a function is traced again; many shapes or numbers give a warning."""

from __future__ import annotations

import inspect
import linecache
import logging
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

from .._core.tensor import Tensor
from .._dtypes import get_default_dtype
from .._pytree import labelled
from .._state import grad_enabled
from .errors import is_library
from .guards import failures
from .program import Program

logger: logging.Logger = logging.getLogger("polygrad.compile")
if "recompiles" in os.environ.get("POLYGRAD_LOG", "").split(","):
    logger.setLevel(logging.INFO)
    _handler = logging.StreamHandler()
    _handler.setFormatter(logging.Formatter("polygrad: %(message)s"))
    logger.addHandler(_handler)

#: A function that is traced for this many shapes or numbers gives a warning.
MANY_VARIANTS = 8
#: The most reasons for one trace that are logged.
MANY_CHANGES = 3
#: What separates the backend from the type in the description of a tensor.
_TENSOR = " tensor "


def describe_call(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, str]:
    """Descriptions of what a program is traced for, by the names of arguments and modes."""
    try:
        call = inspect.signature(function).bind(*args, **kwargs)
        call.apply_defaults()
        given: dict[str, Any] = dict(call.arguments)
    except (TypeError, ValueError):  # no known signature, or a wrong call, which will raise by itself
        given = {**{f"argument {place}": value for place, value in enumerate(args)}, **kwargs}
    descriptions = {}
    for name, leaf in labelled(given):
        if isinstance(leaf, Tensor):
            grad = ", requires grad" if leaf.requires_grad else ""
            descriptions[name] = f"a {leaf.backend.name}{_TENSOR}{leaf.dtype.name}{list(leaf.shape)}{grad}"
        else:
            descriptions[name] = repr(leaf)
    descriptions["grad mode"] = "on" if grad_enabled() else "off"
    descriptions["the default dtype"] = get_default_dtype().name
    return descriptions


def log_recompile(
    name: str, former: Sequence[Program], descriptions: dict[str, str], tensors: Sequence[Tensor]
) -> None:
    """Log why none of the ``former`` programs, the newest first, fits a call for which a new one is traced."""
    if logger.isEnabledFor(logging.INFO):
        logger.info(
            "%s is traced again at %s: %s", name, _calling_line(), _shorten(_differences(former, descriptions, tensors))
        )


def log_eviction(name: str, program: Program, count: int) -> None:
    """Log that ``program`` is dropped, since there are more than ``count``."""
    logger.info(
        "%s has more than max_programs=%d programs, and drops the least recently used one, for %s",
        name,
        count,
        ", ".join(f"{label}: {word}" for label, word in program.descriptions.items()),
    )


def _shorten(changes: Sequence[str]) -> str:
    more = len(changes) - MANY_CHANGES
    return "; ".join(changes[:MANY_CHANGES]) + (f"; and {more} more like this" if more > 0 else "")


def _differences(former: Sequence[Program], descriptions: dict[str, str], tensors: Sequence[Tensor]) -> list[str]:
    """What distinguishes the call from the most similar program."""
    best: list[str] = []
    for program in former:
        before = program.descriptions
        names = [*descriptions, *(name for name in before if name not in descriptions)]
        changes = [
            f"{name}: {descriptions.get(name, 'missing')}, was {before.get(name, 'missing')}"
            for name in names
            if descriptions.get(name) != before.get(name)
        ]
        changes = changes or failures.describe_failures(program, tensors)
        if changes and (not best or len(changes) < len(best)):
            best = changes
    return best or ["its arguments are shared in another way"]


def warn_recompiles(name: str, programs: Sequence[Program]) -> bool:
    """Warn of an argument with ever new shapes or values, each of which needs a program.  Returns whether it warned."""
    variants = {
        label: list(dict.fromkeys(program.descriptions[label] for program in programs if label in program.descriptions))
        for label in programs[-1].descriptions
    }
    many = {label: found for label, found in variants.items() if len(found) >= MANY_VARIANTS}
    shapes = {
        label: [one.partition(_TENSOR)[2] for one in found] for label, found in many.items() if _TENSOR in found[-1]
    }
    numbers = {label: found for label, found in many.items() if _is_number(found[-1])}
    if shapes:
        text = (
            f"{_list_variants(shapes)}, and each new shape needs a compilation.  Let all batches have one size, as "
            "DataLoader(..., drop_last=True) does, or pad them to a few sizes and leave the padding out of the loss with a mask"
        )
    elif numbers:
        text = (
            f"{_list_variants(numbers)}, and each new number needs a compilation.  Pass numbers that change from call to call "
            f"as tensors, as in {next(iter(numbers))}=polygrad.tensor({next(iter(numbers.values()))[-1]})"
        )
    else:
        return False
    warnings.warn(
        f"compile: {name} has been traced for {text}.  POLYGRAD_LOG=recompiles tells of every new trace",
        UserWarning,
        stacklevel=4,
    )
    return True


def _list_variants(kinds: dict[str, list[str]]) -> str:
    return " and ".join(f"{len(k)} kinds of {label} ({k[0]}, {k[1]}, …, {k[-1]})" for label, k in kinds.items())


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _calling_line() -> str:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and is_library(frame.f_code.co_filename):
        frame = frame.f_back
    if frame is None:
        return "an unknown line"
    filename, line = frame.f_code.co_filename, frame.f_lineno
    text = linecache.getline(filename, line).strip()
    return f"{os.path.basename(filename)}, line {line}" + (f" ({text})" if text else "")
