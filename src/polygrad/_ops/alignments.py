"""Sums over all alignments of a sequence with a shorter one, by dynamic programming in logarithms.

Graves et al., "Connectionist temporal classification", 2006: the forward variables; and backward through the steps their
gradient, which makes the posterior probabilities of the states.
"""

from __future__ import annotations

from .._core.primitive import primitive

#: The logarithm of a probability that is impossible: finite, so that its differences and gradients are numbers.
IMPOSSIBLE = -1e30


def _arrivals(xp, scores, skips):
    """The scores from which each state is reached: its own, that of the state before, and of the one before that."""
    none = xp.zeros_like(scores[..., :1]) + IMPOSSIBLE
    one = xp.concat([none, scores[..., :-1]], axis=-1)
    two = xp.concat([none, one[..., :-1]], axis=-1)
    parts = scores, one, two + skips
    largest = xp.maximum(xp.maximum(parts[0], parts[1]), parts[2])
    return largest, [xp.exp(part - largest) for part in parts]


def _start(xp, skips):
    """The scores before the first step: the first state is certain."""
    zeros = xp.zeros_like(skips)
    return xp.concat([zeros[..., :1], zeros[..., 1:] + IMPOSSIBLE], axis=-1)


@primitive(same_dtype=True, accumulates=True, real_only=True)
def alignment_scores(xp, scores, skips, /):
    """The logarithm of the sum over all ways to each state at each step.

    ``scores`` ``(steps, batch, states)`` are logarithms of probabilities.  From one step to the next a state stays, moves on by
    one, or by two at the cost of ``skips`` ``(batch, states)``.
    """

    def step(state, inputs):
        largest, (stay, one, two) = _arrivals(xp, state[0], skips)
        result = largest + xp.log(stay + one + two) + inputs[0]
        return (result,), (result,)

    return xp.scan_steps(step, (_start(xp, skips),), (scores,))[1][0]


def _alignment_scores(xp, g, ans, skips, needs):
    before = xp.concat([xp.expand_dims(_start(xp, skips), axis=0), ans[:-1, ...]], axis=0)

    def step(state, inputs):
        _, (stay, one, two) = _arrivals(xp, inputs[0], skips)
        of_scores = state[0] + inputs[1]
        each = of_scores / (stay + one + two)
        of_skip = each * two
        none = xp.zeros_like(each[..., :1])
        moved = xp.concat([of_skip[..., 1:], none], axis=-1) + each * one
        return (each * stay + xp.concat([moved[..., 1:], none], axis=-1),), (of_scores, of_skip)

    _, (of_scores, of_skips) = xp.scan_steps(step, (xp.zeros_like(skips),), (before, g), True)
    return of_scores, xp.sum(of_skips, axis=0) if needs[1] else None


alignment_scores.defvjp(_alignment_scores)
