"""Common to the tests of a release: the folder that packaging/build made, a command to be started in an otherwise empty
root, and a Parameter Store on loopback."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import docker_daemon
import pytest
from parameter_store import ParameterStore
from parameter_store.fixtures import certificates_directory, running_store, store  # noqa: F401

ROOT = Path(__file__).resolve().parents[2]
VERSION = re.search(r"^  version: '(.+)'", (ROOT / "meson.build").read_text(), re.MULTILINE).group(1)
STATIC = Path(os.environ.get("SSM_EXEC_STATIC", ROOT / "build-static")).resolve()
"""Where packaging/static/build has built."""
SHOW = r"""
#include <stdio.h>
extern char **environ;
int main(void)
{
    for (char **entry = environ; *entry != NULL; entry++) {
        puts(*entry);
    }
    return 0;
}
"""


@pytest.fixture(scope="session")
def release() -> Path:
    """SSM_EXEC_RELEASE, or the folder that packaging/build makes unless told otherwise."""
    path = Path(os.environ.get("SSM_EXEC_RELEASE", ROOT / "build-release")).resolve()
    assert (path / "SHA256SUMS").exists(), f"{path} is not a release: packaging/build {VERSION} makes one"
    return path


@pytest.fixture(scope="session")
def show(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A static program that prints its environment."""
    path = tmp_path_factory.mktemp("show") / "show"
    source = path.with_suffix(".c")
    source.write_text(SHOW)
    subprocess.run(["gcc", "-static", "-o", path, source], check=True)
    return path


@pytest.fixture(scope="session")
def probe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A static program that tells what it finds around it (probe.c)."""
    path = tmp_path_factory.mktemp("probe") / "probe"
    source = Path(__file__).with_name("probe.c")
    subprocess.run(["gcc", "-Wall", "-Wextra", "-Werror", "-static", "-o", path, source], check=True)
    return path


@pytest.fixture(scope="session")
def docker() -> Iterator[docker_daemon.Docker]:
    """One daemon for all tests, in a folder whose name is short enough for the names of its sockets."""
    with tempfile.TemporaryDirectory(prefix="docker.") as path:
        try:
            with docker_daemon.running(Path(path) / "daemon") as running:
                yield running
        except docker_daemon.NotPermitted as reason:
            pytest.skip(str(reason))


@pytest.fixture(scope="session")
def image(docker: docker_daemon.Docker, release: Path) -> str:
    """The release's image in that daemon, as packaging/README.md says."""
    name = f"localhost/ssm-exec:{VERSION}"
    loaded = docker.output("load", "--input", release / f"ssm-exec-{VERSION}-oci.tar")
    assert loaded.splitlines() == [f"Loaded image: {name}", f"Loaded image: {name}-arm64"]
    return name


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[str], None]]:
    """Shows a figure, whatever the options of pytest are."""
    lines: list[str] = []
    yield lines.append
    with capsys.disabled():
        for line in lines:
            print(f"\n{line}")


def git(folder: Path, *args: str | Path, **environment: str) -> str:
    command = ["git", "-C", folder, "-c", "user.name=Test", "-c", "user.email=test@example.com", *args]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, **environment})
    return done.stdout


def commit(folder: Path) -> None:
    """All that is in the folder, at the time of the last commit of this repository."""
    when = git(ROOT, "log", "-1", "--format=%cI").strip()
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=test", GIT_AUTHOR_DATE=when, GIT_COMMITTER_DATE=when)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """The sources in another folder, as a repository of its own."""
    copy = tmp_path / "another" / "place"
    for path in git(ROOT, "ls-files", "-z").split("\0")[:-1]:
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, copy / path)
    git(copy, "init", "--quiet")
    commit(copy)
    return copy


def everything_below(root: Path) -> set[str]:
    """The files, links and folders, by path."""
    return {path.relative_to(root).as_posix() for path in root.rglob("*")}


class InstalledRoot:
    """A folder into which a package is installed. What the tests put there themselves is in /test."""

    def __init__(self, root: Path, show: Path, store: ParameterStore) -> None:  # noqa: F811
        self.root = root
        self._store = store
        (root / "test").mkdir(parents=True)
        shutil.copy(show, root / "test" / "show")
        shutil.copy(store.ca_file, root / "test" / "ca.pem")

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Runs a program of the root in it."""
        environment = {**self._store.environment(), "AWS_CA_BUNDLE": "/test/ca.pem", "PATH": "/usr/bin"}
        return subprocess.run(
            ["/usr/sbin/chroot", self.root, *command],
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def check_the_programs(self, program: str = "/usr/bin/ssm-exec") -> None:
        """It says its version, and does its job: HTTPS to the store, and a command with what it read."""
        done = self.run(program, "--version")
        assert done.stdout.startswith(f"ssm-exec {VERSION} ("), done
        self._store.put("/prod/api/db/password", "correct horse", "SecureString")
        done = self.run(program, "/prod/api", "--", "/test/show")
        assert (done.returncode, done.stderr) == (0, "")
        assert "DB_PASSWORD=correct horse" in done.stdout.splitlines()


@pytest.fixture
def installed(tmp_path: Path, show: Path, store: ParameterStore) -> InstalledRoot:  # noqa: F811
    if os.geteuid() != 0:
        pytest.skip("installing into a root of its own needs root")
    return InstalledRoot(tmp_path / "root", show, store)
