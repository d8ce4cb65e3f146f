"""Command prefixes for what an ordinary container may not do: namespaces, and tracing a program that hides its memory.

Each is tried once. Where the capability is missing, a user namespace supplies it if the kernel permits one; where nothing
helps, the test is skipped with the reason (and fails where CI=true: tests/conftest.py).
"""

from __future__ import annotations

import functools
import os
import subprocess
import tempfile
from pathlib import Path

import pytest

USER_NAMESPACE = ("unshare", "--user", "--map-root-user")

# Makes itself unreadable, as the program does, and opens a file whose name only a privileged tracer can read.
HIDDEN_OPEN = "import ctypes, os; ctypes.CDLL(None).prctl(4, 0); os.path.exists('/the-tracer-reads-this')"


def _works(*command: str | Path) -> bool:
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60).returncode == 0
    except OSError:
        return False


@functools.cache
def _unshare(options: tuple[str, ...]) -> tuple[str, ...] | None:
    candidates = (("unshare", *options), (*USER_NAMESPACE, *options))
    with tempfile.TemporaryDirectory() as folder:
        # A mount namespace may be granted in which nothing can be mounted. The folder has to be one that nothing is
        # mounted below: a user namespace keeps what such a mount covers out of sight, and refuses to bind the folder.
        probe = ("mount", "--bind", folder, folder) if {"-m", "--mount"} & set(options) else ("true",)
        return next((prefix for prefix in candidates if _works(*prefix, *probe)), None)


@functools.cache
def _strace() -> tuple[str, ...] | None:
    with tempfile.TemporaryDirectory() as folder:
        trace = Path(folder) / "trace"
        for prefix in (("strace",), (*USER_NAMESPACE, "strace")):
            command = (*prefix, "-f", "-o", trace, "/usr/bin/python3", "-c", HIDDEN_OPEN)
            if _works(*command) and "/the-tracer-reads-this" in trace.read_text():
                return prefix
    return None


def unshare(*options: str) -> list[str]:
    """unshare(1) with separate options ("--net", "--mount", ...), ready for the command to run in the namespaces."""
    prefix = _unshare(options)
    if prefix is None:
        pytest.skip(f"the kernel permits neither `unshare {' '.join(options)}` nor a user namespace here")
    return list(prefix)


def strace(*options: str | os.PathLike[str]) -> list[str | os.PathLike[str]]:
    """strace(1) that reads the memory of a program which is not dumpable."""
    prefix = _strace()
    if prefix is None:
        pytest.skip("strace needs CAP_SYS_PTRACE, or a user namespace, to read a program that is not dumpable")
    return [*prefix, *options]


def become(user: int) -> dict[str, int]:
    """Arguments for subprocess that start a process as another user."""
    if not _works("setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "true"):
        pytest.skip("becoming another user needs CAP_SETUID and CAP_SETGID")
    return {"user": user, "group": user}
