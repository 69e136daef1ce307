"""Help of methods that are made from functions: their docstrings are those of the functions, with other sections."""

from __future__ import annotations

import inspect
import re

#: Examples of methods in place, where that of the function does not show one.
_IN_PLACE = {
    "addbmm": (">>> polygrad.zeros(1, 1).{}(polygrad.ones(2, 1, 3), polygrad.ones(2, 3, 1))", "tensor([[6.]])"),
    "addmm": (">>> polygrad.zeros(1, 1).{}(polygrad.ones(1, 3), polygrad.ones(3, 1))", "tensor([[3.]])"),
    "baddbmm": (">>> polygrad.zeros(1, 1, 1).{}(polygrad.ones(1, 1, 3), polygrad.ones(1, 3, 1))", "tensor([[[3.]]])"),
    "nextafter": (">>> polygrad.tensor([1.0]).{}(polygrad.tensor([2.0])) > 1", "tensor([True])"),
    "polygamma": (">>> polygrad.tensor([0.5, 1.0]).{}(1)", "tensor([4.9348, 1.6449])"),
}
#: Of the methods ``new_…``: the arguments of an example on a tensor of float32, and what it prints.
_NEW = {
    "zeros": ("3", "tensor([0., 0., 0.])"),
    "ones": ("3", "tensor([1., 1., 1.])"),
    "empty": ("3", "tensor([0., 0., 0.])"),
    "full": ("(3,), 7", "tensor([7., 7., 7.])"),
    "tensor": ("[1, 2, 3]", "tensor([1., 2., 3.])"),
}


def sections_of(doc: str) -> dict[str, list[str]]:
    """Return the indented lines of each section of a docstring, by its title."""
    found: dict[str, list[str]] = {}
    for title, lines in re.findall(r"^(\w+)::?\n((?:(?:    .*)?\n)*)", f"{doc}\n", re.MULTILINE):
        found[title] = [line for line in lines.split("\n") if line]
    return found


def _without_first(items: list[str]) -> list[str]:
    """Return the lines of a section without its first item, which may have several."""
    starts = [number for number, line in enumerate(items) if not line.startswith("     ")]
    return items[starts[1] :] if len(starts) > 1 else []


def in_place_docstring(name: str, function_doc: str | None) -> str:
    """Return the help of the method ``name_``, from that of the function ``name``."""
    sections = sections_of(inspect.cleandoc(function_doc or ""))
    parts = [f"Apply `{name}` in place: the tensor takes over the result."]
    if arguments := _without_first(sections.get("Args", [])):
        parts.append("\n".join(["Args:", *arguments]))
    parts.append("Returns:\n    This tensor.")
    parts.append(
        "Raises:\n    RuntimeError: the result has another shape, or a data type of a larger kind; or the tensor is a leaf that\n"
        "        requires grad, in grad mode."
    )
    if name in _IN_PLACE:
        example = [f"    {line.format(name + '_')}" for line in _IN_PLACE[name]]
    else:
        example = _method_call(name, sections.get("Example", []))
    if example:
        parts.append("\n".join(["Example::", "", *example]))
    return "\n\n".join(parts)


def _method_call(name: str, example: list[str]) -> list[str]:
    """Return the first call of a function in ``example``, and what it prints, as a call of the method ``name_``."""
    for number, line in enumerate(example):
        call = re.match(r"    >>> polygrad\.\w+\((.*)\)$", line)
        if call is None:
            continue
        end = _end_of_argument(call[1])
        operand, others = call[1][:end], call[1][end:].removeprefix(", ")
        printed = []
        for result in example[number + 1 :]:
            if result.startswith("    >>>"):
                break
            printed.append(_in_type_of(operand, result))
        return [*example[:number], f"    >>> {operand}.{name}_({others})", *printed]
    return []


def _end_of_argument(arguments: str) -> int:
    """Return where the first of some arguments ends."""
    depth = 0
    for position, character in enumerate(arguments):
        depth += (character in "([") - (character in ")]")
        if character == "," and not depth:
            return position
    return len(arguments)


def _in_type_of(operand: str, printed: str) -> str:
    """Return the printed booleans of a predicate as numbers, where its operand holds numbers."""
    if "True" in operand or not re.search("True|False", printed):
        return printed
    point = "." if "." in operand.partition("[")[2] else ""
    return re.sub(" ?True", f"1{point}", printed).replace("False", f"0{point}")


def new_like_docstring(name: str, function_doc: str | None) -> str:
    """Return the help of the method ``new_name``, from that of the function ``name``."""
    sections = sections_of(inspect.cleandoc(function_doc or ""))
    arguments, printed = _NEW[name]
    parts = [
        f"Apply `polygrad.{name}` with the data type, backend and device of this tensor, unless others are given.",
        "\n".join(["Args:", *sections.get("Args", [])]),
        "Returns:\n    A leaf.",
        "\n".join(["Example::", "", f"    >>> polygrad.ones(1).new_{name}({arguments})", f"    {printed}"]),
    ]
    return "\n\n".join(parts)
