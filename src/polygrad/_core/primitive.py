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

`elementwise` and `Primitive.publish` also say which of PyTorch's names the operation has.  From that one declaration come
the function, the method, the method in place, Python's operator, and their help.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cached_property
from types import FunctionType
from typing import TYPE_CHECKING, Any

from ..backends.namespace import ACCUMULATING, GENERIC, STANDARD, half_types
from ..backends.registry import BY_TYPE
from .docstrings import docstring
from .generated import evaluate
from .hooks import HOOKS
from .lending import LENT_TYPES, lent_kernel

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

    rule: Callable[..., Any]

    def __init__(self, rule: Callable[..., Any]):
        self.rule = rule

    def __getitem__(self, array_type: type) -> Callable[..., Any]:
        return self.rule


class Primitive:
    """An operation that the engine can differentiate.

    ``operands`` and ``settings`` are the parameter names before and after the ``/`` of its forward.  Calling it runs the
    generated dispatcher, which is also its ``op``.
    """

    #: PyTorch's names for it, if users call it: `publish` sets them.  The first is that of the function.
    public_names: tuple[str, ...] = ()
    #: The module of polygrad that has these names, if not polygrad itself.
    public_module = ""
    #: The operator of Python that it is, such as ``"*"``.
    symbol = ""
    #: Whether a tensor has methods of `public_names`, and of these with an underscore.
    is_method = has_in_place = False
    #: Whether its function takes ``out``, a tensor for the result.
    takes_out = False
    #: Whether its result is boolean.
    is_predicate = False
    #: A comparison: an int that the other operand's type does not hold is compared exactly.
    is_comparison = False
    #: Whether all operands may be Python numbers, as in ``polygrad.mul(2, 3)``.
    accepts_scalars = False
    #: Why it refuses booleans, if it does.
    refuses_bool: str | None = None
    #: Its rule for batches, and that of its joint gradient rule, where they are declared.
    batching_rule: Callable | None = None
    batched_joint: Callable | None = None

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
        elementwise: bool = False,
        of_standard: bool = False,
        accumulates: bool = False,
        same_dtype: bool = False,
        real_only: bool = False,
    ):
        code = forward.__code__
        count = code.co_posonlyargcount - 1
        names = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]
        self.name, self.forward = name, forward
        self.operands, self.settings = names[:count], names[count:]
        #: The operands' names in the dispatcher, and in errors.
        self.parameters = self.operands
        self.public_name = name
        self.keyword_only = frozenset(code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount])
        positional = code.co_varnames[1 : code.co_argcount]
        values = forward.__defaults__ or ()
        self.defaults = dict(zip(positional[len(positional) - len(values) :], values, strict=True))
        self.defaults.update(forward.__kwdefaults__ or {})
        self.broadcasts, self.outputs, self.variadic, self.linear = broadcasts, outputs, variadic, linear
        self.promotes: tuple[str, ...] = promotes if isinstance(promotes, tuple) else self.operands if promotes else ()
        #: Whether integer operands become floating: "float" in ``promotes``.
        self.promotes_to_float = promotes == "float"
        self.view, self.differentiable, self.real_only = view, differentiable, real_only
        #: Whether an element of the result depends on the elements of the operands at its place only.
        self.is_elementwise = elementwise
        #: Whether the forward is the standard's function of this name.
        self.is_of_standard = of_standard
        self.rules: dict[str, Callable] = {}
        self.joint: Callable | None = None
        self.derivative: Callable | None = None
        #: Forward-mode rules by operand, where one is declared.
        self.jvp_rules: dict[str, Callable] = {}
        #: What is wrong with raw operands that the array library refused: ``(*operands) -> message or None``.
        self.shape_error: Callable[..., str | None] | None = None
        #: Raises for integers of which the array library would compute something without a word: ``(primitive, *arrays)``.
        self.check: Callable[..., None] | None = None
        #: The primitive for integers and booleans, if the standard's function does not accept them and PyTorch's does.
        self.of_integers: Primitive | None = None
        self.accumulates, self.same_dtype = accumulates, same_dtype
        #: Array type → the library's types of half precision that this operation wants in single precision.
        self.halves = _ByType(self._half_types)
        self.kernels = _ByType(self._kernel)
        self.plans: dict[tuple[bool, ...], Plan] = {}
        self.__doc__ = forward.__doc__
        self.__name__ = self.__qualname__ = name
        self.__module__ = forward.__module__
        #: Where pickles find the dispatcher: the module, and the name in it.
        self.import_path = forward.__module__, f"{forward.__qualname__}.op"

    def publish(
        self,
        names: str = "",
        *,
        operator: str = "",
        method: bool = True,
        in_place: bool = True,
        module: str = "",
        out: bool = True,
        doc: str = "",
        example: str = "",
    ) -> Primitive:
        """Give it names that users call it by: as functions of polygrad, as methods, as methods in place.

        Args:
            names: PyTorch's names, the first of which errors use; by default its own.
            operator: the operator of Python that it is.
            method: whether it is a method of Tensor, with the tensor as first operand.
            in_place: whether it also has a method with an underscore, which writes the result into the tensor.
            module: the module of polygrad that has the function, such as ``"special"``; polygrad itself and Tensor then have not.
            out: whether its function takes ``out``, a tensor that the result is written into.
            doc: what it computes, and the mathematics with their source; `docstrings` adds the arguments.
            example: lines of code, each with its result in a comment.
        """
        self.public_names = tuple((names or self.name).split())
        self.public_name = self.public_names[0]
        self.parameters = ("input", "other")[: len(self.operands)]
        self.symbol, self.is_method, self.has_in_place = operator, method and not module, in_place and not module
        self.public_module = module
        package = __package__.rpartition(".")[0]
        self.import_path = f"{package}.{module}" if module else package, self.public_name
        self.takes_out = out
        self.__doc__ = docstring(self, doc, example)
        return self

    @property
    def is_public(self) -> bool:
        """Whether users call it: its operands can then be given by name."""
        return bool(self.public_names)

    def _half_types(self, array_type: type) -> frozenset[Any]:
        return half_types(BY_TYPE[array_type], self.name)

    def _kernel(self, array_type: type) -> Callable:
        return lent_kernel(self, array_type) if array_type in LENT_TYPES else BY_TYPE[array_type].kernel(self)

    def defvjp(self, joint: Callable | None = None, /, **rules: Callable) -> Primitive:
        """Declare the gradient rules: one per operand, or one ``joint`` rule that returns a tuple for all of them.

        A joint rule's tuple has one entry per operand; None where ``needs`` says that it is not wanted.
        Raises ValueError for a name that is neither an operand nor something that a rule can be given.
        """
        known = self._known_names()
        for operand, rule in (rules if joint is None else {"joint": joint, **rules}).items():
            self._check(operand, rule, known)
        self.joint = joint
        self.rules.update(rules)
        return self

    def _known_names(self) -> set[str]:
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
        known = self._known_names()
        for operand, rule in rules.items():
            self._check(operand, rule, known)
        self.jvp_rules.update(rules)
        return self

    def defbatch(self, rule: Callable, vjp: Callable | None = None) -> Primitive:
        """Declare the rule for batches: ``(batch, *operands, **settings)`` gives the result of all examples at once.

        The operands are arrays of the level below, with the batch axis first where ``batch.mapped`` is true, and so is the
        result; `_ops.batching` has rules that many share.  A rule returns NotImplemented to leave a call to the primitive's
        forward, which then runs on batches.  Elementwise primitives need none.

        ``vjp`` is the gradient of a primitive with a joint rule, ``(batch, g, *residuals)``, where that is faster than the joint
        rule on batches.
        """
        self.batching_rule, self.batched_joint = rule, vjp
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
    def function(self) -> Callable:
        """What users call as a function of `polygrad`: `op`, which also takes ``out`` where it `takes_out`."""
        return Primitive.generate(self, out=True) if self.takes_out else self.op

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
                    f"{primitive.public_name} has no gradient with respect to {', '.join(missing)}; call it under "
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
    names = {f"r{k}": rule for k, rule in enumerate(rules)}
    return evaluate(f"lambda g, s: ({calls},)", "gradient rules", xp=xp, **names)


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
    same_dtype: bool = False,
    elementwise: bool = False,
    real_only: bool = False,
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
        same_dtype: the operands must have one data type: RuntimeError otherwise.
        elementwise: an element of the result depends on the elements of the operands at its place only.  `vmap` and forward
            mode follow from that.
        real_only: complex operands are refused: they have no order, or the formula means nothing for them.

    Returns:
        A function that makes a `Primitive` of the forward.  It is called like a function of tensors.

    Raises:
        ValueError: another module has declared a primitive of this name, or, at the first call, a parameter has a name that
            polygrad's generated code uses.

    Example::

        >>> @polygrad.primitive()
        ... def cube(xp, x, /):
        ...     return x * x * x
        >>> rules = cube.defvjp(x=lambda xp, g, x: 3 * g * x * x)
        >>> x = polygrad.tensor(2.0, requires_grad=True)
        >>> cube(x).backward()
        >>> x.grad
        tensor(12.)
    """

    def declare(forward: Callable) -> Primitive:
        chosen = name or forward.__name__.rstrip("_")
        former = PRIMITIVES.get(chosen)
        if former is not None and former.forward.__module__ != forward.__module__:
            raise ValueError(
                f"primitive {chosen!r} is declared in {former.forward.__module__}; give this one another name=..."
            )
        made = Primitive(
            forward, chosen, broadcasts=broadcasts, promotes=promotes, outputs=outputs, variadic=variadic,
            linear=linear, view=view, differentiable=differentiable, elementwise=elementwise, accumulates=accumulates,
            same_dtype=same_dtype, real_only=real_only,
        )  # fmt: skip
        PRIMITIVES[chosen] = made
        if accumulates:
            ACCUMULATING.add(chosen)
        if chosen not in STANDARD:
            GENERIC[chosen] = forward
        return made

    return declare


def elementwise(
    name: str,
    derivative: Callable | None = None,
    *,
    arity: int | None = None,
    promote_to_float: bool = False,
    real_only: bool = False,
    accepts_scalars: bool = False,
    refuses_bool: str | None = None,
    public: bool = True,
    names: str = "",
    operator: str = "",
    in_place: bool = True,
    out: bool = True,
    doc: str = "",
    example: str = "",
    **rules: Callable,
) -> Primitive:
    """Declare a function of the standard that works element by element, by its name.

    With ``derivative``, an expression over ``x`` or ``ans``, it is a function of one operand, and the expression serves
    vjp and jvp; with ``rules`` for ``x`` and ``y``, of two.  With neither its result does not vary.

    ``arity`` says how many operands it has, if no rule does.  With ``promote_to_float`` integer operands become floating;
    ``real_only`` refuses complex ones; ``refuses_bool`` is why booleans are refused, if they are.
    With ``accepts_scalars`` all operands may be Python numbers.  It is published as a function and a method, by `Primitive.publish`
    with ``names`` and what follows; where it is not ``public``, ``names`` says what errors call it.
    """
    arity = arity or (2 if "y" in rules else 1)
    varies = derivative is not None or bool(rules)
    made = _of_standard(name, arity, "float" if promote_to_float else arity == 2, varies, real_only)
    made.accepts_scalars, made.refuses_bool = accepts_scalars, refuses_bool
    if derivative is not None:
        code = derivative.__code__
        saved = "".join(f", {one}" for one in code.co_varnames[1 : code.co_argcount])
        made.derivative = derivative
        rule = f"lambda xp, g{saved}: g * derivative(xp{saved})"
        rules = {"x": evaluate(rule, f"gradient rule of {name}", derivative=derivative)}
    made.defvjp(**rules)
    if public:
        return made.publish(names, operator=operator, in_place=in_place, out=out, doc=doc, example=example)
    made.symbol, made.public_name, made.parameters = operator, names or name, ("input", "other")[:arity]
    return made


def predicate(
    name: str,
    arity: int = 1,
    *,
    real_only: bool = False,
    names: str = "",
    operator: str = "",
    in_place: bool = True,
    out: bool = True,
    doc: str = "",
    example: str = "",
) -> Primitive:
    """Declare a function of the standard that asks something of each element, or of each pair: its result is boolean.

    The arguments are those of `elementwise`.
    """
    made = _of_standard(name, arity, arity == 2, False, real_only)
    made.is_predicate, made.is_comparison = True, operator in _COMPARISONS
    return made.publish(names, operator=operator, in_place=in_place, out=out, doc=doc, example=example)


_COMPARISONS = frozenset(("==", "!=", "<", "<=", ">", ">="))


#: The forward of the standard's functions of one operand, and of two, with the name as a hole.
_FORWARDS = (lambda xp, x, /: xp.function(x)), (lambda xp, x, y, /: xp.function(x, y))


def _of_standard(name: str, arity: int, promotes: bool | str, differentiable: bool, real_only: bool) -> Primitive:
    template = _FORWARDS[arity - 1]
    # Compiling a line for each would take a tenth of the time in which polygrad is imported.
    forward = FunctionType(template.__code__.replace(co_names=(name,)), template.__globals__)
    made = PRIMITIVES[name] = Primitive(
        forward, name, broadcasts=arity == 2, promotes=promotes, outputs=1, variadic=False,
        linear=(), view=None, differentiable=differentiable, elementwise=True, of_standard=True, real_only=real_only,
    )  # fmt: skip
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
