"""The command line: ``python -m polygrad backends`` and ``python -m polygrad doctor``."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import math
import os
import platform
import shutil
import sys
import textwrap
import time
from collections.abc import Iterator, Sequence

import polygrad

from .backends import BackendError, BackendInfo, describe, errors
from .backends.plugins import ANYTHING, brief
from .backends.registry import REGISTRY

VARIABLES = ("POLYGRAD_BACKEND", "POLYGRAD_BACKENDS_ALLOW", "POLYGRAD_BACKENDS_DISABLE", "POLYGRAD_PLUGIN_STRICT")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    parser = argparse.ArgumentParser(
        "python -m polygrad", description="What polygrad finds here, and whether it works."
    )
    parser.add_argument("--version", action="version", version=f"polygrad {polygrad.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    backends = commands.add_parser("backends", help="list the backends that are installed, and try them")
    backends.add_argument("--json", action="store_true", help="print JSON instead of a table")
    commands.add_parser("doctor", help="show the configuration and test every backend; exit status 1 if one fails")
    options = parser.parse_args(arguments)
    try:
        return show_backends(options.json) if options.command == "backends" else doctor()
    except BackendError as error:  # a broken plugin, under POLYGRAD_PLUGIN_STRICT=1
        print(f"error: {error}", file=sys.stderr)
        return 1


# -- backends ----------------------------------------------------------------------------------------------------------


def show_backends(as_json: bool) -> int:
    """Print a row for every backend."""
    rows = describe()
    others = _errors_without_a_row(rows)
    if as_json:
        print(json.dumps({"backends": [row._asdict() for row in rows], "errors": others}, indent=2))
        return 0
    titles = ["name", "distribution", "version", "api", "devices", "capabilities", "state", "error"]
    # Errors are long: they are printed below their row, and the column refers to them.
    print_table(titles, [_cells(row) for row in rows], below=[row.error for row in rows])
    for name, error in others.items():
        print_wrapped(f"{name}: {error}")
    return 0


def _cells(row: BackendInfo) -> list[str]:
    api = "" if row.api_version is None else str(row.api_version)
    devices, capabilities = ", ".join(row.devices), ", ".join(row.capabilities)
    error = "see below" if row.error else ""
    return [row.name, row.distribution, row.version, api, devices, capabilities, row.state, error]


def _errors_without_a_row(rows: list[BackendInfo]) -> dict[str, str]:
    """The errors of extensions, which have no row."""
    told = {row.error for row in rows}
    return {name: str(error) for name, error in errors().items() if str(error) not in told}


# -- doctor ------------------------------------------------------------------------------------------------------------


def doctor() -> int:
    """Print the configuration and the outcome of a self-test on every backend."""
    rows = describe()
    problems: list[str] = []
    print(f"polygrad {polygrad.__version__} in {os.path.dirname(polygrad.__file__)}")
    print(f"Python {platform.python_version()} on {platform.platform()}\n")
    print_table(["setting", "value", "from"], list(_settings(rows, problems)))
    print()
    print_table(["distribution", "version"], list(_versions(rows)))
    print()
    if extensions := list(_extensions()):
        print_table(["extension", "distribution", "version", "state", "kernels"], extensions)
        print()
    tests = [(row, *_test(row)) for row in rows]
    print_table(["backend", "self-test", ""], [[row.name, outcome, detail] for row, outcome, detail in tests])
    # An installed plugin that cannot be used is a problem, even where another backend is the default.
    problems += [f"{row.name}: {row.error or detail}" for row, outcome, detail in tests if outcome == "failed"]
    problems += [f"{name}: {error}" for name, error in _errors_without_a_row(rows).items()]
    print()
    for problem in problems:
        print_wrapped(problem)
    print(f"{len(problems)} problem{'s' * (len(problems) != 1)} found" if problems else "everything works")
    return 1 if problems else 0


def _settings(rows: list[BackendInfo], problems: list[str]) -> Iterator[list[str]]:
    """Rows of the effective configuration."""
    try:
        backend, source = REGISTRY.default()
        yield ["default backend", backend.name, source]
    except BackendError as error:
        yield ["default backend", "none", "POLYGRAD_BACKEND"]
        problems.append(str(error))
    dtype = polygrad.get_default_dtype()
    yield ["default dtype", dtype.name, "built-in default" if dtype is polygrad.float32 else "set_default_dtype()"]
    known = {row.name for row in rows} | {extension.name for extension in REGISTRY.discovery.extensions()}
    for variable in VARIABLES:
        value = os.environ.get(variable)
        yield [variable, value or "(not set)", "environment" if value else ""]
        if variable.startswith("POLYGRAD_BACKENDS_"):
            for name in REGISTRY.discovery.switch(variable):
                if name not in known:
                    problems.append(f"{variable} names {name!r}, which is not installed")


def _versions(rows: list[BackendInfo]) -> Iterator[list[str]]:
    names = ["polygrad-core", "numpy", "array-api-compat", "pluggy", *(row.distribution for row in rows[1:])]
    for name in dict.fromkeys(names):
        try:
            yield [name, importlib.metadata.version(name)]
        except importlib.metadata.PackageNotFoundError:
            yield [name, "(no metadata)"]
    for plugin in REGISTRY.discovery.plugins():
        if plugin is not REGISTRY.discovery.built_in and plugin.name in REGISTRY.made:
            library = plugin.record.library
            yield [f"{library} (library of {plugin.name})", getattr(sys.modules[library], "__version__", "unknown")]


def _extensions() -> Iterator[list[str]]:
    """Rows of the extensions: which kernels of which backends come from them, and which of those had others before."""
    for extension in REGISTRY.discovery.extensions():
        state = "disabled" if extension.disabled_by else "broken" if extension.error else "loaded"
        kernels = []
        for backend, names in extension.kernels.items():
            replaced = extension.replaced.get(backend, [])
            added = [name for name in names if name not in replaced]
            kernels += [f"replaces {backend}'s {', '.join(sorted(replaced))}"] if replaced else []
            kernels += [f"adds {', '.join(sorted(added))} to {backend}"] if added else []
        note = extension.disabled_by or "; ".join(kernels)
        yield [extension.name, extension.distribution, extension.version, state, note]


def _test(row: BackendInfo) -> tuple[str, str]:
    if row.state == "disabled":
        return "skipped", "disabled"
    if row.state != "ready":
        return "failed", "unavailable"
    start = time.perf_counter()
    try:
        self_test(row.name)
    except ANYTHING as error:
        return "failed", brief(error)
    return "passed", f"{1e3 * (time.perf_counter() - start):.0f} ms"


def self_test(backend: str) -> None:
    """A forward and a backward pass, compared with what Python's own arithmetic gives.  Raises on a wrong number."""
    points, weights = [[0.5, -1.0], [0.25, 2.0]], [0.75, -0.5]
    x = polygrad.tensor(points, dtype=polygrad.float32, backend=backend, requires_grad=True)
    w = polygrad.tensor(weights, dtype=polygrad.float32, backend=backend, requires_grad=True)
    loss = (polygrad.tanh(x @ w) * polygrad.exp(x[:, 0])).sum()
    loss.backward()

    expected, of_x, of_w = 0.0, [], [0.0, 0.0]
    for a, b in points:
        tanh, exp = math.tanh(a * weights[0] + b * weights[1]), math.exp(a)
        slope = (1 - tanh * tanh) * exp
        expected += tanh * exp
        of_x.append([slope * weights[0] + tanh * exp, slope * weights[1]])
        of_w = [of_w[0] + slope * a, of_w[1] + slope * b]
    assert w.grad is not None and x.grad is not None
    _compare("the loss", [loss.item()], [expected])
    _compare("the gradient of a vector", w.grad.tolist(), of_w)
    for mine, right in zip(x.grad.tolist(), of_x, strict=True):
        _compare("the gradient of a matrix", mine, right)


def _compare(what: str, found: list[float], expected: list[float]) -> None:
    if not all(math.isclose(a, b, rel_tol=1e-4, abs_tol=1e-5) for a, b in zip(found, expected, strict=True)):
        raise ArithmeticError(f"{what} is {found}, and should be {expected}")


# -- text --------------------------------------------------------------------------------------------------------------


def print_table(titles: list[str], rows: list[list[str]], below: Sequence[str | None] = ()) -> None:
    """Print columns under their ``titles``, and under each row its text in ``below``, if it has one."""
    lines = [titles, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(titles))]
    notes = [None, *(below or [None] * len(rows))]
    for number, (line, note) in enumerate(zip(lines, notes, strict=True)):
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
        if number == 0:
            print("  ".join("-" * width for width in widths))
        if note:
            print_wrapped(note, indent="    ")


def print_wrapped(text: str, indent: str = "") -> None:
    """Print ``text`` in lines of the terminal's width; long words, such as paths, stay whole."""
    width = max(40, shutil.get_terminal_size((100, 24)).columns)
    lines = textwrap.wrap(text, width - len(indent) - 2, break_long_words=False, break_on_hyphens=False)
    print(indent + f"\n{indent}  ".join(lines))


if __name__ == "__main__":
    sys.exit(main())
