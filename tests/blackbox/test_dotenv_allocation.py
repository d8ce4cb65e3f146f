"""The n-th allocation of a command of ssm-dotenv fails: it does all that it was told to, or says that it failed; nothing is half done.

As in test_allocation.py, every n-th is tried with ALLOCATION_STRIDE=1, which tests/allocation/run does.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import PATH, Result, Runner
from parameter_store import ParameterStore
from parameter_store.names import Reference
from test_allocation import STRIDE, TIMEOUT_S, built_for_tests
from test_dotenv_policy import POLICIES

MARK = "mark-5c20-must-not-be-seen"
VALUES = {"DB_PASSWORD": f"{MARK} Zr9/x+K1", "API_TOKEN": f"ghp_{MARK}0123456789abcdefghijklm"}
NAMES = {variable: f"/prod/api/{variable.lower()}" for variable in VALUES}
ENV = "".join(f"{variable}='{value}'\n" for variable, value in VALUES.items()) + "PORT=8080\n"
MAP = "# ssm-dotenv map 1\n" + "".join(f"{variable}=ssm://{name}\n" for variable, name in NAMES.items()) + "# plain\nPORT=8080\n"
CODE = f"require('dotenv').config()\nconst p = process.env.DB_PASSWORD, t = '{VALUES['API_TOKEN']}'\n"


class Place:
    """A folder with an env file, its map and source code, and a store, which are the same before each run."""

    def __init__(self, store: ParameterStore, folder: Path) -> None:
        self.store = store
        self.folder = folder
        (folder / "app").mkdir()
        (folder / "app" / "server.js").write_text(CODE)
        (folder / "compose.yaml").write_text("services:\n  api:\n    env_file: .env\n")
        (folder / ".gitignore").write_text("*.log\n/.env\n")
        subprocess.run(["git", "init", "-q"], cwd=folder, env={"PATH": PATH, "HOME": str(folder)}, check=True)
        store.limit_writes(None)

    def restore(self, has_values: bool) -> None:
        for variable, name in NAMES.items():
            self.store.delete(name)
            if has_values:
                self.store.put(name, VALUES[variable], "SecureString")
        (self.folder / ".env").write_text(ENV)
        (self.folder / ".env").chmod(0o600)
        (self.folder / ".env.staging").write_text("PORT=8081\nDB_PASSWORD='other than in production'\n")
        (self.folder / "prod.map").write_text(MAP)
        (self.folder / "new.map").unlink(missing_ok=True)

    def stored(self) -> dict[str, str]:
        found = {name: self.store.model.find(Reference(name, name)) for name in NAMES.values()}
        return {name: parameter.latest.value for name, parameter in found.items() if parameter}

    def files(self) -> dict[str, str]:
        return {path.name: path.read_text() for path in self.folder.iterdir() if path.is_file()}


WITHOUT_MEMORY = b"ssm-dotenv: error: out of memory\n"
"""All that is said where even a message finds no memory."""

Judge = Callable[[Place, Result, dict[str, str]], "str | None"]


def nothing_changes(place: Place, result: Result, before: dict[str, str]) -> str | None:
    return None if place.files() == before else "files have changed"


def a_map_is_whole(place: Place, result: Result, before: dict[str, str]) -> str | None:
    files = place.files()
    written = files.pop("new.map", None)
    if files != before or (result.status == 0) != (written is not None):
        return "other files than those that it says"
    return None if written is None or all(f"\n{line}\n" in written for line in MAP.splitlines() if "ssm:" in line) else "the map is not whole"


def each_parameter_is_right_or_missing(place: Place, result: Result, before: dict[str, str]) -> str | None:
    stored = place.stored()
    if any(stored[name] != VALUES[variable] for variable, name in NAMES.items() if name in stored):
        return "another value was written"
    if result.status == 0 and len(stored) != len(NAMES):
        return "not all are written"
    told = result.out + result.err
    unnamed = [name for name in stored if name not in told and result.err_bytes != WITHOUT_MEMORY]
    return f"{unnamed} were written, and it does not say so" if unnamed else nothing_changes(place, result, before)


def the_file_is_there_or_told_deleted(place: Place, result: Result, before: dict[str, str]) -> str | None:
    is_there = ".env" in place.files()
    is_told = "is deleted" in result.out + result.err
    return None if is_there != is_told else f"the file {'is' if is_there else 'is not'} there, but it says something else"


@dataclass(frozen=True)
class Case:
    args: tuple[str, ...]
    status: int = 0
    has_values: bool = True
    judge: Judge = nothing_changes
    stride: int = 53
    """One in so many allocations is tried in the suite; those of commands that ask nobody are few."""


CASES = {
    "inventory": Case(("inventory", "--source", "app", ".env", ".env.staging"), stride=7),
    "inventory as JSON": Case(("inventory", "--source", "app", "--json", ".env", ".env.staging"), stride=7),
    "map": Case(("map", "--path", "/prod/api", "--key-id", "alias/prod", ".env"), stride=2),
    "map into a file": Case(("map", "--path", "/prod/api", "--keep", "PORT", "--output", "new.map", ".env"), judge=a_map_is_whole, stride=2),
    "push, the plan": Case(("push", "--env-file", ".env", "--against", ".env.staging", "prod.map"), has_values=False),
    "push": Case(("push", "--env-file", ".env", "--apply", "--rate", "10", "--tag", "team=red", "prod.map"), has_values=False,
                 judge=each_parameter_is_right_or_missing),
    "push as JSON": Case(("push", "--env-file", ".env", "--apply", "--rate", "10", "--json", "prod.map"), has_values=False,
                         judge=each_parameter_is_right_or_missing),
    "verify": Case(("verify", "--env-file", ".env", "--path", "/prod/api", "prod.map")),
    "verify as JSON": Case(("verify", "--env-file", ".env", "--json", "prod.map")),
    "verify, names only": Case(("verify", "--names-only", "prod.map")),
    "retire": Case(("retire", "--env-file", ".env", "--source", ".", "prod.map"), status=1),
    "retire as JSON": Case(("retire", "--env-file", ".env", "--source", "app", "--json", "prod.map"), status=1),
    "retire, deleting": Case(("retire", "--env-file", ".env", "--delete", "prod.map"), judge=the_file_is_there_or_told_deleted),
    **{f"policy {name}": Case(("policy", *args), stride=3) for name, args in POLICIES.items()},
}  # fmt: skip


def fault_of(result: Result, right: Result) -> str | None:
    """What is wrong where neither all was printed, nor 2 returned with lines of the program's own."""
    if result.status == 1 and b"git could not be asked" in result.out_bytes:
        return None  # which says what to do
    if result.status == right.status:
        return None if result.out_bytes == right.out_bytes else "another output"
    lines = result.err_bytes.split(b"\n")
    if result.status != 2:
        return f"status {result.status}"
    if lines[-1] != b"" or not all(line.startswith(b"ssm-dotenv: ") for line in lines[:-1]):
        return "other lines on standard error"
    return None if any(line.startswith(b"ssm-dotenv: error: ") for line in lines) else "no error is told"


def fail_one_by_one(runner: Runner, place: Place, case: Case, env: dict[str, str], stride: int, needs_cause: bool) -> None:
    """One allocation after the other, until a run makes fewer; the first run makes all."""
    mark = runner.home / "failed"
    place.restore(case.has_values)
    before = place.files()
    right = runner(*case.args, cwd=place.folder, timeout=TIMEOUT_S)
    assert right.status == case.status, right
    assert case.judge(place, right, before) is None, right
    wrong = []
    number = 1
    while True:
        place.restore(case.has_values)
        env = {**env, "ALLOCATION_FAILS_AT": str(number), "ALLOCATION_FAILED": str(mark)}
        result = runner(*case.args, cwd=place.folder, env=env, timeout=TIMEOUT_S)
        failed = mark.exists()
        mark.unlink(missing_ok=True)
        fault = fault_of(result, right) or case.judge(place, result, before)
        if not fault and MARK.encode() in result.out_bytes + result.err_bytes:
            fault = "a value is shown"
        if not fault and needs_cause and result.status == 2 and "memory" not in result.err:
            fault = "the cause is not told"
        if fault:
            wrong.append(f"allocation {number}: {fault}: {result}")
        if not failed:
            break
        number += stride
    assert not wrong, f"{len(wrong)} of {number // stride}:\n" + "\n".join(wrong[:40])
    assert number > 2 * stride, "hardly anything was allocated"


@pytest.fixture
def place(store: ParameterStore, tmp_path: Path) -> Place:
    folder = tmp_path / "place"
    folder.mkdir()
    return Place(store, folder)


@pytest.mark.parametrize("for_good", [False, True], ids=["once", "for good"])
@pytest.mark.parametrize("name", CASES)
def test_an_allocation_of_the_program_fails(run: Runner, store: ParameterStore, place: Place, name: str, for_good: bool) -> None:
    """Its own, those of locked memory and those that libcurl makes with them."""
    runner = Runner(built_for_tests(run.program) / "ssm-dotenv-failing", store, run.home)
    env = {"ALLOCATION_FAILS_FOR_GOOD": "1"} if for_good else {}
    fail_one_by_one(runner, place, CASES[name], env, STRIDE or CASES[name].stride, needs_cause=True)


@pytest.mark.release_only  # a sanitizer brings an allocator of its own
@pytest.mark.parametrize("for_good", [False, True], ids=["once", "for good"])
@pytest.mark.parametrize("name", CASES)
def test_any_allocation_of_the_process_fails(run: Runner, store: ParameterStore, place: Place, name: str, for_good: bool) -> None:
    """The C library's, the resolver's and libcurl's too, of the program as it is shipped."""
    runner = Runner(run.program.parent / "ssm-dotenv", store, run.home)
    env = {"LD_PRELOAD": str(built_for_tests(run.program) / "failing.so")} | ({"ALLOCATION_FAILS_FOR_GOOD": "1"} if for_good else {})
    fail_one_by_one(runner, place, CASES[name], env, STRIDE or CASES[name].stride, needs_cause=False)
