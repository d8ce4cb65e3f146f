"""What docs/operations.md says of filters, users, units and the log of AWS."""

from __future__ import annotations

import errno
import re
import signal
import subprocess

import pytest
from conftest import ROOT, Runner
from parameter_store import ParameterStore
from privileges import become
from seccomp import MEMORY_LOCKS, without_memory_locks

PAGE = (ROOT / "docs" / "operations.md").read_text()
UNITS = re.findall(r"^```ini\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
SERVER = ("--", "/bin/sh", "-c", 'echo "started with $PORT"')
NOBODY = 65534

filters_are_known = pytest.mark.skipif(not MEMORY_LOCKS, reason="the numbers of the system calls are not known for this machine")


def filtered(run: Runner, action: str) -> subprocess.CompletedProcess[str]:
    command = [*without_memory_locks(action), str(run.program), "/prod/api", *SERVER]
    return subprocess.run(command, env=run.environment(), capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.release_only
@filters_are_known
def test_a_filter_that_kills_memory_locks_kills_without_a_message(store: ParameterStore, run: Runner) -> None:
    store.put("/prod/api/port", "8080")
    done = filtered(run, "kill")
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGSYS, "", "")


@pytest.mark.release_only
@filters_are_known
def test_a_filter_that_refuses_memory_locks_does_not_matter(store: ParameterStore, run: Runner) -> None:
    store.put("/prod/api/port", "8080")
    done = filtered(run, str(errno.EPERM))
    assert (done.returncode, done.stdout) == (0, "started with 8080\n"), done.stderr


def test_a_file_in_memory_is_for_the_user_that_ssm_exec_ran_as(store: ParameterStore, run: Runner) -> None:
    become(NOBODY)  # skips where it is not permitted
    store.put("/prod/key", "hush", "SecureString")
    switch = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    result = run("--file", "KEY=/prod/key", "--", *switch, "/bin/sh", "-c", 'cat "$KEY"')
    assert (result.status, result.out) == (1, "") and "Permission denied" in result.err
    variable = run("KEY=/prod/key", "--", *switch, "/bin/sh", "-c", 'echo "$KEY"')
    assert (variable.status, variable.out) == (0, "hush\n")


def test_the_dry_run_before_the_start_fails_it(store: ParameterStore, run: Runner) -> None:
    (unit,) = UNITS
    pre, start = (re.search(rf"^{key}=/usr/bin/ssm-exec (.*)$", unit, re.MULTILINE)[1].split() for key in ("ExecStartPre", "ExecStart"))
    (settings,) = re.findall("^Environment=(.*)$", unit, re.MULTILINE)
    environment = dict(setting.split("=", 1) for setting in settings.split())
    del environment["AWS_REGION"]  # the store's is another
    run(*pre, env=environment).expect_failure("/prod/api: there is no parameter below this path")
    store.put("/prod/api/port", "8080")
    result = run(*pre, env=environment)
    assert (result.status, result.err) == (0, "") and "8080" not in result.out
    assert start == ["--", "/opt/api/server"]


def test_a_refusal_looks_as_on_the_page(certificates_directory, run: Runner) -> None:
    (shown,) = re.findall(r"^```\n(ssm-exec: error: .*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    with ParameterStore(certificates_directory=certificates_directory, region="eu-west-1") as store:
        role = store.add_credentials("ASIAROLE", "secret", "token", principal_arn="arn:aws:sts::123456789012:assumed-role/prod-api/session")
        below = {"Effect": "Allow", "Action": "ssm:GetParametersByPath", "Resource": "arn:aws:ssm:eu-west-1:123456789012:parameter/prod/api/*"}
        store.attach({"Version": "2012-10-17", "Statement": [below]}, role.access_key_id)
        store.put("/prod/api/port", "8080")
        command = [run.program, "/prod/api", "--", "true"]
        environment = {"PATH": "/usr/bin:/bin", **store.environment(role)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    varying = r"\(request id [-0-9a-f]+\) \(reply of [^)]+\)"
    assert re.sub(varying, "", done.stderr) == re.sub(varying, "", shown)


def test_reads_are_the_only_operations_and_name_the_program(store: ParameterStore, run: Runner) -> None:
    for number in range(11):
        store.put(f"/prod/api/p{number:02}", "v", "SecureString")
    store.put("/prod/single", "v")
    run("/prod/api", "SINGLE=/prod/single", "--", "/bin/true")
    operations = [entry.operation for entry in store.journal.entries]
    assert sorted(operations) == ["GetParameters", "GetParametersByPath", "GetParametersByPath"]
    assert all(entry.headers["user-agent"].startswith("ssm-exec/") for entry in store.journal.entries)
