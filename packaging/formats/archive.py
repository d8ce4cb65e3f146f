"""Files as packages hold them, and archives of them: the same bytes for the same files, at any time and in any folder."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True)
class File:
    """A file of a package. The owner is root."""

    path: str
    """Below the root of the package, without a leading slash."""
    data: bytes
    mode: int = 0o644


def folders_of(files: Iterable[File]) -> list[str]:
    """Every folder that the files need, parents first."""
    return sorted({str(parent) for file in files for parent in PurePosixPath(file.path).parents} - {"."})


def compressed(data: bytes) -> bytes:
    """In gzip's format, without the name and the time that it may have."""
    return gzip.compress(data, compresslevel=9, mtime=0)


def tar_entry(path: str, mode: int, epoch: int) -> tarfile.TarInfo:
    """An entry for path that belongs to root, whose time is epoch."""
    entry = tarfile.TarInfo(path)
    entry.mode = mode
    entry.mtime = epoch
    entry.uname = entry.gname = "root"
    return entry


def tar(
    files: Iterable[File], epoch: int, folders: bool = True, headers_of: Callable[[File], dict[str, str]] | None = None
) -> bytes:
    """A tar archive: the folders, if they are wanted, and then the files in their order.

    In ustar format; with extended headers of each file in pax format.
    """
    files = list(files)
    buffer = io.BytesIO()
    form = tarfile.USTAR_FORMAT if headers_of is None else tarfile.PAX_FORMAT
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for path in folders_of(files) if folders else ():
            entry = tar_entry(path, 0o755, epoch)
            entry.type = tarfile.DIRTYPE
            archive.addfile(entry)
        for file in files:
            entry = tar_entry(file.path, file.mode, epoch)
            entry.size = len(file.data)
            entry.pax_headers = {} if headers_of is None else headers_of(file)
            archive.addfile(entry, io.BytesIO(file.data))
    return buffer.getvalue()
