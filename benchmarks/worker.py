"""The process of one implementation: it prepares a step, and runs turns of it as they are asked for."""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import sys
import time
from typing import Any

from .harness import Unavailable, Workload
from .workloads import WORKLOADS


def kilobytes(field: str) -> int:
    """A field of this process's memory, in kB; 0 where the system does not tell."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith(field))
    except OSError:
        return 0


def number(result: Any) -> float:
    """The number that a step returned, once everything that was begun is finished: a loss is there before the updates are."""
    if jax := sys.modules.get("jax"):
        jax.block_until_ready(jax.live_arrays())
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
        number(result)
        answer(
            processor=(time.process_time() - start) / workload.repeats,
            wall=(time.perf_counter() - wall) / workload.repeats,
        )


if __name__ == "__main__":
    serve(WORKLOADS[sys.argv[1]], sys.argv[2])
