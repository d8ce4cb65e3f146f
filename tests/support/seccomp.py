"""Runs a command below a seccomp filter that answers system calls with an error, or kills: python3 seccomp.py NUMBER,... ERRNO|kill COMMAND..."""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
from pathlib import Path

FACCESSAT2 = 439
"""The same number on every architecture, as for all calls since Linux 5.1."""

MEMORY_LOCKS = {"x86_64": (149, 151, 325), "aarch64": (228, 230, 284)}.get(platform.machine(), ())
"""mlock, mlockall and mlock2: what locks memory in systemd's group @memlock."""

SOCKET = {"x86_64": 41, "aarch64": 198}.get(platform.machine())

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
LOAD_WORD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, FAIL, KILL = 0x7FFF0000, 0x00050000, 0x80000000


def refusing(number: int, error: int) -> list[str]:
    """What stands before a command so that it runs with the filter."""
    return ["/usr/bin/python3", str(Path(__file__)), str(number), str(error)]


def without_memory_locks(action: str) -> list[str]:
    """The same for MEMORY_LOCKS; action is an error's number or "kill"."""
    return ["/usr/bin/python3", str(Path(__file__)), ",".join(map(str, MEMORY_LOCKS)), action]


class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def install(numbers: list[int], action: int) -> None:
    tests = [
        (JUMP_IF_EQUAL, len(numbers) - 1 - i, 0 if i < len(numbers) - 1 else 1, number)
        for i, number in enumerate(numbers)
    ]
    instructions = b"".join(
        struct.pack("HBBI", *instruction)
        for instruction in [
            (LOAD_WORD | 0x00, 0, 0, 0),  # the number of the system call
            *tests,
            (RETURN, 0, 0, action),
            (RETURN, 0, 0, ALLOW),
        ]
    )
    program = Program(len(instructions) // 8, instructions)
    libc = ctypes.CDLL(None, use_errno=True)
    for arguments in ((PR_SET_NO_NEW_PRIVS, 1, 0), (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program))):
        if libc.prctl(*arguments, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl")


if __name__ == "__main__":
    install([int(number) for number in sys.argv[1].split(",")], KILL if sys.argv[2] == "kill" else FAIL | int(sys.argv[2]))
    os.execv(sys.argv[3], sys.argv[3:])
