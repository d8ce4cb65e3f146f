"""A Docker daemon of the tests' own, from Debian's docker.io, and its client.

All that the daemon writes is in one folder. It is in a mount namespace of its own, in which /run and /opt are empty and
/etc is a copy, since daemon and containerd write there whatever their options say. It ends with the process that runs the
tests. It makes no bridge and no rule of the firewall: a container has the network of the machine (--network=host), where
the Parameter Store is, or none.
"""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import control_groups
import processes

PATH = "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin"
"""Debian's programs, before others that the machine may have in /usr/local/bin."""
NAMESPACE = ("unshare", "--mount", "--propagation", "private")
START = """
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /opt
mount --bind "$0/etc" /etc
exec setpriv --pdeathsig TERM dockerd "$@"
"""
START_SECONDS = 60
COMMAND_SECONDS = 300


class NotPermitted(Exception):
    """The machine has no daemon, or does not let it run."""


@dataclass(frozen=True)
class Event:
    """What the daemon recorded about a container."""

    action: str
    signal: int | None
    status: int | None
    seconds: float


class Docker:
    """The client: each method is a command of docker(1)."""

    def __init__(self, folder: Path) -> None:
        self.host = f"unix://{folder}/socket"
        self.environment = {
            "PATH": PATH,
            "HOME": str(folder),
            "DOCKER_HOST": self.host,
            "DOCKER_CONFIG": str(folder / "client"),
            "DOCKER_BUILDKIT": "0",
            "TERM": "xterm",
        }

    def run(self, *words: str | Path, text: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["docker", *words],
            env=self.environment,
            input=text,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )

    def output(self, *words: str | Path) -> str:
        done = self.run(*words)
        assert done.returncode == 0, f"docker {words[0]}: {done.stdout}{done.stderr}"
        return done.stdout.strip()

    def build(self, name: str, context: Path, *options: str) -> None:
        self.output("build", "--network=none", f"--tag={name}", *options, context)

    def inspect(self, container: str) -> dict[str, Any]:
        (described,) = json.loads(self.output("inspect", container))
        return described

    def status(self, container: str) -> int:
        """Waits for the end of a container."""
        return int(self.output("wait", container))

    def logs(self, container: str) -> tuple[str, str]:
        """Standard output and standard error."""
        done = self.run("logs", container)
        return done.stdout, done.stderr

    def wait_for_log(self, container: str, pattern: str) -> re.Match[str]:
        """Until the container has written such a line to its standard output."""
        command = ["docker", "logs", "--follow", container]
        with subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE, text=True) as following:
            assert following.stdout is not None
            matches = (re.fullmatch(pattern, line.rstrip("\n")) for line in following.stdout)
            found = next((match for match in matches if match), None)
            following.terminate()
        assert found, self.logs(container)
        return found

    def events(self, container: str) -> list[Event]:
        """Those of a container up to its end, in their order: the daemon may record the end after it has told the client."""
        command = ["docker", "events", "--since=0", f"--filter=container={container}", "--format={{json .}}"]
        events: list[Event] = []
        with subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE, text=True) as following:
            assert following.stdout is not None
            while not events or events[-1].action != "die":
                entry = json.loads(following.stdout.readline())
                attributes = entry["Actor"]["Attributes"]
                sent, status = attributes.get("signal"), attributes.get("exitCode")
                seconds = entry["timeNano"] / 1e9
                events.append(Event(entry["Action"], sent and int(sent), status and int(status), seconds))
            following.terminate()
        return events


class Terminal:
    """A command of the client on a terminal, as a person uses it."""

    def __init__(self, docker: Docker, *words: str | Path) -> None:
        self._leader, follower = pty.openpty()
        self._process = subprocess.Popen(
            ["docker", *words],
            env=docker.environment,
            stdin=follower,
            stdout=follower,
            stderr=follower,
            start_new_session=True,
        )
        os.close(follower)
        self.shown = ""

    def type(self, text: str) -> None:
        os.write(self._leader, text.encode())

    def read_until(self, text: str) -> None:
        while text not in self.shown:
            assert self._read(), f"{text!r} is not in {self.shown!r}"

    def finish(self) -> int:
        while self._read():
            pass
        os.close(self._leader)
        return self._process.wait()

    def _read(self) -> bool:
        ready, _, _ = select.select([self._leader], [], [], COMMAND_SECONDS)
        assert ready, f"nothing came after {self.shown!r}"
        with suppress(OSError):  # the other side is closed
            if piece := os.read(self._leader, 65536):
                self.shown += piece.decode().replace("\r\n", "\n")
                return True
        return False


def processes_of(folder: Path) -> list[str]:
    """The command lines that name the folder: the daemon, containerd, and what it starts for each container."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            words = path.read_bytes().split(b"\0")
            if words[0] and any(bytes(folder) in word for word in words):
                found.append(b" ".join(words).decode(errors="replace"))
    return found


def _options(folder: Path, groups: str) -> list[str]:
    return [
        f"--config-file={folder}/daemon.json",
        f"--data-root={folder}/data",
        f"--exec-root={folder}/exec",
        f"--pidfile={folder}/pid",
        f"--host=unix://{folder}/socket",
        "--bridge=none",
        "--iptables=false",
        "--ip6tables=false",
        "--ip-forward=false",
        "--ip-masq=false",
        "--exec-opt=native.cgroupdriver=cgroupfs",
        f"--cgroup-parent=/{groups}",
    ]


def _wait_for(daemon: subprocess.Popen[bytes], docker: Docker, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while docker.run("version").returncode != 0:
        if daemon.poll() is not None or time.monotonic() > deadline:
            last = log.read_text(errors="replace").strip().rpartition("\n")[2]
            raise NotPermitted(f"dockerd does not run here: {last}")
        time.sleep(0.1)


def _expect_no_process(folder: Path) -> None:
    """What watched a container goes a moment after the daemon."""
    deadline = time.monotonic() + COMMAND_SECONDS
    while left := processes_of(folder):
        assert time.monotonic() < deadline, left
        time.sleep(0.1)


@contextmanager
def running(folder: Path) -> Iterator[Docker]:
    """A daemon in a new folder. At the end nothing of it is left: no process, mount or control group."""
    if shutil.which("dockerd", path=PATH) is None or shutil.which("docker", path=PATH) is None:
        raise NotPermitted("dockerd is not installed: packaging/test --docker installs Debian's docker.io")
    if os.geteuid() != 0 or subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode != 0:
        raise NotPermitted("dockerd needs root, and a mount namespace")
    folder.mkdir()
    subprocess.run(["cp", "-a", "/etc", folder], check=True)
    (folder / "daemon.json").write_text("{}")
    groups, log = f"ssm-exec-test-{os.getpid()}", folder / "log"
    docker = Docker(folder)
    command = [*NAMESPACE, "sh", "-euc", START, str(folder), *_options(folder, groups)]
    with log.open("wb") as written:
        daemon = subprocess.Popen(
            command, env={"PATH": PATH}, stdin=subprocess.DEVNULL, stdout=written, stderr=written, cwd=folder
        )
    try:
        _wait_for(daemon, docker, log)
        yield docker
        containers = docker.output("ps", "--all", "--quiet").split()
        if containers:
            docker.output("rm", "--force", *containers)
    finally:
        processes.end(daemon, COMMAND_SECONDS)
        _expect_no_process(folder)
        control_groups.remove(control_groups.named(groups))
    assert str(folder) not in Path("/proc/self/mountinfo").read_text()
