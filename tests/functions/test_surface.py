"""Further functions of PyTorch with PyTorch's results: sorting, joining, data types, printing.

``tests/cases/surface_expected.json`` has PyTorch 2.13's results, so that the comparison needs no PyTorch;
``python -m tests.functions.test_surface`` writes it anew.
"""

from __future__ import annotations

import functools
import json
import math
import warnings
from pathlib import Path

import numpy
import pytest

import polygrad
from tests.cases.surface_programs import ROWS, observed

EXPECTED = Path(__file__).parents[1] / "cases" / "surface_expected.json"
RECORDED = json.loads(EXPECTED.read_text()) if EXPECTED.exists() else {"rows": {}, "prints": {}}


def assert_same(result, expected, path="result"):
    if isinstance(expected, dict):
        assert result["shape"] == expected["shape"] and result["dtype"] == expected["dtype"], path
        assert_same(result["values"], expected["values"], path)
    elif isinstance(expected, list):
        assert isinstance(result, list) and len(result) == len(expected), path
        for number, (one, other) in enumerate(zip(result, expected, strict=True)):
            assert_same(one, other, f"{path}[{number}]")
    elif isinstance(expected, float):
        assert result == pytest.approx(expected, rel=1e-5, abs=1e-6), path
    else:
        assert result == expected, path


@pytest.mark.parametrize("backend", polygrad.backends.available())
@pytest.mark.parametrize("name", ROWS)
def test_a_row_gives_what_pytorch_gives(name, backend):
    if backend == "strict" and name in ("device", "devices compared", "cpu"):
        pytest.skip("the default device of this backend is not the CPU, on purpose")
    run, expected = ROWS[name], RECORDED["rows"][name]
    with polygrad.use_backend(backend) as chosen:
        if "jit" in chosen.capabilities and run.__name__ == "run":  # compiling every second-order rule takes minutes
            run, expected = functools.partial(run, second_order=False), [*expected[:2], []]
        assert_same(observed(run(polygrad), polygrad), expected)


@pytest.mark.parity
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ROWS)
def test_the_recording_is_what_the_installed_pytorch_gives(name):
    torch = pytest.importorskip("torch")
    assert_same(observed(ROWS[name](torch), torch), RECORDED["rows"][name])


# -- printing ----------------------------------------------------------------------------------------------------------

INF, NAN = math.inf, math.nan
PRINTED = [
    *([v] for v in (1.0, 3, True, -0.5, 1e10, 1e-7, NAN, INF, 1j, 7 + 0.5j)),
    *([v] for v in ([], [1.0, 2.0, 3.0], [1.5, -2.25], [1, 20, -300], [True, False])),
    *([v] for v in ([0.0, 1.0, 0.5], [1e5, 1.0], [1e5, 1.5])),
    *([v] for v in ([123456.789], [1e9, 1.0], [1001.0, 1.0], [1000.0, 1.0], [0.001, 0.0001])),
    *([v] for v in ([0.00009], [99999999.0, 1e8], [1.1e8])),
    *([v] for v in ([1.0, NAN, INF], [1.5, NAN, -INF], [NAN], [-INF, 0.0], [-0.0, 1.0], [1e38, 1e-38], [2**40, 1])),
    *([v] for v in ([1 + 2j, 3 - 4j], [1.5 + 2j, 3 - 4.25j], [[1 + 2j, 100 - 0.5j]], [complex(NAN, INF), 1j])),
    *([[1.0, 2.0], dtype] for dtype in ("float64", "float16", "int8", "int64", "bool", "complex128", "uint8")),
    [[], "int64"], [[1e300], "float64"],
]  # fmt: skip
MADE = {
    "zeros(0, 3)": lambda t: t.zeros(0, 3), "zeros(2, 0, 3)": lambda t: t.zeros(2, 0, 3),
    "ones(1, 1, 1)": lambda t: t.ones(1, 1, 1),
    **{f"arange({n})": lambda t, n=n: t.arange(n) for n in (12, 100, 1000, 1001)},
    **{f"thirds {n}": lambda t, n=n: t.arange(n) / 3 for n in (5, 20, 100, 1001)},
    **{f"leaf {n}": lambda t, n=n: (t.arange(n) / 3).requires_grad_() for n in range(5, 22)},
    **{f"double {n}": lambda t, n=n: (t.arange(n) / 3).double() for n in range(5, 22)},
    "matrix": lambda t: t.arange(12).reshape(3, 4), "blocks": lambda t: t.arange(24.0).reshape(2, 3, 4),
    "four dimensions": lambda t: t.arange(24.0).reshape(2, 3, 2, 2) / 7,
    "wide": lambda t: t.arange(2000).reshape(40, 50),
    "large": lambda t: t.arange(8000.0).reshape(20, 20, 20) / 3, "long": lambda t: t.arange(3000).reshape(1000, 3),
    "leaf matrix": lambda t: t.arange(12.0).reshape(3, 4).requires_grad_(),
    "booleans": lambda t: t.arange(6).reshape(2, 3) > 2,
}  # fmt: skip
OPTIONS = [
    {}, {"precision": 2}, {"profile": "short"}, {"linewidth": 40}, {"edgeitems": 1, "threshold": 5}, {"sci_mode": True},
    {"sci_mode": False}, {"profile": "full"},
]  # fmt: skip


def prints(library):
    """What is printed of every tensor, with every choice of options; types are called torch's."""
    texts = {}
    for options in OPTIONS:
        library.set_printoptions(profile="default")
        library.set_printoptions(**options)
        for data, *dtype in PRINTED:
            tensor = library.tensor(data, dtype=getattr(library, dtype[0]) if dtype else None)
            texts[f"{options} {data} {dtype}"] = repr(tensor)
        for name, make in MADE.items():
            if options.get("profile") != "full":
                texts[f"{options} {name}"] = repr(make(library))
    library.set_printoptions(profile="default")
    # The types are named after the library, whose name is longer, so that a line may break elsewhere.
    return {
        key: " ".join(text.replace("polygrad.", "torch.").split()) if "dtype" in text else text
        for key, text in texts.items()
    }


def test_tensors_are_printed_as_pytorch_prints_them():
    result = prints(polygrad)
    assert {key: text for key, text in result.items() if text != RECORDED["prints"][key]} == {}


@pytest.mark.parity
@pytest.mark.filterwarnings("ignore")
def test_the_recorded_texts_are_what_the_installed_pytorch_prints():
    assert prints(pytest.importorskip("torch")) == RECORDED["prints"]


def test_a_text_names_what_is_not_the_default():
    x = polygrad.ones(2, requires_grad=True)
    assert repr(x * 2) == "tensor([2., 2.], grad_fn=<MultiplyBackward>)"
    if "strict" in polygrad.backends.available():
        assert repr(x.to(backend="strict").detach()) == "tensor([1., 1.], backend='strict')"
        assert repr(x.detach().to("cpu", backend="strict")) == "tensor([1., 1.], backend='strict', device='cpu')"
        with polygrad.use_backend("strict"):
            assert repr(polygrad.ones(2)) == "tensor([1., 1.])"


def test_printing_options_are_checked():
    with pytest.raises(ValueError, match="'default', 'short', 'full'"):
        polygrad.set_printoptions(profile="long")


def test_cpu_of_a_backend_without_one_goes_to_numpy(monkeypatch):
    x = polygrad.ones(2)
    monkeypatch.setattr(type(x.backend), "device_name", lambda self, device: "abacus")
    assert x.cpu().backend.name == "numpy"
    with pytest.raises(ValueError, match="no device 'cuda'"):
        x.cuda()


def test_cuda_speaks_of_the_default_backend():
    assert not polygrad.cuda.is_available() and polygrad.cuda.device_count() == 0
    polygrad.cuda.synchronize()
    polygrad.cuda.manual_seed_all(0)
    with pytest.raises(RuntimeError, match="no CUDA device"):
        polygrad.cuda.current_device()


def test_a_device_names_things_of_every_library():
    import copy
    import pickle

    device = polygrad.zeros(1).device
    assert device == "cpu" and device.native == "cpu" and {device: 1}["cpu"] == 1
    assert pickle.loads(pickle.dumps(device)) == copy.deepcopy(device) == device
    for wrong in ((None,), ("",), ("cuda:1", 1), (1.5,)):
        with pytest.raises((TypeError, RuntimeError)):
            polygrad.device(*wrong)


def test_errors_of_the_surface():
    x = polygrad.arange(6.0).reshape(2, 3)
    for call, error, text in [
        (lambda: x.topk(4), RuntimeError, "k is 4"),
        (lambda: x.kthvalue(0), RuntimeError, "k is 0"),
        (lambda: x.sort(2), IndexError, "out of range"),
        (lambda: (x + 1j).sort(), RuntimeError, "complex"),
        (lambda: x.long().quantile(0.5), RuntimeError, "floating"),
        (lambda: x.quantile(1.5), RuntimeError, "between 0 and 1"),
        (lambda: x.quantile(0.5, interpolation="cubic"), RuntimeError, "cubic"),
        (lambda: polygrad.bincount(polygrad.tensor([-1])), RuntimeError, "negative"),
        (lambda: polygrad.bincount(x), RuntimeError, "integers"),
        (lambda: polygrad.searchsorted(x, x[:1]), RuntimeError, "last dimension"),
        (lambda: polygrad.meshgrid(x), RuntimeError, "vectors"),
        (lambda: x.select_scatter(x, 0, 0), RuntimeError, "shape"),
        (lambda: x.select_scatter(x[0], 0, 5), IndexError, "out of bounds"),
        (lambda: polygrad.cdist(x, x.T), RuntimeError, "last dimensions"),
        (lambda: x.index_add(0, polygrad.tensor([0]), x), RuntimeError, "one index for each slice"),
        (lambda: polygrad.complex(x, x.double()), RuntimeError, "one real floating-point type"),
        (lambda: polygrad.view_as_complex(x), RuntimeError, "pairs"),
        (lambda: x.type("torch.Nonsense"), ValueError, "Nonsense"),
        (lambda: x.narrow(0, 1, 2), RuntimeError, "exceeds"),
        (lambda: x.median(5), IndexError, "out of range"),
        (lambda: x[0].tril(), RuntimeError, r"at least 2 dimensions, but its shape is \(3,\)"),
        (lambda: x.movedim((0, 1), (1, -1)), RuntimeError, "appears twice"),
        (lambda: polygrad.linalg.cross(x, x[:, :1]), RuntimeError, "but got 3 and 1"),
        (lambda: x.diff(-1), RuntimeError, "n must not be negative"),
        (lambda: polygrad.isclose(x, x, rtol=-0.1), RuntimeError, "must not be negative"),
        (lambda: x.rot90(1, (1, -1)), RuntimeError, "two different dimensions"),
        (lambda: x.roll(()), RuntimeError, "shifts is empty"),
        (lambda: polygrad.arange(0, math.inf), RuntimeError, "must be finite"),
        (lambda: polygrad.zeros(5, 0).amax(1), IndexError, r"dimension 1 of the shape \(5, 0\) has no elements"),
        (lambda: polygrad.hstack([]), RuntimeError, "at least one tensor"),
        (lambda: polygrad.prelu(x, x), RuntimeError, "number or a vector"),
        (lambda: polygrad.nn.functional.softshrink(x, -1), RuntimeError, "lambd"),
        (lambda: polygrad.nn.functional.triplet_margin_loss(x, x, x, margin=0), ValueError, "margin"),
        (lambda: polygrad.nn.functional.adaptive_avg_pool1d(x, -1), RuntimeError, "positive"),
        (
            lambda: polygrad.nn.functional.interpolate(x[None].long(), 2, mode="linear"),
            NotImplementedError,
            "write input.float()",
        ),
    ]:
        with pytest.raises(error, match=text):
            call()


def test_a_matrix_without_a_decomposition_is_an_error_of_its_own():
    linalg = polygrad.linalg
    for size in (3, 100):
        for call in (
            lambda x: linalg.cholesky(x - 1),
            linalg.inv,
            lambda x: linalg.solve(x, x),
            lambda x: linalg.matrix_power(x, -1),
        ):
            with pytest.raises(
                linalg.LinAlgError, match=rf"float64\[{size}, {size}\].*(singular|Singular|positive definite)"
            ):
                call(polygrad.zeros(size, size, dtype=polygrad.float64))
    assert issubclass(linalg.LinAlgError, RuntimeError)


def test_functions_say_what_is_no_tensor():
    array = numpy.ones((2, 2))
    for name in """sum prod mean max min aminmax amax cumsum nan_to_num angle real imag conj clamp tril numel is_complex zeros_like
            complex heaviside""".split():
        function = getattr(polygrad, name)
        with pytest.raises(TypeError, match="ndarray|must be a Tensor"):
            function(array, 0) if name in ("cumsum", "clamp", "complex", "heaviside") else function(array)


def test_types_of_results():
    mask, counts = polygrad.tensor([[True, False]]), polygrad.tensor([[3, 5]], dtype=polygrad.uint8)
    assert mask.conj() is mask
    assert mask.mH.dtype is polygrad.bool and mask.H.tolist() == [[True], [False]]
    assert counts.cumsum(1, dtype=polygrad.uint8).dtype is polygrad.uint8
    assert counts.trace().dtype is polygrad.int64
    assert polygrad.tensordot(counts, counts[:, :1], ([1], [1])).dtype is polygrad.uint8
    assert polygrad.isclose(mask, polygrad.tensor([[True, True]])).tolist() == [[True, False]]
    assert polygrad.nan_to_num(mask).tolist() == mask.tolist()
    assert polygrad.broadcast_shapes((4, 1), 3) == (4, 3)


@pytest.mark.parametrize("backend", [name for name in polygrad.backends.available() if name != "strict"])
def test_sums_of_powers_of_half_precision_do_not_overflow(backend):
    with polygrad.use_backend(backend):
        x = polygrad.tensor([300.0, 400.0], dtype=polygrad.float16)
        assert (
            polygrad.linalg.vector_norm(x).tolist() == 500 and polygrad.linalg.vector_norm(x).dtype is polygrad.float16
        )
        normalized = polygrad.nn.functional.rms_norm(x, (2,))
        assert normalized.dtype is polygrad.float16
        assert normalized.tolist() == pytest.approx([0.8485, 1.1314], rel=1e-3)
        loss = polygrad.nn.functional.cosine_embedding_loss(x[None], x[None], polygrad.ones(1))
        assert loss.dtype is polygrad.float16


if __name__ == "__main__":
    import torch

    warnings.simplefilter("ignore")
    rows = {name: observed(run(torch), torch) for name, run in ROWS.items()}
    lines = [f"{json.dumps(name)}: {json.dumps(row)}" for name, row in rows.items()]
    texts = [f"{json.dumps(name)}: {json.dumps(text)}" for name, text in prints(torch).items()]
    EXPECTED.write_text('{"rows": {\n' + ",\n".join(lines) + '\n}, "prints": {\n' + ",\n".join(texts) + "\n}}\n")


@pytest.mark.parametrize("backend", polygrad.backends.available())
def test_of_hermitian_matrices_one_triangle_is_read(backend):
    with polygrad.use_backend(backend):
        root = polygrad.sin(polygrad.arange(32.0, dtype=polygrad.float64)).reshape(2, 4, 4)
        whole = root @ root.mT + polygrad.eye(4, dtype=polygrad.float64)
        lower, upper = whole.tril(), whole.triu()
        linalg = polygrad.linalg
        assert polygrad.allclose(linalg.cholesky(lower), linalg.cholesky(whole))
        assert polygrad.allclose(linalg.cholesky(upper, upper=True), linalg.cholesky(whole).mT)
        assert polygrad.allclose(polygrad.vmap(linalg.cholesky)(lower), linalg.cholesky(whole))
        for part, name in ((lower, "L"), (upper, "U")):
            assert polygrad.allclose(linalg.eigvalsh(part, name), linalg.eigvalsh(whole))
            assert polygrad.allclose(linalg.eigh(part, name)[0], linalg.eigvalsh(whole))
            slopes = polygrad.func.grad(lambda x, name=name: (linalg.eigvalsh(x, name) ** 2).sum())
            assert polygrad.allclose(slopes(part), 2 * whole)
