"""What a workload is, and how an implementation of it is prepared and run in a process of its own."""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import sys
import time
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


def library(name: str) -> Any:
    """The library ``name``.  Raises Unavailable where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise Unavailable(f"{name} is not installed") from error


@dataclass(frozen=True)
class Build:
    """A library with PyTorch's names, and what it compiles: a whole step, or a module, or nothing."""

    library: Any
    step: Callable[[Step], Step] = lambda function: function
    module: Callable[[Any], Any] = lambda model: model


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
        return make(Build(found, module=found.compile) if compiled else Build(found))

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


# -- in the process of an implementation -----------------------------------------------------------------------------------


def kilobytes(field: str) -> int:
    """A field of this process's memory, in kB; 0 where the system does not tell."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith(field))
    except OSError:
        return 0


def number(result: Any) -> float:
    """The number that a step returned; what a library computes late is computed now."""
    return float(result.item() if hasattr(result, "item") else result)


def processor_time() -> float:
    """Seconds of this process, and of the compilers that it has called."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


#: What belongs to the library and not to the workload: it is imported before memory is measured.
_IMPORTED = {
    "polygrad": ("polygrad.nn", "polygrad.optim"), "jax": ("jax.numpy", "optax"), "torch": ("torch",),
    "autograd": ("autograd.numpy", "autograd.scipy.special"), "nnx": ("flax.nnx", "optax"),
    "mygrad": ("mygrad", "mygrad.nnet"), "tinygrad": ("tinygrad",),
}  # fmt: skip


def serve(workload: Workload, name: str) -> None:
    """Prepare an implementation, then run turns as they are asked for on the standard input, one answer a line."""
    answers, sys.stdout = sys.stdout, sys.stderr

    def answer(**what: Any) -> None:
        print(json.dumps(what), file=answers, flush=True)

    for part, modules in _IMPORTED.items():
        for module in modules if part in name else ():
            with contextlib.suppress(ImportError):  # which `library` explains
                importlib.import_module(module)
    before = kilobytes("VmRSS")
    try:
        step = workload.prepare[name]()
        start = processor_time()
        losses = [number(step())]
        first = processor_time() - start
        losses += [number(step()) for _ in range(workload.warm_up - 1)]
    except Unavailable as reason:
        answer(unavailable=str(reason))
        return
    except Exception as error:
        answer(unavailable=f"{type(error).__name__}: {error}".splitlines()[0][:200])
        return
    answer(losses=losses, first=first)
    for line in sys.stdin:
        if line.strip() == "memory":
            answer(kilobytes=kilobytes("VmHWM") - before)
            continue
        gc.collect()
        wall, start = time.perf_counter(), time.process_time()
        for _ in range(workload.repeats):
            result = step()
        number(result)  # what a library computes later belongs to the turn
        answer(
            processor=(time.process_time() - start) / workload.repeats,
            wall=(time.perf_counter() - wall) / workload.repeats,
        )


if __name__ == "__main__":
    from .workloads import WORKLOADS

    serve(WORKLOADS[sys.argv[1]], sys.argv[2])
