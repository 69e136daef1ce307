"""``python -m nox``: everything that must hold.  ``python -m nox -l`` lists the sessions.

An interpreter that is missing is skipped, with its name.
"""

from __future__ import annotations

import os
import pathlib
import shutil
import sys

import nox

nox.options.error_on_missing_interpreters = False
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["lint", "types", "tests", "plugins", "downstream", "examples", "docs"]

PROJECT = nox.project.load_toml("pyproject.toml")
PYTHONS = ("3.11", "3.12", "3.13")
#: The Python of the sessions that need only one: the one that runs nox, if it is tested at all.
ONE_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
BACKENDS = ("numpy", "strict", "jax")
#: The last JAX for Python 3.11 is 0.10; newer Pythons get the latest.
JAX = {"3.11": "jax==0.10.*"}
WORKERS = ("-n", str(min(os.cpu_count() or 1, 4)))


def groups(*names: str) -> list[str]:
    """The requirements of some of pyproject.toml's dependency groups."""
    return nox.project.dependency_groups(PROJECT, *names)


def install(session: nox.Session, *backends: str, extras: str = "") -> None:
    """Install polygrad and plugins as a third party would: built, not editable."""
    session.install(f".{extras}")
    for backend in backends:
        if backend == "numpy":
            continue
        if backend == "jax":
            session.install(JAX.get(str(session.python or ONE_PYTHON), "jax"))
        session.install(f"./backends/polygrad-{backend}")


@nox.session(python=PYTHONS)
@nox.parametrize("backend", BACKENDS)
def tests(session: nox.Session, backend: str) -> None:
    """The tests of one backend on one Python."""
    install(session, backend)
    session.install(*groups("test"))
    session.run("pytest", "--backend", backend, "-m", "not parity", "-q", *WORKERS, *session.posargs)


@nox.session(python=ONE_PYTHON)
def plugins(session: nox.Session) -> None:
    """The plugins' own tests.  CuPy's compute on a GPU where there is one, and say that they were skipped elsewhere."""
    install(session, "strict", "jax")
    session.install("./backends/polygrad-cupy[cuda12]", *groups("test"))
    for name in ("strict", "jax", "cupy"):
        session.run("pytest", "-q", "-rs", f"backends/polygrad-{name}/tests")


@nox.session(python="3.11")
def parity(session: nox.Session) -> None:
    """The comparison with PyTorch 2.13, a large download."""
    install(session)
    session.install(*groups("parity"))
    session.run("pytest", "-m", "parity", "-q", *WORKERS, *session.posargs)


@nox.session(python=ONE_PYTHON)
def lint(session: nox.Session) -> None:
    """Style and format."""
    session.install(*groups("lint"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session(python=ONE_PYTHON)
def types(session: nox.Session) -> None:
    """Annotations."""
    session.install("-e", ".", *groups("types"))
    session.run("mypy")


@nox.session(python=ONE_PYTHON)
def docs(session: nox.Session) -> None:
    """Every code block of the README and the docs runs, and the site builds without a warning."""
    install(session, "jax")
    session.install(*groups("docs"))
    session.run("pytest", "-q", "tests/test_docs.py")
    session.run("mkdocs", "build", "--strict", "--site-dir", session.create_tmp())


@nox.session(python=ONE_PYTHON)
def examples(session: nox.Session) -> None:
    """The examples, shortened, on every backend that computes here."""
    install(session, "strict", "jax", extras="[examples]")
    for backend in BACKENDS:
        session.run("python", "examples/digits.py", "--backend", backend, "--epochs", "2")
    session.run("python", "examples/linear_model.py")


@nox.session(python=ONE_PYTHON)
def downstream(session: nox.Session) -> None:
    """A toy plugin, a project of its own, in an environment that has nothing but it and polygrad."""
    copied = pathlib.Path(session.create_tmp()) / "toy"
    shutil.rmtree(copied, ignore_errors=True)
    shutil.copytree("tests/downstream", copied)
    session.install(".", str(copied))
    session.run("python", str(copied / "train.py"))


@nox.session(python="3.11")
def benchmarks(session: nox.Session) -> None:
    """The benchmarks, side by side with the peers.  ``nox -s benchmarks -- --workloads chain``."""
    install(session, "jax")
    session.install(*groups("bench"))
    session.run("python", "-m", "benchmarks", *session.posargs)
