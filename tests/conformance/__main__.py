"""The Array API standard's conformance suite against `polygrad.array_api`: ``python tests/conformance FOLDER [options]``.

``FOLDER`` is a checkout of data-apis/array-api-tests with its submodule; ``COMMIT`` is the one that the verdicts in the
documentation are of.  Other options go to pytest.  What fails on a backend for a reason stands in `reasons.py`; the command fails
where anything else does, or where something that stands there passes.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
COMMIT = "55fcc60179efa2680ddd6cd926ddf17b83530e2b"


def main() -> int:
    """Run the suite.  Returns pytest's exit status."""
    parser = argparse.ArgumentParser(prog="python tests/conformance", description=__doc__)
    parser.add_argument("folder", type=Path, help="a checkout of data-apis/array-api-tests, with its submodule")
    parser.add_argument("--backend", default="numpy")
    parser.add_argument("--leaves", action="store_true", help="arrays of floating-point numbers require grad")
    parser.add_argument("--max-examples", default="200")
    options, others = parser.parse_known_args()
    if not (options.folder / "array-api" / "spec").is_dir():
        parser.error(f"{options.folder} is no checkout of array-api-tests with its submodule array-api")
    environment = {
        **os.environ,
        "ARRAY_API_TESTS_MODULE": "leaves" if options.leaves else "polygrad.array_api",
        "ARRAY_API_TESTS_VERSION": "2025.12",
        "POLYGRAD_CONFORMANCE": f"{options.backend} leaves" if options.leaves else options.backend,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(HERE), os.environ.get("PYTHONPATH")])),
    }
    command = [
        sys.executable, "-m", "pytest", "-q", "-p", "plugin", "-p", "no:cacheprovider", "--disable-deadline",
        "--max-examples", options.max_examples, *(others or ["array_api_tests"]),
    ]  # fmt: skip
    return subprocess.run(command, cwd=options.folder, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
