"""Input cannot forge output of the program, and a reader of standard error that does not read delays nothing."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import socket
import subprocess
import termios
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import Runner
from parameter_store import ParameterStore, faults

ECHO = ("--", "/bin/echo", "started")
CONTROLS = {
    "line feed": "\n", "carriage return": "\r", "escape": "\x1b[2K", "delete": "\x7f", "C1 CSI": "\u009b2K", "NEL": "\u0085",
    "line separator": "\u2028", "paragraph separator": "\u2029", "right-to-left override": "\u202e", "isolate": "\u2066",
    "letter mark": "\u061c", "byte order mark": "\ufeff", "zero width space": "\u200b", "tag": "\U000e0041", "noncharacter": "\uffff",
}  # fmt: skip


def assert_shown(text: bytes, separators: str = "\n") -> None:
    """Only visible characters, and the line ends of the program itself."""
    for character in text.decode():
        assert character in separators or unicodedata.category(character) not in ("Cc", "Cf", "Zl", "Zp", "Cn", "Co"), ascii(character)


def altered(store: ParameterStore, change: Callable[[dict], None]) -> None:
    """Alters the parameters on every page of the store."""

    def alter(body: bytes) -> bytes:
        document = json.loads(body)
        for parameter in document["Parameters"]:
            change(parameter)
        return json.dumps(document).encode()

    store.faults.always(faults.AlterBody(alter))


# --- Forged cells and messages


@pytest.mark.parametrize("type_", ["String  1  2020-01-01T00:00:00Z\nSTOLEN  /p/stolen", "", "Secure String", "String\u202e", "Str\u00efng", 7])
def test_a_type_that_is_not_a_word_is_a_malformed_reply(run: Runner, store: ParameterStore, type_: object) -> None:
    store.put("/p/a", "1")
    altered(store, lambda parameter: parameter.update(Type=type_))
    for arguments in ((), ("--dry-run",), ("--dry-run", "--json")):
        result = run("/p", *arguments, *ECHO)
        result.expect_failure("/p/a: ")
        assert_shown(result.err_bytes)


def test_a_type_that_is_not_known_is_shown_and_is_not_secure(run: Runner, store: ParameterStore) -> None:
    store.put("/p/a", "1")
    altered(store, lambda parameter: parameter.update(Type="Hologram"))
    assert run("/p", "--dry-run").out.splitlines()[1].split()[:3] == ["A", "/p/a", "Hologram"]
    run("/p", "--secure-only", *ECHO).expect_failure("/p/a: is a Hologram, but --secure-only accepts only SecureStrings")


def test_a_missing_type_is_not_secure(run: Runner, store: ParameterStore) -> None:
    store.put("/p/a", "1")
    altered(store, lambda parameter: parameter.pop("Type"))
    assert run("/p", "--dry-run").out.splitlines()[1].split()[:4] == ["A", "/p/a", "-", "1"]
    run("/p", "--secure-only", *ECHO).expect_failure("/p/a: is of no type, but --secure-only accepts only SecureStrings")


@pytest.mark.parametrize("control", CONTROLS)
def test_a_name_cannot_add_a_row_to_the_table(run: Runner, store: ParameterStore, control: str) -> None:
    name = f"/p/x{CONTROLS[control]}STOLEN  /p/stolen  String/real"
    store.put(name, "1", force=True)
    table = run("/p", "--flat", "--dry-run")
    assert table.status == 0, table.err
    assert_shown(table.out_bytes)
    head, row = table.out.splitlines()
    assert row.split()[0] == "REAL" and row.split()[2:4] == ["String", "1"]
    assert row.index("String  ", row.index("/real")) == head.index("TYPE")
    document = run("/p", "--flat", "--dry-run", "--json")
    assert_shown(document.out_bytes)
    assert json.loads(document.out)["variables"][0]["parameter"] == name


@pytest.mark.parametrize("form", [(), ("--log-format", "json")])
@pytest.mark.parametrize("control", CONTROLS)
def test_messages_escape_what_they_quote(run: Runner, store: ParameterStore, control: str, form: tuple[str, ...]) -> None:
    text = f"no{CONTROLS[control]}ssm-exec: all is well"
    store.put("/p/a", "1")
    store.put(f"/q/{text}", "1", force=True)
    store.faults.always(faults.ErrorAnswer("AccessDeniedException", text), when=lambda operation, _: operation == "GetParameters")
    for source in ("A=/p/a", "/q", f"/r/{text}", f"{text}=/p/a"):
        result = run(source, "-v", *form, *ECHO)
        assert (result.status, result.out) == (125, "")
        assert_shown(result.err_bytes)
        assert all(line.startswith("{" if form else "ssm-exec: ") for line in result.err.splitlines())


def test_bytes_that_are_not_utf8_are_escaped(run: Runner) -> None:
    result = run(b"/p\xff\x9b/x", "--log-format", "text", "--no-such-option\xe2\x80", *ECHO)
    assert result.status == 125
    assert_shown(result.err_bytes)


# --- Standard error at the exec


def script_without_interpreter(folder: Path) -> Path:
    script = folder / "script"
    script.write_text("#!/no/such/interpreter\n")
    script.chmod(0o755)
    return script


def test_a_failed_exec_keeps_its_status_without_a_reader(run: Runner, store: ParameterStore, tmp_path: Path) -> None:
    store.put("/p/a", "1")
    read, write = os.pipe()
    os.close(read)
    process = run.start("/p", "--", script_without_interpreter(tmp_path), stderr=write, restore_signals=True)
    os.close(write)
    assert process.wait(timeout=60) == 126


@pytest.mark.parametrize("command", ["missing interpreter", "no source"])
def test_a_log_that_may_not_grow_keeps_the_status(run: Runner, store: ParameterStore, tmp_path: Path, command: str) -> None:
    store.put("/p/a", "1")
    log = tmp_path / "log"
    arguments = ["/p", "--", str(script_without_interpreter(tmp_path))] if command == "missing interpreter" else ["--", "true"]
    limited = ["/usr/bin/prlimit", "--fsize=0", run.program, *arguments]
    with log.open("wb") as stream:
        status = subprocess.run(limited, env=run.environment(), stdin=subprocess.DEVNULL, stderr=stream, check=False, timeout=60).returncode
    assert (status, log.read_bytes()) == (126 if command == "missing interpreter" else 125, b"")


# --- A reader that does not read


@contextmanager
def full_pipe() -> Iterator[int]:
    read, write = os.pipe()
    copy = os.open(f"/proc/self/fd/{write}", os.O_WRONLY | os.O_NONBLOCK)
    fill(copy)
    os.close(copy)
    yield write
    os.close(read)
    os.close(write)


@contextmanager
def pipe_with_little_room() -> Iterator[int]:
    """Reads the first page of what is written, and no more."""
    with full_pipe() as write:
        reader = os.open(f"/proc/self/fd/{write}", os.O_RDONLY)
        os.read(reader, os.sysconf("SC_PAGE_SIZE"))
        yield write
        os.close(reader)


@contextmanager
def full_pipe_in_nonblocking_mode() -> Iterator[int]:
    with full_pipe() as write:
        fcntl.fcntl(write, fcntl.F_SETFL, fcntl.fcntl(write, fcntl.F_GETFL) | os.O_NONBLOCK)
        yield write


@contextmanager
def full_socket() -> Iterator[int]:
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    fill(theirs.fileno())
    theirs.setblocking(True)
    yield theirs.fileno()
    ours.close()
    theirs.close()


@contextmanager
def stopped_terminal() -> Iterator[int]:
    """A terminal that was stopped as with Ctrl-S."""
    ours, theirs = pty.openpty()
    termios.tcflow(theirs, termios.TCOOFF)
    yield theirs
    termios.tcflow(theirs, termios.TCOON)
    os.close(ours)
    os.close(theirs)


def fill(fd: int) -> None:
    piece = b"x" * 65536
    while piece:
        try:
            os.write(fd, piece)
        except BlockingIOError:
            piece = piece[: len(piece) // 2]


STUCK = {
    "pipe": full_pipe, "pipe with little room": pipe_with_little_room, "pipe in non-blocking mode": full_pipe_in_nonblocking_mode,
    "socket": full_socket, "terminal": stopped_terminal,
}  # fmt: skip


def flags_of(fd: int) -> int:
    return fcntl.fcntl(fd, fcntl.F_GETFL)


@pytest.mark.parametrize("stuck", STUCK)
def test_command_starts_although_nobody_reads_standard_error(run: Runner, store: ParameterStore, stuck: str) -> None:
    store.put("/p/a", "1")
    with STUCK[stuck]() as stream:
        before = flags_of(stream)
        process = run.start("/p", "-v", "--timeout", "50s", *ECHO, stderr=stream)
        out, _ = process.communicate(timeout=40)
        assert (process.returncode, out) == (0, b"started\n")
        assert flags_of(stream) == before


@pytest.mark.parametrize(
    "arguments",
    [("/nothing", "-v"), ("/p", "--no-such-option"), ("/p", "--require", "NOT_THERE"), ("/p", "/" + "\x01" * 1800)],
    ids=["fetch", "usage", "requirement", "longer than a page"],
)
@pytest.mark.parametrize("stuck", STUCK)
def test_an_error_ends_the_run_although_nobody_reads_standard_error(
    run: Runner, store: ParameterStore, stuck: str, arguments: tuple[str, ...]
) -> None:
    store.put("/p/a", "1")
    with STUCK[stuck]() as stream:
        process = run.start(*arguments, "--timeout", "3s", *ECHO, stderr=stream)
        assert process.wait(timeout=40) == 125


def test_the_status_of_a_failed_exec_needs_no_reader(run: Runner, store: ParameterStore, tmp_path: Path) -> None:
    store.put("/p/a", "1")
    with full_pipe() as stream:
        process = run.start("/p", "--", script_without_interpreter(tmp_path), stderr=stream)
        assert process.wait(timeout=40) == 126


def test_waiting_lines_do_not_hold_up_the_timeout(run: Runner, store: ParameterStore) -> None:
    store.put("/p/a", "1")
    store.faults.always(faults.StatusAnswer(503))
    with full_pipe() as stream:
        process = run.start("/p", "-v", "--timeout", "4s", *ECHO, stderr=stream)
        assert process.wait(timeout=40) == 125


@pytest.mark.parametrize("stuck", ["pipe", "pipe in non-blocking mode"])
def test_a_reader_that_is_late_gets_the_error(run: Runner, store: ParameterStore, stuck: str) -> None:
    """The error waits for room, and comes whole."""
    store.put("/p/a", "1")
    with STUCK[stuck]() as stream:
        reader = os.open(f"/proc/self/fd/{stream}", os.O_RDONLY)
        process = run.start("/p", "--require", "NOT_THERE", *ECHO, stderr=stream)
        time.sleep(0.5)  # for the run to come as far as its error; it passes too where it has not
        text = b""
        while not text.endswith(b"from where\n"):
            text += os.read(reader, 65536)
        os.close(reader)
        assert process.wait(timeout=40) == 125
        lines = text.lstrip(b"x").splitlines()
        assert lines[0].startswith(b"ssm-exec: error: ") and lines[0].endswith(b"NOT_THERE") and len(lines) == 2, lines


def test_a_slow_reader_gets_every_line(run: Runner, store: ParameterStore) -> None:
    """A line that a terminal accepts in pieces is not dropped."""
    for number in range(40):
        store.put(f"/p{number}/a", "1")
    result = run(*(f"/p{number}=P{number}_" for number in range(40)), "-v", *ECHO)
    lines = result.err.splitlines()
    assert result.status == 0
    assert all(line.startswith("ssm-exec: info: ") for line in lines)
    for number in range(40):
        assert any(f"/p{number}: " in line or f"/p{number}=" in line for line in lines)
