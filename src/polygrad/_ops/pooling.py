"""Pooling over the windows of any number of axes: the maximum and the sum, with the adjoints that their gradients are made of."""

from __future__ import annotations

from .._core.primitive import primitive
from .._window_geometry import crop_image, keys, pad_image, padded_lengths, positions, window_counts


def _lowest(xp, dtype):
    """A number that no element of ``dtype`` is below."""
    return float("-inf") if xp.isdtype(dtype, "real floating") else xp.iinfo(dtype).min


def _parts(xp, x, counts, kernel, stride, padding, dilation, value=0):
    """For every position inside the window what all windows have there; beyond the image it is ``value``."""
    image = pad_image(xp, x, padded_lengths(x.shape, counts, kernel, stride, padding, dilation), padding, value)
    return [image[key] for key in keys(counts, kernel, stride, dilation)]


@primitive(accumulates=True)
def max_pool(xp, x, /, kernel, stride, padding, dilation, ceil):
    """The largest element of every window."""
    counts = window_counts(x.shape, kernel, stride, padding, dilation, ceil)
    first, *others = _parts(xp, x, counts, kernel, stride, padding, dilation, _lowest(xp, x.dtype))
    for part in others:
        first = xp.maximum(first, part)
    return first


def _winners(xp, x, largest, kernel, stride, padding, dilation):
    """For every position inside the window a mask of the windows whose first largest element is there."""
    taken = xp.zeros_like(largest, dtype=xp.bool)
    for part in _parts(xp, x, largest.shape[2:], kernel, stride, padding, dilation, _lowest(xp, x.dtype)):
        attained = xp.logical_or(part == largest, part != part)  # a NaN is its window's maximum
        yield xp.logical_and(attained, xp.logical_not(taken))
        taken = xp.logical_or(taken, attained)


@primitive(linear=("cotangent",), accumulates=True)
def max_pool_gradient(xp, cotangent, x, largest, /, kernel, stride, padding, dilation):
    """``cotangent``, an element for every window, at the places of the windows' first largest elements in ``x``."""
    lengths = padded_lengths(x.shape, largest.shape[2:], kernel, stride, padding, dilation)
    shape = (*x.shape[:2], *lengths)
    nothing = xp.zeros_like(cotangent)
    image = None
    winners = _winners(xp, x, largest, kernel, stride, padding, dilation)
    for key, mine in zip(keys(largest.shape[2:], kernel, stride, dilation), winners, strict=True):
        part = xp.slice_pad(xp.where(mine, cotangent, nothing), key, shape)
        image = part if image is None else image + part
    return crop_image(image, x.shape[2:], padding)


@primitive(linear=("y",))
def max_pool_pick(xp, y, x, largest, /, kernel, stride, padding, dilation):
    """The elements of ``y`` at the places where the windows of ``x`` have their first largest element."""
    result = xp.zeros_like(largest)
    parts = _parts(xp, y, largest.shape[2:], kernel, stride, padding, dilation)
    for part, mine in zip(parts, _winners(xp, x, largest, kernel, stride, padding, dilation), strict=True):
        result = xp.where(mine, part, result)
    return result


# Where the largest elements are changes in jumps: its derivative is zero.
max_pool.defvjp(
    x=lambda xp, g, x, ans, kernel, stride, padding, dilation: xp.max_pool_gradient(
        g, x, ans, kernel, stride, padding, dilation
    )
)
max_pool_gradient.defvjp(
    cotangent=lambda xp, g, x, largest, kernel, stride, padding, dilation: xp.max_pool_pick(
        g, x, largest, kernel, stride, padding, dilation
    ),
    x=lambda xp, g: xp.zeros_like(g),
    largest=lambda xp, g, cotangent: xp.zeros_like(cotangent),
)
max_pool_pick.defvjp(
    y=lambda xp, g, x, largest, kernel, stride, padding, dilation: xp.max_pool_gradient(
        g, x, largest, kernel, stride, padding, dilation
    ),
    x=lambda xp, g, x: xp.zeros_like(x),
    largest=lambda xp, g: xp.zeros_like(g),
)


@primitive(differentiable=False)
def max_pool_indices(xp, x, /, kernel, stride, padding, dilation, ceil):
    """Where every window's first largest element is, as a number counted through the rows of the image."""
    counts = window_counts(x.shape, kernel, stride, padding, dilation, ceil)
    lowest = _lowest(xp, x.dtype)
    parts = _parts(xp, x, counts, kernel, stride, padding, dilation, lowest)
    places = [
        [[window * s - p + at * d for window in range(count)] for at in range(k)]
        for count, k, s, p, d in zip(counts, kernel, stride, padding, dilation, strict=True)
    ]
    size, device = x.shape[2:], xp.device(x)
    # A window in which nothing exceeds minus infinity points to its first element inside the image.
    first = [[min(p for p in of_window if p >= 0) for of_window in zip(*axis, strict=True)] for axis in places]
    best = xp.full_like(parts[0], lowest)
    index = xp.broadcast_to(_numbers(xp, first, size, device), best.shape)
    for position, part in zip(positions(kernel), parts, strict=True):
        better = xp.logical_or(part > best, xp.logical_and(part != part, best == best))
        here = [axis[at] for axis, at in zip(places, position, strict=True)]
        index = xp.where(better, _numbers(xp, here, size, device), index)
        best = xp.where(better, part, best)
    return index


def _numbers(xp, places, size, device):
    """The numbers, counted through an image of ``size``, of the elements at all combinations of ``places``, a list per axis."""
    number = None
    for axis, (along, length) in enumerate(zip(places, size, strict=True), 1):
        along = xp.reshape(xp.asarray(along, dtype=xp.int64, device=device), (-1, *(1,) * (len(size) - axis)))
        number = along if number is None else number * length + along
    return number


@primitive(linear=("x",), accumulates=True)
def sum_pool(xp, x, /, kernel, stride, padding, ceil):
    """The sum of every window."""
    ones = (1,) * len(kernel)
    counts = window_counts(x.shape, kernel, stride, padding, ones, ceil)
    total, *others = _parts(xp, x, counts, kernel, stride, padding, ones)
    for part in others:
        total = total + part
    return total


@primitive(linear=("cotangent",), accumulates=True)
def sum_pool_gradient(xp, cotangent, /, size, kernel, stride, padding, ceil):
    """The adjoint of `sum_pool`: every element of an image of ``size`` gets the cotangents of the windows over it."""
    counts, ones = cotangent.shape[2:], (1,) * len(kernel)
    lengths = padded_lengths(size, counts, kernel, stride, padding, ones)
    image = None
    for key in keys(counts, kernel, stride, ones):
        part = xp.slice_pad(cotangent, key, (*cotangent.shape[:2], *lengths))
        image = part if image is None else image + part
    return crop_image(image, size, padding)


sum_pool.defvjp(
    x=lambda xp, g, x_shape, kernel, stride, padding, ceil: xp.sum_pool_gradient(
        g, tuple(x_shape[2:]), kernel, stride, padding, ceil
    )
)
sum_pool_gradient.defvjp(
    cotangent=lambda xp, g, kernel, stride, padding, ceil: xp.sum_pool(g, kernel, stride, padding, ceil)
)


def _batch_images(batch, *operands, **settings):
    images = [batch.fold(batch.whole(i, x)) for i, x in enumerate(operands)]
    return batch.unfold(batch.op(*images, **settings))


max_pool.defbatch(_batch_images)
max_pool_gradient.defbatch(_batch_images)
max_pool_pick.defbatch(_batch_images)
max_pool_indices.defbatch(_batch_images)
sum_pool.defbatch(_batch_images)
sum_pool_gradient.defbatch(_batch_images)
