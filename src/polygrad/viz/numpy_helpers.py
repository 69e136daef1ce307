"""The helper functions that a file of `python` can need, where NumPy has no function."""

from __future__ import annotations

#: Helper functions by name, each written into a file that calls it; `NEEDS` says which others one calls.
HELPERS = {
    "add_rows": '''
def add_rows(rows, indices, size):
    """Add each of ``rows`` to the row of its index in ``size`` rows of zeros: the gradient of ``x[indices]``."""
    total = np.zeros((size, *rows.shape[1:]), rows.dtype)
    np.add.at(total, indices, rows)
    return total
''',
    "put_rows": '''
def put_rows(x, value, indices):
    """A copy of ``x`` with the rows at ``indices`` replaced by those of ``value``."""
    result = x.copy()
    result[indices] = value
    return result
''',
    "as_complex": '''
def as_complex(real, imag):
    """Complex numbers from their parts."""
    result = np.empty(np.broadcast(real, imag).shape, np.result_type(real, imag, np.complex64))
    result.real, result.imag = real, imag
    return result
''',
    "argsort_descending": '''
def argsort_descending(x, axis):
    """The order of ``x`` from the largest to the smallest; equal elements keep theirs."""
    backward = np.argsort(np.flip(x, axis), axis=axis, kind="stable")
    return np.flip(x.shape[axis] - 1 - backward, axis)
''',
    "windows": '''
def windows(x, kernel, stride, padding, dilation, counts, fill=0.0):
    """What every window holds: an array (images, channels, kernel height, kernel width, windows down, windows across)."""
    keys = window_keys(kernel, stride, dilation, counts)
    image = np.full((*x.shape[:2], *padded_size(x.shape[2:], kernel, stride, padding, dilation, counts)), fill, x.dtype)
    image[:, :, padding[0] : padding[0] + x.shape[2], padding[1] : padding[1] + x.shape[3]] = x
    held = np.stack([image[(..., *key)] for key in keys], axis=2)
    return held.reshape(*x.shape[:2], *kernel, *counts)
''',
    "add_windows": '''
def add_windows(held, size, stride, padding, dilation):
    """The gradient of ``windows``: every element of the image gets what the windows over it have there."""
    kernel, counts = held.shape[2:4], held.shape[4:]
    image = np.zeros((*held.shape[:2], *padded_size(size, kernel, stride, padding, dilation, counts)), held.dtype)
    parts = held.reshape(*held.shape[:2], kernel[0] * kernel[1], *counts)
    for number, key in enumerate(window_keys(kernel, stride, dilation, counts)):
        image[(..., *key)] += parts[:, :, number]
    return image[:, :, padding[0] : padding[0] + size[0], padding[1] : padding[1] + size[1]]
''',
    "window_keys": '''
def window_keys(kernel, stride, dilation, counts):
    """For each position in a window the slices that take it out of all windows."""
    rows, columns = (
        [slice(at * d, at * d + (count - 1) * s + 1, s) for at in range(k)]
        for k, s, d, count in zip(kernel, stride, dilation, counts)
    )
    return [(row, column) for row in rows for column in columns]
''',
    "padded_size": '''
def padded_size(size, kernel, stride, padding, dilation, counts):
    """Height and width of an image with its padding, which hold all windows."""
    axes = zip(size, kernel, stride, padding, dilation, counts)
    return tuple(max(n + 2 * p, (count - 1) * s + d * (k - 1) + 1) for n, k, s, p, d, count in axes)
''',
    "conv2d": '''
def conv2d(x, weight, stride, padding, dilation, groups):
    """The sum of every window times the weight, for every output channel."""
    kernel = weight.shape[2:]
    axes = zip(x.shape[2:], kernel, stride, padding, dilation)
    counts = tuple((n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in axes)
    held = windows(x, kernel, stride, padding, dilation, counts)
    held = held.reshape(len(x), groups, -1, *kernel, *counts)
    matrix = weight.reshape(groups, -1, *weight.shape[1:])
    return np.einsum("ngcijhw,gocij->ngohw", held, matrix).reshape(len(x), -1, *counts)
''',
    "conv2d_input_gradient": '''
def conv2d_input_gradient(grad, weight, size, stride, padding, dilation, groups):
    """The gradient of conv2d by its image."""
    grads = grad.reshape(len(grad), groups, -1, *grad.shape[2:])
    matrix = weight.reshape(groups, -1, *weight.shape[1:])
    held = np.einsum("ngohw,gocij->ngcijhw", grads, matrix)
    held = held.reshape(len(grad), -1, *weight.shape[2:], *grad.shape[2:])
    return add_windows(held, size, stride, padding, dilation)
''',
    "conv2d_weight_gradient": '''
def conv2d_weight_gradient(x, grad, kernel, stride, padding, dilation, groups):
    """The gradient of conv2d by its weight."""
    held = windows(x, kernel, stride, padding, dilation, grad.shape[2:])
    held = held.reshape(len(x), groups, -1, *kernel, *grad.shape[2:])
    grads = grad.reshape(len(x), groups, -1, *grad.shape[2:])
    return np.einsum("ngcijhw,ngohw->gocij", held, grads).reshape(grad.shape[1], -1, *kernel)
''',
    "max_pool": '''
def max_pool(x, kernel, stride, padding, dilation, counts):
    """The largest element of every window."""
    return windows(x, kernel, stride, padding, dilation, counts, fill=-np.inf).max(axis=(2, 3))
''',
    "max_pool_gradient": '''
def max_pool_gradient(grad, x, largest, kernel, stride, padding, dilation):
    """The gradient of max_pool: that of a window goes to its first largest element."""
    counts = largest.shape[2:]
    held = windows(x, kernel, stride, padding, dilation, counts, fill=-np.inf)
    first = held.reshape(*x.shape[:2], -1, *counts).argmax(axis=2)
    chosen = np.arange(kernel[0] * kernel[1])[:, None, None] == first[:, :, None]
    given = np.where(chosen, grad[:, :, None], 0.0).reshape(held.shape)
    return add_windows(given, x.shape[2:], stride, padding, dilation)
''',
    "sum_pool": '''
def sum_pool(x, kernel, stride, padding, counts):
    """The sum of every window."""
    return windows(x, kernel, stride, padding, (1, 1), counts).sum(axis=(2, 3))
''',
    "sum_pool_gradient": '''
def sum_pool_gradient(grad, size, kernel, stride, padding):
    """The gradient of sum_pool: every element gets that of all windows over it."""
    shape = (*grad.shape[:2], *kernel, *grad.shape[2:])
    return add_windows(np.broadcast_to(grad[:, :, None, None], shape), size, stride, padding, (1, 1))
''',
}
NEEDS = {
    "windows": ("window_keys", "padded_size"), "add_windows": ("window_keys", "padded_size"), "conv2d": ("windows",),
    "conv2d_input_gradient": ("add_windows",), "conv2d_weight_gradient": ("windows",), "max_pool": ("windows",),
    "max_pool_gradient": ("windows", "add_windows"), "sum_pool": ("windows",), "sum_pool_gradient": ("add_windows",),
}  # fmt: skip
