"""Declaring a primitive: its forward over ``xp``, and a gradient rule for each of its operands.

    @primitive(broadcasts=True, promotes=True)          # operands before "/", static settings after
    def multiply(xp, x, y, /):
        return xp.multiply(x, y)

    multiply.defvjp(
        x=lambda xp, g, y: g * y,                       # a rule's parameter names are what is saved for it
        y=lambda xp, g, x: g * x,
    )

A rule may name operands, settings, ``ans`` (the result), ``x_shape`` and ``x_dtype`` of an operand ``x``, and ``needs``
(which operands' gradients are wanted, for joint rules).  Nothing that no rule names is kept alive.  Rules are Array API
code over ``xp``: run on a backend's namespace they compute on raw arrays, run on `OPERATIONS` they are recorded, which
gives every higher order.  They follow the bilinear convention: no ``conj``; the engine conjugates at its boundary.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..backends.namespace import ACCUMULATING, GENERIC, STANDARD, half_types
from ..backends.registry import BY_TYPE
from .hooks import HOOKS
from .lending import LENT, lent_kernel

#: Every primitive, by name.
PRIMITIVES: dict[str, Primitive] = {}


class _ByType(dict):
    """Array type → what ``bind(backend)`` makes for it; bound once per type, then one dictionary lookup."""

    __slots__ = ("bind",)

    def __init__(self, bind: Callable[[Any], Any]):
        self.bind = bind

    def __missing__(self, array_type: type) -> Any:
        bound = self[array_type] = self.bind(array_type)
        return bound


class AnyType:
    """A plan's rules by array type, where one rule serves all of them."""

    __slots__ = ("rule",)

    def __init__(self, rule: Callable):
        self.rule = rule

    def __getitem__(self, array_type: type) -> Callable:
        return self.rule


class Primitive:
    """An operation that the engine can differentiate.

    ``operands`` and ``settings`` are the parameter names before and after the ``/`` of its forward.  Calling it runs the
    generated dispatcher, which is also its ``op``.
    """

    def __init__(
        self,
        forward: Callable,
        name: str,
        *,
        broadcasts: bool,
        promotes: bool | str | tuple[str, ...],
        outputs: int,
        variadic: bool,
        linear: tuple[str, ...],
        view: Callable | None,
        differentiable: bool,
        standard: bool,
        accumulates: bool = False,
        alike: bool = False,
    ):
        code = forward.__code__
        count = code.co_posonlyargcount - 1
        names = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]
        self.name, self.forward = name, forward
        self.operands, self.settings = names[:count], names[count:]
        self.keyword_only = frozenset(code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount])
        positional = code.co_varnames[1 : code.co_argcount]
        values = forward.__defaults__ or ()
        self.defaults = dict(zip(positional[len(positional) - len(values) :], values, strict=True))
        self.defaults.update(forward.__kwdefaults__ or {})
        self.broadcasts, self.outputs, self.variadic, self.linear = broadcasts, outputs, variadic, linear
        self.promotes: tuple[str, ...] = promotes if isinstance(promotes, tuple) else self.operands if promotes else ()
        #: Whether integer operands become floating: "float" in ``promotes``.
        self.floats = promotes == "float"
        self.view, self.differentiable, self.is_standard = view, differentiable, standard
        self.rules: dict[str, Callable] = {}
        self.joint: Callable | None = None
        self.derivative: Callable | None = None
        #: Forward-mode rules by operand, where one is declared.
        self.jvp_rules: dict[str, Callable] = {}
        #: What is wrong with raw operands that the array library refused: ``(*operands) -> message or None``.
        self.shape_error: Callable[..., str | None] | None = None
        #: Raises for integers of which the array library would compute something without a word: ``(primitive, *arrays)``.
        self.check: Callable[..., None] | None = None
        #: What stands for it where the operands are integers or booleans, of which the standard says less than PyTorch.
        self.of_integers: Primitive | None = None
        self.accumulates, self.alike = accumulates, alike
        #: Array type → the library's types of half precision that this operation wants in single precision.
        self.halves = _ByType(lambda array_type: half_types(BY_TYPE[array_type], name))
        self.kernels = _ByType(self._kernel)
        self.plans: dict[tuple[bool, ...], Plan] = {}
        self.__doc__ = forward.__doc__
        self.__name__ = self.__qualname__ = name
        self.__module__ = forward.__module__
        #: Where pickles find the dispatcher: the module, and the name in it.
        self.home = forward.__module__, f"{forward.__qualname__}.op"

    def _kernel(self, array_type: type) -> Callable:
        return lent_kernel(self, array_type) if array_type in LENT else BY_TYPE[array_type].kernel(self)

    def defvjp(self, joint: Callable | None = None, /, **rules: Callable) -> Primitive:
        """Declare the gradient rules: one per operand, or one ``joint`` rule that returns a tuple for all of them.

        A joint rule's tuple has one entry per operand; None where ``needs`` says that it is not wanted.
        Raises ValueError for a name that is neither an operand nor something that a rule can be given.
        """
        known = self._known()
        for operand, rule in (rules if joint is None else {"joint": joint, **rules}).items():
            self._check(operand, rule, known)
        self.joint = joint
        self.rules.update(rules)
        return self

    def _known(self) -> set[str]:
        """What a rule may ask for."""
        known = {"ans", "needs", *self.operands, *self.settings}
        return known | {f"{operand}_{suffix}" for operand in self.operands for suffix in ("shape", "dtype")}

    def _check(self, operand: str, rule: Callable, known: set[str]) -> None:
        if operand != "joint" and operand not in self.operands:
            raise ValueError(f"{self.name} has no operand {operand!r}; it has {', '.join(self.operands)}")
        for parameter in parameters(rule):
            if parameter not in known:
                raise ValueError(
                    f"the gradient rule of {self.name} for {operand} asks for {parameter!r}; "
                    f"it can have {', '.join(sorted(known))}"
                )

    def defjvp(self, **rules: Callable) -> Primitive:
        """Declare forward-mode rules, by operand: ``(xp, t, …)`` gives the tangent of the result from the operand's, ``t``.

        They are for speed only: without one it follows from ``linear``, from a derivative, or from the gradient rule, which
        is linear and so can be transposed.  Raises ValueError as `defvjp`.
        """
        known = self._known()
        for operand, rule in rules.items():
            self._check(operand, rule, known)
        self.jvp_rules.update(rules)
        return self

    @property
    def has_rules(self) -> bool:
        """Whether any gradient is declared."""
        return self.joint is not None or bool(self.rules)

    def plan(self, mask: tuple[bool, ...]) -> Plan:
        """The plan for the operands that need a gradient.  Raises RuntimeError where one of them has no rule."""
        plan = self.plans.get(mask)
        if plan is None:
            plan = self.plans[mask] = Plan(self, mask)
        return plan

    #: Makes the dispatcher of a primitive.  `dispatch` puts itself here: it knows Tensors, which know primitives.
    generate: Callable[..., Callable]

    @cached_property
    def op(self) -> Callable:
        """The generated dispatcher: takes Tensors, returns Tensors."""
        return Primitive.generate(self)

    @cached_property
    def operator(self) -> Callable:
        """`op` for one of Python's operators: it returns NotImplemented for operands of unknown types."""
        return Primitive.generate(self, operator=True)

    def __reduce__(self) -> Any:
        return _primitive_of, (self.__module__, self.name)

    def __call__(self, *args, **kwargs):
        return self.op(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<primitive {self.name}({', '.join(self.operands)}; {', '.join(self.settings)})>"


def _primitive_of(module: str, name: str) -> Primitive:
    """A primitive that was pickled: importing the module that declares it declares it."""
    importlib.import_module(module if module != __name__ else f"{__package__.rpartition('.')[0]}._ops")
    return PRIMITIVES[name]


class Plan:
    """How one primitive goes backward for one choice of operands: what it saves, and the rule over the saved values."""

    __slots__ = ("_rules", "_slots", "arrays", "backward", "broadcasts", "frees", "mask", "primitive", "residuals")

    def __init__(self, primitive: Primitive, mask: tuple[bool, ...]):
        self.primitive, self.mask, self.broadcasts = primitive, mask, primitive.broadcasts
        if primitive.joint is not None:
            rules = [primitive.joint]
        else:
            wanted = [name for name, needed in zip(primitive.operands, mask, strict=True) if needed]
            missing = [name for name in wanted if name not in primitive.rules]
            if missing:
                raise RuntimeError(
                    f"{primitive.name} has no gradient with respect to {', '.join(missing)}; call it under "
                    f"polygrad.no_grad(), or on {missing[0]}.detach(), if none is needed"
                )
            rules = [primitive.rules[name] for name in wanted]
        #: The names that the rules ask for, in the order in which their values are saved.
        self.residuals = list(dict.fromkeys(name for rule in rules for name in parameters(rule)))
        #: (position in ``saved``, number of the operand or -1 for the answer) of every saved array.
        operands = primitive.operands
        self.arrays = [
            (slot, -1 if name == "ans" else operands.index(name))
            for slot, name in enumerate(self.residuals)
            if name == "ans" or name in operands
        ]
        self.frees = bool(self.arrays)
        self._rules, self._slots = rules, [[self.residuals.index(name) for name in parameters(rule)] for rule in rules]
        self.backward = _ByType(self._bind)

    def _bind(self, array_type: type) -> Callable:
        if array_type is HOOKS.tensor_class:
            return self.rule(OPERATIONS)
        return BY_TYPE[array_type].rule(self)

    def rule(self, xp: Any) -> Callable:
        """``(cotangent, saved) -> cotangents`` of the wanted operands, computing on ``xp``."""
        bind = _separate if self.primitive.joint is None else _joint
        return bind(xp, self._rules, self._slots, self.mask)

    def rule_from_kernel(self, kernel: Callable) -> Callable:
        """``(cotangent, saved) -> cotangents`` from a kernel: the rule's parameters without ``xp``, a tuple back."""
        mask = self.mask

        if mask == (True,):
            return (
                (lambda g, saved: kernel(g, saved[0]))
                if len(self.residuals) == 1
                else (lambda g, saved: kernel(g, *saved))
            )

        def rule(g, saved):
            return [c for c, needed in zip(kernel(g, *saved), mask, strict=True) if needed]

        return rule

    @property
    def operation(self) -> str:
        """The primitive's name."""
        return self.primitive.name


def _joint(xp: Any, rules: list[Callable], slots: list[list[int]], mask: tuple[bool, ...]) -> Callable:
    rule, positions = rules[0], slots[0]

    def run(g, saved):
        cotangents = rule(xp, g, *[saved[i] for i in positions])
        return [c for c, needed in zip(cotangents, mask, strict=True) if needed]

    return run


def _separate(xp: Any, rules: list[Callable], slots: list[list[int]], mask: tuple[bool, ...]) -> Callable:
    """One function for the rules of all wanted operands, written out: this is the engine's inner step."""
    calls = ", ".join(f"r{k}(xp, g{''.join(f', s[{i}]' for i in positions)})" for k, positions in enumerate(slots))
    return evaluate(f"lambda g, s: ({calls},)", xp=xp, **{f"r{k}": rule for k, rule in enumerate(rules)})


def evaluate(text: str, **names: Any) -> Any:
    """The function that ``text`` is, of a file and a module whose names say that it is the library's."""
    return eval(compile(text, "<polygrad function>", "eval"), {"__name__": __name__, **names})


def parameters(rule: Callable) -> tuple[str, ...]:
    """The residuals that ``rule`` names, after ``xp`` and ``g``."""
    code = rule.__code__
    return code.co_varnames[2 : code.co_argcount]


def primitive(
    name: str | None = None,
    *,
    broadcasts: bool = False,
    promotes: bool | str | tuple[str, ...] = False,
    outputs: int = 1,
    variadic: bool = False,
    linear: tuple[str, ...] = (),
    view: Callable | None = None,
    differentiable: bool = True,
    accumulates: bool = False,
    alike: bool = False,
) -> Callable[[Callable], Primitive]:
    """Declare a primitive from its forward, a function ``(xp, operands, /, settings)``.

    Args:
        name: the primitive's name, if not the function's.
        broadcasts: operands are broadcast against each other; the engine sums their gradients back.
        promotes: True or names of operands: these are brought to a common data type first; ``"float"``: integers become
            floating as well.
        outputs: how many arrays the forward returns; more than one come as a tuple.  0: a tuple of as many as the settings
            or shapes say; its rule gets the cotangents up to the last that there is.
        variadic: the only operand is a sequence of arrays.
        linear: operands in which the primitive is linear, in all of them together (a product of two is not): forward mode
            is then the primitive itself.
        view: how a write to the result reaches the operand: ``(base, value, **settings) -> new base``.
        differentiable: False where the result does not vary (a comparison, an index).
        accumulates: many elements are added or multiplied together, or their moments taken, or several functions of an
            element are.  Operands of half precision are brought to single precision first and the result is rounded once;
            so are the gradients.
        alike: the operands must be of one data type: RuntimeError otherwise.

    Example::

        @polygrad.primitive()
        def cube(xp, x, /):
            return x * x * x

        cube.defvjp(x=lambda xp, g, x: 3 * g * x * x)
        cube(polygrad.tensor(2.0, requires_grad=True)).backward()
    """

    def declare(forward: Callable) -> Primitive:
        chosen = name or forward.__name__.rstrip("_")
        made = Primitive(
            forward, chosen, broadcasts=broadcasts, promotes=promotes, outputs=outputs, variadic=variadic,
            linear=linear, view=view, differentiable=differentiable, standard=False, accumulates=accumulates,
            alike=alike,
        )  # fmt: skip
        PRIMITIVES[chosen] = made
        if accumulates:
            ACCUMULATING.add(chosen)
        if chosen not in STANDARD:
            GENERIC[chosen] = forward
        return made

    return declare


def _forwards_of_arity(name: str, arity: int) -> Callable:
    text = ("lambda xp, x, /: xp.{0}(x)", "lambda xp, x, y, /: xp.{0}(x, y)")[arity - 1]
    return evaluate(text.format(name))


def elementwise(name: str, derivative: Callable | None = None, *, floats: bool = False, **rules: Callable) -> Primitive:
    """Declare a function of the standard that works element by element, by its name.

    With ``derivative``, an expression over ``x`` or ``ans``, it is a function of one operand, and the expression serves
    vjp and jvp; with ``rules`` for ``x`` and ``y``, of two.  With neither its result does not vary.
    """
    arity = 2 if "y" in rules else 1
    made = Primitive(
        _forwards_of_arity(name, arity), name, broadcasts=arity == 2, promotes="float" if floats else arity == 2,
        outputs=1, variadic=False, linear=(), view=None, differentiable=True, standard=True,
    )  # fmt: skip
    PRIMITIVES[name] = made
    if derivative is not None:
        code = derivative.__code__
        names = ", ".join(code.co_varnames[1 : code.co_argcount])
        made.derivative = derivative
        text = f"lambda xp, g{', ' * bool(names)}{names}: g * derivative(xp{', ' * bool(names)}{names})"
        made.defvjp(x=evaluate(text, derivative=derivative))
    else:
        made.defvjp(**rules)
    return made


def predicate(name: str, arity: int = 1) -> Primitive:
    """Declare a function of the standard whose result does not vary with its operands: comparisons, logic, integers."""
    made = Primitive(
        _forwards_of_arity(name, arity), name, broadcasts=arity == 2, promotes=arity == 2, outputs=1, variadic=False,
        linear=(), view=None, differentiable=False, standard=True,
    )  # fmt: skip
    PRIMITIVES[name] = made
    return made


class Operations:
    """polygrad's own operations as an ``xp``: on it, rules are recorded and forwards are composites."""

    if TYPE_CHECKING:  # `_ops` puts composites here: astype, cast, isdtype, scan_steps

        def __setattr__(self, name: str, value: Any) -> None: ...

    def __getattr__(self, name: str) -> Callable:
        try:
            found = PRIMITIVES[name].op
        except KeyError:
            raise AttributeError(f"polygrad has no primitive {name!r}") from None
        setattr(self, name, found)
        return found


OPERATIONS = Operations()
