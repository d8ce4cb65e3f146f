"""The signature of SHA256SUMS, by minisign."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from formats.release import Refused

VARIABLE = "SSM_EXEC_MINISIGN_KEY"


def key() -> str | None:
    """The file of the secret key that the environment names."""
    path = os.environ.get(VARIABLE)
    if path and not Path(path).is_file():
        raise Refused(f"{VARIABLE} names a file that does not exist\nmake a key with: minisign -G -s FILE")
    return path or None


def sign(secret: str, version: str, sums: Path) -> None:
    """minisign asks for the password of the key, if it has one. The comment, which is signed as well, has no time in it."""
    comment = f"ssm-exec {version}"
    command = ["minisign", "-S", "-s", secret, "-m", sums, "-c", f"signature of {comment}", "-t", comment]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
