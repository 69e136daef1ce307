"""Rules of the architecture: import direction, no backend's name, one way to a raw array, lengths of files.

The sources are read, not imported; only the last tests import polygrad, in separate processes.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "polygrad"

#: The rooms, from the ground up: each imports only from rooms above it in this list.
ROOMS = """
    _allocator _dtypes _devices _forking _layouts _pade _paths _state _window_geometry
    backends
    _core
    _pytree
    _ops
    _interpreters
    _functions
    array_api
    autograd
    compiler
    func
    cuda fft linalg random sparse serialization signal special types
    distributions
    nn
    optim
    utils
    interop
    viz
    testing
    __init__
    __main__
""".split()

#: Imports inside functions, by module: what a program that does not need it should not pay for.
LATE_IMPORTS = {
    "_functions/printing.py": {"html"},  # what only a notebook asks for
    "autograd/functional.py": {"autograd.transforms"},  # where a Jacobian is computed in one batch
    "autograd/gradcheck.py": {"autograd.transforms"},  # where forward mode or batches are checked
    "backends/__init__.py": {"backends.hookspecs"},  # pluggy, which only plugins need
    "backends/base.py": {"numpy"},  # `to_numpy`, where it is asked for
    "backends/discovery.py": {"importlib", "importlib.metadata"},
    "backends/numpy/backend.py": {
        "backends.numpy.kernels.special",
        "backends.numpy.kernels.inplace",
        "backends.numpy.kernels.activations",
        "backends.numpy.kernels.attention",
        "backends.numpy.kernels.linear",
        "backends.numpy.kernels.normalization",
        "backends.numpy.kernels.random",
        "backends.numpy.kernels.recurrent",
        "backends.numpy.kernels.softmax",
        "backends.numpy.kernels.sparse",
        "backends.numpy.kernels.convolution",
        "backends.numpy.kernels.linalg",
        "backends.numpy.kernels.optimizers",
        "backends.numpy.replay",
    },  # the kernels, when the backend is made
    "backends/numpy/plugin.py": {"backends.numpy.backend"},  # a plugin does not import its library
    "backends/plugins.py": {"backends.hookspecs", "importlib", "importlib.metadata", "pluggy"},
    "backends/registry.py": {"difflib"},  # for an error's text
    "serialization/pickles.py": {"sparse.tensor"},  # where a file has sparse tensors
    "sparse/tensor.py": {"sparse.construction"},  # where one is restored; the module makes these tensors
}

#: Who may touch ``._data``, past `Tensor._read`.
RAW = {
    "_core/aliasing.py": "the cell itself",
    "_core/same_dtype.py": "looks at the data type, which no recorder minds",
    "_core/dispatch.py": "generated code, which tells a recorder by itself",
    "_core/output.py": "looks at shapes and places, which no recorder minds",
    "_core/operands.py": "reads what the dispatcher has told a recorder of",
    "_core/lending.py": "puts something else into the cell while NumPy sees the array",
    "_core/refcount.py": "counts the references to an array",
    "_core/precision.py": "looks at the data type, which no recorder minds",
    "_core/tensor.py": "the cell itself",
    "_functions/printing.py": "what is printed is no part of a recorded program",
    "_interpreters/trace.py": "puts back what was in a cell",
    "autograd/forward_ad.py": "puts values into cells of dual numbers whose level is over",
    "compiler/codegen.py": "measures who holds an array",
    "compiler/state_discovery.py": "the recorder",
    "utils/checkpoint.py": "puts values back into cells while a function is computed again",
    "compiler/cache_key.py": "looks at the kind of array, also of one that NumPy sees",
    "compiler/program.py": "fills cells with the results of a recorded program",
    "compiler/leak_check.py": "looks for tracers in cells",
    "compiler/control_flow/subtrace.py": "the recorder of a part of a program",
    "nn/parameter.py": "a cell that hides its array",
}

#: Files of more than `MANY_LINES` without docstrings, and why each is one file.
MANY_LINES, TOO_MANY_LINES = 400, 600
LONG_FILES = {
    "_core/dispatch.py": "the templates and what fills them are read together",
    "_core/engine.py": "one sweep, with what happens at its boundary",
    "_core/primitive.py": "a declaration, and the plans that follow from it",
    "_core/tensor.py": "one class, and the types of what others attach to it",
    "_functions/indexing.py": "one language of keys, for reading and for writing",
    "_functions/random.py": "every distribution, one after the other",
    "_ops/decompositions.py": "every decomposition with its rule",
    "compiler/guards/resolution.py": "what each kind of object is taken apart into, one kind after the other",
    "compiler/program.py": "one generated call, written from its first line to its last",
    "distributions/constraints.py": "short classes, one after the other",
    "nn/module.py": "PyTorch's Module is one class, and most of its lines say what a method does",
    "optim/lr_scheduler.py": "short classes, one after the other",
    "serialization/pickles.py": "one reader and one writer of one language, with all that it may make",
    "sparse/tensor.py": "one class, as `Tensor` is, and most of its lines say what a method does",
    "testing/operations.py": "a row for every operation, chapter by chapter",
    "testing/table.py": "the cases of the conformance table",
}

#: What the core must not know.
LIBRARIES = re.compile(r"\b(array_api_strict|cupy|dask|jax|jaxlib|mlx|ndonnx|strict|tensorflow|torch)\b")
OTHER_MEANINGS = {("viz/drawing.py", "strict")}  # a keyword of the DOT language


def sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sources()}
IDS = [name_of(path) for path in TREES]


#: Dotted name of every module, by its file.
MODULES = {
    path: ".".join(("polygrad", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
    for path in TREES
}


def modules_imported(path: Path, node: ast.AST) -> Iterator[str]:
    """The dotted names that an import statement of the file ``path`` asks for."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        package = ["polygrad", *path.relative_to(PACKAGE).parts[:-1]]
        start = package[: len(package) + 1 - node.level] if node.level else []
        module = ".".join([*start, *([node.module] if node.module else [])])
        for alias in node.names:
            full = f"{module}.{alias.name}"
            yield full if full in MODULES.values() or module == "polygrad" else module


def room_imported(module: str) -> str | None:
    """The room of a dotted name; None for what is not polygrad's."""
    first, *rest = module.split(".")
    if first != "polygrad":
        return None
    is_room = rest and ((PACKAGE / rest[0]).is_dir() or (PACKAGE / f"{rest[0]}.py").is_file())
    return rest[0] if is_room else "__init__"


def test_every_room_has_its_place():
    assert {room_of(path) for path in TREES} <= set(ROOMS)


def test_the_page_about_the_architecture_names_every_room():
    page = ROOT / "docs" / "architecture.md"
    if not page.is_file():
        pytest.skip("the documentation is not here")
    table = page.read_text(encoding="utf-8").partition("## The rooms")[2].partition("\n## ")[0]
    named = [
        name
        for line in table.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`(\w+)`", line.split("|")[1])
    ]
    assert sorted(named) == sorted({room_of(path) for path in TREES})


@pytest.mark.parametrize("path", TREES, ids=IDS)
def test_a_room_imports_only_from_rooms_above_it(path):
    mine = ROOMS.index(room_of(path))
    for node in ast.walk(TREES[path]):
        for module in modules_imported(path, node):
            room = room_imported(module)
            if room is not None and room != room_of(path):
                assert ROOMS.index(room) < mine, f"{name_of(path)}:{node.lineno} imports {module}"


def cycle_in(graph: dict[str, set[str]]) -> list[str]:
    """A cycle of ``graph``, or nothing."""
    finished: set[str] = set()

    def visit(node: str, trail: list[str]) -> list[str]:
        if node in trail:
            return [*trail[trail.index(node) :], node]
        if node not in finished:
            for other in sorted(graph.get(node, ())):
                if found := visit(other, [*trail, node]):
                    return found
            finished.add(node)
        return []

    return next((found for start in graph if (found := visit(start, []))), [])


def test_no_two_modules_import_each_other():
    graph = {
        MODULES[path]: {module for node in tree.body for module in modules_imported(path, node)} - {MODULES[path]}
        for path, tree in TREES.items()
    }
    assert cycle_in({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert not cycle_in(graph)


@pytest.mark.parametrize("path", TREES, ids=IDS)
def test_imports_stand_at_the_top(path):
    late = {
        module.removeprefix("polygrad.")
        for function in ast.walk(TREES[path])
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        for module in modules_imported(path, node)
    }
    assert late == LATE_IMPORTS.get(name_of(path), set())


def texts(tree: ast.Module) -> Iterator[ast.Constant]:
    """The string literals that are no docstrings."""
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node


@pytest.mark.parametrize("path", TREES, ids=IDS)
def test_no_backend_is_known_by_name(path):
    for node in ast.walk(TREES[path]):
        for module in modules_imported(path, node):
            assert not LIBRARIES.match(module), f"{name_of(path)}:{node.lineno} imports {module}"
    if room_of(path) != "backends":
        for node in texts(TREES[path]):
            known = LIBRARIES.fullmatch(node.value) and (name_of(path), node.value) not in OTHER_MEANINGS
            assert not known, f"{name_of(path)}:{node.lineno} knows {node.value!r}"


@pytest.mark.parametrize("path", TREES, ids=IDS)
def test_a_raw_array_is_read_in_one_way(path):
    if name_of(path) in RAW:
        return
    for node in ast.walk(TREES[path]):
        assert not (isinstance(node, ast.Attribute) and node.attr == "_data"), (
            f"{name_of(path)}:{node.lineno} reads ._data, which a recorder does not see; write ._read()"
        )
    for node in texts(TREES[path]):
        assert "._data" not in node.value, f"{name_of(path)}:{node.lineno} generates a read of ._data"


def test_code_is_generated_in_few_places():
    """Where primitives are declared, and where the path of a compiled call is written out."""
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("eval", "exec"):
                assert room_of(path) in ("_core", "_ops", "compiler"), (
                    f"{name_of(path)}:{node.lineno} calls {node.func.id}"
                )


#: Comments that switch a type checker off for a whole file.
LOOKING_AWAY = re.compile(r"#\s*(mypy|pyright)\s*:")


@pytest.mark.parametrize("folder", ["src", "backends", "benchmarks", "examples", "tests"])
def test_what_the_type_checker_is_told_to_ignore_has_a_reason(folder):
    for path in sorted((ROOT / folder).rglob("*.py")):
        if path == Path(__file__):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            where = f"{path.relative_to(ROOT)}:{number}"
            if "type: ignore" in line:
                assert re.search(r"# type: ignore\[[a-z, -]+\]  # \S", line), (
                    f"{where}: write  # type: ignore[code]  # why"
                )
            assert not LOOKING_AWAY.search(line), (
                f"{where} silences the type checker for a whole file; do it at the line, with a reason"
            )


def test_the_type_checker_has_no_exceptions_for_modules():
    with open(ROOT / "pyproject.toml", "rb") as file:
        settings = tomllib.load(file)["tool"]["mypy"]
    allowed = {"python_version", "files", "warn_unused_ignores", "warn_redundant_casts", "enable_error_code"}
    assert set(settings) <= allowed, f"settings that may switch something off: {set(settings) - allowed}"
    assert settings["warn_unused_ignores"] and "ignore-without-code" in settings["enable_error_code"]


def length_of(path: Path) -> int:
    """The number of lines of a file without docstrings, which are as long as help needs."""
    described = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    first = [node.body[0] for node in ast.walk(TREES[path]) if isinstance(node, described) and node.body]
    prose = [n for n in first if isinstance(n, ast.Expr) and isinstance(getattr(n.value, "value", None), str)]
    lines = len(path.read_text(encoding="utf-8").splitlines())
    return lines - sum((node.end_lineno or 0) - node.lineno + 1 for node in prose)


def test_long_files_are_listed():
    lengths = {name_of(path): length_of(path) for path in TREES}
    long = {name: length for name, length in lengths.items() if length > MANY_LINES}
    assert set(long) <= set(LONG_FILES), f"files of more than {MANY_LINES} lines: {long}"
    assert max(lengths.values()) <= TOO_MANY_LINES, long


@pytest.mark.parametrize("plugin", sorted((ROOT / "backends").glob("*/src")), ids=lambda path: path.parent.name)
def test_a_plugin_is_small_and_uses_what_is_public(plugin):
    lines = 0
    for path in plugin.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        lines += sum(not line.isspace() for line in text.splitlines(keepends=True))
        for node in ast.walk(ast.parse(text)):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                private = name.startswith("polygrad.") and name.split(".")[1].startswith("_")
                assert not private, f"{path.relative_to(ROOT)}:{node.lineno} imports {name}"
    assert lines < 530


# -- the tests -----------------------------------------------------------------------------------------------------------

TESTS = ROOT / "tests"
#: Folders of `tests` that are about no room: the standard's conformance suite, the project, what tests share, what is run by hand, PyTorch's own tests, a plugin,
#: programs for type checkers.
NO_ROOMS = {"conformance", "project", "cases", "tools", "peer", "downstream", "typing"}


def test_the_folders_of_tests_are_rooms():
    rooms = {room_of(path).strip("_") for path in TREES}
    assert {path.parent.name for path in TESTS.glob("*/*.py")} - NO_ROOMS <= rooms
    lost = sorted(path.name for path in TESTS.glob("*.py") if path.name not in ("__init__.py", "conftest.py"))
    assert not lost, f"{lost}: put tests into the folder of their room, tables and helpers into tests/cases"


def test_tests_share_nothing_but_cases():
    for path in TESTS.glob("*/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert not re.match(r"(tests\.\w+\.|\.*)test_", "." * node.level + (node.module or "")), (
                    f"{path.relative_to(ROOT)}:{node.lineno} imports from a test; what tests share lies in tests/cases"
                )


# -- what an import costs: the modules that it brings, which a test can count, not its time ------------------------------

IMPORTED = """
import sys, numpy
before = set(sys.modules)
import polygrad
{}
print(*sorted(set(sys.modules) - before))
"""


def imported_by(statements: str) -> set[str]:
    """What `import polygrad`, and ``statements`` after it, import beyond what `import numpy` has."""
    code = IMPORTED.format(statements)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name for name in done.stdout.split() if not name.startswith("polygrad.")}


def test_importing_polygrad_imports_almost_nothing():
    assert {name.partition(".")[0] for name in imported_by("")} <= {"__future__", "importlib", "polygrad"}


def test_the_first_gradient_imports_almost_nothing():
    """Not the tests and the Fortran compiler of NumPy, which array-api-compat imports, nor pluggy and ``email`` for plugins.

    Newer versions of NumPy import ``inspect`` themselves; with older ones polygrad is the first to.
    """
    work = "x = polygrad.tensor([1.0], requires_grad=True); (x * x).sum().backward()"
    known = {"__future__", "_heapq", "atexit", "heapq", "importlib", "polygrad", "threading"}
    found = imported_by(work) - imported_by("import inspect")
    assert {name if name.startswith("importlib.") else name.partition(".")[0] for name in found} <= known


def test_no_array_library_is_imported_but_the_one_that_is_used():
    work = "x = polygrad.ones(2, requires_grad=True); (x * x).sum().backward(); polygrad.nn, polygrad.optim"
    libraries = {name for name in imported_by(work) if LIBRARIES.match(name)}
    assert not libraries


@pytest.mark.parametrize("plugin", sorted((ROOT / "backends").glob("*/src/polygrad_*")), ids=lambda path: path.name)
def test_a_plugin_does_not_import_its_library(plugin):
    code = f"import sys; sys.path.insert(0, {str(plugin.parent)!r}); import {plugin.name}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {name for name in done.stdout.split() if LIBRARIES.fullmatch(name)}
