"""NumPy's functions called on tensors: ``numpy.sin(tensor)``, ``numpy.sum(tensor, axis=0)``, ``ndarray * tensor``.

They stay on the graph, as users of HIPS autograd and MyGrad expect.  Arguments are NumPy's; data types follow polygrad's
promotion, as operators do, so that the sine of integers is of the default floating type.
"""

from .protocols import array_function, array_ufunc

__all__ = ["array_function", "array_ufunc"]
