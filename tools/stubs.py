"""Write the stubs of functions and methods that are made from tables: ``python tools/stubs.py``; ``--check`` only compares.

A type checker and an editor read the source, where they see neither the methods of Tensor, which are attached to it, nor the
functions that are made from a list of names, nor what is only imported when it is first used.  So the stubs are written from
the objects of the imported package: names, parameters and defaults are those of the running functions.  Types are their
annotations, and `stub_types` says what those leave open; a parameter that neither gives a type is an error.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import stub_types

import polygrad
import polygrad.fft
import polygrad.linalg
import polygrad.nn.functional
import polygrad.random
import polygrad.special
from polygrad._core import tensor as tensor_module
from polygrad._functions import creation
from polygrad._functions.public import METHODS

PACKAGE = Path(polygrad.__file__).resolve().parent
COMMAND = "python tools/stubs.py"
#: Names that a stub of polygrad gives another meaning.
SHADOWED = ("bool", "complex", "float", "int")
LONGEST = 120


@dataclass
class Stub:
    """A stub in the making: its file, what it defines, and the names that annotations in it need."""

    file: str
    doc: str
    lines: list[str] = field(default_factory=list)
    imports: set[tuple[str, str]] = field(default_factory=set)
    shadowed: tuple[str, ...] = ()

    def text(self) -> str:
        depth = self.file.count("/") + 1
        by_module: dict[str, set[str]] = {}
        for module, name in self.imports:
            if (module, f"{name} as {name}") in self.imports:
                continue  # imported for users
            module = "." * depth + module[1:] if module.startswith(".") else module
            by_module.setdefault(module, set()).add(name)
        heads = []
        if self.shadowed:
            heads += [f"from builtins import {', '.join(f'{name} as _{name}' for name in self.shadowed)}"]
        for module in sorted(by_module, key=lambda module: (module.startswith("."), module)):
            line = f"from {module} import {', '.join(sorted(by_module[module]))}"
            if len(line) > LONGEST:
                line = (
                    f"from {module} import (\n" + "".join(f"    {name},\n" for name in sorted(by_module[module])) + ")"
                )
            heads.append(line)
        opening = f'"""{self.doc}\n\nWritten by `{COMMAND}`.\n"""\n\n'
        return opening + "\n".join(heads) + "\n\n" + "\n".join(self.lines) + "\n"

    # -- types -------------------------------------------------------------------------------------------------------

    def type(self, text: str, scope: dict[str, Any]) -> str:
        """The annotation ``text`` with the names that it has in this stub, which it imports."""
        tree = ast.parse(text, mode="eval")
        self.take(tree, scope)
        return ast.unparse(tree)

    def take(self, tree: ast.AST, scope: dict[str, Any]) -> None:
        """Import every name in ``tree``, and rename those that are shadowed."""
        for node in ast.walk(tree):
            if not isinstance(node, ast.Name):
                continue
            name = node.id
            if name in self.shadowed:
                node.id = f"_{name}"
            elif name in stub_types.HOMES:
                self.imports.add((stub_types.HOMES[name], name))
            elif name in scope and isinstance(scope[name], type) and scope[name].__module__.startswith("polygrad."):
                self.imports.add((scope[name].__module__.removeprefix("polygrad"), name))
            elif not hasattr(builtins, name):
                raise NameError(f"{self.file}: the annotation {ast.unparse(tree)!r} has an unknown name, {name}")

    # -- definitions -------------------------------------------------------------------------------------------------

    def function(self, name: str, value: Callable, *, method: bool = False, own_self: bool = False) -> None:
        """Define the function or method ``name`` as ``value`` runs.

        A method's first parameter is the tensor; with ``own_self`` that is not among ``value``'s.
        """
        known = stub_types.OVERLOADS.get(value.__name__.lstrip("_"))
        if known is not None and not own_self and (name != "where" or not method):
            self.imports.add(("typing", "overload"))
            takes_out = not method and "out" in inspect.signature(value).parameters
            for text in known:
                first = text is known[0]
                self.define(
                    name,
                    with_out(text) if takes_out else text,
                    {},
                    value,
                    method=method,
                    decorator="@overload",
                    documented=first,
                )
            return
        signature, scope = inspect.signature(value), getattr(inspect.unwrap(value), "__globals__", {})
        given = list(signature.parameters.values())
        parameters = [self.parameter(value, p, scope, typed=not method or own_self or p is not given[0]) for p in given]
        if own_self:
            parameters.insert(0, ("self", "", inspect.Parameter.POSITIONAL_OR_KEYWORD, ""))
        text = f"({joined(parameters)}) -> {self.result(value, signature)}"
        self.define(name, text, scope, value, method=method)

    def define(
        self,
        name: str,
        text: str,
        scope: dict[str, Any],
        value: Any,
        *,
        method: bool = False,
        decorator: str = "",
        documented: bool = True,
    ) -> None:
        """Add ``def name`` with the signature ``text``."""
        text, _, comment = text.partition("  #")
        tree = ast.parse(f"def f{text}: ...")
        function = tree.body[0]
        assert isinstance(function, ast.FunctionDef)
        if method:
            first = (function.args.posonlyargs or function.args.args)[0]
            first.arg, first.annotation = "self", None
            if len(function.args.posonlyargs) == 1:
                function.args.args.insert(0, function.args.posonlyargs.pop())
        for node in (*ast.walk(function.args), *([function.returns] if function.returns else [])):
            if isinstance(node, ast.arg) and node.annotation is not None:
                self.take(node.annotation, scope)
        if function.returns is not None:
            self.take(function.returns, scope)
        indent = "    " if method else ""
        returns = "" if function.returns is None else f" -> {ast.unparse(function.returns)}"
        parts = split_arguments(ast.unparse(function.args))
        line = f"{indent}def {name}({', '.join(parts)}){returns}: ..."
        if len(line) > LONGEST:
            line = (
                f"{indent}def {name}(\n"
                + "".join(f"{indent}    {part},\n" for part in parts)
                + f"{indent}){returns}: ..."
            )
        if comment:
            line += f"  #{comment}"
        elif documented and not name.startswith("__") and (doc := inspect.getdoc(value)):
            doc = doc.partition("\n\n")[0] if method else doc  # the function has the rest
            line = line.removesuffix(" ...") + "\n" + docstring(doc, f"{indent}    ")
        if decorator:
            self.lines.append(indent + decorator)
        self.lines.append(line)

    def parameter(
        self, function: Callable, parameter: inspect.Parameter, scope: dict[str, Any], *, typed: bool = True
    ) -> tuple:
        """Name, type, kind and default of a parameter, as text."""
        annotation = type_of(function, parameter) if typed else ""
        default = parameter.default
        readable = type(default) in (bool, int, str, type(None))
        readable |= type(default) is float and abs(default) < 1e300
        readable |= type(default) is tuple and all(type(item) in (int, bool) for item in default)
        written = "" if default is parameter.empty else repr(default) if readable else "..."
        return parameter.name, annotation, parameter.kind, written

    def result(self, function: Callable, signature: inspect.Signature) -> str:
        if (known := stub_types.RETURNS.get(function.__name__)) is not None:
            return known
        if primitive_of(function) is not None:
            return "Tensor"
        annotation = signature.return_annotation
        if annotation is signature.empty or annotation == "Any":
            raise TypeError(
                f"nothing says what {function.__name__} returns: annotate it, or add it to tools/stub_types.py"
            )
        return annotation if isinstance(annotation, str) else annotation.__name__


def type_of(function: Callable, parameter: inspect.Parameter) -> str:
    """The type of a parameter.  Raises TypeError where nothing says it."""
    name, annotation = parameter.name, parameter.annotation
    primitive = primitive_of(function)
    if name in stub_types.WIDER:
        return stub_types.WIDER[name]
    for key in (f"{function.__name__.strip('_')}.{name}", f"{function.__name__}.{name}"):
        if key in stub_types.OF_FUNCTION:
            return stub_types.OF_FUNCTION[key]
    if primitive is not None and list(inspect.signature(function).parameters).index(name) < len(primitive.operands):
        return "Operand" if len(primitive.promotes) == 2 and primitive.name != "matmul" else "Tensor"
    if annotation is not parameter.empty:
        text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
        if not re.search(r"\bAny\b", text):
            return text
    if name in stub_types.PARAMETERS:
        return stub_types.PARAMETERS[name]
    raise TypeError(
        f"nothing says the type of {function.__name__}'s parameter {name!r}: annotate it, or add it to tools/stub_types.py"
    )


def with_out(text: str) -> str:
    """A signature of one tensor or of a named tuple, with the parameter ``out``."""
    parameters, _, result = text.partition(") -> ")
    if result.startswith("tuple"):
        return text
    kind = "Tensor" if result == "Tensor" else "tuple[Tensor, ...]"
    return f"{parameters}, {'*, ' * ('*' not in parameters)}out: {kind} | None = None) -> {result}"


def primitive_of(function: Callable) -> Any:
    return getattr(function, "primitive", None)


def joined(parameters: Iterable[tuple]) -> str:
    """Parameters as they are written between parentheses."""
    kinds = inspect._ParameterKind
    parts, given = [], list(parameters)
    starred = False
    for position, (name, annotation, kind, default) in enumerate(given):
        if kind is kinds.KEYWORD_ONLY and not starred:
            if not any(p[2] is kinds.VAR_POSITIONAL for p in given):
                parts.append("*")
            starred = True
        mark = {kinds.VAR_POSITIONAL: "*", kinds.VAR_KEYWORD: "**"}.get(kind, "")
        text = f"{mark}{name}" + (f": {annotation}" if annotation else "")
        parts.append(text + (f" = {default}" if default else ""))
        following = given[position + 1][2] if position + 1 < len(given) else None
        if kind is kinds.POSITIONAL_ONLY and following is not kinds.POSITIONAL_ONLY:
            parts.append("/")
    return ", ".join(parts)


def split_arguments(text: str) -> list[str]:
    """The arguments of a signature, one by one, with spaces where PEP 8 wants them."""
    parts, depth, start = [], 0, 0
    for position, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if character == "," and not depth:
            parts.append(text[start:position].strip())
            start = position + 1
    parts.append(text[start:].strip())
    return [re.sub(r"^([*\w]+: [^=]+)=", r"\1 = ", part) for part in parts]


def docstring(text: str, indent: str) -> str:
    """A docstring as it is written: editors show the stub's."""
    text = text.strip().replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    body = f'"""{text}\n"""' if "\n" in text else f'"""{text}"""'
    return "\n".join(indent + line if line else "" for line in body.split("\n"))


# -- the stubs -----------------------------------------------------------------------------------------------------------


def is_function_of_tables(value: Any) -> bool:
    """Whether a function is made from tables, or takes more types than its annotations say."""
    if not inspect.isfunction(value):
        return False
    module = inspect.unwrap(value).__globals__["__name__"]  # `__module__` says where users find it
    if module in stub_types.COMPLETE:
        return False
    return module.startswith("polygrad._functions") or primitive_of(value) is not None


def home_of(name: str, value: Any) -> str | None:
    """The module that defines ``value`` under ``name``, relative to the package; None where no statement does."""
    statement = re.compile(rf"^(class|def) {name}\b|^{name}\b.* = ", re.MULTILINE)
    for path, module in sorted(sys.modules.items()):
        if path.startswith("polygrad.") and vars(module).get(name) is value:
            file = Path(module.__file__ or "")
            if file.suffix == ".py" and statement.search(file.read_text(encoding="utf-8")):
                return path.removeprefix("polygrad")
    return None


def module_stub(module: ModuleType, names: Iterable[str], shadowed: tuple[str, ...] = ()) -> Stub:
    """The stub of a public module."""
    path = module.__name__.removeprefix("polygrad").lstrip(".").replace(".", "/")
    is_package = hasattr(module, "__path__")
    file = f"{path}/__init__.pyi".lstrip("/") if is_package else f"{path}.pyi"
    stub = Stub(file, (module.__doc__ or "").partition("\n")[0], shadowed=shadowed)
    definitions: list[tuple[str, Any]] = []
    for name in names:
        value = getattr(module, name)
        if isinstance(value, ModuleType):
            stub.imports.add((".", f"{name} as {name}"))
        elif is_function_of_tables(value) or getattr(value, "__globals__", None) is vars(module):
            definitions.append((name, value))
        elif isinstance(value, polygrad.DType):
            definitions.append((name, "DType"))
        elif isinstance(value, polygrad.layout):
            stub.imports.add(("._layouts", f"{name} as {name}"))
        elif isinstance(value, (float, int, str)) and not isinstance(value, bool):
            definitions.append((name, type(value).__name__))
        elif value is None:
            definitions.append((name, "None"))
        elif type(value).__name__ == "TensorType":
            definitions.append((name, "type[Tensor]"))
        elif (home := home_of(name, value)) is not None:
            stub.imports.add((home, f"{name} as {name}"))
        elif isinstance(value, type):
            definitions.append((name, f"= {value.__name__}"))
        else:
            raise TypeError(
                f"{module.__name__}.{name}: it is not known how to write a {type(value).__name__} into a stub"
            )
    if module is polygrad:
        stub.lines.append("__version__: str")
    for name, what in definitions:
        if not isinstance(what, str):
            stub.function(name, what)
        elif what.startswith("= "):
            stub.lines.append(f"{name} {what}")
        else:
            stub.lines.append(f"{name}: {stub.type(what, {})}")
    return stub


def root_stub() -> Stub:
    """The stub of `polygrad`."""
    names = [name for name in dir(polygrad) if not name.startswith("_") and name != "annotations"]
    return module_stub(polygrad, names, SHADOWED)


def tensor_stub() -> Stub:
    """The stub of the class whose methods are those that are attached to Tensor."""
    stub = Stub("_core/tensor_methods.pyi", "The methods that are attached to Tensor.", shadowed=SHADOWED)
    stub.imports.add(("._core.aliasing", "Aliasing"))
    stub.lines += ["class TensorMethods(Aliasing):"]
    cls = polygrad.Tensor
    for name in sorted(attached()):
        if name.startswith("_") and not name.startswith("__"):
            continue
        value = inspect.getattr_static(cls, name)
        if isinstance(value, property):
            kind = stub.type(stub_types.PROPERTIES[name], {})
            stub.lines += ["    @property", f"    def {name}(self) -> {kind}: ..."]
            if value.fset is not None:
                operand = stub.type("Operand", {})
                stub.lines += [f"    @{name}.setter", f"    def {name}(self, value: {operand}) -> None: ..."]
            continue
        if name.startswith("__"):
            if name not in stub_types.SPECIAL:
                raise TypeError(f"nothing says the type of Tensor.{name}: add it to SPECIAL in tools/stub_types.py")
            stub.define(name, stub_types.SPECIAL[name], {}, value, method=True)
            continue
        function = getattr(cls, name)  # a primitive's method is made when it is first looked up
        if name.startswith("new_"):
            made = getattr(creation, name.removeprefix("new_"))
            stub.function(name, getattr(made, "method", made), method=True, own_self=True)
        elif name.endswith("_") and getattr(METHODS.get(name[:-1]), "in_place", False):
            stub.function(name, getattr(cls, name.removesuffix("_")), method=True)
        else:
            stub.function(name, function, method=True)
    return stub


def attached() -> set[str]:
    """The names that Tensor has besides those in its class statement."""
    tree = ast.parse(Path(tensor_module.__file__).read_text(encoding="utf-8"))
    body = next(node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Tensor")
    targets = [target for node in body if isinstance(node, ast.Assign) for target in node.targets]
    written = {node.name for node in body if isinstance(node, ast.FunctionDef)} | {
        ast.unparse(target) for target in targets
    }
    skipped = {
        "__module__", "__doc__", "__slots__", "__weakref__", "__firstlineno__", "__static_attributes__",
        "__annotations__",  # there once somebody has asked the class for it
    }  # fmt: skip
    slots = set(polygrad.Tensor.__slots__)
    return set(vars(polygrad.Tensor)) - written - skipped - slots


def stubs() -> dict[str, str]:
    """File, below the package → text of every stub."""
    fft, functional, linalg, random = polygrad.fft, polygrad.nn.functional, polygrad.linalg, polygrad.random
    special = polygrad.special
    made = [
        root_stub(),
        tensor_stub(),
        module_stub(fft, fft.__all__),
        module_stub(functional, functional.__all__),
        module_stub(linalg, linalg.__all__),
        module_stub(random, random.__all__),
        module_stub(special, special.__all__),
    ]
    return {stub.file: stub.text() for stub in made}


def main(arguments: list[str]) -> int:
    """Write the stubs, or with ``--check`` say which are not current."""
    stale = []
    for file, text in stubs().items():
        path = PACKAGE / file
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            stale.append(file)
            if "--check" not in arguments:
                path.write_text(text, encoding="utf-8")
    for file in stale:
        print(f"{file} {'is not current: ' + COMMAND if '--check' in arguments else 'written'}")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
