"""Small programs with tensors that share memory: the table of core/test_aliasing.py.

Every program is a function of ``torch``, which is PyTorch or polygrad, and returns what can be observed.  Nothing here
imports either library.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

PROGRAMS: dict[str, Callable[[Any], Any]] = {}


def program(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Put ``function`` into the table under its name."""
    PROGRAMS[function.__name__] = function
    return function


def raised(action: Callable[[], Any]) -> str:
    """The type of error that ``action`` raises, or the word "nothing"."""
    try:
        action()
    except Exception as error:
        for kind in (IndexError, TypeError, RuntimeError, ValueError):
            if isinstance(error, kind):
                return kind.__name__
        raise
    return "nothing"


def counting(torch: Any, *shape: int, requires_grad: bool = False) -> Any:
    """1, 2, 3, … in ``shape``."""
    count = 1
    for n in shape:
        count *= n
    return torch.tensor([float(i + 1) for i in range(count)]).reshape(*shape).clone().requires_grad_(requires_grad)


# -- a write through a view reaches its base ---------------------------------------------------------------------------


@program
def write_through_a_slice(torch):
    x = counting(torch, 4)
    x[1:3].mul_(10)
    return x


@program
def write_through_an_integer_index(torch):
    x = counting(torch, 2, 3)
    row = x[1]
    row += 100
    return x, row


@program
def write_through_a_step(torch):
    x = counting(torch, 6)
    x[::2] = 0
    return x


@program
def write_through_none_and_ellipsis(torch):
    x = counting(torch, 2, 2, 2)
    x[..., None, 0].neg_()
    return x


@program
def write_through_reshape(torch):
    x = counting(torch, 2, 3)
    x.reshape(-1)[4] = 0
    x.view(3, 2)[0].zero_()
    return x


@program
def write_through_the_transpose(torch):
    x = counting(torch, 2, 3)
    x.T[0] += 10
    x.t()[1] -= 10
    x.mT[2].mul_(2)
    x.transpose(0, 1)[2, 1] = 7
    return x


@program
def write_through_permute_and_movedim(torch):
    x = counting(torch, 2, 2, 3)
    x.permute(2, 0, 1)[0].fill_(-1)
    x.movedim(0, -1)[1].add_(5)
    return x


@program
def write_through_squeeze_and_unsqueeze(torch):
    x = counting(torch, 1, 3)
    x.squeeze(0)[0] = 10
    x.squeeze()[1] = 20
    x.unsqueeze(1)[0, 0, 2] = 30
    return x


@program
def write_through_flatten_and_unflatten(torch):
    x = counting(torch, 2, 2, 2)
    x.flatten()[0] = -1
    x.flatten(1)[1, 3] = -2
    x.unflatten(2, (1, 2))[0, 0, 0, 1] = -3
    return x


@program
def write_through_split_chunk_unbind_narrow(torch):
    x = counting(torch, 6)
    first, second = x.chunk(2)
    first[0] = 10
    second.zero_()
    x.split(2)[1].add_(1)
    x.unbind()[5].fill_(9)
    x.narrow(0, 1, 2).mul_(-1)
    return x, first, second


@program
def write_through_select_and_diagonal(torch):
    x = counting(torch, 3, 3)
    x.select(1, 0).mul_(10)
    x.diagonal().zero_()
    x.diagonal(1).add_(0.5)
    return x


@program
def write_through_diagonal_of_a_batch(torch):
    x = counting(torch, 2, 2, 3)
    x.diagonal(-1, 1, 2).fill_(7)
    x.diagonal(0, 0, 2)[1] = -1
    return x


@program
def write_through_a_chain_of_views(torch):
    x = counting(torch, 2, 3, 2)
    part = x.transpose(0, 1)[1:].reshape(2, 4)
    part[0] = 0
    view = x.view(6, 2).T[1, 2:5].view(3, 1).squeeze(1)
    view.mul_(100)
    return x, part, view


@program
def write_through_unbind_in_a_loop(torch):
    x = counting(torch, 3, 2)
    for number, row in enumerate(x):
        row *= number
    return x


@program
def write_with_a_mask_through_a_view(torch):
    x = counting(torch, 2, 4)
    view = x[:, 1:3]
    view[view > 2.5] = 0
    return x, view


@program
def write_with_an_index_through_a_view(torch):
    x = counting(torch, 3, 4)
    view = x.T[1:]
    view[torch.tensor([2, 0])] = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]) * 100
    return x, view


# -- a write to the base is seen by its live views ---------------------------------------------------------------------


@program
def views_see_a_write_to_the_base(torch):
    x = counting(torch, 2, 3)
    row, column, flat, turned = x[0], x[:, 1], x.view(-1), x.T
    x.add_(10)
    return row, column, flat, turned


@program
def views_see_a_write_through_another_view(torch):
    x = counting(torch, 6)
    low, high, all_ = x[:4], x[2:], x.view(2, 3)
    low.mul_(10)
    return x, high, all_


@program
def views_of_views_see_each_other(torch):
    x = counting(torch, 2, 3, 2)
    a = x[0]
    b = a.T
    c = b[1]
    d = x[:, 1].reshape(-1)
    c.zero_()
    x[0, 1, 1] = 50
    return x, a, b, c, d


@program
def a_view_outlives_the_name_of_its_base(torch):
    x = counting(torch, 4)
    first, second = x[:3], x[1:]
    del x
    first.mul_(2)
    return second


@program
def an_expanded_tensor_sees_writes_to_its_base(torch):
    x = counting(torch, 3, 1)
    wide = x.expand(3, 2)
    broad = torch.broadcast_to(x, (2, 3, 1))
    x[1] = 20
    return wide, broad


@program
def an_expanded_tensor_cannot_be_written_to(torch):
    x = counting(torch, 3, 1)
    return raised(lambda: x.expand(3, 2).add_(1)), x


@program
def expand_to_the_same_shape_is_a_view(torch):
    x = counting(torch, 3)
    y = x.expand(3)
    y += 1
    return x, y is x


@program
def expand_as_gives_a_node_before_the_leaf(torch):
    x = counting(torch, 3, requires_grad=True)
    y = x.expand_as(x)
    return y.is_leaf, y.grad_fn.next_functions[0][0].name().split("::")[-1]


@program
def real_part_functions_do_not_alias(torch):
    x = counting(torch, 3)
    for copy in (x + 0, x.clone(), x * 1, torch.cat([x]), torch.stack([x])[0], x.repeat(1), x.flip(0), x.roll(1)):
        copy.zero_()
    return x


@program
def reads_by_index_tensor_and_mask_are_copies(torch):
    x = counting(torch, 4)
    x[torch.tensor([0, 1])].zero_()
    x[x > 2].zero_()
    x.index_select(0, torch.tensor([1])).zero_()
    x.gather(0, torch.tensor([1])).zero_()
    x.masked_select(x > 1).zero_()
    x.take_along_dim(torch.tensor([1]), 0).zero_()
    return x


@program
def contiguous_of_the_transpose_is_a_copy(torch):
    x = counting(torch, 2, 3)
    same, copy = x.contiguous(), x.T.contiguous()
    same[0, 0] = 100
    copy[0, 1] = 200
    return x, copy, same is x, x.is_contiguous(), x.T.is_contiguous(), copy.is_contiguous()


@program
def reshape_of_the_transpose_is_a_copy(torch):
    x = counting(torch, 2, 3)
    copy = x.T.reshape(-1)
    copy.zero_()
    x[0, 0] = 100
    other = x.T.flatten()
    other.add_(1)
    return x, copy, other


@program
def reshape_that_keeps_the_strides_is_a_view_of_the_transpose(torch):
    x = counting(torch, 4, 3)
    x.T.reshape(3, 2, 2)[0, 1].zero_()
    x[:, :2].reshape(2, 2, 2)[1].mul_(10)
    return x


@program
def view_of_the_transpose_raises(torch):
    x = counting(torch, 2, 3)
    return (
        raised(lambda: x.T.view(-1)),
        raised(lambda: x[:, 1:].view(-1)),
        raised(lambda: x.T.view(3, 1, 2)),
        raised(lambda: x[:, :1].view(2)),
    )


@program
def stride_of_views(torch):
    x = counting(torch, 2, 3, 4)
    views = (
        x,
        x.permute(2, 1, 0),
        x[1],
        x[:, ::2],
        x[..., None],
        x.permute(1, 0, 2),
        x[:, 1:2].expand(2, 5, 4),
        x.diagonal(0, 0, 1),
    )
    return [v.stride() for v in views], x.stride(1), [v.is_contiguous() for v in views]


@program
def to_of_the_same_type_is_the_same_tensor(torch):
    x = counting(torch, 2)
    same = x.to(torch.float32)
    same.add_(1)
    copy = x.to(torch.float32, copy=True)
    copy.add_(1)
    other = x.double()
    other.add_(1)
    return same is x, x.float() is x, x, copy, other


# -- detach and data ---------------------------------------------------------------------------------------------------


@program
def detach_aliases_in_both_directions(torch):
    x = counting(torch, 3, requires_grad=True)
    y = x * 2
    d = y.detach()
    d[0] = 100
    with torch.no_grad():
        y[1] = 200
    return y, d


@program
def detach_of_detach(torch):
    x = counting(torch, 3)
    d = x.detach().detach()
    d[0] = 10
    x[1] = 20
    return x, d


@program
def detach_of_a_view(torch):
    x = counting(torch, 2, 2)
    x[0].detach().mul_(10)
    x.T.data[1, 1] = -1
    d = x.view(-1)[1:].detach()
    x[0, 1] = 77
    return x, d


@program
def data_is_written_outside_the_graph(torch):
    w = counting(torch, 3, requires_grad=True)
    y = (w * w).sum()
    w.data[0] = 10
    y.backward()
    return w, w.grad.shape, w.requires_grad, w.is_leaf


@program
def data_minus_learning_rate_times_gradient(torch):
    w = counting(torch, 3, requires_grad=True)
    for _ in range(3):
        w.grad = None
        (w * w).sum().backward()
        w.data -= 0.1 * w.grad
    return w, w.grad


@program
def data_copy(torch):
    w = counting(torch, 2, requires_grad=True)
    w.data.copy_(torch.tensor([5.0, 6.0]))
    w.data.mul_(2)
    w.data.zero_()[0] = 3
    return w


@program
def data_of_one_row(torch):
    w = counting(torch, 2, 2, requires_grad=True)
    w[0].data.fill_(7)
    w.data[1].fill_(8)
    return w


@program
def assigning_data_shares_memory(torch):
    w, v = counting(torch, 3, requires_grad=True), counting(torch, 3) * 10
    w.data = v
    v[0] = -1
    w.data[1] = -2
    return w, v


@program
def assigning_data_leaves_old_views_behind(torch):
    x = counting(torch, 3)
    old = x[:2]
    x.data = counting(torch, 4) * 10
    x[0] = 5
    old[1] = 6
    return x, old


@program
def assigning_the_data_of_another_parameter_ties_them(torch):
    a, b = counting(torch, 2, requires_grad=True), counting(torch, 2, requires_grad=True)
    b.data = a.data
    with torch.no_grad():
        a.mul_(10)
    b.sum().backward()
    return a, b, a.grad, b.grad


@program
def assigning_a_part_of_a_buffer_as_data(torch):
    buffer = counting(torch, 6)
    w = counting(torch, 3, requires_grad=True)
    w.data = buffer[:3]
    buffer.zero_()
    w.data.add_(1)
    return buffer, w


@program
def assigning_data_of_another_shape(torch):
    w = counting(torch, 2, requires_grad=True)
    w.data = counting(torch, 2, 2)
    (w * w).sum().backward()
    return w, w.grad


@program
def assigning_integers_as_data_raises(torch):
    w = counting(torch, 2, requires_grad=True)

    def assign():
        w.data = torch.tensor([1, 2])

    return raised(assign), w


@program
def detach_in_place(torch):
    x = counting(torch, 2, requires_grad=True)
    y = x * 2
    y.detach_()
    return y, y.grad_fn is None


@program
def a_detached_part_of_the_graph_is_constant(torch):
    x = counting(torch, 3, requires_grad=True)
    (x * x.detach()).sum().backward()
    return x.grad


# -- what the graph says about writes ----------------------------------------------------------------------------------


@program
def gradient_through_a_written_slice(torch):
    x, w = counting(torch, 4, requires_grad=True), counting(torch, 2, requires_grad=True)
    y = x * 1
    y[1:3] = w * w
    (y * y).sum().backward()
    return y, x.grad, w.grad


@program
def gradient_through_a_write_to_zeros(torch):
    w = counting(torch, 2, requires_grad=True)
    buffer = torch.zeros(3)
    before = buffer.requires_grad
    buffer[:2] = w * 3
    after = buffer.requires_grad, buffer.is_leaf
    (buffer * torch.tensor([1.0, 2.0, 3.0])).sum().backward()
    return before, after, w.grad


@program
def gradient_through_a_view_written_in_place(torch):
    x = counting(torch, 2, 2, requires_grad=True)
    y = x * 1
    view = y[0]
    view.mul_(10)
    (y * y).sum().backward()
    return y, x.grad


@program
def gradient_reaches_a_view_after_a_write_to_its_base(torch):
    x, w = counting(torch, 3), counting(torch, 3, requires_grad=True)
    view = x[1:]
    x.mul_(w)
    view.sum().backward()
    return view.requires_grad, view.is_leaf, w.grad


@program
def gradient_reaches_a_view_of_a_view_after_a_write_to_a_sibling(torch):
    x, w = counting(torch, 2, 3), counting(torch, 3, requires_grad=True)
    sibling, flat = x[0], x.view(-1)
    last = flat[2:4]
    sibling.mul_(w)
    (last * last).sum().backward()
    return x, last, w.grad


@program
def gradient_through_a_chain_of_views_written_in_place(torch):
    x = counting(torch, 2, 3, requires_grad=True)
    y = x * 1
    y.T[1:].reshape(2, 2)[1] *= 5
    y.view(-1)[::2].exp_()
    y.sum().backward()
    return y, x.grad


@program
def gradient_of_an_accumulating_loop(torch):
    x = counting(torch, 4, requires_grad=True)
    total = torch.zeros(4)
    for i in range(4):
        total[i] += x[i] * i
        total += 0.5 * x
    (total * total).sum().backward()
    return total, x.grad


@program
def gradient_of_a_mask_assignment(torch):
    x = counting(torch, 4, requires_grad=True)
    y = x * 2
    y[y > 4] = 0
    y.sum().backward()
    return y, x.grad


@program
def gradient_of_a_mask_assignment_with_a_tensor(torch):
    x, v = counting(torch, 2, 2, requires_grad=True), counting(torch, 2, requires_grad=True)
    y = x * 2
    y[y > 5] = v * v
    (y * y).sum().backward()
    return y, x.grad, v.grad


@program
def gradient_of_an_index_assignment(torch):
    x, v = counting(torch, 4, requires_grad=True), counting(torch, 2, requires_grad=True)
    y = x * 2
    y[torch.tensor([3, 0])] = v
    (y * y).sum().backward()
    return y, x.grad, v.grad


@program
def gradient_of_adding_at_an_index(torch):
    x, v = counting(torch, 3, 2, requires_grad=True), counting(torch, 2, requires_grad=True)
    y = x * 1
    y[torch.tensor([2, 0])] += v
    (y * y).sum().backward()
    return y, x.grad, v.grad


@program
def gradient_of_copy(torch):
    x, w = counting(torch, 3, requires_grad=True), counting(torch, 1, requires_grad=True)
    y = x * 2
    y.copy_(w)
    (y * counting(torch, 3)).sum().backward()
    return y, x.grad, w.grad


@program
def gradient_of_copy_into_another_type(torch):
    w = counting(torch, 3, requires_grad=True)
    y = torch.zeros(3, dtype=torch.float64)
    y.copy_(w)
    (y * y).sum().backward()
    return y, w.grad


@program
def gradient_of_fill_and_zero(torch):
    x = counting(torch, 3, requires_grad=True)
    y, z = x * 2, x * 3
    y.fill_(7)
    z[1:].zero_()
    flags = y.requires_grad, z.requires_grad
    (y.sum() + z.sum()).backward()
    return flags, y, z, x.grad


@program
def gradient_of_fill_with_a_tensor(torch):
    v = torch.tensor(2.0, requires_grad=True)
    y = torch.zeros(3)
    y.fill_(v)
    (y * counting(torch, 3)).sum().backward()
    return y, v.grad


@program
def gradient_of_masked_fill(torch):
    x = counting(torch, 3, requires_grad=True)
    y = x * x
    y.masked_fill_(torch.tensor([True, False, True]), -1.0)
    (y * y).sum().backward()
    return y, x.grad


@program
def gradient_of_masked_fill_through_a_view(torch):
    x = counting(torch, 2, 2, requires_grad=True)
    y = x * x
    y.T[0].masked_fill_(torch.tensor([True, False]), 10.0)
    (y * y).sum().backward()
    return y, x.grad


@program
def gradient_of_out_of_place_operations_after_a_write(torch):
    x = counting(torch, 3, requires_grad=True)
    y = x + 1
    z = y.sum()  # needs no value of y
    y.mul_(2)
    (z + (y * 3).sum()).backward()
    return x.grad


@program
def write_then_use_the_new_value(torch):
    x = counting(torch, 3, requires_grad=True)
    y = x.clone()
    y.add_(1).mul_(2)
    y -= 3
    y /= 2
    y **= 2
    y.sum().backward()
    return y, x.grad


@program
def write_in_the_middle_of_a_recurrence(torch):
    w = torch.tensor(0.5, requires_grad=True)
    h = torch.ones(3)
    for _ in range(3):
        h.mul_(w).add_(1)
    h.sum().backward()
    return h, w.grad


@program
def detached_copy_of_a_state_ends_the_graph(torch):
    w = torch.tensor(0.5, requires_grad=True)
    state = torch.ones(2)
    for _ in range(2):
        state = (state * w).detach()
    return (state * w).sum().backward(), w.grad


@program
def in_place_under_no_grad_leaves_the_graph_alone(torch):
    x = counting(torch, 3, requires_grad=True)
    y = x * 2
    with torch.no_grad():
        y.add_(100)
    y.sum().backward()
    return y, x.grad


@program
def zero_of_a_gradient_in_place(torch):
    x = counting(torch, 3, requires_grad=True)
    (x * x).sum().backward()
    kept = x.grad
    x.grad.zero_()
    (x * 3).sum().backward()
    return kept is x.grad, kept


@program
def gradients_accumulate_into_the_same_tensor(torch):
    x = counting(torch, 3, requires_grad=True)
    (x * x).sum().backward()
    kept = x.grad
    view = kept[1:]
    (x * x).sum().backward()
    return kept is x.grad, kept, view


@program
def gradient_scaled_in_place(torch):
    x = counting(torch, 3, requires_grad=True)
    (x * x).sum().backward()
    x.grad.mul_(0.5)
    x.grad[0] = 0
    x.grad.data.add_(1)
    return x.grad


@program
def two_leaves_with_the_same_gradient_do_not_share_it(torch):
    a, b = counting(torch, 2, requires_grad=True), counting(torch, 2, requires_grad=True)
    (a + b).sum().backward()
    a.grad.zero_()
    return a.grad, b.grad


@program
def gradient_given_to_backward_is_not_shared(torch):
    x = counting(torch, 2, requires_grad=True)
    y = x * 1
    g = torch.ones(2)
    y.backward(g)
    g.zero_()
    return x.grad


# -- leaves ------------------------------------------------------------------------------------------------------------


@program
def in_place_on_a_leaf_raises(torch):
    x = counting(torch, 3, requires_grad=True)

    def assign():
        x[0] = 1

    return (
        raised(lambda: x.add_(1)), raised(lambda: x.zero_()), raised(lambda: x.copy_(x)), raised(assign),
        raised(lambda: x.__iadd__(1)), raised(lambda: x.fill_(1)), raised(lambda: x.masked_fill_(x > 1, 0.0)), x,
    )  # fmt: skip


@program
def in_place_on_a_view_of_a_leaf_raises(torch):
    x = counting(torch, 2, 2, requires_grad=True)
    row, turned, flat = x[0], x.T, x.view(-1)[1:]
    return raised(lambda: row.add_(1)), raised(lambda: turned.zero_()), raised(lambda: flat.mul_(2)), x


@program
def in_place_on_a_leaf_under_no_grad(torch):
    x = counting(torch, 2, 2, requires_grad=True)
    with torch.no_grad():
        x += 1
        x[0] = 10
        x.T[1].mul_(2)
    return x


@program
def a_view_of_a_leaf_made_under_no_grad(torch):
    x = counting(torch, 2, 2, requires_grad=True)
    with torch.no_grad():
        view = x[0]
    w = counting(torch, 2, requires_grad=True)
    return raised(lambda: view.add_(1)), raised(lambda: view.mul_(w)), x


@program
def a_view_of_a_computed_tensor_made_under_no_grad(torch):
    x = counting(torch, 2, requires_grad=True)
    y = x * 2
    with torch.no_grad():
        view = y[:1]
        view.mul_(10)
        y.add_(1)
    y.sum().backward()
    return raised(lambda: view.add_(1)), y, x.grad


@program
def a_detached_view_of_a_leaf_may_be_written_to(torch):
    x = counting(torch, 2, 2, requires_grad=True)
    x.detach()[0] = 5
    x.data.T[1] += 1
    x.view(-1).detach().mul_(2)
    return x


@program
def a_view_that_requires_grad_itself(torch):
    x = counting(torch, 3)
    view = x[:2].requires_grad_()
    x[0] = 10
    (view * view).sum().backward()
    return x, view, view.grad


@program
def requires_grad_can_be_switched_on_after_a_write(torch):
    x = torch.zeros(2)
    x[0] = 3
    x.requires_grad_()
    (x * x).sum().backward()
    return x, x.grad


@program
def a_frozen_leaf_keeps_its_gradient(torch):
    x = counting(torch, 2, requires_grad=True)
    (x * x).sum().backward()
    x.requires_grad_(False)
    frozen = x.grad.clone(), x.requires_grad, (x * 2).requires_grad
    x.requires_grad_(True)
    (x * x).sum().backward()
    return frozen, x.grad


@program
def a_gradient_may_be_given_to_any_tensor(torch):
    x = counting(torch, 2)
    x.grad = counting(torch, 2) * 10
    x.requires_grad_()
    (x * x).sum().backward()
    first = x.grad.clone()
    x.grad = None
    y = counting(torch, 2)
    wrong = [
        raised(lambda: setattr(y, "grad", counting(torch, 3))), raised(lambda: setattr(y, "grad", 1.0)),
        raised(lambda: setattr(y, "grad", counting(torch, 2).double())),
    ]  # fmt: skip
    return first, x.grad, y.grad, wrong


@program
def real_and_imaginary_parts_are_views(torch):
    z = torch.tensor([1 + 2j, 3 + 4j])
    z.real[0] = 10
    z.imag.mul_(-1)
    z.real += 1
    return z.real, z.imag


@program
def gradient_through_a_written_real_part(torch):
    x = torch.tensor([1 + 2j, 3 + 4j], requires_grad=True)
    z = x * 2
    z.real.mul_(3)
    (z.real**2 + z.imag**2).sum().backward()
    return z.real, z.imag, x.grad.real, x.grad.imag


@program
def a_tied_weight_gets_both_gradients(torch):
    w = counting(torch, 2, 2, requires_grad=True)
    encoder, decoder = w, w.T
    x = torch.tensor([[1.0, 2.0]])
    (x @ encoder @ decoder).sum().backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    return w, w.grad


# -- hooks and retain_grad ---------------------------------------------------------------------------------------------


@program
def retain_grad_follows_a_write(torch):
    x = counting(torch, 3, requires_grad=True)
    y = x * 2
    y.retain_grad()
    y.mul_(3)
    (y * y).sum().backward()
    return y.grad, y.retains_grad


@program
def a_hook_before_a_write_sees_the_earlier_gradient(torch):
    x = counting(torch, 3, requires_grad=True)
    y = x * 2
    seen = []
    y.register_hook(lambda g: seen.append(("before", g.tolist())))
    y.mul_(3)
    y.register_hook(lambda g: seen.append(("after", g.tolist())))
    y.sum().backward()
    return seen, x.grad


@program
def retain_grad_on_a_view_whose_base_is_written(torch):
    x = counting(torch, 3, requires_grad=True)
    y = x * 2
    view = y[1:]
    view.retain_grad()
    y.mul_(3)
    (view * view).sum().backward()
    return x.grad


# -- shapes, types and errors in place ---------------------------------------------------------------------------------


@program
def in_place_cannot_grow(torch):
    x = torch.ones(1)
    y = torch.ones(3)
    return raised(lambda: x.add_(y)), raised(lambda: x.copy_(y)), raised(lambda: y.__setitem__(slice(0, 2), y)), x, y


@program
def in_place_keeps_the_type(torch):
    x = torch.tensor([1, 2, 3])
    y = torch.tensor([1.0, 2.0])
    z = torch.tensor([True, False])
    x += 1
    y += torch.tensor([1, 2])
    y.add_(torch.tensor([0.5, 0.5], dtype=torch.float64))
    x[0] = 7.9
    z |= torch.tensor([False, True])
    return (
        x,
        y,
        z,
        raised(lambda: x.add_(0.5)),
        raised(lambda: x.div_(2)),
        raised(lambda: x.mul_(y[0])),
        raised(lambda: z.add_(1)),
    )


@program
def in_place_with_itself_and_with_its_views(torch):
    x = counting(torch, 2, 2)
    x += x
    x[0] += x[1]
    x[:, 1].mul_(x[:, 0])
    y = counting(torch, 4)
    y[1:] = y[:-1].clone()
    y[:2] += y[2:]
    return x, y


@program
def swapping_two_rows(torch):
    x = counting(torch, 3, 2)
    x[torch.tensor([0, 2])] = x[torch.tensor([2, 0])]
    a = x[0].clone()
    x[0] = x[1]
    x[1] = a
    return x


@program
def in_place_with_a_scalar_tensor(torch):
    x = counting(torch, 3)
    x.mul_(torch.tensor(2.0)).add_(torch.tensor(1))
    x[1] = torch.tensor(100.0)
    return x


@program
def arguments_of_in_place_methods(torch):
    x, y = counting(torch, 3), counting(torch, 3) * 10
    x.add_(y, alpha=0.5).sub_(y, alpha=0.25).addcmul_(y, y, value=0.01).addcdiv_(y, y, value=2).lerp_(y, 0.5)
    x.clamp_(min=6, max=20).pow_(2).sqrt_().round_()
    return x


@program
def index_put_with_repeated_indices(torch):
    x = torch.zeros(3)
    x[torch.tensor([1, 1, 2])] = torch.tensor([1.0, 1.0, 3.0])
    y = torch.zeros(3)
    y[torch.tensor([1, 1, 2])] += 1.0
    return x, y


@program
def index_keys_of_every_kind(torch):
    x = counting(torch, 3, 4, 2)
    x[0, torch.tensor([1, 3])] = 0
    x[torch.tensor([1, 2]), :, torch.tensor([0, 1])] = -1
    x[:, torch.tensor([[0, 1], [2, 3]]), 1] = 5
    x[torch.tensor([True, False, True])] *= 10
    x[..., torch.tensor([-1])] += 0.5
    x[2, 1:3][torch.tensor([0])] = 99
    x[-1] = torch.tensor([1.0, 2.0])
    x[1, 2, 1] = 1234
    return x


@program
def an_empty_write_changes_nothing(torch):
    x = counting(torch, 3)
    x[3:] = 7
    x[torch.tensor([], dtype=torch.int64)] = 7
    x[x > 100] = 7
    return x


@program
def swapaxes_and_ravel_are_views(torch):
    x = counting(torch, 2, 3)
    x.swapaxes(0, 1)[0] = 0
    x.ravel()[5] = 60
    x.swapdims(0, 1)[1, 1] = 50
    return x


@program
def the_gradient_of_diagonal(torch):
    x = counting(torch, 3, 3, requires_grad=True)
    y = x * 1
    y.diagonal().mul_(10)
    (y * y).sum().backward()
    (x.diagonal(1) ** 2).sum().backward()
    return y, x.grad


@program
def a_view_of_zero_elements(torch):
    x = torch.zeros(0, 3)
    x[0:0] = 1
    x.T.add_(1)
    x.view(-1).zero_()
    return x


@program
def a_zero_dimensional_tensor(torch):
    x = torch.tensor(1.0)
    view = x.view(1)
    view += 1
    x[...] = x * 3
    x.reshape(1, 1)[0] += 1
    return x, view, x[None]


# -- a write to a part of an expanded tensor reaches what was expanded -------------------------------------------------

#: Writes to ``x``, of shape (2, 3), expanded from (2, 1); ``one`` is a tensor of one number, which may require grad.
WRITES_TO_EXPANDED: dict[str, Callable[..., Any]] = {
    "an element": lambda torch, x, one: x.__setitem__((0, 1), one),
    "an element by a Python number": lambda torch, x, one: x.__setitem__((0, 1), 5),
    "an element from the end": lambda torch, x, one: x.__setitem__((-1, -1), one),
    "a column": lambda torch, x, one: x.__setitem__((slice(None), 2), one * torch.tensor([1.0, 2.0])),
    "a column by one number": lambda torch, x, one: x.__setitem__((slice(None), 1), one),
    "a slice of length 1": lambda torch, x, one: x.__setitem__((slice(1, 2), slice(0, 1)), one),
    "new axes": lambda torch, x, one: x.__setitem__((None, 0, 0, None), one),
    "a leading 1": lambda torch, x, one: x.__setitem__((slice(None), 0), one * torch.tensor([[1.0, 2.0]])),
    "nothing": lambda torch, x, one: x.__setitem__((slice(0, 0), 0), one),
    "a row": lambda torch, x, one: x.__setitem__(0, one),
    "a row of as many": lambda torch, x, one: x.__setitem__(0, one * torch.tensor([1.0, 2.0, 3.0])),
    "all": lambda torch, x, one: x.__setitem__(slice(None), one),
    "too many": lambda torch, x, one: x.__setitem__((slice(None), 0), one * torch.ones(3)),
    "an index": lambda torch, x, one: x.__setitem__((torch.tensor([1]), torch.tensor([2])), one),
    "a list": lambda torch, x, one: x.__setitem__(([0, 1], [2, 1]), one * torch.tensor([1.0, 2.0])),
    "a row by index": lambda torch, x, one: x.__setitem__(torch.tensor([1]), one),
    "a mask": lambda torch, x, one: x.__setitem__(torch.tensor([[False, True, False], [False, False, False]]), one),
    "a mask of rows": lambda torch, x, one: x.__setitem__(torch.tensor([False, True]), one),
    "a view": lambda torch, x, one: x[:, 0].mul_(one).add_(3),
    "a view of a view": lambda torch, x, one: x.t()[0].reshape(2, 1)[1].add_(one),
    "adding to a part": lambda torch, x, one: x[0:1, 0:1].__iadd__(one),
    "adding to a row": lambda torch, x, one: x[0].__iadd__(one),
    "adding to all": lambda torch, x, one: x.__iadd__(one),
    "a function of all": lambda torch, x, one: x.relu_(),
    "copy_ of as many": lambda torch, x, one: x.copy_(one * torch.ones(2, 3)),
    "copy_ into a column": lambda torch, x, one: x[:, 1].copy_(one * torch.tensor([1.0, 2.0])),
    "fill_": lambda torch, x, one: x.fill_(one),
    "fill_ of a row": lambda torch, x, one: x[1].fill_(one),
    "fill_ by a Python number": lambda torch, x, one: x.fill_(5),
    "zero_": lambda torch, x, one: x.zero_(),
    "masked_fill_": lambda torch, x, one: x.masked_fill_(torch.tensor([[True], [False]]), one),
    "index_fill_": lambda torch, x, one: x.index_fill_(0, torch.tensor([1]), one),
    "index_add_": lambda torch, x, one: x.index_add_(1, torch.tensor([1]), one * torch.ones(2, 1)),
    "scatter_": lambda torch, x, one: x.scatter_(1, torch.tensor([[1], [0]]), one * torch.ones(2, 1)),
    "the data": lambda torch, x, one: x.data.__setitem__((0, 0), one.detach()),
    "the detached": lambda torch, x, one: x.detach().__setitem__((0, 0), one.detach()),
}


@program
def writes_to_parts_of_an_expanded_tensor(torch):
    found = []
    for write in WRITES_TO_EXPANDED.values():
        base = counting(torch, 2, 1)
        x = base.expand(2, 3)
        outcome = raised(lambda write=write, x=x: write(torch, x, torch.tensor(7.0)))
        found.append((outcome, x, base))
    return found


#: Writes of which PyTorch has no gradient: it raises, in the write or in backward.
WITHOUT_GRADIENT = {
    "an index", "a list", "a row by index", "a mask", "a mask of rows", "fill_ by a Python number", "zero_",
    "masked_fill_", "index_fill_",
}  # fmt: skip


@program
def gradients_of_writes_to_parts_of_an_expanded_tensor(torch):
    found = []
    for name, write in WRITES_TO_EXPANDED.items():
        if name in WITHOUT_GRADIENT:
            continue
        leaf, one = counting(torch, 2, 1, requires_grad=True), torch.tensor(7.0, requires_grad=True)
        base = leaf * 1
        x = base.expand(2, 3)
        outcome = raised(lambda write=write, x=x, one=one: write(torch, x, one))
        loss = (x * counting(torch, 2, 3)).sum() + (base * base).sum() + 0 * one
        loss.backward()
        found.append((outcome, x, base, leaf.grad, one.grad))
    return found


@program
def writes_to_parts_of_an_expanded_leaf(torch):
    found = []
    for write in WRITES_TO_EXPANDED.values():
        leaf = counting(torch, 2, 1, requires_grad=True)
        x = leaf.expand(2, 3)
        found.append((raised(lambda write=write, x=x: write(torch, x, torch.tensor(7.0))), leaf))
        with torch.no_grad():
            x = leaf.expand(2, 3)
            found.append((raised(lambda write=write, x=x: write(torch, x, torch.tensor(7.0))), x.tolist(), leaf))
    return found


@program
def writes_to_parts_of_what_was_expanded_in_other_ways(torch):
    x = counting(torch, 1, 2, 1)
    y = x.expand(3, 2, 4)
    y[2, 1, 3] = 10
    y.view(3, 2, 4).permute(2, 0, 1)[1, 0, 0] += 20
    y.transpose(0, 1)[0].diagonal()[1:2] *= 2
    z = torch.broadcast_to(x[0, 0], (5,))
    z[4] += 100
    w = torch.broadcast_tensors(x, torch.zeros(3, 2, 2))[0]
    w[1, :, 0] -= torch.tensor([0.5, 0.25])
    scalar = torch.tensor(1)
    scalar.expand(3)[1] = 8
    twice = counting(torch, 1).expand(2).reshape(2, 1).expand(2, 2)
    twice[1, 1] = 9
    return x, y, z, w, scalar, twice


def observed(value: Any, library: Any) -> Any:
    """What a program returned, as numbers and words that can be written down and compared.

    A tensor is its values (rounded to six digits), type, and whether it requires grad and is a leaf.
    """
    if isinstance(value, library.Tensor):
        flags = [str(value.dtype).rpartition(".")[2], value.requires_grad, value.is_leaf]
        return [observed(value.detach().tolist(), library), *flags]
    if isinstance(value, (tuple, list)):
        return [observed(item, library) for item in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value
