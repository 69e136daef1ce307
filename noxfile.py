"""The checks: ``python -m nox`` runs the default ones, ``python -m nox -l`` lists them all.

A Python that is not installed is skipped by name.  What is tested is what a user would have: wheels of polygrad and of the
plugins are built once per run and installed into each session's own environment, never the checkout itself.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tarfile
from functools import cache
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.error_on_missing_interpreters = False
nox.options.sessions = ["lint", "types", "tests", "lowest", "cupy", "downstream", "examples", "docs"]

ROOT = Path(__file__).parent
PROJECT = nox.project.load_toml(ROOT / "pyproject.toml")
PYTHONS = nox.project.python_versions(PROJECT)
#: For sessions that need only one Python: the one that runs nox.
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"

#: Backends that compute on any machine, with the project that brings each.
PLUGINS = {"numpy": None, "strict": "backends/polygrad-strict", "jax": "backends/polygrad-jax"}


def group(*names: str) -> tuple[str, ...]:
    """The requirements of dependency groups."""
    return nox.project.dependency_groups(PROJECT, *names)


@cache
def wheels() -> Path:
    """An empty folder for this run's wheels."""
    folder = ROOT / ".nox" / "wheels"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


_built: dict[str, str] = {}


def wheel(session: nox.Session, project: str) -> str:
    """The wheel of ``project``, a folder of this checkout; built on first use."""
    if project not in _built:
        folder = wheels() / (Path(project).name or "polygrad-core")
        session.run("python", "-m", "pip", "wheel", "-q", "--no-deps", "--wheel-dir", str(folder), f"./{project}")
        (found,) = folder.glob("*.whl")
        _built[project] = str(found)
    return _built[project]


def install(session: nox.Session, *requirements: str, backends: tuple[str, ...] = (), extra: str = "") -> None:
    """Install polygrad and the plugins of ``backends`` as wheels, with ``requirements``."""
    plugins = [wheel(session, project) for name in backends if (project := PLUGINS[name])]
    session.install(wheel(session, "") + extra, *plugins, *requirements)


def lowest_versions(backend: str) -> list[str]:
    """The lowest versions that polygrad and the plugin of ``backend`` promise to work with, as requirements."""
    projects = [ROOT / folder for folder in (".", PLUGINS[backend]) if folder]
    promised = [
        r for project in projects for r in nox.project.load_toml(project / "pyproject.toml")["project"]["dependencies"]
    ]
    return [r.replace(">=", "==") for r in promised if not r.startswith("polygrad")]


ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
#: Tests compile thousands of small JAX programs and run each a few times: what XLA would optimise does not pay.
UNOPTIMIZED = ONE_THREAD | {"JAX_DISABLE_MOST_OPTIMIZATIONS": "1"}


def run_pytest(session: nox.Session, *arguments: str, optimized: bool = False) -> None:
    """Run pytest in two processes of one thread each."""
    environment = ONE_THREAD if optimized else UNOPTIMIZED
    session.run("python", "-m", "pytest", "-q", "-n", "2", *arguments, *session.posargs, env=environment)


#: The newest versions, with every backend on the newest Python and NumPy alone on those before it; the oldest Python has
#: `lowest` and `parity`.
MATRIX = [(python, name) for python in PYTHONS[1:] for name in PLUGINS if name == "numpy" or python == PYTHONS[-1]]
#: What the Pythons between are tried with: all that reads bytecode, frames and reference counts.
WITH_PYTHON_BETWEEN = ("tests/autograd", "tests/compiler", "tests/core", "tests/project/test_architecture.py")
#: The tests of the documentation; the session `docs` runs them with all that the pages use.
OF_DOCUMENTATION = tuple(f"tests/project/test_{about}.py" for about in ("docs", "notebooks", "help", "reference"))


def run_tests_of(session: nox.Session, backend: str, fewer: tuple[str, ...] = ()) -> None:
    """Run the tests of one backend, and those of its plugin; where ``fewer`` are named, ``-- tests`` runs all."""
    plugin = PLUGINS[backend]
    tests = fewer if fewer and not session.posargs else ("tests", *(f"--ignore={page}" for page in OF_DOCUMENTATION))
    folders = [*tests] if plugin is None else [*tests, f"{plugin}/tests"]
    session.run("python", "-m", "polygrad", "doctor")
    run_pytest(session, *folders, "--backend", backend, "-m", "not parity")


@nox.session
@nox.parametrize("python,backend", MATRIX)
def tests(session: nox.Session, backend: str) -> None:
    """The tests: those of one backend; with NumPy also all that are about no backend.

    The strict backend is there in any case: it is an instrument of tests that are about rules, errors and mixing.
    """
    install(session, *group("test"), backends=tuple({"strict", backend}))
    run_tests_of(session, backend, () if session.python == PYTHONS[-1] else WITH_PYTHON_BETWEEN)


#: What the lowest versions of other libraries than NumPy are tried with: every primitive, kernel and random number, and what is
#: compiled.  The tests left out are about polygrad's own logic, which does not ask for their versions.
WITH_LOWEST = tuple(
    f"tests/{name}.py"
    for name in (
        "testing/test_conformance", "ops/test_rules", "backends/test_kernels", "functions/test_random",
        "compiler/test_compile", "compiler/test_training", "compiler/test_aliasing",
    )
)  # fmt: skip


@nox.session(python=PYTHONS[0])
@nox.parametrize("backend", list(PLUGINS))
def lowest(session: nox.Session, backend: str) -> None:
    """The same with the lowest versions of their dependencies that polygrad and its plugins promise to work with."""
    requirements = {*lowest_versions("strict"), *lowest_versions(backend)}
    install(session, *group("test"), *requirements, backends=tuple({"strict", backend}))
    run_tests_of(session, backend, () if backend == "numpy" else WITH_LOWEST)


@nox.session(name="hostile-files", python=PYTHON)
def hostile_files(session: nox.Session) -> None:
    """Damaged and hostile files, thousands of each kind; ``HOSTILE_FILES`` says how many."""
    install(session, *group("test"))
    session.env.setdefault("HOSTILE_FILES", os.environ.get("HOSTILE_FILES", "3000"))
    run_pytest(session, "tests/serialization/test_hostile_files.py")


@nox.session(name="wrong-calls", python=PYTHON)
def wrong_calls(session: nox.Session) -> None:
    """Random wrong calls of everything that is public; ``POLYGRAD_WRONG_CALLS`` says how many."""
    install(session, *group("test"))
    session.env.setdefault("POLYGRAD_WRONG_CALLS", os.environ.get("POLYGRAD_WRONG_CALLS", "20000"))
    run_pytest(session, "tests/functions/test_wrong_calls.py")


@nox.session(python=PYTHON)
def matrix(session: nox.Session) -> None:
    """Every differentiable function on every backend, differentiated in every way: minutes; ``-- --page FILE`` writes the page."""
    install(session, backends=("strict", "jax"))
    backends = ("numpy", "jax", "strict")
    session.run("python", "-m", "polygrad.testing", "matrix", "--backend", *backends, *session.posargs, env=UNOPTIMIZED)


@nox.session(python=PYTHON)
def plants(session: nox.Session) -> None:
    """Plant forty faults, one after the other: the tests that run without PyTorch catch each of them."""
    install(session, *group("test"), backends=("strict",))
    session.run("python", "tests/tools/plants.py", *session.posargs, env=ONE_THREAD)


@nox.session(python="3.11")
def peer(session: nox.Session) -> None:
    """PyTorch's own test files: ``-- FOLDER [files...]``, the folder ``test`` of a checkout; ``-- FOLDER -v`` prints each fault.

    PyTorch is installed, a large download, for the samples of operations that some tests take.
    """
    install(session, "scipy", *group("parity"))
    session.run("python", "tests/peer", *session.posargs, env=ONE_THREAD)


@nox.session(python="3.12")
def conformance(session: nox.Session) -> None:
    """The standard's conformance suite: ``-- FOLDER``, a checkout of data-apis/array-api-tests; ``--backend``, ``--leaves``."""
    install(session, "pytest", "pytest-json-report", "hypothesis", "ndindex", backends=("strict", "jax"))
    session.run("python", "tests/conformance", *session.posargs)


@nox.session(python="3.12")
def consumers(session: nox.Session) -> None:
    """Functions of SciPy and scikit-learn on tensors, as a table; and the tests with other libraries."""
    install(session, *group("test"), "array-api-extra", "scipy", "scikit-learn", "xarray")
    run_pytest(session, "tests/interop")
    session.run("python", "tests/conformance/consumers.py")


@nox.session(python=PYTHON)
def cupy(session: nox.Session) -> None:
    """The CuPy plugin on the real CuPy; its tests compute where there is a GPU, and say why they do not elsewhere."""
    install(session, *group("test"))
    session.install(wheel(session, "backends/polygrad-cupy") + "[cuda12]")
    session.run("python", "-m", "polygrad", "backends")
    session.run("python", "-m", "pytest", "-q", "-rs", "backends/polygrad-cupy/tests", *session.posargs)


@nox.session(python="3.11")
def parity(session: nox.Session) -> None:
    """Comparisons with PyTorch 2.13, a large download."""
    install(session, *group("parity"))
    run_pytest(session, "tests", "-m", "parity")


@nox.session(python=PYTHON)
def lint(session: nox.Session) -> None:
    """Style: ruff's rules and its format."""
    session.install(*group("lint"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session(python=PYTHON)
def types(session: nox.Session) -> None:
    """Types: mypy over the package, whose stubs are current; mypy and pyright, in their strict modes, over users' programs."""
    install(session, *group("types"))
    session.run("mypy")
    session.run("python", "tools/stubs.py", "--check")
    session.run("python", "tests/typing/user_program.py")
    session.run("python", "tests/typing/check.py")


#: Draws the diagrams in the pages; the smaller build of Mermaid, with flowcharts.
MERMAID = "@mermaid-js/tiny", "11.17.2"


def ship_mermaid(session: nox.Session) -> None:
    """Put Mermaid and its licence beside the site's scripts; where there is no npm, diagrams are shown as text."""
    package, version = MERMAID
    folder = ROOT / "docs" / "javascripts" / "mermaid"
    about = folder / "package.json"
    if about.is_file() and json.loads(about.read_text())["version"] == version:
        return
    shutil.rmtree(folder, ignore_errors=True)
    if shutil.which("npm") is None:
        session.warn("npm is not installed: the site shows diagrams as text")
        return
    archive = Path(session.create_tmp()) / f"mermaid-js-tiny-{version}.tgz"
    command = ("npm", "pack", "--silent", "--pack-destination", str(archive.parent), f"{package}@{version}")
    session.run(*command, external=True, success_codes=range(256))
    if not archive.is_file():
        session.warn("npm did not deliver Mermaid: the site shows diagrams as text")
        return
    folder.mkdir(parents=True)
    with tarfile.open(archive) as packed:
        for name in ("package/package.json", "package/LICENSE", "package/dist/mermaid.tiny.js"):
            content = packed.extractfile(name)
            (folder / Path(name).name).write_bytes(content.read() if content else b"")


@nox.session(python=PYTHON)
def release(session: nox.Session) -> None:
    """What is released, in ``dist/``: built, checked, and installed into an empty environment, where the READMEs run."""
    session.install(*group("release"), *PROJECT["build-system"]["requires"])
    folder = ROOT / "dist"
    shutil.rmtree(folder, ignore_errors=True)
    plugins = sorted(path.parent for path in ROOT.glob("backends/*/pyproject.toml"))
    for project in (ROOT, *plugins):
        session.run("python", "-m", "build", "--no-isolation", "--outdir", str(folder), str(project))
    session.run("twine", "check", "--strict", *map(str, sorted(folder.iterdir())))
    empty = Path(session.create_tmp()) / "empty"
    session.run("python", "-m", "venv", "--clear", str(empty))
    python = str(next(path for path in (empty / "bin" / "python", empty / "Scripts" / "python.exe") if path.exists()))
    session.run(python, "-m", "pip", "install", "-q", *map(str, sorted(folder.glob("*.whl"))), external=True)
    session.run(python, "-m", "polygrad", "backends", external=True)
    readmes = [str(project / "README.md") for project in (ROOT, *plugins)]
    session.run(python, "tests/tools/page_blocks.py", "--check", *readmes, external=True)


@nox.session(python=PYTHON)
def docs(session: nox.Session) -> None:
    """Documentation: every block of code runs and gives the output shown; the site builds, and works without a network."""
    install(session, *group("docs"), backends=("jax", "strict"))
    run_pytest(session, *OF_DOCUMENTATION, optimized=True)  # the pages train networks
    ship_mermaid(session)
    session.run("python", "docs/tools/reference.py")
    session.run("zensical", "build", "--strict", "--clean")
    session.run("python", "docs/tools/check_site.py", "site")


@nox.session(python=PYTHON)
def browser(session: nox.Session) -> None:
    """The page that `viz.html` writes, in a Chromium that is installed: searched, folded and clicked through."""
    install(session, "pytest>=8.3", "playwright>=1.49")
    session.run("python", "-m", "pytest", "-q", "-rs", "tests/viz/page_in_browser.py", *session.posargs)


@nox.session(python=PYTHON)
def examples(session: nox.Session) -> None:
    """The examples: digits in full on NumPy, shortened on the other backends; an absent backend is exit status 2."""
    install(session, backends=("jax", "strict"), extra="[examples]")
    plot = Path(session.create_tmp()) / "digits.png"
    session.run("python", "examples/digits.py", "--plot", str(plot))
    for backend in PLUGINS:
        for compiled in ((), ("--compile",)):
            session.run("python", "examples/digits.py", "--epochs", "2", "--backend", backend, *compiled)
    session.run("python", "examples/digits.py", "--backend", "cupy", success_codes=[2])


@nox.session(python=PYTHON)
def downstream(session: nox.Session) -> None:
    """A third party's plugin: built and installed from its own project, it trains a network."""
    install(session)
    session.install(wheel(session, "tests/downstream"))
    session.chdir(session.create_tmp())
    session.run("python", str(ROOT / "tests" / "downstream" / "train.py"))
    session.run("python", "-m", "polygrad", "backends")
    session.run("python", "-m", "polygrad", "doctor")


@nox.session(python=PYTHON)
def fuzz(session: nox.Session) -> None:
    """Random programs, eager against compiled on NumPy: 20,000, or as ``-- --count 500 --start 7 --against jax,torch`` says."""
    torch = any("torch" in argument for argument in session.posargs)
    install(session, *group("parity" if torch else "test"), backends=("jax",))
    arguments = session.posargs or ("--count", "20000")
    session.run("python", "tests/tools/program_fuzzer.py", *arguments, env=UNOPTIMIZED)


@nox.session(python=PYTHON)
def benchmarks(session: nox.Session) -> None:
    """Speed, side by side with PyTorch, JAX, flax, HIPS autograd, MyGrad, tinygrad (which needs clang) and NumPy by hand."""
    install(session, *group("bench"), backends=("jax",))
    session.run("python", "-m", "benchmarks", *session.posargs)
