"""`load` of damaged and hostile files.

Every flipped bit and every missing byte is noticed; no file changes the process, or takes memory that its size does not
justify.  ``HOSTILE_FILES`` is the number of random cases; the session `hostile-files` of nox takes thousands.
"""

from __future__ import annotations

import gc
import hashlib
import io
import json
import os
import pickle
import random
import struct
import sys
import tracemalloc
from collections import OrderedDict
from contextlib import nullcontext

import numpy as np
import pytest

import polygrad
from polygrad import _dtypes, serialization
from polygrad.backends import BackendError
from polygrad.serialization import DamagedFileError, UnsafeFileError, container

CASES = int(os.environ.get("HOSTILE_FILES", "200"))
REFUSALS = (DamagedFileError, UnsafeFileError)


def written(obj) -> bytes:
    file = io.BytesIO()
    polygrad.save(obj, file)
    return file.getvalue()


def load(data: bytes, **options):
    return polygrad.load(io.BytesIO(data), **options)


def checkpoint() -> bytes:
    polygrad.manual_seed(0)
    model = polygrad.nn.Linear(3, 2)
    x = polygrad.arange(6.0)
    return written({"model": model.state_dict(), "views": [x, x[::2], x[:3]], "mask": x > 2, "step": 7, "name": "n",
                    "more": (1.5, 2j, b"bytes", {1, 2}, slice(1, 2), polygrad.float16)})  # fmt: skip


# -- accidents ---------------------------------------------------------------------------------------------------------


def test_every_flipped_bit_is_noticed():
    data = checkpoint()
    bits = 8 * len(data)
    header = 8 * (container.OPENING + 64)  # the part that decides how a file is read: all of it
    chosen = [*range(header), *random.Random(0).sample(range(header, bits), min(CASES, bits - header))]
    for bit in chosen:
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(DamagedFileError):
            load(bytes(flipped))


def test_every_truncation_is_noticed():
    data = checkpoint()
    for length in range(len(data)):
        with pytest.raises(DamagedFileError):
            load(data[:length])


def test_every_truncation_is_noticed_where_the_size_is_not_known():
    data = written([polygrad.arange(10.0), "text"])

    class Pipe:
        def __init__(self, data):
            self.read = io.BytesIO(data).read

    assert polygrad.load(Pipe(data))[0].tolist() == list(range(10))
    for length in range(0, len(data), 7):
        with pytest.raises(DamagedFileError):
            polygrad.load(Pipe(data[:length]))


def test_damage_is_noticed_where_the_file_is_trusted():
    data = bytearray(written([polygrad.arange(10.0), Odd(3)]))
    data[-5] ^= 1
    with pytest.raises(DamagedFileError, match="checksum"):
        load(bytes(data), weights_only=False)


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (slice(0, 30), "damaged"),
        (slice(0, 100), "cut off"),
        (slice(0, 400), "header should have"),
        (slice(0, -1), r"cut off: its arrays should have \d+ bytes, and \d+ are there"),
    ],
)
def test_the_error_says_what_is_wrong(part, message):
    with pytest.raises(DamagedFileError, match=message):
        load(checkpoint()[part])


# -- malice ------------------------------------------------------------------------------------------------------------


class Odd:
    """What is no data, and goes through pickle."""

    def __init__(self, value):
        self.value = value


def sealed(header: bytes, data: bytes = b"") -> bytes:
    """A container of this header, whatever it says, with a checksum that is right."""
    start = len(container.PREFIX)
    header = container.PREFIX + b"0" * 64 + b'",' + header
    length = len(header).to_bytes(8, "little")
    digest = hashlib.sha256(length + header + data).hexdigest().encode()
    return length + header[:start] + digest + header[start + 64 :] + data


def parts_of(data: bytes) -> tuple[dict, bytes]:
    """The header after the checksum, and the data, of a container."""
    length = int.from_bytes(data[:8], "little")
    content = json.loads(data[8 : 8 + length])
    metadata = content["__metadata__"]
    del metadata["format"], metadata["sha256"]
    return content, data[8 + length :]


def assembled(content: dict, data: bytes) -> bytes:
    metadata = json.dumps(content.pop("__metadata__"))[1:]
    entries = json.dumps(content)[1:]
    return sealed((metadata + ("," if entries != "}" else "") + entries).encode(), data)


def test_the_helper_makes_containers_that_load():
    content, data = parts_of(checkpoint())
    assert load(assembled(content, data))["step"] == 7


#: What a mutation puts in the place of a value.
VALUES = [
    None, True, -1, 0, 1, 2, 3, 7, 1 << 31, 1 << 62, 1 << 64, 10**30, 1e300, -1.5, "", "x", "float32", "complex64", "F32", "BOOL",
    "cuda", "backward", "__class__", "items", [], [0], [1], [-1], [[0]], [1 << 40, 1 << 40], [1 << 62, 4], {}, {"a": 1},
    ["list", [0]], ["dict", [0], [0]], ["tuple", [0], [0]], ["set", [0], [1]], ["bytes", "AAAA"], ["int", "0x10"],
    ["range", 0, 10**12, 1], ["Parameter", 0, [0]], ["Tensor", 0, [0]], ["Tensor", 10**9], ["ordered", [0]], ["size", -1],
    ["frozenset", [0], [0]], ["device", 5], ["dtype", "float128"], ["eval", "1"],
]  # fmt: skip


def mutated(rng: random.Random, node):
    """``node``, JSON, with one place changed."""
    if isinstance(node, (list, dict)) and node and rng.random() < 0.85:
        node = node.copy()
        where = rng.choice(range(len(node)) if isinstance(node, list) else list(node))
        action = rng.random()
        if action < 0.1:
            del node[where]
        elif action < 0.2 and isinstance(node, list):
            node.insert(where, rng.choice(VALUES))
        elif action < 0.25 and isinstance(node, dict):
            node[rng.choice(["offset", "shape", "strides", "memory", "dtype", "requires_grad", "x"])] = rng.choice(
                VALUES
            )
        else:
            node[where] = mutated(rng, node[where])
        return node
    return rng.choice(VALUES)


def hostile_containers(count: int):
    """Containers with a right checksum whose header, tensors or table says something odd."""
    rng = random.Random(1)
    data = checkpoint()
    for _ in range(count):
        content, raw = parts_of(data)
        for _ in range(rng.choice([1, 1, 2, 3])):
            part = rng.choice(["header", "tensors", "content", "content"])
            if part == "header":
                metadata = content.pop("__metadata__")
                content = mutated(rng, content)
                content = content if isinstance(content, dict) else {}
                content["__metadata__"] = metadata
            else:
                content["__metadata__"][part] = json.dumps(mutated(rng, json.loads(content["__metadata__"][part])))
        yield assembled(content, raw)


GLOBALS = """
    polygrad._core.tensor Tensor|polygrad._core.tensor Size|polygrad._dtypes _by_name|polygrad._dtypes DType|
    polygrad._devices Device|polygrad.serialization _tensor|polygrad.serialization _stored|polygrad.nn.parameter Parameter|
    polygrad.__main__ main|polygrad.viz draw|os system|builtins eval|builtins set|builtins range|builtins bytearray|
    builtins frozenset|builtins complex|builtins slice|builtins bytes|builtins tuple|collections OrderedDict|collections Counter|
    _codecs encode|copy_reg _reconstructor|builtins getattr|builtins object|polygrad.serialization save
""".replace("\n", "").split("|")  # fmt: skip


def hostile_pickle(rng: random.Random) -> bytes:
    """A random program: most of its instructions find what they need on the stack."""

    def text(s):
        return b"X" + struct.pack("<I", len(s)) + s.encode()

    def value():
        return rng.choice([
            b"N", b"\x88", b"K\x05", b"J\xff\xff\xff\x7f", b"I" + b"9" * rng.choice([1, 20]) + b"\n", b"G" + struct.pack(">d", 1.5),
            text(rng.choice(["int8", "float32", "name", "backward", "latin1", "_edge", "numpy", "\x00"])), b"C\x04abcd", b"]", b"}",
            b")", b"\x8f", b"\x96" + struct.pack("<Q", rng.choice([2, 1 << 40])) + b"ab", b"B" + struct.pack("<I", rng.choice([1, 1 << 31])) + b"x",
            b"\x8e" + struct.pack("<Q", rng.choice([1, 1 << 50])) + b"x", b"h\x00", b"2",
        ])  # fmt: skip

    def global_():
        module, name = rng.choice(GLOBALS).split()
        return b"c" + module.encode() + b"\n" + name.encode() + b"\n"

    def call():
        arguments = b"".join(rng.choice([value, value, value, made])() for _ in range(rng.randrange(4)))
        return global_() + b"(" + arguments + b"t" + rng.choice([b"R", b"R", b"\x81"])

    def made():
        return rng.choice([value, global_, call])()

    parts = [rng.choice([b"", b"\x80\x04", b"\x80\x02"])]
    for _ in range(rng.randrange(1, 5)):
        parts.append(rng.choice([
            made, made,
            lambda: made() + b"(" + b"".join(made() for _ in range(2 * rng.randrange(3))) + rng.choice([b"u", b"e", b"\x90", b"d", b"l", b"\x91"]),
            lambda: made() + b"}" + text(rng.choice(["name", "backward", "__doc__", "itemsize", "_edge", "items"])) + made() + b"s" + b"b",
            lambda: made() + b"N}" + text("name") + made() + b"s\x86b",
            lambda: b"\x94", lambda: b"q\x00", lambda: b"r" + struct.pack("<I", 1 << 31), lambda: b"\x95" + struct.pack("<Q", 1 << 40),
            lambda: b"((2222222222222222222t", lambda: b"\x8a\xff", lambda: b"i" + b"os\nsystem\n", lambda: b"P1\n", lambda: b"Q", lambda: b"\x82\x01",
        ])())  # fmt: skip
    return b"".join(parts) + b"."


def state() -> list:
    """What a file could change in the process."""
    return [
        [(dtype.name, dtype.kind, dtype.itemsize) for dtype in _dtypes.ALL],
        {name: id(value) for name, value in vars(polygrad.Tensor).items()},
        {name: id(value) for name, value in vars(polygrad.nn.Parameter).items()},
        {name: id(value) for name, value in vars(polygrad.Size).items()},
        {name: id(value) for name, value in vars(serialization).items()},
        (_dtypes._by_name.__doc__, _dtypes._by_name.__defaults__, vars(_dtypes._by_name).copy()),
        polygrad.get_default_dtype(), polygrad.is_grad_enabled(), polygrad.get_rng_state().tolist(), set(sys.modules),
    ]  # fmt: skip


def is_data(obj, depth=0) -> bool:
    """Whether ``obj`` is what a file may give."""
    if isinstance(obj, (list, tuple, set, frozenset)):
        return depth > 20 or all(is_data(item, depth + 1) for item in obj)
    if isinstance(obj, dict):
        return depth > 20 or all(is_data(x, depth + 1) for pair in obj.items() for x in pair)
    if isinstance(obj, polygrad.Tensor):
        obj.backend.to_numpy(obj.detach()._read()).tobytes()  # its memory is there
        return True
    plain = (int, float, complex, str, bytes, bytearray, slice, range, type(None), _dtypes.DType)
    # Names from the list are harmless by themselves: a class that is not called does nothing.
    return isinstance(obj, plain) or callable(obj)


@pytest.mark.parametrize("kind", ["containers", "pickles"])
def test_a_hostile_file_is_refused_or_harmless(kind):
    rng = random.Random(2)
    files = hostile_containers(CASES) if kind == "containers" else (hostile_pickle(rng) for _ in range(3 * CASES))
    load(checkpoint())
    before, loaded = state(), 0
    tracemalloc.start()
    try:
        for data in files:
            gc.collect(0)
            tracemalloc.reset_peak()
            start = tracemalloc.get_traced_memory()[0]
            try:
                result = load(data)
            except (*REFUSALS, BackendError):  # a backend that is not there is not the file's fault
                result = None
            peak = tracemalloc.get_traced_memory()[1] - start
            assert peak < 4 * len(data) + 200_000, (peak, data)
            assert is_data(result), data
            loaded += result is not None
    finally:
        tracemalloc.stop()
    assert state() == before
    assert loaded < (0.5 * CASES if kind == "containers" else 1.5 * CASES)


# The attacks by name.


def pickled(*parts: bytes) -> bytes:
    return b"\x80\x04" + b"".join(parts) + b"."


def name(module: str, attribute: str) -> bytes:
    return f"c{module}\n{attribute}\n".encode()


TENSOR, BY_NAME = name("polygrad._core.tensor", "Tensor"), name("polygrad._dtypes", "_by_name")
INLINE = name("polygrad.serialization", "_tensor")
FLOAT32 = BY_NAME + b"(S'float32'\ntR"
ATTACKS = {
    "BUILD on a class": (TENSOR, b"(N}S'backward'\nI1\nstb"),
    "BUILD on a data type": (BY_NAME, b"(S'int8'\ntR(N}S'name'\nS'float64'\nstb"),
    "BUILD on a data type, by dict": (BY_NAME, b"(S'int8'\ntR}S'itemsize'\nI9\nsb"),
    "BUILD on a function": (BY_NAME, b"(N}S'__doc__'\nS'hacked'\nstb"),
    "BUILD on a shape": (name("polygrad._core.tensor", "Size"), b"((I1\nttR}S'x'\nI1\nsb"),
    "BUILD on a tensor": (INLINE, b"(", TENSOR, FLOAT32, b"(I1\ntS'numpy'\nC\x04", bytes(4), b"I00\n}tR}S'_edge'\nI7\nsb"),
    "BUILD that hides a method of a dictionary": (name("collections", "OrderedDict"), b")R}S'items'\nI7\nsb"),
    "a slot of a tensor as its attribute": (INLINE, b"(", TENSOR, FLOAT32, b"(I1\ntS'numpy'\nC\x04", bytes(4), b"I00\n}S'_edge'\nI7\nstR"),
    "a method of a parameter as its attribute": (
        INLINE, b"(", name("polygrad.nn.parameter", "Parameter"), FLOAT32, b"(I1\ntS'numpy'\nC\x04", bytes(4), b"I00\n}S'backward'\nI7\nstR"),
    "a module of ours": (name("polygrad.__main__", "main"),),
    "a tensor of more bytes than there are": (INLINE, b"(", TENSOR, FLOAT32, b"(I1000000000000\ntS'numpy'\nC\x04", bytes(4), b"I00\n}tR"),
    "a tensor of a negative shape": (INLINE, b"(", TENSOR, FLOAT32, b"(I-1\nI-1\ntS'numpy'\nC\x04", bytes(4), b"I00\n}tR"),
    "a tensor of another class": (INLINE, b"(", name("builtins", "set"), FLOAT32, b"(I1\ntS'numpy'\nC\x04", bytes(4), b"I00\n}tR"),
    "a set of a range": (name("builtins", "set"), b"(", name("builtins", "range"), b"(I0\nI10000000\nI1\ntRtR"),
    "a frozenset of a range": (name("builtins", "frozenset"), b"(", name("builtins", "range"), b"(I0\nI10000000\nI1\ntRtR"),
    "a dictionary of a range": (name("collections", "OrderedDict"), b"(", name("builtins", "range"), b"(I0\nI10000000\nI1\ntRtR"),
    "a bytearray of a length": (name("builtins", "bytearray"), b"(I1000000000\ntR"),
    "bytes of a length": (name("builtins", "bytes"), b"(I1000000000\ntR"),
    "a BYTEARRAY8 of a length": (b"\x96" + struct.pack("<Q", 1 << 33),),
    "a memo of 2**31 entries": (b"Nr" + struct.pack("<I", 1 << 31) + b"r" + struct.pack("<I", (1 << 31) - 1),),
    "a list that a class is": (name("builtins", "set"), b"(I1\ne"),
    "an item of a class": (name("collections", "OrderedDict"), b"I1\nI2\ns"),
    "a member of a tensor": (INLINE, b"(", TENSOR, FLOAT32, b"(I1\ntS'numpy'\nC\x04", bytes(4), b"I00\n}tR(I1\n\x90"),
    "a key that takes years to hash": (b"}" + b"(I1\n" + b"t" + b"2\x86" * 60 + b"N" + b"s",),
    "a member that takes years to hash": (b"\x8f(" + b")" + b"2\x86" * 60 + b"\x90",),
    "a new class": (TENSOR, b")\x81"),
    "a call of a class": (TENSOR, b"(I100000000\ntR"),
    "an extension": (b"\x82\x01",),
    "a persistent name": (b"Pfile\n",),
}  # fmt: skip


#: What would take memory elsewhere, and costs nothing here.
HARMLESS = {"a memo of 2**31 entries"}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_refused(attack):
    data = pickled(*ATTACKS[attack])
    before = state()
    tracemalloc.start()
    with nullcontext() if attack in HARMLESS else pytest.raises(REFUSALS):
        load(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 200_000
    assert state() == before


NESTED = [["tuple"], *[["tuple", [k], [k]] for k in range(60)]]


@pytest.mark.parametrize(
    ("rows", "value"),
    {
        "a key that takes years to hash": ([*NESTED, ["dict", [60], 1]], [61]),
        "a member that takes years to hash": ([*NESTED, ["set", [60]]], [61]),
        "a frozen member that takes years to hash": ([*NESTED, ["frozenset", [60]]], [61]),
        "a row that is not there": ([], [0]),
        "a row that comes later": ([["tuple", [1]], ["tuple"]], [0]),
        "a row of no kind": ([["exec", "import os"]], [0]),
        "a kind that is a row": ([[["list"], 1]], [0]),
        "a row before the first": ([["list"]], [-1]),
        "true as a row": ([["list"], ["list"]], [True]),
        "a dictionary's attribute that is a method": ([["dict", "items", 1], ["ordered", [0]]], [1]),
        "a dictionary's class": ([["dict", "__class__", 1], ["ordered", [0]]], [1]),
        "a key that is a list": ([["list"], ["dict", [0], 1]], [1]),
        "a key twice": ([["dict", 1, 2, 1, 3]], [0]),
        "a key without a value": ([["dict", 1]], [0]),
        "a tensor that is not there": ([["Tensor", 0]], [0]),
        "an integer of a million digits": ([["int", "9" * 10**6]], [0]),
        "a length that is true": ([["size", True]], [0]),
        "bytes that are not base64": ([["bytes", "!!"]], [0]),
    }.values(),
)
def test_a_table_that_makes_no_sense_is_refused(rows, value):
    file = io.BytesIO()
    listed = {"memories": [], "tensors": []}
    container.write(file, {}, {"content": json.dumps({"value": value, "rows": rows}), "tensors": json.dumps(listed)})
    with pytest.raises(DamagedFileError):
        load(file.getvalue())


WINDOWS = {
    "behind the end": {"offset": 3, "shape": [4], "strides": [1]},
    "before the beginning": {"offset": 0, "shape": [2], "strides": [-1]},
    "of other dimensions": {"offset": 0, "shape": [2], "strides": [1, 1]},
    "of endless copies": {"offset": 0, "shape": [1 << 40], "strides": [0]},
    "of a negative length": {"offset": 0, "shape": [-1], "strides": [1]},
    "of a length that is true": {"offset": 0, "shape": [True], "strides": [1]},
    "of a fraction": {"offset": 0.5, "shape": [1], "strides": [1]},
    "of rows that overlap": {"offset": 0, "shape": [3, 3], "strides": [1, 1]},
    "of an overflow": {"offset": 0, "shape": [2, 2], "strides": [1 << 62, 1]},
    "of another type": {"offset": 0, "shape": [1], "strides": [1], "dtype": "int32"},
    "of no memory": {"memory": 1, "offset": 0, "shape": [1], "strides": [1]},
    "of the memory before the first": {"memory": -1, "offset": 0, "shape": [1], "strides": [1]},
    "of 65 dimensions": {"offset": 0, "shape": [1] * 65, "strides": [0] * 65},
}


@pytest.mark.parametrize("window", WINDOWS)
def test_a_view_outside_its_memory_is_refused(window):
    file = io.BytesIO()
    listed = {"memories": [["x", "float32", "numpy"]], "tensors": [{"memory": 0, "dtype": "float32"} | WINDOWS[window]]}
    content = {"value": [0], "rows": [["Tensor", 0]]}
    arrays = {"x": ("F32", np.zeros(5, np.float32))}
    container.write(file, arrays, {"content": json.dumps(content), "tensors": json.dumps(listed)})
    with pytest.raises(DamagedFileError):
        load(file.getvalue())


@pytest.mark.parametrize(
    "entry",
    [
        '"x":{"dtype":"F32","shape":[1000000000000],"data_offsets":[0,4000000000000]}',
        '"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}',
        '"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}',
        '"x":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}',
        '"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,-4]}',
        '"x":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}',
        '"x":{"dtype":"F32","shape":[0,1e3],"data_offsets":[0,0]}',
        '"x":{"dtype":"V99","shape":[1],"data_offsets":[0,4]}',
        '"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}',
        '"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":1}',
        '"x":{"dtype":"BOOL","shape":[8],"data_offsets":[0,8]}',
        '"x":NaN',
        '"x":' + "[" * 100_000,
    ],
)
def test_a_header_that_makes_no_sense_is_refused(entry):
    tracemalloc.start()
    header = (
        '"content":"{\\"value\\":null,\\"rows\\":[]}","tensors":"{\\"memories\\":[],\\"tensors\\":[]}"},' + entry + "}"
    )
    data = sealed(header.encode(), b"\x02" * 8)
    with pytest.raises(DamagedFileError):
        load(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # Python's parser takes up to a megabyte before it finds that lists are nested too deeply, however long the file is.
    assert peak < 2_000_000 + 4 * len(data)


def test_a_file_of_a_newer_version_says_so():
    data = checkpoint().replace(b"polygrad 1", b"polygrad 2", 1)
    with pytest.raises(DamagedFileError, match="a newer polygrad"):
        load(data)


def test_a_class_that_is_trusted_is_built_and_no_other():
    data = written({"odd": Odd([polygrad.ones(2)])})
    with pytest.raises(UnsafeFileError, match=r"Odd.*add_safe_globals\(\[Odd\]\)"):
        load(data)
    with serialization.safe_globals([Odd]):
        assert load(data)["odd"].value[0].tolist() == [1.0, 1.0]
    assert load(data, weights_only=False)["odd"].value[0].tolist() == [1.0, 1.0]
    content, raw = parts_of(data)
    begin, end = content["__pickle__"]["data_offsets"]
    with pytest.raises(pickle.UnpicklingError, match=r"polygrad.load\(\)"):
        pickle.loads(raw[begin:end])


def test_what_is_refused_leaves_an_ordered_dictionary_as_it_is():
    odd = OrderedDict(a=1)
    odd._metadata = {"version": 1}
    assert load(written(odd))._metadata == {"version": 1}
    odd.move_to_end = 7
    with pytest.raises(DamagedFileError, match="'move_to_end'"):
        load(written(odd))
