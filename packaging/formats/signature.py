"""The signature of SHA256SUMS, by minisign, and the public key that it is verified with."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from formats.release import PACKAGING, ROOT, Refused

VARIABLE = "SSM_EXEC_MINISIGN_KEY"
PUBLIC = PACKAGING / "ssm-exec.pub"
"""A file of the repository: a key that lies beside the downloads could be replaced together with them."""
NAME = PUBLIC.relative_to(ROOT)


def key() -> str | None:
    """The file of the secret key that the environment names."""
    path = os.environ.get(VARIABLE)
    if path and not Path(path).is_file():
        raise Refused(f"{VARIABLE} names a file that does not exist\nmake a key with: minisign -G -s FILE")
    return path or None


def public_key() -> str:
    """The text of the public key, which `minisign -V -P` takes in place of the file."""
    if not PUBLIC.is_file():
        raise Refused(
            f"there is no public key: {NAME} is missing\n"
            f"make both keys with: minisign -G -s SECRET -p {NAME}, and commit {NAME}"
        )
    lines = PUBLIC.read_text().splitlines()
    if len(lines) != 2 or not lines[1].startswith("RW"):
        raise Refused(f"{NAME} is not a public key of minisign\nit has two lines: a comment, and the key that begins with RW")
    return lines[1]


def sign(secret: str, version: str, sums: Path) -> None:
    """minisign asks for the password of the key, if it has one. The comment, which is signed as well, has no time in it."""
    comment = f"ssm-exec {version}"
    command = ["minisign", "-S", "-s", secret, "-m", sums, "-c", f"signature of {comment}", "-t", comment]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def sign_and_verify(secret: str, version: str, sums: Path) -> None:
    """A signature that the public key of the repository does not verify is removed again."""
    sign(secret, version, sums)
    command = ["minisign", "-V", "-q", "-p", PUBLIC, "-m", sums]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        sums.with_name(sums.name + ".minisig").unlink()
        raise Refused(
            f"{NAME} does not verify what the secret key signs: {' '.join(done.stderr.split())}\n"
            f"set {VARIABLE} to the secret key that was made together with {NAME}"
        )


def check_pair(secret: str, version: str) -> None:
    """Only signing tells whether two keys belong together: in a file of minisign, the secret one is encrypted."""
    with tempfile.TemporaryDirectory(prefix="ssm-exec-key.") as folder:
        sample = Path(folder, "sample")
        sample.write_text("to find out whether the keys belong together\n")
        sign_and_verify(secret, version, sample)
