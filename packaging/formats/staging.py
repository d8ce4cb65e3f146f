"""A folder with the files of a package, for the tools of a distribution that read one."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from formats.archive import File


def write(folder: Path, files: Iterable[File]) -> None:
    """Whatever the umask is, the modes are those of the package."""
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
        path.chmod(file.mode)


def set_times(folder: Path, epoch: int) -> None:
    """Every file and folder gets the time epoch: the tools lower times that are later, and keep earlier ones. Call it last,
    because writing a file changes the time of its folder."""
    for path in [*folder.rglob("*"), folder]:
        if path.is_dir():
            path.chmod(0o755)
        os.utime(path, (epoch, epoch))
