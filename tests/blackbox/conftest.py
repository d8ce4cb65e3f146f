"""Common to all black-box tests: the program, a Parameter Store on loopback, and a way to run one against the other."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from credential_services.fixtures import (  # noqa: F401
    container,
    metadata,
    running_container,
    running_metadata,
    running_sso_portal,
    running_sts,
    sso_portal,
    sts,
)
from parameter_store import Credentials, ParameterStore
from parameter_store.fixtures import certificates_directory, running_store, store  # noqa: F401

ROOT = Path(__file__).resolve().parents[2]
PATH = "/usr/local/bin:/usr/bin:/bin"
"""The PATH of the program and of what it starts."""


@dataclass(frozen=True)
class Result:
    """How a run of the program ended."""

    status: int
    """The exit status; minus the number of the signal that ended it."""
    out_bytes: bytes
    err_bytes: bytes

    @property
    def out(self) -> str:
        return self.out_bytes.decode()

    @property
    def err(self) -> str:
        return self.err_bytes.decode()

    @property
    def entries(self) -> list[bytes]:
        """What COMMAND wrote, if that was "env -0": its environment as it is, duplicates and all."""
        assert self.status == 0, self.err
        return self.out_bytes.split(b"\0")[:-1]

    def expect_failure(self, *texts: str, status: int = 125) -> None:
        """COMMAND was not started, and standard error says all of that, in lines of the program's own."""
        assert (self.status, self.out_bytes) == (status, b""), self
        assert self.err.endswith("\n"), self.err
        for line in self.err.splitlines():
            assert line.startswith("ssm-exec: "), self.err
        for text in texts:
            assert text in self.err, self.err

    @property
    def variables(self) -> dict[str, str]:
        """The same by name."""
        return dict(entry.decode().split("=", 1) for entry in self.entries)


class Runner:
    """Runs the program in an environment that contains only what is said here."""

    def __init__(self, program: Path, store: ParameterStore, home: Path) -> None:
        self.program = program
        self.home = home
        self._store = store
        self._started: list[subprocess.Popen[bytes]] = []

    def environment(
        self,
        env: Mapping[str, str | None] | None = None,
        credentials: Credentials | None = None,
        store: ParameterStore | None = None,
    ) -> dict[str, str]:
        """PATH, HOME, what it takes to read the store, then env, in which None removes a variable.

        EC2 instance metadata is never asked at its real address: a test that wants some removes the
        first variable and names an endpoint.
        """
        merged: dict[str, str | None] = {
            "AWS_EC2_METADATA_DISABLED": "true",
            "PATH": PATH,
            "HOME": str(self.home),
            **{name: os.environ[name] for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ},
            **(store or self._store).environment(credentials),
            **(env or {}),
        }
        return {name: value for name, value in merged.items() if value is not None}

    def __call__(
        self,
        *args: str | os.PathLike[str],
        env: Mapping[str, str | None] | None = None,
        credentials: Credentials | None = None,
        store: ParameterStore | None = None,
        timeout: float = 60,
        **popen: Any,
    ) -> Result:
        """Runs the program to its end. popen goes to subprocess.run."""
        popen.setdefault("stdin", subprocess.DEVNULL)
        done = subprocess.run(
            [self.program, *args],
            env=self.environment(env, credentials, store),
            capture_output=True,
            timeout=timeout,
            **popen,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    def start(
        self,
        *args: str | os.PathLike[str],
        env: Mapping[str, str | None] | None = None,
        credentials: Credentials | None = None,
        store: ParameterStore | None = None,
        **popen: Any,
    ) -> subprocess.Popen[bytes]:
        """Starts the program; whatever is left of it at the end of the test is killed."""
        popen.setdefault("stdin", subprocess.DEVNULL)
        popen.setdefault("stdout", subprocess.PIPE)
        popen.setdefault("stderr", subprocess.PIPE)
        process = subprocess.Popen(
            [self.program, *args], env=self.environment(env, credentials, store), **popen
        )
        self._started.append(process)
        return process

    @staticmethod
    def finish(process: subprocess.Popen[bytes], timeout: float = 60) -> Result:
        """Waits for a started program."""
        out, err = process.communicate(timeout=timeout)
        return Result(process.returncode, out or b"", err or b"")

    def close(self) -> None:
        for process in self._started:
            if process.poll() is None:
                process.kill()
            process.communicate()


@pytest.fixture(scope="session")
def program() -> Path:
    """The program under test: SSM_EXEC_PROGRAM, or the one in the default build directory."""
    path = Path(os.environ.get("SSM_EXEC_PROGRAM", ROOT / "build" / "cmd" / "ssm-exec")).resolve()
    assert os.access(path, os.X_OK), f"{path} is not built; SSM_EXEC_PROGRAM can name another"
    return path


@pytest.fixture
def run(program: Path, store: ParameterStore, tmp_path: Path) -> Iterator[Runner]:  # noqa: F811
    """run("/prod/api", "--", "env", "-0") → Result; run.start for what goes on in the background."""
    home = tmp_path / "home"
    home.mkdir()
    runner = Runner(program, store, home)
    yield runner
    runner.close()


@pytest.fixture
def environment(run: Runner) -> dict[str, str]:
    """What the program is given besides its arguments, for tests that start it themselves."""
    return run.environment()


ONCE = ("test_parameter_store", "test_credential_services", "test_dotenv_loaders", "test_credentials_against_botocore", "test_memory", "test_dotenv_memory")
"""Files whose tests gain nothing by running with the sanitizers' build as well, or cannot."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.stem.startswith(ONCE):
            item.add_marker(pytest.mark.release_only)
