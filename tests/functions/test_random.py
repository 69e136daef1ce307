"""Random numbers: a seed gives NumPy's stream on every backend, and the generator's state is a tensor."""

from __future__ import annotations

import copy
import math
import pickle
import threading
import warnings

import numpy as np
import pytest

import polygrad
from polygrad._state import Passive, recording
from polygrad.random import default_generator

BACKENDS = ("numpy", "strict", "jax")


@pytest.fixture(params=BACKENDS)
def backend(request):
    try:
        return polygrad.get_backend(request.param)
    except Exception as error:  # the reason is the point
        pytest.skip(f"backend {request.param!r} is not available: {str(error).splitlines()[0]}")


@pytest.fixture
def other(backend):
    if backend.name == "numpy":
        pytest.skip("NumPy is what the others are compared with")
    return backend


def seeded(draw, seed=7, **place):
    """What ``draw`` gives after a seed, as a NumPy array."""
    polygrad.manual_seed(seed)
    return draw(**place).detach().to(backend="numpy").numpy()


# -- the stream --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "counter"),
    [
        (0, 0),
        (12345678901234567890, 7),
        (2**127 + 3, 2**64 - 2),
        (5, 2**128 - 2),
        (2**64 - 1, 2**256 - 2),
        (1, 2**192 - 1),
    ],
)
def test_the_generic_text_gives_the_words_of_numpys_philox(backend, key, counter):
    expected = np.random.Philox(key=key, counter=(counter - 1) % 2**256).random_raw(4 * 5)
    found = backend.xp.philox(key, counter, 5, device=backend.default_device())
    np.testing.assert_array_equal(backend.to_numpy(found), expected)
    np.testing.assert_array_equal(backend.to_numpy(backend.random_bits(key, counter, 5)), expected)


def test_key_and_counter_may_be_arrays_of_the_library(backend):
    state = backend.asarray(np.array([2**64 - 3, 17], dtype=np.uint64), device=backend.default_device())
    found = backend.xp.philox(state[0], state[1], 3, device=backend.default_device())
    expected = np.random.Philox(key=2**64 - 3, counter=16).random_raw(12)
    np.testing.assert_array_equal(backend.to_numpy(found), expected)


DRAWS = {
    "rand": lambda **place: polygrad.rand(3, 5, **place),
    "rand float64": lambda **place: polygrad.rand(3, 5, dtype=polygrad.float64, **place),
    "randn": lambda **place: polygrad.randn(3, 5, **place),
    "randint": lambda **place: polygrad.randint(-5, 10, (3, 5), **place),
    "randint wide": lambda **place: polygrad.randint(-(2**63), 2**63 - 1, (7,), **place),
    "randint int8": lambda **place: polygrad.randint(0, 100, (7,), dtype=polygrad.int8, **place),
    "randperm": lambda **place: polygrad.randperm(100, **place),
    "bernoulli": lambda **place: polygrad.bernoulli(polygrad.full((20,), 0.3, **place)),
    "multinomial": lambda **place: polygrad.multinomial(
        polygrad.tensor([[0.1, 0.5, 0.4], [1.0, 0.0, 2.0]], **place), 2
    ),
    "multinomial again": lambda **place: polygrad.multinomial(polygrad.tensor([0.1, 0.5, 0.4], **place), 9, True),
    "uniform_": lambda **place: polygrad.zeros(9, **place).uniform_(-1, 3),
    "bernoulli_": lambda **place: polygrad.zeros(9, **place).bernoulli_(0.4),
    "random_": lambda **place: polygrad.zeros(9, dtype=polygrad.int32, **place).random_(),
    "dropout": lambda **place: polygrad.dropout(polygrad.ones(4, 5, **place), 0.3, True),
}
ROUNDED = {
    "randn float64": lambda **place: polygrad.randn(3, 5, dtype=polygrad.float64, **place),
    "normal": lambda **place: polygrad.normal(2.0, 0.5, (3, 5), **place),
    "normal_": lambda **place: polygrad.zeros(9, **place).normal_(1, 2),
    "exponential_": lambda **place: polygrad.zeros(9, **place).exponential_(2.0),
}


@pytest.mark.parametrize("name", DRAWS)
def test_one_seed_gives_the_same_numbers_on_every_backend(name, other):
    np.testing.assert_array_equal(seeded(DRAWS[name], backend=other), seeded(DRAWS[name]))


@pytest.mark.parametrize("name", ROUNDED)
def test_one_seed_gives_the_same_numbers_up_to_rounding(name, other):
    np.testing.assert_allclose(seeded(ROUNDED[name], backend=other), seeded(ROUNDED[name]), rtol=1e-6)


@pytest.mark.parametrize("name", [*DRAWS, *ROUNDED])
def test_draws_differ_from_each_other_and_repeat_after_the_seed(name):
    draw = {**DRAWS, **ROUNDED}[name]
    first, again = seeded(draw), seeded(draw)
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(draw().detach().numpy(), first)


def test_the_stream_is_the_same_for_ever():
    """These numbers are part of what polygrad promises: a seed means the same in every version."""
    np.testing.assert_allclose(
        seeded(lambda: polygrad.rand(4)), [0.6967611, 0.9007596, 0.1286414, 0.7774632], rtol=1e-6
    )
    np.testing.assert_allclose(seeded(lambda: polygrad.randn(3)), [-0.1501023, 0.4901064, -0.4318599], rtol=1e-5)
    assert seeded(lambda: polygrad.randint(100, (4,))).tolist() == [70, 42, 91, 25]
    assert seeded(lambda: polygrad.randperm(5)).tolist() == [3, 1, 4, 0, 2]


# -- distributions -----------------------------------------------------------------------------------------------------

COUNT = 200_000


def test_uniform_numbers_fill_the_interval_and_never_reach_one():
    polygrad.manual_seed(0)
    for dtype in (polygrad.float16, polygrad.float32, polygrad.float64):
        numbers = polygrad.rand(COUNT, dtype=dtype).numpy().astype(np.float64)
        assert numbers.min() >= 0 and numbers.max() < 1
        assert abs(numbers.mean() - 0.5) < 0.004
        assert abs(numbers.var() - 1 / 12) < 0.002


def test_normal_numbers_have_the_moments_of_the_normal_distribution():
    polygrad.manual_seed(0)
    for dtype in (polygrad.float32, polygrad.float64):
        numbers = polygrad.randn(COUNT, dtype=dtype).numpy().astype(np.float64)
        assert [
            round(abs(float((numbers**k).mean() - moment)), 1) for k, moment in ((1, 0), (2, 1), (3, 0), (4, 3))
        ] == [0] * 4
        assert 4 < np.abs(numbers).max() < 7
        below = [(numbers < x).mean() - 0.5 * (1 + math.erf(x / math.sqrt(2))) for x in (-2, -1, 0, 1, 2)]
        assert np.abs(below).max() < 0.005


def test_integers_are_spread_evenly():
    polygrad.manual_seed(0)
    counts = np.bincount(polygrad.randint(3, 10, (COUNT,)).numpy(), minlength=10)
    assert counts[:3].sum() == 0
    assert np.abs(counts[3:] / COUNT - 1 / 7).max() < 0.004


def test_every_permutation_comes_about_equally_often():
    polygrad.manual_seed(0)
    drawn = [tuple(polygrad.randperm(3).tolist()) for _ in range(3000)]
    assert len(set(drawn)) == 6
    assert all(abs(drawn.count(one) / 3000 - 1 / 6) < 0.03 for one in set(drawn))
    assert sorted(polygrad.randperm(1000).tolist()) == list(range(1000))
    assert polygrad.randperm(0).tolist() == [] and polygrad.randperm(1).tolist() == [0]


def test_multinomial_draws_by_weight():
    polygrad.manual_seed(0)
    weights = polygrad.tensor([[1.0, 0.0, 3.0], [2.0, 2.0, 0.0]])
    drawn = polygrad.multinomial(weights, 20_000, replacement=True).numpy()
    assert np.abs(np.bincount(drawn[0], minlength=3) / 20_000 - [0.25, 0, 0.75]).max() < 0.01
    assert np.abs(np.bincount(drawn[1], minlength=3) / 20_000 - [0.5, 0.5, 0]).max() < 0.012
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        without = polygrad.multinomial(weights.repeat(500, 1), 2).numpy()
    assert (np.sort(without[::2], axis=1) == [0, 2]).all() and (np.sort(without[1::2], axis=1) == [0, 1]).all()
    assert abs((without[::2, 0] == 2).mean() - 0.75) < 0.06


def test_exponential_numbers_are_positive_with_the_mean_of_their_rate():
    polygrad.manual_seed(0)
    numbers = polygrad.zeros(COUNT).exponential_(4.0).numpy()
    assert numbers.min() > 0 and abs(numbers.mean() - 0.25) < 0.003


def test_dropout_keeps_the_mean_and_drops_the_given_part():
    polygrad.manual_seed(0)
    x = polygrad.ones(COUNT, requires_grad=True)
    y = polygrad.dropout(x, 0.3, True)
    kept = y.detach().numpy() != 0
    assert abs(kept.mean() - 0.7) < 0.004 and abs(float(y.detach().mean()) - 1) < 0.01
    y.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), np.where(kept, 1 / 0.7, 0), rtol=1e-6)


# -- generators --------------------------------------------------------------------------------------------------------


def test_a_generator_of_its_own_leaves_the_default_one_alone():
    polygrad.manual_seed(3)
    expected = polygrad.rand(4).tolist()
    polygrad.manual_seed(3)
    generator = polygrad.Generator().manual_seed(11)
    own = polygrad.rand(4, generator=generator).tolist()
    assert polygrad.rand(4).tolist() == expected
    assert polygrad.rand(4, generator=generator.manual_seed(11)).tolist() == own
    assert (
        polygrad.rand(4, generator=polygrad.Generator()).tolist()
        == polygrad.rand(4, generator=polygrad.Generator()).tolist()
    )


def test_a_state_taken_and_set_again_repeats_the_draws():
    generator = polygrad.Generator().manual_seed(2)
    polygrad.rand(7, generator=generator)
    state = generator.get_state()
    assert state.dtype is polygrad.uint64 and tuple(state.shape) == (2,)
    first = polygrad.randn(5, generator=generator).tolist()
    generator.set_state(state)
    assert polygrad.randn(5, generator=generator).tolist() == first
    assert state.tolist() == [2, 1]  # what was handed out is a value, not a window
    with polygrad.random.fork_rng():
        polygrad.manual_seed(1)
        polygrad.rand(3)
    before = polygrad.get_rng_state()
    one = polygrad.rand(3).tolist()
    polygrad.set_rng_state(before)
    assert polygrad.rand(3).tolist() == one


@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda g: pickle.loads(pickle.dumps(g)), lambda g: g.clone_state()]
)
def test_a_copied_generator_goes_on_from_the_same_state(duplicate):
    generator = polygrad.Generator().manual_seed(5)
    polygrad.rand(3, generator=generator)
    copied = duplicate(generator)
    assert copied.initial_seed() == 5
    assert polygrad.rand(3, generator=copied).tolist() == polygrad.rand(3, generator=generator).tolist()


def test_seeds():
    assert polygrad.manual_seed(-1).initial_seed() == 2**64 - 1
    assert polygrad.initial_seed() == 2**64 - 1
    assert polygrad.seed() == polygrad.initial_seed()
    with pytest.raises(RuntimeError, match="the seed must be from"):
        polygrad.manual_seed(2**64)


def test_threads_draw_different_parts_of_one_stream():
    generator = polygrad.Generator().manual_seed(0)
    found, lock = [], threading.Lock()

    def draw():
        for _ in range(50):
            numbers = polygrad.rand(8, generator=generator).tolist()
            with lock:
                found.append(tuple(numbers))

    threads = [threading.Thread(target=draw) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    generator.manual_seed(0)
    expected = {tuple(polygrad.rand(8, generator=generator).tolist()) for _ in range(400)}
    assert len(found) == 400 and set(found) == expected


class Watcher(Passive):
    """A recorder that keeps what it sees."""

    def __init__(self):
        self.reads, self.writes = [], []

    def read(self, cell):
        self.reads.append(cell)

    def write(self, cell):
        self.writes.append(cell)


def test_a_recorder_sees_the_state_read_and_rebound():
    watcher = Watcher()
    with recording(watcher):
        polygrad.rand(3)
    state = default_generator._state
    assert any(cell is state for cell in watcher.reads)
    assert sum(cell is state for cell in watcher.writes) == 1


def test_a_state_that_another_library_left_goes_on_as_before(other):
    generator = polygrad.Generator().manual_seed(9)
    polygrad.rand(3, generator=generator)
    expected = polygrad.rand(3, generator=generator.clone_state()).tolist()
    array = other.asarray(np.array([9, 1], dtype=np.uint64), device=other.default_device())
    generator._state._rebind(array, None)
    assert polygrad.rand(3, generator=generator).tolist() == expected
    assert generator._state.backend is other


# -- arguments ---------------------------------------------------------------------------------------------------------


def test_arguments_as_in_pytorch(backend):
    x = polygrad.rand((2, 3), dtype=polygrad.float64, requires_grad=True, backend=backend)
    assert x.is_leaf and x.requires_grad and x.backend is backend and x.dtype is polygrad.float64
    like = polygrad.randn_like(x)
    assert (
        like.backend is backend
        and like.dtype is polygrad.float64
        and tuple(like.shape) == (2, 3)
        and not like.requires_grad
    )
    assert polygrad.rand_like(x, dtype=polygrad.float32).dtype is polygrad.float32
    assert polygrad.randint_like(x, 4, 5).tolist() == [[4.0] * 3] * 2
    assert polygrad.rand(()).shape == () and polygrad.rand(0, 3).shape == (0, 3)
    mean = polygrad.tensor([0.0, 1000.0], backend=backend)
    drawn = polygrad.normal(mean, polygrad.tensor([1.0, 2.0], backend=backend))
    assert abs(drawn.tolist()[0]) < 10 and 900 < drawn.tolist()[1] < 1100


def test_in_place_draws_are_refused_on_leaves_and_cut_the_graph():
    leaf = polygrad.zeros(3, requires_grad=True)
    with pytest.raises(RuntimeError, match="leaf"):
        leaf.uniform_()
    assert leaf.tolist() == [0, 0, 0]
    with polygrad.no_grad():
        leaf.normal_()
    assert leaf.requires_grad and leaf.is_leaf
    y = leaf * 2
    base = y[1:]
    base.uniform_(5, 6)
    assert 5 <= y.tolist()[1] < 6
    y.sum().backward()
    assert leaf.grad.tolist() == [2, 0, 0]


@pytest.mark.parametrize(
    ("draw", "error", "text"),
    [
        (lambda: polygrad.rand(2, dtype=polygrad.int64), RuntimeError, "floating-point type, not int64"),
        (lambda: polygrad.rand(-1), RuntimeError, "negative length"),
        (lambda: polygrad.rand(2, generator=3), TypeError, "must be a polygrad.Generator, not int"),
        (lambda: polygrad.randint(5, 5, (2,)), RuntimeError, "they are 5 and 5"),
        (lambda: polygrad.randint(5), TypeError, "needs a size"),
        (lambda: polygrad.randperm(-1), RuntimeError, "it is -1"),
        (lambda: polygrad.bernoulli(polygrad.ones(2), 1.5), RuntimeError, "between 0 and 1, but it is 1.5"),
        (lambda: polygrad.normal(0.0, -1.0, (2,)), RuntimeError, "std -1.0"),
        (lambda: polygrad.multinomial(polygrad.tensor([0.0, 0.0]), 1), RuntimeError, "too few for 1 samples"),
        (lambda: polygrad.multinomial(polygrad.tensor([1.0, 0.0]), 2), RuntimeError, "without replacement"),
        (lambda: polygrad.multinomial(polygrad.tensor([1.0, -1.0]), 1, True), RuntimeError, "finite and not negative"),
        (lambda: polygrad.dropout(polygrad.ones(2), 1.5, True), ValueError, "between 0 and 1, but it is 1.5"),
        (lambda: polygrad.zeros(2).uniform_(2, 1), RuntimeError, "they are 2 and 1"),
        (lambda: polygrad.Generator().set_state(polygrad.zeros(2)), RuntimeError, "two uint64 elements, not float32"),
    ],
)
def test_errors_say_what_was_given(draw, error, text):
    with pytest.raises(error, match=text):
        draw()
