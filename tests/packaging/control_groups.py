"""Control groups that a program makes and leaves."""

from __future__ import annotations

import os
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")


def named(name: str) -> list[Path]:
    """Where a group of that name can be: once, or in each hierarchy of the first version of control groups."""
    return [GROUPS / name, *(path / name for path in GROUPS.iterdir() if path.is_dir())]


def remove(paths: list[Path]) -> None:
    for path in paths:
        for folder, _, _ in os.walk(path, topdown=False):
            os.rmdir(folder)
