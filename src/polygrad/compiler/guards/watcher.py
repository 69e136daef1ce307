"""Watches a trace: what its Python code reads and changes, in all files except libraries.

A profile function sees every Python function that is entered.  The bytecode tells which chains of names it reads (see
`bytecode`).  Each of these places is resolved at once and recorded (see `sources`).  A program is valid while the places are
unchanged, and is not kept if the function itself has changed one of them.
"""

from __future__ import annotations

import functools
import gc
import os
import sys
import types
from collections.abc import Callable
from typing import Any

from ..._core.tensor import Tensor
from ...backends.registry import BY_TYPE
from ..codegen import FunctionBuilder
from .bytecode import Reads, Use, reads_of
from .checks import GuardWriter, ValueGuard
from .introspection import (
    LIBRARIES,
    code_of,
    described_generator,
    know_functions,
    look_up,
    package_of,
    set_state,
    state_of,
)
from .pool import Pool
from .resolution import Explorer
from .sources import MISSING, is_simple, look
from .symbolic import SymbolicNumber

_STDLIB = os.path.dirname(os.__file__)
_NO_CODE = compile("", "", "exec")
#: The packages whose code is not analysed.
_ENGINE, _STANDARD, _ARRAYS = "the library's", "the standard library's", "an array library's"
#: Code that an import runs.
_IMPORTED = "an import's"


class Watch:
    """What one trace of ``function`` reads and changes in Python.  ``given`` are its arguments, which the cache key covers.

    ``is_new(tensor)`` says whether a tensor was made while tracing, ``guard`` is that of the recorder (see `_state`).
    """

    asks_type: bool

    def __init__(
        self, function: Any, given: Any, backend: Any, is_new: Callable[[Any], bool], guard: Callable[..., Any]
    ):
        self._explorer = Explorer(given, is_new, guard)
        kinds: set[type] = {type(each) for each in (backend, *BY_TYPE.values())}
        for kind in kinds:
            LIBRARIES.update(_packages_behind(kind))
        LIBRARIES.update(map(package_of, BY_TYPE))
        #: By the number of identity of code, since its hash takes long: what it reads, or whose it is that is not looked at.
        self._codes: dict[int, Reads | str] = {}
        #: Code of functions that the watched ones make.
        self._inner: set[types.CodeType] = set()
        self._entered: set[tuple[Any, ...]] = set()
        self._pools: dict[int, Pool] = {}
        self._alive: list[types.CodeType] = []
        #: Imports of modules that were not there yet.
        self._late: list[tuple[str, str, bool, Use, Pool]] = []
        #: Whether what runs may ask for the ``type`` of a value, which `SymbolicNumber` cannot hide.
        self.asks_type = False
        know_functions(function, self._explorer.functions)
        if isinstance(function, functools.partial):  # what it binds is read by no code
            self._explorer.whole(self._explorer.root(function, "the partial function"), Pool(reads_of(_NO_CODE)))

    def __enter__(self) -> Watch:
        self._before = sys.getprofile()
        sys.setprofile(self._profile(self._before if callable(self._before) else None))
        return self

    def __exit__(self, *_: Any) -> None:
        sys.setprofile(None)
        if self._before is not None:
            enable = getattr(self._before, "enable", None)
            sys.setprofile(self._before) if enable is None else enable()

    # -- what runs -------------------------------------------------------------------------------------------------------

    def _profile(self, before: Callable[..., Any] | None) -> Callable[[Any, str, Any], None]:
        """The profile function, which is called some hundred times for each operation; ``before`` is called as well."""
        codes, pools, classify, enter, returned = self._codes, self._pools, self._classify, self._enter, self._returned

        module: Any = None  # the frame of what an import runs: a module, or a finder.  It does not run again

        def seen(frame: Any, event: str, value: Any) -> None:
            nonlocal module
            if event == "call":
                if module is None:
                    reads = codes.get(id(frame.f_code)) or classify(frame)
                    if reads.__class__ is Reads:
                        enter(frame, reads)
                    elif reads is _IMPORTED:
                        module = frame
            elif event == "return":
                if module is not None:
                    if frame is module:
                        module = None
                elif value is not None or frame.f_code.co_name == "__init__":
                    caller = frame.f_back
                    pool = None if caller is None else pools.get(id(caller.f_code))
                    if pool is not None and pool.is_asked_of_results:
                        if value is None and frame.f_code.co_argcount:  # a class was called: the result is the instance
                            value = frame.f_locals.get(frame.f_code.co_varnames[0])
                        if not is_simple(value):
                            returned(caller.f_code, pool, value)

        def both(frame: Any, event: str, value: Any) -> None:
            seen(frame, event, value)
            before(frame, event, value)  # type: ignore[misc]  # called only where there is one

        return seen if before is None else both

    def _classify(self, frame: Any) -> Reads | str:
        if _is_importing(frame):  # in this call; others may call the same code, as a module's ``__getattr__``
            return _IMPORTED
        code, name = frame.f_code, str(frame.f_globals.get("__name__"))
        file, package = code.co_filename, name.partition(".")[0]
        found: Reads | str
        if package == "polygrad" or file.startswith(("<dispatcher of ", "<polygrad ")):
            found = _ENGINE
        elif package in LIBRARIES:
            found = _ARRAYS
        elif _is_standard(file) or name.startswith("namedtuple_") or code.co_name == "<module>":
            found = _STANDARD
        else:
            found = reads_of(code)
            if "site-packages" in file or "dist-packages" in file:
                caller = frame.f_back
                while caller is not None and self._codes.get(id(caller.f_code)) is _STANDARD:
                    caller = caller.f_back
                if caller is not None and self._codes.get(id(caller.f_code)) is _ARRAYS:
                    found = _ARRAYS  # what an array library calls belongs to it
        self._codes[id(code)] = found
        self._alive.append(code)
        return found

    def _enter(self, frame: Any, reads: Reads) -> None:
        """Resolve what the entered function will read."""
        explorer, code = self._explorer, frame.f_code
        named = frame.f_locals if reads.locals.steps or code.co_argcount else {}
        values = [(name, named.get(name)) for _, name in reads.locals.steps]
        values = [(name, value) for name, value in values if value is not None and not is_simple(value)]
        owner = named.get(code.co_varnames[0]) if code.co_argcount else None
        functions = explorer.functions.get(code, ())
        key = (code, type(owner), len(functions), *[id(value) for _, value in values if not isinstance(value, Tensor)])
        if key in self._entered:
            return
        self._entered.add(key)
        explorer.where = reads
        self._inner |= reads.inner
        self.asks_type |= reads.asks_type
        pool = self._pools.get(id(code))
        if pool is None:
            pool = self._pools[id(code)] = Pool(reads)
        scope = explorer.root(frame.f_globals, "")
        for (_, name), use in reads.globals.steps.items():
            value = frame.f_globals.get(name, MISSING)  # a builtin's name may get a global meaning
            explorer.follow(explorer.step(scope, "item", name, value, use, name), use, pool)
        for (_, (name, is_from)), use in reads.imports.steps.items():
            package = frame.f_globals.get("__package__") or ""
            if not self._import(package, name, is_from, use, pool):
                self._late.append((package, name, is_from, use, pool))
        if not functions and code.co_freevars and code not in self._inner:
            functions = [f for f in gc.get_referrers(code) if isinstance(f, types.FunctionType)]
        for function in functions:
            self._function(function, reads, pool)
        for name, value in values:
            explorer.follow(explorer.known_or_root(value, name), reads.local(name), pool)
        if owner is not None:
            self._method(owner, code)
            if reads.uses_super and (place := explorer.known_or_root(owner, code.co_varnames[0])) is not None:
                pool.add(place)
        if "globals" in code.co_names:
            pool.add(explorer.root(frame.f_globals, ""))
        explorer.apply_unknown(pool)

    def _function(self, function: types.FunctionType, reads: Reads, pool: Pool) -> None:
        """Record the running function: its code, its defaults, and its closure."""
        explorer, name, code = self._explorer, function.__name__, function.__code__
        root = explorer.known_or_root(function, name)
        if root is None:
            return
        line = Use(code.co_firstlineno)
        explorer.step(root, "attr", "__code__", code, line, f"the code of {name}").is_compared = True
        for attribute in ("__defaults__", "__kwdefaults__"):
            if (value := getattr(function, attribute)) is not None:
                explorer.whole(explorer.step(root, "attr", attribute, value, line, f"the defaults of {name}"), pool)
        for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True):
            use = reads.free.steps.get(("name", name))
            if use is not None:
                place = explorer.step(explorer.root(cell, name), "cell", None, look(cell, "cell", None), use, name)
                explorer.follow(place, use, pool)

    def _import(self, package: str, name: str, is_from: bool, use: Use, pool: Pool) -> bool:
        """Resolve what is read of an imported module; returns whether it exists already."""
        found = False
        for full in (name, f"{package}.{name}".strip(".")):
            module = sys.modules.get(full if is_from else full.partition(".")[0])
            if module is not None:
                found = True
                self._explorer.follow(self._explorer.known_or_root(module, full), use, pool)
        return found

    def _method(self, owner: Any, code: types.CodeType) -> None:
        """Guard that the class of the first argument keeps the running method."""
        kind = owner if isinstance(owner, type) else type(owner)
        for base in kind.__mro__:
            names = [code.co_name] if code_of(base.__dict__.get(code.co_name)) is code else list(base.__dict__)
            for name in names:
                if code_of(raw := base.__dict__[name]) is code:
                    self._explorer.class_attribute(base, name, raw)
                    if base is not kind and look_up(kind, name) is raw:
                        self._explorer.class_attribute(kind, name, raw)

    def _returned(self, code: types.CodeType, pool: Pool, value: Any) -> None:
        """Record the result of a function whose caller reads parts of results."""
        if isinstance(value, types.GeneratorType):
            return
        place = self._explorer.known_or_root(value, type(value).__name__)
        if place is not None:
            self._explorer.where = self._codes[id(code)]  # type: ignore[assignment]  # of code that is watched there are reads
            self._explorer.whole(place, pool)
            pool.add(place)
            self._explorer.apply_unknown(pool)

    # -- afterwards ------------------------------------------------------------------------------------------------------

    def finish(self, young: Callable[[], list[Any]]) -> None:
        """Forget what was made while tracing."""
        for late in self._late:
            self._import(*late)
        self._late.clear()
        self._pools.clear()
        self._explorer.finish(young)

    def take_numbers(self) -> None:
        """Replace symbolic numbers by plain ones, after their trace."""
        for place in self._explorer.places:
            if type(place.value) is SymbolicNumber:
                place.value = place.value.value

    def changes(self) -> dict[str, str]:
        """What the function has changed: descriptions of places, and the lines that name them."""
        found = {
            place.description: place.line for place in self._explorer.places if place.is_spent or place.is_changed()
        }
        for generator, state in self._explorer.states:
            if state_of(generator) != state:
                found[f"the state of {described_generator(generator)}"] = ""
        return found

    @property
    def unwatched(self) -> dict[str, str]:
        """What is read but too large to compare in every call: the places, and their values."""
        return self._explorer.unwatched

    def restore(self) -> None:
        """Restore what the function has changed."""
        for place in reversed(self._explorer.places):
            if place.is_changed():
                place.restore()
        for generator, state in self._explorer.states:
            set_state(generator, state)

    def write(self, source: FunctionBuilder) -> list[ValueGuard]:
        """Write the lines of a call that check all places."""
        return GuardWriter(source).write(self._explorer.lasting)

    def forget(self) -> None:
        """Drop all values."""
        self._explorer.places.clear()
        self._explorer.lasting.clear()
        self._explorer.states.clear()


def _is_standard(file: str) -> bool:
    return file.startswith(("<frozen ", _STDLIB)) and "site-packages" not in file


@functools.cache
def _packages_behind(kind: type) -> frozenset[str]:
    """The package of a backend class, and those that its module imports: the array library."""
    package = package_of(kind)
    modules = [vars(module) for name, module in list(sys.modules.items()) if name.partition(".")[0] == package]
    if package == "polygrad":
        return frozenset(("numpy",))
    imported = [value.__name__ for names in modules for value in names.values() if isinstance(value, types.ModuleType)]
    packages = {name.partition(".")[0] for name in imported}
    return frozenset((package, *packages))


def _is_importing(frame: Any) -> bool:
    """Whether Python's import system is the caller."""
    return frame.f_back is not None and frame.f_back.f_code.co_filename.startswith("<frozen importlib")
