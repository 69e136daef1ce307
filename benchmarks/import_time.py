"""What ``import polygrad`` costs beyond ``import numpy``: fresh processes, in turns."""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path

#: Import the one, then report how long the other takes on top of it.
_SCRIPT = "import time, numpy; start = time.perf_counter(); import {0}; print(time.perf_counter() - start)"


def added_seconds(module: str = "polygrad", rounds: int = 11) -> float:
    """The median time that importing ``module`` takes in a process that has imported NumPy."""
    seconds = [
        float(
            subprocess.run(
                [sys.executable, "-c", _SCRIPT.format(module)], capture_output=True, check=True, text=True
            ).stdout
        )
        for _ in range(rounds)
    ]
    return statistics.median(seconds)


def installed_bytes() -> int:
    """The size of polygrad's files, without what it depends on and without bytecode."""
    import polygrad

    (folder,) = polygrad.__path__
    return sum(path.stat().st_size for path in Path(folder).rglob("*") if path.suffix in (".py", ".typed"))
