"""`save` and `load`: what goes out comes back, and a file runs no program unless it is trusted."""

from __future__ import annotations

import io
import os
import pickle
from collections import OrderedDict

import numpy as np
import pytest

import polygrad
from polygrad import serialization


def there_and_back(obj, **options):
    file = io.BytesIO()
    polygrad.save(obj, file)
    file.seek(0)
    return polygrad.load(file, **options)


DTYPES = """bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 complex64 complex128""".split()


@pytest.mark.parametrize("name", DTYPES)
def test_a_tensor_of_every_type_comes_back(name, backend):
    x = polygrad.arange(6).reshape(2, 3).to(getattr(polygrad, name))
    y = there_and_back(x)
    assert y.dtype is x.dtype and y.tolist() == x.tolist() and y.backend is x.backend and y.device == x.device
    y.zero_()
    assert x.any()


def test_special_numbers_and_shapes_come_back(backend):
    x = polygrad.tensor([float("nan"), float("inf"), -0.0, 1e-40])
    assert np.array_equal(there_and_back(x).cpu().numpy().view(np.uint32), x.cpu().numpy().view(np.uint32))
    for shape in ((), (0,), (2, 0, 3)):
        assert there_and_back(polygrad.ones(*shape) if shape else polygrad.tensor(1.0)).shape == shape


def test_views_are_saved_alone(tmp_path):
    x = polygrad.zeros(1000, 1000)
    x[0] = polygrad.arange(1000.0)
    polygrad.save(x[0].T, tmp_path / "row")
    assert os.path.getsize(tmp_path / "row") < 10_000
    assert polygrad.load(str(tmp_path / "row")).tolist() == list(range(1000))


def test_requires_grad_comes_back_without_graph_and_gradient():
    x = polygrad.ones(2, requires_grad=True)
    (x * 2).sum().backward()
    y, z = there_and_back([x, x * 2])
    assert y.requires_grad and y.is_leaf and y.grad is None
    assert z.requires_grad and z.is_leaf and z.tolist() == [2.0, 2.0]


def test_containers_come_back_as_they_were():
    x = polygrad.ones(2)
    obj = {
        "tensors": (x, [x]), "ordered": OrderedDict(b=1, a=2), "numbers": [1, 2.5, 1j, True, None, "text", b"bytes"],
        "set": {1, 2}, "slice": slice(1, None), "dtype": polygrad.float64, "device": x.device, "size": x.shape,
    }  # fmt: skip
    back = there_and_back(obj)
    assert back["tensors"][0] is back["tensors"][1][0]  # one tensor stays one
    del obj["tensors"], back["tensors"]
    assert back == obj and type(back["ordered"]) is OrderedDict and back["dtype"] is polygrad.float64
    assert type(back["size"]) is polygrad.Size and back["device"].type == "cpu"


def test_a_model_and_its_optimizer_go_on_where_they_stopped(tmp_path, backend):
    nn = polygrad.nn

    def made():
        model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 1))
        return model, polygrad.optim.Adam(model.parameters(), lr=0.1)

    def train(model, optimizer):
        for step in range(2):
            optimizer.zero_grad()
            (model(polygrad.arange(12.0).reshape(4, 3) * (step + 1) / 12) ** 2).mean().backward()
            optimizer.step()

    model, optimizer = made()
    train(model, optimizer)
    polygrad.save(
        {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3}, tmp_path / "checkpoint"
    )
    train(model, optimizer)
    other, resumed = made()
    saved = polygrad.load(tmp_path / "checkpoint")
    other.load_state_dict(saved["model"])
    resumed.load_state_dict(saved["optimizer"])
    train(other, resumed)
    assert saved["epoch"] == 3
    for one, two in zip(model.parameters(), other.parameters(), strict=True):
        assert one.tolist() == two.tolist()


def test_a_parameter_stays_one():
    parameter = polygrad.nn.Parameter(polygrad.ones(2))
    back = there_and_back(parameter)
    assert type(back) is polygrad.nn.Parameter and back.requires_grad


@pytest.mark.backend("strict")
def test_a_file_of_one_backend_is_read_on_another():
    x = polygrad.ones(2, backend="strict")
    assert there_and_back(x).backend.name == "strict"
    assert there_and_back([x], backend="numpy")[0].backend.name == "numpy"
    assert there_and_back(x, map_location="cpu").device == "cpu"


def test_a_backend_that_is_not_there_is_named_with_the_way_out(monkeypatch):
    x = polygrad.ones(2)
    file = io.BytesIO()
    monkeypatch.setattr(type(x.backend), "name", "abacus")
    polygrad.save(x, file)
    monkeypatch.undo()
    file.seek(0)
    with pytest.raises(polygrad.backends.BackendError, match=r"'abacus'.*backend='numpy'"):
        polygrad.load(file)
    file.seek(0)
    assert polygrad.load(file, backend="numpy").tolist() == [1.0, 1.0]


class Harmful:
    """What an attacker would send: to be unpickled, it writes a file."""

    def __init__(self, path=None):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


class Harmless:
    """A class of the user's own."""


def test_a_file_runs_no_program(tmp_path):
    file = tmp_path / "file"
    for harmful in (Harmful(tmp_path / "made"), [polygrad.ones(1), {"a": Harmful(tmp_path / "made")}]):
        polygrad.save(harmful, file)
        with pytest.raises(pickle.UnpicklingError, match=r"mkdir.*add_safe_globals.*weights_only=False"):
            polygrad.load(file)
        assert not (tmp_path / "made").exists()
    polygrad.load(file, weights_only=False)
    assert (tmp_path / "made").exists()


@pytest.mark.parametrize(
    "name",
    [
        "os system",
        "subprocess Popen",
        "builtins eval",
        "builtins getattr",
        "polygrad.serialization get_backend",
        "polygrad.serialization np",
        "polygrad._core.dispatch generate",
        "polygrad._core.tensor Tensor.__init_subclass__",
    ],
)
def test_nothing_reachable_runs_a_program(name):
    module, attribute = name.split()
    with pytest.raises(pickle.UnpicklingError, match="which could run any program"):
        polygrad.load(io.BytesIO(f"c{module}\n{attribute}\n.".encode()))


def test_classes_can_be_trusted_one_by_one():
    with pytest.raises(pickle.UnpicklingError, match="Harmless"):
        there_and_back(Harmless())
    with serialization.safe_globals([Harmless]):
        assert type(there_and_back(Harmless())) is Harmless
        assert serialization.get_safe_globals() == [Harmless]
    serialization.add_safe_globals([Harmless])
    assert type(there_and_back(Harmless())) is Harmless
    serialization.clear_safe_globals()
    with pytest.raises(pickle.UnpicklingError):
        there_and_back(Harmless())


@pytest.mark.parametrize("data", [b"", b"not a pickle", b"PK\x03\x04 a zip file", b"\x80\x04]", b"\x80\x04\x95\xff"])
def test_a_damaged_file_says_so(data):
    with pytest.raises(pickle.UnpicklingError):
        polygrad.load(io.BytesIO(data))


def test_a_file_that_is_cut_off_says_so():
    file = io.BytesIO()
    polygrad.save([polygrad.ones(100), polygrad.ones(3)], file)
    for length in (1, 50, 200, len(file.getvalue()) - 1):
        with pytest.raises(pickle.UnpicklingError):
            polygrad.load(io.BytesIO(file.getvalue()[:length]))


def test_map_location_is_checked():
    with pytest.raises(TypeError, match="map_location"):
        polygrad.load(io.BytesIO(b""), map_location=0)
    file = io.BytesIO()
    polygrad.save(polygrad.ones(1), file)
    file.seek(0)
    with pytest.raises(ValueError, match="no device 'cuda'"):
        polygrad.load(file, map_location="cuda")


def test_pickle_and_copy_carry_tensors_too(backend):
    import copy

    x = polygrad.arange(6.0).reshape(2, 3).requires_grad_()
    for y in (pickle.loads(pickle.dumps(x)), copy.deepcopy(x)):
        assert y.tolist() == x.tolist() and y.requires_grad and y.is_leaf and y.backend is x.backend
        with polygrad.no_grad():
            y.zero_()
        assert x.detach().any()
    with pytest.raises(RuntimeError, match="leaves"):
        copy.deepcopy(x * 2)
