"""Tests of the conformance suite that fail, by a part of their names, with the reason."""

from __future__ import annotations

#: With arrays that require grad.
LEAVES: dict[str, str] = {
    "::test_iop[": "a leaf that requires grad is not written to in place, as in PyTorch",
    "::test_nextafter": "the next floating-point number has no derivative",
    "::test_binary_with_scalars_real": "the next floating-point number has no derivative",
    "[nextafter(": "the next floating-point number has no derivative",
    "::test_dunder_dlpack": "memory of the graph is not given away; detach() first, as in PyTorch",
}

#: With functions that run inside `vmap`.
BATCHED: dict[str, str] = {}

_XLA = "XLA's complex functions of infinities, NaN and signed zeros are not the standard's"

#: Special cases of complex functions.
OF_XLA = r"""
acos((real(x_i) is +0 or real(x_i) == -0) and imag(x_i) is NaN) -> \u03c0/2 + NaN j
acosh(real(x_i) is +0 and imag(x_i) is NaN) -> NaN \xb1 \u03c0j/2
asinh(real(x_i) is NaN and imag(x_i) is +0) -> NaN + 0j
asinh(real(x_i) is NaN and isfinite(imag(x_i)) and imag(x_i) != 0) -> NaN + NaN j
atanh(real(x_i) is +0 and imag(x_i) is NaN) -> +0 + NaN j
atanh(isfinite(real(x_i)) and real(x_i) != 0 and imag(x_i) is NaN) -> NaN + NaN j
atanh(real(x_i) is +infinity and imag(x_i) is NaN) -> +0 + NaN j
atanh(real(x_i) is NaN and isfinite(imag(x_i))) -> NaN + NaN j
atanh(real(x_i) is NaN and imag(x_i) is NaN) -> NaN + NaN j
cosh(real(x_i) is +0 and imag(x_i) is +infinity) -> NaN + 0j
cosh(real(x_i) is +0 and imag(x_i) is NaN) -> NaN + 0j
cosh(real(x_i) is +infinity and imag(x_i) is +infinity) -> +infinity + NaN j
cosh(real(x_i) is +infinity and imag(x_i) is NaN) -> +infinity + NaN j
exp(real(x_i) is -infinity and imag(x_i) is +infinity) -> 0 + 0j
exp(real(x_i) is +infinity and imag(x_i) is +infinity) -> infinity + NaN j
exp(real(x_i) is -infinity and imag(x_i) is NaN) -> 0 + 0j
exp(real(x_i) is +infinity and imag(x_i) is NaN) -> infinity + NaN j
log((real(x_i) is +infinity or real(x_i) == -infinity) and imag(x_i) is NaN) -> +infinity + NaN j
log(real(x_i) is NaN and imag(x_i) is +infinity) -> +infinity + NaN j
sinh(real(x_i) is +0 and imag(x_i) is +infinity) -> 0 + NaN j
sinh(real(x_i) is +0 and imag(x_i) is NaN) -> 0 + NaN j
sinh(real(x_i) is +infinity and imag(x_i) is +infinity) -> infinity + NaN j
sinh(real(x_i) is +infinity and imag(x_i) is NaN) -> infinity + NaN j
sqrt(real(x_i) is -infinity and imag(x_i) is NaN) -> NaN + infinity j
sqrt(real(x_i) is +infinity and imag(x_i) is NaN) -> +infinity + NaN j
tanh(real(x_i) is +0 and imag(x_i) is +infinity) -> +0 + NaN j
tanh(real(x_i) is +0 and imag(x_i) is NaN) -> +0 + NaN j
"""

#: By mode: arrays that require grad, and functions inside `vmap`.
MODES: dict[str, dict[str, str]] = {"leaves": LEAVES, "batched": BATCHED}

#: By backend.
REASONS: dict[str, dict[str, str]] = {
    "numpy": {
        "test_unary[tanh(real(x_i) is +infinity and isfinite(imag(x_i)) and imag(x_i) > 0)": "NumPy gives the zero the sign of "
        "sin(2 y), as C does",
    },
    "jax": {
        **{f"::test_unary[{case}]": _XLA for case in OF_XLA.strip().splitlines()},
        "::test_unary[tanh(real(x_i) is +infinity and isfinite(imag(x_i)) and imag(x_i) > 0)": _XLA,
        "::test_dunder_dlpack": "JAX has no unversioned DLPack, and its memory is not given away to be written to",
    },
}

#: Parts of names of which only some random cases fail.
AT_RANDOM = frozenset(("::test_iop[", *REASONS["numpy"], *REASONS["jax"]))
