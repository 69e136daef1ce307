"""What an installed PyTorch knows of its operations, for tests that take an OpInfo: ``python samples.py``, a process of its own.

Requests are read from standard input and answered on standard output, pickled.  Nothing of PyTorch's is in an answer: tensors are
NumPy arrays, and types are names (see `encoded`).  `op_infos` asks.
"""

from __future__ import annotations

import ast
import inspect
import os
import pickle
import sys
import types
from typing import Any

#: Attributes of an OpInfo that a test may ask for and that are plain values.
PLAIN = (bool, int, float, str, tuple, list, dict, type(None))


def encoded(value: Any) -> Any:
    """``value`` as (kind, content).  Raises NotImplementedError for what has no form here."""
    import numpy as np
    import torch

    if isinstance(value, torch.Tensor):
        if value.layout is not torch.strided or value.device.type != "cpu":
            raise NotImplementedError(f"a tensor of {value.layout} on {value.device}")
        array = value.detach().resolve_conj().resolve_neg().numpy()
        return "tensor", (np.ascontiguousarray(array).reshape(array.shape), value.requires_grad)
    if isinstance(value, torch.dtype | torch.memory_format | torch.layout):
        return "name", str(value).rpartition(".")[2]
    if isinstance(value, torch.device):
        return "value", str(value)
    if isinstance(value, tuple | list):
        return ("list" if isinstance(value, list) else "tuple"), [encoded(one) for one in value]
    if isinstance(value, dict):
        return "dict", {key: encoded(one) for key, one in value.items()}
    if isinstance(value, slice):
        return "value", value
    if value is None or value is Ellipsis or isinstance(value, int | float | complex | str | np.ndarray | np.generic):
        return "value", value
    if isinstance(value, np.dtype) or (isinstance(value, type) and value.__module__ in ("builtins", "numpy")):
        return "value", value
    raise NotImplementedError(f"a {type(value).__name__}")


def decoded(value: Any) -> Any:
    """The arguments of a request, with types for their names."""
    import torch

    kind, content = value
    if kind == "name":
        return getattr(torch, content)
    if kind == "tensor":
        return torch.from_numpy(content)
    if kind in ("list", "tuple"):
        return (list if kind == "list" else tuple)(map(decoded, content))
    return {key: decoded(one) for key, one in content.items()} if kind == "dict" else content


def described(op: Any, lists: dict[str, list[Any]]) -> dict[str, Any]:
    """What a test may ask an OpInfo without running it."""
    import torch

    plain = {}
    for name in dir(op):
        if not name.startswith("_") and isinstance(value := getattr(op, name, None), (*PLAIN, torch.dtype)):
            try:
                plain[name] = encoded(value)
            except NotImplementedError:
                continue
    for name in ("dtypes", "backward_dtypes"):
        plain[name] = encoded(sorted(getattr(op, name), key=str))
    return {
        "attributes": plain,
        "lists": [name for name, ops in lists.items() if any(one is op for one in ops)],
        "aliases": [alias.name for alias in op.aliases],
        "has": {name: getattr(op, name, None) is not None for name in
                ("ref", "method_variant", "inplace_variant", "error_inputs_func", "reference_inputs_func")},
        "source": _source(op.op),
        "decorators": [one for decorator in op.decorators if (one := _decorator(decorator)) is not None],
    }  # fmt: skip


def _source(function: Any) -> str | None:
    """The text of a lambda of PyTorch's test library, which stands for an operation; "" for another function of it."""
    if not isinstance(function, types.FunctionType) or "testing" not in function.__code__.co_filename:
        return None
    text = inspect.getsource(function)
    _, found, text = text.partition("lambda")
    for end in range(len(text), 0, -1) if found else ():
        try:
            tree = ast.parse(f"(lambda{text[:end]})", mode="eval")
        except (SyntaxError, ValueError):
            continue
        if isinstance(tree.body, ast.Lambda):
            return ast.unparse(tree)
    return ""


def _decorator(decorator: Any) -> dict[str, Any] | None:
    """A decorator of an operation's tests that skips, expects a failure, or sets tolerances."""
    where = {name: getattr(decorator, name, None) for name in ("cls_name", "test_name", "device_type")}
    types = getattr(decorator, "dtypes", None)
    if where["device_type"] not in (None, "cpu"):
        return None
    where["dtypes"] = None if types is None else [str(one).rpartition(".")[2] for one in types]
    tolerances: dict[str, Any] = {}
    for one in getattr(decorator, "decorators", [decorator]):
        for dtype, tol in getattr(one, "d", {}).items():
            tolerances[str(dtype).rpartition(".")[2]] = tuple(tol) if isinstance(tol, tuple) else (tol, 0.0)
        name = getattr(one, "__qualname__", "")
        if name == "expectedFailure" or name.startswith("skip."):
            return where | {"kind": "skip"}
    return where | {"kind": "tolerances", "tolerances": tolerances} if tolerances else None


def sampled(sample: Any) -> Any:
    return encoded([sample.input, tuple(sample.args), dict(sample.kwargs), bool(sample.broadcasts_input)])


def answer(request: tuple[Any, ...], ops: list[Any], lists: dict[str, list[Any]]) -> Any:
    from torch.testing._internal import common_methods_invocations as module

    kind, *content = request
    if kind == "list":
        return [described(op, lists) for op in ops]
    if kind == "call":  # a method of an OpInfo, or a function of the library that takes one: samples
        number, name, arguments, options = content
        function = getattr(ops[number], name) if hasattr(ops[number], name) else getattr(module, name)
        first = () if hasattr(ops[number], name) else (ops[number],)
        found, missing = [], 0
        for sample in function(*first, *decoded(arguments), **decoded(options)):
            try:
                if hasattr(sample, "sample_input"):
                    found.append((sampled(sample.sample_input), encoded(sample.error_type)))
                else:
                    found.append((sampled(sample), None))
            except NotImplementedError:
                missing += 1
        return found
    number, name, arguments, options = content
    result = getattr(ops[number], name)(*decoded(arguments), **decoded(options))
    return encoded(list(result) if isinstance(result, types.GeneratorType) else result)


def main() -> None:
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    import torch
    from torch.testing._internal import common_methods_invocations as module

    lists = {name: getattr(module, name) for name in sys.argv[1:] if hasattr(module, name)}
    while True:
        try:
            request = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        torch.manual_seed(0)
        try:
            result = ("done", answer(request, module.op_db, lists))
        except Exception as error:
            result = ("failed", f"{type(error).__name__}: {error}")
        pickle.dump(result, output)
        output.flush()


if __name__ == "__main__":
    main()
