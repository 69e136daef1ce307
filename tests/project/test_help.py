"""Help: every public name says what it is for, what it takes, and shows an example, which runs and prints what it says.

A docstring has one line of purpose; where they apply, sections ``Args:`` (every argument, with shapes and units), ``Returns:``
and ``Raises:``; and at the end an example, written as a session of the interpreter::

    Example::

        >>> F.linear(polygrad.ones(5, 3), polygrad.ones(2, 3)).shape
        polygrad.Size([5, 2])

Examples start from the names in `NAMES`, in a process where nothing is seeded.  ``python tests/project/test_help.py`` counts what is
missing, module by module, and ``python tests/project/test_help.py MODULE`` names it.
"""

from __future__ import annotations

import doctest
import importlib
import inspect
import io
import re
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy
import pytest

import polygrad

#: All modules with public names, and Tensor, in whose help nothing is missing.
MODULES = """
    polygrad polygrad.Tensor polygrad.array_api polygrad.array_api.fft polygrad.array_api.linalg
    polygrad.array_api.special
    polygrad.autograd polygrad.autograd.functional polygrad.backends polygrad.compiler polygrad.cuda
    polygrad.distributions polygrad.distributions.constraints polygrad.fft
    polygrad.func polygrad.linalg
    polygrad.nn polygrad.nn.functional polygrad.nn.init polygrad.nn.utils polygrad.nn.utils.rnn
    polygrad.optim polygrad.optim.lr_scheduler polygrad.optim.rules polygrad.random polygrad.serialization
    polygrad.signal polygrad.signal.windows polygrad.sparse polygrad.special
    polygrad.testing polygrad.types polygrad.utils polygrad.utils.checkpoint polygrad.utils.data polygrad.utils.dlpack
    polygrad.viz
""".split()
#: What an example may use without importing it.
NAMES = {
    "polygrad": polygrad,
    "nn": polygrad.nn,
    "F": polygrad.nn.functional,
    "optim": polygrad.optim,
    "np": numpy,
    "xp": polygrad.array_api,
}


def is_described(value: Any) -> bool:
    """Whether help is expected of a public name: of functions, classes and properties, and not of values."""
    if isinstance(value, (ModuleType, polygrad.DType, polygrad.Generator)) or type(value).__module__.startswith(
        "pluggy"
    ):
        return False
    return callable(value) or isinstance(value, property)


def public(path: str) -> dict[str, Any]:
    """The public names of a module, or of the class Tensor, and what they are."""
    owner: Any = polygrad.Tensor if path == "polygrad.Tensor" else importlib.import_module(path)
    names = getattr(owner, "__all__", None) or dir(owner)
    found = {name: getattr(owner, name) for name in names if not name.startswith("_") and name != "annotations"}
    return {name: value for name, value in found.items() if is_described(value)}


def members(cls: type) -> dict[str, Any]:
    """The public methods and properties that a class of polygrad defines, or takes from a private base."""
    bases = [b for b in cls.__mro__ if b is cls or (b.__name__[0] == "_" and b.__module__.startswith("polygrad"))]
    found = {name: value for base in reversed(bases) for name, value in vars(base).items() if not name.startswith("_")}
    unwrapped = {name: getattr(value, "__func__", value) for name, value in found.items()}
    return {n: v for n, v in unwrapped.items() if inspect.isfunction(v) or isinstance(v, property)}


def parameters(value: Any) -> list[str]:
    """The names of the arguments that a caller of ``value`` gives."""
    if isinstance(value, property):
        return []
    if isinstance(value, type):
        own = [base for base in value.__mro__ if {"__init__", "__new__"} & set(vars(base)) and base is not object]
        if not own or own[0].__module__ == "builtins" or (own[0] is polygrad.nn.Module and value is not own[0]):
            return []
        value = vars(own[0]).get("__init__") or vars(own[0])["__new__"]
        given = list(inspect.signature(getattr(value, "__func__", value)).parameters)[1:]
    else:
        try:
            given = list(inspect.signature(value).parameters)
        except (TypeError, ValueError):
            return []
    return [name for name in given if not name.startswith("_")]


def documented(doc: str) -> set[str]:
    """The arguments in the section Args of a docstring."""
    section = re.search(r"^Args:\n((?: +.*\n|\n)*)", f"{inspect.cleandoc(doc)}\n", re.MULTILINE)
    lines = section[1].splitlines() if section else []
    named = [match[1] for line in lines if (match := re.match(r" {4}([\w*`, ]+): ", line))]
    return {name.strip(" `*") for names in named for name in names.split(",")}


def missing(path: str, name: str, value: Any) -> list[str]:
    """What the help of a public name lacks."""
    doc = inspect.getdoc(value) if not isinstance(value, type) else value.__dict__.get("__doc__")
    if not doc:
        return ["a docstring"]
    is_method = path == "polygrad.Tensor"
    found = [f"the argument {one}" for one in parameters(value)[is_method:] if one not in {*documented(doc), "out"}]
    is_value = isinstance(value, property) or (isinstance(value, type) and issubclass(value, BaseException))
    if ">>> " not in doc and not is_value:
        found.append("an example")
    if isinstance(value, type) and not issubclass(value, polygrad.Tensor):
        found += [f"a docstring of {one}" for one, member in members(value).items() if not inspect.getdoc(member)]
    return found


def all_missing(path: str) -> dict[str, list[str]]:
    """Name → what its help lacks, for all public names of a module."""
    found = {name: missing(path, name, value) for name, value in public(path).items()}
    return {name: lacks for name, lacks in found.items() if lacks}


def test_every_public_module_is_listed():
    found = ["polygrad"]
    for path in found:
        module = importlib.import_module(path)
        names = getattr(module, "__all__", None) or dir(module)
        names = [name for name in names if name.isidentifier() and not name.startswith("_")]  # pytest adds others
        inner = [f"{path}.{name}" for name in names if isinstance(getattr(module, name), ModuleType)]
        found += [name for name in inner if name not in found]
    assert set(found) <= set(MODULES)


@pytest.mark.parametrize("path", MODULES)
def test_help_is_complete(path):
    assert all_missing(path) == {}


def docstrings(path: str) -> Iterator[tuple[str, str]]:
    """The docstrings of a module's public names, and of the methods of its classes."""
    for name, value in public(path).items():
        yield f"{path}.{name}", inspect.getdoc(value) or ""
        if isinstance(value, type) and value is not polygrad.Tensor:
            for one, member in members(value).items():
                yield f"{path}.{name}.{one}", inspect.getdoc(member) or ""


def difference(name: str, doc: str) -> str:
    """What the examples of a docstring print, where it is not what they say."""
    examples = doctest.DocTestParser().get_examples(doc, name)
    test = doctest.DocTest(examples, dict(NAMES), name, None, None, doc)
    said = io.StringIO()
    doctest.DocTestRunner(verbose=False).run(test, out=said.write)
    return said.getvalue()


@pytest.fixture
def untouched(tmp_path, monkeypatch):
    """An empty working directory, and the settings of a new process, which stay for the tests after."""
    monkeypatch.chdir(tmp_path)
    default = polygrad.get_default_dtype()
    with polygrad.use_backend("numpy"), polygrad.enable_grad():
        yield
    polygrad.set_default_dtype(default)
    polygrad.set_printoptions(profile="default")


@pytest.mark.parametrize("path", MODULES)
def test_every_example_runs_and_prints_what_it_says(path, untouched):
    differences = [difference(name, doc) for name, doc in docstrings(path) if ">>> " in doc]
    assert not any(differences), "".join(differences)


def test_an_example_that_prints_something_else_is_found():
    assert difference("one", "Example::\n\n    >>> polygrad.ones(2).sum()\n    tensor(2.)\n") == ""
    assert "Got:\n    tensor(2.)" in difference("one", "Example::\n\n    >>> polygrad.ones(2).sum()\n    tensor(3.)\n")


def test_an_argument_without_a_description_is_found():
    def scale(x, by, *, out=None):
        """Scale.

        Args:
            x: a tensor,
                which has: a continuation.
            out: where the result goes.
        """

    assert missing("polygrad", "scale", scale) == ["the argument by", "an example"]


if __name__ == "__main__":
    if sys.argv[1:]:
        for one in sys.argv[1:]:
            for name, lacks in all_missing(one).items():
                print(f"{one}.{name}: {', '.join(lacks)}")
    else:
        print(f"{'module':32}{'names':>6}{'no docstring':>14}{'argument missing':>18}{'no example':>12}")
        for one in MODULES:
            lacks = [item for found in all_missing(one).values() for item in [found]]
            counts = [sum(any(i.startswith(what) for i in item) for item in lacks)
                      for what in ("a docstring", "the argument", "an example")]  # fmt: skip
            print(f"{one:32}{len(public(one)):6}{counts[0]:14}{counts[1]:18}{counts[2]:12}")
