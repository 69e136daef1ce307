"""Special functions under SciPy's names.

The standard has no such extension yet; SciPy looks for it all the same, so that ``scipy.special.erf(tensor)`` and what SciPy
computes with it (p-values of tests among them) are on the graph.  See https://github.com/data-apis/array-api/issues/725.
"""

from __future__ import annotations

from .._functions import public
from .._functions.public import FUNCTIONS

#: SciPy's name → polygrad's, where they are not the same.
_RENAMED = {"expit": "sigmoid", "psi": "digamma", "gammaln": "lgamma"}
_SAME = (
    "digamma entr erf erfc erfcx erfinv exp2 i0 i0e i1 i1e log_ndtr logit ndtr ndtri sinc xlog1py xlogy zeta".split()
)

globals().update({name: public(name) for name in _SAME if name in FUNCTIONS})
globals().update({name: public(known) for name, known in _RENAMED.items() if known in FUNCTIONS})
