"""What a primitive may be called, and its parameters."""

from __future__ import annotations

import pytest

import polygrad
from polygrad._core.dispatch import _names_in_templates
from polygrad._core.primitive import PRIMITIVES


@pytest.mark.parametrize("name", ["kind", "a0", "out", "kernels", "Tensor"])
def test_a_parameter_that_the_dispatcher_would_overwrite_is_refused(name):
    scope: dict = {}
    exec(f"def shifted(xp, x, /, {name}=2):\n    return x + {name}", scope)
    shifted = polygrad.primitive(name=f"shifted_by_{name}")(scope["shifted"])
    try:
        with pytest.raises(ValueError, match=f"cannot be called '{name}'"):
            shifted(polygrad.ones(2), 3)
    finally:
        del PRIMITIVES[shifted.name]


def test_no_parameter_of_a_primitive_is_a_name_of_the_dispatchers():
    taken = _names_in_templates()
    assert {
        name: names for name, p in PRIMITIVES.items() if (names := taken.intersection(p.parameters + p.settings))
    } == {}


def test_a_name_that_another_module_has_taken_is_refused():
    former = PRIMITIVES["exp"]
    with pytest.raises(ValueError, match="'exp' is declared in polygrad"):
        polygrad.primitive(name="exp")(lambda xp, x, /: x)
    assert PRIMITIVES["exp"] is former


def test_a_module_may_declare_its_primitive_again():
    """A cell of a notebook is run twice."""

    def declare(factor):
        @polygrad.primitive(name="test_declared_again")
        def scaled(xp, x, /):
            return x * factor

        return scaled

    try:
        declare(2)
        assert declare(3)(polygrad.ones(1)).tolist() == [3.0]
    finally:
        del PRIMITIVES["test_declared_again"]
