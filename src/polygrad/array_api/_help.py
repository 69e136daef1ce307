"""Help of the standard's functions: what their docstrings leave out is that of a function with PyTorch's name, in other words."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any

from .._functions.docstrings import sections_of
from ..backends.namespace import STANDARD

#: Arguments that several functions have, where no other text describes them.
_DESCRIPTIONS = {
    "x": "an array of any shape.",
    "x1": "an array.",
    "x2": "an array whose shape broadcasts with that of ``x1``.",
    "axis": "the axis; a negative number counts from the last one.",
    "keepdims": "whether the reduced axes stay in the result, with length 1.",
    "dtype": "the data type of the result.",
    "device": "the device of the result.",
}
#: What examples use of `polygrad` that the standard has, or that `asarray` is.
_OURS = STANDARD | {"tensor"}
#: Where the prose of a docstring ends: the title of its first section.
_FIRST_TITLE = re.compile(r"^\w+::?\n(?=\n?    )", re.MULTILINE)
#: What is renamed outside of examples: code, the name of a described argument, and tensors.
_WORDS = re.compile(
    r"``[^`]*``|^(    \*?)(\w+)(?=: )|\b([Aa]) tensor\b|\btensor(?=s?\b)|, as one tuple or one by one", re.MULTILINE
)
#: What is renamed in the code of examples: lengths one by one, functions and modules, arguments.
_CODE = re.compile(r"polygrad\.(ones|zeros)\((\d+(?:, \d+)+)\)|polygrad\.(linalg|fft)\b|polygrad\.(\w+)|\b(\w+)=(?!=)")


def docstring(function: Any, parameters: Mapping[str, inspect.Parameter], like: Any, names: Mapping[str, str]) -> str:
    """The docstring of ``function``, completed from that of ``like``, whose arguments have other ``names``."""
    purpose, *prose, sections = _parts(inspect.cleandoc(function.__doc__ or ""))
    their_purpose, *their_prose, theirs = _parts("" if like is None else _in_our_words(like, function, names))
    descriptions = {**_DESCRIPTIONS, **_items(theirs.get("Args", [])), **_items(sections.get("Args", []))}
    arguments = []
    for name, parameter in parameters.items():
        shown = f"*{name}" if parameter.kind is parameter.VAR_POSITIONAL else name
        text = descriptions[shown]
        arguments.append(text if text.startswith("    ") else f"    {shown}: {text}")
    errors = sections.get("Raises") or theirs.get("Raises", [])
    said = "\n".join(errors)
    arrays = [f"``{name}``" for name, parameter in parameters.items() if parameter.annotation == "Tensor"]
    if arrays and "TypeError" not in said:
        errors = [*errors, f"    TypeError: {' or '.join(arrays)} is not an array."]
    if "axis" in parameters and "IndexError" not in said:
        errors = [*errors, "    IndexError: the array does not have the axis."]
    parts = [purpose or their_purpose, *(prose or their_prose)]
    for title, lines in (
        ("Args:", arguments),
        ("Returns:", sections.get("Returns") or theirs.get("Returns", [])),
        ("Raises:", errors),
        ("Example::\n", sections.get("Example") or theirs.get("Example", [])),
    ):
        if lines:
            parts.append("\n".join([title, *lines]))
    return "\n\n".join(parts)


def _parts(doc: str) -> list[Any]:
    """The paragraphs of a docstring, of which there is at least one, and the sections after them."""
    return [*_FIRST_TITLE.split(doc, maxsplit=1)[0].strip().split("\n\n"), sections_of(doc)]


def _items(lines: list[str]) -> dict[str, str]:
    """The lines of a section by what each item describes."""
    found: dict[str, str] = {}
    name = ""
    for line in lines:
        if line.startswith("     "):
            found[name] += f"\n{line}"
        else:
            name = line.strip().partition(":")[0]
            found[name] = line
    return found


def _in_our_words(like: Any, function: Any, names: Mapping[str, str]) -> str:
    """The docstring of ``like`` with the standard's names of functions and arguments, and arrays for tensors."""
    known = {like.__name__, *getattr(like, "public_names", ())}
    extension = function.__module__.removeprefix(__package__)[1:]
    own = f"{extension}.{function.__name__}" if extension in ("linalg", "fft") else function.__name__

    def word(found: re.Match[str]) -> str:
        if found[0].startswith("``"):
            return re.sub(r"\w+", lambda one: names.get(one[0], one[0]), found[0])
        if found[2]:
            return found[1] + names.get(found[2], found[2])
        return f"{found[3]}n array" if found[3] else "array" if found[0] == "tensor" else ""

    def code(found: re.Match[str]) -> str:
        constructor, lengths, module, name, argument = found.groups()
        if constructor:
            return f"xp.{constructor}(({lengths}))"
        if module:
            return f"xp.{module}"
        if argument:
            return f"{names.get(argument, argument)}="
        return (
            f"xp.{'asarray' if name == 'tensor' else own if name in known else name}"
            if name in known | _OURS
            else found[0]
        )

    text, title, example = (inspect.getdoc(like) or "").partition("Example::")
    lines = [_CODE.sub(code, line) if line.startswith(("    >>>", "    ...")) else line for line in example.split("\n")]
    return _WORDS.sub(word, text) + title + "\n".join(lines)
