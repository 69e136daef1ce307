"""README and documentation: every Python block runs and prints what the page says, and every link has a target."""

from __future__ import annotations

import re

import pytest

from tests.tools.page_blocks import PAGES, ROOT, blocks_of, difference, runnable


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_block_runs_and_prints_what_the_page_says(page):
    if not runnable(page):
        pytest.skip("the page has no Python that can run here")
    found = difference(page)
    assert found is None, found


def test_every_python_block_is_found():
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert len(list(blocks_of(text))) == len(re.findall(r"^\s*```+ ?py", text, re.MULTILINE)), page


def test_links_between_pages_lead_somewhere():
    configured = (ROOT / "mkdocs.yml").read_text(encoding="utf-8") if PAGES else ""
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
            found = page.parent / target
            if found.parent.resolve() == ROOT / "docs" / "reference" and f"- reference/{found.name}\n" in configured:
                continue  # written when the site is built; test_reference.py holds that it is
            assert found.exists(), f"{page.relative_to(ROOT)} links to {target}"


#: The columns of the page about performance, as `benchmarks` calls them.
RATIOS = [
    "polygrad / torch", "polygrad-compiled / torch", "polygrad / autograd", "polygrad / numpy",
    "polygrad-jax-compiled / jax.jit",
]  # fmt: skip


def rows(text: str) -> list[list[str]]:
    """The cells of a Markdown table."""
    lines = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line] for line in lines]


#: The rows of the README's table: what of polygrad, against what.
PAIRS = {
    ("eager on NumPy", "PyTorch"): "polygrad / torch",
    ("eager on NumPy", "HIPS autograd"): "polygrad / autograd",
    ("compiled on NumPy", "PyTorch"): "polygrad-compiled / torch",
    ("compiled on JAX", "`jax.jit`, by hand"): "polygrad-jax-compiled / jax.jit",
}


@pytest.fixture
def measured() -> dict[str, dict[str, str]]:
    """Workload → the two that are compared → ratio, as the benchmarks' page has them."""
    page = ROOT / "benchmarks" / "README.md"
    if not page.is_file() or not PAGES:
        pytest.skip("the benchmarks are not here")
    text = page.read_text(encoding="utf-8").partition("## What was measured")[2].partition("\nBoth cores")[0]
    heading, _, *found = rows(text)
    names = [name.replace("<br>", " ") for name in heading]
    return {row[0]: dict(zip(names, row, strict=True)) for row in found}


def test_the_page_about_performance_shows_what_was_measured(measured):
    page = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8").partition("\n## ")[0]
    shown = {row[0].partition("`:")[0].strip("`"): row[1:] for row in rows(page)[2:]}
    assert shown == {workload: [ratios[name] for name in RATIOS] for workload, ratios in measured.items()}


def test_the_readme_shows_what_was_measured(measured):
    page = (ROOT / "README.md").read_text(encoding="utf-8").partition("## How fast it is")[2].partition("\n## ")[0]
    for step, ours, theirs, ratio in rows(page)[2:]:
        assert measured[step.split("`")[1]][PAIRS[ours, theirs]] == ratio, step
