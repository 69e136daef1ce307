"""The pages of the API reference, written from the public names: ``python docs/tools/reference.py`` fills ``docs/reference``.

The names are those of the imported package, since many functions are made from tables when it is imported, where a tool that
only reads the source does not see them.  The pages are plain Markdown, which any builder of sites takes.  A public name has
one entry: where several names mean one object, the first has the text and the others refer to it.
"""

from __future__ import annotations

import importlib
import inspect
import re
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import polygrad
from polygrad._core.primitive import PRIMITIVES

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "reference"


@dataclass
class Page:
    """A page: its file, its title, and the modules whose names are on it."""

    file: str
    title: str
    modules: tuple[str, ...] = ()
    entries: list[Entry] = field(default_factory=list)


@dataclass
class Entry:
    """A public name: its full path, what it is, the chapter of its page, and the entry of the same object, if one came before."""

    path: str
    value: Any
    page: Page
    chapter: str
    same_as: Entry | None = None

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2]

    @property
    def link(self) -> str:
        return f"{self.page.file}#{self.path}"


#: The pages, in the order of the navigation. Names of `polygrad` itself are distributed over the first of them by `ROOT_PAGES`.
PAGES = [
    Page("tensor.md", "Tensor"),
    Page("creation.md", "Creating tensors"),
    Page("dtypes.md", "Data types and devices", ("polygrad.types", "polygrad.cuda")),
    Page("elementwise.md", "Elementwise functions"),
    Page("reductions.md", "Reductions and scans"),
    Page("manipulation.md", "Shapes, joining, indexing"),
    Page("sorting.md", "Sorting, searching, sets"),
    Page("linalg.md", "Linear algebra", ("polygrad.linalg",)),
    Page("fft.md", "Fourier transforms and windows", ("polygrad.fft", "polygrad.signal", "polygrad.signal.windows")),
    Page("sparse.md", "Sparse tensors", ("polygrad.sparse",)),
    Page("special.md", "Special functions", ("polygrad.special",)),
    Page("random.md", "Random numbers", ("polygrad.random",)),
    Page("distributions.md", "distributions", ("polygrad.distributions", "polygrad.distributions.constraints")),
    Page("nn.md", "nn: layers", ("polygrad.nn",)),
    Page("nn.functional.md", "nn.functional", ("polygrad.nn.functional",)),
    Page("nn.utils.md", "nn.init and nn.utils", ("polygrad.nn.init", "polygrad.nn.utils", "polygrad.nn.utils.rnn")),
    Page("optim.md", "optim", ("polygrad.optim", "polygrad.optim.rules")),
    Page("lr_scheduler.md", "optim.lr_scheduler", ("polygrad.optim.lr_scheduler",)),
    Page("autograd.md", "autograd", ("polygrad.autograd", "polygrad.autograd.functional")),
    Page("func.md", "func", ("polygrad.func",)),
    Page("compile.md", "compile and control flow", ("polygrad.compiler",)),
    Page("data.md", "utils.data", ("polygrad.utils.data",)),
    Page("utils.md", "utils", ("polygrad.utils", "polygrad.utils.checkpoint", "polygrad.utils.dlpack")),
    Page(
        "array_api.md",
        "array_api: the standard's names",
        ("polygrad.array_api", "polygrad.array_api.linalg", "polygrad.array_api.special", "polygrad.array_api.fft"),
    ),
    Page("backends.md", "backends", ("polygrad.backends",)),
    Page("serialization.md", "Saving and loading", ("polygrad.serialization",)),
    Page("testing.md", "testing", ("polygrad.testing",)),
    Page("viz.md", "viz", ("polygrad.viz",)),
    Page("other.md", "Other functions"),
]
BY_FILE = {page.file: page for page in PAGES}

#: The pages of the functions of `polygrad`, by the module that defines them (of `_functions`, of `_ops` for primitives);
#: those of other modules are on the page of other functions.
ROOT_PAGES = {
    "creation.md": "creation foreign conversion",
    "dtypes.md": "_dtypes _devices _layouts dtypes legacy_types",
    "sparse.md": "construction",
    "elementwise.md": "elementwise arithmetic comparison complex divisors special bessel",
    "reductions.md": "reductions cumulative calculus",
    "manipulation.md": "manipulation broadcasting joining slicing scatter_gather indexing diagonals",
    "sorting.md": "sorting searching sets",
    "linalg.md": "linalg decompositions factorizations matmul matrix_functions einsum",
    "fft.md": "spectrograms windows",
    "random.md": "random generator",
    "nn.functional.md": """activations activations_in_place adaptive_pooling attention convolution cross_entropy ctc distance
        dropout embedding linear losses margins normalization padding pooling recurrent sampling unpooling vision""",
    "autograd.md": "grad_mode primitive",
    "func.md": "batching",
    "compile.md": "compiler control_flow api",
    "backends.md": "registry",
    "serialization.md": "serialization",
    "tensor.md": "tensor",
}
#: Functions of `polygrad` that are looked for elsewhere than their module says.
ROOT_NAMES = {
    "creation.md": "complex polar meshgrid tril_indices triu_indices eye clone",
    "dtypes.md": "e inf nan pi newaxis strided sparse_coo sparse_csr",
    "elementwise.md": "where logit relu sigmoid tanh",
    "reductions.md": "nansum nanmean aminmax diff trapezoid trapz cumprod cummax cummin median quantile bincount",
    "linalg.md": "adjoint cdist block_diag trace",
    "sorting.md": "argmax argmin nonzero argwhere",
}
#: Titles of the chapters of nn and nn.functional, by the module that defines their names; others are the module's name.
TITLES = {
    "activations_in_place": "Activations",
    "adaptive_pooling": "Pooling",
    "adaptive_softmax": "Losses",
    "attention": "Attention",
    "buffer": "Module, Parameter, Buffer",
    "cross_entropy": "Losses",
    "ctc": "Losses",
    "margins": "Losses",
    "module": "Module, Parameter, Buffer",
    "distance": "Distances",
    "parameter": "Module, Parameter, Buffer",
    "recurrent_cells": "Recurrent",
    "sampling": "Vision",
    "transformer": "Attention",
    "unpooling": "Pooling",
}
#: Chapters that come before the others.
FIRST = ("Module, Parameter, Buffer", "Containers", "Data types", "polygrad")


def of(table: dict[str, str], word: str) -> str | None:
    """The key of ``table`` among whose words ``word`` is."""
    return next((key for key, words in table.items() if word in words.split()), None)


def module_named(path: str) -> ModuleType:
    return importlib.import_module(path)


def names_in(module: ModuleType) -> list[str]:
    """The public names of a module: those of its ``__all__``, or else of its ``dir``."""
    names = getattr(module, "__all__", None) or dir(module)
    # Names such as ``@py_builtins`` are those of pytest, which rewrites the asserts of a plugin's whole distribution.
    return [name for name in names if name.isidentifier() and not name.startswith("_") and name != "annotations"]


def public_modules() -> list[str]:
    """`polygrad` and every module that is a public name, of it or of another such module."""
    found = ["polygrad"]
    for path in found:
        module = module_named(path)
        found += [
            full
            for name in names_in(module)
            if isinstance(getattr(module, name), ModuleType) and (full := f"{path}.{name}") not in found
        ]
    return [*found, "polygrad.autograd.functional"]


def public_names() -> Iterator[tuple[str, Any]]:
    """Every public name with its full path, and what it is; modules are pages, and no names."""
    for path in public_modules():
        module = module_named(path)
        for name in names_in(module):
            value = getattr(module, name)
            if not isinstance(value, ModuleType):
                yield f"{path}.{name}", value


# -- Where an object is defined ----------------------------------------------------------------------------------------


def defining(value: Any) -> Any:
    """The object of which the source is shown: of a primitive its forward or a gradient rule, of a property its function."""
    if isinstance(value, property):
        return value.fget
    primitive = _dispatched().get(id(value))
    if primitive is not None:
        written = (primitive.forward, primitive.derivative, primitive.joint, *primitive.rules.values())
        return next((f for f in written if f is not None and Path(f.__code__.co_filename).is_file()), primitive)
    return inspect.unwrap(value) if callable(value) else type(value)


@cache
def _dispatched() -> dict[int, Any]:
    """The primitives, by the identity of their dispatchers."""
    return {id(made): primitive for primitive in PRIMITIVES.values() for made in (primitive.op, primitive.function)}


def source(value: Any) -> str:
    """File and line of a definition, relative to the checkout; "" where there is none."""
    found = defining(value)
    if isinstance(found, type):
        # A class may say that its module is `polygrad`, so its methods are asked for their file.
        own = [member.__code__ for member in vars(found).values() if inspect.isfunction(member)]
        file = next((code.co_filename for code in own if found.__name__ in _classes(code.co_filename)), None)
        file = file or getattr(sys.modules.get(found.__module__), "__file__", None) or ""
        line = _classes(file).get(found.__name__, 0)
    else:
        code = getattr(getattr(found, "__func__", found), "__code__", None)
        file, line = (code.co_filename, code.co_firstlineno) if code else ("", 0)
    path = Path(file).resolve()
    package = Path(polygrad.__file__).resolve().parent
    return (
        f"src/polygrad/{path.relative_to(package).as_posix()}, line {line}" if line and package in path.parents else ""
    )


@cache
def _classes(file: str) -> dict[str, int]:
    """Name → line of the classes of a file."""
    if not file.endswith(".py") or not Path(file).is_file():
        return {}
    lines = Path(file).read_text(encoding="utf-8").splitlines()
    return {found[1]: line for line, text in enumerate(lines, 1) if (found := re.match(r"class (\w+)", text))}


def defined_in(value: Any) -> str:
    """The name of the file that defines ``value``, or of its folder for an ``__init__``."""
    if not (file := source(value).partition(",")[0]) and id(value) in _dispatched():
        return "elementwise"  # one of a list of names of the standard, which have no rules
    file = file or (getattr(value, "__module__", None) or type(value).__module__).replace(".", "/")
    path = Path(file).with_suffix("")
    return path.parent.name if path.name == "__init__" else path.name


# -- Text --------------------------------------------------------------------------------------------------------------


def parameters(value: Any) -> list[str] | None:
    """The parameters of a callable as they are written, or None."""
    try:
        signature = inspect.signature(value)
    except (TypeError, ValueError):
        return None
    written, given, keyword_only = [], list(signature.parameters.values()), False
    for position, parameter in enumerate(given):
        kind = parameter.kind
        if kind is parameter.KEYWORD_ONLY and not keyword_only:
            keyword_only = True
            if not any(p.kind is p.VAR_POSITIONAL for p in given):
                written.append("*")
        mark = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(kind, "")
        text = mark + parameter.name
        annotation = parameter.annotation
        typed = annotation is not parameter.empty and annotation not in ("Any", Any)
        if typed:
            text += f": {annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)}"
        if parameter.default is not parameter.empty:
            default = re.sub(r" at 0x[0-9a-f]+", "", repr(parameter.default))
            default = getattr(parameter.default, "__qualname__", default)
            text += f" = {default}" if typed else f"={default}"
        written.append(text)
        following = given[position + 1].kind if position + 1 < len(given) else None
        if kind is parameter.POSITIONAL_ONLY and following is not parameter.POSITIONAL_ONLY:
            written.append("/")
    return written


def result(value: Any) -> str:
    """What a function is annotated to return, with the arrow before it."""
    if isinstance(value, type):
        return ""
    annotation = getattr(value, "__annotations__", {}).get("return", "Any")
    if annotation in ("Any", Any):
        return ""
    return f" -> {annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)}"


def declaration(path: str, value: Any, *, method: bool = False) -> str:
    """How ``path`` is called, on one line or on several, or what its value is."""
    given = parameters(value) if callable(value) else None
    if isinstance(value, (int, float, type(None))):
        return f"{path} = {value!r}"
    if isinstance(value, polygrad.DType):
        return f"{path}.itemsize = {value.itemsize}"
    if given is None:
        return path
    if method and given and given[0].startswith(("self", "tensor", "input", "x", "cls")):
        given = [p for p in given[1:] if p != "/"]
    line = f"{path}({', '.join(given)}){result(value)}"
    if len(line) <= 96:
        return line
    return "\n".join([f"{path}(", *(f"    {p}," for p in given), f"){result(value)}"])


def code_block(lines: list[str]) -> str:
    """Code in Markdown; a session of the interpreter is marked as one."""
    language = "pycon" if any(line.startswith(">>> ") for line in lines) else "python"
    return "\n".join([f"```{language}", *lines, "```"])


def escaped(text: str) -> str:
    """Plain text in Markdown."""
    return re.sub(r"([\\*_\[\]<>|#])", r"\\\1", text)


class Writer:
    """Writes docstrings as Markdown, with links to the entries that they name."""

    def __init__(self, entries: Iterable[Entry]):
        self.by_path = {entry.path: entry for entry in entries}

    def find(self, name: str, scope: str) -> Entry | None:
        """The entry that ``name`` means in a docstring of ``scope``: in that module or class, the ones around it, or in nn."""
        name = name.removesuffix("()")
        if not re.fullmatch(r"[A-Za-z_][\w.]*", name):
            return None
        parts = scope.split(".")
        scopes = [".".join(parts[:count]) for count in range(len(parts), 0, -1)]
        candidates = [name, *(f"{outer}.{name}" for outer in (*scopes, "polygrad.nn", "polygrad.autograd"))]
        return next((self.by_path[path] for path in candidates if path in self.by_path), None)

    def inline(self, text: str, scope: str) -> str:
        """A paragraph: code stays code, and `names` become links."""
        pieces = []
        for piece in re.split(r"(``.+?``|`[^`]+`)", text, flags=re.DOTALL):
            if not piece.startswith("`"):
                pieces.append(escaped(piece))
                continue
            code = " ".join(piece.strip("`").split())
            entry = self.find(code, scope)
            if entry is None or entry.path == scope or piece.startswith("``"):
                pieces.append(f"`{code}`")
            else:
                pieces.append(f"[`{code}`]({entry.link})")
        return "".join(pieces)

    def docstring(self, doc: str, scope: str) -> str:
        """A docstring: paragraphs, sections of indented items (Args, Returns, …), and examples."""
        out: list[str] = []
        lines = inspect.cleandoc(doc).splitlines()
        position = 0

        def indented() -> list[str]:
            """The indented lines from here on."""
            nonlocal position
            start = position
            while position < len(lines) and (not lines[position].strip() or lines[position].startswith(" ")):
                position += 1
            return textwrap.dedent("\n".join(lines[start:position])).strip("\n").splitlines()

        while position < len(lines):
            line = lines[position]
            if not line.strip():
                position += 1
            elif line.startswith(" "):
                out.append(code_block(indented()))
            elif (
                re.fullmatch(r"[A-Z][\w ]*:", line)
                and position + 1 < len(lines)
                and lines[position + 1].startswith(" ")
            ):
                position += 1
                out.append(f"**{line[:-1]}**\n\n" + self.items(indented(), scope))
            else:
                paragraph = []
                while position < len(lines) and lines[position].strip() and not lines[position].startswith("    "):
                    if paragraph and re.match(r"- ", lines[position]) and not paragraph[-1].startswith(("- ", "  ")):
                        paragraph.append("")
                    paragraph.append(lines[position])
                    position += 1
                text = "\n".join(paragraph)
                code = text.endswith("::")
                text = text[:-1] if code else text
                marked = "\n".join(self.inline(text, scope).split("\n"))
                out.append(f"**{marked[:-1]}**" if marked in ("Example:", "Examples:") else marked)
                if code:
                    out.append(code_block(indented()))
        return "\n\n".join(out)

    def items(self, lines: list[str], scope: str) -> str:
        """The indented part of a section: a list where its lines are ``name: text``, else a paragraph."""
        items: list[str] = []
        for line in lines:
            if line.startswith(" ") and items:
                items[-1] += " " + line.strip()
            elif line.strip():
                items.append(line)
        if not all(re.match(r"[\w*`, .[\]]+?: ", item) for item in items):
            return self.inline("\n".join(lines), scope)
        shown = []
        for item in items:
            name, _, text = item.partition(": ")
            named = ", ".join(f"`{part.strip(' `')}`" for part in name.split(","))
            shown.append(f"- {named}: {self.inline(text, scope)}")
        return "\n".join(shown)

    # -- Entries -------------------------------------------------------------------------------------------------------

    def entry(self, entry: Entry) -> str:
        """A heading, the call, the docstring, the source, and the methods of a class."""
        value = entry.value
        parts = [
            f"### {escaped(entry.name)} {{ #{entry.path} }}",
            f"```python\n{declaration(entry.path, value)}\n```",
        ]
        doc = described(value)
        if doc:
            parts.append(
                self.docstring(doc, entry.path.rpartition(".")[0] if not isinstance(value, type) else entry.path)
            )
        if isinstance(value, type):
            parts += [self.method(entry.path, name, member) for name, member in methods(value)]
        where = source(value)
        if where:
            parts.append(f"Source: `{where}`\n{{ .source }}")
        return "\n\n".join(parts)

    def method(self, path: str, name: str, member: Any) -> str:
        """A method or property of a class, as an item below it."""
        called = member.__func__ if isinstance(member, (staticmethod, classmethod)) else member
        call = declaration(name, called, method=not isinstance(member, staticmethod))
        text = self.docstring(described(called), path)
        return f'<div class="method" id="{path}.{name}" markdown>\n\n```python\n{call}\n```\n\n{text}\n\n</div>'

    def page(self, page: Page) -> str:
        """All of a page."""
        parts = [f"# {page.title}"]
        for path in page.modules:
            doc = inspect.getdoc(module_named(path)) or ""
            first = doc.partition("\n\n")[0].rstrip(":").rstrip(".")
            if first:
                parts.append(f"**`{path}`** {self.inline(first, path)}.")
        chapters: dict[str, list[Entry]] = {}
        for entry in page.entries:
            if entry.same_as is None:
                chapters.setdefault(entry.chapter, []).append(entry)
        for title, entries in chapters.items():
            if len(chapters) > 1 or page.file == "tensor.md":
                parts.append(f"## {escaped(title)}")
            parts.append(" · ".join(f"[`{entry.name}`](#{entry.path})" for entry in entries) + "\n{ .names }")
            parts += [self.entry(entry) for entry in entries]
        others = [entry for entry in page.entries if entry.same_as is not None]
        if others:
            rows = [
                f'| <code id="{entry.path}">{html(entry.path)}</code> | [`{entry.same_as.path}`]({entry.same_as.link}) |'
                for entry in others
            ]
            parts += ["## Other names", "\n".join(["| name | the same as |", "|---|---|", *rows])]
        return "\n\n".join(parts) + "\n"


def described(value: Any) -> str:
    """The docstring that is a value's own."""
    if not callable(value) and not isinstance(value, property):
        return ""
    doc = inspect.getdoc(value) or ""
    if isinstance(value, type) and value.__doc__ is None:
        return ""
    return doc


def public_bases(cls: type) -> list[type]:
    """The public classes of polygrad that a class derives from."""
    return [base for base in cls.__mro__[1:] if base.__module__.startswith("polygrad") and base.__name__[0] != "_"]


def methods(cls: type) -> list[tuple[str, Any]]:
    """The public methods and properties that a class, or a base of it that is not public, defines and describes."""
    if cls is polygrad.Tensor:
        return []
    found = {}
    for base in reversed(cls.__mro__):
        if base is cls or (base.__name__.startswith("_") and base.__module__.startswith("polygrad")):
            found.update({name: member for name, member in vars(base).items() if not name.startswith("_")})
    shown = []
    for name, member in found.items():
        called = member.__func__ if isinstance(member, (staticmethod, classmethod)) else member
        if not (inspect.isfunction(called) or isinstance(called, property)) or not called.__doc__:
            continue
        if issubclass(cls, polygrad.nn.Module) and name in ("forward", "extra_repr") and "\n" not in called.__doc__:
            continue  # the layer's own text has said it
        if "\n" not in called.__doc__ and any(name in vars(base) for base in public_bases(cls)):
            continue  # the base says what the method is for
        if inspect.isfunction(called) and "." not in called.__qualname__:
            continue  # a function of a module, to which the class refers
        shown.append((name, member))
    return shown


# -- Tensor ------------------------------------------------------------------------------------------------------------


def tensor_members() -> list[tuple[str, Any]]:
    """The public attributes and methods of Tensor."""
    names = [name for name in dir(polygrad.Tensor) if not name.startswith("_")]
    return [(name, getattr(polygrad.Tensor, name)) for name in names]


def tensor_page(page: Page, writer: Writer) -> str:
    """Tensor: attributes, methods that only it has in full, and a table of those that are functions too."""
    path = "polygrad.Tensor"
    own, functions = [], []
    for name, member in tensor_members():
        function = writer.by_path.get(f"polygrad.{name.removesuffix('_')}")
        is_method = not isinstance(member, property) and callable(member)
        (functions if is_method and function is not None and callable(function.value) else own).append((name, member))
    attributes = [(name, member) for name, member in own if not callable(member)]
    only = [(name, member) for name, member in own if callable(member)]
    text = writer.page(page)
    parts = [text.rstrip("\n")]
    for title, members in (("Attributes", attributes), ("Methods", only)):
        parts.append(f"## {title}")
        for name, member in members:
            heading = f"### Tensor.{escaped(name)} {{ #{path}.{name} }}"
            call = declaration(f"Tensor.{name}", member, method=True)
            described_as = writer.docstring(described(member), path)
            where = source(member)
            parts += [
                heading,
                f"```python\n{call}\n```",
                described_as,
                f"Source: `{where}`\n{{ .source }}" if where else "",
            ]
    parts.append("## Methods that are functions, too")
    parts.append(
        "The tensor is the function's `input`. A name that ends in `_` writes the result into the tensor and returns the tensor."
    )
    rows = ["| method | function |", "|---|---|"]
    for name, member in functions:
        function = writer.by_path[f"polygrad.{name.removesuffix('_')}"]
        call = declaration(name, member, method=True).replace("\n", " ").replace("|", "&#124;")
        call = re.sub(r"\( +", "(", re.sub(r", *\)", ")", re.sub(r" {2,}", " ", call)))
        rows.append(f'| <code id="{path}.{name}">{html(call)}</code> | [`{function.path}`]({function.link}) |')
    parts.append("\n".join(rows))
    return "\n\n".join(part for part in parts if part) + "\n"


def html(text: str) -> str:
    return text.replace("<", "&lt;").replace(">", "&gt;").replace("*", "&#42;").replace("_", "&#95;")


# -- All ---------------------------------------------------------------------------------------------------------------


def root_page(name: str, value: Any) -> Page:
    """The page of a name of `polygrad` itself."""
    return BY_FILE[of(ROOT_NAMES, name) or of(ROOT_PAGES, defined_in(value)) or "other.md"]


def chapter_of(path: str, value: Any, page: Page) -> str:
    """The chapter of a name on its page."""
    module = path.rpartition(".")[0]
    if page.file == "tensor.md":
        return "Classes"
    if page.file in ("nn.md", "nn.functional.md"):
        return TITLES.get(defined_in(value), defined_in(value).replace("_", " ").capitalize())
    if page.file == "dtypes.md" and module == "polygrad":
        return "Data types" if isinstance(value, polygrad.DType) else "Functions" if callable(value) else "Constants"
    return module


@cache
def entries() -> list[Entry]:
    """An entry for every public name, on its page."""
    by_module = {module: page for page in PAGES for module in page.modules}
    placed = []
    for path, value in public_names():
        module, _, name = path.rpartition(".")
        page = root_page(name, value) if module == "polygrad" else by_module[module]
        elsewhere = module == "polygrad" and page.file == "nn.functional.md"  # the text is with those of nn.functional
        alias = repr(value) != path if isinstance(value, polygrad.DType) else getattr(value, "__name__", None) != name
        placed.append(((elsewhere, path.count("."), alias), path, value, page))
    placed.sort(key=lambda item: item[0])
    found, first = [], {}
    for _, path, value, page in placed:
        plain = value is None or isinstance(value, (int, float, str, bool, tuple))
        entry = Entry(path, value, page, chapter_of(path, value, page), None if plain else first.get(id(value)))
        if not plain:
            first.setdefault(id(value), entry)
        found.append(entry)
        page.entries.append(entry)
    for page in PAGES:
        page.entries.sort(key=lambda entry: (entry.chapter not in FIRST, entry.chapter, entry.name.lower()))
    return found


def overview() -> str:
    """The first page: what is where."""
    lines = [
        "# API reference",
        f"Every public name of polygrad {polygrad.__version__}, from its docstrings and signatures.",
        "Examples begin after these lines:",
        "```python\nimport numpy as np\nimport polygrad\nimport polygrad.nn.functional as F\n"
        "from polygrad import nn, optim\n```",
    ]
    for page in PAGES:
        names = [f"[`{entry.name}`]({entry.link})" for entry in page.entries if entry.same_as is None]
        lines += [f"**[{page.title}]({page.file})**", " · ".join(names) + "\n{ .names }"]
    return "\n\n".join(lines) + "\n"


def pages() -> dict[str, str]:
    """File name → text of every page."""
    writer = Writer(entries())
    members = {f"polygrad.Tensor.{name}": member for name, member in tensor_members()}
    page = BY_FILE["tensor.md"]
    writer.by_path.update({path: Entry(path, member, page, "") for path, member in members.items()})
    for entry in entries():
        if isinstance(entry.value, type) and entry.same_as is None:
            for name, member in methods(entry.value):
                path = f"{entry.path}.{name}"
                writer.by_path.setdefault(path, Entry(path, member, entry.page, ""))
    written = {page.file: writer.page(page) for page in PAGES if page.file != "tensor.md"}
    return {"index.md": overview(), "tensor.md": tensor_page(page, writer), **written}


def write(folder: Path = FOLDER) -> None:
    """Write all pages into ``folder``, and nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
