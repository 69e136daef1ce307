"""Einstein's summation, made of permutations, reshapes and matrix products.

It is a composite: every step is a primitive with a gradient, so derivatives of every order come for free.  Operands are
contracted two at a time.  The pair is chosen greedily: the one that leaves the fewest elements, compared with what it
takes away (D. G. A. Smith and J. Gray, "opt_einsum", Journal of Open Source Software, 2018).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

#: A letter of the equation, or the number, counted from the end, of a dimension of an ellipsis.
Label = str | int


class EquationError(ValueError, RuntimeError):
    """An equation that does not fit its operands."""


def einsum(xp: Any, equation: str, operands: Sequence[Any]) -> Any:
    """The sum of products of ``operands`` that ``equation`` describes.

    Raises `EquationError`, with the equation in its text, where it is malformed or does not fit.
    """
    terms, output, lengths = parse(equation, [tuple(x.shape) for x in operands])
    terms_and_arrays = [_prepare(xp, x, term, lengths) for x, term in zip(operands, terms, strict=True)]
    while True:
        terms_and_arrays = [
            _sum_out(xp, x, term, {*output, *_labels_of(terms_and_arrays, skip=number)})
            for number, (x, term) in enumerate(terms_and_arrays)
        ]
        if len(terms_and_arrays) == 1:
            break
        i, j = _cheapest_pair([term for _, term in terms_and_arrays], output, lengths)
        (x, first), (y, second) = terms_and_arrays[i], terms_and_arrays[j]
        rest = [pair for number, pair in enumerate(terms_and_arrays) if number not in (i, j)]
        kept = {*output, *_labels_of(rest)}
        terms_and_arrays = [*rest, _contract(xp, x, first, y, second, kept, lengths)]
    result, term = terms_and_arrays[0]
    return _permute(xp, result, tuple(term.index(label) for label in output))


def _labels_of(terms_and_arrays: Iterable[tuple[Any, tuple[Label, ...]]], skip: int = -1) -> set[Label]:
    return {label for number, (_, term) in enumerate(terms_and_arrays) if number != skip for label in term}


# -- the equation ------------------------------------------------------------------------------------------------------


def parse(
    equation: str, shapes: Sequence[tuple[int, ...]]
) -> tuple[list[tuple[Label, ...]], tuple[Label, ...], dict[Label, int]]:
    """The labels of every operand and of the result, and the length of each label."""

    def wrong(what: str) -> EquationError:
        return EquationError(f"einsum({equation!r}): {what}")

    inputs, arrow, result = equation.replace(" ", "").partition("->")
    parts = inputs.split(",")
    if len(parts) != len(shapes):
        raise wrong(f"the equation has {len(parts)} terms before the arrow, but there are {len(shapes)} operands")
    terms: list[tuple[Label, ...]] = []
    for number, (part, shape) in enumerate(zip(parts, shapes, strict=True)):
        before, dots, after = _split(part, wrong)
        covered = len(shape) - len(before) - len(after)
        if covered < 0 or (covered and not dots):
            raise wrong(
                f"the term {part!r} names {len(before) + len(after)} dimensions, but operand {number} has {len(shape)} "
                f"(its shape is {shape})"
            )
        terms.append((*before, *range(-covered, 0), *after))
    lengths = _lengths(terms, shapes, wrong)
    ellipsis = tuple(sorted(label for label in lengths if isinstance(label, int)))
    if not arrow:
        counts = Counter(label for term in terms for label in term if isinstance(label, str))
        return terms, (*ellipsis, *sorted(label for label, times in counts.items() if times == 1)), lengths
    before, dots, after = _split(result, wrong)
    output = (*before, *(ellipsis if dots else ()), *after)
    for label, times in Counter(output).items():
        if times > 1:
            raise wrong(f"the label {label!r} appears {times} times in the output")
        if label not in lengths:
            raise wrong(f"the label {label!r} of the output is in none of the inputs")
    return terms, output, lengths


def _split(part: str, wrong: Any) -> tuple[str, bool, str]:
    before, dots, after = part.partition("...")
    for letter in before + after:
        if not (letter.isascii() and letter.isalpha()):
            raise wrong(
                f"invalid label {letter!r} in {part!r}; labels are letters, and an ellipsis is '...', once in a term"
            )
    return before, bool(dots), after


def _lengths(terms: Sequence[tuple[Label, ...]], shapes: Sequence[tuple[int, ...]], wrong: Any) -> dict[Label, int]:
    lengths: dict[Label, int] = {}
    origin: dict[Label, int] = {}
    for number, (term, shape) in enumerate(zip(terms, shapes, strict=True)):
        for label, length in zip(term, shape, strict=True):
            known = lengths.setdefault(label, length)
            if known == 1 and length != 1:
                lengths[label], origin[label] = length, number
            elif length not in (1, known):
                what = f"the label {label!r}" if isinstance(label, str) else f"dimension {label} of the ellipsis"
                raise wrong(
                    f"{what} is {known} in operand {origin.get(label, 0)}, but {length} in operand {number} (the "
                    f"shapes are {', '.join(str(s) for s in shapes)})"
                )
            else:
                origin.setdefault(label, number)
    return lengths


# -- the steps ---------------------------------------------------------------------------------------------------------


def _permute(xp: Any, x: Any, axes: tuple[int, ...]) -> Any:
    return x if axes == tuple(range(len(axes))) else xp.permute_dims(x, axes)


def _reshape(xp: Any, x: Any, shape: tuple[int, ...]) -> Any:
    return x if tuple(x.shape) == shape else xp.reshape(x, shape)


def _prepare(xp: Any, x: Any, term: tuple[Label, ...], lengths: dict[Label, int]) -> tuple[Any, tuple[Label, ...]]:
    """``x`` with every label once: diagonals taken, and axes of length 1 dropped where others have more."""
    shape = tuple(x.shape)
    broad = [axis for axis, label in enumerate(term) if shape[axis] == 1 and lengths[label] != 1]
    if broad:
        x = xp.reshape(x, tuple(n for axis, n in enumerate(shape) if axis not in broad))
        term = tuple(label for axis, label in enumerate(term) if axis not in broad)
    while len(set(term)) < len(term):
        second = next(axis for axis, label in enumerate(term) if label in term[:axis])
        first = term.index(term[second])
        rest = [axis for axis in range(len(term)) if axis not in (first, second)]
        x = xp.diagonal(_permute(xp, x, (*rest, first, second)))
        term = (*(term[axis] for axis in rest), term[first])
    return x, term


def _sum_out(xp: Any, x: Any, term: tuple[Label, ...], kept: set[Label]) -> tuple[Any, tuple[Label, ...]]:
    """``x`` summed over the labels that are in no other operand and not in the result."""
    axes = tuple(axis for axis, label in enumerate(term) if label not in kept)
    if not axes:
        return x, term
    return xp.sum(x, axis=axes), tuple(label for label in term if label in kept)


def _size(labels: Iterable[Label], lengths: dict[Label, int]) -> int:
    count = 1
    for label in labels:
        count *= lengths[label]
    return count


def _cheapest_pair(
    terms: Sequence[tuple[Label, ...]], output: Sequence[Label], lengths: dict[Label, int]
) -> tuple[int, int]:
    if len(terms) == 2:
        return 0, 1
    best, chosen = None, (0, 1)
    for i in range(len(terms)):
        for j in range(i + 1, len(terms)):
            others = {label for number, term in enumerate(terms) if number not in (i, j) for label in term}
            both = {*terms[i], *terms[j]}
            result = _size([label for label in both if label in others or label in output], lengths)
            # Pairs that share nothing come last: their product is the largest for its work.
            cost = (not set(terms[i]) & set(terms[j]), result - _size(terms[i], lengths) - _size(terms[j], lengths))
            if best is None or cost < best:
                best, chosen = cost, (i, j)
    return chosen


def _contract(
    xp: Any,
    x: Any,
    first: tuple[Label, ...],
    y: Any,
    second: tuple[Label, ...],
    kept: set[Label],
    lengths: dict[Label, int],
) -> tuple[Any, tuple[Label, ...]]:
    """The product of ``x`` and ``y``, summed over the labels of both that are not ``kept``."""
    batch = [label for label in first if label in second and label in kept]
    summed = [label for label in first if label in second and label not in kept]
    left = [label for label in first if label not in second]
    right = [label for label in second if label not in first]
    shape = tuple(lengths[label] for label in (*batch, *left, *right))
    x = _permute(xp, x, tuple(first.index(label) for label in (*batch, *left, *summed)))
    y = _permute(xp, y, tuple(second.index(label) for label in (*batch, *summed, *right)))
    if summed:
        batches = () if not batch else (_size(batch, lengths),)
        inner = _size(summed, lengths)
        x = _reshape(xp, x, (*batches, _size(left, lengths), inner))
        y = _reshape(xp, y, (*batches, inner, _size(right, lengths)))
        return _reshape(xp, xp.matmul(x, y), shape), (*batch, *left, *right)
    x = _reshape(xp, x, (*shape[: len(batch) + len(left)], *(1,) * len(right)))
    y = _reshape(xp, y, (*shape[: len(batch)], *(1,) * len(left), *shape[len(batch) + len(left) :]))
    return xp.multiply(x, y), (*batch, *left, *right)
