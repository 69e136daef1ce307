"""NumPy's functions on tensors: every one of the table gives NumPy's values, and the gradient of finite differences."""

from __future__ import annotations

import operator

import numpy as np
import pytest

import polygrad
from polygrad import func
from polygrad.interop.numpy.arguments import FUNCTIONS
from polygrad.interop.numpy.ufuncs import UFUNCS

RNG = np.random.default_rng(0)
#: Positive, none equal, none near an integer or 1.
V = RNG.permutation(np.linspace(0.23, 0.87, 6))
W = RNG.permutation(np.linspace(1.13, 1.91, 6))
A, B = V.reshape(2, 3), W.reshape(2, 3)
S = RNG.uniform(-1, 1, (3, 3)) + 3 * np.eye(3)
P = S @ S.T
N = np.array([[0.4, np.nan, 1.3], [2.2, 0.7, np.nan]])
C = V[:4] + 1j * W[:4]
K, J = np.array([6, 4, 9]), np.array([2, 3, 1])

#: NumPy's name → calls of it: a function of the namespace's function and of arrays, and the arrays.
CALLS: dict[str, list] = {}


def row(names, *calls):
    for name in names.split():
        CALLS.setdefault(name, []).extend(calls)


def of(*arrays, **settings):
    return (lambda f, *x: f(*x, **settings)), arrays


def constant(x):
    return x.detach() if isinstance(x, polygrad.Tensor) else x


def symmetric(function, **settings):
    return (lambda f, x: function(f((x + x.T) / 2, **settings))), (P,)


def itself(x):
    return x


def sums(names, *others):
    row(names, of(A), of(A, axis=0), of(A, axis=(0, 1)), of(A, axis=-1, keepdims=True), *others)


# universal functions
row(
    "sin cos tan sinh cosh tanh arcsin arccos arctan arcsinh arctanh exp exp2 expm1 log log2 log10 log1p sqrt square absolute "
    "fabs negative positive reciprocal sign deg2rad rad2deg degrees radians conjugate",
    of(A),
)
row("arccosh", of(B))
row("ceil floor trunc rint isfinite isinf isnan signbit logical_not", of(A))
row(
    "add subtract multiply divide power maximum minimum arctan2 hypot logaddexp logaddexp2 float_power copysign",
    of(A, B),
    of(A, V[:3]),
    of(A, 2.0),
)
row("fmax fmin", of(A, B), of(A, V[:3] + 0.02), of(A, 0.5))
row("remainder fmod floor_divide divmod", of(B, A))
row("equal not_equal less less_equal greater greater_equal logical_and logical_or logical_xor", of(A, V[:3]))
row("heaviside", of(A, B))
row("nextafter", (lambda f, x, y: f(constant(x), constant(y)) > constant(x), (A, B)))
row("bitwise_and bitwise_or bitwise_xor left_shift right_shift gcd lcm", of(K, J))
row("invert", of(K))
row("modf", of(B))
row("ldexp", of(V[:3], J))
row("frexp", of(B))
row("matmul linalg.matmul", of(A, S), of(S, S))
row("vecdot linalg.vecdot", of(A, B), of(A, B, axis=0))
row("matvec", of(S, V[:3]))
row("vecmat", of(V[:3], S))
row("exp sin square absolute conjugate sign log sqrt", of(C))
row("multiply divide power", of(C, C[::-1]))

# sums
sums("sum prod mean max amax min amin ptp std var")
row("sum mean", of(A, dtype=np.float32), of(C), of(A, 1, None, None))
row("std var", of(A, axis=0, ddof=1), of(C))
row("all any", of(A > 0.5), of(A > 0.5, axis=1), of(A, axis=0, keepdims=True))
row("argmax argmin", of(A), of(A, axis=1), of(A, axis=0, keepdims=True))
row("count_nonzero", of(K), of(A, axis=1))
row("cumsum cumprod", of(A), of(A, axis=1))
row("cumulative_sum cumulative_prod", of(V), of(A, axis=0), of(A, axis=1, include_initial=True))
row("nansum nanprod nanmax nanmin nanmean nanvar nanstd", of(N), of(N, axis=1), of(N, axis=0, keepdims=True), of(A))
row("nanvar nanstd", of(N, axis=1, ddof=1))
row("average", of(A), of(A, weights=B), of(A, axis=1, weights=[0.2, 0.5, 0.3]), of(A, axis=0, weights=B, returned=True))
row("median", of(A), of(A, axis=1), of(A, axis=(0, 1), keepdims=True), of(V[:5]))
row("quantile", of(A, 0.3), of(A, [0.1, 0.5], axis=1, keepdims=True), of(A, 0.4, method="lower"))
row("percentile", of(A, 30), of(A, [10, 50], axis=0))
row("diff", of(V), of(A, n=2), of(A, axis=0), of(A, prepend=0.5), of(V, append=W[:2]))
row("ediff1d", of(A))
row("gradient", of(V), of(A), of(A, 0.5, axis=1))
row("trapezoid", of(A), of(A, np.array([0.0, 0.5, 2.0])), of(A, dx=0.5, axis=0))
row("cov", of(A), of(V, W), of(A, rowvar=False), of(A, bias=True), of(A, ddof=0))
row("corrcoef", of(A.T @ A + S), of(V, W))

# products
row("dot", of(A, S), of(V, W), of(A, 2.0), of(A, V[:3]), of(V.reshape(1, 2, 3), S))
row("inner", of(V, W), of(A, B), of(A, 3.0))
row("vdot", of(A, B), of(C, C[::-1]))
row("outer linalg.outer", of(V, W))
row("outer", of(A, B))
row("tensordot linalg.tensordot", of(A, S, axes=1), of(A, B, axes=2), of(A, B, axes=([1], [1])), of(A, B, axes=(0, 0)))
row(
    "einsum",
    (lambda f, x, y: f("ij,jk->ik", x, y), (A, S)),
    (lambda f, x: f("ii", x), (S,)),
    (lambda f, x, y: f(x, [0, 1], y, [1, 2], [0, 2]), (A, S)),
    (lambda f, x, y: f("ij, jk", x, y, optimize=True), (A, S)),
)
row("kron", of(A, S))
row("matrix_transpose linalg.matrix_transpose", of(A))
row("cross linalg.cross", of(A, B), of(A.T, B.T, axis=0))
row("trace linalg.trace", of(S))
row("trace", of(S, offset=1), of(V.reshape(1, 2, 3), axis1=1, axis2=2))
row(
    "convolve",
    *[of(x, y, mode=mode) for mode in ("full", "same", "valid") for x, y in ((V, W[:3]), (V[:2], W), (V, W[:4]))],
)
row(
    "correlate",
    *[of(x, y, mode=mode) for mode in ("full", "same", "valid") for x, y in ((V, W[:3]), (V[:2], W), (V, W[:4]))],
)
row("polyval", of(V[:3], W))
row("vander", of(V), of(V, 3, increasing=True))
row(
    "interp",
    of(np.array([0.1, 1.5, 2.2, 9.0]), np.array([0.3, 1.0, 2.0]), V[:3]),
    of(np.array([0.1, 1.5]), np.array([0.3, 1.0, 2.0]), V[:3], left=-1.0),
)

# linear algebra
row(
    "linalg.norm",
    of(A),
    of(V),
    of(A, axis=1),
    of(S, ord=2),
    of(S, ord="nuc"),
    of(A, ord=1, axis=0, keepdims=True),
    of(V, ord=np.inf),
    of(S, "fro"),
)
row("linalg.vector_norm", of(A), of(A, axis=1, ord=3))
row("linalg.matrix_norm", of(S), of(S, ord=2))
row("linalg.cond", of(S), of(S, p="fro"))
row("linalg.det linalg.slogdet linalg.inv linalg.svdvals", of(S))
row("linalg.pinv", of(A), symmetric(itself, hermitian=True))
row("linalg.matrix_rank", of(S))
row("linalg.solve", of(S, V[:3]), of(S, V.reshape(3, 2)))
row("linalg.cholesky", symmetric(itself), symmetric(itself, upper=True))
row("linalg.eigvals", (lambda f, x: f(x + 0j), (S,)))
row("linalg.eigvalsh", symmetric(itself), symmetric(itself, UPLO="U"))
row("linalg.eig", (lambda f, x: f(x + 0j)[0], (S,)))
row("linalg.eigh", symmetric(lambda found: found[0]))
row("linalg.qr", of(S), of(S, mode="r"))
row("linalg.svd", (lambda f, x: f(x)[1], (A,)), of(A, compute_uv=False))
row("linalg.lstsq", (lambda f, x, y: f(x, y)[:2], (B.reshape(3, 2), V[:3])))
row("linalg.matrix_power", of(S, 3), of(S, -1))
row("linalg.multi_dot", (lambda f, x, y: f([x, y, y]), (A, S)))
row("linalg.diagonal", of(S), of(S, offset=1))
row("linalg.tensorinv", (lambda f, x: f(x.reshape(3, 3), ind=1), (P,)))
row("linalg.tensorsolve", of(S, V[:3]))

# Fourier transforms
row("fft.fft fft.ifft fft.rfft fft.ihfft fft.irfft fft.hfft", of(A), of(A, 5), of(A, axis=0, norm="ortho"))
row(
    "fft.fft2 fft.ifft2 fft.rfft2 fft.irfft2 fft.fftn fft.ifftn fft.rfftn fft.irfftn",
    of(A),
    of(A, norm="forward"),
    of(A, s=(3, 4), axes=(0, 1)),
)
row("fft.fftshift fft.ifftshift", of(A), of(A, axes=1))
row("fft.fft fft.ifft", of(C))

# shapes
row("reshape", of(A, (3, 2)), of(A, -1), of(A, (3, 2), order="F"))
row("ravel", of(A), of(A, order="F"))
row("transpose permute_dims", of(A), of(A, (1, 0)))
row("moveaxis", of(A, 0, 1))
row("swapaxes", of(A, 0, 1))
row("rollaxis", of(V.reshape(1, 2, 3), 2), of(V.reshape(1, 2, 3), 0, 3))
row("squeeze", of(V.reshape(1, 6, 1)), of(V.reshape(1, 6, 1), axis=0))
row("expand_dims", of(A, 1), of(A, (0, 2)))
row("broadcast_to", of(V[:3], (2, 3)))
row("broadcast_arrays", of(A, V[:3]))
row("flip", of(A), of(A, axis=1))
row("fliplr flipud", of(A))
row("roll", of(A, 1), of(A, 1, axis=1), of(A, (1, 2), axis=(0, 1)))
row("rot90", of(A), of(A, 2), of(A, k=1, axes=(1, 0)))
row("diag", of(V), of(S), of(V, k=1))
row("diagflat", of(A), of(V, 1))
row("diagonal", of(S), of(S, 1), of(V.reshape(1, 2, 3), 0, 1, 2))
row("tril triu", of(S), of(S, k=1))
row("copy", of(A))
row("astype", of(A, np.float32), of(A, np.int64))
row("empty_like", (lambda f, x: f(x).shape, (A,)))
row("zeros_like ones_like", of(A), of(A, dtype=np.float32))
row("full_like", of(A, 3.0), (lambda f, x: f(x, x[0, 0]), (A,)))
row("atleast_1d atleast_2d atleast_3d", of(A), of(V, W), of(np.array(0.3)))
row(
    "concatenate concat",
    (lambda f, x, y: f([x, y]), (A, B)),
    (lambda f, x, y: f((x, y), axis=1), (A, B)),
    (lambda f, x, y: f([x, y], axis=None), (A, V)),
    (lambda f, x, y: f([x, y], dtype=np.float32), (A, B)),
    of(V.reshape(1, 2, 3)),
)
row("stack", (lambda f, x, y: f([x, y]), (A, B)), (lambda f, x, y: f([x, y], axis=-1), (A, B)), of(A, axis=1))
row("hstack vstack dstack column_stack", (lambda f, x, y: f([x, y]), (A, B)), (lambda f, x, y: f((x, y)), (V, W)))
row("block", (lambda f, x, y: f([[x, y], [y, x]]), (A, B)), (lambda f, x, y: f([x, 2.0, y]), (V, W)))
row("append", of(A, B), of(A, B, axis=0))
row("delete", of(V, 2), of(A, [0, 2], axis=1), of(A, slice(0, 2), 1))
row("split array_split", of(V, 3), of(A, [1, 2], axis=1))
row("array_split", of(V, 4))
row("hsplit", of(A, 3), of(V, 2))
row("vsplit", of(A, 2))
row("dsplit", of(V.reshape(1, 2, 3), 3))
row("unstack", of(A), of(A, axis=1))
row("tile", of(A, 2), of(A, (2, 1, 3)))
row("repeat", of(A, 2), of(A, 2, axis=1), of(A, [1, 2, 0], axis=1))
row(
    "pad",
    of(A, 1),
    of(A, ((1, 0), (2, 1)), constant_values=((5.0, 1.0), (2.0, 3.0))),
    *[of(A, ((1, 0), (2, 1)), mode=mode) for mode in ("edge", "reflect", "symmetric", "wrap")],
)
row("meshgrid", of(V[:2], W[:3]), of(V[:2], W[:3], indexing="ij"))
row("linspace", of(V[:2], W[:2], 5), of(V[:2], W[:2], 4, endpoint=False, axis=1))
row("shape ndim size iscomplexobj isrealobj", of(A))
row("size", of(A, 0))
row("result_type", of(A, np.float32), of(K, A))

# choices
row("real imag angle iscomplex isreal real_if_close", of(C), of(A))
row("angle", of(C, deg=True))
row("isposinf isneginf fix", of(B))
row("nan_to_num", of(N), of(N, nan=2.5))
row("isclose", of(A, B), of(A, A + 1e-9))
row("round around", of(A), of(A, 1))
row("clip", of(A, 0.4, 0.7), of(A, min=0.5), of(A, None, V[:3] + 0.01))
row(
    "where",
    (lambda f, x, y: f(x > 0.5, x, y), (A, B)),
    (lambda f, x: f(x > 0.5), (A,)),
    (lambda f, x: f(x > 0.5, x, 0.0), (A,)),
)
row("select", (lambda f, x, y: f([x > 0.7, x > 0.5], [x, y], 0.25), (A, B)))
row("take", of(A, [0, 2]), of(A, [[0], [2]], axis=1), of(A, 1, axis=0), of(A, -1, axis=1))
row("take_along_axis", of(A, np.array([[0, 2]]), axis=1), of(A, np.array([3, 1]), axis=None))
row("compress", of([True, False, True], A, axis=1))
row("extract", (lambda f, x: f(x > 0.5, x), (A,)))
row("nonzero argwhere flatnonzero", of(A > 0.5))
row("searchsorted", of(np.sort(V), W - 0.7), of(np.sort(V), V, side="right"))
row("digitize", of(V, np.array([0.3, 0.5, 0.8])), of(V, np.array([0.8, 0.5, 0.3]), right=True))
row("isin", of(K, [4, 6]), of(K, np.array([4]), invert=True))
row("sort argsort", of(A), of(A, axis=0), of(A, axis=None))
row("partition", (lambda f, x: f(x, 2)[2], (V,)))
row("argpartition", (lambda f, x: f(x, 2)[2], (V,)))
row("unique", of(A), of(K, return_index=True, return_inverse=True, return_counts=True))
row("unique_all unique_counts unique_inverse", of(K))
row("unique_values", (lambda f, x: np.sort(f(x)), (K,)))
row("sinc i0", of(A))


def leaves(value):
    if isinstance(value, (tuple, list)):
        return [leaf for one in value for leaf in leaves(one)]
    return [value]


def find(name):
    found = np
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


def is_float(x):
    return isinstance(x, np.ndarray) and x.dtype.kind in "fc"


def total(arrays, xp):
    """One real number of the results: each element counts differently, and imaginary parts too."""
    result = 0.0
    for one in arrays:
        if np.dtype(str(one.dtype).removeprefix("polygrad.")).kind in "fc" and one.size:
            flat = one.reshape(-1)
            weights = np.cos(np.arange(flat.shape[0]))
            if xp is np:
                result = result + np.nansum(flat.real * weights) + np.nansum(flat.imag * weights * 0.7)
            else:
                real = xp.real(flat) + 0.7 * xp.imag(flat) if flat.dtype.is_complex else flat
                weights = polygrad.asarray(weights, dtype=real.dtype, backend=flat.backend)
                result = result + xp.sum(xp.where(xp.isnan(real), 0.0, real) * weights)
    return result


CASES = [pytest.param(name, *call, id=f"{name}-{n}") for name, calls in CALLS.items() for n, call in enumerate(calls)]


@pytest.mark.filterwarnings("ignore:numpy.fix is deprecated:DeprecationWarning")
@pytest.mark.parametrize(("name", "call", "arrays"), CASES)
def test_values_and_gradients_are_numpys(name, call, arrays, backend):
    function = find(name)
    if function is None or (function not in FUNCTIONS and function not in UFUNCS):
        pytest.skip(f"this NumPy, or polygrad, has no {name}")
    expected = leaves(call(function, *arrays))
    operands = [
        polygrad.tensor(x, requires_grad=bool(is_float(x)), backend=backend) if isinstance(x, np.ndarray) else x
        for x in arrays
    ]
    found = leaves(call(function, *operands))
    assert len(found) == len(expected)
    for got, wanted in zip(found, expected, strict=True):
        if isinstance(got, polygrad.Tensor):
            assert got.backend.name == backend
            got = got.detach().to(backend="numpy").numpy()
            single = got.dtype in (np.float32, np.complex64)
            assert got.dtype.kind == np.asarray(wanted).dtype.kind
            np.testing.assert_allclose(got, wanted, rtol=1e-6 if single else 1e-12, atol=1e-6 if single else 1e-13)
        else:
            assert got == wanted
    loss = total([x for x in found if isinstance(x, polygrad.Tensor)], polygrad.array_api)
    if not isinstance(loss, polygrad.Tensor) or not loss.requires_grad:
        assert not any(map(is_float, arrays)) or not varies(function, call, arrays)
        return
    inputs = [x for x in operands if isinstance(x, polygrad.Tensor) and x.requires_grad]
    gradients = polygrad.autograd.grad(loss, inputs, allow_unused=True)
    for k, gradient in zip([k for k, x in enumerate(arrays) if is_float(x)], gradients, strict=True):
        value = np.zeros_like(arrays[k]) if gradient is None else gradient.to(backend="numpy").numpy()
        np.testing.assert_allclose(
            value, differences(function, call, arrays, k), rtol=2e-5, atol=2e-7 if is_double(found) else 0.2
        )


def is_double(found):
    return all(
        ("32" not in str(x.dtype) and "64" in str(x.dtype)) or "128" in str(x.dtype)
        for x in found
        if hasattr(x, "dtype")
    )


def differences(function, call, arrays, k):
    """The gradient of `total` for the ``k``-th array, by central differences of NumPy's own function."""
    result = np.zeros_like(arrays[k])
    for place in np.ndindex(arrays[k].shape):
        if np.isnan(arrays[k][place]):
            continue
        for direction in (1, 1j) if arrays[k].dtype.kind == "c" else (1,):
            ends = []
            for step in (1e-6, -1e-6):
                moved = [np.array(x) if n == k else x for n, x in enumerate(arrays)]
                moved[k][place] += step * direction
                ends.append(total([np.asarray(x) for x in leaves(call(function, *moved)) if hasattr(x, "dtype")], np))
            result[place] += (ends[0] - ends[1]) / 2e-6 * direction
    return result


def varies(function, call, arrays):
    return any(np.any(differences(function, call, arrays, k)) for k, x in enumerate(arrays) if is_float(x))


def test_every_function_of_the_table_has_a_row():
    tested = {find(name) for name in CALLS}
    assert not [f.__name__ for f in (*FUNCTIONS, *UFUNCS) if f not in tested]


OPERATORS = [getattr(operator, name) for name in
             "add sub mul truediv floordiv mod pow matmul eq ne lt le gt ge and_ or_ xor lshift rshift".split()]  # fmt: skip
IN_PLACE = [getattr(operator, f"i{name}") for name in
            "add sub mul truediv floordiv mod pow matmul and or xor lshift rshift".split()]  # fmt: skip
INTEGER = ("and_", "or_", "xor", "lshift", "rshift", "iand", "ior", "ixor", "ilshift", "irshift")


@pytest.mark.parametrize("function", OPERATORS, ids=lambda f: f.__name__)
def test_an_array_left_of_a_tensor(function, backend):
    left, right = (K, J) if function.__name__ in INTEGER else (W[:3], V[:3])
    x = polygrad.tensor(right, requires_grad=right.dtype.kind == "f", backend=backend)
    for other in (left,) if function is operator.matmul else (left, left[0], np.array(left[0])):
        found = function(other, x)
        assert isinstance(found, polygrad.Tensor) and found.backend.name == backend
        np.testing.assert_allclose(found.detach().to(backend="numpy").numpy(), function(other, right), rtol=1e-12)
        if found.dtype.is_differentiable:
            assert found.requires_grad


@pytest.mark.parametrize("function", IN_PLACE, ids=lambda f: f.__name__)
def test_a_tensor_is_not_written_into_an_array(function):
    for requires_grad in (False, True):
        integer = function.__name__ in INTEGER
        left, x = (K, polygrad.tensor(J)) if integer else (W[:3], polygrad.tensor(V[:3], requires_grad=requires_grad))
        kept = left.copy()
        with pytest.raises(TypeError, match=r"a = a \+ tensor"):
            function(left, x)
        assert (left == kept).all()
        if function is not operator.imatmul:
            before = x.detach().clone()
            assert function(x.detach(), left).shape == before.shape  # a tensor takes an array in place


def test_results_are_not_written_elsewhere():
    x = polygrad.tensor(A, requires_grad=True)
    for call in (
        lambda: np.sin(x, out=np.empty_like(A)),
        lambda: np.add(A, x, out=x),
        lambda: np.sum(x, axis=0, out=np.empty(3)),
        lambda: np.sum(x, 0, None, np.empty(3)),
        lambda: np.concatenate([x, x], out=np.empty((4, 3))),
        lambda: np.einsum("ij->i", x, out=np.empty(2)),
        lambda: np.add.reduce(x, out=np.empty(3)),
    ):
        with pytest.raises(TypeError, match="out="):
            call()


@pytest.mark.parametrize(
    "name", ["histogram", "apply_along_axis", "insert", "lexsort", "spacing", "cbrt", "put", "fill_diagonal"]
)
def test_functions_without_a_gradient_say_what_to_write(name):
    x = polygrad.tensor(V, requires_grad=True)
    arguments = {
        "apply_along_axis": (np.sum, 0, x),
        "insert": (x, 0, 1.0),
        "put": (x, [0], [1.0]),
        "fill_diagonal": (x, 1.0),
    }
    for given in (x, x.detach()):
        chosen = [given if isinstance(one, polygrad.Tensor) else one for one in arguments.get(name, (x,))]
        with pytest.raises(TypeError, match=rf"numpy\.{name}\(\).*numpy\.{name}\(x\.detach\(\)\.numpy\(\)\)"):
            getattr(np, name)(*chosen)


def test_arguments_that_tensors_do_not_have_are_refused():
    x = polygrad.tensor(A, requires_grad=True)
    for call, text in (
        (lambda: np.sum(x, where=A > 0.5), "where="),
        (lambda: np.sum(x, initial=2.0), "initial="),
        (lambda: np.add(x, x, where=A > 0.5), "where="),
        (lambda: np.sort(x, order="a"), "order="),
        (lambda: np.pad(x, 1, mode="linear_ramp"), "linear_ramp"),
        (lambda: np.ravel(x, order="K"), "'K'"),
        (lambda: np.take(x, [0], mode="wrap"), "mode="),
    ):
        with pytest.raises(TypeError, match=text):
            call()
    np.sum(x, where=True)
    np.concatenate([x, x], casting="same_kind")


def test_methods_of_universal_functions(backend):
    x = polygrad.tensor(A, requires_grad=True, backend=backend)
    for function, method, settings in (
        (np.add, "reduce", {}), (np.add, "reduce", {"axis": 1, "keepdims": True}), (np.multiply, "reduce", {"axis": None}),
        (np.maximum, "reduce", {}), (np.minimum, "reduce", {"axis": 1}), (np.logical_and, "reduce", {}), (np.logical_or, "reduce", {}),
        (np.add, "accumulate", {}), (np.multiply, "accumulate", {"axis": 1}),
    ):  # fmt: skip
        found = getattr(function, method)(x, **settings)
        np.testing.assert_allclose(
            found.detach().to(backend="numpy").numpy(), getattr(function, method)(A, **settings), rtol=1e-12
        )
    found = np.multiply.outer(x, V)
    np.testing.assert_allclose(found.detach().to(backend="numpy").numpy(), np.multiply.outer(A, V), rtol=1e-12)
    assert found.requires_grad
    for call in (
        lambda: np.add.at(x, [0], 1.0),
        lambda: np.add.reduceat(x, [0, 1]),
        lambda: np.subtract.reduce(x),
        lambda: np.sin.outer(x, x),
    ):
        with pytest.raises((TypeError, ValueError)):
            call()


def test_questions_are_answered_and_values_are_not_taken(tmp_path):
    x = polygrad.tensor(A, requires_grad=True)
    assert np.shape(x) == (2, 3) and np.ndim(x) == 2 and np.size(x) == 6 and not np.iscomplexobj(x)
    assert np.result_type(x, np.float32) == np.float64 and np.can_cast(x.detach().numpy().dtype, np.float64)
    assert np.allclose(x, A) and np.array_equal(x, A) and not np.may_share_memory(x, A)
    assert "0.614" in np.array2string(x)
    np.testing.assert_allclose(x.detach(), A)
    with pytest.raises(RuntimeError, match="requires grad"):
        np.save(tmp_path / "x.npy", x)
    with pytest.raises(RuntimeError, match="requires grad"):
        np.copyto(np.empty_like(A), x)
    np.save(tmp_path / "x.npy", x.detach())
    np.testing.assert_array_equal(np.load(tmp_path / "x.npy"), A)
    assert isinstance(np.asarray(x.detach()), np.ndarray)
    with pytest.raises(RuntimeError, match="requires grad"):
        np.asarray(x)


def test_transforms_go_through_numpys_functions():
    def f(v):
        return np.sum(np.sin(v) * V[:3]) + np.linalg.norm(np.concatenate([v, v])) + np.add.reduce(W[:3] * v)

    def plain(v):
        return (
            (v.sin() * polygrad.tensor(V[:3])).sum() + polygrad.cat([v, v]).norm() + (v * polygrad.tensor(W[:3])).sum()
        )

    x, batch = polygrad.tensor(V[:3]), polygrad.tensor(B)
    np.testing.assert_allclose(func.vmap(f)(batch), func.vmap(plain)(batch))
    np.testing.assert_allclose(func.grad(f)(x), func.grad(plain)(x))
    np.testing.assert_allclose(func.hessian(f)(x), func.hessian(plain)(x))
    np.testing.assert_allclose(func.jvp(f, (x,), (x,))[1], func.jvp(plain, (x,), (x,))[1])
    np.testing.assert_allclose(polygrad.compile(f)(x), plain(x))
    np.testing.assert_allclose(func.vmap(func.grad(f))(batch), func.vmap(func.grad(plain))(batch))


def test_a_class_that_answers_numpy_itself_does_so():
    class Quantity:
        def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
            return "mine"

        def __array_function__(self, func, types, args, kwargs):
            return "mine"

    x = polygrad.tensor(V, requires_grad=True)
    assert np.add(x, Quantity()) == "mine" and np.concatenate([x, Quantity()]) == "mine"
    with pytest.raises(TypeError, match="MaskedArray"):
        np.add(np.ma.array(V), x)
