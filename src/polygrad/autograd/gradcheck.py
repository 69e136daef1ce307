"""Check gradients against finite differences: `gradcheck` the first derivatives, `gradgradcheck` the second."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .._core.tensor import Tensor, cell
from .._functions.joining import stack
from .._state import grad_mode
from .differentiation import grad
from .gradcheck_jacobians import (
    GradcheckError,
    Part,
    analytical,
    as_tuple,
    central_differences,
    check_form,
    check_inputs,
    checked_inputs,
    compare,
    jacobians_by,
    like,
    numpy_values,
    outputs_of,
    random_like,
    random_weights,
    split_parts,
)

__all__ = ["GradcheckError", "gradcheck", "gradgradcheck"]


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """Check the derivatives of a function against central differences: ``|a - n| <= atol + rtol * |n|``.

    Cotangents and tangents are random and none is 1, so a rule that does not multiply by them is found.

    Args:
        func: takes the inputs and returns a tensor or several; outputs of integer type are ignored.
        inputs: a tensor or a tuple; those that require grad are checked, and should be float64 or complex128.
        eps: the step of the differences.
        atol: the absolute tolerance.
        rtol: the relative tolerance.
        raise_exception: whether to raise `GradcheckError` on disagreement; otherwise return False.
        nondet_tol: how much two backward passes through the same graph may differ.
        check_undefined_grad: whether to check that a missing cotangent counts as zeros, and in forward mode a missing
            tangent.
        check_grad_dtypes: whether to check that a gradient has its input's data type.
        check_batched_grad: whether to check that backward under vmap gives what it gives row by row.
        check_batched_forward_grad: whether to check the same for forward mode.
        check_forward_ad: whether to check forward mode.
        check_backward_ad: whether to check reverse mode.
        fast_mode: whether to compare products of the Jacobian with random vectors instead of all its elements.
        masked: accepted for compatibility with PyTorch, where it concerns sparse tensors; without effect.

    Returns:
        True; or False on disagreement without ``raise_exception``.

    Raises:
        GradcheckError: the derivatives disagree, or another check fails.
        ValueError: no input requires grad, or the checks contradict each other.

    Example::

        >>> x = polygrad.tensor([0.5, -1.0], dtype=polygrad.float64, requires_grad=True)
        >>> polygrad.autograd.gradcheck(polygrad.sin, (x,))
        True
    """
    if not (check_forward_ad or check_backward_ad):
        raise ValueError("gradcheck: at least one of check_forward_ad and check_backward_ad must be True")
    for asked, name, needed, other in (
        (check_batched_grad, "check_batched_grad", check_backward_ad, "check_backward_ad"),
        (check_batched_forward_grad, "check_batched_forward_grad", check_forward_ad, "check_forward_ad"),
    ):
        if asked and not needed:
            raise ValueError(f"gradcheck: {name}=True needs {other}=True")
    given = as_tuple(inputs)
    check_inputs(given)
    token = grad_mode.set(True)
    try:
        check = _Check(func, given, eps, atol, rtol)
        if fast_mode:
            check.check_products(check_backward_ad, check_forward_ad, nondet_tol, check_grad_dtypes)
        else:
            check.check_all_elements(check_backward_ad, check_forward_ad, nondet_tol, check_grad_dtypes)
        if check_forward_ad and check_undefined_grad:
            check.check_missing_tangents()
        if check_batched_forward_grad:
            check.check_batched_tangents()
        if check_backward_ad:
            check.check_multiplied()
            if check_undefined_grad:
                check.check_missing_cotangents()
            if check_batched_grad:
                check.check_batched_cotangents()
    except GradcheckError:
        if raise_exception:
            raise
        return False
    finally:
        grad_mode.reset(token)
    return True


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool | None = False,
) -> bool:
    """Check the derivatives of the gradients of a function against central differences.

    The gradient is checked as a function of the inputs and of ``grad_outputs``.

    Args:
        func: takes the inputs and returns a tensor or several; outputs of integer type are ignored.
        inputs: a tensor or a tuple; those that require grad are checked, and should be float64 or complex128.
        grad_outputs: cotangents, of the outputs' shapes; random by default.  Those that require grad are checked.
        eps: the step of the differences.
        atol: the absolute tolerance.
        rtol: the relative tolerance.
        gen_non_contig_grad_outputs: whether random cotangents are views of every second element of a larger tensor.
        raise_exception: whether to raise `GradcheckError` on disagreement; otherwise return False.
        nondet_tol: how much two backward passes through the same graph may differ.
        check_undefined_grad: whether to check that a missing cotangent counts as zeros, and in forward mode a missing
            tangent.
        check_grad_dtypes: whether to check that a gradient has its input's data type.
        check_batched_grad: whether to check that backward under vmap gives what it gives row by row.
        check_fwd_over_rev: whether to differentiate the gradient in forward mode.
        check_rev_over_rev: whether to differentiate the gradient in reverse mode.
        fast_mode: whether to compare products of the Jacobian with random vectors instead of all its elements.
        masked: accepted for compatibility with PyTorch, where it concerns sparse tensors; without effect.

    Returns:
        True; or False on disagreement without ``raise_exception``.

    Raises:
        GradcheckError: the derivatives disagree, or another check fails.
        ValueError: no input requires grad, or the checks contradict each other.

    Example::

        >>> x = polygrad.tensor([0.5, -1.0], dtype=polygrad.float64, requires_grad=True)
        >>> polygrad.autograd.gradgradcheck(polygrad.sin, (x,))
        True
    """
    given = as_tuple(inputs)
    check_inputs(given)
    outputs = outputs_of(func, given)
    if grad_outputs is None:
        random = np.random.default_rng(0)
        cotangents = tuple([random_like(out, random) for out in outputs])
        if gen_non_contig_grad_outputs:
            cotangents = tuple([_with_gaps(g) for g in cotangents])
    else:
        cotangents = as_tuple(grad_outputs)
    count, places = len(given), [number for number, _ in checked_inputs(given)]

    def gradients(*arguments: Any) -> tuple[Tensor, ...]:
        ins, gs = list(arguments[:count]), arguments[count:]
        for place in places:  # in forward mode they have no graph yet
            if not ins[place].requires_grad:
                ins[place] = cell(ins[place]._read()).requires_grad_()
        pairs = [(out, g) for out, g in zip(outputs_of(func, ins), gs, strict=True) if out.requires_grad]
        outs, seeds = [out for out, _ in pairs], [g for _, g in pairs]
        found = grad(outs, [ins[place] for place in places], seeds, create_graph=True, allow_unused=True)
        return tuple([g for g in found if g is not None])

    return gradcheck(
        gradients, (*given, *cotangents), eps=eps, atol=atol, rtol=rtol, raise_exception=raise_exception,
        nondet_tol=nondet_tol, check_undefined_grad=check_undefined_grad, check_grad_dtypes=check_grad_dtypes,
        check_batched_grad=check_batched_grad, check_forward_ad=check_fwd_over_rev, check_backward_ad=check_rev_over_rev,
        fast_mode=fast_mode, masked=masked,
    )  # fmt: skip


def _with_gaps(g: Tensor) -> Tensor:
    """The values of ``g`` as every second element of a larger tensor."""
    return stack([g.detach(), g.detach()], -1)[..., 0].detach().requires_grad_()


class _Check:
    """One function at one point."""

    def __init__(self, func: Callable[..., Any], inputs: Sequence[Any], eps: float, atol: float, rtol: float):
        self.func, self.inputs = func, inputs
        self.eps, self.atol, self.rtol = eps, atol, rtol
        self.outputs = outputs_of(func, inputs)
        self.checked = list(checked_inputs(inputs))
        self.wanted = [x for _, x in self.checked]

    def _slopes(self, number: int) -> Callable[[Any], list]:
        return lambda way: central_differences(self.func, self.inputs, number, way, self.outputs, self.eps)

    def _push_forward(self, directions: dict[int, Tensor]) -> list[Tensor]:
        from .transforms import run_jvp

        found = run_jvp(self.func, self.inputs, directions)
        for number, (t, out) in enumerate(zip(found, self.outputs, strict=True)):
            if t.shape != out.shape or t.dtype is not out.dtype:
                raise GradcheckError(
                    f"the tangent of output {number} is {t.dtype.name}{list(t.shape)}, but the output "
                    f"{out.dtype.name}{list(out.shape)}"
                )
        return found

    def _tangents(self, number: int) -> Callable[[Any], list]:
        """The tangents along a direction, which forward mode gets multiplied by a number that is not 1."""
        x, weight = self.inputs[number], random_weights(1)[0]
        return lambda way: [numpy_values(t) / weight for t in self._push_forward({number: like(x, weight * way)})]

    # -- derivatives ---------------------------------------------------------------------------------------------------

    def check_all_elements(self, backward: bool, forward: bool, nondet_tol: float, check_dtypes: bool) -> None:
        """Compare the whole Jacobians."""
        numerical = {n: jacobians_by(self._slopes(n), x, self.outputs) for n, x in self.checked}
        if forward:
            for n, x in self.checked:
                mine = jacobians_by(self._tangents(n), x, self.outputs)
                for part, jacobian, expected in zip(split_parts(self.outputs), mine, numerical[n], strict=True):
                    compare(jacobian, expected, part, n, self.atol, self.rtol, "While considering forward mode: ")
        if not backward:
            return
        for index, part in enumerate(split_parts(self.outputs)):
            jacobians, first = analytical(self.inputs, self.outputs[part.output], part)
            again, _ = analytical(self.inputs, self.outputs[part.output], part)
            for (n, x), jacobian, repeated, g in zip(self.checked, jacobians, again, first, strict=True):
                check_form(n, x, g, check_dtypes)
                compare(jacobian, numerical[n][index], part, n, self.atol, self.rtol)
                _check_repeated(jacobian, repeated, part, n, nondet_tol)

    def check_products(self, backward: bool, forward: bool, nondet_tol: float, check_dtypes: bool) -> None:
        """Compare the products of the Jacobians with random vectors."""
        random = np.random.default_rng(3)
        ways = {n: _normalize(random_like(x, random)) for n, x in self.checked}
        along = {n: self._slopes(n)(way) for n, way in ways.items()}
        if forward:
            for n, _ in self.checked:
                for part, (t, expected) in self._by_part(self._tangents(n)(ways[n]), along[n]):
                    self._compare_products(
                        t, expected, np.abs(ways[n]).sum(), part, n, "While considering forward mode: "
                    )
        if not backward:
            return
        for part in split_parts(self.outputs):
            out = self.outputs[part.output]
            seed = random.uniform(0.5, 1.5, tuple(out.shape)) * random.choice([-1.0, 1.0], tuple(out.shape))
            if not out.requires_grad:
                found: Any = [None] * len(self.wanted)
                again = found
            else:
                cotangent = like(out, part.unit * seed)
                found, again = [
                    grad(out, self.wanted, cotangent, retain_graph=True, allow_unused=True) for _ in range(2)
                ]
            for (n, x), g, repeated in zip(self.checked, found, again, strict=True):
                check_form(n, x, g, check_dtypes)
                mine, other = [np.zeros(tuple(x.shape)) if one is None else numpy_values(one) for one in (g, repeated)]
                product = np.sum(np.real(np.conj(mine) * ways[n]))
                expected = np.sum(seed * part.of(along[n][part.output]))
                size = np.abs(ways[n]).sum() * np.abs(seed).sum()
                self._compare_products(product, expected, size, part, n, "")
                _check_repeated(mine, other, part, n, nondet_tol)

    def _by_part(self, found: Sequence[Any], expected: Sequence[Any]) -> list[tuple[Part, tuple[Any, Any]]]:
        return [
            (part, (part.of(found[part.output]), part.of(expected[part.output]))) for part in split_parts(self.outputs)
        ]

    def _compare_products(self, mine: Any, expected: Any, size: float, part: Part, number: int, mode: str) -> None:
        if not np.allclose(mine, expected, rtol=self.rtol, atol=self.atol * max(size, 1.0), equal_nan=True):
            raise GradcheckError(
                f"{mode}Jacobian mismatch for {part.description} with respect to input {number} in fast mode: the product with "
                f"random vectors is {expected} numerically, {mine} analytically.  fast_mode=False shows the elements"
            )

    # -- what else must hold -------------------------------------------------------------------------------------------

    def _live(self) -> list[Tensor]:
        return [out for out in self.outputs if out.requires_grad]

    def _gradients(self, outputs: Any, seeds: Any) -> Sequence[Tensor | None]:
        return grad(outputs, self.wanted, seeds, retain_graph=True, allow_unused=True)

    def check_multiplied(self) -> None:
        """Check that cotangents of zeros give gradients of zeros."""
        live = self._live()
        zeros = [like(out, np.zeros(tuple(out.shape))) for out in live]
        for (number, _), g in zip(self.checked, self._gradients(live, zeros) if live else (), strict=bool(live)):
            if g is not None and np.any(numpy_values(g) != 0):
                raise GradcheckError(
                    f"backward not multiplied by grad_output: the gradient of input {number} is not zero where those of all "
                    "outputs are"
                )

    def check_missing_cotangents(self) -> None:
        """Check that a missing cotangent counts as zeros."""
        live = self._live()
        if len(live) < 2:
            return
        random = np.random.default_rng(1)
        for chosen, out in enumerate(live):
            seed = random_like(out, random).detach()
            seeds = [seed if number == chosen else like(o, np.zeros(tuple(o.shape))) for number, o in enumerate(live)]
            try:
                alone = self._gradients(out, seed)
            except Exception as error:
                raise GradcheckError(
                    f"backward fails where only output {chosen} has a cotangent; it must take None for the others, or leave "
                    f"set_materialize_grads at True: {type(error).__name__}: {error}"
                ) from error
            for number, (a, b) in enumerate(zip(alone, self._gradients(live, seeds), strict=True)):
                if not self._close(0 if a is None else numpy_values(a), 0 if b is None else numpy_values(b)):
                    raise GradcheckError(
                        f"the gradient of output {chosen} with respect to input {number} changes when the other outputs "
                        "have cotangents of zeros instead of none: the backward function must take missing ones as zeros"
                    )

    def check_missing_tangents(self) -> None:
        """Check that a missing tangent counts as zeros."""
        random = np.random.default_rng(1)
        directions = {n: random_like(x, random).detach() for n, x in self.checked}
        for number, x in self.checked:
            others = {n: t for n, t in directions.items() if n != number}
            with_zeros = {**others, number: like(x, np.zeros(tuple(x.shape)))}
            for index, (a, b) in enumerate(
                zip(self._push_forward(others), self._push_forward(with_zeros), strict=True)
            ):
                if not self._close(numpy_values(a), numpy_values(b)):
                    raise GradcheckError(
                        f"the tangent of output {index} changes when input {number} has a tangent of zeros instead of none: the "
                        "forward-mode rule must take missing ones as zeros"
                    )

    def check_batched_cotangents(self) -> None:
        """Check that backward of a batch of cotangents gives what it gives for each."""
        for number, out in enumerate(self.outputs):
            if out.requires_grad:

                def pull_back(g: Tensor, out: Tensor = out) -> list[Tensor]:
                    found = self._gradients(out, g)
                    return [_zeros(x) if one is None else one for one, x in zip(found, self.wanted, strict=True)]

                self._check_batched(f"gradients of output {number}", "input", out, pull_back)

    def check_batched_tangents(self) -> None:
        """Check that forward mode in a batch of directions gives what it gives in each."""
        for number, x in self.checked:

            def run_jvp(t: Tensor, number: int = number) -> list[Tensor]:
                return self._push_forward({number: t})

            self._check_batched(f"tangents along input {number}", "output", x, run_jvp)

    def _check_batched(self, what: str, whose: str, x: Tensor, function: Callable[[Tensor], Sequence[Tensor]]) -> None:
        from .transforms import run_batched

        random = np.random.default_rng(4)
        rows = [random_like(x, random).detach() for _ in range(2)]
        expected = [
            np.stack([numpy_values(y) for y in pair]) for pair in zip(*[function(row) for row in rows], strict=True)
        ]
        try:
            found = run_batched(function, stack(rows))
        except GradcheckError:
            raise
        except Exception as error:
            raise GradcheckError(f"batched {what}: under vmap they fail: {type(error).__name__}: {error}") from error
        for number, (a, b) in enumerate(zip(found, expected, strict=True)):
            if not self._close(numpy_values(a), b):
                raise GradcheckError(
                    f"batched {what}: under vmap that of {whose} {number} differs from that of each row by itself"
                )

    def _close(self, a: Any, b: Any) -> bool:
        return bool(np.allclose(a, b, rtol=self.rtol, atol=self.atol, equal_nan=True))


def _zeros(x: Tensor) -> Tensor:
    return like(x, np.zeros(tuple(x.shape)))


def _normalize(x: Tensor) -> Any:
    values = numpy_values(x)
    return values / max(float(np.sqrt(np.sum(np.abs(values) ** 2))), 1e-30)


def _check_repeated(mine: Any, repeated: Any, part: Part, number: int, nondet_tol: float) -> None:
    if mine.size and np.max(np.abs(mine - repeated)) > nondet_tol:
        raise GradcheckError(
            f"Backward is not reentrant: two backward passes for {part.description} with respect to input {number} differ by up to "
            f"{np.max(np.abs(mine - repeated)):.3g}, which is more than nondet_tol={nondet_tol}"
        )
