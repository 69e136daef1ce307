"""The tutorials as notebooks: they are those of their pages, run, and show what the pages say."""

from __future__ import annotations

import re

import pytest

from tests.tools.page_blocks import ROOT, Block, blocks_of, runnable

PAGES = sorted((ROOT / "docs" / "tutorials").glob("*.md"))
pytestmark = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


def test_a_notebook_is_that_of_its_page(page, monkeypatch):
    pytest.importorskip("nbformat")
    monkeypatch.syspath_prepend(ROOT / "docs" / "tools")
    from notebooks import notebook_of

    wanted = notebook_of(page.read_text(encoding="utf-8"))
    assert page.with_suffix(".ipynb").read_text(encoding="utf-8") == wanted, "run: python docs/tools/notebooks.py"


def shown(cell) -> tuple[str, set[str]]:
    """What a cell printed, without the names of files, and the types of what it displayed."""
    printed = "".join(
        output.text for output in cell.outputs if output.output_type == "stream" and output.name == "stdout"
    )
    return without_files(printed), {kind for output in cell.outputs for kind in output.get("data", {})}


def without_files(text: str) -> str:
    """A block lies in the page's file, a cell in one that Jupyter makes."""
    return re.sub(r'(File "[^"]*"|\S+\.(md|py)), line \d+', "FILE", text)


def as_wanted(cell, block: Block) -> bool:
    """Whether a cell shows what its ``block`` of the page is followed by."""
    printed, kinds = shown(cell)
    if block.drawing and "image/svg+xml" in kinds:
        return printed == ""
    return printed == without_files(block.output or "") and (block.picture is None or "image/png" in kinds)


def test_a_notebook_runs_and_shows_what_its_page_says(page, tmp_path, monkeypatch):
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    import nbformat

    blocks = list(blocks_of(page.read_text(encoding="utf-8")))
    if len(runnable(page)) < len(blocks):
        pytest.skip("something that the page needs is not installed")
    for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.delenv("MPLBACKEND", raising=False)
    notebook = nbformat.read(page.with_suffix(".ipynb"), as_version=4)
    client = nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}})
    client.execute()
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell, block in zip(cells, blocks, strict=True):
        assert as_wanted(cell, block), f"{page.name}, the block after line {block.line}: {cell.outputs}"
