"""What the documentation says of the conformance suite agrees with the list of reasons."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "conformance"))

import reasons  # noqa: E402

PAGE = (ROOT / "docs" / "array-api.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\w+) \| ([\w `]+) \| (\d+) \| ([\d,]+) \| (\d+) \|$", PAGE, re.MULTILINE)


def test_the_page_has_every_reason():
    known = [*reasons.MODES.values(), *reasons.REASONS.values()]
    listed = [line.removeprefix("- ") for line in PAGE.splitlines() if line.startswith("- ")]
    assert listed == list(dict.fromkeys(reason for tests in known for reason in tests.values()))


def test_what_fails_in_a_row_has_a_reason():
    assert ROWS
    for backend, mode, _, passed, failed in ROWS:
        modes = {"leaves that require grad": "leaves", "inside `vmap`": "batched"}
        known = {**reasons.REASONS.get(backend, {}), **reasons.MODES.get(modes.get(mode, ""), {})}
        assert int(passed.replace(",", "")) > 1000 and (known or failed == "0")
