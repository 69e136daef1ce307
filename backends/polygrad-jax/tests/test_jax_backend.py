"""The JAX backend: what it promises, its kernels against NumPy, and what compiles when."""

import os
import subprocess
import sys
import textwrap

import numpy
import pytest

import polygrad
from polygrad.backends import get_backend

jax = pytest.importorskip("jax")
jnp = jax.numpy


@pytest.fixture
def backend():
    return get_backend("jax")


def run(code, **environ):
    result = subprocess.run(  # noqa: PLW1510
        [sys.executable, "-c", textwrap.dedent(code)], env=os.environ | environ, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


# -- the library -------------------------------------------------------------------------------------------------------


def test_plugin_does_not_import_its_library():
    run("import sys, polygrad_jax; assert 'jax' not in sys.modules")


def test_64_bit_types_can_be_left_off():
    code = """
        import jax, polygrad
        x = polygrad.tensor([1, 2], backend="jax")
        y = polygrad.tensor([1.0, 2.0], backend="jax", requires_grad=True)
        (y * x).sum().backward()
        print(jax.config.jax_enable_x64, x.dtype, y.grad.tolist())
        try:
            y.to(polygrad.float64)
        except TypeError as error:
            print(error)
    """
    assert run(code, POLYGRAD_JAX_X64="1").startswith("True polygrad.int64 [1.0, 2.0]")
    off = run(code, POLYGRAD_JAX_X64="0")
    assert off.startswith("False polygrad.int32 [1.0, 2.0]")
    assert "backend 'jax' has no float64" in off


def test_owns_arrays_and_tracers(backend):
    assert backend.owns(type(jnp.ones(1)))
    assert not backend.owns(numpy.ndarray)
    seen = []
    jax.jit(lambda x: seen.append(type(x)))(1.0)
    jax.vmap(lambda x: seen.append(type(x)))(jnp.ones(2))
    jax.grad(lambda x: (seen.append(type(x)), x)[1])(1.0)
    assert len(seen) >= 3
    assert all(map(backend.owns, seen))


@pytest.mark.parametrize(
    "name", ["bool", "int8", "int64", "uint64", "float16", "bfloat16", "float32", "float64", "complex64", "complex128"]
)
def test_data_types_and_round_trip(backend, name):
    dtype = getattr(polygrad, name)
    array = backend.asarray(numpy.asarray([0, 1], dtype="float32"), dtype=backend.to_dtype(dtype))
    assert backend.from_dtype(array.dtype) is dtype
    assert backend.to_numpy(array).tolist() == [0, 1]


def test_devices_by_name(backend):
    for device in backend.devices():
        assert backend.parse_device(backend.device_name(device)) == device == backend.parse_device(device)
    assert backend.device_name(backend.parse_device("cpu:0")) == "cpu"
    with pytest.raises(ValueError, match="backend 'jax' has no device 'abacus'; it has "):
        backend.parse_device("abacus")


def test_arrays_from_outside_are_copied_when_asked(backend):
    for _ in range(20):  # the copy that JAX makes by itself comes too late only now and then
        ours = numpy.ones(1_000_000)
        array = backend.asarray(ours, copy=True)
        ours[:] = 7
        assert float(array.max()) == 1


def test_concrete_and_synchronize(backend):
    def traced(x):
        with backend.concrete():
            assert float(jnp.ones(()) + 1) == 2
        return x

    jax.jit(traced)(1.0)
    backend.synchronize()


def test_scalars_are_never_tracers(backend):
    seen = []
    jax.jit(lambda x: seen.append(backend.scalar(2.0, jnp.float32, x)))(jnp.ones(2))
    assert float(seen[0]) == 2


def test_random_words_are_those_of_numpy(backend):
    expected = get_backend("numpy").random_bits(5, 7, 3)
    assert (backend.to_numpy(backend.random_bits(5, 7, 3)) == expected).all()
    # What an accelerator runs.
    words = jnp.asarray([5, 7], dtype=jnp.uint64)
    assert (backend.to_numpy(backend._philox.run((3,), (words,))) == expected).all()


# -- kernels -----------------------------------------------------------------------------------------------------------

KEYS = [
    (0,), (-1,), (slice(None), 2), (Ellipsis, -1), (None, 1, slice(1, 3)), (slice(None, None, 2),), (slice(3, 1),),
    (slice(-2, None), Ellipsis, None, 0), (slice(None, None, -1),), (1, 2, 3), (), (Ellipsis,), (slice(1, 9), None),
]  # fmt: skip


@pytest.mark.parametrize("key", KEYS, ids=repr)
def test_basic_keys_as_numpy(backend, key):
    x = numpy.arange(120.0).reshape(4, 5, 6)
    part = -x[key] - 1
    written, padded = x.copy(), numpy.zeros_like(x)
    written[key] = padded[key] = part
    kernels, array, value = backend.kernels, backend.asarray(x), backend.asarray(part)
    assert (backend.to_numpy(kernels["getitem"](array, key)) == x[key]).all()
    assert (backend.to_numpy(kernels["slice_put"](array, value, key)) == written).all()
    assert (backend.to_numpy(kernels["slice_pad"](value, key, x.shape)) == padded).all()
    if part.size:
        written[key] = 7
        assert (backend.to_numpy(kernels["slice_put"](array, jnp.asarray(7.0), key)) == written).all()


@pytest.mark.parametrize("key", [(4,), (-5,), (0, 0, 6)])
def test_index_out_of_range(backend, key):
    with pytest.raises(IndexError, match="is out of bounds for axis"):
        backend.kernels["getitem"](jnp.ones((4, 5, 6)), key)


@pytest.mark.parametrize("rows", [0, 1, 7])
def test_rows_by_index_as_numpy(backend, rows):
    generator = numpy.random.default_rng(0)
    x, value = generator.normal(size=(5, 3)), generator.normal(size=(rows, 3))
    indices = generator.integers(0, 5, size=rows)
    arrays = [backend.asarray(a) for a in (x, value, indices)]
    added, written, last = numpy.zeros_like(x), x.copy(), numpy.zeros_like(value)
    numpy.add.at(added, indices, value)
    for row, index in enumerate(indices):
        written[index] = value[row]
        if index not in indices[row + 1 :]:
            last[row] = value[row]
    kernels = backend.kernels
    assert backend.to_numpy(kernels["index_add"](arrays[1], arrays[2], 5)) == pytest.approx(added)
    assert (backend.to_numpy(kernels["put_rows"](*arrays)) == written).all()
    assert (backend.to_numpy(kernels["last_rows"](arrays[1], arrays[2], 5)) == last).all()


@pytest.mark.parametrize("value", [0, 2.5])
def test_pad_as_numpy(backend, value):
    for shape in [(2, 3), (0, 3)]:
        x, widths = numpy.ones(shape), ((1, 2), (0, 3))
        expected = numpy.pad(x, widths, constant_values=value)
        assert (backend.to_numpy(backend.kernels["pad"](backend.asarray(x), widths, value)) == expected).all()


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize(
    ("size", "stride", "padding", "dilation"), [(6, 1, 1, 1), (7, 2, 0, 1), (8, 3, 2, 2), (8, 2, 1, 1)]
)
def test_convolution_as_the_generic_text(backend, groups, size, stride, padding, dilation):
    from polygrad._core.primitive import PRIMITIVES

    generator = numpy.random.default_rng(0)
    pairs = [(value, value) for value in (stride, padding, dilation)]
    x, weight = jnp.asarray(generator.normal(size=(2, 4, size, size))), generator.normal(size=(6, 4 // groups, 3, 3))
    weight = jnp.asarray(weight)
    cotangent = PRIMITIVES["conv2d"].forward(backend.xp, x, weight, *pairs, groups)
    for name, operands, settings in (
        ("conv2d", (x, weight), ()),
        ("conv2d_input_gradient", (cotangent, weight), ((size, size),)),
        ("conv2d_weight_gradient", (x, cotangent), ((3, 3),)),
        ("conv2d_input_gradient", (cotangent[..., :-1], weight), ((size, size),)),
    ):
        expected = PRIMITIVES[name].forward(backend.xp, *operands, *settings, *pairs, groups)
        found = backend.kernel(PRIMITIVES[name])(*operands, *settings, *pairs, groups)
        assert found.shape == expected.shape
        assert numpy.asarray(found) == pytest.approx(numpy.asarray(expected))


def test_arrays_like_others(backend):
    x = jnp.ones((2, 3), dtype=jnp.float32)
    for name, value in (("ones_like", 1), ("zeros_like", 0)):
        made = getattr(backend.xp, name)(x)
        assert (made.shape, made.dtype, made.device) == (x.shape, x.dtype, x.device)
        assert (made == value).all()
        assert getattr(backend.xp, name)(x, dtype=jnp.bool).dtype == bool


# -- what compiles -----------------------------------------------------------------------------------------------------


def compilations(function):
    """How many programs XLA compiles in ``function()``."""
    from jax import monitoring

    count = 0

    def listen(event, duration, **_):
        nonlocal count
        count += event == "/jax/core/compile/backend_compile_duration"

    monitoring.register_event_duration_secs_listener(listen)
    try:
        function()
    finally:
        monitoring.unregister_event_duration_listener(listen)
    return count


def step(x, index):
    x.grad = None
    loss = (polygrad.tanh(x[index : index + 4]) * x[index]).sum()
    loss.backward()
    return loss.item()


def test_slices_do_not_compile_again(backend):
    x = polygrad.ones(64, 3, backend="jax", requires_grad=True)
    assert compilations(lambda: step(x, 0)) > 0
    assert compilations(lambda: [step(x, index) for index in range(1, 40)]) == 0


def test_settings_that_change_all_the_time_stop_compiling():
    from polygrad_jax._compiled import MOST_VARIANTS, compiled_kernel

    kernel = compiled_kernel(lambda x, factor, offset=0: x * factor + offset, 1)
    x = jnp.ones(3)
    for factor in range(MOST_VARIANTS):
        assert kernel(x, factor, offset=1)[0] == factor + 1
    assert compilations(lambda: [kernel(x, float(factor)) for factor in range(1000, 1050)]) <= 2
    assert kernel(x, jnp.asarray([2.0, 3.0, 4.0]), offset=1).tolist() == [3, 4, 5]  # not a key, and not compiled


def test_settings_equal_as_keys_are_told_apart():
    from polygrad_jax._compiled import compiled_kernel

    kernel = compiled_kernel(lambda x, factor: x * factor, 1)
    ones = jnp.ones(2, dtype=jnp.int32)
    assert kernel(ones, 1).dtype == jnp.int32
    assert kernel(ones, 1.0).dtype != jnp.int32


def test_what_cannot_be_traced_runs_all_the_same():
    from polygrad_jax._compiled import compiled_kernel, compiled_rule, without_settings

    x = jnp.asarray([0.0, 1.0, 2.0])
    assert without_settings(lambda x: x[x > 0])(x).tolist() == [1.0, 2.0]
    assert compiled_kernel(lambda x, limit: x if float(x[0]) > limit else -x, 1)(x, 0.5).tolist() == [0.0, -1.0, -2.0]
    rule = compiled_rule(lambda g, saved: [g[saved[1] > saved[0]]], 2, [1])
    assert rule(x, (0.0, x))[0].tolist() == [1.0, 2.0]


def test_rules_put_saved_values_in_their_places():
    from polygrad_jax._compiled import compiled_rule

    rule = compiled_rule(lambda g, saved: [g * saved[1] + saved[3] * saved[0] - saved[2]], 4, [1, 3])
    assert float(rule(jnp.asarray(2.0), (10, jnp.asarray(3.0), 5, jnp.asarray(7.0)))[0]) == 2 * 3 + 7 * 10 - 5


def test_operations_work_inside_jax_transformations():
    """A tensor may hold a tracer: functions of polygrad can be compiled by JAX."""

    def gradient(array):
        x = polygrad.asarray(array)
        x.requires_grad_()
        (polygrad.sin(x) * x).sum().backward()
        return x.grad.array

    x = jnp.asarray([0.3, 0.5])
    expected = numpy.sin(x) + x * numpy.cos(x)
    assert numpy.asarray(jax.jit(gradient)(x)) == pytest.approx(numpy.asarray(expected))


# -- the whole ---------------------------------------------------------------------------------------------------------


def test_a_network_learns():
    with polygrad.use_backend("jax"):
        x = polygrad.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
        target = polygrad.tensor([[0.0], [1.0], [1.0], [0.0]])
        first = polygrad.tensor([[0.5, -0.4, 0.9, 0.3], [-0.7, 0.6, 0.8, -0.2]], requires_grad=True)
        second = polygrad.tensor([[0.6], [0.7], [-0.8], [0.1]], requires_grad=True)
        losses = []
        for _ in range(60):
            loss = ((polygrad.tanh(x @ first) @ second - target) ** 2).mean()
            loss.backward()
            with polygrad.no_grad():
                for weight in (first, second):
                    weight -= 0.5 * weight.grad
                    weight.grad = None
            losses.append(loss.item())
    assert isinstance(first.array, jax.Array)
    assert losses[-1] < 0.5 * losses[0]
