"""vmap of layers and functions of `nn`: equal to a loop, and without a loop inside."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import polygrad
import polygrad.nn.functional as F
from polygrad import func, linalg, nn

EXAMPLES = 3
random = np.random.default_rng(0)


def batch(*shape: int) -> polygrad.Tensor:
    return polygrad.tensor(random.standard_normal((EXAMPLES, *shape)))


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.enter, self.leave = nn.Linear(8, 24), nn.Linear(8, 8)

    def forward(self, x):
        q, k, v = self.enter(x).reshape(x.shape[0], 3, 2, 4).permute(1, 2, 0, 3)
        return self.leave(F.scaled_dot_product_attention(q, k, v, is_causal=True).permute(1, 0, 2).reshape(-1, 8))


class First(nn.Module):
    """The first result of a module that has several."""

    def __init__(self, module, copies=1):
        super().__init__()
        self.module, self.copies = module, copies

    def forward(self, x):
        return self.module(*[x] * self.copies)[0]


LAYERS = {
    "perceptron": (lambda: nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 2)), batch(4)),
    "convolution": (
        lambda: nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 6, 3), nn.GELU(), nn.AvgPool2d(2),
            nn.Flatten(), nn.Linear(6, 3),
        ),
        batch(2, 1, 8, 8),
    ),
    "convolution 1-D": (lambda: nn.Sequential(nn.Conv1d(2, 4, 3), nn.Softplus()), batch(1, 2, 8)),
    "transposed convolution": (lambda: nn.ConvTranspose2d(2, 3, 3, stride=2), batch(1, 2, 4, 4)),
    "batch norm": (lambda: nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.SiLU()), batch(2, 1, 6, 6)),
    "group norm": (lambda: nn.Sequential(nn.Conv2d(1, 4, 3), nn.GroupNorm(2, 4), nn.ELU()), batch(2, 1, 6, 6)),
    "layer norm": (lambda: nn.Sequential(nn.Linear(4, 6), nn.LayerNorm(6), nn.Softmax(-1)), batch(3, 4)),
    "embedding": (lambda: nn.Sequential(nn.Embedding(9, 4), nn.Linear(4, 2)), polygrad.tensor(np.arange(9).reshape(3, 3))),
    "attention": (Attention, batch(5, 8)),
    "multi-head attention": (lambda: First(nn.MultiheadAttention(8, 2, batch_first=True), 3), batch(2, 5, 8)),
    "LSTM": (lambda: First(nn.LSTM(3, 4, batch_first=True)), batch(2, 5, 3)),
    "GRU": (lambda: First(nn.GRU(3, 4)), batch(5, 2, 3)),
}  # fmt: skip


@pytest.fixture(autouse=True)
def without_loops():
    with warnings.catch_warnings():
        warnings.simplefilter("error", func.SlowBatchingWarning)
        yield


@pytest.mark.parametrize("name", LAYERS)
def test_gradients_of_every_sample(name: str):
    make, xs = LAYERS[name]
    polygrad.manual_seed(0)
    model = make().double().eval()
    parameters = {key: p.detach() for key, p in model.named_parameters()}

    def loss(parameters, x):
        return (func.functional_call(model, parameters, (x,)) ** 2).mean()

    found = func.vmap(func.grad(loss), in_dims=(None, 0))(parameters, xs)
    examples = [func.grad(loss)(parameters, x) for x in xs]
    for key, gradient in found.items():
        expected = np.stack([one[key].numpy() for one in examples])
        np.testing.assert_allclose(gradient.numpy(), expected, rtol=1e-8, atol=1e-10, err_msg=key)
    # Forward over reverse, over the batch, against the derivative of the whole in the same direction.
    total = lambda p: func.vmap(loss, in_dims=(None, 0))(p, xs).sum()  # noqa: E731
    by_example = func.jvp(lambda p: func.vmap(func.grad(loss), in_dims=(None, 0))(p, xs), (parameters,), (parameters,))[
        1
    ]
    product = func.hvp(total, (parameters,), (parameters,))
    for key, tangent in by_example.items():
        np.testing.assert_allclose(tangent.sum(0).numpy(), product[key].numpy(), rtol=1e-7, atol=1e-9, err_msg=key)


SQUARE = batch(4, 4)
POSITIVE = SQUARE @ SQUARE.mT + 4 * polygrad.eye(4, dtype=polygrad.float64)
FUNCTIONS = {
    "solve": lambda x: linalg.solve(x, x[0]),
    "inv, det, slogdet": lambda x: (linalg.inv(x), linalg.det(x), linalg.slogdet(x)[1]),
    "cholesky": linalg.cholesky,
    "eigvalsh": linalg.eigvalsh,
    "lstsq": lambda x: linalg.lstsq(x, x + 1)[0],
    "pinv": linalg.pinv,
    "matrix_exp, matrix_power": lambda x: linalg.matrix_power(x, 3),
    "norms": lambda x: (linalg.norm(x), linalg.matrix_norm(x, 2), linalg.vector_norm(x, 1)),
    "einsum": lambda x: polygrad.einsum("ij,kj,k->ik", x, x, x[0]),
    "sort, topk, kthvalue": lambda x: (x.sort(-1)[0], x.topk(2)[1], x.kthvalue(2)[0], x.argsort()),
    "cumulative": lambda x: (x.cumsum(0), x.cumprod(1), x.cummax(0)[0]),
    "median, quantile": lambda x: (x.median(), polygrad.quantile(x, 0.3)),
    "searchsorted": lambda x: polygrad.searchsorted(x.sort(-1)[0][0], x),
    "index": lambda x: x[x[0].argsort(), x[1].argsort()],
    "gather, scatter": lambda x: (x.gather(1, x.argsort(1)), x.scatter(1, x.argsort(1), x)),
    "write": lambda x: (y := x.clone(), y.__setitem__((x[0].argsort()[:2], 1), 7.0))[0],
    "repeat_interleave, roll": lambda x: (x.repeat_interleave(2), x.roll(1, 0)),
    "cross_entropy": lambda x: F.cross_entropy(x, x.argmax(1)),
    "nll_loss, kl_div": lambda x: (F.nll_loss(x, x.argmax(1)), F.kl_div(x, x.softmax(-1), reduction="sum")),
    "binary_cross_entropy": lambda x: F.binary_cross_entropy_with_logits(x, (x > 0).double()),
    "cosine_similarity, cdist": lambda x: (F.cosine_similarity(x, x + 1), polygrad.cdist(x, x + 1)),
    "one_hot": lambda x: F.one_hot(x.argmax(1), 4),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function(name: str):
    def function(x):
        result = FUNCTIONS[name](x)
        return result if isinstance(result, tuple) else (result,)

    found = func.vmap(function)(POSITIVE)
    for n, of_one in enumerate(zip(*[function(x) for x in POSITIVE], strict=True)):
        expected = np.stack([y.numpy() for y in of_one])
        np.testing.assert_allclose(found[n].numpy(), expected, rtol=1e-8, atol=1e-10, err_msg=f"result {n}")


RANDOM = {
    "rand": lambda x: polygrad.rand(8),
    "randn": lambda x: polygrad.randn(8),
    "randint": lambda x: polygrad.randint(0, 50, (8,)),
    "randperm": lambda x: polygrad.randperm(8),
    "bernoulli": lambda x: polygrad.bernoulli(x.sigmoid()),
    "multinomial": lambda x: polygrad.multinomial(x.softmax(0), 8),
    "normal": lambda x: polygrad.normal(x, 1.0),
    "dropout": lambda x: F.dropout(x + 1, 0.5),
    "randn_like": polygrad.randn_like,
}


@pytest.mark.parametrize("name", RANDOM)
def test_random_numbers_differ_from_example_to_example(name: str):
    xs = polygrad.ones(20, 12)
    different = func.vmap(RANDOM[name], randomness="different")(xs).numpy()
    assert len(np.unique(different, axis=0)) > 15
    same = func.vmap(RANDOM[name], randomness="same")(xs).numpy()
    assert len(np.unique(same, axis=0)) == 1
