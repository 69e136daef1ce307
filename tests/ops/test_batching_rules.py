"""Every primitive says how it runs on a batch of examples, where it is declared."""

from __future__ import annotations

import polygrad
from polygrad import _ops, func  # noqa: F401  (the primitives, and vmap)
from polygrad._core.primitive import PRIMITIVES

#: Primitives without a rule of their own, and why each needs none.
WITHOUT_RULE = {
    "zeros_like": "the result is the same for all examples, which the batch tracer knows",
    "ones_like": "the result is the same for all examples, which the batch tracer knows",
    "split": "its forward, slices, runs on batches",
    "unstack": "its forward, slices, runs on batches",
    "attention": "its forward, products and a softmax, runs on batches",
    "masked_attention": "its forward, products and a softmax, runs on batches",
    "alignment_scores": "its forward, a loop over the steps, runs on batches",
    "rnn_steps": "its forward, a loop over the steps, runs on batches",
    "gru_steps": "its forward, a loop over the steps, runs on batches",
    "lstm_steps": "its forward, a loop over the steps, runs on batches",
    "lstm_cell": "its forward, products and element-wise functions, runs on batches",
    "uniform_from_bits": "its forward, element-wise functions of parts of the words, runs on batches",
    "normal_from_bits": "its forward, element-wise functions of parts of the words, runs on batches",
    "integers_from_bits": "its forward, element-wise functions of parts of the words, runs on batches",
    "mask_from_bits": "its forward, element-wise functions of parts of the words, runs on batches",
}


def declared():
    """polygrad's own primitives; users' may be there as well."""
    return [one for one in PRIMITIVES.values() if one.__module__.startswith("polygrad.")]


def test_every_primitive_has_a_batching_rule_or_a_reason():
    without = {one.name for one in declared() if one.batching_rule is None and not one.is_elementwise}
    assert without == set(WITHOUT_RULE), "declare a rule with the primitive (defbatch), or say here why it needs none"


def test_only_joint_rules_have_a_rule_for_the_batch_of_their_gradients():
    assert all(one.joint is not None for one in declared() if one.batched_joint is not None)


def test_a_primitive_of_a_user_has_its_rule_in_its_declaration():
    calls = []

    @polygrad.primitive(name="test_batched_total")
    def total(xp, x, /):
        return xp.sum(x)

    def batched(batch, x):
        calls.append(x.shape)
        return batch.xp.sum(x, axis=tuple(range(1, x.ndim)))

    total.defvjp(x=lambda xp, g, x_shape: xp.broadcast_to(g, x_shape))
    total.defbatch(batched)
    x = polygrad.arange(6.0).reshape(3, 2)
    try:
        assert polygrad.vmap(total)(x).tolist() == [1.0, 5.0, 9.0]
        assert calls == [(3, 2)]
    finally:
        del PRIMITIVES["test_batched_total"]
