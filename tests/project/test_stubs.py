"""The stubs are current, have every public name, and say the parameters that functions have at run time."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import polygrad
import polygrad.fft
import polygrad.linalg
import polygrad.nn.functional
import polygrad.random
import polygrad.special

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "tools"
PACKAGE = Path(polygrad.__file__).resolve().parent

if not TOOLS.is_dir():
    pytest.skip("the script that writes the stubs is not here", allow_module_level=True)

#: Stub → the object whose attributes it describes.
DESCRIBED: dict[str, Any] = {
    "__init__.pyi": polygrad,
    "_core/tensor_methods.pyi": polygrad.Tensor,
    "fft/__init__.pyi": polygrad.fft,
    "linalg/__init__.pyi": polygrad.linalg,
    "nn/functional.pyi": polygrad.nn.functional,
    "random.pyi": polygrad.random,
    "special/__init__.pyi": polygrad.special,
}


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    """What the script would write."""
    spec = importlib.util.spec_from_file_location("polygrad_stubs", TOOLS / "stubs.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    sys.path.insert(0, str(TOOLS))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(TOOLS))
    return module.stubs()


@pytest.mark.parametrize("file", DESCRIBED)
def test_a_stub_is_current(written, file):
    path = PACKAGE / file
    assert path.is_file(), f"{file} is missing; run  python tools/stubs.py"
    assert path.read_text(encoding="utf-8") == written[file], f"{file} is not current; run  python tools/stubs.py"


def test_every_stub_is_written_by_the_script(written):
    found = {path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.pyi")}
    assert found == set(written) == set(DESCRIBED)


def body(file: str) -> list[ast.stmt]:
    tree = ast.parse((PACKAGE / file).read_text(encoding="utf-8"))
    return next((node.body for node in tree.body if isinstance(node, ast.ClassDef)), tree.body)


def functions(file: str) -> Iterator[tuple[ast.FunctionDef, set[str]]]:
    """The functions of a stub, and the names of their decorators."""
    for node in body(file):
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("__"):
            decorators = {ast.unparse(one).rpartition(".")[2] for one in node.decorator_list}
            if not decorators & {"property", "setter"}:
                yield node, decorators


def parameters(node: ast.FunctionDef) -> list[tuple[str, Any, bool]]:
    """Name, kind and whether there is a default, for each parameter."""
    kinds, given = inspect._ParameterKind, node.args
    positional = [*given.posonlyargs, *given.args]
    without = len(positional) - len(given.defaults)
    found: list[tuple[str, Any, bool]] = []
    for place, one in enumerate(positional):
        kind = kinds.POSITIONAL_ONLY if place < len(given.posonlyargs) else kinds.POSITIONAL_OR_KEYWORD
        found.append((one.arg, kind, place >= without))
    if given.vararg is not None:
        found.append((given.vararg.arg, kinds.VAR_POSITIONAL, False))
    for one, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        found.append((one.arg, kinds.KEYWORD_ONLY, default is not None))
    if given.kwarg is not None:
        found.append((given.kwarg.arg, kinds.VAR_KEYWORD, False))
    return found


@pytest.mark.parametrize("file", DESCRIBED)
def test_parameters_are_those_at_run_time(file):
    kinds = inspect._ParameterKind
    for node, decorators in functions(file):
        running = list(inspect.signature(getattr(DESCRIBED[file], node.name)).parameters.values())
        said = parameters(node)
        if file.startswith("_core"):  # the tensor itself has another name
            running, said = running[1:], said[1:]
        names, taken = {p.name for p in running}, {p.kind for p in running}
        if "overload" in decorators:
            unknown = {
                name for name, kind, _ in said if kind is kinds.KEYWORD_ONLY or kind is kinds.VAR_KEYWORD
            } - names
            assert not unknown or kinds.VAR_KEYWORD in taken, f"{file}: {node.name} has no parameter {unknown}"
        elif not {kinds.VAR_POSITIONAL, kinds.VAR_KEYWORD} <= taken:  # else the stub says what is passed on
            expected = [(p.name, p.kind, p.default is not p.empty) for p in running]
            assert said == expected, f"{file}: {node.name}"


def names_in(file: str) -> set[str]:
    """The names that a stub gives its users."""
    found: set[str] = set()
    for node in body(file):
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.AnnAssign):
            found.add(ast.unparse(node.target))
        elif isinstance(node, ast.Assign):
            found |= {ast.unparse(target) for target in node.targets}
        elif isinstance(node, ast.ImportFrom):
            found |= {one.name for one in node.names if one.asname == one.name}
    return {name for name in found if not name.startswith("_")}


@pytest.mark.parametrize("file", DESCRIBED)
def test_every_public_name_is_in_its_stub(file):
    described = DESCRIBED[file]
    names = set(getattr(described, "__all__", None) or dir(described)) - {"annotations"}
    public = {name for name in names if not name.startswith("_")}
    if isinstance(described, type):  # what its class statement defines is not in the stub
        assert names_in(file) <= public
        assert {"sum", "exp", "add_", "T", "to", "new_zeros", "float"} <= names_in(file)
    else:
        assert names_in(file) == public


def test_a_type_checker_sees_every_attribute_of_a_tensor():
    source = (PACKAGE / "_core" / "tensor.py").read_text(encoding="utf-8")
    statement = next(n for n in ast.parse(source).body if isinstance(n, ast.ClassDef) and n.name == "Tensor")
    written = {node.name for node in statement.body if isinstance(node, ast.FunctionDef)}
    public = {name for name in dir(polygrad.Tensor) if not name.startswith("_")}
    assert public <= written | names_in("_core/tensor_methods.pyi")
