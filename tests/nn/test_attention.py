"""Attention and transformers: PyTorch's results, repr and state; every backend; higher orders; compiled."""

from __future__ import annotations

import math

import numpy as np
import pytest

import polygrad as pg
import polygrad.nn.functional as F
from polygrad import nn


def noise(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def assert_same(mine, theirs, tolerance=1e-9):
    assert len(mine) == len(theirs)
    for a, b in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=tolerance, atol=tolerance * 0.1)


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


# -- the function --------------------------------------------------------------------------------------------------------

#: name → shapes of query, key, value, mask (or a function that makes it), settings
CASES = {
    "plain": ([(2, 3, 5, 4), (2, 3, 6, 4), (2, 3, 6, 2)], None, {}),
    "without a batch": ([(5, 4), (6, 4), (6, 2)], None, {"scale": 0.3}),
    "causal": ([(2, 3, 5, 4)] * 3, None, {"is_causal": True}),
    "causal, more rows": ([(2, 7, 4), (2, 5, 4), (2, 5, 4)], None, {"is_causal": True}),
    "causal, more columns": ([(2, 3, 4), (2, 5, 4), (2, 5, 4)], None, {"is_causal": True}),
    "causal, long": ([(1, 2, 150, 4)] * 3, None, {"is_causal": True}),
    "causal, longer than is remembered": ([(1, 700, 4)] * 3, None, {"is_causal": True}),
    "long": ([(2, 600, 4)] * 3, None, {}),
    "numbers as a mask": ([(2, 3, 5, 4), (2, 3, 6, 4), (2, 3, 6, 2)], noise(5, 6, seed=9), {}),
    "a mask for each": ([(2, 3, 5, 4), (2, 3, 6, 4), (2, 3, 6, 2)], noise(2, 1, 5, 6, seed=9), {}),
    "booleans": ([(2, 3, 5, 4), (2, 3, 6, 4), (2, 3, 6, 2)], noise(2, 3, 5, 6, seed=9) > -0.5, {}),
    "padding": ([(2, 3, 5, 4)] * 3, (np.arange(5) < np.array([[3], [5]]))[:, None, None], {}),
    "a row that attends to nothing": ([(1, 3, 4)] * 3, np.array([[True, False, True], [False] * 3, [True] * 3]), {}),
    "masked and long": ([(2, 600, 4)] * 3, noise(600, 600, seed=9) > 0, {}),
    "groups": ([(2, 4, 5, 3), (2, 2, 6, 3), (2, 2, 6, 3)], None, {"enable_gqa": True}),
    "groups, causal": ([(2, 4, 5, 3), (2, 1, 5, 3), (2, 1, 5, 3)], None, {"enable_gqa": True, "is_causal": True}),
    "groups, masked": ([(2, 4, 5, 3), (2, 2, 6, 3), (2, 2, 6, 3)], noise(2, 1, 5, 6) > -1, {"enable_gqa": True}),
}


def run(library, shapes, mask, settings):
    """Result and gradients, also of a floating-point mask."""
    tensors = [library.tensor(noise(*shape, seed=i), requires_grad=True) for i, shape in enumerate(shapes)]
    if mask is not None:
        mask = library.tensor(mask)
        if mask.dtype == library.float64:
            tensors.append(mask.requires_grad_())
    result = library.nn.functional.scaled_dot_product_attention(*tensors[:3], attn_mask=mask, **settings)
    (result * library.tensor(noise(*result.shape, seed=7))).sum().backward()
    return [result.detach().numpy()] + [x.grad.numpy() for x in tensors]


@pytest.mark.parity
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_attention_is_pytorchs(case, torch):
    assert_same(run(pg, *case), run(torch, *case))


@pytest.mark.parametrize("name", [name for name in CASES if "long" not in name])
def test_every_backend_agrees(name, backend):
    with pg.use_backend("numpy"):
        expected = run(pg, *CASES[name])
    assert_same(run(pg, *CASES[name]), expected)


@pytest.mark.parametrize("settings", [{}, {"is_causal": True}], ids=["plain", "causal"])
def test_second_order_and_forward_mode(settings):
    x = [pg.tensor(noise(2, 3, 2, seed=i), requires_grad=True) for i in range(3)]
    attend = lambda *x: F.scaled_dot_product_attention(*x, **settings)  # noqa: E731
    assert pg.autograd.gradcheck(attend, x)
    assert pg.autograd.gradgradcheck(attend, x)
    tangents = [pg.tensor(noise(2, 3, 2, seed=i + 5)) for i in range(3)]
    _, tangent = pg.func.jvp(attend, tuple(a.detach() for a in x), tuple(tangents))
    h = 1e-6
    numeric = (attend(*[a.detach() + h * t for a, t in zip(x, tangents, strict=True)])
               - attend(*[a.detach() - h * t for a, t in zip(x, tangents, strict=True)])) / (2 * h)  # fmt: skip
    pg.testing.assert_close(tangent, numeric, rtol=1e-6, atol=1e-8)


def test_in_a_batch():
    q, k = pg.tensor(noise(3, 4, 2)), pg.tensor(noise(5, 2, seed=1))
    looped = pg.stack([F.scaled_dot_product_attention(one, k, k) for one in q])
    pg.testing.assert_close(pg.vmap(lambda one: F.scaled_dot_product_attention(one, k, k))(q), looped)


def test_dropout_drops_weights_and_keeps_their_mean():
    pg.manual_seed(0)
    x, ones = pg.zeros(1, 400, 4), pg.ones(1, 400, 4)
    result = F.scaled_dot_product_attention(x, x, ones, dropout_p=0.5)
    assert result.std().item() > 0.01
    assert abs(result.mean().item() - 1) < 0.01


@pytest.mark.parametrize(
    ("shapes", "settings", "kind", "message"),
    [
        ([(2, 3), (2, 4), (2, 4)], {}, RuntimeError, "shapes do not match"),
        ([(3,), (3,), (3,)], {}, RuntimeError, "at least 2 dimensions"),
        ([(2, 3)] * 3, {"dropout_p": 2}, ValueError, "dropout_p"),
        ([(2, 3)] * 3, {"is_causal": True, "attn_mask": pg.ones(2, 2)}, RuntimeError, "must not be set"),
        ([(1, 3, 2, 2), (1, 2, 2, 2), (1, 2, 2, 2)], {"enable_gqa": True}, RuntimeError, "must divide"),
        ([(2, 3)] * 3, {"attn_mask": pg.ones(2, 2).int()}, RuntimeError, "attn_mask is int32; it must be bool"),
        ([(2, 3)] * 3, {"attn_mask": pg.ones(2, 5)}, ValueError, r"mask of shape \(2, 5\) does not fit scores of shape"),
    ],
)  # fmt: skip
def test_wrong_arguments(shapes, settings, kind, message):
    with pytest.raises(kind, match=message):
        F.scaled_dot_product_attention(*[pg.ones(*shape) for shape in shapes], **settings)


@pytest.mark.parametrize(
    ("lengths", "masks", "message"),
    [
        ((3, 5), {"key_padding_mask": pg.zeros(5, 2).bool()}, r"key_padding_mask has shape \(5, 2\), .* \(N, S\), here \(2, 5\)"),
        ((3, 5), {"attn_mask": pg.zeros(5)}, r"attn_mask has shape \(5,\)"),
        ((3, 5), {"attn_mask": pg.zeros(1, 5)}, r"\(N \* heads, L, S\), here \(3, 5\) or \(4, 3, 5\)"),
        ((3, 3), {"attn_mask": pg.zeros(3, 4, 3)}, r"attn_mask has shape \(3, 4, 3\)"),
        ((3, 3), {"attn_mask": pg.zeros(3, 3).int()}, "attn_mask is int32"),
        ((3, 3), {"key_padding_mask": pg.zeros(2, 3).long()}, "key_padding_mask is int64"),
    ],
)  # fmt: skip
def test_wrong_masks_of_several_heads(lengths, masks, message):
    query, key = (pg.ones(length, 2, 4) for length in lengths)
    with pytest.raises(RuntimeError, match=message):
        nn.MultiheadAttention(4, 2)(query, key, key, **masks)


def test_several_heads_take_all_three_with_a_batch_or_without():
    with pytest.raises(RuntimeError, match="3 dimensions, or 2 without a batch"):
        nn.MultiheadAttention(4, 2)(pg.ones(3, 2, 4), pg.ones(3, 4), pg.ones(3, 4))


# -- layers --------------------------------------------------------------------------------------------------------------


def twins(torch, name, *args, **settings):
    theirs = getattr(torch.nn, name)(*args, **settings).double()
    mine = getattr(nn, name)(*args, **settings).double()
    mine.load_state_dict({k: v.numpy() for k, v in theirs.state_dict().items()})
    assert repr(mine) == repr(theirs)
    assert list(mine.state_dict()) == list(theirs.state_dict())
    return (pg, mine), (torch, theirs)


def grads(outputs, tensors):
    sum((out * out).sum() for out in outputs).backward()
    return [out.detach().numpy() for out in outputs] + [x.grad.numpy() for x in tensors if x.grad is not None]


@pytest.mark.parity
@pytest.mark.parametrize("call", [
    {}, {"need_weights": False}, {"average_attn_weights": False}, {"key_padding_mask": np.array([[0, 0, 0, 1], [0, 0, 1, 1]]) > 0},
    {"attn_mask": noise(4, 4, seed=3)}, {"attn_mask": noise(4, 4, seed=3) > 1.0},
    {"attn_mask": noise(4, 4, seed=3), "key_padding_mask": np.array([[0, 0, 0, 1], [0, 0, 1, 1]]) > 0},
    {"attn_mask": np.triu(np.ones((4, 4)), 1) > 0, "is_causal": True, "need_weights": False},
], ids=lambda call: ",".join(call) or "plain")  # fmt: skip
@pytest.mark.parametrize("settings", [{}, {"bias": False, "batch_first": True}, {"add_bias_kv": True, "add_zero_attn": True}],
                         ids=lambda s: ",".join(s) or "plain")  # fmt: skip
@pytest.mark.filterwarnings("ignore:Support for mismatched")  # PyTorch warns as well
def test_multihead_attention_is_pytorchs(settings, call, torch):
    if call.get("is_causal") and settings.get("add_bias_kv"):
        pytest.skip("the hint makes PyTorch leave out the positions that were appended, which the mask would keep")
    found = []
    for library, layer in twins(torch, "MultiheadAttention", 6, 2, **settings):
        x = library.tensor(noise(2, 4, 6) if settings.get("batch_first") else noise(4, 2, 6), requires_grad=True)
        tensors = {k: library.tensor(v) if isinstance(v, np.ndarray) else v for k, v in call.items()}
        outputs = [out for out in layer(x, x, x, **tensors) if out is not None]
        found.append(grads(outputs, [x, *layer.parameters()]))
    assert_same(*found)


@pytest.mark.parity
@pytest.mark.filterwarnings("ignore")
def test_multihead_attention_of_other_widths_and_without_a_batch(torch):
    found = []
    for library, layer in twins(torch, "MultiheadAttention", 6, 3, kdim=4, vdim=5):
        q, k, v = (library.tensor(noise(*s), requires_grad=True) for s in ((3, 6), (4, 4), (4, 5)))
        found.append(grads(layer(q, k, v), [q, k, v, *layer.parameters()]))
    assert_same(*found)


@pytest.mark.parity
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("settings", [{}, {"norm_first": True, "activation": "gelu", "batch_first": True}, {"bias": False}],
                         ids=lambda s: ",".join(s) or "plain")  # fmt: skip
def test_transformer_is_pytorchs(settings, torch):
    found = []
    sizes = {"num_encoder_layers": 2, "num_decoder_layers": 2, "dim_feedforward": 7, "dropout": 0.0}
    for library, model in twins(torch, "Transformer", 4, 2, **sizes, **settings):
        first = settings.get("batch_first", False)
        src, tgt = (
            library.tensor(noise(*((2, n) if first else (n, 2)), 4, seed=n), requires_grad=True) for n in (5, 3)
        )
        mask = model.generate_square_subsequent_mask(3).to(library.float64)
        padding = library.tensor(np.array([[False] * 5, [False] * 3 + [True] * 2]))
        output = model(src, tgt, tgt_mask=mask, src_key_padding_mask=padding, memory_key_padding_mask=padding)
        found.append(grads([output], [src, tgt, *model.parameters()]))
    assert_same(*found)


@pytest.mark.parity
@pytest.mark.filterwarnings("ignore")
def test_encoder_stack_has_pytorchs_text_and_values(torch):
    found = []
    layers = twins(torch, "TransformerEncoderLayer", 4, 2, 7)
    stacks = [(library, library.nn.TransformerEncoder(layer, 2).eval()) for library, layer in layers]
    assert repr(stacks[0][1]) == repr(stacks[1][1])
    for library, stack in stacks:
        x = library.tensor(noise(5, 2, 4), requires_grad=True)
        found.append(grads([stack(x)], [x]))
    assert_same(*found)


def test_first_weights_are_in_pytorchs_range():
    layer = nn.MultiheadAttention(16, 2)
    bound = math.sqrt(6 / (16 + 48))
    assert 0.9 * bound < layer.in_proj_weight.abs().max().item() <= bound
    assert not layer.in_proj_bias.any()
    assert not layer.out_proj.bias.any()


class Block(nn.Module):
    """A layer of a decoder: causal attention and a network, with normalization first."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.project, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.feed = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x):
        batch, length, width = x.shape
        q, k, v = (
            part.reshape(batch, length, self.heads, width // self.heads).transpose(1, 2)
            for part in self.project(self.norm1(x)).chunk(3, -1)
        )
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(y.transpose(1, 2).reshape(batch, length, width))
        return x + self.feed(self.norm2(x))


class SmallGPT(nn.Module):
    """Embeddings, blocks, and the embedding again as the last layer's weight."""

    def __init__(self, vocabulary=11, width=8, heads=2, layers=2, context=6):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(vocabulary, width), nn.Embedding(context, width)
        self.blocks = nn.Sequential(*[Block(width, heads) for _ in range(layers)])
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, vocabulary, bias=False)
        self.head.weight = self.tokens.weight

    def forward(self, tokens):
        x = self.tokens(tokens) + self.positions.weight[: tokens.shape[1]]
        return self.head(self.norm(self.blocks(x)))


@pytest.mark.parametrize("backend", pg.backends.available())
def test_compiled_training_of_a_small_gpt_is_eager_training(backend):
    def losses(compiled):
        with pg.use_backend(backend):
            pg.manual_seed(0)
            model = SmallGPT()
            optimizer = pg.optim.AdamW(model.parameters(), lr=0.01)
            tokens = pg.randint(0, 11, (4, 7))

            def step(x, y):
                loss = F.cross_entropy(model(x).reshape(-1, 11), y.reshape(-1))
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                return loss

            step = pg.compile(step) if compiled else step
            x, y = tokens[:, :-1].clone(), tokens[:, 1:].clone()
            return [step(x, y).item() for _ in range(20)]

    eager, compiled = losses(False), losses(True)
    assert eager[-1] < 0.8 * eager[0]
    np.testing.assert_allclose(compiled, eager, rtol=5e-5)
