"""The Python blocks of a page: they run, and print what the page says.

The blocks of a page run in order in one namespace, in a Python of their own, so that a page may choose a backend or a
default type.  A ```text (or ```mermaid) block that follows is the exact output.  Directly above a block, ``<!-- needs jax -->``
leaves it out where that backend cannot be used.

``python tests/tools/page_blocks.py [PAGE ...]`` writes the outputs into the pages; with ``--check`` it compares them and writes
nothing.  It needs polygrad and nothing else, so that it can try what has just been installed.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(page for folder in (".", "docs", "backends/*") for page in ROOT.glob(f"{folder}/*.md"))

#: Runs in the page's own Python: blocks come in, what each printed goes out.
DRIVER = """
import contextlib, io, json, sys
page, blocks = json.load(sys.stdin)
names, printed = {"__name__": "__main__"}, []
for line, code in blocks:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(compile("\\n" * line + code, page, "exec"), names)
    printed.append(out.getvalue())
json.dump(printed, sys.stdout)
"""

BLOCK = re.compile(
    r"(?:^<!-- needs (?P<needs>\w+) -->\n)?"
    r"^```python\n(?P<code>.*?)^```\n"
    r"(?P<after>\s*^```(?P<fence>text|mermaid)\n(?P<output>.*?)^```\n)?",
    re.DOTALL | re.MULTILINE,
)


@dataclass
class Block:
    """A Python block: its code, the line before its first, what it should print, and the backend that it needs."""

    code: str
    line: int
    output: str | None
    needs: str | None
    match: re.Match[str]


def blocks_of(text: str) -> Iterator[Block]:
    """The Python blocks of a page's ``text``."""
    for match in BLOCK.finditer(text):
        line = text.count("\n", 0, match.start("code"))
        yield Block(match["code"], line, match["output"], match["needs"], match)


def installed() -> set[str]:
    """The backends that can be used here."""
    import polygrad

    return set(polygrad.backends.available())


def run(page: Path, blocks: list[Block]) -> list[str]:
    """What each of ``blocks`` prints."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("POLYGRAD_")}
    environment |= {"PYTHONIOENCODING": "utf-8", "COLUMNS": "100"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", DRIVER],
        input=json.dumps([str(page), [(block.line, block.code) for block in blocks]]),
        capture_output=True,
        encoding="utf-8",
        env=environment,
        cwd=ROOT,
        timeout=300,
    )
    assert done.returncode == 0, f"{page.relative_to(ROOT)}:\n{done.stderr}"
    return json.loads(done.stdout)


def runnable(page: Path) -> list[Block]:
    """The blocks of ``page`` whose backends are installed."""
    blocks = list(blocks_of(page.read_text(encoding="utf-8")))
    here = installed() if any(block.needs for block in blocks) else set()
    return [block for block in blocks if block.needs is None or block.needs in here]


def difference(page: Path) -> str | None:
    """The first block of ``page`` that prints something else than the page says, and what it prints; None if there is none."""
    blocks = runnable(page)
    for block, printed in zip(blocks, run(page, blocks), strict=True):
        if printed != (block.output or ""):
            return f"{page.relative_to(ROOT)}, the block after line {block.line}, printed:\n{printed}"
    return None


def write_outputs(page: Path) -> None:
    """Put what the blocks of ``page`` print below them, until nothing changes: some outputs say a line's number."""
    before = page.read_text(encoding="utf-8")
    text = before
    blocks = runnable(page)
    for block, printed in reversed(list(zip(blocks, run(page, blocks), strict=True))):
        if printed == (block.output or ""):
            continue
        end = block.match.end("after") if block.match["after"] else block.match.end()
        start = block.match.start("after") if block.match["after"] else end
        fence = block.match["fence"] or "text"
        text = text[:start] + (f"\n```{fence}\n{printed}```\n" if printed else "") + text[end:]
    if text != before:
        page.write_text(text, encoding="utf-8")
        write_outputs(page)


if __name__ == "__main__":
    given = [argument for argument in sys.argv[1:] if argument != "--check"]
    pages = [Path(name).resolve() for name in given] or PAGES
    if "--check" in sys.argv:
        differences = list(filter(None, map(difference, pages)))
        print("\n".join(differences) or f"{len(pages)} of {len(pages)} pages print what they say")
        sys.exit(bool(differences))
    for chosen in pages:
        write_outputs(chosen)
