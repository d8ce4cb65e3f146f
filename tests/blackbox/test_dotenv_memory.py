"""What is left of values in the memory of ssm-dotenv when it ends, whatever its command did; and that nobody may look before."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from conftest import Runner
from memory import Ended, run_to_exit
from parameter_store import ParameterStore, faults
from test_contract import become

pytestmark = pytest.mark.memory

VALUE = "hush-one-Vq7ZkT0x-must-not-stay \"quoted\" \\ and\nover two lines-e81LmPz3"
OTHER = "hush-two-bYc4RnWd-must-not-stay-/+=-and-has-an-end-9sKfQ2Uh"
ESCAPED = VALUE.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
ENV = f'DB_PASSWORD="{ESCAPED}"\nSTRIPE_KEY={OTHER}\n'
MAP = "# ssm-dotenv map 1\nDB_PASSWORD=ssm:///prod/api/db_password\nSTRIPE_KEY=ssm:///prod/api/stripe_key\n"
COMMANDS = {
    "inventory": ["inventory", "--source", ".", ".env"],
    "map": ["map", "--path", "/prod/api", ".env"],
    "plan": ["push", "--env-file", ".env", "prod.map"],
    "push": ["push", "--env-file", ".env", "--apply", "--rate=10", "prod.map"],
    "overwrite": ["push", "--env-file", ".env", "--apply", "--overwrite=DB_PASSWORD,STRIPE_KEY", "--rate=10", "prod.map"],
    "verify": ["verify", "--env-file", ".env", "prod.map"],
    "retire": ["retire", "--env-file", ".env", "--source", ".", "--delete", "prod.map"],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".env").write_text(ENV)
    (tmp_path / "prod.map").write_text(MAP)
    (tmp_path / "copy.txt").write_text(f"a copy: {OTHER}\n")
    return tmp_path


def end(run: Runner, folder: Path, arguments: list[str], **options: object) -> Ended:
    return run_to_exit(run.program.parent / "ssm-dotenv", arguments, cwd=folder, env=run.environment(), **options)


def assert_forgotten(run: Runner, ended: Ended) -> None:
    secret_key = run.environment()["AWS_SECRET_ACCESS_KEY"]
    found = ended.search({"value": VALUE, "other value": OTHER, "secret access key": secret_key})
    assert not found, "\n".join(map(str, found))


@pytest.mark.parametrize("stored", ["nothing", "the same", "another value"])
@pytest.mark.parametrize("name", COMMANDS)
def test_no_value_is_left(run: Runner, store: ParameterStore, folder: Path, name: str, stored: str) -> None:
    if stored != "nothing":
        store.put("/prod/api/db_password", VALUE, "SecureString")
        store.put("/prod/api/stripe_key", OTHER if stored == "the same" else "hush-three-from-the-store-Xk2WmQz8-must-not-stay", "SecureString")
    ended = end(run, folder, COMMANDS[name])
    assert ended.status in (0, 1), ended.err
    assert_forgotten(run, ended)


@pytest.mark.parametrize("fault", [
    faults.ErrorAnswer("AccessDeniedException", "not authorized"), faults.ErrorAnswer("ExpiredTokenException", "expired"), faults.Reset(),
], ids=["denied", "expired", "reset"])  # fmt: skip
@pytest.mark.parametrize("name", ["push", "verify", "retire"])
def test_no_value_is_left_of_a_failure(run: Runner, store: ParameterStore, folder: Path, name: str, fault: object) -> None:
    store.faults.always(fault)
    ended = end(run, folder, [COMMANDS[name][0], "--timeout=1s", *COMMANDS[name][1:]])
    assert ended.status in (1, 2), ended.err
    assert_forgotten(run, ended)


@pytest.mark.release_only  # the sanitizers ignore mlock
def test_values_are_in_locked_memory(run: Runner, store: ParameterStore, folder: Path) -> None:
    hold = store.faults.always(faults.Hold())
    locked = []

    def look(pid: int) -> None:
        store.journal.wait_for(lambda journal: journal.in_flight == 1)
        status = Path(f"/proc/{pid}/status").read_text()
        locked.append(int(status.partition("VmLck:")[2].split()[0]))
        os.kill(pid, signal.SIGKILL)

    ended = end(run, folder, COMMANDS["push"], while_running=look)
    hold.release()
    assert ended.status == -signal.SIGKILL and ended.search({"value": VALUE}), "the search finds what is there"
    assert locked[0] >= 8


@pytest.mark.release_only
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_others_of_its_user_cannot_read_it(run: Runner, store: ParameterStore, folder: Path) -> None:
    hold = store.faults.always(faults.Hold())
    for parent in [folder, *folder.parents][:4]:
        with contextlib.suppress(PermissionError):
            parent.chmod(0o755)
    (folder / "ca.pem").write_bytes(store.ca_file.read_bytes())
    shutil.copy(run.program.parent / "ssm-dotenv", folder)
    environment = {**run.environment(), "AWS_CA_BUNDLE": str(folder / "ca.pem")}
    started = subprocess.Popen([folder / "ssm-dotenv", "verify", "--env-file", ".env", "prod.map"], cwd=folder, env=environment,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **become(65534))  # fmt: skip
    try:
        store.journal.wait_for(lambda journal: journal.in_flight == 1)
        for secret_file in ("environ", "mem", "maps"):
            reader = subprocess.run(["/bin/cat", f"/proc/{started.pid}/{secret_file}"], capture_output=True, check=False, **become(65534))
            assert reader.returncode != 0 and b"Permission denied" in reader.stderr
    finally:
        hold.release()
        started.wait(timeout=30)
