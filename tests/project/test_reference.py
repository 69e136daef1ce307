"""The API reference has every public name, once, and the site's navigation has every page of it."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections import Counter
from pathlib import Path

import pytest

import polygrad

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "docs" / "tools" / "reference.py"

if not SCRIPT.is_file():
    pytest.skip("the documentation is not here", allow_module_level=True)


@pytest.fixture(scope="module")
def reference():
    """The module that writes the pages."""
    spec = importlib.util.spec_from_file_location("polygrad_docs_reference", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def pages(reference):
    return reference.pages()


def anchors(text: str) -> list[str]:
    """The entries of a page: headings, members of classes, rows of tables."""
    code = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
    return re.findall(
        r"\{ #(polygrad\.[\w.]+) \}$|<(?:code|div)[^>]* id=\"(polygrad\.[\w.]+)\"", code.sub("", text), re.MULTILINE
    )


def test_every_public_name_has_one_entry(reference, pages):
    counted = Counter(heading or row for text in pages.values() for heading, row in anchors(text))
    names = [path for path, _ in reference.public_names()]
    names += [f"polygrad.Tensor.{name}" for name in dir(polygrad.Tensor) if not name.startswith("_")]
    assert {name: counted[name] for name in names if counted[name] != 1} == {}
    members = {name for name in counted if name.rpartition(".")[0] in counted}  # methods of classes
    assert set(counted) - set(names) - members == set()


def test_every_public_module_has_a_page(reference):
    placed = {module for page in reference.PAGES for module in page.modules}
    assert set(reference.public_modules()) - placed == {"polygrad"}


def test_links_between_entries_lead_somewhere(pages):
    known = {(file, heading or row) for file, text in pages.items() for heading, row in anchors(text)}
    for file, text in pages.items():
        for target, anchor in re.findall(r"\]\(([\w.]*)#(polygrad\.[\w.]+)\)", text):
            assert (target or file, anchor) in known, f"{file} links to {target}#{anchor}"


def test_the_navigation_has_every_page(pages):
    configured = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert sorted(re.findall(r"- reference/(\S+\.md)", configured)) == sorted(pages)


def test_what_users_look_for_first_is_there(pages):
    """Signature, text, example, source, and links to other entries."""
    page = pages["nn.utils.md"]
    entry = page[page.index("{ #polygrad.nn.utils.clip_grad_norm_ }") :].partition("\n### ")[0]
    assert "polygrad.nn.utils.clip_grad_norm_(\n    parameters" in entry
    assert "optimizer.step()" in entry
    assert re.search(r"Source: `src/polygrad/nn/utils/\w+\.py, line \d+`", entry)
    assert (
        "[`Tensor.backward`]" in pages["autograd.md"] or "](tensor.md#polygrad.Tensor.backward)" in pages["autograd.md"]
    )


@pytest.mark.parametrize("name", ["exp", "isnan", "acos", "scatter", "matmul", "relu"])
def test_a_function_that_is_made_from_a_table_has_its_entry(pages, name):
    text = "\n".join(pages.values())
    assert f'id="polygrad.{name}"' in text or f"{{ #polygrad.{name} }}" in text
