"""A toy array library with the Array API standard's interface.

Its arrays are no NumPy arrays and do not mix with them: results of NumPy are wrapped in a new `ToyArray`.
"""

import functools
import operator
import types

import array_api_compat.numpy as _numpy
import numpy

linalg, fft = types.SimpleNamespace(), types.SimpleNamespace()


class ToyArray:
    """An n-dimensional array."""

    def __init__(self, values):
        self._values = _numpy.asarray(values)

    shape = property(lambda self: self._values.shape)
    ndim = property(lambda self: self._values.ndim)
    size = property(lambda self: self._values.size)
    dtype = property(lambda self: self._values.dtype)
    mT = property(lambda self: ToyArray(self._values.mT))
    device = property(lambda self: "cpu")

    def to_device(self, device, /, *, stream=None):
        return self

    def __array_namespace__(self, *, api_version=None):
        import toy_array

        return toy_array

    def __dlpack__(self, **options):
        return self._values.__dlpack__(**options)

    def __dlpack_device__(self):
        return self._values.__dlpack_device__()

    def __getitem__(self, key):
        return ToyArray(self._values[_open(key)])

    def __setitem__(self, key, value):
        self._values[_open(key)] = _open(value)

    def __repr__(self):
        return f"ToyArray({self._values!r})"


def _open(value):
    """``value`` with NumPy arrays for the toy arrays in it."""
    if isinstance(value, ToyArray):
        return value._values
    return type(value)(map(_open, value)) if type(value) in (list, tuple) else value


def _close(value):
    """``value`` with toy arrays for the NumPy arrays in it."""
    if isinstance(value, tuple):
        return tuple(map(_close, value))
    return ToyArray(value) if isinstance(value, numpy.ndarray | numpy.generic) else value


def _wrapped(function):
    @functools.wraps(function)
    def call(*args, **kwargs):
        return _close(function(*map(_open, args), **{name: _open(value) for name, value in kwargs.items()}))

    return call


_OPERATORS = "add sub mul truediv floordiv mod pow matmul and or xor lshift rshift eq ne lt le gt ge neg pos abs invert"
for _name in _OPERATORS.split():
    _dunder = f"__{_name}__"
    setattr(ToyArray, _dunder, _wrapped(getattr(operator, _dunder)))
    if _name not in ("eq", "ne", "lt", "le", "gt", "ge", "neg", "pos", "abs", "invert"):
        _swapped = functools.partial(lambda function, x, y: function(y, x), getattr(operator, _dunder))
        setattr(ToyArray, f"__r{_name}__", functools.partialmethod(_wrapped(_swapped)))
for _name in ("bool", "int", "float", "complex", "index"):
    setattr(ToyArray, f"__{_name}__", lambda self, _name=_name: getattr(self._values, f"__{_name}__")())
ToyArray.__hash__ = None

for _source, _target in ((_numpy, globals()), (_numpy.linalg, vars(linalg)), (_numpy.fft, vars(fft))):
    for _name in dir(_source):
        _value = getattr(_source, _name)
        if _name.startswith("_") or isinstance(_value, types.ModuleType) or _name in _target:
            continue
        _target[_name] = _wrapped(_value) if callable(_value) and not isinstance(_value, type) else _value
__array_namespace_info__ = _numpy.__array_namespace_info__
