"""The matrix of gradients: a few rows in every column, all public functions in its rows, and wrong rules in their cells."""

from __future__ import annotations

import inspect
import json
import math
import re

import pytest

import polygrad
from polygrad._core.primitive import OPERATIONS, PRIMITIVES, primitive
from polygrad._ops.batching import element_by_element
from polygrad.backends.namespace import GENERIC
from polygrad.testing import matrix
from polygrad.testing.__main__ import main
from polygrad.testing.matrix_page import exponent
from polygrad.testing.public_operations import MODULES
from polygrad.testing.table import BOTH, binary

FAST = (
    "multiply logsumexp solve polygrad.quantile fft.rfft nn.functional.huber_loss special.xlogy einsum ij,jk->ik".split(
        " "
    )
)
FAST[-2:] = ["einsum ij,jk->ik"]
ROWS = {row.name: row for row in matrix.rows()}


@pytest.mark.parametrize("backend", ["numpy", "strict", "jax"])
@pytest.mark.parametrize("name", FAST)
def test_a_few_rows_in_every_column(name, backend):
    if backend not in polygrad.backends.available():
        pytest.skip(f"{backend} is not installed")
    if backend == "jax" and name not in FAST[:2]:
        pytest.skip("each program is compiled: the session `matrix` has all rows")
    for cell in matrix.results([backend], [ROWS[name]]):
        assert cell["right"], cell
        assert (cell["error"] is None) == bool(cell["reason"]), cell


def test_rows_have_different_names():
    assert len(ROWS) == len(matrix.rows())


# -- every public function -------------------------------------------------------------------------------------------------

#: Functions without a row, and why.
WITHOUT_A_ROW = {
    "it makes a tensor, or reads one from elsewhere": """
        arange as_array as_tensor asarray bartlett_window blackman_window empty empty_like eye from_dlpack from_numpy frombuffer full
        full_like hamming_window hann_window kaiser_window linspace load logspace ones ones_like range rfftfreq fftfreq tensor
        tril_indices triu_indices zeros zeros_like fill BFloat16Tensor BoolTensor ByteTensor CharTensor DoubleTensor FloatTensor HalfTensor
        IntTensor LongTensor ShortTensor""",
    "it is random": """
        alpha_dropout bernoulli dropout dropout1d dropout2d dropout3d feature_alpha_dropout gumbel_softmax multinomial normal pca_lowrank
        poisson rand rand_like randint randint_like randn randn_like randperm rrelu svd_lowrank""",
    "its result is no floating-point number, or does not vary": """
        all allclose any argmax argmin argsort argwhere bincount broadcast_shapes bucketize can_cast count_nonzero detach equal histc
        histogram histogramdd is_complex is_conj is_floating_point is_inference is_neg is_nonzero is_signed is_storage is_tensor isclose isin
        isneginf isposinf isreal matrix_rank nextafter nonzero numel one_hot promote_types result_type searchsorted typename
        unravel_index is_same_size signbit""",
    "it has no gradient, in PyTorch either": "geqrf orgqr ormqr",
    "it sets or reads how polygrad works": """
        BackendError compile get_backend get_default_device get_default_dtype get_float32_matmul_precision get_num_threads
        get_rng_state initial_seed is_grad_enabled is_inference_mode_enabled manual_seed primitive save seed set_backend set_default_device
        set_default_dtype set_float32_matmul_precision set_num_threads set_printoptions set_rng_state tune_allocator
        use_deterministic_algorithms use_backend debug_nans""",
    "it takes a function": "cond scan vmap while_loop triplet_margin_with_distance_loss",
    "it is another function in place, or with the places of its results": """
        celu_ elu_ hardtanh_ leaky_relu_ relu_ rrelu_ selu_ threshold_ adaptive_max_pool1d_with_indices adaptive_max_pool2d_with_indices
        adaptive_max_pool3d_with_indices fractional_max_pool2d fractional_max_pool2d_with_indices fractional_max_pool3d
        fractional_max_pool3d_with_indices max_pool1d_with_indices max_pool2d_with_indices max_pool3d_with_indices""",
    "tests/nn compares its gradient, and no row does yet": """
        adaptive_avg_pool3d adaptive_max_pool3d affine_grid avg_pool3d conv_transpose3d ctc_loss embedding_bag grid_sample lp_pool3d max_pool3d
        max_unpool1d max_unpool2d max_unpool3d multi_margin_loss multilabel_margin_loss multilabel_soft_margin_loss upsample_bilinear
        upsample_nearest""",
    "it makes a sparse tensor; tests/sparse compares its gradient": "sparse_coo_tensor sparse_csr_tensor",
    "its parts have rows: linear, softmax and scaled_dot_product_attention": "multi_head_attention_forward",
}


def public_functions():
    """Every public function of the modules: the module, the name and the object."""
    for home, module in (("polygrad", polygrad), *((name, m) for name, m in MODULES.items() if name != "polygrad")):
        for name in getattr(module, "__all__", None) or dir(module):
            found = getattr(module, name, None)
            if name[0] != "_" and callable(found) and not inspect.isclass(found) and not inspect.ismodule(found):
                yield home, name, found


def test_every_public_function_has_a_row_or_a_reason():
    words = {word for row in matrix.rows() for name in matrix.names_of(row) for word in re.findall(r"\w+", name)}
    reasons = {name for names in WITHOUT_A_ROW.values() for name in names.split()}
    reasons.update(name for one in PRIMITIVES.values() if not one.differentiable for name in one.public_names)
    listed = list(public_functions())
    covered = {id(found) for _, name, found in listed if name in words}
    lost = sorted({f"{home}.{name}" for home, name, found in listed
                   if name not in words and name not in reasons and id(found) not in covered})  # fmt: skip
    assert not lost, f"no row of the matrix for {', '.join(lost)}"


# -- wrong rules turn their cells red, and no others -----------------------------------------------------------------------


@pytest.fixture(name="columns_in_red")
def _columns_in_red():
    """A function that declares a product with these rules, and returns the columns in which it is wrong."""
    made = []

    def measure(vjp=None, jvp=None, batch=element_by_element):
        def planted_product(xp, x, y, /):
            return x * y

        product = primitive(broadcasts=True, promotes=True)(planted_product)
        made.append(product.name)
        product.defvjp(x=vjp or (lambda xp, g, y: g * y), y=lambda xp, g, x: g * x)
        product.defjvp(x=jvp or (lambda xp, t, y: t * y), y=lambda xp, t, x: x * t)
        product.defbatch(batch)
        row = binary("planted_product", kinds=BOTH)
        found = list(matrix.results(["numpy"], [row]))
        assert [cell["column"] for cell in found] == list(matrix.COLUMNS)
        return {cell["column"] for cell in found if not cell["right"]}

    yield measure
    for name in made:
        PRIMITIVES.pop(name, None)
        GENERIC.pop(name, None)
        for namespace in (OPERATIONS, polygrad.get_backend("numpy").xp):
            vars(namespace).pop(name, None)


def test_right_rules_turn_nothing_red(columns_in_red):
    assert columns_in_red() == set()


def test_a_wrong_gradient_turns_the_gradients_red(columns_in_red):
    assert columns_in_red(vjp=lambda xp, g, y: g * y * 1.001) == {"vjp", "second", "broadcast", "0-d", "complex"}


def test_a_wrong_tangent_turns_forward_mode_red(columns_in_red):
    assert columns_in_red(jvp=lambda xp, t, y: t * y * 1.001) == {"jvp"}


def test_a_wrong_batching_rule_turns_vmap_red(columns_in_red):
    assert columns_in_red(batch=lambda batch, x, y: batch.xp.multiply(element_by_element(batch, x, y), 1.001)) == {
        "vmap"
    }


# -- the command and the page ----------------------------------------------------------------------------------------------


def test_the_command_writes_json_and_a_page(tmp_path, capsys):
    written = tmp_path / "matrix.json", tmp_path / "matrix.md"
    assert main(["matrix", "--rows", "hypot", "--json", str(written[0]), "--page", str(written[1])]) == 0
    out, err = capsys.readouterr()
    assert "hypot, numpy:  vjp -" in out and err == "10 cells, 0 wrong\n"
    found = json.loads(written[0].read_text())["cells"]
    assert [cell["column"] for cell in found] == list(matrix.COLUMNS)
    text = written[1].read_text()
    assert "9 of\n10 cells are right, 0 are wrong, and 1 do not apply" in text
    assert re.search(r"\| `hypot` \| -\d+ \| -\d+ \| -\d+ \| \S+ \| -\d+ \| \S+ \| 0 \| a \| 0 \| -\d+ \|", text), text


def test_a_wrong_cell_is_bold_and_the_exit_status_1(monkeypatch, capsys, tmp_path):
    monkeypatch.setitem(matrix.TOLERANCES, "vjp", -1.0)
    assert main(["matrix", "--rows", "hypot", "--column", "vjp", "--page", str(tmp_path / "page.md")]) == 1
    assert re.search(r"\| \*\*-\d+\*\* \|", (tmp_path / "page.md").read_text())
    assert main(["matrix", "--backend", "none"]) == 2
    assert "none" in capsys.readouterr().err


def test_a_function_that_fails_is_red():
    row = binary("fails", function=lambda xp, x, y: 1 / 0)
    cell = matrix.measure(row, "numpy", "vjp")
    assert not cell.is_right and math.isinf(cell.error) and cell.reason == "ZeroDivisionError: division by zero"


def test_numbers_of_the_page():
    assert [exponent(x) for x in (0, 1e-12, 3e-12, 0.5, 2.0)] == ["0", "-12", "-11", "0", "1"]
