"""``python -m benchmarks``: run the workloads, print a table of ratios, write figures and a plot."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from . import growth, import_time
from .measuring import measure
from .report import overview, plot, table
from .workloads import WORKLOADS

IMPLEMENTATIONS = (
    "polygrad", "polygrad-tuned", "polygrad-compiled", "torch", "torch.compile", "autograd", "mygrad", "numpy",
    "tinygrad", "polygrad-jax", "jax", "polygrad-jax-compiled", "jax.jit", "flax.nnx", "loop", "torch-backward",
)  # fmt: skip

THREADS = {"1": "One core, processor time", "all": f"All {os.cpu_count()} cores, time on the wall"}


def main() -> int:
    """Run what was asked for.  Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--workloads", default=",".join(WORKLOADS), help="comma-separated, of: " + ", ".join(WORKLOADS))
    parser.add_argument(
        "--against", default=",".join(IMPLEMENTATIONS), help="comma-separated, of: " + ", ".join(IMPLEMENTATIONS)
    )
    parser.add_argument("--rounds", type=int, default=15, help="turns of each implementation")
    parser.add_argument("--threads", default="1", help="1 (processor time), all (time on the wall), or 1,all")
    parser.add_argument("--memory", action="store_true", help="peak memory of each process, too")
    parser.add_argument("--growth", action="store_true", help="time and memory per operation, by size, too")
    parser.add_argument("--json", metavar="FILE", help="write the figures there")
    parser.add_argument("--plot", metavar="FILE", help="draw the ratios there (needs matplotlib)")
    options = parser.parse_args()
    for given, known in (
        (options.workloads, WORKLOADS), (options.against, IMPLEMENTATIONS), (options.threads, THREADS),
    ):  # fmt: skip
        unknown = [name for name in given.split(",") if name not in known]
        if unknown:
            parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(known)}")
    names = options.against.split(",")
    names = names if "polygrad" in names else ["polygrad", *names]
    figures: dict = {}
    for threads in options.threads.split(","):
        print(f"\n### {THREADS[threads]}\n", flush=True)
        figures[threads] = {}
        for number, name in enumerate(options.workloads.split(",")):
            found = measure(WORKLOADS[name], names, options.rounds, threads, options.memory)
            figures[threads][name] = found
            print(table(name, WORKLOADS[name].title, found, heading=not number), flush=True)
        print(f"\nOverview. {THREADS[threads]}; below 1, polygrad is ahead.\n")
        print(overview(figures[threads]), flush=True)
    if options.growth:
        figures["growth"] = growth.measure()
        print(growth.table(figures["growth"]))
    figures["import"] = {"seconds": import_time.added_seconds(), "bytes": import_time.installed_bytes()}
    print(
        f"\n`import polygrad` after `import numpy`: {figures['import']['seconds'] * 1e3:.0f} ms; "
        f"{figures['import']['bytes'] / 1e6:.1f} MB installed"
    )
    if options.json:
        Path(options.json).write_text(json.dumps(figures, indent=1))
    if options.plot:
        plot({WORKLOADS[name].title: found for name, found in next(iter(figures.values())).items()}, options.plot)
    return 0


if __name__ == "__main__":
    sys.exit(main())
