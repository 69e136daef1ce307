"""How time and memory grow: with the size of a batch, and with the length of a chain of operations."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from .measuring import environment

#: Microseconds per sample, or per operation, and bytes per recorded operation, in a fresh process for each library.
_SCRIPT = """
import importlib, json, sys, time
import numpy as np
pg = importlib.import_module(sys.argv[1])
nn = pg.nn

def best(function, repeats):
    times = []
    for _ in range(repeats):
        start = time.process_time()
        function()
        times.append(time.process_time() - start)
    return sorted(times)[len(times) // 2]

found = {"batch": {}, "chain": {}}
model = nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = pg.optim.Adam(model.parameters())
for batch in (16, 64, 256, 1024, 4096):
    x = pg.tensor(np.random.default_rng(0).standard_normal((batch, 784)).astype(np.float32))
    y = pg.tensor(np.arange(batch) % 10)
    def step():
        loss = nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad(); loss.backward(); optimizer.step()
    step()
    found["batch"][batch] = best(step, 7) / batch * 1e6

x = pg.tensor(1.0, requires_grad=True)
def chain(length):
    y = x
    for _ in range(length):
        y = y * 0.999
    return y
for length in (100, 1000, 10_000, 100_000):
    chain(length).backward()
    found["chain"][length] = best(lambda: chain(length).backward(), 5) / length * 1e6

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096

before = resident()
kept = chain(200_000)
found["bytes"] = (resident() - before) / 200_000
print(json.dumps(found))
"""


def measure(libraries: tuple[str, ...] = ("polygrad", "torch")) -> dict:
    """The figures by library."""
    found = {}
    for name in libraries:
        run = subprocess.run(
            [sys.executable, "-c", _SCRIPT, name], check=False, env=environment("1"), capture_output=True, text=True,
            cwd=Path(__file__).parents[1],
        )  # fmt: skip
        if not run.returncode:
            found[name] = json.loads(run.stdout)
    return found


def table(found: dict) -> str:
    """The figures as Markdown."""
    lines = ["\n| growth | " + " | ".join(found) + " |", "|---|" + "---:|" * len(found)]
    first = next(iter(found.values()))
    for kind, words in (("batch", "µs per sample, MLP with Adam, batch"), ("chain", "µs per operation, chain of")):
        for size in first[kind]:
            lines.append(f"| {words} {size} | " + " | ".join(f"{f[kind][size]:.2f}" for f in found.values()) + " |")
    lines.append(
        "| bytes per recorded operation on a number | " + " | ".join(f"{f['bytes']:.0f}" for f in found.values()) + " |"
    )
    return "\n".join(lines)
