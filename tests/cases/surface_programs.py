"""One line each for the functions of PyTorch that no other table calls: what they return, and their gradients.

Nothing here imports PyTorch or polygrad.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

#: Name of the row → function of ``torch``.
ROWS: dict[str, Callable[[Any], Any]] = {}


def floats(torch: Any, *shape: int) -> Any:
    """Different numbers between -1 and 1, in double precision."""
    count = 1
    for n in shape:
        count *= n
    return torch.sin(torch.arange(count, dtype=torch.float64) * 7.1 + 0.3).reshape(*shape)


def integers(torch: Any, *shape: int) -> Any:
    """Numbers from 0 to 4, many of them equal."""
    count = 1
    for n in shape:
        count *= n
    return ((torch.arange(count) * 7919 + 13) % 31 % 5).reshape(*shape)


def values(name: str, function: Callable, *arguments: Callable) -> None:
    """A row: ``function(torch, *arguments)``."""
    ROWS[name] = lambda torch: function(torch, *[argument(torch) for argument in arguments])


def gradients(name: str, function: Callable, *arguments: Callable, second_order: bool = True) -> None:
    """A row with the gradients of the results, each element weighted differently, and the gradients' own gradients."""

    def run(torch: Any, second_order: bool = second_order) -> Any:
        leaves = [argument(torch).requires_grad_() for argument in arguments]
        results = function(torch, *leaves)
        results = list(results) if isinstance(results, (tuple, list)) else [results]
        varying = [r for r in results if r.requires_grad]
        loss = sum((r * floats(torch, *(r.shape or (1,))).reshape(r.shape) * (r + 2)).sum() for r in varying)
        first = torch.autograd.grad(loss, leaves, create_graph=True)
        curved = [g for g in first if g.requires_grad and second_order]
        second = torch.autograd.grad(sum((g * g).sum() for g in curved), leaves) if curved else []
        return [r.detach() for r in results], [g.detach() for g in first], list(second)

    ROWS[name] = run


F35, F4, I35, I6 = (
    lambda t: floats(t, 3, 5), lambda t: floats(t, 4), lambda t: integers(t, 3, 5), lambda t: integers(t, 6)
)  # fmt: skip
ZEROS = lambda t: t.tensor(  # noqa: E731
    [[1.0, 0.0, 2.0, 3.0, 4.0], [0.0, 1.0, 0.0, 2.0, 5.0], [0.0] * 5], dtype=t.float64
)
SPECIAL = lambda t: t.tensor([3.0, float("nan"), 1.0, float("inf"), float("-inf"), 2.0])  # noqa: E731

for d in (0, 1):
    for descending in (False, True):
        gradients(f"sort {d} {descending}", lambda t, x, d=d, e=descending: t.sort(x, dim=d, descending=e), F35)
        values(
            f"sort integers {d} {descending}",
            lambda t, x, d=d, e=descending: t.sort(x, dim=d, descending=e, stable=True),
            I35,
        )
        values(
            f"argsort {d} {descending}",
            lambda t, x, d=d, e=descending: x.argsort(dim=d, descending=e, stable=True),
            I35,
        )
    gradients(f"topk {d}", lambda t, x, d=d: x.topk(2, dim=d), F35)
    gradients(f"topk smallest {d}", lambda t, x, d=d: t.topk(x, 2, d, largest=False), F35)
    gradients(f"kthvalue {d}", lambda t, x, d=d: t.kthvalue(x, 2, dim=d, keepdim=bool(d)), F35)
    gradients(f"median {d}", lambda t, x, d=d: t.median(x, dim=d), F35)
    gradients(f"quantile {d}", lambda t, x, d=d: t.quantile(x, 0.3, dim=d, keepdim=bool(d)), F35)
    values(f"quantiles {d}", lambda t, x, d=d: t.quantile(x, t.tensor([0.0, 0.4, 1.0], dtype=t.float64), dim=d), F35)
    gradients(f"cumprod {d}", lambda t, x, d=d: t.cumprod(x, d), F35)
    gradients(f"cumprod with zeros {d}", lambda t, x, d=d: x.cumprod(d), ZEROS)
    gradients(f"cummax {d}", lambda t, x, d=d: t.cummax(x, d), F35)
    gradients(f"cummin {d}", lambda t, x, d=d: t.cummin(x, d), F35)
    values(f"cummax of equals {d}", lambda t, x, d=d: x.cummax(d), I35)
    gradients(f"diff {d}", lambda t, x, d=d: t.diff(x, dim=d), F35)
    gradients(f"trapezoid {d}", lambda t, x, d=d: t.trapezoid(x, dim=d), F35)
    values(f"unique rows {d}", lambda t, x, d=d: t.unique(x % 2, dim=d, return_inverse=True, return_counts=True), I35)
for how in ("lower", "higher", "nearest", "midpoint"):
    values(f"quantile {how}", lambda t, x, how=how: t.quantile(x, 0.35, interpolation=how), F35)
gradients("median of all", lambda t, x: x.median(), F35)
values("msort", lambda t, x: t.msort(x), F35)
values("sort special", lambda t, x: x.sort(), SPECIAL)
values("sort special descending", lambda t, x: x.sort(descending=True), SPECIAL)
values("median special", lambda t, x: x.median(0), SPECIAL)
values("cummax special", lambda t, x: x.cummax(0), SPECIAL)
values("cummin special", lambda t, x: x.cummin(0), SPECIAL)
values("sort booleans", lambda t: t.tensor([True, False, True]).sort())
values("sort of nothing", lambda t: t.zeros(0, 3).sort())
values("sort of one", lambda t: t.tensor(3.0).sort())
for options in ({}, {"return_inverse": True}, {"return_counts": True}, {"return_inverse": True, "return_counts": True}):
    label = " ".join(options)
    values(f"unique {label}", lambda t, x, o=options: t.unique(x, **o), I35)
    values(f"unique of nothing {label}", lambda t, o=options: t.unique(t.zeros(0), **o))
    values(f"unique consecutive {label}", lambda t, x, o=options: t.unique_consecutive(x // 2, **o), I6)
for right in (False, True):
    values(f"searchsorted {right}", lambda t, x, r=right: t.searchsorted(t.tensor([0, 1, 1, 3]), x, right=r), I35)
    values(f"searchsorted rows {right}", lambda t, x, y, r=right: t.searchsorted(x.sort().values, y, right=r), I35, I35)
    values(
        f"bucketize {right}", lambda t, x, r=right: t.bucketize(x, t.tensor([0, 2, 4]), right=r, out_int32=True), I35
    )
values("searchsorted with a sorter", lambda t, x: t.searchsorted(x, t.tensor([1, 3]), sorter=x.argsort()), I6)
values("unique consecutive rows", lambda t, x: t.unique_consecutive(x // 3, True, True, dim=1), I35)
values("bincount", lambda t, x: t.bincount(x, minlength=8), I6)
values("bincount with weights", lambda t, x: t.bincount(x, floats(t, 6)), I6)
values("isin", lambda t, x: t.isin(x, t.tensor([1, 4])), I35)

gradients("meshgrid", lambda t, x, y: t.meshgrid(x, y, indexing="ij"), F4, lambda t: floats(t, 3))
gradients("meshgrid xy", lambda t, x, y: t.meshgrid(x, y, indexing="xy"), F4, lambda t: floats(t, 3))
values("cartesian_prod", lambda t: t.cartesian_prod(t.tensor([1, 2]), t.tensor([3, 4, 5])))
gradients("hstack", lambda t, x, y: t.hstack([x, y]), F35, F35)
gradients("vstack", lambda t, x, y: t.vstack([x, y]), F4, F4)
gradients("dstack", lambda t, x, y: t.dstack([x, y]), F35, F35)
gradients("column_stack", lambda t, x, y: t.column_stack([x, y]), F4, lambda t: floats(t, 4, 2))
values("atleast", lambda t, x: (t.atleast_1d(x[0]), t.atleast_2d(x), t.atleast_3d(x)), F4)
values("splits", lambda t, x: (x.hsplit([1, 3]), x.vsplit(3), t.tensor_split(x, 3, 1)), F35)
gradients("block_diag", lambda t, x, y: t.block_diag(x, y), F35, F4)
values("logspace", lambda t: (t.logspace(0, 3, 4), t.logspace(-1, 1, 5, base=2.0, dtype=t.float64)))
values("triangles", lambda t: (t.tril_indices(3, 4, -1), t.triu_indices(3, 4, 1)))
for k in (-1, 0, 1, 2):
    gradients(f"rot90 {k}", lambda t, x, k=k: t.rot90(x, k, (0, 1)), F35)
gradients("diff twice", lambda t, x: t.diff(x, 2, prepend=x[:, :1], append=x[:, -1:]), F35)
gradients("trapezoid at points", lambda t, y, x: t.trapezoid(y, x), F35, lambda t: floats(t, 5))
gradients("cdist", lambda t, x, y: t.cdist(x, y), F35, lambda t: floats(t, 2, 5) + 1, second_order=False)
gradients("select_scatter", lambda t, x, y: x.select_scatter(y, 0, -2), F35, lambda t: floats(t, 5) + 1)
gradients("slice_scatter", lambda t, x, y: t.slice_scatter(x, y, 1, 1, 5, 2), F35, lambda t: floats(t, 3, 2) + 1)
gradients("index_add", lambda t, x, y: x.index_add(0, t.tensor([2, 0, 2]), y, alpha=2), F35, F35)
gradients("index_copy", lambda t, x, y: x.index_copy(1, t.tensor([2, 0]), y[:, :2]), F35, F35)
gradients("index_fill", lambda t, x: x.index_fill(1, t.tensor([2, 0]), 0.5), F35)
gradients("index_put", lambda t, x, y: x.index_put((t.tensor([1, 0]), t.tensor([2, 2])), y[0, :2]), F35, F35)
gradients("index_put added", lambda t, x, y: t.index_put(x, (t.tensor([1, 1]),), y[:2], True), F35, F35)
gradients("masked_scatter", lambda t, x, y: x.masked_scatter(x > 0, y), F35, F35)
gradients("take", lambda t, x: t.take(x, t.tensor([[0, 14], [3, 3]])), F35)
gradients("take_along_dim", lambda t, x: t.take_along_dim(x, x.argsort(1), 1), F35)
gradients("repeat_interleave", lambda t, x: x.repeat_interleave(2, dim=1), F35)
gradients("repeat_interleave by tensor", lambda t, x: x.repeat_interleave(t.tensor([0, 2, 1]), dim=0), F35)
values("repeat_interleave of numbers", lambda t: t.repeat_interleave(t.tensor([2, 0, 3])))
gradients("scatter", lambda t, x, y: x.scatter(1, t.tensor([[2, 0], [1, 3]]), y[:2, :2]), F35, F35)
values("scatter of a number", lambda t, x: x.scatter(0, t.tensor([[1, 2, 0]]), 7), I35)
values("scatter added", lambda t, x: x.scatter(1, t.tensor([[1, 1, 0]]), x + 1, reduce="add"), I35)
values("scatter multiplied", lambda t, x: x.scatter(1, t.tensor([[1, 1, 0]]), x + 1, reduce="multiply"), I35)
values("index_fill of one", lambda t: t.tensor(3.0).index_fill(0, t.tensor([0]), 5.0))
values("nonzero of one", lambda t: (t.tensor(3.0).nonzero(), t.tensor(0).nonzero(as_tuple=True)))
gradients("tile", lambda t, x: t.tile(x, (2, 1, 2)), F35)
gradients("fliplr and flipud", lambda t, x: (t.fliplr(x), t.flipud(x)), F35)
values("argwhere", lambda t, x: t.argwhere(x > 2), I35)

for name in ("exp2", "frac", "deg2rad", "rad2deg", "logit"):
    gradients(name, lambda t, x, name=name: getattr(t, name)(x.abs() * 0.5 + 0.1), F35)
gradients("logit held", lambda t, x: t.logit(x, eps=0.2), F35)
gradients("clamp_min and clamp_max", lambda t, x: t.clamp_min(x, -0.3) + x.clamp_max(0.4), F35)
gradients("xlogy", lambda t, x, y: t.xlogy(x, y.abs()), ZEROS, F35)
gradients("float_power", lambda t, x: t.float_power(x, 3), F35)
values("fmax and fmin", lambda t, x: (t.fmax(x, t.zeros(6)), t.fmin(x, t.ones(6))), SPECIAL)
values("heaviside", lambda t: t.heaviside(t.tensor([-1.0, 0.0, 2.0]), t.tensor([0.5, 0.5, 0.5])))
values("infinities", lambda t, x: (t.isposinf(x), t.isneginf(x), t.isreal(x)), SPECIAL)
values("nansum and nanmean", lambda t, x: (x[:3].nansum(), x[:3].nanmean(0)), SPECIAL)
values("aminmax", lambda t, x: tuple(t.aminmax(x, dim=1)), F35)
values("complex parts", lambda t, x: (t.complex(x, x + 1).abs(), t.view_as_real(t.polar(x.abs(), x))), F35)
values("view_as_complex", lambda t: t.view_as_complex(t.tensor([[1.0, 2.0], [3.0, -1.0]])))
values("adjoint", lambda t, x: t.complex(x, x + 1).adjoint(), F35)

values(
    "kinds",
    lambda t, x: (t.is_tensor(x), t.numel(x), x.is_floating_point(), t.is_complex(x), x.nbytes, x.itemsize),
    F35,
)
values("promotion", lambda t: str(t.promote_types(t.int32, t.float16)).rpartition(".")[2])
values("result type", lambda t: str(t.result_type(t.tensor([1]), 1.5)).rpartition(".")[2])
values("casting", lambda t: (t.can_cast(t.float64, t.int32), t.can_cast(t.int64, t.float16)))
values("FloatTensor", lambda t: (t.FloatTensor([1, 2]), t.LongTensor([[1], [2]]), t.LongTensor(2, 3).shape))
values("isinstance", lambda t: (isinstance(t.zeros(1), t.FloatTensor), isinstance(t.zeros(1), t.LongTensor)))
values(
    "type()",
    lambda t, x: (x.type().rpartition(".")[2], x.type(t.int32), x.type(t.FloatTensor), x.type("torch.LongTensor")),
    F4,
)
values("casts", lambda t, x: (x.double(), x.byte(), x.char(), x.bool(), x.cfloat()), lambda t: integers(t, 4))
values(
    "device",
    lambda t: (t.device("cuda:1").type, t.device("cuda", 1).index, t.zeros(1).device.type, t.device("cpu").index),
)
values(
    "devices compared",
    lambda t: (t.zeros(1).device == t.device("cpu"), t.device("cuda") == t.device("cuda:0"), repr(t.device("cuda:1"))),
)
values("cpu", lambda t, x: (x.cpu() is x, x.to("cpu") is x, x.to(t.device("cpu")) is x, x.is_cuda), F4)
values("reversed", lambda t, x: reversed(x), F35)
values("unsqueeze_ and t_", lambda t, x: (x.unsqueeze_(0).squeeze_(0).t_().shape, x.transpose_(0, 1)), F35)
values("index methods in place", lambda t, x: (
    x.index_add_(0, t.tensor([1, 1]), x[:2].clone()),
    x.index_fill_(1, t.tensor([0]), 9.0), x.index_copy_(0, t.tensor([2]), x[:1].clone()),
    x.index_put_((t.tensor([0]),), t.tensor(3.0, dtype=t.float64), accumulate=True),
    x.masked_scatter_(x > 5, t.arange(20.0, dtype=t.float64)),
    x.clamp_min_(0.0), x.clamp_max_(5.0),
)[-1], F35)  # fmt: skip


def observed(value: Any, library: Any) -> Any:
    """The results of a row as data for JSON; tensors as values, shape and data type."""
    if isinstance(value, library.Tensor):
        kind = str(value.dtype).rpartition(".")[2]
        return {"values": observed(value.tolist(), library), "shape": list(value.shape), "dtype": kind}
    if isinstance(value, (tuple, list)):
        return [observed(item, library) for item in value]
    if isinstance(value, complex):
        return [observed(value.real, library), observed(value.imag, library)]
    if isinstance(value, float):
        return float(f"{value:.9g}") if value == value and abs(value) != float("inf") else str(value)
    return value
