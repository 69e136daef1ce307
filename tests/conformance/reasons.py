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

#: By backend.
REASONS: dict[str, dict[str, str]] = {
    "numpy": {
        "test_unary[tanh(real(x_i) is +infinity and isfinite(imag(x_i)) and imag(x_i) > 0)": "NumPy gives the zero the sign of "
        "sin(2 y), as C does",
    },
}

#: Parts of names of which only some cases fail.
AT_RANDOM = frozenset((
    "test_unary[tanh(real(x_i) is +infinity and isfinite(imag(x_i)) and imag(x_i) > 0)", "::test_iop[",
))  # fmt: skip
