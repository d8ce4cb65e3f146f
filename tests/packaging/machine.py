"""A Debian with systemd as process 1, in a container of systemd-nspawn.

Files, processes and units are its own; the network is this machine's, since the Parameter Store of the tests is on loopback.
Resources (MemoryMax=, TasksMax=, IPAddressDeny=) are not limited in it where this machine has the first version of control groups.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeVar

import control_groups
import processes
import pytest

BOOT_SECONDS = 180
SECONDS = 120
"""For a command, and for what a unit does by itself. Nothing here takes more than a few."""
T = TypeVar("T")


def make_debian(suite: str, root: Path, *packages: str) -> None:
    """The essential packages and apt, with what is named."""
    included = [f"--include={','.join(packages)}"] if packages else []
    command = ["mmdebstrap", "--quiet", "--variant=apt", *included, suite, root]
    subprocess.run(command, check=True, capture_output=True, timeout=600)


def skip_without_means() -> None:
    """What needs root, or a program, is not tried without."""
    if os.geteuid() != 0:
        pytest.skip("a Debian with systemd as process 1 needs root")
    for program in ("mmdebstrap", "systemd-nspawn", "setpriv"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed: packaging/test --long does it")


def process_1_of(notices: socket.socket, console: IO[bytes]) -> str:
    """Waits until the default target is reached, which systemd says by the protocol of sd_notify(3)."""
    said: dict[str, str] = {}
    try:
        while said.get("READY") != "1":
            said |= dict(line.split("=", 1) for line in notices.recv(65536).decode().splitlines())
    except TimeoutError:
        console.seek(0)
        raise AssertionError(f"not booted:\n{console.read().decode(errors='replace')}") from None
    return said["X_NSPAWN_LEADER_PID"]


class Machine:
    """A root with systemd in it, and what runs there within running()."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._options = ["systemd-nspawn", "--quiet", f"--directory={root}", "--register=no", "--keep-unit"]
        # --keep-unit makes these below the group that the tests are in, and leaves them.
        self._groups = [path for name in ("payload", "supervisor") for path in control_groups.named(name) if not path.exists()]

    def skip_unless_permitted(self) -> None:
        done = subprocess.run(
            [*self._options, "/bin/true"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=SECONDS
        )
        if done.returncode != 0:
            pytest.skip(f"systemd-nspawn is not permitted here: {done.stderr.strip()}")

    @contextmanager
    def running(self) -> Iterator[None]:
        """From the end of the boot to an orderly shutdown. If the tests are killed, the machine is shut down, too."""
        with (
            tempfile.TemporaryDirectory(prefix="nspawn.") as folder,
            tempfile.TemporaryFile() as console,
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notices,
        ):
            notices.bind(f"{folder}/notices")
            notices.settimeout(BOOT_SECONDS)
            nspawn = subprocess.Popen(
                ["setpriv", "--pdeathsig=TERM", *self._options, "--boot", "--notify-ready=yes", "--kill-signal=SIGRTMIN+3"],
                env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "NOTIFY_SOCKET": f"{folder}/notices"},
                stdin=subprocess.DEVNULL, stdout=console, stderr=subprocess.STDOUT, start_new_session=True)  # fmt: skip
            try:
                self._process_1 = process_1_of(notices, console)
                notices.close()  # systemd would wait for somebody who reads what it says later
                yield
            finally:
                processes.end(nspawn, BOOT_SECONDS)
                control_groups.remove(self._groups)

    def path(self, path: str) -> Path:
        """What is mounted in the machine (/run, /proc, /tmp) is seen in its process 1 only."""
        return Path(f"/proc/{self._process_1}/root{path}")

    def run(self, *command: str, status: int = 0, **more: Any) -> str:
        """What a command as root prints; it ends with that status."""
        done = subprocess.run(
            ["nsenter", "--target", self._process_1, "--mount", "--uts", "--ipc", "--pid", "--cgroup", "--", *command],
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "SYSTEMD_PAGER": "", "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=SECONDS, **more)  # fmt: skip
        assert done.returncode == status, (command, done.returncode, done.stdout)
        return done.stdout

    def property(self, unit: str, name: str) -> str:
        return self.run("systemctl", "show", "--value", f"--property={name}", unit).strip()

    def journal(self, unit: str) -> list[dict[str, str]]:
        """What the unit's processes wrote, and what systemd says of it."""
        self.run("journalctl", "--sync")
        lines = self.run("journalctl", f"--unit={unit}", "--output=json", "--quiet").splitlines()
        return [json.loads(line) for line in lines]

    def written_by(self, unit: str) -> list[tuple[str, str]]:
        """Identifier and text of each line that the unit's processes wrote."""
        return [
            (entry["SYSLOG_IDENTIFIER"], entry["MESSAGE"])
            for entry in self.journal(unit)
            if entry.get("_TRANSPORT") == "stdout"
        ]

    def environment(self, unit: str) -> dict[str, str]:
        """Of the main process."""
        data = self.path(f"/proc/{self.property(unit, 'MainPID')}/environ").read_bytes()
        return dict(entry.split("=", 1) for entry in data.decode().split("\0")[:-1])

    def status_of_process(self, unit: str) -> dict[str, str]:
        """proc_pid_status(5) of the main process."""
        text = self.path(f"/proc/{self.property(unit, 'MainPID')}/status").read_text()
        return {name: value.strip() for name, value in (line.split(":", 1) for line in text.splitlines())}

    def program(self, unit: str) -> str:
        """The path of what the main process executes."""
        return self.run("readlink", f"/proc/{self.property(unit, 'MainPID')}/exe").strip()


def eventually(wanted: T, observe: Callable[[], T]) -> None:
    """Waits for what systemd does by itself."""
    deadline = time.monotonic() + SECONDS
    while (seen := observe()) != wanted:
        assert time.monotonic() < deadline, f"{seen!r}, not {wanted!r}"
        time.sleep(0.05)
