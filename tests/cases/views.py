"""Functions whose result may share memory with their argument: the table of functions/test_views.py.

Each is a function of ``t``, which is PyTorch or polygrad, and of a tensor.  Nothing here imports either library.
"""

from __future__ import annotations

import math
from typing import Any

#: What the function is of, ``r`` (real) or ``c`` (complex) and its shape, 0 for none; and the function.
TABLE: dict[str, tuple[str, Any]] = {
    "x[0]": ("r23", lambda t, x: x[0]),
    "x[1:]": ("r23", lambda t, x: x[1:]),
    "x[...]": ("r23", lambda t, x: x[...]),
    "x[:]": ("r23", lambda t, x: x[:]),
    "x[None]": ("r23", lambda t, x: x[None]),
    "x[()]": ("r23", lambda t, x: x[()]),
    "x[0,1]": ("r23", lambda t, x: x[0, 1]),
    "x[[0]]": ("r23", lambda t, x: x[[0]]),
    "x[:, ::2]": ("r23", lambda t, x: x[:, ::2]),
    "diagonal": ("r33", lambda t, x: t.diagonal(x)),
    "diag": ("r33", lambda t, x: t.diag(x)),
    "diagv": ("r3", lambda t, x: t.diag(x)),
    "diag_embed": ("r3", lambda t, x: t.diag_embed(x)),
    "linalg.diagonal": ("r33", lambda t, x: t.linalg.diagonal(x)),
    "movedim": ("r23", lambda t, x: t.movedim(x, 0, 1)),
    "moveaxis": ("r23", lambda t, x: t.moveaxis(x, 0, 1)),
    "swapaxes": ("r23", lambda t, x: t.swapaxes(x, 0, 1)),
    "swapdims": ("r23", lambda t, x: t.swapdims(x, 0, 1)),
    "transpose": ("r23", lambda t, x: t.transpose(x, 0, 1)),
    "t": ("r23", lambda t, x: t.t(x)),
    "T": ("r23", lambda t, x: x.T),
    "mT": ("r23", lambda t, x: x.mT),
    "H": ("r23", lambda t, x: x.H),
    "mH": ("r23", lambda t, x: x.mH),
    "adjoint": ("r23", lambda t, x: t.adjoint(x)),
    "t vec": ("r3", lambda t, x: x.t()),
    "permute": ("r23", lambda t, x: t.permute(x, (1, 0))),
    "permute id": ("r23", lambda t, x: x.permute(0, 1)),
    "unbind": ("r23", lambda t, x: t.unbind(x)[1]),
    "split": ("r6", lambda t, x: t.split(x, 2)[1]),
    "split sections": ("r6", lambda t, x: t.split(x, [1, 5])[1]),
    "chunk": ("r6", lambda t, x: t.chunk(x, 3)[1]),
    "tensor_split": ("r6", lambda t, x: t.tensor_split(x, 4)[1]),
    "hsplit": ("r23", lambda t, x: t.hsplit(x, 3)[1]),
    "vsplit": ("r23", lambda t, x: t.vsplit(x, 2)[1]),
    "dsplit": ("r122", lambda t, x: t.dsplit(x, 2)[1]),
    "select": ("r23", lambda t, x: t.select(x, 1, 2)),
    "narrow": ("r23", lambda t, x: t.narrow(x, 1, 1, 2)),
    "squeeze": ("r122", lambda t, x: t.squeeze(x)),
    "squeeze none": ("r23", lambda t, x: t.squeeze(x)),
    "squeeze dim": ("r122", lambda t, x: t.squeeze(x, 0)),
    "unsqueeze": ("r23", lambda t, x: t.unsqueeze(x, 1)),
    "expand same": ("r23", lambda t, x: x.expand(2, 3)),
    "expand_as": ("r23", lambda t, x: x.expand_as(x)),
    "broadcast_tensors": ("r23", lambda t, x: t.broadcast_tensors(x, x.detach().clone())[0]),
    "view": ("r23", lambda t, x: x.view(6)),
    "view_as": ("r23", lambda t, x: x.view_as(t.ones(3, 2, dtype=x.dtype))),
    "reshape": ("r23", lambda t, x: t.reshape(x, (3, 2))),
    "reshape same": ("r23", lambda t, x: t.reshape(x, (2, 3))),
    "reshape_as": ("r23", lambda t, x: x.reshape_as(t.ones(6))),
    "flatten": ("r23", lambda t, x: t.flatten(x)),
    "flatten vec": ("r3", lambda t, x: t.flatten(x)),
    "flatten 0d": ("r0", lambda t, x: t.flatten(x)),
    "unflatten": ("r6", lambda t, x: t.unflatten(x, 0, (2, 3))),
    "ravel": ("r23", lambda t, x: t.ravel(x)),
    "ravel T": ("r23", lambda t, x: t.ravel(x.T)),
    "flatten T": ("r23", lambda t, x: t.flatten(x.T)),
    "reshape T": ("r23", lambda t, x: x.T.reshape(6)),
    "atleast_1d": ("r0", lambda t, x: t.atleast_1d(x)),
    "atleast_1d v": ("r3", lambda t, x: t.atleast_1d(x)),
    "atleast_2d": ("r3", lambda t, x: t.atleast_2d(x)),
    "atleast_3d": ("r3", lambda t, x: t.atleast_3d(x)),
    "atleast_2d m": ("r23", lambda t, x: t.atleast_2d(x)),
    "contiguous": ("r23", lambda t, x: x.contiguous()),
    "contiguous T": ("r23", lambda t, x: x.T.contiguous()),
    "detach": ("r23", lambda t, x: x.detach()),
    "data": ("r23", lambda t, x: x.data),
    "clone": ("r23", lambda t, x: x.clone()),
    "positive": ("r23", lambda t, x: t.positive(x)),
    "pos": ("r23", lambda t, x: +x),
    "real": ("r23", lambda t, x: t.real(x)),
    ".real": ("r23", lambda t, x: x.real),
    "conj": ("r23", lambda t, x: t.conj(x)),
    "resolve_conj": ("r23", lambda t, x: t.resolve_conj(x)),
    "resolve_neg": ("r23", lambda t, x: t.resolve_neg(x)),
    "conj_physical": ("r23", lambda t, x: t.conj_physical(x)),
    "to same": ("r23", lambda t, x: x.to(x.dtype)),
    "to device": ("r23", lambda t, x: x.to(x.device)),
    "to cpu": ("r23", lambda t, x: x.to("cpu") if str(x.device) == "cpu" else x.to(x.device)),
    "to device and type": ("r23", lambda t, x: x.to(x.device, x.dtype)),
    "to another tensor's": ("r23", lambda t, x: x.to(x[0])),
    "to device, copy": ("r23", lambda t, x: x.to(x.device, copy=True)),
    "cpu": ("r23", lambda t, x: x.cpu() if str(x.device) == "cpu" else x.to(x.device)),
    "to copy": ("r23", lambda t, x: x.to(x.dtype, copy=True)),
    "type same": ("r23", lambda t, x: x.type(x.dtype)),
    "double": ("r23", lambda t, x: x.double()),
    "float": ("r23", lambda t, x: x.float()),
    "type_as": ("r23", lambda t, x: x.type_as(x)),
    "as_tensor": ("r23", lambda t, x: t.as_tensor(x)),
    "asarray": ("r23", lambda t, x: t.asarray(x)),
    "view_as_complex": ("r32", lambda t, x: t.view_as_complex(x)),
    "view_as_complex slice": ("r32", lambda t, x: t.view_as_complex(x)[1:]),
    "rot90": ("r23", lambda t, x: t.rot90(x)),
    "flip": ("r23", lambda t, x: t.flip(x, (0,))),
    "fliplr": ("r23", lambda t, x: t.fliplr(x)),
    "roll": ("r23", lambda t, x: t.roll(x, 1)),
    "rot90 0": ("r23", lambda t, x: t.rot90(x, 0)),
    "flip none": ("r23", lambda t, x: t.flip(x, ())),
    "tril": ("r33", lambda t, x: t.tril(x)),
    "meshgrid": ("r3", lambda t, x: t.meshgrid(x, indexing="ij")[0]),
    "cat1": ("r23", lambda t, x: t.cat([x])),
    "stack1": ("r23", lambda t, x: t.stack([x])),
    "hstack1": ("r23", lambda t, x: t.hstack([x])),
    "sum 0d": ("r0", lambda t, x: t.sum(x)),
    "sum empty": ("r122", lambda t, x: t.sum(x, 0)),
    "squeeze mult": ("r122", lambda t, x: t.squeeze(x, (0, 1))),
    "where": ("r23", lambda t, x: t.where(x > 0, x, x)),
    "clamp": ("r23", lambda t, x: t.clamp(x, min=-100)),
    "index_select": ("r23", lambda t, x: t.index_select(x, 0, t.tensor([0]))),
    "take": ("r23", lambda t, x: t.take(x, t.tensor([0]))),
    "gather": ("r23", lambda t, x: t.gather(x, 0, t.tensor([[0, 1, 0]]))),
    "repeat1": ("r23", lambda t, x: x.repeat(1, 1)),
    "tile1": ("r23", lambda t, x: t.tile(x, (1, 1))),
    "repeat_interleave": ("r23", lambda t, x: t.repeat_interleave(x, 1)),
    "einsum ii->i": ("r33", lambda t, x: t.einsum("ii->i", x)),
    "einsum ij->ji": ("r23", lambda t, x: t.einsum("ij->ji", x)),
    "einsum ij": ("r23", lambda t, x: t.einsum("ij", x)),
    "einsum ji": ("r23", lambda t, x: t.einsum("ji", x)),
    "einsum ij->i": ("r23", lambda t, x: t.einsum("ij->i", x)),
    "einsum ii": ("r33", lambda t, x: t.einsum("ii", x)),
    "einsum bii->bi": ("r233", lambda t, x: t.einsum("bii->bi", x)),
    "einsum ...ij->...ji": ("r122", lambda t, x: t.einsum("...ij->...ji", x)),
    "einsum iij->ji": ("r332", lambda t, x: t.einsum("iij->ji", x)),
    "einsum i->": ("r1", lambda t, x: t.einsum("i->", x)),
    "einsum ij->j 1": ("r13", lambda t, x: t.einsum("ij->j", x)),
    "einsum aab": ("r332", lambda t, x: t.einsum("iij->ij", x)),
    "einsum i,->i": ("r3", lambda t, x: t.einsum("i,->i", x, t.ones((), dtype=x.dtype))),
    "broadcast 1": ("r13", lambda t, x: x.broadcast_to((1, 3))),
    "nn.Flatten": ("r23", lambda t, x: t.nn.Flatten(0)(x)),
    "nn.Identity": ("r23", lambda t, x: t.nn.Identity()(x)),
    "dropout eval": ("r23", lambda t, x: t.nn.functional.dropout(x, training=False)),
    "dropout 0": ("r23", lambda t, x: t.nn.functional.dropout(x, 0.0)),
    "relu": ("r23", lambda t, x: t.relu(x)),
    "nn.Unflatten": ("r6", lambda t, x: t.nn.Unflatten(0, (2, 3))(x)),
    "alpha_dropout eval": ("r23", lambda t, x: t.nn.functional.alpha_dropout(x, training=False)),
    "block_diag": ("r33", lambda t, x: t.block_diag(x)),
    "cumsum": ("r1", lambda t, x: t.cumsum(x, 0)),
    "column_stack": ("r3", lambda t, x: t.column_stack([x])),
    "slice_scatter": ("r6", lambda t, x: t.slice_scatter(x, x, 0)),
    "index negative": ("r23", lambda t, x: x[-1]),
    "x[0:0]": ("r23", lambda t, x: x[0:0]),
    "x.ravel c": ("c2", lambda t, x: x.ravel()),
    "c real": ("c2", lambda t, x: t.real(x)),
    "c .real": ("c2", lambda t, x: x.real),
    "c imag": ("c2", lambda t, x: t.imag(x)),
    "c .imag": ("c2", lambda t, x: x.imag),
    "c conj": ("c2", lambda t, x: t.conj(x)),
    "c .conj()": ("c2", lambda t, x: x.conj()),
    "c conj conj": ("c2", lambda t, x: x.conj().conj()),
    "c mH": ("c22", lambda t, x: x.mH),
    "c H": ("c22", lambda t, x: x.H),
    "c adjoint": ("c22", lambda t, x: t.adjoint(x)),
    "c resolve_conj": ("c2", lambda t, x: t.resolve_conj(x)),
    "c conj resolve_conj": ("c2", lambda t, x: t.resolve_conj(x.conj())),
    "c conj_physical": ("c2", lambda t, x: t.conj_physical(x)),
    "c resolve_neg": ("c2", lambda t, x: t.resolve_neg(x)),
    "c conj imag resolve_neg": ("c2", lambda t, x: t.resolve_neg(x.conj().imag)),
    "c view_as_real": ("c2", lambda t, x: t.view_as_real(x)),
    "c view_as_real[...,0]": ("c2", lambda t, x: t.view_as_real(x)[..., 0]),
    "c view_as_real[0]": ("c22", lambda t, x: t.view_as_real(x)[0]),
    "c vac(var)": ("c2", lambda t, x: t.view_as_complex(t.view_as_real(x))),
    "c conj imag": ("c2", lambda t, x: x.conj().imag),
    "c conj[0]": ("c22", lambda t, x: x.conj()[0]),
    "c [0].conj": ("c22", lambda t, x: x[0].conj()),
    "c mH[0]": ("c22", lambda t, x: x.mH[0]),
    "c positive": ("c2", lambda t, x: t.positive(x)),
    "c einsum ii->i": ("c22", lambda t, x: t.einsum("ii->i", x)),
    "c einsum ij->ji": ("c22", lambda t, x: t.einsum("ij->ji", x)),
    "c conj reshape": ("c22", lambda t, x: x.conj().reshape(4)),
    "c T real": ("c22", lambda t, x: x.T.real),
    "c real T": ("c22", lambda t, x: x.real.T),
    "c real flatten": ("c22", lambda t, x: x.real.flatten()),
    "c real.view": ("c22", lambda t, x: x.real.view(4)),
    "c angle": ("c2", lambda t, x: t.angle(x)),
    "c view_as_real flatten": ("c2", lambda t, x: t.view_as_real(x).flatten()),
    "c conj contiguous": ("c2", lambda t, x: x.conj().contiguous()),
    "c conj to": ("c2", lambda t, x: x.conj().to(x.dtype)),
    "c conj clone": ("c2", lambda t, x: x.conj().clone()),
    "c conj detach": ("c2", lambda t, x: x.conj().detach()),
    "c svd": ("c2", lambda t, x: t.sgn(x)),
    "c real contiguous": ("c2", lambda t, x: x.real.contiguous()),
    "pad nothing": ("r23", lambda t, x: t.nn.functional.pad(x, (0, 0))),
    "pad a negative number": ("r23", lambda t, x: t.nn.functional.pad(x, (-1, 0))),
    "pad replicate": ("r23", lambda t, x: t.nn.functional.pad(x, (0, -1), mode="replicate")),
    "matrix_power": ("r33", lambda t, x: t.matrix_power(x, 1)),
    "pixel_shuffle": ("r1122", lambda t, x: t.nn.functional.pixel_shuffle(x, 1)),
    "pixel_unshuffle": ("r1122", lambda t, x: t.nn.functional.pixel_unshuffle(x, 2)),
    "channel_shuffle": ("r1122", lambda t, x: t.nn.functional.channel_shuffle(x, 1)),
    "adaptive_avg_pool2d": ("r1122", lambda t, x: t.nn.functional.adaptive_avg_pool2d(x, 2)),
    "adaptive_avg_pool1d": ("r122", lambda t, x: t.nn.functional.adaptive_avg_pool1d(x, 2)),
    "cumsum 0d": ("r0", lambda t, x: t.cumsum(x, 0)),
    "max 0d": ("r0", lambda t, x: t.max(x, 0)[0]),
    "min 0d": ("r0", lambda t, x: t.min(x, 0)[0]),
    "unpad_sequence": ("r33", lambda t, x: t.nn.utils.rnn.unpad_sequence(x[None], t.tensor([3]), batch_first=True)[0]),
    "to copy, by place": ("r23", lambda t, x: x.to(x.dtype, False, True)),
}


def argument(t: Any, kind: str) -> Any:
    """A tensor with a different number in each place."""
    shape = () if kind[1:] == "0" else tuple(int(n) for n in kind[1:])
    x = t.arange(1, 1 + math.prod(shape), dtype=t.float64).reshape(shape) / 8 + 0.25
    return t.complex(x, 1 - 2 * x) if kind[0] == "c" else x.clone()


def numbers(x: Any) -> Any:
    """The shape and the values, as what JSON has."""
    values = x.detach().reshape(-1).tolist()
    flat = [part for v in values for part in ((v.real, v.imag) if isinstance(v, complex) else (v,))]
    return [list(x.shape), [float(f"{value:.6g}") for value in flat]]


def written(t: Any, name: str, wrap: Any = lambda function: function) -> Any:
    """What the argument and the result are after a write to the result, and the result after a write to the argument."""
    kind, function = TABLE[name]

    def program(x: Any) -> Any:
        y = function(t, x)
        y.mul_(10)
        seen = x.clone(), y.clone()
        x.mul_(2)
        return *seen, y

    return [numbers(x) for x in wrap(program)(argument(t, kind))]


def differentiated(t: Any, name: str, wrap: Any = lambda function: function) -> Any:
    """First and second derivatives through a write to the result."""
    kind, function = TABLE[name]

    def squares(x: Any) -> Any:
        return (x * x.conj()).real.sum()

    def program(w: Any) -> Any:
        x = w * 1
        y = function(t, x)
        y.copy_(y.clone() ** 2)
        (g,) = t.autograd.grad(squares(x), w, create_graph=True)
        (h,) = t.autograd.grad(squares(g), w)
        return g, h

    return [numbers(x) for x in wrap(program)(argument(t, kind).requires_grad_())]
