"""A lint of the gradient rules: they call only what the namespace ``xp`` has."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

import polygrad
from polygrad import _ops
from polygrad._core.primitive import OPERATIONS, PRIMITIVES, Plan, parameters
from polygrad.backends.namespace import GENERIC, STANDARD
from polygrad.testing.operations import ROWS
from polygrad.testing.table import evaluate

pytest.importorskip("polygrad_strict", reason="the plugin for array-api-strict is not installed")


class Spy:
    """The strict library's ``xp``, with a list of the names that were asked for."""

    def __init__(self, real):
        self._real = real
        self.used: set[str] = set()

    def __getattr__(self, name: str):
        if name not in STANDARD and name not in GENERIC and name not in PRIMITIVES:
            raise AttributeError(f"the flat xp has no {name!r}: it is neither in the standard nor a primitive")
        self.used.add(name)
        return getattr(self._real, name)


@pytest.fixture(scope="module")
def spied():
    """The strict backend with every rule run on a spy; what was bound before is bound again."""
    strict = polygrad.get_backend("strict")
    spy = Spy(strict.xp)

    def forget():
        for primitive in PRIMITIVES.values():
            for plan in primitive.plans.values():
                plan.backward.clear()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(strict), "rule", lambda self, plan: plan.rule(spy))
        forget()
        yield spy
        forget()


@pytest.mark.parametrize("row", [r for r in ROWS if r.orders], ids=str)
def test_rules_use_the_names_of_the_flat_xp(row, spied):
    for precision in row.kinds:
        for number in range(len(row.cases)):
            evaluate(row, number, precision, "strict")


def test_the_spy_refuses_other_names(spied):
    with pytest.raises(AttributeError, match="neither in the standard nor a primitive"):
        _ = spied.newaxis_or_something


def _rules():
    for primitive in PRIMITIVES.values():
        if primitive.__module__.startswith("polygrad."):
            for rule in (primitive.joint, *primitive.rules.values()):
                if rule is not None:
                    yield primitive.name, rule


def test_every_name_that_a_rule_uses_is_an_operation(spied):
    """Rules also run on polygrad's own operations, for higher orders: what they call must be there too."""
    polygrad.zeros(1)  # the operations that the functions bring along
    missing = {name for name in spied.used if not hasattr(OPERATIONS, name)}
    assert missing == set()


@pytest.mark.parametrize(("name", "rule"), list(_rules()), ids=lambda x: x if isinstance(x, str) else "")
def test_rules_ask_for_what_they_use(name, rule):
    """What a rule names is kept alive until the backward pass: a name that it does not use costs memory."""
    code = rule.__code__
    if code.co_name == "<lambda>" and "rule" in rule.__globals__:  # an adapter made by `from_hermitian`
        code = rule.__globals__["rule"].__code__
    used = set()
    for instruction in _instructions(code):
        used.add(instruction)
    for parameter in parameters(rule):
        assert parameter in used, f"the gradient rule of {name} asks for {parameter}, and does not use it"


def _instructions(code):
    import dis

    cells = set(code.co_cellvars)
    for instruction in dis.get_instructions(code):
        if instruction.opname.startswith("LOAD_FAST"):
            values = instruction.argval
            yield from values if isinstance(values, tuple) else (values,)
        elif instruction.argval in cells:
            yield instruction.argval


# -- the text of the mathematics -----------------------------------------------------------------------------------------

#: Attributes that mean something else in each library, or are there in some only.
FORBIDDEN = {
    "size",
    "T",
    "H",
    "mT",
    "item",
    "tolist",
    "numel",
    "nbytes",
    "copy",
    "sum",
    "mean",
    "astype",
    "flat",
    "ravel",
}


@pytest.mark.parametrize("path", sorted(Path(_ops.__file__).parent.glob("*.py")), ids=lambda p: p.name)
def test_arrays_are_asked_for_nothing_but_what_the_standard_gives(path):
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and node.attr in FORBIDDEN:
            if ast.unparse(node.value) not in ("xp", "OPERATIONS", "math", "batch", "batch.xp", "self"):
                found.append(f"{path.name}:{node.lineno}: .{node.attr}")
    assert not found


def test_plans_are_made_of_the_rules():
    plan = PRIMITIVES["multiply"].plan((True, False))
    assert isinstance(plan, Plan) and plan.residuals == ["y"]
    assert inspect.signature(PRIMITIVES["multiply"].rules["x"]).parameters.keys() == {"xp", "g", "y"}
