"""``python -m benchmarks``: run the workloads and print a table of ratios.

One thread for every library: the environment is set before any of them is imported.
"""

from __future__ import annotations

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
# These choose a slower kernel of NumPy's BLAS than the processor has.
for _name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(_name, None)
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")

import argparse  # noqa: E402
import json  # noqa: E402
import sys  # noqa: E402

from . import chain, import_time, mlp, transforms  # noqa: E402
from .harness import Timing, Workload, measure  # noqa: E402

WORKLOADS = {
    w.name: w
    for w in (
        chain.WORKLOAD, mlp.SMALL_WORKLOAD, mlp.LARGE_WORKLOAD, mlp.JAX_WORKLOAD,
        transforms.HESSIAN_WORKLOAD, transforms.PRODUCT_WORKLOAD, transforms.SAMPLES_WORKLOAD,
    )
}  # fmt: skip


def main() -> int:
    """Run what was asked for.  Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--workloads", default=",".join(WORKLOADS), help="comma-separated, of: " + ", ".join(WORKLOADS))
    parser.add_argument(
        "--against",
        default="compiled,torch,torch-backward,autograd,numpy,jax,loop",
        help="comma-separated implementations",
    )
    parser.add_argument("--rounds", type=int, default=30, help="turns of each implementation")
    parser.add_argument("--json", metavar="FILE", help="write the figures there too")
    options = parser.parse_args()
    unknown = [name for name in options.workloads.split(",") if name not in WORKLOADS]
    if unknown:
        parser.error(f"no workload {', '.join(unknown)}; there are {', '.join(WORKLOADS)}")
    _limit_threads()
    figures = {}
    print("| workload | implementation | ms per step (quartiles) | ratio |")
    print("|---|---|---:|---:|")
    for name in options.workloads.split(","):
        workload = WORKLOADS[name]
        figures[name] = _run(workload, ["polygrad", *options.against.split(",")], options.rounds)
    added = import_time.added_seconds()
    figures["import"] = added
    print(f"\n`import polygrad` after `import numpy`: {added * 1e3:.0f} ms")
    if options.json:
        with open(options.json, "w") as file:
            json.dump(figures, file, indent=1)
    return 0


def _run(workload: Workload, names: list[str], rounds: int) -> dict:
    print(f"| **{workload.title}** | | | |")
    results = dict(measure(workload, names, rounds))
    reference = results.get(workload.reference)
    figures = {}
    for name, timing in results.items():
        if isinstance(timing, str):
            print(f"| | {name} | {timing} | |")
            continue
        ratio = timing.median / reference.median if isinstance(reference, Timing) else float("nan")
        spread = f"{timing.median * 1e3:.3f} ({timing.lower * 1e3:.3f}–{timing.upper * 1e3:.3f})"
        print(f"| | {name} | {spread} | {ratio:.2f} |", flush=True)
        figures[name] = {"median": timing.median, "lower": timing.lower, "upper": timing.upper, "ratio": ratio}
    return figures


def _limit_threads() -> None:
    try:
        import torch
    except ImportError:
        return
    torch.set_num_threads(1)


if __name__ == "__main__":
    sys.exit(main())
