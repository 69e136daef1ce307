"""Function transforms, under the names of ``torch.func``: gradients, Jacobians and batches, which compose in any order.

A transform takes a function of tensors, or of nested lists, tuples and dicts of tensors, and returns a function.  No
``.grad`` is changed.
"""

from .._interpreters.batching.fallback import SlowBatchingWarning
from .batching import vmap
from .forward import jvp, linearize
from .jacobians import hessian, hvp, jacfwd, jacrev
from .modules import functional_call, stack_module_state
from .reverse import grad, grad_and_value, vjp
from .trees import TransformError

__all__ = [
    "SlowBatchingWarning", "TransformError", "functional_call", "grad", "grad_and_value", "hessian", "hvp", "jacfwd", "jacrev",
    "jvp", "linearize", "stack_module_state", "vjp", "vmap",
]  # fmt: skip
