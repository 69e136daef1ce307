"""Functions and methods take the arguments that PyTorch documents, under its names and in its order.

The names are those of `tests/cases/torch_signatures.tsv`, which `tests/tools/torch_signatures.py` writes.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable

import pytest

import polygrad
from polygrad.nn import functional as F
from tests.cases.torch_signatures import ROWS, function_named

#: Arguments that polygrad does not take, by name or by function, and why.
NOT_TAKEN = {
    "addmm out_dtype": "mm has it; the sum is another call",
    "baddbmm out_dtype": "bmm has it; the sum is another call",
    "Tensor.view dtype": "not every library can see memory as another type",
    "compile": "the function is traced as a whole",
    "load": "files are not programs",
    "save": "files are not programs",
}


def is_taken(path: str, name: str) -> bool:
    if name == "out" and path.startswith(
        "Tensor."
    ):  # in the documentation of the function; PyTorch's methods take none
        return False
    return not {name, path, f"{path} {name}"} & set(NOT_TAKEN)


def refused(path: str, signature: str) -> list[str]:
    """The arguments of PyTorch's signature that the function does not take by name."""
    function = function_named(path)
    parameters = inspect.signature(function).parameters.values()
    known = {one.name for one in parameters if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)}
    known |= set(getattr(function, "second_names", ()))
    names = [part.rstrip("?") for part in signature.split(", ") if part and not part.startswith("*")]
    return [name for name in names if name not in known and is_taken(path, name)]


@pytest.mark.parametrize("path", dict(ROWS))
def test_every_documented_name_is_taken(path):
    wrong = {signature: names for name, signature in ROWS if name == path and (names := refused(path, signature))}
    assert not wrong


def has_order(path: str, signature: str) -> bool:
    """Whether the function has the arguments that PyTorch takes by position in the places of PyTorch's signature."""
    function = function_named(path)
    parameters = inspect.signature(function).parameters.values()
    ours = [one.name for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD][path.startswith("Tensor.") :]
    names = getattr(function, "second_names", {})
    theirs = [
        names.get(name, name)
        for name in re.findall(r"\w+", signature.partition("*")[0])
        if name != "out" and is_taken(path, name)
    ]
    return theirs == ours[: len(theirs)]


#: Functions whose arguments by position are others, and why.
OTHER_ORDER = {
    "Tensor.norm": "dtype is given by name",
    "norm": "dtype is given by name",
    "Tensor.to": "what an argument is shows from its type",
    "tensor": "all but the data are given by name, as in PyTorch",
    "Tensor.new_tensor": "all but the data are given by name, as in PyTorch",
    "Tensor.new_ones": "all but the shape are given by name, as in PyTorch",
}


@pytest.mark.parametrize("path", [path for path in dict(ROWS) if "size_average" not in dict(ROWS)[path]])
def test_arguments_have_pytorch_s_order(path):
    assert any(has_order(path, signature) for name, signature in ROWS if name == path) or {path} & {
        *OTHER_ORDER,
        *NOT_TAKEN,
    }


def test_a_name_that_is_not_taken_is_found():
    assert refused("exp", "input, *, no_such_name?") == ["no_such_name"]


def test_the_table_has_what_polygrad_has():
    """Every function of the root that PyTorch documents; the table is written again when names are added."""
    missing = [
        name
        for name in ("exp", "add", "zeros", "Tensor.view", "nn.functional.relu", "linalg.svd")
        if name not in dict(ROWS)
    ]
    assert not missing and len(ROWS) > 900
    for name in NOT_TAKEN:
        assert name.partition(" ")[0] in dict(ROWS)


X = polygrad.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
#: Calls by name, and what they give by position.
CALLS: list[tuple[Callable, Callable]] = [
    (lambda: polygrad.add(input=X, other=X, alpha=2), lambda: polygrad.add(X, X, alpha=2)),
    (lambda: polygrad.cat(tensors=[X, X], dim=1), lambda: polygrad.cat([X, X], 1)),
    (lambda: polygrad.flip(input=X, dims=(0,)), lambda: polygrad.flip(X, 0)),
    (lambda: polygrad.max(input=X, other=-X), lambda: polygrad.max(X, -X)),
    (lambda: polygrad.ones(size=(2, 3), layout=None, pin_memory=False), lambda: polygrad.ones(2, 3)),
    (lambda: polygrad.ones(2, 3, memory_format=None), lambda: polygrad.ones((2, 3))),
    (lambda: polygrad.pinverse(input=X, rcond=1e-3), lambda: polygrad.linalg.pinv(X, rtol=1e-3)),
    (lambda: polygrad.qr(input=X, some=True)[1], lambda: polygrad.linalg.qr(X)[1]),
    (lambda: polygrad.swapaxes(input=X, axis0=0, axis1=1), lambda: X.transpose(0, 1)),
    (lambda: polygrad.tensor_split(X, sections=3, dim=1)[0], lambda: X.tensor_split(3, 1)[0]),
    (lambda: polygrad.tile(X, dims=(2, 1)), lambda: polygrad.tile(X, (2, 1))),
    (lambda: polygrad.zeros(size=(2,)), lambda: polygrad.zeros(2)),
    (lambda: X.clone().copy_(src=-X), lambda: -X),
    (lambda: X.expand(size=(2, 2, 3)), lambda: X.expand(2, -1, -1)),
    (lambda: X.new_full(size=(2,), fill_value=3.0), lambda: polygrad.full((2,), 3.0)),
    (lambda: X.permute(dims=(1, 0)), lambda: X.permute(1, 0)),
    (lambda: X.repeat(repeats=(2, 1)), lambda: X.repeat(2, 1)),
    (lambda: X.reshape(shape=(3, 2)), lambda: X.reshape(3, 2)),
    (lambda: X.split(split_size=1)[1], lambda: X.split(1)[1]),
    (lambda: X.sum(dim=0, keepdim=True), lambda: X.sum(0, True)),
    (lambda: X.to(other=X, non_blocking=True), lambda: X),
    (lambda: X.view(size=(6,)), lambda: X.view(6)),
    (lambda: F.mse_loss(X, -X, size_average=False), lambda: F.mse_loss(X, -X, reduction="sum")),
]


@pytest.mark.filterwarnings("ignore:size_average")
@pytest.mark.parametrize("number", range(len(CALLS)))
def test_a_call_by_name_gives_what_one_by_position_gives(number):
    by_name, by_position = CALLS[number]
    assert by_name().tolist() == by_position().tolist()


def test_an_argument_by_two_names_is_an_error():
    with pytest.raises(TypeError, match=r"sum\(\) got both 'dim' and 'axis', which mean the same"):
        polygrad.sum(X, dim=0, axis=0)
    with pytest.raises(TypeError, match="unexpected keyword argument 'size'"):
        polygrad.full_like(X, 1.0, size=(2,))
    with pytest.raises(TypeError, match="multiple values for argument 'size'"):
        polygrad.zeros(2, size=(2,))


@pytest.mark.parametrize("loss", [F.mse_loss, F.l1_loss, F.huber_loss])
def test_weights_of_a_loss(loss):
    weight = polygrad.tensor([[1.0, 2.0, 0.5], [0.0, 1.0, 3.0]])
    each = loss(X, -X, reduction="none") * weight
    assert loss(X, -X, reduction="none", weight=weight).tolist() == each.tolist()
    assert loss(X, -X, reduction="sum", weight=weight).item() == pytest.approx(each.sum().item())
    total = 6 if loss is F.huber_loss else weight.sum().item()
    assert loss(X, -X, weight=weight).item() == pytest.approx(each.sum().item() / total)
