"""Planted faults: each must be caught by the tests that run without PyTorch.

``python tests/tools/plants.py [NAME ...]`` plants one fault after the other into a copy of the package and runs the tests that
should catch it; a fault that survives them is reported, and the exit status is 1.  `test_plants` compares the table with
the source, so that a change of the code updates the plant.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "polygrad"


class Plant(NamedTuple):
    """A fault: the code that it changes, and the tests that are to catch it, as arguments of pytest."""

    file: str
    before: str
    after: str
    tests: str


RULES = "tests/ops/test_gradients.py tests/backends/test_kernels.py tests/nn/test_functional.py"
KERNELS = "tests/backends/test_kernels.py"
STEPS = "tests/optim/test_optimizer_formulas.py tests/optim/test_optimizers.py"
SCHEDULES = "tests/optim/test_optimizers.py tests/optim/test_schedule_formulas.py"
COMPILED = "tests/compiler/test_replay.py tests/compiler/test_compile.py tests/compiler/test_programs.py tests/compiler/test_fuzz.py"
ENGINE = "tests/autograd/test_backward.py tests/core/test_aliasing.py tests/ops/test_gradients.py"

PLANTS = {
    # -- gradient rules
    "subtract, sign": Plant("_ops/arithmetic.py", '"subtract", x=lambda xp, g: g, y=lambda xp, g: -g', '"subtract", x=lambda xp, g: g, y=lambda xp, g: g', f"{RULES} -k subtract"),
    "log10, base": Plant("_ops/elementwise.py", "xp.safe_divide(g * (1 / math.log(10)), x)", "xp.safe_divide(g * (1 / math.log(2)), x)", f"{RULES} -k log10"),
    "asin, without the root": Plant("_ops/elementwise.py", "x=lambda xp, g, x: xp.safe_divide(g, xp.sqrt(1 - x * x))", "x=lambda xp, g, x: xp.safe_divide(g, 1 - x * x)", f"{RULES} -k asin"),
    "erf, factor": Plant("_ops/elementwise.py", "g * (xp.exp(-x * x) * (2 / _SQRT_PI))", "g * (xp.exp(-x * x) * (1 / _SQRT_PI))", f"{RULES} -k erf"),
    "imag, not conjugated": Plant("_ops/arithmetic.py", "xp.complex(xp.zeros_like(g), -g)", "xp.complex(xp.zeros_like(g), g)", f"{RULES} -k imag"),
    "max, ties all get the whole": Plant("_ops/reductions.py", "share = xp.reshape(g, kept_shape(x.shape, axis)) / xp.sum(attained, axis=axis, keepdims=True)", "share = xp.reshape(g, kept_shape(x.shape, axis))", "tests/ops/test_gradients.py tests/ops/test_singular_points.py -k max"),
    "cumulative_sum, not reversed": Plant("_ops/reductions.py", "x=lambda xp, g, axis: xp.flip(xp.cumulative_sum(xp.flip(g, axis=axis), axis=axis), axis=axis)", "x=lambda xp, g, axis: xp.cumulative_sum(g, axis=axis)", f"{RULES} -k cumulative_sum"),
    "permute_dims, not inverted": Plant("_ops/manipulation.py", "xp.permute_dims(g, inverse(axes))", "xp.permute_dims(g, axes)", f"{RULES} -k permute_dims"),
    "tril, wrong diagonal": Plant("_ops/manipulation.py", "tril.defvjp(x=lambda xp, g, k: xp.tril(g, k=k))", "tril.defvjp(x=lambda xp, g, k: xp.tril(g))", f"{RULES} -k tril"),
    "put_rows, repeated rows all get a gradient": Plant("_ops/indexing.py", "xp.last_rows(xp.take_rows(g, indices), indices, x_shape[0])", "xp.take_rows(g, indices)", f"{RULES} -k put_rows"),
    "softmax, without the mean": Plant("_ops/normalization.py", "    return weighted - ans * xp.sum(weighted, axis=axis, keepdims=True)", "    return weighted", f"{RULES} -k softmax"),
    "standardize, without the second moment": Plant("_ops/normalization.py", "(g - xp.mean(g, axis=axes, keepdims=True) - centred * along)", "(g - xp.mean(g, axis=axes, keepdims=True))", f"{RULES} -k standardize"),
    "binary_cross_entropy_with_logits, target's sign": Plant("_ops/losses.py", "    y=lambda xp, g, x: -g * x,", "    y=lambda xp, g, x: g * x,", f"{RULES} -k with_logits"),
    # -- NumPy's kernels
    "tanh.vjp, a square is missing": Plant("backends/numpy/kernels/table.py", "    result = _multiply(g, ans)\n    if type(result) is not np.ndarray", "    result = _multiply(g, 1)\n    if type(result) is not np.ndarray", KERNELS + " tests/nn/test_functional.py"),
    "in_blocks, the last block is dropped": Plant("backends/numpy/kernels/blocking.py", "        for start in range(0, size, BLOCK):\n            part", "        for start in range(0, size - size % BLOCK, BLOCK):\n            part", KERNELS),
    "in_blocks, the second block is the first": Plant("backends/numpy/kernels/blocking.py", "function(*[a[part] for a in flat], out[part], *scratch, *given)", "function(*[a[: part.stop - start] for a in flat], out[part], *scratch, *given)", KERNELS),
    "row_blocks, the last rows are dropped": Plant("backends/numpy/kernels/reductions.py", "for start in range(0, count, step)]", "for start in range(0, max(count - step + 1, 1), step)]", KERNELS),
    "layer norm, epsilon outside of the root": Plant("backends/numpy/kernels/normalization.py", "    return 1 / np.sqrt(variance + eps)", "    return 1 / (np.sqrt(variance) + eps)", KERNELS + " tests/nn/test_functional.py"),
    "optimizer blocks, the last is dropped": Plant("backends/numpy/kernels/optimizers.py", "    for start in range(0, size, BLOCK):", "    for start in range(0, size - BLOCK, BLOCK):", STEPS),
    # -- optimizers
    "Adam's kernel, epsilon before the correction": Plant("backends/numpy/kernels/optimizers.py", "beta2, 1 - beta2, eps * root, rate", "beta2, 1 - beta2, eps, rate", STEPS),
    "AdamW's kernel, decay of the gradient": Plant("backends/numpy/kernels/optimizers.py", "        _multiply(p, 1 - lr * weight_decay, p)", "        _multiply(p, 1 - weight_decay, p)", STEPS),
    "Adam's rule, epsilon inside the root": Plant("optim/rules.py", "    size = xp.sqrt(largest) / xp.sqrt(correction2) + eps", "    size = xp.sqrt(largest / correction2 + eps)", "tests/optim/test_optimizer_formulas.py tests/func/test_func.py tests/func/test_programs.py"),
    "SGD, dampened twice": Plant("optim/rules.py", "momentum_buffer = momentum_buffer * momentum + fresh", "momentum_buffer = momentum_buffer * momentum + fresh * momentum", STEPS),
    "Nesterov's kernel, without looking ahead": Plant("backends/numpy/kernels/optimizers.py", "    return _add(g, _multiply(buffer, momentum, other), scratch) if nesterov else buffer", "    return buffer", STEPS),
    "RMSprop, epsilon inside the root": Plant("optim/rules.py", "change = gradient / (xp.sqrt(variance) + eps)", "change = gradient / xp.sqrt(variance + eps)", STEPS),
    "Adagrad, decay from the first step": Plant("optim/rules.py", "lr / (1 + _cast_to_type_of(xp, step, parameter) * lr_decay)", "lr / (1 + (_cast_to_type_of(xp, step, parameter) + 1) * lr_decay)", STEPS),
    # -- schedules
    "StepLR, one epoch late": Plant("optim/lr_scheduler.py", "self.last_epoch % self.step_size == 0", "self.last_epoch % self.step_size == 1", SCHEDULES),
    "LinearLR, goes on after the end": Plant("optim/lr_scheduler.py", "share = min(epoch, self.total_iters) / self.total_iters", "share = epoch / self.total_iters", SCHEDULES),
    "PolynomialLR, one epoch off": Plant("optim/lr_scheduler.py", "((total - epoch) / (total - epoch + 1)) ** self.power", "((total - epoch + 1) / (total - epoch + 2)) ** self.power", SCHEDULES),
    "CosineAnnealingWarmRestarts, cycles do not grow": Plant("optim/lr_scheduler.py", "                self.T_cur %= self.T_i\n                self.T_i *= self.T_mult\n", "                self.T_cur %= self.T_i\n", SCHEDULES),
    # -- normalization
    "batch norm, biased running variance": Plant("_functions/nn/normalization.py", "    _update_running(running_var, variance, momentum, count / (count - 1))", "    _update_running(running_var, variance, momentum)", "tests/nn/test_batch_norm_formulas.py"),
    "batch norm, momentum the wrong way round": Plant("_functions/nn/normalization.py", "* (1 - momentum) + found * (momentum * factor)", "* momentum + found * ((1 - momentum) * factor)", "tests/nn/test_batch_norm_formulas.py"),
    "evaluation, epsilon outside of the root": Plant("_functions/nn/normalization.py", "        factor = 1 / xp.sqrt(variance + eps)\n", "        factor = 1 / (xp.sqrt(variance) + eps)\n", "tests/nn/test_batch_norm_formulas.py"),
    # -- the engine
    "unbroadcast, axes of length one are forgotten": Plant("_core/engine.py", "    axes = (*range(extra), *(i + extra for i, n in enumerate(shape) if n == 1 and g.shape[i + extra] != 1))", "    axes = tuple(range(extra))", ENGINE),
    "accumulation replaces the gradient": Plant("_core/engine.py", "leaf.grad._rebind(leaf.grad._read() + g._read(), None)", "leaf.grad._rebind(g._read(), None)", ENGINE),
    "views do not follow a step": Plant("_core/aliasing.py", "            with _grad_mode(False):\n                self._replace(self._data, self._edge)", "            pass", "tests/compiler/test_aliasing.py"),
    # -- the compiler
    "replay, different constants are merged": Plant("compiler/replay/program.py", "        return kind, repr(value)  # zeros of both signs are equal", "        return kind", COMPILED),
    "replay, views keep the name of what was merged": Plant("compiler/replay/program.py", "views=tuple((slot, same.get(other, other)) for slot, other in operation.views)", "views=operation.views", COMPILED),
    "replay, results may be overwritten": Plant("compiler/replay/liveness.py", "        for slot in graph.results:\n            self.last[self.memories.of(slot)] = count\n", "", COMPILED),
    "programs do not look at shapes": Plant("compiler/cache_key.py", "parts += array.__class__, array.shape, array.dtype, x._edge.__class__", "parts += array.__class__, array.dtype, x._edge.__class__", "tests/compiler/test_retracing.py -k one_shape"),
    "programs do not look at the training mode": Plant("nn/module.py", "            active.guard(self, \"training\", value)\n", "            pass\n", "tests/compiler/test_retracing.py -k training_mode"),
}  # fmt: skip


def survivors(names: list[str]) -> list[str]:
    """Plant each of ``names``; returns those that no test catches."""
    found = []
    for name in names:
        plant = PLANTS[name]
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "polygrad"
            shutil.copytree(PACKAGE, source, ignore=shutil.ignore_patterns("__pycache__"))
            path = source / plant.file
            path.write_text(path.read_text().replace(plant.before, plant.after))
            started = time.monotonic()
            caught = run(plant.tests, folder)
        print(f"{'caught  ' if caught else 'SURVIVED'} {time.monotonic() - started:5.0f} s  {name}", flush=True)
        if not caught:
            found.append(name)
    return found


def run(tests: str, source: str) -> bool:
    """Whether one of ``tests`` fails with the package in ``source``."""
    paths = [source, os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--backend", "numpy"]
    done = subprocess.run(
        [*command, "-m", "not parity", *shlex.split(tests)], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    failed = re.search(r"^\d+ failed", done.stdout, re.MULTILINE) is not None
    if done.returncode and not failed:
        raise RuntimeError(f"pytest ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return failed


def main(names: list[str]) -> int:
    """Plant all faults, or the named ones."""
    names = names or list(PLANTS)
    for tests in {PLANTS[name].tests for name in names}:
        if run(tests, str(PACKAGE.parent)):
            print(f"these tests fail without any plant: {tests}")
            return 1
    found = survivors(names)
    print(f"{len(names) - len(found)} of {len(names)} planted faults were caught")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
