"""What a workload is, and the implementations that one program has."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

#: A step of work.  It returns a number (a loss, a sum) by which the implementations are checked against each other.
Step = Callable[[], Any]


@dataclass(frozen=True)
class Workload:
    """What is measured: a name, a sentence, and for each implementation a function that prepares its step."""

    name: str
    title: str
    prepare: dict[str, Callable[[], Step]]
    #: Steps per turn: enough for a turn to be far longer than the clock's resolution.
    repeats: int
    #: Steps run before the clock starts; their results are compared to ``tolerance``.
    warm_up: int = 3
    tolerance: float = 1e-3


class Unavailable(Exception):
    """An implementation whose library is not installed, or cannot do it."""


def lacking(what: str) -> Callable[[], Step]:
    """An implementation that a library cannot have, for want of ``what``."""

    def prepare() -> Step:
        raise Unavailable(f"not possible: no {what}")

    return prepare


def library(name: str) -> Any:
    """The library ``name``.  Raises Unavailable where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise Unavailable(f"{name} is not installed") from error


@dataclass(frozen=True)
class Build:
    """A library with PyTorch's names, and what it compiles: a whole step, or a module or function that goes forward."""

    library: Any
    step: Callable[[Step], Step] = lambda function: function
    forward: Callable[[Any], Any] = lambda function: function


def with_torchs_names(make: Callable[[Build], Step]) -> dict[str, Callable[[], Step]]:
    """The implementations that one program has in polygrad and in PyTorch."""

    def polygrad(backend: str, compiled: bool = False, tuned: bool = False) -> Step:
        pg = library("polygrad")
        try:
            pg.set_backend(backend)
        except (pg.backends.BackendError, ValueError) as error:
            raise Unavailable(str(error)) from error
        if tuned:
            pg.tune_allocator()
        return make(Build(pg, pg.compile) if compiled else Build(pg))

    def torch(compiled: bool = False) -> Step:
        found = library("torch")
        return make(Build(found, forward=found.compile) if compiled else Build(found))

    return {
        "polygrad": lambda: polygrad("numpy"),
        "polygrad-tuned": lambda: polygrad("numpy", tuned=True),
        "polygrad-compiled": lambda: polygrad("numpy", compiled=True),
        "polygrad-jax": lambda: polygrad("jax"),
        "polygrad-jax-compiled": lambda: polygrad("jax", compiled=True),
        "torch": torch,
        "torch.compile": lambda: torch(compiled=True),
    }


def with_jaxs_functions(make: Callable[[Callable[[Step], Step]], Step]) -> dict[str, Callable[[], Step]]:
    """The implementations of a function without state that one program has with JAX: eager, and by who compiles it."""
    return {
        "jax": lambda: make(lambda function: function),
        "jax.jit": lambda: make(library("jax").jit),
        "flax.nnx": lambda: make(library("flax.nnx").jit),
    }
