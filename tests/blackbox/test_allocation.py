"""The n-th allocation of a run fails: COMMAND gets exactly its environment, or is not started; and nothing is left behind.

Every n-th is tried with ALLOCATION_STRIDE=1, which tests/allocation/run does; the suite tries one in so many.
"""

from __future__ import annotations

import ctypes
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from chain import Chain, chain, role  # noqa: F401
from conftest import Result, Runner
from parameter_store import ParameterStore

STRIDE = int(os.environ.get("ALLOCATION_STRIDE", "0"))
"""0: what suits each way to fail in a suite that is run often."""
COMMAND = ("--", "/usr/bin/env", "-0")
TIMEOUT_S = 40
PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Case:
    """A run, and the variables whose values must be right in the end."""

    args: tuple[str, ...]
    env: dict[str, str | None]
    wanted: dict[str, str]


def put(store: ParameterStore) -> None:
    for number in range(7):
        store.put(f"/p/v{number}", f"value {number}\n" * 5, "SecureString")
    store.put("/db", '{"user": "u", "pass\\u0077ord": "p\\u00e4ss"}')
    store.put("/key", "key " * 1000)
    store.put("/key", "second version")
    store.paging.page_size = 3


def by_path(chain: Chain) -> Case:
    return Case(("/p", "/p=P_", *COMMAND), chain.variables(), {"V0": "value 0\n" * 5, "P_V6": "value 6\n" * 5})


def by_name(chain: Chain) -> Case:
    args = ("A=/p/v1", "KEY=/key:1", "PASSWORD=/db#password", "--file", "FILE=/key", "--optional", "NOT=/not", "-v", "--", "env", "-0")
    return Case(args, chain.variables(), {"A": "value 1\n" * 5, "KEY": "key " * 1000, "PASSWORD": "p\u00e4ss"})


def with_sts(chain: Chain) -> Case:
    chain.sts.add_role(role("reader"))
    chain.config["profile base"] = chain.properties("base")
    chain.config["profile reader"] = {"role_arn": role("reader"), "source_profile": "base", "region": "us-east-1"}
    return Case(("/p", *COMMAND), {"AWS_PROFILE": "reader"}, {"V3": "value 3\n" * 5})


def with_an_env_file(chain: Chain) -> Case:
    path = chain.home / ".env"
    path.write_text("PLAIN='two\nlines'\nREF=ssm:///p/v2\nexport OTHER=\"a\\tb\" # comment\n")
    lock = chain.home / "lock"
    lock.write_text('{"variables": [{"name": "LOCKED", "parameter": "/key", "version": 1}]}')
    args = ("--env-file", str(path), "--lock", str(lock), "--require", f"@{path}", "--preserve-env=KEPT", "--unset=INHERITED_*",
            "--drop-credentials", "--allow-var", "PATH", *COMMAND)  # fmt: skip
    env = {**chain.variables(), "KEPT": "kept", "INHERITED": "ssm:///p/v4"}
    return Case(args, env, {"PLAIN": "two\nlines", "REF": "value 2\n" * 5, "LOCKED": "key " * 1000, "INHERITED": "value 4\n" * 5, "KEPT": "kept"})


def with_a_helper(chain: Chain) -> Case:
    chain.config["default"] = {"credential_process": chain.process(chain.process_document()) + " 'quoted argument'"}
    return Case(("/p", *COMMAND), {}, {"V5": "value 5\n" * 5})


def with_sso(chain: Chain) -> Case:
    chain.config["profile corp"] = chain.sso_profile(region="us-east-1")
    return Case(("/p", *COMMAND), {"AWS_PROFILE": "corp"}, {"V3": "value 3\n" * 5})


def with_a_web_identity(chain: Chain) -> Case:
    return Case(("/p", *COMMAND), chain.web_identity_env(), {"V3": "value 3\n" * 5})


def with_a_container(chain: Chain) -> Case:
    return Case(("/p", *COMMAND), chain.container_env("Bearer token"), {"V3": "value 3\n" * 5})


def with_metadata(chain: Chain) -> Case:
    """The region comes from there too."""
    return Case(("/p", *COMMAND), {**chain.metadata_env(), "AWS_REGION": None}, {"V3": "value 3\n" * 5})


def dry_run(chain: Chain) -> Case:
    return Case(("/p", "A=/key", "--dry-run", "--json"), chain.variables(), {})


CASES: tuple[Callable[[Chain], Case], ...] = (
    by_path, by_name, with_sts, with_an_env_file, with_a_helper, with_sso, with_a_web_identity, with_a_container, with_metadata,
    dry_run,
)


def ends(pid: int) -> bool:
    """Whether an orphan ends: one that was killed may take a moment."""
    for _ in range(500):
        if os.waitpid(pid, os.WNOHANG) != (0, 0):
            return True
        time.sleep(0.01)
    return False


@pytest.fixture
def reaper() -> Iterator[Callable[[], list[int]]]:
    """Orphans become children of the test; those that still run are killed and reported."""
    libc = ctypes.CDLL(None)
    assert libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0

    def orphans() -> list[int]:
        children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        left = []
        for pid in map(int, children):
            if not ends(pid):
                left.append(pid)
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
        return left

    yield orphans
    libc.prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def built_for_tests(program: Path) -> Path:
    """Where meson puts the libraries that are built for this."""
    return program.parents[1] / "tests" / "allocation"


def without_our_own(out: bytes) -> bytes:
    return b"\0".join(entry for entry in out.split(b"\0") if not entry.startswith((b"ALLOCATION_", b"LD_PRELOAD=")))


def fault_of(result: Result, right: bytes) -> str | None:
    """What is wrong where neither exactly this was printed, nor 125 returned with lines of the program's own."""
    if result.status == 0:
        return None if without_our_own(result.out_bytes) == right else "another environment"
    lines = result.err_bytes.split(b"\n")
    if (result.status, result.out_bytes) != (125, b""):
        return f"status {result.status}"
    if lines[-1] != b"" or not all(line.startswith(b"ssm-exec: ") for line in lines[:-1]):
        return "other lines on standard error"
    return None if any(line.startswith(b"ssm-exec: error: ") for line in lines) else "no error is told"


def fail_one_by_one(runner: Runner, case: Case, env: dict[str, str], stride: int, orphans: Callable[[], list[int]],
                    judge: Callable[[Result], str | None]) -> None:  # fmt: skip
    """One allocation after the other, until a run makes fewer."""
    mark = runner.home / "failed"
    kept = sorted(os.listdir(runner.home))
    wrong = []
    number = 1
    while True:
        env = {**env, "ALLOCATION_FAILS_AT": str(number), "ALLOCATION_FAILED": str(mark)}
        result = runner(*case.args, env={**case.env, **env}, timeout=TIMEOUT_S)
        left = orphans()
        failed = mark.exists()
        mark.unlink(missing_ok=True)
        fault = judge(result) or (f"processes {left} are left" if left else None)
        fault = fault or (None if sorted(os.listdir(runner.home)) == kept else "files are left")
        if fault:
            wrong.append(f"allocation {number}: {fault}: {result}")
        if not failed:
            break
        number += stride
    assert not wrong, f"{len(wrong)} of {number // stride}:\n" + "\n".join(wrong[:40])
    assert number > 2 * stride, "hardly anything was allocated"


def right_output(result: Result, case: Case) -> bytes:
    """What a run without any failure printed, once it is sure that this is right."""
    assert result.status == 0, result.err
    if case.wanted:
        assert {name: result.variables[name] for name in case.wanted} == case.wanted
    return without_our_own(result.out_bytes)


@pytest.mark.parametrize("for_good", [False, True], ids=["once", "for good"])
@pytest.mark.parametrize("make", CASES, ids=lambda make: make.__name__)
def test_an_allocation_of_the_program_fails(chain: Chain, program: Path, reaper, make, for_good: bool) -> None:
    """Its own, those of locked memory and those that libcurl makes with them."""
    put(chain.store)
    case = make(chain)
    case = replace(case, env={**chain.env, **case.env})
    chain.write()
    runner = Runner(built_for_tests(program) / "ssm-exec-failing", chain.store, chain.home)
    right = right_output(runner(*case.args, env=case.env), case)

    def judge(result: Result) -> str | None:
        return fault_of(result, right) or (None if result.status == 0 or "memory" in result.err else "the cause is not told")

    env = {"ALLOCATION_FAILS_FOR_GOOD": "1"} if for_good else {}
    fail_one_by_one(runner, case, env, STRIDE or 47, reaper, judge)


@pytest.mark.release_only  # a sanitizer brings an allocator of its own
@pytest.mark.parametrize("for_good", [False, True], ids=["once", "for good"])
@pytest.mark.parametrize("make", CASES, ids=lambda make: make.__name__)
def test_any_allocation_of_the_process_fails(chain: Chain, program: Path, reaper, make, for_good: bool) -> None:
    """The C library's, the resolver's and libcurl's too, of the program as it is shipped."""
    put(chain.store)
    case = make(chain)
    case = replace(case, env={**chain.env, **case.env})
    chain.write()
    right = right_output(chain.runner(*case.args, env=case.env), case)
    env = {"LD_PRELOAD": str(built_for_tests(program) / "failing.so")} | ({"ALLOCATION_FAILS_FOR_GOOD": "1"} if for_good else {})
    fail_one_by_one(chain.runner, case, env, STRIDE or 19, reaper, lambda result: fault_of(result, right))
