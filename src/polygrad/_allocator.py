"""How the C library hands out memory: by default it gives large arrays back to the system as soon as they die."""

from __future__ import annotations

import ctypes

# Parameters of mallopt, in glibc's malloc.h.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4
_LARGEST_INT = 2**31 - 1
_GROWTH = 64 * 2**20


def tune_allocator() -> bool:
    """Let the C library keep freed memory for the next arrays, instead of giving it back to the system.

    A training step on NumPy makes the same arrays again and again.  glibc gets those of more than 32 MiB from the system one
    by one, gives back the others too where more than about 200 MiB are free, and the system clears each page once more
    when it is touched, which can take as long as the computation.  After this call the process keeps what it had at
    its peak: memory is **not returned to the system** until the process ends.  It holds for the whole process,
    not for polygrad alone, and cannot be undone, so call it first thing in a program, not in a library.  The
    environment variable ``POLYGRAD_TUNE_MALLOC=1`` does the same when the first array is made.

    Returns whether something was changed: False where the C library is not glibc.

    Example::

        import polygrad

        polygrad.tune_allocator()
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
