"""Measuring: every implementation takes its turn in every round, so that a slow moment of the machine meets all of them."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

#: A step of work.  It returns a number (a loss, a sum) by which the implementations are checked against each other.
Step = Callable[[], float]


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
    #: The implementation that the others are measured against.
    reference: str = "torch"


@dataclass(frozen=True)
class Timing:
    """Seconds of processor time per step: the median of all turns and the quartiles around it."""

    median: float
    lower: float
    upper: float


class Unavailable(Exception):
    """An implementation whose library is not installed."""


def measure(workload: Workload, names: list[str], rounds: int) -> Iterator[tuple[str, Timing | str]]:
    """Timings by implementation, or the reason why there is none.  Raises ValueError where results disagree."""
    steps: dict[str, Step] = {}
    for name in names:
        if name not in workload.prepare:
            continue
        try:
            steps[name] = workload.prepare[name]()
        except Unavailable as reason:
            yield name, str(reason)
    _check(workload, steps)
    turns: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(rounds):
        for name, step in steps.items():
            gc.collect()
            start = time.process_time()
            for _ in range(workload.repeats):
                step()
            turns[name].append((time.process_time() - start) / workload.repeats)
    for name, seconds in turns.items():
        lower, median, upper = statistics.quantiles(seconds, n=4) if len(seconds) > 1 else (seconds * 3)
        yield name, Timing(median, lower, upper)


def _check(workload: Workload, steps: dict[str, Step]) -> None:
    results = {name: [float(step()) for _ in range(workload.warm_up)] for name, step in steps.items()}
    if not results:
        return
    expected = next(iter(results.values()))
    for name, values in results.items():
        for ours, theirs in zip(expected, values, strict=True):
            if abs(ours - theirs) > workload.tolerance * max(1.0, abs(ours)):
                raise ValueError(f"{workload.name}: {name} computes {values}, and {next(iter(results))} {expected}")
