"""Writes the tutorials as notebooks: ``python docs/tools/notebooks.py`` writes docs/tutorials/NAME.ipynb for NAME.md.

The page is the source.  Its Python blocks become the code cells, what lies between becomes text.  A notebook has no
outputs: the page shows them, and running the notebook makes them; and a notebook that follows from its page alone can be
compared with it, byte for byte, on any machine.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from tests.tools.page_blocks import blocks_of  # noqa: E402

PAGES = sorted((ROOT / "docs" / "tutorials").glob("*.md"))


def notebook_of(text: str) -> str:
    """The notebook of a page's ``text``, as the text of its file."""
    cells, end = [], 0
    for block in blocks_of(text):
        cells += prose(text[end : block.match.start()])
        cells.append(nbformat.v4.new_code_cell(block.code.rstrip("\n")))
        end = block.match.end()
    cells += prose(text[end:])
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"  # nbformat's are random
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


def prose(text: str) -> list[nbformat.NotebookNode]:
    """The text between two blocks as a cell, without the line that leads to the notebook."""
    text = re.sub(r"^\[[^\]]*\]\([\w-]+\.ipynb\).*\n", "", text, flags=re.MULTILINE).strip()
    return [nbformat.v4.new_markdown_cell(text)] if text else []


if __name__ == "__main__":
    for page in PAGES:
        page.with_suffix(".ipynb").write_text(notebook_of(page.read_text(encoding="utf-8")), encoding="utf-8")
