"""Packages: the contents and metadata of the wheels, and their versions."""

from __future__ import annotations

import ast
import email
import importlib.metadata
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import polygrad

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PLUGINS = sorted((ROOT / "backends").glob("*/pyproject.toml"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--wheel-dir", folder, ROOT]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_is_small(wheel):
    assert wheel.name == f"polygrad_core-{polygrad.__version__}-py3-none-any.whl"
    assert wheel.stat().st_size < 1_200_000


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    metadata = f"polygrad_core-{polygrad.__version__}.dist-info"
    assert {name.split("/")[0] for name in names} == {"polygrad", metadata}
    assert {"polygrad/py.typed", f"{metadata}/licenses/LICENSE", f"{metadata}/entry_points.txt"} <= names
    sources = {f"polygrad/{p.relative_to(ROOT / 'src/polygrad').as_posix()}" for p in (ROOT / "src").rglob("*.py")}
    assert sources <= names


def test_the_wheel_says_what_it_needs(wheel):
    archive = zipfile.ZipFile(wheel)
    folder = f"polygrad_core-{polygrad.__version__}.dist-info"
    metadata = email.message_from_bytes(archive.read(f"{folder}/METADATA"))
    assert metadata["Name"] == "polygrad-core" and metadata["License-Expression"] == "MIT"
    assert metadata["Requires-Python"] == ">=3.11"
    always = {re.split(r"[<>=~!]", need)[0] for need in metadata.get_all("Requires-Dist") if "extra ==" not in need}
    assert always == {"array-api-compat", "numpy", "pluggy"}
    scripts = archive.read(f"{folder}/entry_points.txt").decode()
    assert "polygrad = polygrad.__main__:main" in scripts
    assert "[pytest11]\npolygrad = polygrad.testing.pytest_plugin" in scripts


def test_the_installed_version_is_the_one_that_the_module_says():
    assert importlib.metadata.version("polygrad-core") == polygrad.__version__


def test_the_pythons_are_those_that_nox_runs():
    lowest = PROJECT["project"]["requires-python"].removeprefix(">=")
    classifiers = [c.rpartition(" ")[2] for c in PROJECT["project"]["classifiers"] if re.search(r":: 3\.\d+$", c)]
    assert classifiers[0] == lowest == PROJECT["tool"]["mypy"]["python_version"]
    assert PROJECT["tool"]["ruff"]["target-version"] == "py" + lowest.replace(".", "")
    assert "nox.project.python_versions(PROJECT)" in (ROOT / "noxfile.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", PLUGINS, ids=lambda path: path.parent.name)
def test_a_plugins_project_is_complete(file):
    project = tomllib.loads(file.read_text(encoding="utf-8"))["project"]
    name = project["name"].removeprefix("polygrad-")
    assert project["requires-python"] == PROJECT["project"]["requires-python"] and project["license"] == "MIT"
    assert project["entry-points"]["polygrad.backends"] == {name: f"polygrad_{name}"}
    assert any(need.startswith("polygrad-core") for need in project["dependencies"])
    for part in ("LICENSE", "README.md", "tests", f"src/polygrad_{name}/py.typed"):
        assert (file.parent / part).exists(), part


def test_what_the_readme_links_to_is_in_the_source_distribution():
    included = [ROOT / pattern[1:] for pattern in PROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]]
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", (ROOT / "README.md").read_text(encoding="utf-8")):
        path = ROOT / target
        assert any(path.match(str(p)) or p in path.parents for p in included), target


def test_the_readme_has_the_two_commands():
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert 'python -m pip install -e ".[examples]" && python examples/digits.py' in lines
    assert "python -m pip install nox && python -m nox" in lines


def test_what_the_readme_installs_is_all_that_the_examples_import():
    needs = {re.split(r"[<>=~!\[ ]", need)[0] for need in PROJECT["project"]["optional-dependencies"]["examples"]}
    needs |= {re.split(r"[<>=~!\[ ]", need)[0] for need in PROJECT["project"]["dependencies"]}
    modules = {need.replace("scikit-learn", "sklearn").replace("-", "_") for need in needs}
    for path in (ROOT / "examples").glob("*.py"):
        own = {other.stem for other in path.parent.glob("*.py")}
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            for name in names:
                top = name.split(".")[0]
                assert top in sys.stdlib_module_names | modules | own | {"polygrad"}, f"{path.name} imports {name}"
