"""Run the tests of one file against polygrad; write a line of JSON for each into the file descriptor given.

Called by ``__main__``: ``worker.py FILE DESCRIPTOR SECONDS DEVICE``; the names of tests to leave out come on standard input.
"""

from __future__ import annotations

import ast
import faulthandler
import importlib
import inspect
import json
import linecache
import os
import re
import resource
import signal
import sys
import types
import unittest
import unittest.mock  # PyTorch's test library imports it, and its tests rely on that
import warnings
from pathlib import Path
from typing import Any

import differences
import numpy as np
import op_infos
import shim
import torch_names

import polygrad

#: Tests that need a second device, and tests of what other libraries did in older versions.
_TWO_DEVICES = re.compile(
    r"\.test_\w*(cross_device|mixed_devices|_cuda_|constructor_device_legacy|NPU_not_built)|\.test_device: "
)
#: Tests that take PyTorch itself more than the limit, on one core.
_LONG = re.compile(r"\.test_reduction_vectorize_along_input_corner_\w+: TimeLimit")
_OTHER_VERSIONS = re.compile(
    r"test_logaddexp_\w+_complex|"  # SciPy's logsumexp gives principal values since 1.15
    r"test_rot90_\d+: IndexError|"  # PyTorch raises that, too, now
    r"not builtin_function_or_method"  # a test that passes the function `input`
)

PASSED, MISSING, DOCUMENTED, FAULT, HARNESS, SKIPPED = "passed missing documented fault harness skipped".split()


class TimeLimit(BaseException):
    """The time of a test is over.  No Exception, so that a test or polygrad does not take it for one of theirs."""


def classify(error: BaseException, text: str) -> str:
    """What a failure is: a name that is missing, a documented difference, something that the harness lacks, or a fault."""
    if differences.reason(text):
        return DOCUMENTED
    if isinstance(error, torch_names.MissingName):
        return HARNESS if error.harness else MISSING
    if isinstance(error, (NameError, MemoryError, op_infos.NoSamples)):
        return HARNESS  # a statement of the file that could not run; a test for machines with much memory
    if isinstance(error, ImportError):
        return MISSING if re.search(r"torch|polygrad", str(error)) else HARNESS
    if isinstance(error, AttributeError) and "<absent " in str(error):
        return MISSING
    if isinstance(error, AttributeError):
        owner = error.obj if isinstance(error.obj, (type, types.ModuleType)) else type(error.obj)
        if isinstance(owner, type) and issubclass(owner, unittest.TestCase):
            return HARNESS
        places = (
            [owner.__name__] if isinstance(owner, types.ModuleType) else [base.__module__ for base in owner.__mro__]
        )
        return MISSING if any(place.partition(".")[0] == "polygrad" for place in places) else FAULT
    if isinstance(error, TypeError) and "unexpected keyword argument" in str(error):
        return MISSING
    if isinstance(error, TypeError) and re.match(r"\w+\.test_\w+\(\) missing", str(error)):
        return HARNESS  # a decorator gives what the shim does not
    if isinstance(error, NotImplementedError):
        return MISSING  # an argument that is named and not offered
    if _TWO_DEVICES.search(text) or _LONG.search(text):
        return SKIPPED
    return HARNESS if _OTHER_VERSIONS.search(text) else FAULT


def load(path: Path, device: str) -> tuple[dict[str, Any], list[tuple[str, BaseException, int]]]:
    """Execute a file statement by statement: its names, and what failed with the number of tests that it hides."""
    source = path.read_text(encoding="utf-8")
    if device != "cpu":
        source = re.sub(rf"\btorch\.{device}\.", f"torch_{device}.{device}.", source)  # the shim has that module
        source = re.sub(rf"\b{device}\b(:\d)?", "cpu", source)
    source = re.sub(r"\._base\b", "._viewed", source)  # polygrad keeps something else by that name
    linecache.cache[str(path)] = (len(source), None, source.splitlines(keepends=True), str(path))
    module = types.ModuleType(path.stem)
    module.__file__ = str(path)
    module.make_tensor = shim.make_tensor  # adapted files use it without importing it
    sys.modules[path.stem] = module
    failed = []
    with torch_names.placeholders():
        if device != "cpu":
            vars(module)[f"torch_{device}"] = importlib.import_module(f"torch_{device}")
        for statement in ast.parse(source).body:
            try:
                exec(compile(ast.Module([statement], []), str(path), "exec"), vars(module))
                if isinstance(statement, ast.ImportFrom):
                    _take_over(statement, vars(module))
            except BaseException as error:
                if isinstance(statement, ast.ImportFrom):
                    _import_names(statement, vars(module))
                    _take_over(statement, vars(module))
                    continue
                if isinstance(error, unittest.SkipTest):
                    break
                if isinstance(error, torch_names.MissingName) and isinstance(statement, ast.Assign):
                    for target in statement.targets:
                        vars(module)[ast.unparse(target)] = torch_names.absent(error.absent_name)
                    continue
                tests = [n for n in ast.walk(statement) if isinstance(n, ast.FunctionDef) and n.name.startswith("test")]
                failed.append((getattr(statement, "name", f"line {statement.lineno}"), error, len(tests)))
    return vars(module), failed


def _import_names(statement: ast.ImportFrom, names: dict[str, Any]) -> None:
    """Import the names of a statement one by one; those that are not there become placeholders."""
    for alias in statement.names:
        one = ast.ImportFrom(statement.module, [alias], statement.level, lineno=1, col_offset=0)
        try:
            exec(compile(ast.Module([ast.fix_missing_locations(one)], []), "import", "exec"), names)
        except ImportError:
            names[alias.asname or alias.name] = torch_names.absent(f"{statement.module}.{alias.name}")


def _take_over(statement: ast.ImportFrom, names: dict[str, Any]) -> None:
    """Of the tests' own library, what the shim has takes its place."""
    for alias in statement.names:
        if statement.module == "common_utils" and hasattr(shim, alias.name):
            names[alias.asname or alias.name] = getattr(shim, alias.name)


class Result(unittest.TestResult):
    """Keeps the first failure of a test."""

    kind, text = PASSED, ""

    def addError(self, test: Any, err: Any) -> None:
        self.note(test, err[1])

    addFailure = addError

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:
        if err is not None:
            self.note(test, err[1])

    def note(self, test: Any, error: BaseException) -> None:
        if self.kind == PASSED:
            frame = error.__traceback__
            place = ""
            while frame is not None:
                if frame.tb_frame.f_code.co_filename == self.path:
                    place = f" (line {frame.tb_lineno})"
                frame = frame.tb_next
            self.text = f"{type(error).__name__}: {str(error)[:400]}{place}"
            self.kind = classify(error, f"{test.id()}: {self.text}")

    def addSkip(self, test: Any, reason: str) -> None:
        self.kind, self.text = SKIPPED, reason

    path = ""


def run_one(case: Any, path: str, seconds: float) -> tuple[str, str]:
    """Class and message of a test."""
    method = getattr(type(case), case._testMethodName)  # the case may wrap its own
    values = getattr(method, "peer_values", {})
    if any(torch_names.is_absent(value) for value in values.values()):
        return MISSING, f"parameter {values}"
    _, *parameters = inspect.signature(method).parameters.values()
    required = [p.name for p in parameters if p.default is p.empty and p.kind <= 1]
    if required and not getattr(method, "__unittest_skip__", False):
        return HARNESS, f"parameters {required} are not known"
    result = Result()
    result.path = path
    faulthandler.dump_traceback_later(seconds + 20, exit=True)  # inside of a kernel a signal waits
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        case.run(result)
    except TimeLimit:
        result.kind, result.text = FAULT, "TimeLimit"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        faulthandler.cancel_dump_traceback_later()
    return result.kind, result.text


def main() -> None:
    path, report, seconds, device = (
        Path(sys.argv[1]),
        os.fdopen(int(sys.argv[2]), "w", buffering=1),
        float(sys.argv[3]),
        sys.argv[4],
    )
    done = set(sys.stdin.read().split("\n"))

    def write(test: str, kind: str, text: str, count: int = 1) -> None:
        print(json.dumps({"test": test, "kind": kind, "text": text, "count": count}), file=report)

    def over(*_: Any) -> None:
        raise TimeLimit

    signal.signal(signal.SIGALRM, over)
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
    sys.path[:0] = [str(path.parent)] + [str(parent) for parent in path.parents if parent.name == "test"]
    torch_names.install()
    warnings.showwarning = lambda *_, **__: None  # they are recorded where a test asks for them
    if not hasattr(np, "trapz"):
        np.trapz = np.trapezoid  # its name before NumPy 2
    names, failed = load(path, device)
    for name, error, count in failed:
        if count and name not in done:
            kind = classify(error, str(error))
            write(name, HARNESS if kind == FAULT else kind, f"not loaded: {type(error).__name__}: {error}", count)
    seen = set()
    for cls in list(names.values()):
        if (
            not (isinstance(cls, type) and issubclass(cls, unittest.TestCase))
            or cls in seen
            or cls in vars(shim).values()
        ):
            continue
        seen.add(cls)
        tests = [n for n in sorted(dir(cls)) if n.startswith("test") and callable(getattr(cls, n))]
        try:
            cls.setUpClass()
        except BaseException as error:
            for n in tests:
                write(f"{cls.__name__}.{n}", classify(error, str(error)), f"setUpClass: {error}")
            continue
        for n in tests:
            test = f"{cls.__name__}.{n}"
            if test in done:
                continue
            write(test, "start", "")
            try:
                kind, text = run_one(cls(n), str(path), seconds)
            except BaseException as error:
                kind, text = HARNESS, f"{type(error).__name__}: {error}"
            write(test, kind, text)
            polygrad.set_grad_enabled(True)
    write("", "end", "")
    os._exit(0)  # threads that a test left behind do not hold the process


if __name__ == "__main__":
    main()
