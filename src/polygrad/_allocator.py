"""The C library's allocator, which by default returns large arrays to the system as soon as they are freed."""

from __future__ import annotations

import ctypes

# Parameters of mallopt, in glibc's malloc.h.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4
_LARGEST_INT = 2**31 - 1
_GROWTH = 64 * 2**20


def tune_allocator() -> bool:
    """Let the C library keep freed memory for the next arrays, instead of returning it to the system.

    A training step on NumPy makes arrays of the same sizes again and again.  glibc gets those of more than 32 MiB from
    the system one by one, returns the others as well when more than about 200 MiB are free, and the system clears each
    page again when it is touched, which can take as long as the computation.  After this call the process keeps the
    memory of its peak: memory is **not returned to the system** until the process ends.  The call affects the whole
    process, not polygrad alone, and cannot be undone, so make it first in a program, not in a library.  The
    environment variable ``POLYGRAD_TUNE_MALLOC=1`` does the same when the first array is made.

    Returns:
        Whether something was changed: False where the C library is not glibc.

    Example::

        >>> polygrad.tune_allocator()  # doctest: +SKIP
        True
    """
    try:
        library = ctypes.CDLL(None)
        library.gnu_get_libc_version  # noqa: B018 - only glibc has it
        mallopt = library.mallopt
    except (AttributeError, OSError, TypeError):  # another C library; Windows has no CDLL(None)
        return False
    mallopt.argtypes, mallopt.restype = (ctypes.c_int, ctypes.c_int), ctypes.c_int
    # All three: arrays come from the heap, its top is never given back, and it grows in large steps.
    changed = [
        mallopt(_MMAP_MAX, 0),
        mallopt(_TRIM_THRESHOLD, _LARGEST_INT),
        mallopt(_TOP_PAD, _GROWTH),
    ]
    return all(changed)
