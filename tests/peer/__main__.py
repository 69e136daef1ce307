"""PyTorch's own test files against polygrad: ``python tests/peer FOLDER [files...]``.

``FOLDER`` is the folder ``test`` of a PyTorch checkout (or of a copy that is adapted to another device: ``--device`` names it).
Every test is passed, skipped, a missing name (a function, method or argument that polygrad does not have), a documented
difference (`differences.py`), not runnable because the shim lacks something, or a fault.  ``-v`` prints the faults.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).parent

#: The files that are run without being named.
FILES = """
    test_autograd.py test_indexing.py test_torch.py test_nn.py nn/*.py test_reductions.py test_shape_ops.py
    test_sort_and_select.py test_type_promotion.py test_view_ops.py test_unary_ufuncs.py test_binary_ufuncs.py
    test_tensor_creation_ops.py optim/test_optim.py optim/test_swa_utils.py optim/test_lrscheduler.py test_dataloader.py
    functorch/test_vmap.py functorch/test_eager_transforms.py
""".split()

COLUMNS = {"passed": "passed", "missing": "missing name", "documented": "documented", "fault": "fault", "harness": "harness",
           "skipped": "skipped"}  # fmt: skip


def run_file(path: Path, seconds: float, device: str) -> list[dict]:
    """The tests of a file with their classes; a process that ends before its time is started again after that test."""
    rows: list[dict] = []
    while True:
        reading, writing = os.pipe()
        process = subprocess.Popen(
            [sys.executable, str(HERE / "worker.py"), str(path), str(writing), str(seconds), device],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, pass_fds=[writing],
            start_new_session=True,
        )  # fmt: skip
        os.close(writing)
        process.stdin.write("\n".join(row["test"] for row in rows).encode())
        process.stdin.close()
        with ThreadPoolExecutor(1) as draining, os.fdopen(reading) as lines:
            errors = draining.submit(process.stderr.read)
            started = None
            for row in map(json.loads, lines):
                if row["kind"] == "start":
                    started = row
                elif row["kind"] == "end":
                    process.kill()
                    return rows
                else:
                    rows.append(row)
                    started = None
            process.kill()
        process.wait()
        message = f"the process ended: {errors.result().decode(errors='replace')[-600:]}"
        if started is None:
            return [*rows, {"test": "the file", "kind": "harness", "text": message, "count": 1}]
        rows.append(started | {"kind": "fault", "text": message})


def main() -> None:
    parser = argparse.ArgumentParser(prog="python tests/peer", description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("files", nargs="*", default=FILES, help="patterns inside of the folder")
    parser.add_argument("-v", "--verbose", action="store_true", help="print every fault")
    parser.add_argument("-j", "--jobs", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=60.0, help="the time limit of a test")
    parser.add_argument(
        "--device", default="npu", help="the name of another device that the files say, taken for the CPU"
    )
    parser.add_argument("--json", type=Path, help="write every test with its class and message")
    arguments = parser.parse_args()
    paths = list(
        dict.fromkeys(p for pattern in arguments.files for p in sorted(arguments.folder.resolve().glob(pattern)))
    )
    width = max([len(str(p.relative_to(arguments.folder.resolve()))) for p in paths], default=4)
    print("file".ljust(width), *(title.rjust(12) for title in COLUMNS.values()))
    total: Counter[str] = Counter()
    record = {}
    with ThreadPoolExecutor(arguments.jobs) as pool:
        runs = pool.map(lambda path: run_file(path, arguments.seconds, arguments.device), paths)
        for path, rows in zip(paths, runs, strict=True):
            name = str(path.relative_to(arguments.folder.resolve()))
            counts: Counter[str] = Counter()
            for row in rows:
                counts[row["kind"]] += row["count"]
            total += counts
            record[name] = rows
            print(name.ljust(width), *(str(counts[kind]).rjust(12) for kind in COLUMNS), flush=True)
            if arguments.json:
                arguments.json.write_text(json.dumps(record, indent=1))
            if arguments.verbose:
                for row in rows:
                    if row["kind"] == "fault":
                        print(f"    {row['test']}: {row['text']}")
    print("all".ljust(width), *(str(total[kind]).rjust(12) for kind in COLUMNS))


if __name__ == "__main__":
    main()
