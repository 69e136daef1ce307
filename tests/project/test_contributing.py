"""Files for contributors and maintainers agree with the code and with each other."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

import polygrad

ROOT = Path(__file__).resolve().parents[2]
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
PLUGINS = sorted((ROOT / "backends").glob("*/pyproject.toml"))
FOLDERS = ". docs examples benchmarks backends/* tests/* .github .github/*".split()
PAGES = sorted(page for folder in FOLDERS for page in ROOT.glob(f"{folder}/*.md"))

pytestmark = pytest.mark.skipif(not (ROOT / ".github").is_dir(), reason="this is no checkout")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


# -- one version ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", PLUGINS, ids=lambda path: path.parent.name)
def test_a_plugin_has_the_version_of_polygrad(file):
    settings = tomllib.loads(file.read_text(encoding="utf-8"))
    assert settings["project"]["dynamic"] == ["version"] and "version" not in settings["project"]
    source = file.parent / settings["tool"]["hatch"]["version"]["path"]
    assert source.resolve() == ROOT / "src" / "polygrad" / "__init__.py"
    minor = polygrad.__version__.rpartition(".")[0]
    assert f"polygrad-core>={minor}" in settings["project"]["dependencies"]


def test_the_changelog_begins_with_what_is_unreleased_and_then_this_version():
    headings = re.findall(r"^## (.*)$", read("CHANGELOG.md"), re.MULTILINE)
    assert headings[0] == "Unreleased"
    released = [re.fullmatch(r"(\d+)\.(\d+)\.(\d+) - \d{4}-\d\d-\d\d", heading) for heading in headings[1:]]
    assert all(released), headings
    numbers = [tuple(map(int, match.groups())) for match in released]
    assert numbers == sorted(set(numbers), reverse=True)
    assert ".".join(map(str, numbers[0])) == polygrad.__version__
    parts = set(re.findall(r"^### (.*)$", read("CHANGELOG.md"), re.MULTILINE))
    assert parts <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


# -- nothing to install that anybody may have put on the index -------------------------------------------------------------


def strangers(text: str) -> list[str]:
    """What the commands in ``text`` install under polygrad's name, but not from a folder."""
    commands = re.findall(r"pip install ([^`\n]*)", text)
    words = [word.strip("\"'.,;:") for command in commands for word in command.split()]
    return [word for word in words if word.startswith("polygrad")]


def test_pages_tell_to_install_polygrad_from_a_checkout_only():
    assert strangers("`python -m pip install polygrad-jax`, or\npip install -e . \"polygrad-core[scipy]\"") == [
        "polygrad-jax", "polygrad-core[scipy]",
    ]  # fmt: skip
    assert ROOT / "README.md" in PAGES and ROOT / "backends" / "polygrad-jax" / "README.md" in PAGES
    for page in PAGES:
        assert not strangers(page.read_text(encoding="utf-8")), page.relative_to(ROOT)


# -- CONTRIBUTING ----------------------------------------------------------------------------------------------------------


def test_the_code_that_contributing_shows_is_the_code():
    shown = re.findall(r"`((?:src|tests)/[\w./]+\.py)`[^`]*?:\n\n```\n(.*?)```", read("CONTRIBUTING.md"), re.DOTALL)
    assert len(shown) == 4
    for name, code in shown:
        assert code in read(name), f"CONTRIBUTING.md shows something else than {name}"


def test_what_contributing_names_is_there():
    text = read("CONTRIBUTING.md")
    for name in re.findall(r"\b(?:src|tests|docs|backends|benchmarks)/[\w./-]*[\w]", text):
        assert (ROOT / name).exists() or "NAME" in name, f"CONTRIBUTING.md names {name}"
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").glob("*/test_*.py"))
    for name in re.findall(r"`(test_\w+)`", text):
        assert f"def {name}(" in tests, f"CONTRIBUTING.md names {name}"


# -- the same checks everywhere --------------------------------------------------------------------------------------------


def sessions() -> dict[str, ast.FunctionDef]:
    """The sessions of the noxfile, by name."""
    return {
        node.name.replace("_", "-"): node
        for node in ast.parse(read("noxfile.py")).body
        if isinstance(node, ast.FunctionDef) and any("nox.session" in ast.unparse(x) for x in node.decorator_list)
    }


def commands(session: ast.FunctionDef) -> list[str]:
    """What a session runs, of commands without variables."""
    calls = [
        node for node in ast.walk(session) if isinstance(node, ast.Call) and ast.unparse(node.func) == "session.run"
    ]
    return [" ".join(ast.literal_eval(argument) for argument in call.args) for call in calls]


def test_the_hooks_before_a_commit_are_those_of_nox():
    hooks = re.findall(r"^ +entry: (.+)$", read(".pre-commit-config.yaml"), re.MULTILINE)
    checks = [*commands(sessions()["lint"]), *commands(sessions()["types"])]
    assert hooks == [check for check in checks if "tests/typing" not in check]  # those take longer


def test_the_public_checks_are_those_of_nox():
    workflow = read(".github/workflows/checks.yml")
    jobs = re.search(r"^ +session:\n((?: +- .+\n)+)", workflow, re.MULTILINE)
    names = [re.sub(r"\(.*", "", line.strip().removeprefix("- ")) for line in jobs[1].splitlines()]
    assert set(names) <= set(sessions())
    default = re.search(r"^nox\.options\.sessions = (\[.*?\])", read("noxfile.py"), re.MULTILINE | re.DOTALL)
    assert set(ast.literal_eval(default[1])) <= set(names)
    assert "secrets" not in workflow
    pythons = re.findall(r"^ +(3\.\d+)$", workflow, re.MULTILINE)
    project = tomllib.loads(read("pyproject.toml"))["project"]
    assert pythons == [c.rpartition(" ")[2] for c in project["classifiers"] if re.search(r":: 3\.\d+$", c)]
