"""Signals that ask to end while parameters are fetched, and signals that writing can cause."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess

import pytest
from parameter_store import faults
from privileges import unshare

ECHO = ("--", "/bin/echo", "started")
SIGNALS = {
    "INT": signal.SIGINT, "TERM": signal.SIGTERM, "HUP": signal.SIGHUP, "QUIT": signal.SIGQUIT,
    "USR1": signal.SIGUSR1, "USR2": signal.SIGUSR2, "PWR": signal.SIGPWR, "RTMIN+3": 37,
}  # fmt: skip
"""Signals that images name as STOPSIGNAL. Container runtimes count RTMIN from 34."""


def by_default() -> None:
    """Undoes what the process that runs the tests may have set: some signals ignored, core files forbidden."""
    for number in (*SIGNALS.values(), signal.SIGWINCH):
        signal.signal(number, signal.SIG_DFL)
    with contextlib.suppress(ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@pytest.mark.parametrize("name", SIGNALS)
def test_it_ends_by_that_signal_without_a_core(store, run, tmp_path, name: str) -> None:
    hold = store.faults.always(faults.Hold())
    started = run.start("/p", *ECHO, preexec_fn=by_default, cwd=tmp_path)
    try:
        store.journal.wait_for(lambda journal: journal.in_flight == 1)
        started.send_signal(SIGNALS[name])
        ended = os.waitid(os.P_PID, started.pid, os.WEXITED | os.WNOWAIT)
    finally:
        hold.release()
    assert (ended.si_code, ended.si_status) == (os.CLD_KILLED, SIGNALS[name])
    assert run.finish(started).out_bytes == b""
    assert list(tmp_path.glob("core*")) == []


@pytest.mark.parametrize("disposition,end", [(signal.SIG_DFL, "the signal"), (signal.SIG_IGN, "COMMAND")], ids=["by default", "ignored"])
@pytest.mark.parametrize("name", SIGNALS)
def test_as_process_1_it_ends_with_128_and_the_number_unless_ignored(store, program, environment, name: str, disposition, end: str) -> None:
    store.put("/p/v", "1")
    hold = store.faults.always(faults.Hold())

    def prepare() -> None:
        by_default()
        signal.signal(SIGNALS[name], disposition)

    command = [*unshare("--pid", "--fork", "--kill-child"), program, "/p", *ECHO]
    started = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, preexec_fn=prepare)
    try:
        store.journal.wait_for(lambda journal: journal.in_flight == 1)
        child = open(f"/proc/{started.pid}/task/{started.pid}/children").read().split()[0]
        os.kill(int(child), SIGNALS[name])
        if end == "COMMAND":
            hold.release()
        out = started.communicate(timeout=30)[0]
        assert (started.returncode, out) == ((0, b"started\n") if end == "COMMAND" else (128 + SIGNALS[name], b""))
    finally:
        hold.release()
        with contextlib.suppress(ProcessLookupError):
            started.kill()


def test_a_change_of_the_windows_size_does_not_end_process_1(store, program, environment) -> None:
    store.put("/p/v", "1")
    hold = store.faults.always(faults.Hold())
    command = [*unshare("--pid", "--fork", "--kill-child"), program, "/p", *ECHO]
    started = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, preexec_fn=by_default)
    try:
        store.journal.wait_for(lambda journal: journal.in_flight == 1)
        child = open(f"/proc/{started.pid}/task/{started.pid}/children").read().split()[0]
        os.kill(int(child), signal.SIGWINCH)
        hold.release()
        assert started.communicate(timeout=30)[0] == b"started\n"
    finally:
        hold.release()
        with contextlib.suppress(ProcessLookupError):
            started.kill()


# --- of our own writes ---


@pytest.mark.parametrize("limit", [0, 100], ids=["nothing", "less than the value"])
def test_a_file_in_memory_above_the_limit_for_files_is_an_error(store, run, limit: int) -> None:
    store.put("/p/v", "x" * 1000)
    result = run("--file", "V=/p/v", *ECHO, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    result.expect_failure("V: the file in memory cannot be created: File too large", "LimitFSIZE")


def test_a_full_log_does_not_end_it(store, run, tmp_path) -> None:
    """SIGXFSZ by standard error, which is a file at its limit: COMMAND starts, and finds no trace of the signal."""
    store.put("/p/v", "1")
    log = tmp_path / "log"
    log.write_bytes(b"x" * 100)
    with log.open("ab") as stream:
        result = subprocess.run(
            [run.program, "-v", "/p", "--", "/bin/grep", "-E", "^(SigPnd|ShdPnd|SigBlk|SigIgn):", "/proc/self/status"],
            env=run.environment(), stdout=subprocess.PIPE, stderr=stream, restore_signals=True, check=False, timeout=60,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)),
        )  # fmt: skip
    bit = 1 << (signal.SIGXFSZ - 1)
    masks = {line.split()[0]: int(line.split()[1], 16) & bit for line in result.stdout.decode().splitlines()}
    assert (result.returncode, masks) == (0, {"SigPnd:": 0, "ShdPnd:": 0, "SigBlk:": 0, "SigIgn:": 0})
