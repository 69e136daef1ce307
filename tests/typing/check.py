"""Type checkers on a user's programs: ``python tests/typing/check.py``, with polygrad, mypy and pyright installed.

The right program has no error in the strict modes, and runs.  The wrong one has an error on each line that ends in
``# error``, and no other.  Almost every public symbol has a type that type checkers agree on.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
RIGHT, WRONG = HERE / "user_program.py", HERE / "wrong_program.py"
#: The least share of public symbols whose types are known.
COMPLETE = 0.95


def run(*command: str) -> str:
    """What a command prints; it runs in an empty folder, so that it finds the installed polygrad and no settings."""
    with tempfile.TemporaryDirectory() as folder:
        for program in (RIGHT, WRONG):
            shutil.copy(program, folder)
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=os.environ | {"NO_COLOR": "1"})
    return done.stdout + ("" if done.stdout else done.stderr)


def mypy(program: Path) -> dict[int, str]:
    """The errors that mypy finds, by line."""
    text = run(sys.executable, "-m", "mypy", "--strict", program.name)
    found = re.findall(rf"^{program.name}:(\d+): error: (.*)$", text, re.MULTILINE)
    if not found and "Success" not in text:
        raise RuntimeError(text)
    return {int(line): message for line, message in found}


def pyright(program: Path) -> dict[int, str]:
    """The errors that pyright finds, by line."""
    settings = {"include": [program.name], "typeCheckingMode": "strict", "reportUnusedExpression": False}
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(program, folder)
        Path(folder, "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
        text = run(sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "--outputjson", "--project", folder)
    found = json.loads(text)["generalDiagnostics"]
    return {one["range"]["start"]["line"] + 1: one["message"] for one in found if one["severity"] == "error"}


def completeness() -> float:
    """The share of public symbols whose types are known."""
    text = run(
        sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "--verifytypes", "polygrad", "--ignoreexternal",
        "--outputjson",
    )  # fmt: skip
    report = json.loads(text)["typeCompleteness"]
    print(f"verifytypes: {report['completenessScore']:.1%} of {sum(report['exportedSymbolCounts'].values())} symbols")
    return report["completenessScore"]


def main() -> int:
    failures = []
    expected = {
        n for n, line in enumerate(WRONG.read_text(encoding="utf-8").splitlines(), 1) if line.endswith("# error")
    }
    for checker in (mypy, pyright):
        for line, message in checker(RIGHT).items():
            failures.append(f"{checker.__name__}: {RIGHT.name}:{line}: {message}")
        found = checker(WRONG)
        print(f"{checker.__name__}: {len(found)} errors in {WRONG.name}, {len(expected)} expected")
        failures += [f"{checker.__name__}: {WRONG.name}:{n}: no error was found" for n in sorted(expected - set(found))]
        failures += [f"{checker.__name__}: {WRONG.name}:{n}: {found[n]}" for n in sorted(set(found) - expected)]
    if completeness() < COMPLETE:
        failures.append(f"the types of fewer than {COMPLETE:.0%} of the symbols are known")
    print("\n".join(failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
