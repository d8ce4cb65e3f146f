"""What a program's memory holds at the moment it ends: a tracer that stops it in exit(2), and a search.

The memory is opened while the program has not run yet, so that it needs no privilege, although the program
forbids others to look into it afterwards.
"""

from __future__ import annotations

import base64
import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

PTRACE_CONT, PTRACE_SETOPTIONS = 7, 0x4200
PTRACE_O_TRACEEXIT, PTRACE_O_EXITKILL = 0x40, 0x100000
PTRACE_EVENT_EXIT = 6

# Asks to be traced by whoever started it, then becomes the program: the tracer sees that as its first stop.
BECOME = "import ctypes, os, sys; ctypes.CDLL(None).ptrace(0, 0, 0, 0); os.execv(sys.argv[1], sys.argv[1:])"

PIECE = 16
"""So many bytes of a secret in a row are a find."""

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_libc.ptrace.restype = ctypes.c_long


def _ptrace(request: int, pid: int, data: int) -> None:
    if _libc.ptrace(request, pid, None, data) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


@dataclass(frozen=True)
class Region:
    """Memory that was writable or belongs to no file."""

    name: str
    address: int
    data: bytes


@dataclass(frozen=True)
class Found:
    secret: str
    """What it is called."""
    region: str
    address: int
    around: bytes

    def __str__(self) -> str:
        return f"{self.secret} in {self.region} at {self.address:#x}: {self.around!r}"


@dataclass(frozen=True)
class Ended:
    """How a run ended, and its memory just before."""

    status: int
    out: bytes
    err: bytes
    regions: list[Region]

    def search(self, secrets: Mapping[str, str | bytes]) -> list[Found]:
        """Every secret of which a piece is there, in any of its forms."""
        found = []
        for name, secret in secrets.items():
            for piece in pieces_of(secret):
                for region in self.regions:
                    at = region.data.find(piece)
                    if at >= 0:
                        found.append(Found(name, region.name, region.address + at, region.data[max(0, at - 64) : at + 64]))
        return found


def forms_of(secret: str | bytes) -> set[bytes]:
    """As it is; as JSON, a URL and base64 write it."""
    if isinstance(secret, bytes):
        return {secret, base64.b64encode(secret), secret.hex().encode()}
    encoded = secret.encode()
    return {
        encoded,
        json.dumps(secret)[1:-1].encode(),
        json.dumps(secret, ensure_ascii=False)[1:-1].encode(),
        quote(secret, safe="").encode(),
        *(base64.b64encode(encoded[skip:]) for skip in range(3)),
    }


def pieces_of(secret: str | bytes) -> set[bytes]:
    """Pieces that any stretch of twice PIECE bytes of it contains."""
    return {
        form[start : start + PIECE]
        for form in forms_of(secret)
        for start in range(0, max(1, len(form) - PIECE + 1), PIECE)
    }


def run_to_exit(
    program: Path, arguments: Sequence[str], *, while_running: Callable[[int], None] | None = None, timeout: float = 120, **popen: Any
) -> Ended:
    """Runs the program; its memory is read when it is about to end, or dies of a signal.

    What it starts itself is not looked at. while_running is called with the process id, in a thread of its own.
    """
    popen.setdefault("stdin", subprocess.DEVNULL)
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", BECOME, program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, **popen
    )
    thread = threading.Thread(target=while_running or (lambda pid: None), args=(process.pid,))
    thread.start()
    try:
        return _follow(process, time.monotonic() + timeout)
    finally:
        thread.join()
        if process.returncode is None:
            process.kill()
            process.wait()
        for stream in (process.stdout, process.stderr):
            assert stream is not None
            stream.close()


def _follow(process: subprocess.Popen[bytes], deadline: float) -> Ended:
    pid = process.pid
    assert process.stdout is not None and process.stderr is not None
    status = _wait(pid, deadline)
    assert os.WIFSTOPPED(status) and os.WSTOPSIG(status) == signal.SIGTRAP, "the program was not started"
    _ptrace(PTRACE_SETOPTIONS, pid, PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL)
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory, open(f"/proc/{pid}/maps", "rb", buffering=0) as maps:
        given = _given(pid)
        while True:
            _ptrace(PTRACE_CONT, pid, 0 if status >> 8 == signal.SIGTRAP else os.WSTOPSIG(status))
            status = _wait(pid, deadline)
            assert os.WIFSTOPPED(status), "the program ended without passing exit(2)"
            if status >> 8 == signal.SIGTRAP | PTRACE_EVENT_EXIT << 8:
                break
        regions = list(_read(memory, _all(maps), given))
    _ptrace(PTRACE_CONT, pid, 0)
    out, err = process.communicate(timeout=max(0.0, deadline - time.monotonic()))
    return Ended(process.returncode, out, err, regions)


def _wait(pid: int, deadline: float) -> int:
    while True:
        waited, status = os.waitpid(pid, os.WNOHANG)
        if waited == pid:
            return status
        assert time.monotonic() < deadline, "the program did not end"
        time.sleep(0.002)


def _given(pid: int) -> tuple[int, int]:
    """Where the kernel has put the arguments and the environment that the program was started with."""
    fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    return int(fields[45]), int(fields[48])


def _all(maps: Any) -> bytes:
    return b"".join(iter(lambda: maps.read(65536), b""))


def _read(memory: Any, maps: bytes, given: tuple[int, int]) -> Iterable[Region]:
    for line in maps.decode().splitlines():
        span, permissions, _, _, inode, *name = line.split(maxsplit=5)
        start, end = (int(number, 16) for number in span.split("-"))
        label = name[0] if name else "anonymous memory"
        if "r" not in permissions or label in ("[vvar]", "[vvar_vclock]", "[vsyscall]") or (inode != "0" and "w" not in permissions):
            continue
        data = os.pread(memory.fileno(), end - start, start)
        assert len(data) == end - start, f"{label} could not be read"
        if start < given[1] and given[0] < end:
            data = data[: given[0] - start] + bytes(given[1] - given[0]) + data[given[1] - start :]
        yield Region(label, start, data)
