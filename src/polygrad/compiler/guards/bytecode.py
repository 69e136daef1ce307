"""Bytecode analysis: the names that a function reads and writes, with their attributes and items.

``self.cfg.scale`` and ``cfg["beta"]`` are *chains*: a name, and constant steps from it.  A value that is reached in another
way, through a loop, a call or a computed index, has no name.  Uses of such values are collected separately, and `watcher`
applies them to everything that such a value can be.
"""

from __future__ import annotations

import dis
import functools
from collections.abc import Iterator
from types import CodeType
from typing import Any

#: Instructions within a chain that do not change it.
_ASIDE = frozenset(
    "CACHE RESUME NOP EXTENDED_ARG PUSH_NULL PRECALL MAKE_CELL COPY_FREE_VARS NOT_TAKEN KW_NAMES TO_BOOL".split()
)
_CONSTANTS = frozenset(("LOAD_CONST", "LOAD_SMALL_INT", "LOAD_CONST_IMMORTAL"))
_STEPS = frozenset(("LOAD_ATTR", "LOAD_METHOD"))
_NAMED = frozenset(("getattr", "hasattr", "setattr", "delattr"))
#: Functions that read attributes which no instruction names.
_REFLECTING = frozenset(
    "getattr hasattr setattr delattr vars dir __dict__ __getattribute__ attrgetter methodcaller asdict astuple fields replace "
    "copy deepcopy __getstate__ repr str format".split()
)


class Use:
    """The uses of a value: the steps from it, and whether it is used as a whole."""

    __slots__ = ("aliases", "is_stored", "is_whole", "line", "steps")

    is_stored: bool
    is_whole: bool
    line: int

    def __init__(self, line: int = 0) -> None:
        self.steps: dict[tuple[str, Any], Use] = {}
        self.is_whole = self.is_stored = False
        #: Local variables that are bound to it.
        self.aliases: set[str] = set()
        self.line = line

    def step(self, kind: str, key: Any, line: int) -> Use:
        """The use of the value one step from here."""
        full = (kind, (key.__class__, key)) if kind == "item" else (kind, key)
        if full not in self.steps:
            self.steps[full] = Use(line)
        return self.steps[full]


def aliases_in(use: Use) -> Iterator[str]:
    """The local variables that are bound to the value of ``use``, or to what is reached from it."""
    yield from use.aliases
    for step in use.steps.values():
        yield from aliases_in(step)


class Reads:
    """All that the code of one function, and of the functions inside of it, reads and writes."""

    globals: Use
    free: Use
    locals: Use
    imports: Use
    unknown: Use
    unknown_uses: list[Use]
    is_asked_of_results: bool

    def __init__(self, code: CodeType) -> None:
        self.code = code
        self.globals, self.free, self.locals, self.imports = Use(), Use(), Use(), Use()
        #: The uses of values that have no name.
        self.unknown = Use()
        #: Local variables that are also bound to such values.
        self.unknown_locals: set[str] = set()
        self.reflects = self.uses_super = self.asks_type = False
        self.inner: set[CodeType] = set()
        _Scan(self, code).run()
        self.unknown_uses = self._of_values_without_name()
        self.is_asked_of_results = any(use.steps for use in self.unknown_uses)

    def _of_values_without_name(self) -> list[Use]:
        """The uses of values without a name, also through local variables that are bound to one, or to a part of one."""
        found = [self.unknown]
        for use in found:
            for name in {*aliases_in(use), *(self.unknown_locals if use is self.unknown else ())}:
                self.unknown_locals.add(name)
                if (local := self.local(name)) is not None and all(local is not other for other in found):
                    found.append(local)
        return found

    def local(self, name: str) -> Use | None:
        """The use of a local variable."""
        return self.locals.steps.get(("name", name))


@functools.lru_cache(maxsize=4096)
def reads_of(code: CodeType) -> Reads:
    """`Reads` of ``code``."""
    return Reads(code)


class _Scan:
    """One pass through the instructions; ``current`` is the chain whose value is on top of the stack."""

    def __init__(self, reads: Reads, code: CodeType):
        self.reads, self.code = reads, code
        self.current: Use | None = None
        #: Chains that wait for the end of an augmented assignment, such as ``self`` in ``self.n += f()``.
        self.waiting: list[Use] = []
        self.line = code.co_firstlineno
        self.computed = 0  # calls of getattr and similar functions with a computed name
        self.last_ended: Use | None = None

    def run(self) -> None:
        reads, code = self.reads, self.code
        instructions: list[dis.Instruction] = []
        targets: set[int] = set()
        for instruction in dis.get_instructions(code):
            if instruction.is_jump_target:
                targets.add(len(instructions))  # also if the jump target is not analysed
            if instruction.opname not in _ASIDE:
                instructions.append(instruction)
        skip = 0
        for place, instruction in enumerate(instructions):
            self.line = _line(instruction) or self.line
            if skip:
                skip -= 1
                continue
            if place in targets:
                self.end()
            skip = self.one(instruction, instructions[place + 1 : place + 4])
        self.end()
        names = set(code.co_names)
        called = {name for name in names & _REFLECTING if name not in _NAMED}
        reads.reflects |= self.computed > 0 or bool(called)
        reads.reflects |= any(instruction.opname == "MATCH_CLASS" for instruction in instructions)
        reads.uses_super |= "super" in names
        reads.asks_type |= "type" in names
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                reads.inner.add(constant)
                self.inside(constant)

    def inside(self, constant: CodeType) -> None:
        """Add what an inner function reads of this one's variables, and of values without a name."""
        mine, inner = self.reads, reads_of(constant)
        mine.inner |= inner.inner
        mine.reflects |= inner.reflects
        mine.asks_type |= inner.asks_type
        for (_, name), use in inner.free.steps.items():
            _merge(self.variable(name), use)
        parameters = set(constant.co_varnames[: constant.co_argcount + constant.co_kwonlyargcount])
        for local in inner.unknown_locals | parameters:
            if (found := inner.local(local)) is not None:
                _merge(mine.unknown, found)
        _merge(mine.unknown, inner.unknown)

    def variable(self, name: str) -> Use:
        """The use of a variable of this function, or of one around it."""
        root = self.reads.free if name in self.code.co_freevars else self.reads.locals
        return root.step("name", name, self.line)

    def end(self) -> None:
        """The chain ends: its value is used for something else."""
        if self.current is not None:
            self.current.is_whole = True
        self.last_ended, self.current = self.current, None

    def begin(self, use: Use) -> None:
        self.end()
        self.current = use

    def follow(self, kind: str, key: Any) -> None:
        self.current = (self.current or self.reads.unknown).step(kind, key, self.line)

    def store(self, name: str) -> None:
        """A local variable is bound to what is on top of the stack."""
        if self.current is None:
            self.reads.unknown_locals.add(name)
        else:
            self.current.aliases.add(name)
        self.current = None

    def one(self, instruction: dis.Instruction, following: list[dis.Instruction]) -> int:
        """Process one instruction; returns how many of the ``following`` it has processed as well."""
        name, value = instruction.opname, instruction.argval
        reads, line = self.reads, self.line
        then = following[0].opname if following else ""
        if name in ("LOAD_GLOBAL", "LOAD_NAME"):
            self.begin(reads.globals.step("name", value, line))
            self.computed += value in _NAMED
        elif name in ("LOAD_DEREF", "LOAD_CLASSDEREF", "LOAD_FROM_DICT_OR_DEREF"):
            self.begin(self.variable(value))
        elif name.startswith("STORE_FAST"):
            stored = value if isinstance(value, tuple) else (value,)
            if name == "STORE_FAST_LOAD_FAST":
                self.store(stored[0])
                self.begin(self.variable(stored[1]))
            else:
                for each in stored:
                    self.store(each)
        elif name.startswith("LOAD_FAST"):
            for each in value if isinstance(value, tuple) else (value,):
                self.begin(self.variable(each))
        elif name in ("LOAD_ATTR", "LOAD_METHOD", "LOAD_SUPER_ATTR"):
            if name == "LOAD_SUPER_ATTR":
                self.end()
            self.follow("attr", value)
        elif name in _CONSTANTS:
            return self.constant(value, following)
        elif name == "COPY" and instruction.arg == 1:
            if then in ("LOAD_ATTR", "LOAD_METHOD") and self.current is not None:
                self.waiting.append(self.current)
            elif then.startswith("STORE_FAST") and self.current is not None:
                for stored_name in following[0].argval if isinstance(following[0].argval, tuple) else ():
                    reads.unknown_locals.add(stored_name)
                if isinstance(following[0].argval, str):
                    self.current.aliases.add(following[0].argval)
                    return 1
                self.end()
        elif name in ("STORE_ATTR", "DELETE_ATTR"):
            waiting = self.waiting.pop() if self.current is None and self.waiting else reads.unknown
            target = self.current or waiting
            target.step("attr", value, line).is_stored = True
            self.current = None
        elif name in ("STORE_DEREF", "DELETE_DEREF") and value in self.code.co_freevars:
            self.end()
            self.variable(value).is_stored = True
        elif name == "STORE_DEREF":
            self.store(value)
        elif name in ("STORE_GLOBAL", "DELETE_GLOBAL"):
            self.end()
            reads.globals.step("name", value, line).is_stored = True
        elif name == "IMPORT_NAME":
            self.begin(reads.imports.step("import", (value, then == "IMPORT_FROM"), line))
        elif name == "IMPORT_FROM":
            module = self.current
            self.follow("attr", value)
            if then.startswith("STORE_"):
                skipped = self.one(following[0], following[1:])
                self.current = module  # it stays on the stack
                return 1 + skipped
        else:
            self.end()
        return 0

    def constant(self, value: Any, following: list[dis.Instruction]) -> int:
        """Process a constant: a key, the name of an attribute, or another value."""
        then = following[0].opname if following else ""
        if then == "BINARY_SUBSCR" or (then == "BINARY_OP" and following[0].argrepr == "[]"):
            self.follow("item", value)
            return 1
        if then in ("STORE_SUBSCR", "DELETE_SUBSCR") and self.current is not None:
            self.current.step("item", value, self.line).is_stored = True
            self.current = None
            return 1
        if isinstance(value, str) and self.current is not None and self._asks_by_name() and _is_argument(following):
            self.computed -= 1
            self.follow("attr", value)
        self.end()
        return 0

    def _asks_by_name(self) -> bool:
        """Whether the chain that ended last is ``getattr`` or a similar function."""
        named = [self.reads.globals.steps.get(("name", name)) for name in _NAMED]
        return self.last_ended is not None and any(use is self.last_ended for use in named)


def _is_argument(following: list[dis.Instruction]) -> bool:
    """Whether a constant is an argument itself, and not a part of one: a call follows, at once or after another argument."""
    names = [instruction.opname for instruction in following[:2]]
    return names[:1] == ["CALL"] or (names[1:] == ["CALL"] and names[0].startswith("LOAD_") and names[0] not in _STEPS)


def _line(instruction: Any) -> int | None:
    """Where a line begins with this instruction, its number."""
    number = getattr(instruction, "line_number", instruction.starts_line)
    return number if isinstance(number, int) else None


def _merge(into: Use, use: Use) -> None:
    into.is_whole |= use.is_whole
    into.is_stored |= use.is_stored
    for (kind, key), step in use.steps.items():
        if (kind, key) not in into.steps:
            into.steps[kind, key] = step
        elif into.steps[kind, key] is not step:
            _merge(into.steps[kind, key], step)
