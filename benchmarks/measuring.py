"""Measuring: every implementation takes its turn in every round, so that a slow moment of the machine meets all of them.

Each has a process of its own, since libraries in one process share an allocator and the threads of BLAS.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from .harness import Workload

_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "TORCH_NUM_THREADS", "NUM_CPU_THREADS")
#: tinygrad on the processor; and what an earlier run has compiled is compiled again, where it is counted.
_SETTINGS = {
    "DEV": "CPU", "CACHELEVEL": "0", "CCACHE": "0", "TORCHINDUCTOR_FORCE_DISABLE_CACHES": "1", "TORCHINDUCTOR_COMPILE_THREADS": "1",
}  # fmt: skip
#: These choose a slower kernel of NumPy's BLAS than the processor has.
_SLOW_BLAS = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")

#: Seconds in which threads that have just worked, and watch for more, go to sleep.
PAUSE = 0.1


def environment(threads: str) -> dict[str, str]:
    """The environment of a process with one thread, or with ``"all"``."""
    result = {name: value for name, value in os.environ.items() if name not in (*_SLOW_BLAS, *_ONE_THREAD)} | _SETTINGS
    if threads == "1":
        result |= dict.fromkeys(_ONE_THREAD, "1")
        result["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false " + result.get("XLA_FLAGS", "")
    return result


class Worker:
    """The process of one implementation."""

    def __init__(self, workload: Workload, name: str, threads: str):
        self.name = name
        processor = {int(min(os.sched_getaffinity(0)))} if threads == "1" and hasattr(os, "sched_getaffinity") else None
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"{__package__}.worker", workload.name, name],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env=environment(threads), cwd=Path(__file__).parents[1],
        )  # fmt: skip
        if processor:
            os.sched_setaffinity(self._process.pid, processor)
        self.start = self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        return json.loads(line) if line else {"unavailable": "the process ended"}

    def ask(self, command: str = "run") -> dict[str, Any]:
        """One turn, or ``"memory"``."""
        assert self._process.stdin is not None
        print(command, file=self._process.stdin, flush=True)
        return self._answer()

    def end(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def measure(workload: Workload, names: list[str], rounds: int, threads: str, memory: bool) -> dict[str, dict[str, Any]]:
    """Figures by implementation: seconds per step with quartiles, seconds of the first step, and peak memory.

    With one thread it is processor time, with all of them time on the wall.  Raises ValueError where results disagree.
    """
    found: dict[str, dict[str, Any]] = {}
    workers = []
    for name in names:
        if name in workload.prepare:
            worker = Worker(workload, name, threads)
            if "unavailable" in worker.start:
                found[name] = worker.start
                worker.end()
            else:
                workers.append(worker)
    try:
        _check(workload, workers)
        turns: dict[str, list[float]] = {worker.name: [] for worker in workers}
        for _ in range(rounds):
            for worker in workers:
                if threads != "1":
                    time.sleep(PAUSE)
                turns[worker.name].append(worker.ask()["processor" if threads == "1" else "wall"])
        for worker in workers:
            seconds = turns[worker.name]
            lower, median, upper = statistics.quantiles(seconds, n=4) if len(seconds) > 1 else seconds * 3
            figures = {"median": median, "lower": lower, "upper": upper, "first": worker.start["first"]}
            if memory:
                figures["kilobytes"] = worker.ask("memory")["kilobytes"]
            found[worker.name] = figures
        return {name: found[name] for name in names if name in found}
    finally:
        for worker in workers:
            worker.end()


def _check(workload: Workload, workers: list[Worker]) -> None:
    for worker in workers[1:]:
        for ours, theirs in zip(workers[0].start["losses"], worker.start["losses"], strict=True):
            if not abs(ours - theirs) <= workload.tolerance * max(1.0, abs(ours)):
                raise ValueError(
                    f"{workload.name}: {worker.name} computes {worker.start['losses']}, and {workers[0].name} "
                    f"{workers[0].start['losses']}"
                )
