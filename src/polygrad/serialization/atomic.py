"""Replace a file as a whole, or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from typing import BinaryIO


@contextlib.contextmanager
def replace_file(path: str | os.PathLike) -> Iterator[BinaryIO]:
    """Context with a file to write to, which replaces ``path`` when the block ends without an error.

    Until then it has another name in the same folder, so a reader of ``path``, also after a crash, finds the former
    content.  The file has the permissions that `open` would have given it, or those of the file that it replaces; a
    symbolic link stays, and the file that it points to is replaced.  Other paths than regular files (``/dev/null``, a
    pipe) are opened and written to.
    """
    path = os.fsdecode(path)
    target = os.path.realpath(path)
    try:
        before = os.stat(target)
    except FileNotFoundError:
        before = None
    if before is not None and not stat.S_ISREG(before.st_mode):
        with open(path, "wb") as file:
            yield file
        return
    folder = os.path.dirname(target)
    if not os.path.isdir(folder):
        raise FileNotFoundError(errno.ENOENT, "there is no such folder to save in; make it with os.makedirs()", folder)
    if before is not None and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
    temporary = os.path.join(folder, f".polygrad-{secrets.token_hex(8)}.tmp")
    # Not mkstemp(), which lets only the owner read: open() uses this mode, and the umask applies.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        descriptor = os.open(temporary, flags, 0o666)
    except PermissionError as error:
        raise PermissionError(
            errno.EACCES, "a file is saved under another name first, and no file can be created in this folder", folder
        ) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            if before is not None:
                _copy_permissions(temporary, before)
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    _sync_folder(folder)


def _copy_permissions(path: str, before: os.stat_result) -> None:
    """Give ``path`` the owner and the permissions of ``before``, as far as this process may."""
    if hasattr(os, "chown") and (before.st_uid, before.st_gid) != (os.geteuid(), os.getegid()):
        with contextlib.suppress(OSError):
            os.chown(path, before.st_uid, before.st_gid)
    with contextlib.suppress(OSError):
        os.chmod(path, stat.S_IMODE(before.st_mode))


def _sync_folder(folder: str) -> None:
    """Write the folder's entry to the disk, where the system can."""
    if hasattr(os, "O_DIRECTORY"):
        with contextlib.suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
