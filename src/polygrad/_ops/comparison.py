"""Comparisons, logic and bits, element by element: the results do not vary with the operands."""

from __future__ import annotations

from .._core.primitive import elementwise, predicate

for _name, _names, _symbol, _words, _results in (
    ("equal", "eq", "==", "is equal to", "False,  True, False"),
    ("not_equal", "ne not_equal", "!=", "differs from", " True, False,  True"),
    ("less", "lt less", "<", "is less than", " True, False, False"),
    ("less_equal", "le less_equal", "<=", "is at most", " True,  True, False"),
    ("greater", "gt greater", ">", "is greater than", "False, False,  True"),
    ("greater_equal", "ge greater_equal", ">=", "is at least", "False,  True,  True"),
):
    predicate(
        _name, 2, names=_names, operator=_symbol, real_only=_symbol not in ("==", "!="),
        doc=f"Where ``input`` {_words} ``other``: ``input {_symbol} other``.",
        example=f"polygrad.{_names.split()[0]}(polygrad.tensor([1, 2, 3]), 2)  # tensor([{_results}])",
    )  # fmt: skip
for _name, _words, _results in (
    ("logical_and", "both are", " True, False, False"),
    ("logical_or", "``input`` or ``other`` is", " True,  True, False"),
    ("logical_xor", "just one of both is", "False,  True, False"),
):
    predicate(
        _name, 2,
        doc=f"Where {_words} true, or not zero.",
        example=f"polygrad.{_name}(polygrad.tensor([True, True, False]), polygrad.tensor([1, 0, 0]))  # tensor([{_results}])",
    )  # fmt: skip
predicate(
    "logical_not",
    doc="Where ``input`` is false, or zero.",
    example="polygrad.logical_not(polygrad.tensor([1, 0]))  # tensor([False,  True])",
)
for _name, _words, _results in (
    ("isfinite", "finite: neither infinite nor NaN", " True, False, False"),
    ("isinf", "infinite", "False,  True, False"),
    ("isnan", "NaN", "False, False,  True"),
):
    predicate(
        _name, in_place=False, out=False,
        doc=f"Where ``input`` is {_words}.",
        example=f"polygrad.{_name}(polygrad.tensor([1.0, polygrad.inf, polygrad.nan]))  # tensor([{_results}])",
    )  # fmt: skip
predicate(
    "signbit", real_only=True, in_place=False,
    doc="Where the sign of ``input`` is set: negative numbers, and -0.0.",
    example="polygrad.signbit(polygrad.tensor([-1.0, -0.0, 0.0]))  # tensor([ True,  True, False])",
)  # fmt: skip
for _name, _symbol, _words, _results in (
    ("bitwise_and", "&", "The bits that both integers have, or where both booleans are true", "4, 2"),
    ("bitwise_or", "|", "The bits that either integer has, or where either boolean is true", "7, 3"),
    (
        "bitwise_xor",
        "^",
        "The bits that just one of both integers has, or where just one of both booleans is true",
        "3, 1",
    ),
    (
        "bitwise_left_shift",
        "<<",
        "The integers of ``input`` with their bits moved to the left, ``input * 2 ** other``",
        "320,  12",
    ),
    (
        "bitwise_right_shift",
        ">>",
        "The integers of ``input`` with their bits moved to the right, ``input // 2 ** other``",
        "0, 0",
    ),
):
    elementwise(
        _name, arity=2, operator=_symbol,
        doc=f"{_words}: ``input {_symbol} other``.",
        example=f"polygrad.{_name}(polygrad.tensor([5, 3]), polygrad.tensor([6, 2]))  # tensor([{_results}])",
    )  # fmt: skip
elementwise(
    "bitwise_invert", names="bitwise_not", operator="~",
    doc="The integers with every bit turned, ``-input - 1``, or the other of each boolean: ``~input``.",
    example="polygrad.bitwise_not(polygrad.tensor([0, 5]))  # tensor([-1, -6])",
)  # fmt: skip
