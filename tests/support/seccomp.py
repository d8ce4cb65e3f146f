"""Runs a command below a seccomp filter that answers one system call with an error: python3 seccomp.py NUMBER ERRNO COMMAND..."""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from pathlib import Path

FACCESSAT2 = 439
"""The same number on every architecture, as for all calls since Linux 5.1."""

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
LOAD_WORD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, FAIL = 0x7FFF0000, 0x00050000


def refusing(number: int, error: int) -> list[str]:
    """What stands before a command so that it runs with the filter."""
    return ["/usr/bin/python3", str(Path(__file__)), str(number), str(error)]


class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def install(number: int, error: int) -> None:
    instructions = b"".join(
        struct.pack("HBBI", *instruction)
        for instruction in [
            (LOAD_WORD | 0x00, 0, 0, 0),  # the number of the system call
            (JUMP_IF_EQUAL, 0, 1, number),
            (RETURN, 0, 0, FAIL | error),
            (RETURN, 0, 0, ALLOW),
        ]
    )
    program = Program(len(instructions) // 8, instructions)
    libc = ctypes.CDLL(None, use_errno=True)
    for arguments in ((PR_SET_NO_NEW_PRIVS, 1, 0), (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program))):
        if libc.prctl(*arguments, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl")


if __name__ == "__main__":
    install(int(sys.argv[1]), int(sys.argv[2]))
    os.execv(sys.argv[3], sys.argv[3:])
