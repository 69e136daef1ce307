"""``python -m polygrad``."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import polygrad
from polygrad import __main__ as cli
from polygrad.backends import BackendError, BackendInfo

ROOT = Path(__file__).parents[2]
ROWS = [
    BackendInfo("numpy", "polygrad-core", "1.0", 1, ["cpu"], ["complex", "float64"], "ready", None),
    BackendInfo("abacus", "polygrad-abacus", "0.5", 1, [], [], "unavailable", "backend 'abacus' needs beads; buy some"),
    BackendInfo("other", "polygrad-other", "0.1", None, [], [], "disabled", "backend 'other' is disabled by X"),
]


def test_backends_is_a_table(monkeypatch, capsys):
    monkeypatch.setattr(cli, "describe", lambda: ROWS)
    monkeypatch.setattr(cli, "errors", lambda: {"abacus": BackendError(ROWS[1].error), "more": BackendError("is odd")})
    assert cli.main(["backends"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == [
        *("name", "distribution", "version", "api", "devices", "capabilities", "state", "error")
    ]
    assert lines[2].split() == ["numpy", "polygrad-core", "1.0", "1", "cpu", "complex,", "float64", "ready"]
    assert lines[3].endswith("unavailable  see below")
    assert lines[4] == "    backend 'abacus' needs beads; buy some"
    assert lines[-1] == "more: is odd"
    assert lines[2].index("ready") == lines[3].index("unavailable") == lines[0].index("state")


def test_backends_as_json(capsys):
    assert cli.main(["backends", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["backends"][0]["name"] == "numpy"
    assert found["backends"][0]["state"] == "ready"
    assert set(found["backends"][0]) == set(BackendInfo._fields)


def test_long_errors_are_wrapped_and_words_stay_whole(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "60")
    cli.print_wrapped("see /a/long/path/" + "x" * 70 + " for " + "more words " * 10, indent="    ")
    lines = capsys.readouterr().out.splitlines()
    assert "/a/long/path/" + "x" * 70 in lines[1]
    assert all(line.startswith("    ") and (len(line) <= 60 or "/a/" in line) for line in lines)


@pytest.fixture
def only_numpy(monkeypatch):
    monkeypatch.setattr(cli, "describe", lambda: ROWS[:1])
    monkeypatch.setattr(cli, "errors", dict)


def test_doctor_says_where_values_come_from(only_numpy, monkeypatch, capsys):
    monkeypatch.setenv("POLYGRAD_PLUGIN_STRICT", "0")
    monkeypatch.delenv("POLYGRAD_BACKEND", raising=False)
    with polygrad.use_backend("numpy"):
        assert cli.main(["doctor"]) == 0
    text = capsys.readouterr().out
    for words in (
        ["default", "backend", "numpy", "use_backend()"],
        ["default", "dtype", "float32", "built-in", "default"],
        ["POLYGRAD_PLUGIN_STRICT", "0", "environment"],
        ["POLYGRAD_BACKEND", "(not", "set)"],
    ):
        assert any(line.split() == words for line in text.splitlines()), words
    assert "numpy    passed" in text
    assert text.endswith("everything works\n")


def test_doctor_fails_for_an_installed_backend_that_cannot_be_used(monkeypatch, capsys):
    monkeypatch.setattr(cli, "describe", lambda: ROWS)
    monkeypatch.setattr(cli, "errors", dict)
    assert cli.main(["doctor"]) == 1
    text = capsys.readouterr().out
    assert "abacus: backend 'abacus' needs beads; buy some" in text
    assert "other    skipped    disabled" in text
    assert text.endswith("1 problem found\n")


def test_doctor_names_switches_that_switch_nothing(only_numpy, monkeypatch, capsys):
    monkeypatch.setenv("POLYGRAD_BACKENDS_DISABLE", "abacsu")
    assert cli.main(["doctor"]) == 1
    assert "POLYGRAD_BACKENDS_DISABLE names 'abacsu', which is not installed" in capsys.readouterr().out


class Extension:
    """What doctor reads of an extension."""

    def __init__(self, name, **changes):
        self.name, self.distribution, self.version = name, f"polygrad-{name}", "1.0"
        self.disabled_by, self.error, self.kernels, self.replaced = None, None, {}, {}
        vars(self).update(changes)


def test_doctor_lists_extensions_and_what_they_replace(only_numpy, monkeypatch, capsys):
    fast = Extension("fast", kernels={"numpy": ["add", "erf"], "other": ["sum"]}, replaced={"numpy": ["erf"]})
    off = Extension("off", disabled_by="POLYGRAD_BACKENDS_DISABLE")
    extensions = [fast, off, Extension("broken", error=BackendError("is broken"))]
    monkeypatch.setattr(cli.REGISTRY.discovery, "extensions", lambda: extensions)
    monkeypatch.setenv("POLYGRAD_BACKENDS_DISABLE", "off")
    assert cli.main(["doctor"]) == 0
    text = capsys.readouterr().out
    assert (
        "fast       polygrad-fast    1.0      loaded    replaces numpy's erf; adds add to numpy; adds sum to other"
        in text
    )
    assert "off        polygrad-off     1.0      disabled  POLYGRAD_BACKENDS_DISABLE" in text
    assert "broken     polygrad-broken  1.0      broken" in text


SOURCES = [ROOT / "src", *(ROOT / "backends").glob("*/src")]


def test_every_environment_variable_is_in_the_one_table():
    page = ROOT / "docs" / "security.md"
    if not page.is_file():
        pytest.skip("the documentation is not there")
    listed = re.findall(r"^\| `(POLYGRAD_\w+)` \|", page.read_text(encoding="utf-8"), re.MULTILINE)
    texts = [path.read_text(encoding="utf-8") for folder in SOURCES for path in folder.rglob("*.py")]
    used = {name for text in texts for name in re.findall(r"\bPOLYGRAD_[A-Z0-9]\w*[A-Z0-9]\b", text)}
    assert sorted(used) == sorted(listed)
    for other in (ROOT / "docs").glob("*.md"):
        if other != page:
            assert "| environment variable |" not in other.read_text(encoding="utf-8"), (
                f"{other.name} has a second table"
            )


def test_no_error_tells_to_install_what_anybody_may_have_put_on_the_index():
    """Only plugins of a checkout, and what an installed plugin itself asks for."""
    allowed = {"{_EXTRAS", '"{name}"'}
    for path in (path for folder in SOURCES for path in folder.rglob("*.py")):
        for word in re.findall(r"pip install (\S+)", path.read_text(encoding="utf-8")):
            assert any(word.startswith(start) for start in allowed), f"{path.relative_to(ROOT)}: pip install {word}"


def test_doctor_in_an_environment_that_names_no_backend():
    run = [sys.executable, "-m", "polygrad", "doctor"]
    result = subprocess.run(run, env=os.environ | {"POLYGRAD_BACKEND": "nunpy"}, capture_output=True, text=True)
    words = " ".join(result.stdout.split())
    assert "environment variable POLYGRAD_BACKEND=nunpy: there is no backend 'nunpy'. Did you mean 'numpy'?" in words
    assert result.returncode == 1


def test_a_broken_plugin_under_strict_is_one_line(monkeypatch, capsys):
    def broken():
        raise BackendError("plugin 'x' is broken")

    monkeypatch.setattr(cli, "describe", broken)
    assert cli.main(["doctor"]) == 1
    assert capsys.readouterr().err == "error: plugin 'x' is broken\n"


def test_the_self_test_passes_and_can_fail(monkeypatch):
    cli.self_test("numpy")
    monkeypatch.setattr(cli.math, "tanh", lambda x: x)
    with pytest.raises(ArithmeticError, match="the loss is .*, and should be"):
        cli.self_test("numpy")


def test_from_a_shell():
    run = [sys.executable, "-m", "polygrad"]
    assert "numpy" in subprocess.run([*run, "backends"], capture_output=True, text=True, check=True).stdout
    assert (
        polygrad.__version__ in subprocess.run([*run, "--version"], capture_output=True, text=True, check=True).stdout
    )
    nothing = subprocess.run(run, capture_output=True, text=True)
    assert nothing.returncode == 2
    assert "COMMAND" in nothing.stderr
