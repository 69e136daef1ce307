"""Random programs from the public API, run in several ways that must agree.

A program is a short Python function over ``lib`` (polygrad, or PyTorch: both have the names) and ``F``, written line by line:
each line is tried in eager code, and kept if it gives finite values of moderate size.  It takes arguments, reads and writes
state that outlives it, and may step an optimizer.  Its outcome is all that can be seen of it in three calls on new data that
lies in memory differently: results, also of former calls, the arguments and the state afterwards, and gradients from outside.

    python tests/tools/program_fuzzer.py --against replay --count 20000          # eager against compiled on NumPy
    python tests/tools/program_fuzzer.py --against jax,torch --seed 1234 -v      # one program, in two other ways

A difference is reported with the seed and the program, shortened as far as the difference remains; the status is 1.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import random
import re
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

import polygrad

#: Calls of one program.
CALLS = 3
#: No value of a program is larger, and no array has more elements.
LARGEST, LONGEST = 40.0, 1500

# -- programs ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Input:
    """An argument, or a tensor of the state."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    requires_grad: bool = False


@dataclass(frozen=True)
class Program:
    """A function, and what it is called with."""

    seed: int
    arguments: tuple[Input, ...]
    state: tuple[Input, ...]
    #: The optimizer of the parameters among the state, as an expression.
    optimizer: str | None
    lines: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()

    def source(self) -> str:
        """The function in Python."""
        body = "".join(f"    {part}\n" for line in self.lines for part in line.split("\n"))
        returned = "".join(f"{name}, " for name in self.outputs)
        return f"def program({', '.join(x.name for x in self.arguments)}):\n{body}    return ({returned})\n"

    def described(self) -> str:
        """The source of the function, with its definitions before it."""
        head = [f"# seed {self.seed}"]
        for x in (*self.state, *self.arguments):
            head.append(f"# {x.name}: {x.dtype}{list(x.shape)}{', requires_grad' * x.requires_grad}")
        if self.optimizer is not None:
            head.append(f"optimizer = {self.optimizer}")
        return "\n".join(head) + "\n" + self.source()

    def scope(self, library: Any) -> dict[str, Any]:
        """The namespace of the function: the library, and the state before the first call."""
        scope: dict[str, Any] = {"lib": library, "F": library.nn.functional}
        for x in self.state:
            scope[x.name] = tensor(library, x, values(self.seed, x, 0), "rows")
        if self.optimizer is not None:
            scope["optimizer"] = eval(self.optimizer, scope)
        return scope

    def function(self, scope: dict[str, Any]) -> Callable[..., tuple]:
        """The function itself."""
        exec(compile(self.source(), f"<program {self.seed}>", "exec"), scope)
        return scope["program"]


@functools.lru_cache(64)
def values(seed: int, x: Input, call: int) -> np.ndarray:
    """The data of one input in one call."""
    rng = np.random.default_rng([seed, call, *x.name.encode()])
    if x.dtype == "int64":
        return rng.integers(0, 2, x.shape)
    data = rng.standard_normal(x.shape)
    if x.dtype.startswith("complex"):
        data = data + 1j * rng.standard_normal(x.shape)
    return np.asarray(data * 0.7, x.dtype)


def tensor(library: Any, x: Input, data: np.ndarray, lying: str) -> Any:
    """``data`` as a tensor that lies in memory by rows, by columns, or with gaps."""
    if lying == "columns" and data.ndim > 1:
        made = library.from_numpy(np.array(data, order="F"))
    elif lying == "gaps" and data.ndim:
        made = library.from_numpy(np.repeat(data, 2, -1)[..., ::2])
    else:
        made = library.tensor(data)
    return made.requires_grad_() if x.requires_grad else made


# -- the outcome of a program ------------------------------------------------------------------------------------------


def array(x: Any) -> np.ndarray | None:
    """The values of a tensor, copied."""
    if x is None:
        return None
    x = x.detach()
    return np.array((x.resolve_conj() if hasattr(x, "resolve_conj") else x).numpy())


def outcome(
    program: Program,
    library: Any,
    transform: Callable = lambda function: function,
    move: bool = True,
    flags: bool = True,
) -> list:
    """All that can be seen of three calls: on data that lies in memory differently if ``move``, and what requires a gradient
    with ``flags``."""
    scope = program.scope(library)
    run = transform(program.function(scope))
    order = random.Random(program.seed)
    lying = [order.choice(["rows", "columns", "gaps"]) if move else "rows" for _ in range(CALLS)]
    seen: list[Any] = []
    returned: list[Any] = []
    for call in range(CALLS):
        arguments = [tensor(library, x, values(program.seed, x, call), lying[call]) for x in program.arguments]
        results = run(*arguments)
        returned.extend(results)
        seen.append([array(y) for y in results])
        if flags:
            seen.append([y.requires_grad for y in results])
        leaves = [t for t in (*arguments, *(scope[x.name] for x in program.state)) if t.requires_grad]
        weighted = [(real(library, y) * (k + 1)).sum() for k, y in enumerate(results) if y.requires_grad]
        gradients: Any = [None] * len(leaves)
        twice = program.seed % 4 == 0
        if weighted and leaves:
            gradients = library.autograd.grad(sum(weighted), leaves, allow_unused=True, create_graph=twice)
        seen.append([array(g) for g in gradients])
        squares = [(real(library, g) ** 2).sum() for g in gradients if g is not None and g.requires_grad]
        if twice:  # a gradient that is constant need not be on the graph: its own gradients are zeros either way
            none: Any = [None] * len(leaves)
            gradients = library.autograd.grad(sum(squares), leaves, allow_unused=True) if squares else none
            gradients = [library.zeros_like(x) if g is None else g for g, x in zip(gradients, leaves, strict=True)]
        seen.append([array(g) for g in gradients])
        seen.append([array(t) for t in arguments])
        seen.append([(array(scope[x.name]), array(scope[x.name].grad)) for x in program.state])
        seen.append([array(t.grad) for t in leaves])
    seen.append([array(y) for y in returned])  # no later call has changed what an earlier one returned
    return seen


def real(library: Any, x: Any) -> Any:
    """A real number for each element."""
    return x.real + x.imag if x.is_complex() else x.to(library.float64)


def difference(one: Any, other: Any, tolerance: float, exact: bool = True, place: str = "outcome") -> str | None:
    """Where two outcomes differ, in words.  If not ``exact``, no gradient is as good as one of zeros."""
    if isinstance(one, (list, tuple)):
        if len(one) != len(other):
            return f"{place}: {len(one)} and {len(other)} parts"
        for number, pair in enumerate(zip(one, other, strict=True)):
            found = difference(*pair, tolerance, exact, f"{place}[{number}]")
            if found is not None:
                return found
        return None
    if one is None or other is None:
        given = other if one is None else one
        same = given is None or not (exact or given.any())
        return None if same else f"{place}: {one} and {other}"
    if isinstance(one, np.ndarray):
        if (one.shape, one.dtype) != (other.shape, other.dtype):
            return f"{place}: {one.dtype}{list(one.shape)} and {other.dtype}{list(other.shape)}"
        loose = 1e-3 if one.dtype in (np.float32, np.complex64) else tolerance
        if not np.allclose(one, other, rtol=loose, atol=loose, equal_nan=True):
            return f"{place}: {one.ravel()[:6].tolist()} and {other.ravel()[:6].tolist()}"
        return None
    return None if one == other else f"{place}: {one!r} and {other!r}"


# -- writing a program -------------------------------------------------------------------------------------------------

ELEMENTWISE = (
    """
{x} * 2|{x} + 1|-{x}|1 - {x}|{x} / 3|{x} * {x}|2 / ({x} * {x} + 1)|lib.tanh({x})|lib.sin({x})|lib.cos({x} * 0.5)|{x}.abs()
lib.exp(-{x} * {x})|lib.sigmoid({x})|lib.atan({x})|lib.sqrt({x} * {x} + 1)|lib.log({x}.abs() + 1)|lib.relu({x})|{x} ** 2
F.gelu({x})|F.softplus({x})|F.silu({x})|F.elu({x})|F.leaky_relu({x}, 0.1)|lib.clamp({x}, -0.7, 0.9)|lib.erf({x})
lib.expm1(lib.tanh({x}))|lib.log1p({x} * {x})|lib.reciprocal({x} * {x} + 1)|lib.pow({x}.abs() + 0.5, 1.5)|{x}.clone()
lib.where({x} > 0.1, {x}, {x} * 0.3)|{x}.masked_fill({x} > 0.5, 0.25)|({x} > 0.2).to({x}.dtype)|lib.square({x})|lib.sinh(lib.sin({x}))
lib.zeros_like({x})|lib.ones_like({x}) * 0.5|lib.full_like({x}, 0.3)|{x}.contiguous()|F.hardtanh({x})|F.logsigmoid({x})|lib.sign({x})
""".replace("\n", "|")
    .strip("|")
    .split("|")
)

COMPLEX = (
    """
{x} * {x}|{x} + 1j|{x}.conj() * 2|lib.exp({x} * 0.3)|{x}.real|{x}.imag|lib.abs({x})|{x} * {x}.conj()|{x}.sum()|-{x}|{x}.mean(0)
lib.view_as_real({x})|lib.angle({x} + 5)
""".replace("\n", "|")
    .strip("|")
    .split("|")
)

#: Of ``{x}``, over the axis ``{d}``, one of its own.
ALONG = (
    """
{x}.sum({d})|{x}.mean({d}, keepdim=True)|{x}.amax({d})|{x}.amin({d}, keepdim=True)|{x}.max({d})[0]|{x}.prod({d})|{x}.cumsum({d})
lib.logsumexp({x}, {d})|lib.softmax({x}, {d})|F.log_softmax({x}, {d})|({x}.var({d}, correction=0, keepdim=True) + 0.1).sqrt()|{x}.var({d}, correction=0)
lib.roll({x}, 1, {d})|lib.flip({x}, [{d}])|{x}.sort(dim={d}, stable=True)[0]|lib.argsort({x}, dim={d}, stable=True).to({x}.dtype)|lib.cumprod(lib.cos({x}), {d})
lib.cat([{x}, {x} * 2], {d})|lib.stack([{x}, {x}], {d})|{x}.index_select({d}, lib.tensor([0, 0]))|lib.gather({x}, {d}, lib.argsort({x}, dim={d}, stable=True))
F.normalize({x}, dim={d})|{x}.repeat_interleave(2, {d})|lib.diff({x}, dim={d})|lib.linalg.vector_norm({x}, dim={d}, keepdim=True)
lib.take_along_dim({x}, {x}.argmax({d}, keepdim=True), {d})|{x}.sum()|{x}.mean()|{x}.amax()|lib.logcumsumexp({x}, {d})|({x}.var({d}) + 0.1).sqrt()
{x}.topk(1, {d})[0]|lib.index_add({x} * 2, {d}, lib.tensor([0]), {x}.narrow({d}, 0, 1))|{x}.scatter({d}, {x}.argmin({d}, keepdim=True), 0.5)
""".replace("\n", "|")
    .strip("|")
    .split("|")
)

VIEWS = (
    """
{x}[{i}]|{x}[{i}]|{x}[{i}]|{x}.narrow({d}, 0, 1)|{x}.transpose({d}, 0)|{x}.mT|{x}.reshape(-1)|{x}.flatten()|{x}.unsqueeze({d})
{x}.squeeze()|{x}.expand(2, *{x}.shape)|{x}.select({d}, -1)|{x}.unbind({d})[0]|{x}.chunk(2, {d})[-1]|{x}.split(1, {d})[0]|{x}.movedim({d}, 0)
{x}.permute(*reversed(range({x}.ndim)))|{x}.diagonal()|{x}.view(-1)|{x}.detach()|{x}.view({x}.shape)|{x}[...]|{x}.swapaxes({d}, -1)
{x}.reshape(2, -1)|{x}.unflatten({d}, (1, -1))|{x}.T|{x}.data|{x}.view_as({x})|lib.broadcast_to({x}, (2, *{x}.shape))|lib.atleast_2d({x})
""".replace("\n", "|")
    .strip("|")
    .split("|")
)

#: ``{y}`` can be broadcast against ``{x}``.
BINARY = (
    """
{x} + {y}|{x} - {y}|{x} * {y}|{x} * {y}|{x} / ({y} * {y} + 1)|lib.maximum({x}, {y})|lib.minimum({x}, {y})|lib.atan2({x}, {y} * {y} + 1)
lib.where({x} > {y}, {x}, {y} * 2)|lib.hypot({x}, {y} + 3)|lib.logaddexp({x}, {y})|lib.lerp({x}, {y}, 0.3)|lib.add({x}, {y}, alpha=2)
lib.addcmul({x}, {x}, {y}, value=0.5)|lib.where(({x} < 0.3) & ({y} > -0.3), {x}, {y})|lib.fmax({x}, {y})|lib.copysign({x}, {y})
lib.complex({x}, {y})|F.mse_loss({x}, {y}.expand_as({x}))|F.smooth_l1_loss({x}, {y}.expand_as({x}))|lib.nan_to_num({x} * {y})
""".replace("\n", "|")
    .strip("|")
    .split("|")
)

PRODUCTS = (
    """
{x} @ {y}|{x} @ {y}|{x} @ {y}.mT|{x}.mT @ {y}|F.linear({x}, {y}.reshape(-1, {y}.shape[-1]))|lib.einsum("...i,...i->...", {x}, {y})|lib.outer({x}, {y})|lib.tensordot({x}, {y}, 1)
lib.cat([{x}, {y}], 0)|lib.cat([{x}, {y}], -1)|lib.stack([{x}, {y}])|F.linear({x}, {y}.view(-1, {y}.shape[-1]), {y}.reshape(-1, {y}.shape[-1]).sum(-1))|lib.einsum("ij,kj->ik", {x}, {y})
F.conv1d({x}, {y}, padding=1)|F.embedding(lib.tensor([[0, 1], [1, 0]]), {x})|F.cosine_similarity({x}, {y} * {y} + 1, dim=-1)
F.cross_entropy({x}, {x}.argmin(-1))|F.scaled_dot_product_attention({x}, {y}, {y})|F.l1_loss({x}, {y})|lib.dot({x}, {y})|F.bilinear({x}, {x}, {y})
lib.linalg.solve({x} @ {x}.mT + 3 * lib.eye({x}.shape[-2], dtype={x}.dtype), {y})
""".replace("\n", "|")
    .strip("|")
    .split("|")
)

NETWORKS = (
    """
F.layer_norm({x}, {x}.shape[-1:])|F.layer_norm({x}, {x}.shape[-1:], {x}.sum(tuple(range({x}.ndim - 1))))|F.batch_norm({x}, None, None, training=True)
F.group_norm({x}, 1)|F.pad({x}, (1, 0))|F.pad({x}, (0, 1, 1, 0))|F.avg_pool1d({x}, 2)|F.max_pool1d({x}, 2)|lib.tril({x})|lib.triu({x}, 1)
{x}.repeat(2, *[1] * ({x}.ndim - 1))|F.softmin({x}, -1)|F.rms_norm({x}, {x}.shape[-1:])|{x}.take(lib.tensor([0, 0, -1]))|F.one_hot({x}.argmax(-1), 9).to({x}.dtype)
lib.func.vmap(lambda r: lib.tanh(r) * r.sum())({x})|lib.func.grad(lambda r: (lib.sin(r) * r).sum())({x})|lib.func.vmap(lib.func.grad(lambda r: (r * r.cos()).sum()))({x})
lib.func.jvp(lambda r: lib.sin(r) * r, ({x},), (lib.ones_like({x}),))[1]|lib.cov({x}, correction=0)|lib.meshgrid({x}, {x}, indexing="ij")[0]|{x}.trace()
""".replace("\n", "|")
    .strip("|")
    .split("|")
)

WRITES = (
    """
{x}.mul_(0.5)|{x}.add_(1)|{x}.sub_({y} * 0.1)|{x}.add_({y})|{x}.mul_({y})|{x}[{i}] = 0.25|{x}[{i}] = {y}|{x}[{i}] += 0.5|{x}[{i}] *= {y}
{x}.copy_({y})|{x}.zero_()|{x}.fill_(0.3)|{x}.clamp_(-1, 1)|{x}.tanh_()|{x}[{x} > 0.6] = 0.1|{x}.masked_fill_({x} < -0.6, 0.2)|{x}.__iadd__({y})
{x}.neg_()|{x}.div_(2)|{x}.copy_({x} * 2)|{x}.lerp_({y}, 0.2)|{x}.addcmul_({y}, {y})|{x}.exp_().mul_(0.1)|{x}.index_fill_({d}, lib.tensor([0]), 0.5)
{x}.transpose({d}, 0).mul_(0.9)|{x}.narrow({d}, 0, 1).add_(0.1)|{x}.detach().mul_(0.9)|{x}.view(-1)[:1].add_(0.3)|{x}.index_add_({d}, lib.tensor([0]), {x}.narrow({d}, 0, 1) * 1)
""".replace("\n", "|")
    .strip("|")
    .split("|")
)

#: A gradient of ``{x}`` by the leaf ``{w}``.
GRADIENTS = [
    "{v}, = lib.autograd.grad(({x} * {x}).sum(), [{w}])",
    "{v}, = lib.autograd.grad(({x} * 2).sum(), [{w}], retain_graph=True)",
    "{v}, = lib.autograd.grad(({x} * {x}).sum(), [{w}], create_graph=True)",
    "{v}, = lib.autograd.grad(lib.sin({x}).sum(), [{w}], create_graph=True)",
    "{v}, = lib.autograd.grad({x}, [{w}], lib.cos({x}).detach(), create_graph=True)",
    "lib.tanh({x}).mean().backward(retain_graph=True)",
]

OPTIMIZERS = [
    "lib.optim.SGD([{p}], lr=0.1)",
    "lib.optim.SGD([{p}], lr=0.1, momentum=0.9, weight_decay=0.01)",
    "lib.optim.Adam([{p}], lr=0.05)",
    "lib.optim.AdamW([{p}], lr=0.05)",
]


class Writer:
    """Writes one program."""

    def __init__(self, seed: int):
        self.choose = choose = random.Random(seed)
        small = [(3, 4), (4,), (4, 4), (2, 3, 4), (3, 1), (1, 4), (3,), (2, 2), (1,), ()]
        large = [(24, 25), (25,), (25, 25), (24, 1), (600,)]  # of 4096 bytes and more
        shapes = large if choose.random() < 0.15 else small
        dtype = "float32" if choose.random() < 0.1 else "float64"
        self.dtype = dtype

        def made(letter: str, count: int, grad: float) -> tuple[Input, ...]:
            return tuple(
                Input(f"{letter}{k}", choose.choice(shapes), dtype, choose.random() < grad) for k in range(count)
            )

        parameters = made("p", choose.choice([0, 0, 1, 2]), 1.0)
        state = parameters + made("s", choose.choice([0, 1, 1, 2]), 0.0)
        optimizer = None
        if parameters and choose.random() < 0.6:
            optimizer = choose.choice(OPTIMIZERS).format(p=", ".join(x.name for x in parameters))
        self.program = Program(seed, made("x", choose.choice([1, 2, 2, 3]), 0.3), state, optimizer)
        self.count = 0
        self.expressions: list[str] = []
        self.complex: dict[str, bool] = {}
        self.code: dict[str, Any] = {}
        self.restart()

    def restart(self) -> None:
        """Run what has been written so far."""
        program = self.program
        self.scope = program.scope(polygrad)
        for x in program.arguments:
            self.scope[x.name] = tensor(polygrad, x, values(program.seed, x, 0), "rows")
        for line in program.lines:
            exec(self.code[line], self.scope)

    def write(self) -> Program:
        """The program."""
        target, attempts = self.choose.randrange(5, 41), 0
        while len(self.program.lines) < target and attempts < 8 * target:
            attempts += 1
            self.attempt(self.line())
        if self.program.optimizer is not None:
            self.step()
        names = [name for name, x in self.tensors().items() if name[0] == "v" and not self.is_outside(x)]
        outputs = self.choose.sample(names, min(len(names), self.choose.choice([1, 2, 3, 4, 8])))
        # The last ones have the most behind them.
        self.program = replace(self.program, outputs=tuple(dict.fromkeys([*names[-2:], *outputs])))
        return self.program

    def step(self) -> None:
        """A step of the optimizer."""
        losses = [
            name
            for name, x in self.tensors().items()
            if x.requires_grad and name[0] == "v" and not self.is_complex(name)
        ]
        if losses:
            self.attempt(
                "optimizer.zero_grad()\n"
                f"lib.tanh({self.choose.choice(losses)}).sum().backward(retain_graph=True)\n"
                "optimizer.step()"
            )

    # -- lines ---------------------------------------------------------------------------------------------------------

    def tensors(self) -> dict[str, Any]:
        """What can be used, by name."""
        return {n: x for n, x in self.scope.items() if isinstance(x, polygrad.Tensor)}

    def is_complex(self, name: str) -> bool:
        """Whether a tensor is complex, which one name always is."""
        if name not in self.complex:
            self.complex[name] = self.scope[name].is_complex()
        return self.complex[name]

    def pick(self, test: Callable[[Any], bool] = lambda x: True, is_complex: bool = False) -> str:
        """A tensor, more likely one of the last."""
        names = [name for name, x in self.tensors().items() if self.is_complex(name) is is_complex and test(x)]
        if self.choose.random() < 0.5:
            names = names[-4:]
        return self.choose.choice(names)

    def fitting(self, name: str) -> str:
        """A tensor that can be broadcast to the shape of another."""
        shape = tuple(self.scope[name].shape)

        def fits(y: Any) -> bool:
            theirs = tuple(y.shape)
            ends = zip(reversed(theirs), reversed(shape), strict=False)
            return len(theirs) <= len(shape) and all(m in (1, n) for m, n in ends)

        return self.pick(fits)

    def index(self, shape: tuple[int, ...], written: bool = False) -> str:
        """A key, mostly a basic one.  Where it is written to, no place comes twice: which value wins is undefined."""
        parts = ["0", "-1", ":", "1:", ":1", "::2", ":-1", "..."]
        count = self.choose.randrange(1, max(len(shape), 1) + 1)
        keys = [self.choose.choice(parts) for _ in range(count)]
        if keys.count("...") > 1:
            keys = [key for key in keys if key != "..."] or ["..."]
        if self.choose.random() < 0.1:
            keys.insert(0, "None")
        elif not written and self.choose.random() < 0.1:
            keys[0] = "[0, 0]"
        return ", ".join(keys)

    def line(self) -> str:
        """Some line; it need not work."""
        choose = self.choose
        kind = choose.random()
        self.count += 1
        v = f"v{self.count}"
        if self.expressions and kind < 0.18:  # computed again
            return f"{v} = {choose.choice(self.expressions[-6:])}"
        has_complex = any(self.is_complex(name) for name in self.tensors())
        if has_complex and kind < 0.22:
            return f"{v} = {choose.choice(COMPLEX).format(x=self.pick(is_complex=True))}"
        x = self.pick()
        value = self.scope[x]
        filled = {
            "x": x, "d": choose.randrange(-value.ndim, value.ndim) if value.ndim else 0, "v": v,
            "i": self.index(tuple(value.shape)),
        }  # fmt: skip
        if kind < 0.23:  # one of two equal values is seen through a view while the other one is used up
            again, view = f"v{self.count + 1}", choose.choice(VIEWS)
            self.count += 3
            expression, filled["x"] = choose.choice(ELEMENTWISE + ALONG).format(**filled), again
            return (
                f"{v} = {expression}\n{again} = {expression}\nv{self.count - 1} = {view.format(**filled)}\n"
                f"v{self.count} = {choose.choice(ELEMENTWISE).format(x=v)}"
            )
        if kind < 0.4:
            text = choose.choice(ELEMENTWISE)
        elif kind < 0.54:
            text = choose.choice(VIEWS)
        elif kind < 0.61:
            text = choose.choice(ALONG)
        elif kind < 0.7:
            text, filled["y"] = choose.choice(BINARY), self.fitting(x)
        elif kind < 0.76:
            text, filled["y"] = choose.choice(PRODUCTS), self.pick()
        elif kind < 0.8:
            text = choose.choice(NETWORKS)
        elif kind < 0.91:
            filled["i"] = self.index(tuple(value.shape), written=True)
            line = choose.choice(WRITES).format(**filled, y=self.fitting(x))
            return f"with lib.no_grad():\n    {line}" if choose.random() < 0.25 else line
        elif kind < 0.93:
            return f"{v} = {x}.detach().clone().requires_grad_()"
        elif kind < 0.95:
            return f"with lib.no_grad():\n    {v} = {choose.choice(ELEMENTWISE).format(**filled)}"
        else:
            leaves = [n for n, t in self.tensors().items() if t.requires_grad and t.is_leaf]
            if not leaves:
                return f"{v} = {x}.detach().clone().requires_grad_()"
            varying = [n for n, t in self.tensors().items() if t.requires_grad and not self.is_complex(n)]
            return choose.choice(GRADIENTS).format(v=v, x=choose.choice(varying), w=choose.choice(leaves))
        expression = text.format(**filled)
        self.expressions.append(expression)
        return f"{v} = {expression}"

    def attempt(self, line: str) -> None:
        """Keep a line that works."""
        self.code[line] = compile(line, "<line>", "exec")
        try:
            exec(self.code[line], self.scope)
            # What was only added has changed nothing else.
            added = line.split(" = ")[0] if self.is_assignment(line) else None
            good = all(self.is_moderate(x) for x in ([self.scope[added]] if added else self.tensors().values()))
        except Exception:
            good = False
        if good:
            self.program = replace(self.program, lines=(*self.program.lines, line))
        elif self.is_assignment(line):
            self.scope.pop(line.split(" = ")[0], None)
        else:
            self.restart()

    def is_outside(self, x: Any) -> bool:
        """Whether a tensor sees the memory of an argument or of the state."""
        outside = {id(self.scope[known.name]) for known in (*self.program.arguments, *self.program.state)}
        return any(id(member) in outside for member in x._all_aliases())

    def is_assignment(self, line: str) -> bool:
        """Whether a line computes one new value and changes nothing."""
        return re.match(r"v\d+ = ", line) is not None and "\n" not in line

    def is_moderate(self, x: Any) -> bool:
        """Whether values neither overflow nor let rounding grow."""
        return 0 < x.numel() <= LONGEST and bool(np.less(np.abs(x._data), LARGEST).all())


def program(seed: int) -> Program:
    """The program of a seed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Writer(seed).write()


# -- comparisons -------------------------------------------------------------------------------------------------------


def replayed(program: Program) -> list:
    """The outcome of the program compiled on NumPy."""
    return outcome(program, polygrad, polygrad.compile)


def on_jax(program: Program) -> list:
    """The outcome of the program compiled on JAX."""
    with polygrad.use_backend("jax"):
        return outcome(program, polygrad, polygrad.compile, move=False)


def in_pytorch(program: Program) -> list:
    """The outcome of the program in PyTorch."""
    import torch

    return outcome(program, torch, move=False, flags=False)


#: How a program is run, and how much the values may differ.  Whether ``reshape`` gives a view depends on strides, which
#: PyTorch's elementwise operations take from their operands: there, it always gives a copy.
WAYS: dict[str, tuple[Callable[[Program], list], float]] = {
    "replay": (replayed, 1e-9), "jax": (on_jax, 1e-7), "torch": (in_pytorch, 1e-7),
}  # fmt: skip


def compared(program: Program, way: str) -> str | None:
    """What is different in another way of running the program than in eager code on NumPy; None where nothing is."""
    run, tolerance = WAYS[way]
    if way == "torch":
        program = replace(
            program,
            lines=tuple(re.sub(r"(\.reshape\([^()]*\)|\.flatten\(\))", r"\1.clone()", x) for x in program.lines),
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            expected = outcome(program, polygrad, move=way == "replay", flags=way != "torch")
        except Exception as error:  # it was tried on the data of the first call only
            raise Refused(f"eager code: {error}") from error
        try:
            found = run(program)
        except Exception as error:
            # A program is one operation of the graph outside, which is used up even if only a part of it was.
            used_up = isinstance(error, RuntimeError) and "a second time" in str(error)
            if way == "torch" or used_up or isinstance(error, polygrad.compiler.CompileError):
                raise Refused(f"{way}: {error}") from error
            return f"{type(error).__name__}: {error}"
        return difference(expected, found, tolerance, exact=way != "torch")


class Refused(Exception):
    """A program is not for a way to run it: PyTorch forbids something, or `compile` says what it cannot do."""


def shortened(program: Program, differs: Callable[[Program], bool]) -> Program:
    """The program without lines and outputs that a difference does not need."""

    def fails(candidate: Program) -> bool:
        try:
            return differs(candidate)
        except Exception:
            return False

    before = None
    while before != program:
        before = program
        for name in ("outputs", "lines"):
            for place in reversed(range(len(getattr(program, name)))):
                parts = list(getattr(program, name))
                del parts[place]
                candidate = replace(program, **{name: tuple(parts)})
                if fails(candidate):
                    program = candidate
    return program


def report(program: Program, way: str, found: str) -> str:
    """A difference, with a shortened program."""
    short = shortened(program, lambda candidate: compared(candidate, way) is not None)
    return (
        f"eager and {way} differ: {compared(short, way) or found}\n{short.described()}"
        f"rerun: python tests/tools/program_fuzzer.py --against {way} --seed {program.seed}\n"
    )


@dataclass
class Tally:
    """What was compared."""

    compared: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


def check(seeds: Iterator[int] | range, ways: list[str], tally: Tally) -> Iterator[str]:
    """Compare the programs of ``seeds``; yields the reports of differences."""
    for seed in seeds:
        made = program(seed)
        for way in ways:
            try:
                found = compared(made, way)
            except Refused as error:
                words = str(error).split("\n")[0][:100]
                tally.refused[words] = tally.refused.get(words, 0) + 1
                continue
            tally.compared[way] = tally.compared.get(way, 0) + 1
            if found is not None:
                tally.failures.append(f"seed {seed} {way}")
                yield report(made, way, found)


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--against", default="replay", help="comma-separated, of: " + ", ".join(WAYS))
    parser.add_argument("--seed", type=int, help="one program")
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    parser.add_argument("--count", type=int, default=1000, help="the number of programs")
    parser.add_argument("-v", "--verbose", action="store_true", help="print the program")
    settings = parser.parse_args()
    ways = settings.against.split(",")
    seeds = range(settings.start, settings.start + settings.count)
    if settings.seed is not None:
        seeds = range(settings.seed, settings.seed + 1)
        if settings.verbose:
            print(program(settings.seed).described())
    tally, start = Tally(), time.monotonic()
    with contextlib.suppress(KeyboardInterrupt):
        for text in check(seeds, ways, tally):
            print(text, flush=True)
    counts = ", ".join(f"{count} against {way}" for way, count in tally.compared.items())
    print(
        f"{len(seeds)} programs from seed {seeds[0]}: {counts}; {len(tally.failures)} differences, {time.monotonic() - start:.0f} s"
    )
    for words, count in sorted(tally.refused.items(), key=lambda pair: -pair[1]):
        print(f"{count:6d} not compared: {words}")
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
