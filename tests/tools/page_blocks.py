"""The Python blocks of a page: they run, and print what the page says.

The blocks of a page run in order in one namespace, in a separate Python process, so that a page may choose a backend or a
default type.  A ```text block that follows is the exact output.  A ```mermaid block is a drawing: what the block printed,
or else its last expression, which a notebook shows.  An SVG picture that follows is the figure that the block drew with
matplotlib.  Directly above a block, ``<!-- needs jax matplotlib -->`` leaves it out where one of these backends and
packages is missing.

``python tests/tools/page_blocks.py [PAGE ...]`` writes the outputs into the pages, and the figures beside them; with ``--check``
it compares the outputs and writes nothing.  It needs polygrad and nothing else, so that it can try what has just been
installed.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(page for folder in (".", "docs", "docs/tutorials", "backends/*") for page in ROOT.glob(f"{folder}/*.md"))

#: Runs in the page's own Python: blocks come in, what each printed and drew goes out.
DRIVER = """
import ast, contextlib, io, json, sys

def figure():
    plt = sys.modules.get("matplotlib.pyplot")
    if plt is None or not plt.get_fignums():
        return None
    plt.rcParams.update({"svg.hashsalt": "polygrad", "svg.fonttype": "none"})
    svg = io.StringIO()
    plt.savefig(svg, format="svg", bbox_inches="tight", metadata={"Date": None, "Creator": None})
    plt.close("all")
    return svg.getvalue()

page, blocks = json.load(sys.stdin)
names, found = {"__name__": "__main__"}, []
for line, code, drawing in blocks:
    tree = ast.parse("\\n" * line + code, page)
    shown = tree.body.pop() if drawing and isinstance(tree.body[-1], ast.Expr) else None
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(compile(tree, page, "exec"), names)
        if shown is not None:
            value = eval(compile(ast.Expression(shown.value), page, "eval"), names)
            if value is not None:
                print(value)
    found.append((out.getvalue(), figure()))
json.dump(found, sys.stdout)
"""

BLOCK = re.compile(
    r"(?:^<!-- needs (?P<needs>[\w ]+) -->\n)?"
    r"^```python\n(?P<code>.*?)^```\n"
    r"(?P<after>\s*^```(?P<fence>text|mermaid)\n(?P<output>.*?)^```\n)?"
    r"(?:\s*^!\[[^\]]*\]\((?P<picture>[^)\s]+\.svg)\)$)?",
    re.DOTALL | re.MULTILINE,
)


@dataclass
class Block:
    """A Python block: its code, the line before its first, what it should print or draw, and what has to be installed."""

    code: str
    line: int
    output: str | None
    needs: list[str]
    picture: str | None
    match: re.Match[str]

    @property
    def drawing(self) -> bool:
        """Whether the output is a diagram."""
        return self.match["fence"] == "mermaid"


def blocks_of(text: str) -> Iterator[Block]:
    """The Python blocks of a page's ``text``."""
    for match in BLOCK.finditer(text):
        line = text.count("\n", 0, match.start("code"))
        needs = (match["needs"] or "").split()
        yield Block(match["code"], line, match["output"], needs, match["picture"], match)


def installed(name: str) -> bool:
    """Whether the backend or package ``name`` can be used here."""
    from polygrad import backends
    from polygrad.backends.plugins import KNOWN

    return name in backends.available() if name in KNOWN else importlib.util.find_spec(name) is not None


def run(page: Path, blocks: list[Block]) -> list[tuple[str, str | None]]:
    """What each of ``blocks`` prints, and the figure that it draws, as SVG."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("POLYGRAD_")}
    environment |= {"PYTHONIOENCODING": "utf-8", "COLUMNS": "100", "MPLBACKEND": "svg"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", DRIVER],
        input=json.dumps(
            [page.relative_to(ROOT).as_posix(), [(block.line, block.code, block.drawing) for block in blocks]]
        ),
        capture_output=True,
        encoding="utf-8",
        env=environment,
        cwd=ROOT,
        timeout=300,
    )
    assert done.returncode == 0, f"{page.relative_to(ROOT)}:\n{done.stderr}"
    return json.loads(done.stdout)


def runnable(page: Path) -> list[Block]:
    """The blocks of ``page`` that can run here."""
    blocks = list(blocks_of(page.read_text(encoding="utf-8")))
    here = {name: installed(name) for name in {name for block in blocks for name in block.needs}}
    return [block for block in blocks if all(here[name] for name in block.needs)]


def difference(page: Path) -> str | None:
    """The first block of ``page`` that prints something else than the page says, and what it prints; None if there is none."""
    blocks = runnable(page)
    for block, (printed, figure) in zip(blocks, run(page, blocks), strict=True):
        if printed != (block.output or ""):
            return f"{page.relative_to(ROOT)}, the block after line {block.line}, printed:\n{printed}"
        if figure is not None and block.picture is None:
            return f"{page.relative_to(ROOT)}, the block after line {block.line}, drew a figure that the page does not show"
    return None


def write_outputs(page: Path) -> None:
    """Put what the blocks of ``page`` print below them, until nothing changes: some outputs say a line's number."""
    before = page.read_text(encoding="utf-8")
    text = before
    blocks = runnable(page)
    for block, (printed, figure) in reversed(list(zip(blocks, run(page, blocks), strict=True))):
        if figure is not None and block.picture is not None:
            (page.parent / block.picture).write_text(figure, encoding="utf-8")
        if printed == (block.output or ""):
            continue
        code_end = block.match.end("code") + len("```\n")
        start, end = block.match.span("after") if block.match["after"] else (code_end, code_end)
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
