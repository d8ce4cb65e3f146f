"""Runs a program whose standard output is a terminal of some width."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from pathlib import Path


def on_terminal(columns: int, command: list[str | Path], folder: Path, environment: dict[str, str], status: int = 0) -> str:
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    process = subprocess.Popen(command, cwd=folder, env={"TERM": "xterm", **environment}, stdout=follower, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    os.close(follower)
    output = b""
    while True:
        try:
            piece = os.read(leader, 65536)
        except OSError:
            break
        if not piece:
            break
        output += piece
    os.close(leader)
    errors = process.communicate()[1]
    assert process.returncode == status, errors
    return output.decode().replace("\r\n", "\n")


def plain(text: str) -> str:
    return re.sub(r"\033\[\d+m", "", text)
