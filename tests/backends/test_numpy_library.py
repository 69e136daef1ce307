"""NumPy's own functions where array-api-compat has nothing to add: the table against the installed versions."""

from __future__ import annotations

import inspect

import array_api_compat.numpy
import numpy as np
import pytest

from polygrad.backends.namespace import STANDARD
from polygrad.backends.numpy.library import HANDED_ON, WITH_DEVICE, library


@pytest.mark.parametrize("name", sorted(HANDED_ON))
def test_what_is_handed_on_is_numpys_own(name):
    assert name in STANDARD or name == "float16"
    ours, theirs = getattr(library, name), getattr(array_api_compat.numpy, name)
    if name == "reshape" and ours is not theirs:  # before 1.16 it added `copy`, which NumPy has had since 2.1
        assert "copy" in inspect.signature(ours).parameters
        return
    assert ours is theirs or ours != ours != theirs  # nan


#: Calls with the arguments that the standard has, all of which NumPy must take.
CALLS = {
    "arange": ((2,), {"stop": 8, "step": 2}), "empty": (((2, 3),), {}), "empty_like": ((np.ones((2, 3)),), {}),
    "eye": ((2, 3), {"k": 1}), "full": (((2, 3), 4), {}), "full_like": ((np.ones((2, 3)), 4), {}),
    "linspace": ((0, 1, 5), {"endpoint": False}), "ones": (((2, 3),), {}), "ones_like": ((np.zeros((2, 3)),), {}),
    "zeros": (((2, 3),), {}), "zeros_like": ((np.ones((2, 3)),), {}),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(WITH_DEVICE))
def test_numpys_functions_that_make_arrays_are_the_standards(name):
    arguments, settings = CALLS[name]
    for further in ({}, {"dtype": np.float32}, {"dtype": np.int16, "device": "cpu"}, {"device": None}):
        ours = getattr(library, name)(*arguments, **settings, **further)
        theirs = getattr(array_api_compat.numpy, name)(*arguments, **settings, **further)
        assert ours.dtype == theirs.dtype and ours.shape == theirs.shape
        if not name.startswith("empty"):
            np.testing.assert_array_equal(ours, theirs)
    with pytest.raises(ValueError, match="(?i)device"):
        getattr(library, name)(*arguments, **settings, device="gpu")


def test_the_rest_is_array_api_compats():
    for name in STANDARD - HANDED_ON - WITH_DEVICE:
        assert getattr(library, name, None) is getattr(array_api_compat.numpy, name, None)
    assert library.__array_api_version__ == array_api_compat.numpy.__array_api_version__
