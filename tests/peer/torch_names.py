"""Make ``torch`` mean polygrad: an import hook, and placeholders for the names that polygrad does not have.

``import torch.nn.utils`` gives ``polygrad.nn.utils``, the module itself, so that types and state are one.  While a test file is
loaded, a name that is not there becomes a placeholder: false, empty, a decorator that changes nothing, a base class.  So one
absent name does not hide the tests that do without it.  When a test uses a placeholder, it raises `MissingName`.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import pkgutil
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import shim

import polygrad


class MissingName(AttributeError):
    """A placeholder was used.  ``harness`` says that the shim lacks the name, not polygrad."""

    def __init__(self, name: str, harness: bool) -> None:
        super().__init__(f"{'the shim' if harness else 'polygrad'} has no {name}")
        self.absent_name, self.harness = name, harness


#: True while a test file is loaded: placeholders are made, and do not raise.
loading = False


class _Absent:
    """The placeholder of a name."""

    def __init__(self, name: str, harness: bool) -> None:
        self.__dict__.update(__name__=name, absent_name=name, harness=harness)

    def use(self) -> None:
        if not loading:
            raise MissingName(self.absent_name, self.harness)

    def __getattr__(self, name: str) -> _Absent:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        self.use()
        return _Absent(f"{self.absent_name}.{name}", self.harness)

    def __call__(self, *arguments: Any, **_: Any) -> Any:
        self.use()
        decorated = len(arguments) == 1 and isinstance(arguments[0], (types.FunctionType, type))
        return arguments[0] if decorated else self

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        absent = self

        class Base:
            def __new__(cls, *_: Any, **__: Any) -> Any:
                raise MissingName(absent.absent_name, absent.harness)

            def __init_subclass__(cls, **_: Any) -> None:
                pass

        def missing(*_: Any, **__: Any) -> None:
            raise MissingName(absent.absent_name, absent.harness)

        Base.apply = staticmethod(missing)  # what a Function is used by
        return (Base,)

    def _itself(self, *_: Any) -> _Absent:
        self.use()
        return self

    __add__ = __radd__ = __sub__ = __or__ = __ror__ = __and__ = __getitem__ = __enter__ = _itself
    __hash__ = object.__hash__

    def __exit__(self, *_: object) -> None:
        pass

    def __bool__(self) -> bool:
        return False

    def __iter__(self) -> Iterator[Any]:
        self.use()
        return iter(())

    def __len__(self) -> int:
        return 0

    def __lt__(self, _: object) -> bool:
        self.use()
        return False

    __gt__ = __le__ = __ge__ = __eq__ = __lt__

    def __repr__(self) -> str:
        return f"<absent {self.absent_name}>"


def is_absent(value: Any) -> bool:
    """Whether ``value`` is a placeholder, or has one in it."""
    return any(is_absent(v) for v in value) if isinstance(value, (list, tuple)) else type(value) is _Absent


#: The first word of modules that the shim stands for, and of PyTorch's.
_SHIMMED = ("torch.testing._internal", "torch_npu", "url", "hypothesis", "expecttest", "psutil", "dill")


#: Private modules of PyTorch that tests use as tools; the shim has some of their names.
_TOOLS = ("torch.utils._pytree", "functorch._C")


def is_shimmed(name: str) -> bool:
    return any(name == prefix or name.startswith(prefix + ".") for prefix in _SHIMMED)


def _absent_module(name: str, harness: bool) -> types.ModuleType:
    """A module whose names are the shim's, or placeholders."""

    def look_up(attribute: str) -> Any:
        if (harness or name in _TOOLS) and hasattr(shim, attribute):
            return getattr(shim, attribute)
        if attribute.startswith("__") and attribute.endswith("__"):
            raise AttributeError(attribute)
        if not loading:
            raise MissingName(f"{name}.{attribute}", harness)
        return _Absent(f"{name}.{attribute}", harness)

    module = types.ModuleType(name)
    module.__path__ = []
    module.__getattr__ = look_up
    return module


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds ``torch.a.b`` in ``polygrad.a.b`` and functorch in ``polygrad.func``; modules that are not there are placeholders while a file is loaded."""

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        if is_shimmed(fullname) or fullname.partition(".")[0] in ("torch", "functorch"):
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        if is_shimmed(spec.name):
            return _absent_module(spec.name, True)
        own = spec.name.replace("functorch", "polygrad.func").replace("torch", "polygrad", 1)
        try:
            module = importlib.import_module(own)
        except ImportError:
            if not loading:
                raise ModuleNotFoundError(f"No module named {spec.name!r}", name=spec.name) from None
            return _absent_module(spec.name, False)
        self.spec = module.__spec__
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        if module.__name__.partition(".")[0] == "polygrad":
            module.__spec__ = self.spec  # the import system has just overwritten it


@contextmanager
def placeholders() -> Iterator[None]:
    """Where a file is loaded: absent names of polygrad's modules are placeholders."""
    global loading
    before = {}

    def look_up_in(module: types.ModuleType, original: Any) -> Any:
        def look_up(name: str) -> Any:
            if name.startswith("__") and name.endswith("__"):
                raise AttributeError(name)
            try:
                if original is None:
                    return importlib.import_module(f"{module.__name__}.{name}")
                return original(name)
            except (AttributeError, ImportError):
                return _Absent(f"{module.__name__}.{name}", False)

        return look_up

    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "polygrad":
            before[module] = vars(module).get("__getattr__")
            module.__getattr__ = look_up_in(module, before[module])
    loading = True
    try:
        yield
    finally:
        loading = False
        for module, original in before.items():
            if original is None:
                del module.__getattr__
            else:
                module.__getattr__ = original


def absent(name: str) -> Any:
    """The placeholder of a name that an import did not find."""
    return _Absent(name, is_shimmed(name))


def install() -> None:
    """Make ``import torch`` give polygrad: its modules are known by PyTorch's paths, too."""
    for found in pkgutil.walk_packages(polygrad.__path__, "polygrad."):
        if "__main__" not in found.name and not found.name.startswith("polygrad.interop."):  # these need more
            importlib.import_module(found.name)  # a file may name any of them
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "polygrad":
            sys.modules["torch" + name.removeprefix("polygrad")] = module
    sys.meta_path.insert(0, _Finder())
    polygrad.Tensor._viewed = property(shim.viewed)
    for module in (polygrad.testing, importlib.import_module("polygrad._C")):
        for name in shim.PROVIDED:
            if not hasattr(module, name):
                setattr(module, name, getattr(shim, name))
