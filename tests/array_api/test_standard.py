"""The standard's names as a whole: none is missing, signatures are the standard's, and errors and help are about them."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

import polygrad
from polygrad import array_api as xp

TABLE = Path(__file__).parents[1] / "cases" / "array_api_signatures.tsv"
#: Name → signature, without annotations.
SIGNATURES = dict(line.split("\t") for line in TABLE.read_text().splitlines()[1:])
#: The functions among them.
FUNCTIONS = [
    name for name, signature in SIGNATURES.items() if signature and not name.startswith(("Tensor", "DType", "_"))
]
OWNERS = {"Tensor": polygrad.Tensor, "DType": polygrad.DType, "__array_namespace_info__": xp.__array_namespace_info__()}


def find(path: str) -> Any:
    """What stands under ``path``, a name of the namespace or of one of its objects."""
    owner, _, name = path.rpartition(".")
    return getattr(OWNERS.get(owner) or (getattr(xp, owner) if owner else xp), name)


def bare(signature: inspect.Signature) -> str:
    """A signature without annotations."""
    given = [one.replace(annotation=one.empty) for one in signature.parameters.values()]
    return str(signature.replace(parameters=given, return_annotation=signature.empty))


@pytest.mark.parametrize("path", SIGNATURES)
def test_every_entry_is_there_with_its_signature(path):
    found, expected = find(path), SIGNATURES[path]
    if not expected:
        return
    signature = inspect.signature(found)
    if path.startswith(("Tensor", "DType")):  # methods, whose arguments are given by position
        defined: dict[str, Any] = {}
        exec(f"def standard{expected}: pass", defined)
        shapes = [
            (len(one.parameters), sum(p.kind is p.KEYWORD_ONLY for p in one.parameters.values()))
            for one in (inspect.signature(defined["standard"]), signature)
        ]
        assert shapes[1] == (shapes[0][0] + 1, shapes[0][1])
    else:
        assert bare(signature) == expected


# -- errors ------------------------------------------------------------------------------------------------------------

#: Names of arguments that only functions with PyTorch's names have.
FOREIGN = re.compile(
    r"'(input|other|A|B|a|b|tensors?|size|end|steps|diagonal|elements|test_elements)'|\b(dims?|keepdim|ext_tensor)\b"
)
#: Arguments that are needed, and good ones for them; a matrix for all others.
GOOD = {
    "shape": lambda: (2, 2), "fill_value": lambda: 1.0, "start": lambda: 1, "stop": lambda: 4, "num": lambda: 3, "n_rows": lambda: 2,
    "dtype": lambda: xp.float32, "from_": lambda: xp.int8, "to": lambda: xp.int16, "type": lambda: xp.float32, "kind": lambda: "bool",
    "obj": lambda: [1.0], "axis": lambda: 0, "axes": lambda: (1, 0), "source": lambda: 0, "destination": lambda: 1,
    "repeats": lambda: 2, "shift": lambda: 1, "repetitions": lambda: (1, 2), "n": lambda: 2, "indices": lambda: polygrad.tensor([[1], [0]]),
    "arrays": lambda: [matrix(), matrix()], "condition": lambda: matrix() > 0, "x2": lambda: matrix(),
}  # fmt: skip


def matrix() -> polygrad.Tensor:
    return polygrad.tensor([[2.0, 1.0], [1.0, 3.0]])


def arguments(path: str) -> dict[str, Any]:
    """Good values of the arguments of a function that are needed."""
    needed = [
        one.name
        for one in inspect.signature(find(path)).parameters.values()
        if one.default is one.empty and one.kind is not one.VAR_POSITIONAL
    ]
    good = {name: GOOD.get(name, matrix)() for name in needed}
    if path in (
        "bitwise_and",
        "bitwise_or",
        "bitwise_xor",
        "bitwise_left_shift",
        "bitwise_right_shift",
        "bitwise_invert",
    ):
        good = dict.fromkeys(good, polygrad.tensor([1, 2]))
    if path.startswith("logical"):
        good = dict.fromkeys(good, polygrad.tensor([True, False]))
    if path in ("squeeze", "take", "linalg.outer", "linalg.cross"):
        good["x"] = polygrad.ones(1)
    if path in ("linalg.outer", "linalg.cross"):
        good = dict.fromkeys(("x1", "x2"), polygrad.ones(3))
    if path in ("searchsorted", "cumulative_sum", "cumulative_prod"):
        good["x1" if path == "searchsorted" else "x"] = polygrad.ones(3)
    if path == "take":
        good["indices"] = polygrad.tensor([0])
    if path == "iinfo":
        good["type"] = xp.int8
    if path.endswith(("fftfreq",)):
        good["n"] = 3
    return good


def is_array(path: str, name: str) -> bool:
    """Whether the argument ``name`` takes nothing but arrays."""
    return str(inspect.signature(find(path)).parameters[name].annotation) == "Tensor"


def wrong_calls() -> list[Any]:
    """Name, what is wrong, the call by arguments, what the message has to name."""
    found = []
    for path in FUNCTIONS:
        parameters = inspect.signature(find(path)).parameters
        cases: list[tuple[str, dict[str, Any], str]] = [("an unknown keyword", {"zzz": 1}, "'zzz'")]
        for name, parameter in parameters.items():
            annotation = str(parameter.annotation)
            if annotation == "Tensor" and parameter.kind is not parameter.VAR_POSITIONAL:
                cases += [
                    (f"a list for {name}", {name: [1.0, 2.0]}, f"'{name}'"),
                    (f"None for {name}", {name: None}, f"'{name}'"),
                ]
            if "Sequence[Tensor]" in annotation:
                cases += [
                    (f"numbers for {name}", {name: [1.0, 2.0]}, name),
                    (f"a number for {name}", {name: 1.0}, f"'{name}'"),
                ]
            if name in ("axis", "axes") and path not in ("unstack", "linalg.tensordot", "tensordot"):
                wide = (7, 8) if annotation.startswith(("tuple", "Sequence")) else 7
                cases += [(f"{name} out of range", {name: wide}, ""), (f"a word for {name}", {name: "first"}, name)]
            if annotation.removeprefix("builtins.") == "bool":
                cases.append((f"a word for {name}", {name: "no"}, name)) if path in (
                    "sum",
                    "mean",
                    "max",
                    "std",
                    "any",
                ) else None
            if name == "dtype" and parameter.default is None:
                cases.append(("a word for dtype", {"dtype": "float"}, "dtype"))
            if name == "device":
                cases.append(("an unknown device", {"device": "moon"}, "moon"))
            if name in ("norm", "side", "mode", "indexing") and parameter.default is not parameter.empty:
                cases.append((f"an unknown {name}", {name: "upwards"}, "'upwards'"))
            if name in ("shape", "source", "shift", "repetitions", "num", "n_rows"):
                cases.append((f"a word for {name}", {name: "abc"}, ""))
        found += [pytest.param(path, change, named, id=f"{path}: {what}") for what, change, named in cases]
    return found


@pytest.mark.parametrize(("path", "change", "named"), wrong_calls())
def test_an_error_names_the_standards_function_and_its_argument(path, change, named):
    function, name = find(path), path.rpartition(".")[2]
    parameters = inspect.signature(function).parameters
    given = {**arguments(path), **change}
    by_position = [given.pop(one) for one in list(given) if one in parameters and parameters[one].kind is inspect.Parameter.POSITIONAL_ONLY]  # fmt: skip
    if path == "meshgrid":
        by_position = [polygrad.ones(2)]
    with pytest.raises((TypeError, ValueError, IndexError, RuntimeError)) as caught:
        function(*by_position, **given)
    message = str(caught.value)
    assert message.startswith((f"{name}()", f"{name}.")) and named in message.replace('"', "'")
    assert not FOREIGN.search(message.partition("()")[2])


@pytest.mark.parametrize("path", FUNCTIONS)
def test_good_arguments_are_good(path):
    function = find(path)
    parameters = inspect.signature(function).parameters
    given = arguments(path)
    if "squeeze" in path:
        given["axis"] = 0
    by_position = [given.pop(one) for one in list(given) if parameters[one].kind is inspect.Parameter.POSITIONAL_ONLY]
    if not any(one.kind is one.VAR_POSITIONAL for one in parameters.values()):
        function(*by_position, **given)


@pytest.mark.parametrize(
    "name",
    "atan2 bitwise_and ceil floor floor_divide greater hypot maximum remainder signbit sort argmax max clip".split(),
)
def test_an_error_of_a_data_type_names_the_standards_function(name):
    z = polygrad.tensor([1j, 2.0])
    given = [z] * sum(one.default is one.empty for one in inspect.signature(find(name)).parameters.values())
    settings = {"min": 0.0} if name == "clip" else {}
    with pytest.raises(TypeError, match=rf"^{name}\(\)"):
        find(name)(*given, **settings)


def test_shapes_that_do_not_broadcast():
    for name in ("add", "divide", "equal", "less", "pow", "logical_and"):
        with pytest.raises(RuntimeError, match=rf"^{name}\(\)"):
            find(name)(polygrad.ones(2), polygrad.ones(3))


def test_an_error_of_the_users_own_stays_as_it_is():
    class Odd:
        def __dlpack__(self, **settings: Any) -> Any:
            raise ValueError("sold out")

        def __dlpack_device__(self) -> tuple[int, int]:
            return 1, 0

    with pytest.raises(ValueError, match="^sold out$"):
        xp.from_dlpack(Odd())


# -- help --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FUNCTIONS)
def test_help_is_about_the_standards_function(path):
    function = find(path)
    doc = inspect.getdoc(function)
    is_class = isinstance(function, type)
    for title in ["Args:", *["Returns:"] * (not is_class), "Raises:", "Example::"]:
        assert f"\n{title}\n" in doc or (title == "Raises:" and path in ("asarray", "fft.fftfreq", "isin", "can_cast"))
    described, code = doc.partition("Example::")[::2]
    assert not re.search(
        r": *$", described.replace("Args:", "").replace("Returns:", "").replace("Raises:", ""), re.MULTILINE
    )
    lines = [line for line in code.splitlines() if ">>>" in line or "..." in line]
    assert any(re.search(rf"xp\.(linalg\.|fft\.)?{path.rpartition('.')[2]}\(", line) for line in lines)
    assert not any("polygrad." in line for line in lines)
    words = set(re.findall(r"``(\w+)``", described))
    assert not words & {
        "input",
        "other",
        "dim",
        "dims",
        "keepdim",
        "UPLO",
        "atol",
        "hermitian",
        "driver",
        "dim1",
        "out",
    }
    assert "PyTorch" not in described or path == "reshape"


# -- data types ------------------------------------------------------------------------------------------------------------

#: The kinds of data types that the standard's element-wise functions take: boolean, integer, floating-point, complex.
TAKEN = {
    "ifc": "abs add conj isfinite isinf isnan multiply negative positive pow real round sign square subtract",
    "fc": "acos acosh asin asinh atan atanh cos cosh divide exp expm1 log log1p log2 log10 reciprocal sin sinh sqrt tan tanh",
    "f": "atan2 copysign hypot logaddexp nextafter signbit",
    "if": "ceil clip floor floor_divide greater greater_equal less less_equal maximum minimum remainder trunc",
    "bi": "bitwise_and bitwise_or bitwise_xor bitwise_invert",
    "i": "bitwise_left_shift bitwise_right_shift",
    "c": "imag",
    "b": "logical_and logical_or logical_xor logical_not",
    "bifc": "equal not_equal",
}
#: What is taken besides: booleans and integers are numbers, numbers have truth values, and real numbers an imaginary part.
ALSO_TAKEN = {
    "b": "abs add isfinite isinf isnan multiply sign square ceil clip floor greater greater_equal less less_equal maximum minimum "
    "trunc imag signbit atan2 copysign hypot logaddexp",
    "i": "atan2 copysign hypot logaddexp signbit imag logical_and logical_or logical_xor logical_not",
    "f": "imag logical_and logical_or logical_xor logical_not",
    "c": "logical_and logical_or logical_xor logical_not",
}
OF_KIND = {
    "b": polygrad.tensor([True, False]), "i": polygrad.tensor([1, 2]), "f": polygrad.tensor([0.5, 1.0]),
    "c": polygrad.tensor([0.5 + 1j, 1.0]),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", OF_KIND)
def test_only_data_types_with_a_meaning_are_taken(kind):
    x, wrong = OF_KIND[kind], []
    for kinds, names in TAKEN.items():
        for name in names.split():
            function = getattr(xp, name)
            count = 3 if name == "clip" else len(inspect.signature(function).parameters)
            try:
                function(*[x] * count)
            except (TypeError, RuntimeError):
                taken = False
            else:
                taken = True
            also = kind in "bi" and kinds == "fc"
            if taken is not (kind in kinds or also or name in ALSO_TAKEN[kind].split()):
                wrong.append(f"{name} {'takes' if taken else 'refuses'} {x.dtype}")
    assert not wrong
