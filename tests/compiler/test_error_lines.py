"""Errors and reports of `polygrad.compile` name the user's line, wherever the program came from."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from polygrad.backends import available
from polygrad.compiler import errors
from polygrad.compiler.errors import is_library

BACKENDS = [name for name in ("numpy", "jax") if name in available()]

PROGRAM = """import sys, polygrad
polygrad.set_backend({backend!r})
@polygrad.compile
def step(x):
    if x.tolist()[0] > 0:
        return x
    return -x

try:
    step(polygrad.ones(1))
except polygrad.compiler.CompileError as error:
    print(error)

"""
REPORTED = """import polygrad
step = polygrad.compile(lambda x: x + 1)
step(polygrad.ones(1))
step(polygrad.ones(2))
"""


def run(arguments, text="", **variables):
    run = subprocess.run(
        [sys.executable, *arguments], input=text, capture_output=True, text=True, timeout=120,
        env={**os.environ, **variables},
    )  # fmt: skip
    return run.stdout + run.stderr


def ways(text: str, folder: Path) -> dict[str, tuple[list[str], str, str]]:
    """By how a program is run: the arguments, what is given by stdin, and how its file is called."""
    file = folder / "polygrad_of_mine.py"
    file.write_text(text)
    executed = folder / "executes.py"
    executed.write_text(f"exec(compile({text!r}, '<a cell>', 'exec'))")
    return {
        "file": ([str(file)], "", file.name),
        "stdin": (["-"], text, "<stdin>"),
        "-c": (["-c", text], "", "<string>"),
        "exec": ([str(executed)], "", "<a cell>"),
    }


@pytest.mark.parametrize("way", ["file", "stdin", "-c", "exec"])
@pytest.mark.parametrize("backend", BACKENDS)
def test_an_error_names_the_line(backend, way, tmp_path):
    program = PROGRAM.format(backend=backend)
    arguments, text, name = ways(program, tmp_path)[way]
    found = run(arguments, text)
    assert f"{name}, line 5, in step" in found, found
    if way == "file":
        assert "'if x." in found


def test_an_error_names_the_line_in_an_interactive_interpreter():
    found = run(["-i", "-q"], PROGRAM.format(backend=BACKENDS[-1]))
    assert "in step" in found and "line " in found and ("<stdin>" in found or "<python-input" in found), found


@pytest.mark.parametrize("way", ["file", "stdin", "-c", "exec"])
def test_a_further_trace_is_reported_with_the_line(way, tmp_path):
    arguments, text, name = ways(REPORTED, tmp_path)[way]
    assert f"is traced again at {name}, line 4" in run(arguments, text, POLYGRAD_LOG="recompiles")


def test_which_code_is_the_users(monkeypatch):
    here = Path("/home/someone/polygrad")
    monkeypatch.setattr(errors, "_HERE", f"{here}/")  # the tests may run on an installed package
    users = (
        "<stdin>",
        "<string>",
        "<console>",
        "<ipython-input-3-0123456789ab>",
        "<python-input-0>",
        "/tmp/ipykernel_7/12.py",
    )
    assert not any(is_library(name) for name in (*users, f"{here}_of_mine.py", f"{here}-of-mine/train.py"))
    ours = ("<polygrad call>", "<polygrad program>", "<polygrad dispatcher of add>", "<frozen importlib._bootstrap>")
    assert all(is_library(name) for name in (*ours, str(here / "nn" / "linear.py"), "/x/site-packages/numpy/core.py"))
