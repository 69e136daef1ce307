"""The workloads, by name."""

from ..harness import Workload
from . import chain, cnn, elementwise, gpt, lstm, mlp, process, samples, transforms

WORKLOADS: dict[str, Workload] = {
    w.name: w
    for w in (
        chain.WORKLOAD, mlp.LARGE_WORKLOAD, mlp.SMALL_WORKLOAD, cnn.WORKLOAD, gpt.WORKLOAD, elementwise.OPTIONS_WORKLOAD,
        elementwise.SUM_WORKLOAD, lstm.LAYER_WORKLOAD, lstm.CELL_WORKLOAD, transforms.HESSIAN_WORKLOAD,
        transforms.PRODUCT_WORKLOAD, samples.WORKLOAD, process.WORKLOAD,
    )
}  # fmt: skip
