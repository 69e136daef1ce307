"""Function transforms, under the names of ``torch.func``: gradients, Jacobians and batches, which compose in any order.

A transform takes a function of tensors, or of nested lists, tuples and dicts of tensors, and returns a function.  No
``.grad`` is changed.
"""

from .._interpreters.batching.fallback import SlowBatchingWarning
from .batching import vmap
from .forward import jvp, linearize
from .implicit import implicit_diff
from .jacobians import hessian, hvp, jacfwd, jacrev
from .linear import linear_transpose
from .modules import functional_call, functionalize, replace_all_batch_norm_modules_, stack_module_state
from .reverse import grad, grad_and_value, vjp
from .taylor import derivatives, jet
from .trees import TransformError

__all__ = [
    "SlowBatchingWarning", "TransformError", "derivatives", "functional_call", "functionalize", "grad", "grad_and_value", "hessian",
    "hvp", "implicit_diff", "jacfwd", "jacrev", "jet", "jvp", "linear_transpose", "linearize", "replace_all_batch_norm_modules_",
    "stack_module_state", "vjp", "vmap",
]  # fmt: skip
