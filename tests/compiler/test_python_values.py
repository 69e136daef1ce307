"""Python values that a compiled function reads, however they are held and changed: it returns what the eager function returns.

Each case is a generator: it compiles a function with ``wrap``, which is `polygrad.compile` or the identity, and yields the
results of calls before and after a change.
"""

# ruff: noqa: B007, B905, C408, C416, RUF015 - every way to read a value is tried, also those that have a better one
from __future__ import annotations

import array
import collections
import contextvars
import dataclasses
import enum
import functools
import gc
import itertools
import logging
import operator
import os
import random
import threading
import types
import warnings
import weakref
from typing import NamedTuple

import numpy as np
import pytest

import polygrad
from polygrad import nn
from polygrad.backends import available
from polygrad.compiler import CompileError

BACKENDS = [name for name in ("numpy", "jax") if name in available()]
CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


def one():
    return polygrad.ones(1)


NUMBER, WEIGHT, LIST, TABLE = 2.0, None, [2.0, 3.0], {"a": 2.0, "b": {"c": 3.0}}
HELPERS = types.ModuleType("helpers_of_a_test")
exec("CONST = 2.0\ndef scaled(x, k=3.0):\n    return x * CONST * k", HELPERS.__dict__)


def factor():
    return NUMBER


def identity(x):
    return x


class Mode(enum.Enum):
    TWICE = 2
    THRICE = 3


class Pair(NamedTuple):
    left: float
    right: float


@dataclasses.dataclass
class Settings:
    scale: float = 2.0
    nested: object = None


class Slotted:
    __slots__ = ("scale",)

    def __init__(self):
        self.scale = 2.0


class Plain:
    kind = 2.0

    def __init__(self, scale=2.0):
        self.scale = scale

    def factor(self):
        return self.scale

    @property
    def doubled(self):
        return self.scale * 2

    @classmethod
    def of_class(cls):
        return cls.kind

    @staticmethod
    def constant():
        return 2.0

    def __call__(self, x):
        return x * self.scale

    def __getitem__(self, key):
        return self.scale + key

    def __len__(self):
        return int(self.scale)

    def __iter__(self):
        yield self.scale

    def __contains__(self, value):
        return value == self.scale


class Dynamic:
    def __init__(self):
        self._values = {"scale": 2.0}

    def __getattr__(self, name):
        return self.__dict__["_values"][name]


class Base:
    k = 2.0

    def factor(self):
        return 2.0


class Derived(Base):
    def through_super(self):
        return super().factor() * super().k


class Positive:
    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, instance, owner=None):
        return self if instance is None else getattr(instance, self.name)

    def __set__(self, instance, value):
        setattr(instance, self.name, value)


class Described:
    scale = Positive()

    def __init__(self):
        self.scale = 2.0


class Model(nn.Module):
    k = 2.0

    def __init__(self):
        super().__init__()
        self.scale, self.names, self.cfg, self.table = 2.0, ["scale"], Settings(nested=Settings(3.0)), {"beta": 2.0}
        self.many, self.tensors = [1.0, 2.0], [polygrad.ones(1), polygrad.ones(1) * 2]
        self.layers = nn.ModuleList([Scale(2.0), Scale(3.0)])
        self.others = [Scale(5.0)]
        self.act = polygrad.relu

    def forward(self, x):
        return x * self.scale


class Scale(nn.Module):
    def __init__(self, scale):
        super().__init__()
        self.scale = scale

    def forward(self, x):
        return x * self.scale


# -- names -----------------------------------------------------------------------------------------------------------------


@case
def a_global(wrap):
    global NUMBER
    f = wrap(lambda x: x * NUMBER)
    for NUMBER in (2.0, 3.0, 3, True, -0.0, 2.0):
        yield f(one()), f(polygrad.ones(1, dtype=polygrad.int64))


@case
def a_global_through_a_function(wrap):
    global NUMBER
    f = wrap(lambda x: x * factor())
    for NUMBER in (2.0, 3.0):
        yield f(one())


@case
def a_global_that_is_deleted_and_made(wrap):
    f = wrap(lambda x: x * globals().get("MADE_LATER", 1.0))
    yield f(one())
    globals()["MADE_LATER"] = 7.0
    yield f(one())
    del globals()["MADE_LATER"]
    yield f(one())


@case
def a_closure(wrap):
    beta, gamma = 0.0, 1.0

    def inner(x):
        return x * gamma

    f = wrap(lambda x: inner(x) * beta)
    yield f(one())
    beta = 2.0
    yield f(one())
    gamma = 4.0
    yield f(one())


@case
def a_closure_of_a_function_in_a_function(wrap):
    beta = 2.0

    def outer(x):
        def inner(t):
            return t * beta

        return inner(x) + sum(v * beta for v in (1.0, 2.0))

    f = wrap(outer)
    yield f(one())
    beta = 3.0
    yield f(one())


@case
def defaults(wrap):
    def scaled(x, k=2.0, *, shift=1.0):
        return x * k + shift

    f, g = wrap(lambda x: scaled(x)), wrap(scaled)
    yield f(one()), g(one())
    scaled.__defaults__ = (3.0,)
    yield f(one()), g(one())
    scaled.__kwdefaults__ = {"shift": 5.0}
    yield f(one()), g(one())


@case
def a_default_that_is_a_list(wrap):
    def scaled(x, k=[2.0]):  # noqa: B006
        return x * k[0]

    f = wrap(lambda x: scaled(x))
    yield f(one())
    scaled.__defaults__[0][0] = 3.0
    yield f(one())


@case
def the_code_of_a_function(wrap):
    def scaled(x):
        return x * 2.0

    f = wrap(lambda x: scaled(x))
    yield f(one())
    scaled.__code__ = (lambda x: x * 3.0).__code__
    yield f(one())


@case
def functions_that_are_bound_anew(wrap):
    global factor
    before = factor
    g = polygrad.relu
    f = wrap(lambda x: g(x) * factor())
    yield f(-one())
    g = polygrad.abs
    yield f(-one())
    factor = lambda: 9.0  # noqa: E731
    try:
        yield f(-one())
    finally:
        factor = before


@case
def tensors_that_are_bound_anew(wrap):
    global WEIGHT
    WEIGHT, w = one(), one()
    f = wrap(lambda x: x * w + WEIGHT)
    yield f(one())
    w = one() * 4
    yield f(one())
    WEIGHT = one() * 5
    yield f(one())


@case
def a_helper_module(wrap):
    f = wrap(lambda x: HELPERS.scaled(x) * HELPERS.CONST)
    yield f(one())
    HELPERS.CONST = 5.0
    yield f(one())
    HELPERS.scaled.__defaults__ = (1.0,)
    yield f(one())
    HELPERS.CONST, HELPERS.scaled.__defaults__ = 2.0, (3.0,)


@case
def an_import_inside(wrap):
    import sys

    sys.modules["helpers_of_a_test"] = HELPERS

    def scaled(x):
        import helpers_of_a_test
        from helpers_of_a_test import CONST

        return x * CONST + helpers_of_a_test.CONST

    f = wrap(scaled)
    yield f(one())
    HELPERS.CONST = 5.0
    yield f(one())
    HELPERS.CONST = 2.0


# -- containers --------------------------------------------------------------------------------------------------------------


@case
def items_of_globals(wrap):
    f = wrap(lambda x: x * TABLE["a"] * TABLE["b"]["c"] * LIST[0] * LIST[-1])
    yield f(one())
    for container, key in ((TABLE, "a"), (TABLE["b"], "c"), (LIST, 0), (LIST, -1)):
        before, container[key] = container[key], 7.0
        yield f(one())
        container[key] = before


@case
def a_list_in_every_way(wrap):
    numbers = [1.0, 2.0]
    functions = [
        lambda x: x * sum(numbers),
        lambda x: x * len(numbers),
        lambda x: x * (5.0 if 7.0 in numbers else 1.0),
        lambda x: x * max(numbers),
        lambda x: x * functools.reduce(operator.add, [n for n in numbers]),
        lambda x: x * numbers[len("a")],
        lambda x: sum((x * n for n in numbers), x),
        lambda x: x * dict(enumerate(numbers))[0],
        lambda x: x * sorted(numbers)[-1],
        lambda x: x * list(zip(numbers, numbers))[0][0],
        lambda x: x * numbers[:][0],
        lambda x: polygrad.tensor(numbers) * x,
    ]  # fmt: skip
    wrapped = [wrap(f) for f in functions]
    for change in (
        None,
        lambda: numbers.append(7.0),
        lambda: numbers.__setitem__(0, 9.0),
        numbers.pop,
        numbers.reverse,
    ):
        if change is not None:
            change()
        yield tuple(f(one()) for f in wrapped)


@case
def a_dictionary_in_every_way(wrap):
    table = {"a": 1.0, "b": 2.0}
    key = "a"
    functions = [
        lambda x: x * table["a"],
        lambda x: x * table[key],
        lambda x: x * table.get("c", 3.0),
        lambda x: x * (2.0 if "c" in table else 1.0),
        lambda x: x * sum(table.values()),
        lambda x: x * sum(v for _, v in table.items()),
        lambda x: x * len(table),
        lambda x: x * len("".join(table)),
        lambda x: x * dict(**table)["b"],
        lambda x: x * {**table, "d": 1.0}["a"],
        lambda x: x * (table | {"z": 0.0})["b"],
        lambda x: x * operator.itemgetter("a")(table),
    ]
    wrapped = [wrap(f) for f in functions]
    for change in (None, lambda: table.update(a=5.0), lambda: table.update(c=4.0), lambda: table.pop("c"), lambda: table.update(b=True)):  # fmt: skip
        if change is not None:
            change()
        yield tuple(f(one()) for f in wrapped)


@case
def other_containers(wrap):
    chosen, queue, counts = {1.0, 2.0}, collections.deque([1.0, 2.0]), collections.Counter(a=2)
    ordered, default = collections.OrderedDict(a=2.0), collections.defaultdict(float, a=2.0)
    chain, user = collections.ChainMap({"a": 2.0}, {"b": 3.0}), collections.UserDict(a=2.0)
    view = types.MappingProxyType(TABLE)
    functions = [
        lambda x: x * sum(chosen), lambda x: x * queue[0] * len(queue), lambda x: x * counts["a"], lambda x: x * ordered["a"],
        lambda x: x * default["a"], lambda x: x * chain["a"] * chain["b"], lambda x: x * user["a"],
        lambda x: x * sum(user.values()), lambda x: x * (2.0 if 3.0 in chosen else 1.0), lambda x: x * view["a"],
    ]  # fmt: skip
    wrapped = [wrap(f) for f in functions]
    changes = (
        None, lambda: chosen.add(3.0), lambda: queue.appendleft(5.0), lambda: counts.update("aaa"), lambda: ordered.update(a=4.0),
        lambda: default.update(a=4.0), lambda: chain.maps[1].update(b=7.0), lambda: user.update(a=7.0), lambda: TABLE.update(a=6.0),
    )  # fmt: skip
    for change in changes:
        if change is not None:
            change()
        yield tuple(f(one()) for f in wrapped)
    TABLE["a"] = 2.0


@case
def containers_in_containers(wrap):
    deep = {"layers": [{"scale": 2.0, "on": True}, {"scale": 3.0, "on": True}]}

    def loops(x):
        for layer in deep["layers"]:
            if layer["on"]:
                x = x * layer["scale"]
        return x

    def indexed(x):
        for place in range(len(deep["layers"])):
            x = x * deep["layers"][place]["scale"]
        return x

    f, g, h = wrap(loops), wrap(indexed), wrap(lambda x: x * deep["layers"][1]["scale"])
    yield f(one()), g(one()), h(one())
    deep["layers"][1]["scale"] = 5.0
    yield f(one()), g(one()), h(one())
    deep["layers"][0]["on"] = False
    yield f(one()), g(one()), h(one())
    deep["layers"].append({"scale": 4.0, "on": True})
    yield f(one()), g(one()), h(one())
    deep["layers"] = [{"scale": 1.0, "on": True}] * 2
    yield f(one()), g(one()), h(one())


@case
def functions_in_containers(wrap):
    k = 2.0
    table, steps = {"act": lambda x: x * k}, [lambda x: x + 1, lambda x: x * k]

    def run(x):
        for step in steps:
            x = step(x)
        return table["act"](x)

    f = wrap(run)
    yield f(one())
    k = 3.0
    yield f(one())
    table["act"] = polygrad.neg
    yield f(one())
    steps[0] = lambda x: x + 5
    yield f(one())


@case
def functions_with_the_same_code(wrap):
    def make(k):
        def scaled(x):
            return x * k

        def change(value):
            nonlocal k
            k = value

        return scaled, change

    first, second = make(2.0), make(3.0)
    f = wrap(lambda x: first[0](x) + second[0](x) * 10)
    yield f(one())
    second[1](5.0)
    yield f(one())
    first[1](4.0)
    yield f(one())


@case
def tensors_in_containers(wrap):
    weights, named = [one(), one() * 2], {"w": one()}

    def run(x):
        for w in weights:
            x = x * w
        return x * named["w"]

    f = wrap(run)
    yield f(one())
    weights[0] = one() * 5
    yield f(one())
    named["w"] = one() * 7
    yield f(one())
    weights.append(one() * 3)
    yield f(one())


# -- objects -----------------------------------------------------------------------------------------------------------------


def attribute_case(name, make, changes):
    def run(wrap):
        o = make()
        functions = [
            lambda x: x * o.scale,
            lambda x: x * getattr(o, "scale"),  # noqa: B009
            lambda x: x * getattr(o, "".join(["sc", "ale"])),
            lambda x: functools.reduce(lambda y, n: y * getattr(o, n), ("scale",), x),
            lambda x: x * operator.attrgetter("scale")(o),
            lambda x: x * read(o),
            lambda x: x * Holder(o).o.scale,
            lambda x: x * [o][0].scale,
            lambda x: x * {"o": o}["o"].scale,
            lambda x: x * (o if x.ndim else None).scale,
            lambda x: x * result(o).scale,
        ]
        wrapped = [wrap(f) for f in functions]
        yield tuple(f(one()) for f in wrapped)
        for change in changes:
            change(o)
            yield tuple(f(one()) for f in wrapped)

    CASES[f"attributes_of_{name}"] = run


def read(o):
    return o.scale


def result(o):
    return o


class Holder:
    def __init__(self, o):
        self.o = o


def put(value):
    return lambda o: setattr(o, "scale", value)


for made, how in {
    "namespaces": types.SimpleNamespace, "plain_objects": Plain, "dataclasses": Settings, "slots": Slotted, "modules": Model,
    "descriptors": Described,
}.items():  # fmt: skip
    attribute_case(made, (lambda how=how: how(scale=2.0)) if how is types.SimpleNamespace else how, [put(3.0), put(4)])
attribute_case(
    "objects_with_getattr", Dynamic, [lambda o: o._values.update(scale=3.0), lambda o: setattr(o, "scale", 4.0)]
)


@case
def methods_and_properties(wrap):
    o = Plain()
    functions = [
        lambda x: x * o.factor(), lambda x: x * o.doubled, lambda x: o(x), lambda x: x * o[1], lambda x: x * len(o),
        lambda x: x * sum(o), lambda x: x * (2.0 if 3.0 in o else 1.0), lambda x: x * o.of_class(), lambda x: x * o.constant(),
        lambda x: x * Plain.of_class(), lambda x: x * Plain.kind, lambda x: x * o.kind,
    ]  # fmt: skip
    wrapped = [wrap(f) for f in functions]
    yield tuple(f(one()) for f in wrapped)
    o.scale = 3.0
    yield tuple(f(one()) for f in wrapped)
    saved = dict(vars(Plain))
    new = dict(
        factor=lambda self: 7.0, doubled=property(lambda self: 8.0), __call__=lambda self, x: x * 9.0,
        __getitem__=lambda self, key: 10.0, __len__=lambda self: 11, __iter__=lambda self: iter([12.0]),
        __contains__=lambda self, value: True, of_class=classmethod(lambda cls: 13.0), constant=staticmethod(lambda: 14.0), kind=15.0,
    )  # fmt: skip
    try:
        for name, value in new.items():
            setattr(Plain, name, value)
            yield tuple(f(one()) for f in wrapped)
    finally:
        for name in new:
            setattr(Plain, name, saved[name])
    o.factor = lambda: 20.0
    yield tuple(f(one()) for f in wrapped)


class Keeper:
    def __init__(self, held):
        self.held = held

    def factor(self):
        return self.held.scale


class Inheriting(Keeper):
    def __init__(self, held):
        super().__init__(held)
        self.other = 1.0


@dataclasses.dataclass
class Wrapped:
    held: object
    other: float = 1.0


@case
def objects_that_calls_make(wrap):
    """What lasts is read through what is made anew in every call."""
    o = Plain()

    def bound(x):
        holder = Keeper(o)
        for _ in range(2):
            holder = Keeper(o)
        return x * holder.held.scale

    functions = [
        bound, lambda x: x * Keeper(o).held.scale, lambda x: x * Keeper(o).factor(), lambda x: x * Inheriting(o).held.scale,
        lambda x: x * Wrapped(o).held.scale, lambda x: x * types.SimpleNamespace(held=o).held.scale,
        lambda x: x * [o, 1][0].scale, lambda x: x * {"a": o}["a"].scale, lambda x: x * [y for y in (o,)][0].scale,
        lambda x: x * Plain().kind, lambda x: x * Keeper(Keeper(o)).held.held.scale, lambda x: x * (lambda: o)().scale,
        lambda x: x * Keeper([o]).held[0].scale, lambda x: x * Keeper({"scale": o}).held["scale"].scale,
    ]  # fmt: skip

    def item(x):
        first = [o][0]
        second = first
        return x * second.scale

    wrapped = [wrap(f) for f in (*functions, item)]
    yield tuple(f(one()) for f in wrapped)
    for value in (3.0, 4, 5.0):
        o.scale = value
        yield tuple(f(one()) for f in wrapped)
    o.scale, saved = np.float64(6.0), Plain.kind
    Plain.kind = 7.0
    try:
        yield tuple(f(one()) for f in wrapped)
    finally:
        Plain.kind = saved


@case
def classes_and_their_bases(wrap):
    o = Derived()
    functions = [lambda x: x * o.through_super(), lambda x: x * o.factor(), lambda x: x * o.k, lambda x: x * Derived.k]
    wrapped = [wrap(f) for f in functions]
    yield tuple(f(one()) for f in wrapped)
    saved = Base.factor
    Base.factor = lambda self: 5.0
    yield tuple(f(one()) for f in wrapped)
    Base.k = 7.0
    yield tuple(f(one()) for f in wrapped)
    Derived.factor = lambda self: 6.0
    yield tuple(f(one()) for f in wrapped)
    del Derived.factor
    Base.factor, Base.k = saved, 2.0
    o.k = 11.0
    yield tuple(f(one()) for f in wrapped)
    del o.k
    yield tuple(f(one()) for f in wrapped)


@case
def the_class_of_an_object(wrap):
    class Other(Plain):
        def factor(self):
            return 100.0

    o = Plain()
    f = wrap(lambda x: x * o.factor() * (2.0 if isinstance(o, Other) else 1.0))
    yield f(one())
    o.__class__ = Other
    yield f(one())


@case
def objects_in_objects(wrap):
    o = Settings(nested=Settings(3.0, nested=[Settings(4.0)]))
    inner = o.nested
    f = wrap(lambda x: x * o.nested.scale * o.nested.nested[0].scale * inner.scale)
    yield f(one())
    o.nested.scale = 5.0
    yield f(one())
    o.nested.nested[0].scale = 6.0
    yield f(one())
    o.nested = Settings(1.0, nested=[Settings(1.0)])
    yield f(one())
    inner = Settings(9.0)
    yield f(one())


@case
def whole_objects(wrap):
    o = Settings(2.0, [1.0])
    functions = [
        lambda x: x * dataclasses.asdict(o)["scale"], lambda x: x * vars(o)["scale"], lambda x: x * o.__dict__["scale"],
        lambda x: x * dataclasses.astuple(o)[0], lambda x: x * dataclasses.replace(o, nested=None).scale,
        lambda x: x * sum(v for v in vars(o).values() if isinstance(v, float)), lambda x: x * (2.0 if hasattr(o, "extra") else 1.0),
        lambda x: x * (3.0 if o == Settings(2.0, [1.0]) else 1.0),
    ]  # fmt: skip
    wrapped = [wrap(f) for f in functions]
    yield tuple(f(one()) for f in wrapped)
    o.scale = 3.0
    yield tuple(f(one()) for f in wrapped)
    o.extra = 1.0
    yield tuple(f(one()) for f in wrapped)
    o.nested.append(2.0)
    yield tuple(f(one()) for f in wrapped)


@case
def named_tuples_enums_and_partials(wrap):
    pair, mode, table = Pair(2.0, 3.0), Mode.TWICE, {"mode": Mode.TWICE}
    partial, bound = functools.partial(lambda k, x: x * k, 2.0), Plain().__call__
    functions = [
        lambda x: x * pair.left * pair[1], lambda x: x * mode.value, lambda x: x * (2.0 if table["mode"] is Mode.TWICE else 3.0),
        lambda x: partial(x), lambda x: bound(x), lambda x: x * sum(pair),
    ]  # fmt: skip
    wrapped = [wrap(f) for f in functions]
    yield tuple(f(one()) for f in wrapped)
    pair = Pair(2.0, 5.0)
    yield tuple(f(one()) for f in wrapped)
    mode = table["mode"] = Mode.THRICE
    yield tuple(f(one()) for f in wrapped)
    partial = functools.partial(lambda k, x: x * k, 7.0)
    yield tuple(f(one()) for f in wrapped)
    bound.__self__.scale = 9.0
    yield tuple(f(one()) for f in wrapped)
    bound = Plain(11.0).__call__
    yield tuple(f(one()) for f in wrapped)


@case
def numpy_values(wrap):
    number, array, big = np.float32(2.0), np.array([2.0, 3.0], np.float32), np.ones(1000, np.float32)
    holder = types.SimpleNamespace(array=array)
    functions = [
        lambda x: x * float(number), lambda x: x * float(array[0]), lambda x: x * polygrad.tensor(array),
        lambda x: x * float(holder.array.sum()), lambda x: x * float(big.mean()), lambda x: x * len(array),
    ]  # fmt: skip
    wrapped = [wrap(f) for f in functions]
    yield tuple(f(one()) for f in wrapped)
    number = np.float32(3.0)
    yield tuple(f(one()) for f in wrapped)
    array[0] = 5.0
    yield tuple(f(one()) for f in wrapped)
    big *= 2
    yield tuple(f(one()) for f in wrapped)
    array = np.array([7.0], np.float32)
    yield tuple(f(one()) for f in wrapped)


@case
def the_environment_and_context_variables(wrap):
    variable = contextvars.ContextVar("variable", default=2.0)
    f = wrap(lambda x: x * float(os.environ.get("POLYGRAD_TEST_VALUE", "1")) * variable.get())
    yield f(one())
    os.environ["POLYGRAD_TEST_VALUE"] = "4"
    yield f(one())
    del os.environ["POLYGRAD_TEST_VALUE"]
    variable.set(3.0)
    yield f(one())


@case
def dictionaries_with_attributes(wrap):
    class Fields(dict):
        __getattr__ = dict.__getitem__
        __setattr__ = dict.__setitem__

    class Defaulting(dict):
        def __missing__(self, key):
            return 7.0

    fields, defaulting = Fields(scale=2.0), Defaulting()
    f = wrap(lambda x: x * fields.scale * defaulting["scale"])
    yield f(one())
    fields.scale = 3.0
    yield f(one())
    defaulting["scale"] = 2.0
    yield f(one())


@case
def objects_in_a_chain(wrap):
    chain = Settings(1.0, Settings(2.0, Settings(3.0)))

    def run(x):
        link = chain
        while link is not None:
            x, link = x * link.scale, link.nested
        return x

    f = wrap(run)
    yield f(one())
    chain.nested.nested.scale = 7.0
    yield f(one())
    chain.nested.nested.nested = Settings(2.0)
    yield f(one())


@case
def wrapped_functions(wrap):
    k = 2.0

    def plain(function):
        def inner(*args, **kwargs):
            return function(*args, **kwargs) * k

        return inner

    @functools.lru_cache
    def cached(n):
        return n * 2.0

    class Table:
        @functools.cached_property
        def scale(self):
            return 2.0

    table = Table()
    table.scale
    decorated, no_grad = plain(lambda x: x * k), polygrad.no_grad()(lambda x: x * k)
    f, g = wrap(lambda x: decorated(x) + no_grad(x)), wrap(lambda x: x * table.scale * cached(1))
    yield f(one()), g(one())
    k = 3.0
    yield f(one()), g(one())
    table.scale = 5.0
    yield f(one()), g(one())


@case
def callbacks_of_the_library(wrap):
    k = 2.0
    per_sample = polygrad.func.vmap(lambda x: x * k)
    slope = polygrad.func.grad(lambda x: (x * x * k).sum())
    f = wrap(lambda x: per_sample(x) + slope(x))
    g = wrap(lambda x: polygrad.scan(lambda c, v: (c * k + v, c), x[0], x)[0])
    yield f(one()), g(one())
    k = 3.0
    yield f(one()), g(one())


@case
def arguments_that_are_objects(wrap):
    o = Settings(2.0)
    f = wrap(lambda x, o: x * o.scale)
    o.__class__.__hash__ = object.__hash__
    try:
        yield f(one(), o)
        o.scale = 3.0
        yield f(one(), o)
        yield f(one(), Settings(4.0))
    finally:
        del o.__class__.__hash__


@case
def attributes_of_parameters(wrap):
    w = nn.Parameter(polygrad.ones(1))
    if not hasattr(w, "__dict__"):
        return
    w.gain = 2.0
    f = wrap(lambda x: x * w * w.gain)
    yield f(one())
    w.gain = 3.0
    yield f(one())


# -- modules and optimizers ----------------------------------------------------------------------------------------------------


@case
def modules_in_every_way(wrap):
    m = Model()

    def looped(x):
        for layer in m.layers:
            x = layer(x) * layer.scale
        return x

    functions = [
        lambda x: m(x), lambda x: x * m.cfg.scale * m.cfg.nested.scale, lambda x: x * m.table["beta"], lambda x: x * m.many[0],
        lambda x: x * m.tensors[0], lambda x: x * getattr(m, m.names[0]), looped, lambda x: m.others[0](x), lambda x: m.act(x),
        lambda x: x * m.k, lambda x: x * sum(layer.scale for layer in m.layers), lambda x: x * sum(m.many),
        lambda x: x * m.layers[1].scale, lambda x: x * m.get_submodule("layers.0").scale,
        lambda x: x * sum(c.scale for c in m.modules() if isinstance(c, Scale)), lambda x: x * read(m), lambda x: x * vars(m)["scale"],
    ]  # fmt: skip
    wrapped = [wrap(f) for f in functions]
    changes = [
        ("scale", lambda: setattr(m, "scale", 3.0)), ("cfg", lambda: setattr(m.cfg, "scale", 3.0)),
        ("nested", lambda: setattr(m.cfg.nested, "scale", 5.0)), ("table", lambda: m.table.update(beta=3.0)),
        ("many", lambda: m.many.__setitem__(0, 3.0)), ("tensors", lambda: m.tensors.__setitem__(0, one() * 3)),
        ("names", lambda: m.names.__setitem__(0, "k")), ("layer", lambda: setattr(m.layers[1], "scale", 7.0)),
        ("layers", lambda: m.layers.append(Scale(2.0))), ("replaced", lambda: m.layers.__setitem__(0, Scale(4.0))),
        ("others", lambda: m.others.__setitem__(0, Scale(6.0))), ("act", lambda: setattr(m, "act", polygrad.neg)),
        ("k", lambda: setattr(m, "k", 4.0)), ("no k", lambda: delattr(m, "k")), ("class", lambda: setattr(Model, "k", 8.0)),
        ("dict", lambda: m.__dict__.__setitem__("scale", 9.0)), ("forward", lambda: setattr(m, "forward", lambda x: x * 50)),
        ("no forward", lambda: delattr(m, "forward")), ("child", lambda: setattr(m.others[0], "forward", lambda x: x * 60)),
    ]  # fmt: skip
    yield tuple(f(one()) for f in wrapped)
    for _, change in changes:
        change()
        yield tuple(f(one()) for f in wrapped)
    Model.k = 2.0


@case
def methods_of_classes_of_modules(wrap):
    class Kind(nn.Module):
        def forward(self, x):
            return x * 2

    class Sub(Kind):
        pass

    m, linear = Sub(), nn.Identity()
    f = wrap(lambda x: linear(m(x)))
    yield f(one())
    Kind.forward = lambda self, x: x * 3
    yield f(one())
    Sub.forward = lambda self, x: x * 4
    yield f(one())
    Sub.__call__ = lambda self, x: x * 5
    yield f(one())
    saved = nn.Identity.forward
    nn.Identity.forward = lambda self, x: x * 100
    try:
        yield f(one())
    finally:
        nn.Identity.forward = saved


@case
def parameter_lists_and_dictionaries(wrap):
    listed, named = nn.ParameterList([one(), one()]), nn.ParameterDict({"a": one()})
    f = wrap(lambda x: x * listed[0] + sum(p for p in listed) * named["a"] * len(listed) + sum(named.values()))
    yield f(one())
    listed[0] = nn.Parameter(one() * 5)
    yield f(one())
    named["a"] = nn.Parameter(one() * 7)
    yield f(one())
    listed.append(nn.Parameter(one() * 2))
    yield f(one())
    named["b"] = nn.Parameter(one() * 2)
    yield f(one())
    del named["a"]
    named["a"] = nn.Parameter(one() * 3)
    yield f(one())


@case
def attributes_that_are_deleted(wrap):
    m = Model()
    f = wrap(lambda x: x * (m.scale if hasattr(m, "scale") else 1.0) * m.k)
    yield f(one())
    del m.scale
    yield f(one())
    m.k = 5.0
    yield f(one())
    del m.k
    yield f(one())
    m.scale = 3.0
    yield f(one())


@case
def settings_of_optimizers(wrap):
    weight = nn.Parameter(one())
    o = polygrad.optim.SGD([{"params": [weight], "lr": 1.0}, {"params": [nn.Parameter(one())], "lr": 2.0}], lr=1.0)

    def rates(x):
        for group in o.param_groups:
            x = x * group["lr"]
        return x

    f, g = wrap(lambda x: x * o.param_groups[0]["lr"]), wrap(rates)
    h = wrap(lambda x: x * sum(group["lr"] for group in o.param_groups) * o.defaults["lr"])
    yield f(one()), g(one()), h(one())
    o.param_groups[0]["lr"] = 0.5
    yield f(one()), g(one()), h(one())
    o.param_groups[1]["lr"] = 0.25
    yield f(one()), g(one()), h(one())
    o.add_param_group({"params": [nn.Parameter(one())], "lr": 4.0})
    yield f(one()), g(one()), h(one())


@case
def what_the_compiled_module_is(wrap):
    m = Model()
    f = wrap(m)
    yield f(one())
    m.scale = 3.0
    yield f(one())
    m.forward = lambda x: x * 10
    yield f(one())


@case
def bound_methods_are_compiled(wrap):
    o, m = Plain(), Model()
    f, g, h = wrap(o.__call__), wrap(m.forward), wrap(functools.partial(lambda o, x: x * o.scale, o))
    yield f(one()), g(one()), h(one())
    o.scale = m.scale = 3.0
    yield f(one()), g(one()), h(one())


@case
def two_names_of_one_object(wrap):
    a = b = Plain(2.0)
    holder = types.SimpleNamespace(a=a, b=a)
    functions = [
        lambda x: x * a.doubled + b.doubled, lambda x: x * a.factor() + b.factor(), lambda x: holder.a(x) + holder.b(x),
        lambda x: x * holder.a.factor() + holder.b.factor(),
    ]  # fmt: skip
    wrapped = [wrap(f) for f in functions]
    yield tuple(f(one()) for f in wrapped)
    b = holder.b = Plain(3.0)
    yield tuple(f(one()) for f in wrapped)
    a.scale = b.scale = 5.0
    yield tuple(f(one()) for f in wrapped)
    a = holder.a = Plain(5.0)
    b.scale = 7.0
    yield tuple(f(one()) for f in wrapped)


@case
def methods_of_simple_values(wrap):
    o = types.SimpleNamespace(mode="mean-2", n=5, scale=2.0, array=np.float32(2.0), kinds=frozenset((1,)))
    functions = [
        lambda x: x * (1.0 if o.mode.startswith("mean") else 3.0), lambda x: x * float(o.mode.split("-")[1]),
        lambda x: x * o.n.bit_length(), lambda x: x * o.scale.is_integer(), lambda x: x * o.array.item(),
        lambda x: x * len(o.kinds.union((2,))),
    ]  # fmt: skip
    wrapped = [wrap(f) for f in functions]
    yield tuple(f(one()) for f in wrapped)
    o.mode = "sum-5"
    yield tuple(f(one()) for f in wrapped)
    o.n, o.scale, o.array, o.kinds = 50, 2.5, np.float32(7.0), frozenset((1, 2, 3))
    yield tuple(f(one()) for f in wrapped)


@case
def attributes_that_a_class_gets(wrap):
    class Base:
        pass

    class Derived(Base):
        pass

    class Slotted:
        __slots__ = ("scale",)

    o, slotted = Derived(), Slotted()
    functions = [
        lambda x: x * getattr(o, "scale", 1.0), lambda x: x * getattr(Derived, "scale", 1.0),
        lambda x: x * (2.0 if hasattr(Base, "other") else 1.0), lambda x: x * getattr(slotted, "scale", 1.0),
    ]  # fmt: skip
    wrapped = [wrap(f) for f in functions]
    yield tuple(f(one()) for f in wrapped)
    Base.scale = slotted.scale = 3.0
    yield tuple(f(one()) for f in wrapped)
    Base.other = Derived.scale = 5.0
    yield tuple(f(one()) for f in wrapped)
    del Derived.scale, slotted.scale
    yield tuple(f(one()) for f in wrapped)


@case
def attributes_of_a_metaclass(wrap):
    class Meta(type):
        scale = 2.0

        @property
        def doubled(cls):
            return cls.scale * 2

    class Table(metaclass=Meta):
        pass

    f = wrap(lambda x: x * Table.doubled)
    yield f(one())
    Meta.scale = 3.0
    yield f(one())
    Table.scale = 5.0
    yield f(one())


@case
def objects_that_are_gone(wrap):
    o, items = types.SimpleNamespace(act=Plain(3.0), mask=one() * 3), [Plain(2.0)]
    functions = [
        lambda x: x if o.act is None else o.act(x), lambda x: x if o.mask is None else o.mask * x,
        lambda x: x if items[0] is None else items[0](x),
    ]  # fmt: skip
    wrapped = [wrap(f) for f in functions]
    yield tuple(f(one()) for f in wrapped)
    o.act = o.mask = items[0] = None
    gc.collect()
    yield tuple(f(one()) for f in wrapped)


@case
def weak_references(wrap):
    o = Plain(2.0)
    reference = weakref.ref(o)
    f = wrap(lambda x: x * (7.0 if reference() is None else reference().scale))
    yield f(one())
    o.scale = 3.0
    yield f(one())
    del o
    gc.collect()
    yield f(one())


@case
def patterns(wrap):
    class Point:
        __match_args__ = ("a", "b")

        def __init__(self):
            self.a, self.b = 1.0, 2.0

    point, settings = Point(), types.SimpleNamespace(kind="a")

    def run(x):
        match point:
            case Point(1.0, b):
                x = x * b
            case Point(a, b):
                x = x * a - b
        match settings:
            case types.SimpleNamespace(kind="a"):
                return x
        return -x

    f = wrap(run)
    yield f(one())
    point.b = 5.0
    yield f(one())
    point.a = 7.0
    yield f(one())
    settings.kind = "b"
    yield f(one())


@case
def fields_of_named_tuples(wrap):
    nested = collections.namedtuple("nested", "left right")(2.0, [3.0])
    f, g = wrap(lambda x: x * nested.right[0]), wrap(lambda x: x * nested.left)
    yield f(one()), g(one())
    nested.right[0] = 5.0
    yield f(one()), g(one())
    nested = nested._replace(left=7.0)
    yield f(one()), g(one())


@case
def blocks_of_memory(wrap):
    data, numbers, matrix = bytearray((2, 3)), array.array("d", (2.0, 3.0)), np.array([[1.0, 2.0], [3.0, 4.0]])
    view, records = memoryview(bytearray((4, 5))), np.rec.array([(2.0,)], dtype=[("a", "f8")])
    functions = [
        lambda x: x * data[0], lambda x: x * sum(numbers), lambda x: x * view[1], lambda x: x * float(matrix.T[0, 1]),
        lambda x: x * float(records.a[0]),
    ]  # fmt: skip
    wrapped = [wrap(f) for f in functions]
    yield tuple(f(one()) for f in wrapped)
    data[0], numbers[1], matrix[1, 0], view[1], records.a[0] = 7, 7.0, 7.0, 7, 7.0
    yield tuple(f(one()) for f in wrapped)
    numbers.append(5.0)
    yield tuple(f(one()) for f in wrapped)


@case
def attributes_of_a_thread(wrap):
    local = threading.local()
    local.scale = 2.0
    f = wrap(lambda x: x * local.scale)
    yield f(one())
    local.scale = 3.0
    yield f(one())


@case
def what_partial_functions_bind(wrap):
    items, table = [2.0], {"a": 2.0}
    bound = functools.partial(lambda table, x, k: x * table["a"] * k, table, k=2.0)
    f, g = wrap(functools.partial(lambda items, x: x * items[0], items)), wrap(bound)
    yield f(one()), g(one())
    items[0] = table["a"] = 3.0
    yield f(one()), g(one())
    bound.keywords["k"] = 5.0
    yield f(one()), g(one())


@case
def states_of_optimizers(wrap):
    for make in (
        lambda p: polygrad.optim.SGD(p, lr=0.1, momentum=0.9),
        lambda p: polygrad.optim.Adam(p, lr=0.1),
    ):
        w = nn.Parameter(one())
        optimizer = make([w])

        def run(x, w=w, optimizer=optimizer):
            optimizer.zero_grad()
            ((w * x) ** 2).sum().backward()
            optimizer.step()
            return w * 1

        f = wrap(run)
        yield f(one()), f(one())
        optimizer.state.clear()
        yield f(one()), f(one())
        name = next(name for name in optimizer.state[w] if name != "step")
        optimizer.state[w][name] = one() * 3
        yield f(one()), f(one())
        optimizer.state[w].clear()
        yield f(one()), f(one())


def seen(name, wrap):
    results = []
    for values in CASES[name](wrap):
        for x in values if isinstance(values, tuple) else (values,):
            results.append((x.dtype, x.tolist()))
    return results


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", CASES)
def test_compiled_as_eager(name, backend):
    with polygrad.use_backend(backend):
        expected = seen(name, lambda function: function)
        found = seen(name, polygrad.compile)
    assert len(found) == len(expected)
    for (a_type, a), (b_type, b) in zip(found, expected, strict=True):
        assert a_type is b_type
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


# -- what the function changes -----------------------------------------------------------------------------------------------


class Counting(nn.Module):
    def __init__(self):
        super().__init__()
        self.steps, self.log, self.counts, self.cfg = 0, [], collections.Counter(), types.SimpleNamespace(steps=0)

    def forward(self, x):
        self.steps += 1
        return x * self.steps


COUNTED = 0


def counts_in_a_global(model, x):
    global COUNTED
    COUNTED += 1
    return x * COUNTED


def counts_in_a_closure():
    steps = 0

    def run(model, x):
        nonlocal steps
        steps += 1
        return x * steps

    return run


def counts_in_a_list(model, x):
    model.log.append(1)
    return x * len(model.log)


def counts_in_a_dictionary(model, x):
    model.counts["n"] += 1
    return x * model.counts["n"]


def counts_in_an_object(model, x):
    model.cfg.steps += 1
    return x * model.cfg.steps


def counts_by_a_computed_name(model, x):
    for name in ("ste" + "ps",):
        setattr(model, name, getattr(model, name) + 1)
    return x * model.steps


def counts_with_an_iterator(numbers):
    return lambda model, x: x * next(numbers)


GENERATOR = np.random.default_rng(0)
VERSION_COUNTER = {
    "an attribute": (lambda: lambda model, x: model(x), "model.steps"),
    "a global": (lambda: counts_in_a_global, "COUNTED"),
    "a closure": (counts_in_a_closure, "steps"),
    "a list": (lambda: counts_in_a_list, "model.log"),
    "a dictionary": (lambda: counts_in_a_dictionary, "model.counts"),
    "an object": (lambda: counts_in_an_object, "model.cfg.steps"),
    "a computed name": (lambda: counts_by_a_computed_name, "model.steps"),
    "an iterator": (lambda: counts_with_an_iterator(iter(range(1, 9))), "numbers"),
    "a counter": (lambda: counts_with_an_iterator(itertools.count(1)), "numbers"),
    "an iterating function": (lambda: counts_with_an_iterator(n + 1 for n in range(9)), "numbers"),
    "random": (lambda: lambda model, x: x * random.random(), "the state of random's Random"),
    "random.choice": (lambda: lambda model, x: x * random.choice([1.0, 2.0, 3.0]), "the state of random's Random"),
    "numpy.random": (lambda: lambda model, x: x * np.random.rand(), "the state of numpy's RandomState"),
    "a generator": (lambda: lambda model, x: x * GENERATOR.random(), "the state of numpy's Generator"),
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(("make", "words"), VERSION_COUNTER.values(), ids=VERSION_COUNTER)
def test_what_changes_at_every_call_runs_as_eager_code_and_warns_once(make, words, backend):
    def results(wrap):
        global COUNTED
        COUNTED = 0
        random.seed(0)
        np.random.seed(0)
        GENERATOR.bit_generator.state = state
        model, function = Counting(), make()
        run = wrap(lambda x: function(model, x))
        return [run(one()).item() for _ in range(6)]

    state = GENERATOR.bit_generator.state
    with polygrad.use_backend(backend):
        expected = results(lambda function: function)
        with pytest.warns(UserWarning, match=f"it changes .*{words}.* at every call") as caught:
            found = results(polygrad.compile)
    assert len(caught) == 1
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def appends(x, items):
    items.append(1.0)
    return x * len(items)


def appends_at_first(x, items):
    if len(items) < 3:
        items.append(1.0)
    return x * len(items)


def counts(x, table):
    table["n"] += 1
    return x * table["n"]


def takes_a_tensor(x, tensors):
    return x * tensors.pop() + len(tensors)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("function", "make"),
    [
        (appends, list), (appends_at_first, list), (counts, lambda: {"n": 0}),
        (takes_a_tensor, lambda: [one() * k for k in range(7)]),
    ],
)  # fmt: skip
def test_arguments_that_the_function_changes_are_changed_once_in_a_call(function, make, backend):
    def results(wrap):
        argument, run = make(), wrap(function)
        found = [run(one(), argument).item() for _ in range(5)]
        return found, len(argument)

    with polygrad.use_backend(backend), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert results(polygrad.compile) == results(lambda function: function)
        argument = make()
        polygrad.compile(function).lower(one(), argument)
        assert len(argument) == len(make())


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_tensor_in_the_place_of_none_is_told_to_outlive_the_trace(backend):
    class Caching(nn.Module):
        def __init__(self):
            super().__init__()
            self.table = None

        def forward(self, x):
            if self.table is None:
                self.table = polygrad.cos(polygrad.arange(x.shape[0]) * 1.0)
            return x * self.table

    with polygrad.use_backend(backend), pytest.raises(CompileError, match="outlive"):
        polygrad.compile(Caching())(polygrad.ones(2))


@pytest.mark.parametrize("backend", BACKENDS)
def test_state_that_is_made_in_the_first_call_makes_one_program(backend):
    class Lazy(nn.Module):
        def __init__(self):
            super().__init__()
            self.cache, self.table = None, {}

        def forward(self, x):
            if self.cache is None:
                self.cache = 3.0
            if x.ndim not in self.table:
                self.table[x.ndim] = 2.0
            return x * self.cache * self.table[x.ndim]

    with polygrad.use_backend(backend):
        compiled = polygrad.compile(Lazy())
        assert [compiled(one()).item() for _ in range(4)] == [6.0] * 4
        assert [compiled(polygrad.ones(1, 1)).item() for _ in range(4)] == [6.0] * 4
        assert [len(programs) for programs in compiled._compiled._programs.values()] == [1, 1]


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_failed_trace_changes_nothing_of_python_either(backend):
    with polygrad.use_backend(backend):
        model = Counting()

        def failing(x):
            model.steps += 1
            model.log.append(1)
            model.counts["n"] += 1
            if x.sum() > 0:
                return x
            return -x

        with pytest.raises(polygrad.compiler.CompileError):
            polygrad.compile(failing)(one())
        assert (model.steps, model.log, dict(model.counts)) == (0, [], {})
        polygrad.compile(lambda x: model(x)).lower(one())
        assert model.steps == 0


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_value_that_is_set_at_every_call_is_set_again_after_a_change(backend):
    with polygrad.use_backend(backend):
        state = {"mode": "none"}

        def run(x):
            state["mode"] = "train"
            return x * 2

        compiled = polygrad.compile(run)
        for mode in ("none", "train", "eval", "train"):
            state["mode"] = mode
            compiled(one())
            assert state["mode"] == "train"


# -- reasons for retracing, and references ------------------------------------------------------------------------------------


def test_a_new_trace_says_which_value_is_another(caplog):
    model, cfg = Model(), {"beta": 1.0}
    compiled = polygrad.compile(lambda x: x * model.cfg.scale * cfg["beta"])
    with caplog.at_level(logging.INFO, "polygrad.compile"):
        compiled(one())
        model.cfg.scale = 5.0
        compiled(one())
        assert "model.cfg.scale: 5.0, was 2.0" in caplog.text
        cfg["beta"] = 2.0
        compiled(one())
        assert "cfg['beta']: 2.0, was 1.0" in caplog.text


def test_a_number_with_many_values_runs_as_eager_code_in_the_end():
    cfg, found = {"beta": 0.0}, []
    compiled = polygrad.compile(lambda x: x * float(cfg["beta"]))

    def run():
        for number in range(20):
            cfg["beta"] = float(number)
            found.append(compiled(one()).item())

    with pytest.warns(UserWarning, match=r"cfg\['beta'\] has had 8 values") as caught:
        run()
    assert found == list(range(20))
    assert len(caught) == 1
    assert sum(map(len, compiled._programs.values())) == 9


def test_what_is_too_large_to_be_compared_is_told():
    array = np.ones(100_000)
    compiled = polygrad.compile(lambda x: x * float(array[0]))
    with pytest.warns(UserWarning, match=r"reads array, a NumPy array of shape \(100000,\), whose contents are not"):
        compiled(one())


def test_a_builtin_that_gets_a_global_meaning():
    scope = {"polygrad": polygrad}
    exec("def function(x):\n    return x * max(2.0, 1.0) * len([x])", scope)
    compiled = polygrad.compile(scope["function"])
    for _ in range(2):
        assert compiled(one()).item() == 2.0
    scope["max"] = lambda *values: 5.0
    assert compiled(one()).item() == 5.0
    scope["len"] = lambda values: 3
    assert compiled(one()).item() == 15.0
    del scope["max"]
    assert compiled(one()).item() == 6.0


def test_what_runs_while_a_module_is_imported_is_not_looked_at(tmp_path, monkeypatch):
    """It does not run again, and a large library runs much."""
    (tmp_path / "imported_while_tracing.py").write_text(
        "class Box:\n    n = 2.0\nbox = Box()\ndef factor():\n    return box.n\nfound = [factor() for _ in range(3)]\n"
    )
    monkeypatch.syspath_prepend(tmp_path)

    def function(x):
        import imported_while_tracing

        return x * imported_while_tracing.found[0] * imported_while_tracing.factor()

    compiled = polygrad.compile(function)
    gc.collect()  # so that what the trace makes is young, and the rest is not
    assert compiled(one()).item() == 4.0
    import imported_while_tracing  # type: ignore[import-not-found]  # it is written by this test

    imported_while_tracing.box.n = 3.0
    assert compiled(one()).item() == 6.0
    imported_while_tracing.found[0] = 1.0
    assert compiled(one()).item() == 3.0


def test_arrays_of_objects_are_told():
    array = np.array([2.0, "a"], dtype=object)
    compiled = polygrad.compile(lambda x: x * array[0])
    with pytest.warns(UserWarning, match=r"a NumPy array of Python objects, of shape \(2,\), whose contents are not"):
        compiled(one())


def test_what_is_large_and_made_while_tracing_is_no_cause_to_warn():
    def function(x):
        noise = np.random.default_rng(1).uniform(0.5, 2, (4, 3000))
        return x * polygrad.tensor(np.round(np.clip(noise, 0, 1) * 8)).sum() + polygrad.tensor(np.ones(10_000)).sum()

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        polygrad.compile(function)(one())


def test_guards_do_not_keep_objects_alive():
    class Big:
        def __init__(self):
            self.scale, self.data = 2.0, np.ones(10)

    holder = {"big": Big(), "listed": [Big()]}
    compiled = polygrad.compile(lambda x: x * holder["big"].scale * holder["listed"][0].scale)
    compiled(one())
    references = [weakref.ref(holder["big"]), weakref.ref(holder["listed"][0])]
    holder.update(big=Big(), listed=[Big()])
    gc.collect()
    assert [reference() for reference in references] == [None, None]
    assert compiled(one()).item() == 4.0


def test_arguments_are_not_kept_alive():
    compiled = polygrad.compile(lambda batch, options: batch["x"] * options["scale"])
    batch = {"x": polygrad.ones(3)}
    kept = weakref.ref(batch["x"])
    compiled(batch, {"scale": 2.0})
    del batch
    gc.collect()
    assert kept() is None


def test_threads_that_change_what_others_read():
    cfg = {"scale": 0.0}
    lock, wrong = threading.Lock(), []
    compiled = polygrad.compile(lambda x: x * cfg["scale"])

    def work(number):
        for step in range(30):
            with lock:
                cfg["scale"] = float((number + step) % 4)
                if compiled(one()).item() != cfg["scale"]:
                    wrong.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_profiler_goes_on():
    import sys

    seen = []

    def profile(frame, event, value):
        if event == "call":
            seen.append(frame.f_code.co_name)

    def watched(x):
        return x * 2

    sys.setprofile(profile)
    try:
        polygrad.compile(watched)(one())
        assert sys.getprofile() is profile
    finally:
        sys.setprofile(None)
    assert "watched" in seen


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_large_array_that_the_function_makes_is_not_told_of(backend):
    with polygrad.use_backend(backend), warnings.catch_warnings():
        warnings.simplefilter("error")

        @polygrad.compile
        def scaled(x):
            return x * polygrad.tensor(np.round(np.linspace(0, 1, 30_000)), dtype=x.dtype)

        for _ in range(3):
            assert scaled(polygrad.ones(30_000)).sum().item() == 15_000
