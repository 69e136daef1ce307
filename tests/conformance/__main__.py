"""The Array API standard's conformance suite against `polygrad.array_api`: ``python tests/conformance FOLDER [options]``.

``FOLDER`` is a checkout of data-apis/array-api-tests with its submodule; ``COMMIT`` is the one that the verdicts in the
documentation are of, and ``--write`` writes them.  Other options go to pytest.  What fails on a backend for a reason stands in `reasons.py`; the command fails
where anything else does, or where something that stands there passes.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "array-api.md"
#: What the page calls the modes.
MODES = {None: "no graph", "leaves": "leaves that require grad", "batched": "inside `vmap`"}
COMMIT = "55fcc60179efa2680ddd6cd926ddf17b83530e2b"


def main() -> int:
    """Run the suite.  Returns pytest's exit status."""
    parser = argparse.ArgumentParser(prog="python tests/conformance", description=__doc__)
    parser.add_argument("folder", type=Path, help="a checkout of data-apis/array-api-tests, with its submodule")
    parser.add_argument("--backend", default="numpy")
    parser.add_argument("--leaves", dest="mode", action="store_const", const="leaves", help="arrays require grad")
    parser.add_argument(
        "--batched", dest="mode", action="store_const", const="batched", help="functions run inside vmap"
    )
    parser.add_argument("--max-examples", default="200")
    parser.add_argument("--write", action="store_true", help="write the verdict into the documentation")
    options, others = parser.parse_known_args()
    if not (options.folder / "array-api" / "spec").is_dir():
        parser.error(f"{options.folder} is no checkout of array-api-tests with its submodule array-api")
    environment = {
        **os.environ,
        "ARRAY_API_TESTS_MODULE": options.mode or "polygrad.array_api",
        "ARRAY_API_TESTS_VERSION": "2025.12",
        "POLYGRAD_CONFORMANCE": f"{options.backend} {options.mode or ''}",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(HERE), os.environ.get("PYTHONPATH")])),
    }
    command = [
        sys.executable, "-m", "pytest", "-q", "-p", "plugin", "-p", "no:cacheprovider", "--disable-deadline",
        "--max-examples", options.max_examples, *(others or ["array_api_tests"]),
    ]  # fmt: skip
    run = subprocess.Popen(command, cwd=options.folder, env=environment, stdout=subprocess.PIPE, text=True)
    last = ""
    for line in run.stdout or ():
        print(line, end="", flush=True)
        last = line.strip() or last
    status = run.wait()
    if options.write and not status:
        write(options.backend, options.mode, options.max_examples, last)
    return status


def write(backend: str, mode: str | None, examples: str, summary: str) -> None:
    """Put the row of a run into the table of the page."""
    counts = {what: int(count) for count, what in re.findall(r"(\d+) (\w+)", summary)}
    passed, failed = counts.get("passed", 0) + counts.get("xpassed", 0), counts.get("xfailed", 0)
    row = f"| {backend} | {MODES[mode]} | {examples} | {passed:,} | {failed} |"
    text = PAGE.read_text(encoding="utf-8")
    before, rows, after = re.split(r"(?<=\|---:\|---:\|---:\|\n)((?:\|.*\n)*)", text, maxsplit=1)
    kept = [one for one in rows.splitlines() if not one.startswith(f"| {backend} | {MODES[mode]} |")]
    PAGE.write_text(before + "".join(f"{one}\n" for one in sorted([*kept, row])) + after, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
