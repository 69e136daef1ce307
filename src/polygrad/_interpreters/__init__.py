"""Array types that compute something else: batches of examples (vmap) and dual numbers (forward mode).

They are registered like any backend's.  Neither the Tensor nor the graph knows of them.
"""

from .._core.primitive import OPERATIONS
from . import batching_layers, batching_rules  # noqa: F401
from .batched import Batch, Enter, Leave, SlowBatchingWarning
from .crossing import Crossing, Lower, cross, lifted, on_one_level
from .dual import Direction, Pair, Value
from .frames import stack

OPERATIONS.on_one_level = on_one_level

__all__ = [
    "Batch", "Crossing", "Direction", "Enter", "Leave", "Lower", "Pair", "SlowBatchingWarning", "Value", "cross", "lifted",
    "stack",
]  # fmt: skip
