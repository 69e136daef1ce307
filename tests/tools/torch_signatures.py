"""Writes ``tests/cases/torch_signatures.tsv``: the names of the arguments of PyTorch's functions that polygrad has, in their order.

``python tests/tools/torch_signatures.py`` needs PyTorch.  The names are read from PyTorch's stubs, where its documentation has
them too, from the signatures of its Python functions, and from the first lines of its documentation.  A row is a name and one
of its signatures: ``?`` marks an argument with a default; what comes after ``*`` is given by name only.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

import polygrad

TABLE = Path(__file__).parent.parent / "cases" / "torch_signatures.tsv"
STUBS = Path(torch.__file__).parent / "_C"
#: Module of both libraries → the stub of its functions, and the class in it.
MODULES = {
    "": ("_VariableFunctions.pyi", None),
    "Tensor": ("__init__.pyi", "TensorBase"),
    "nn.functional": ("_nn.pyi", None),
    "linalg": (None, None),
    "special": (None, None),
}


def signatures_in(file: str, within: str | None) -> dict[str, list[str]]:
    """Name → the signatures in a stub."""
    tree: Any = ast.parse((STUBS / file).read_text(encoding="utf-8"))
    if within:
        tree = next(node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name == within)
    found: dict[str, list[str]] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and "Dimname" not in ast.unparse(node.args):
            found.setdefault(node.name, []).append(of_stub(node.args))
    found.pop("copy_", None)  # the stub calls its argument as nothing else does
    return found


def of_stub(arguments: ast.arguments) -> str:
    """A signature of a stub as a row has it."""
    positional = [one.arg.rstrip("_") for one in (*arguments.posonlyargs, *arguments.args)]
    required = len(positional) - len(arguments.defaults)
    parts = [name + "?" * (place >= required) for place, name in enumerate(positional)]
    if arguments.vararg or arguments.kwonlyargs:
        parts.append(f"*{arguments.vararg.arg if arguments.vararg else ''}")
    by_name = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return ", ".join(parts + [one.arg + "?" * (default is not None) for one, default in by_name])


def of_function(name: str, function: Any) -> list[str]:
    """The signature of a function of Python, or those that its documentation begins with."""
    heading = rf"^\s*(?:\.\. function:: )?(?:\w+\.)*{name}\((.*?)\)(?: ->.*)?$"
    lines = re.findall(heading, function.__doc__ or "", re.MULTILINE)
    for found in (function, None if lines else torch.overrides.get_testing_overrides().get(function)):
        try:
            parameters = list(inspect.signature(found).parameters.values())  # type: ignore[arg-type]  # tried
        except (TypeError, ValueError):
            continue
        if any(one.kind is not one.VAR_POSITIONAL and one.kind is not one.VAR_KEYWORD for one in parameters):
            return [of_python(parameters)]
    return [of_documentation(line) for line in lines]


def of_python(parameters: list[inspect.Parameter]) -> str:
    """A signature of Python as a row has it."""
    parts: list[str] = []
    for one in parameters:
        if one.name.startswith("_") or one.kind is one.VAR_KEYWORD:
            continue
        if one.kind is one.KEYWORD_ONLY and not any(part.startswith("*") for part in parts):
            parts.append("*")
        star = "*" if one.kind is one.VAR_POSITIONAL else ""
        parts.append(star + one.name + "?" * (one.default is not one.empty))
    return ", ".join(parts)


def of_documentation(line: str) -> str:
    """The arguments in a line of documentation as a row has them."""
    parts = [part.strip() for part in re.split(r",(?![^(\[]*[)\]])", line)]
    return ", ".join(re.sub(r"^(\*?\w*).*", r"\1", part) + "?" * ("=" in part) for part in parts if part)


def documented(signature: str, doc: str) -> str | None:
    """The signature without the arguments that a documentation does not have; None where one is needed."""
    kept = []
    for part in signature.split(", "):
        name = part.strip("*?")
        if name in ("", "self", "input") or re.search(rf"\b{name.rstrip('_')}\b", doc):
            kept.append(part)
        elif not part.endswith("?"):
            return None
    return ", ".join(kept).removesuffix(", *")


def rows() -> Iterator[str]:
    """The rows of the table."""
    for module, (file, within) in MODULES.items():
        ours: Any = polygrad
        theirs: Any = torch
        for part in module.split(".") if module else ():
            ours, theirs = getattr(ours, part), getattr(theirs, part)
        stubs = signatures_in(file, within) if file else {}
        for name in sorted(getattr(ours, "__all__", None) or dir(ours)):
            function = getattr(theirs, name, None)
            if name.startswith("_") or not callable(function) or not callable(getattr(ours, name)):
                continue
            if isinstance(function, type):
                continue
            path = f"{module}.{name}".lstrip(".")
            if inspect.isfunction(function) or name not in stubs:
                for signature in of_function(name, function):
                    yield f"{path}\t{signature.removeprefix('self').removeprefix(', ')}"
            elif function.__doc__:
                places = [(where, one) for where in (theirs, torch) for one in (name, name.rstrip("_"))]
                doc = "\n".join(getattr(where, one, None).__doc__ or "" for where, one in places)
                for signature in stubs[name]:
                    kept = documented(signature, doc)
                    if kept is not None and (module == "Tensor" or "self" not in kept):  # else it is an older call
                        yield f"{path}\t{kept.removeprefix('self').removeprefix(', ')}"


if __name__ == "__main__":
    title = f"# PyTorch {torch.__version__.partition('+')[0]}: name, arguments"
    TABLE.write_text("\n".join([title, *dict.fromkeys(rows())]) + "\n", encoding="utf-8")
