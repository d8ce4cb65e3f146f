"""What the program promises when things go wrong, and to its surroundings: faults, errors, process, secrecy."""

import contextlib
import json
import os
import signal
import subprocess

import pytest
from parameter_store import ParameterStore, faults
from privileges import become, strace, unshare

ECHO = ("--", "/bin/echo", "started")
CHILD = """
import json, os, resource, signal
status = dict(line.split(":", 1) for line in open("/proc/self/status").read().splitlines())
print(json.dumps({
    "pid": os.getpid(), "cwd": os.getcwd(), "umask": status["Umask"].strip(),
    "signals": {name: status[name].strip() for name in ("SigBlk", "SigIgn", "SigPnd", "ShdPnd")},
    "fds": sorted((int(fd), os.readlink("/proc/self/fd/" + fd)) for fd in os.listdir("/proc/self/fd")
                  if os.path.lexists("/proc/self/fd/" + fd)),
    "limits": [resource.getrlimit(which) for which in (resource.RLIMIT_CORE, resource.RLIMIT_MEMLOCK, resource.RLIMIT_NOFILE)],
    "alarm": signal.getitimer(signal.ITIMER_REAL)[0] > 0,
    "readable": os.access("/proc/self/environ", os.R_OK),
}))
"""


def failed(result, *texts: str) -> None:
    assert result.status == 125, result
    assert result.out == ""
    for text in texts:
        assert text in result.err


# --- faults of the server ---


@pytest.mark.parametrize("fault", [
    faults.throttling(), faults.throttling(headers={"x-amz-retry-after": "10"}), faults.StatusAnswer(500), faults.StatusAnswer(503),
    faults.ErrorAnswer("InternalServerError", status=500), faults.Reset("before"), faults.Reset("headers"), faults.Reset("body"),
    faults.Close(), faults.Truncate(), faults.Truncate(chunked=True), faults.Chunked(), faults.CloseAfterAnswer(),
], ids=lambda fault: type(fault).__name__)
def test_passing_faults_are_survived(store, run, fault) -> None:
    for number in range(12):
        store.put(f"/p/v{number}", str(number))
    store.faults.add(fault, times=2)
    result = run("/p", "--", "/bin/sh", "-c", "echo $V0 $V11")
    assert (result.status, result.out) == (0, "0 11\n"), result.err


@pytest.mark.parametrize("fault,text", [
    (faults.throttling(), "ThrottlingException"), (faults.StatusAnswer(503), "503"), (faults.Hang(), "127.0.0.1"),
    (faults.Drip(interval_ms=400), "127.0.0.1"), (faults.Reset("before"), "127.0.0.1"), (faults.Truncate(), "127.0.0.1"),
], ids=["throttling", "503", "hang", "drip", "reset", "truncation"])
def test_lasting_faults_end_with_the_timeout_and_its_cause(store, run, fault, text) -> None:
    store.put("/p/v", "x" * 100)
    store.faults.always(fault)
    failed(run("/p", "--timeout", "1500ms", *ECHO), "/p: the timeout ended the wait for 127.0.0.1", text)


@pytest.mark.parametrize("fault,text", [
    (faults.Garbage(), "127.0.0.1"), (faults.not_json(), "not valid JSON"), (faults.empty_body(), "not valid JSON"),
    (faults.wrong_shape(), "/p: "), (faults.EndlessBody(), "larger than the limit"), (faults.HugeHeaders(), "127.0.0.1"),
    (faults.redirect("http://127.0.0.1:1/"), "HTTP status 302"), (faults.StatusAnswer(403), "HTTP status 403"),
], ids=["garbage", "no JSON", "empty", "wrong shape", "endless", "huge headers", "redirect", "403 page"])
def test_malformed_answers_are_final(store, run, fault, text) -> None:
    store.put("/p/v", "x")
    store.faults.always(fault)
    failed(run("/p", "--timeout", "20s", *ECHO), "/p: ", text)
    assert len(store.journal.entries) <= 1


def test_one_token_for_ever_is_an_error(store, run) -> None:
    for number in range(30):
        store.put(f"/p/v{number}", "x")
    store.paging.repeat_token = True
    failed(run("/p", *ECHO), "/p: the same NextToken came back twice")


def test_what_was_not_asked_for_is_an_error(store, run) -> None:
    store.put("/p/v", "x")
    store.put("/other/w", "y")
    store.paging.unasked = ["/other/w"]
    failed(run("/p", *ECHO), "/p: the reply contains /other/w, which was not requested")


def test_the_number_of_tries_can_be_bounded(store, run) -> None:
    store.faults.always(faults.StatusAnswer(500))
    failed(run("/p", *ECHO, env={"AWS_MAX_ATTEMPTS": "3"}), "HTTP status 500", "(after 3 tries)")
    assert len(store.journal.entries) == 3


def test_refused_connections_are_waited_out(store, run) -> None:
    with store.port_closed():
        failed(run("/p", "--timeout", "1s", *ECHO), "Connection refused")


# --- errors that a person can act on ---


@pytest.mark.parametrize("env,text,hint", [
    ({"AWS_SECRET_ACCESS_KEY": "wrong"}, "InvalidSignatureException", "does not belong to the access key id"),
    ({"AWS_ACCESS_KEY_ID": "AKIAUNKNOWN"}, "UnrecognizedClientException", "the access key id is unknown to AWS"),
    ({"AWS_REGION": "eu-west-1"}, "Credential should be scoped to a valid region", "belongs to a region other than eu-west-1"),
    ({"AWS_REGION": None, "AWS_DEFAULT_REGION": None}, "no region", "set AWS_REGION"),
    ({"AWS_REGION": "us-east-1.evil.example"}, "is not a region name", "look like eu-west-1"),
    ({"AWS_ACCESS_KEY_ID": None}, "no AWS credentials were found; tried environment (AWS_ACCESS_KEY_ID is not set)", "AWS_PROFILE"),
    ({"AWS_SECRET_ACCESS_KEY": None}, "AWS_SECRET_ACCESS_KEY: not set", ""),
    ({"AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z"}, "expired at 2020-01-01T00:00:00Z", "set new ones in AWS_ACCESS_KEY_ID"),
    ({"AWS_CA_BUNDLE": "/no/such/file"}, "AWS_CA_BUNDLE: the file of trusted certificates, /no/such/file", ""),
    ({"AWS_ENDPOINT_URL": "http://192.0.2.1"}, "AWS_ENDPOINT_URL: http:// to 192.0.2.1", "--allow-http"),
    ({"AWS_ENDPOINT_URL": "ftp://x"}, "AWS_ENDPOINT_URL: not a URL", ""),
    ({"AWS_PROFILE": "nobody"}, 'AWS_PROFILE: there is no profile "nobody"', "looked for [profile nobody]"),
    ({"AWS_MAX_ATTEMPTS": "few"}, "AWS_MAX_ATTEMPTS", ""),
    ({"AWS_ENDPOINT_URL": "https://does-not-exist.invalid", "AWS_MAX_ATTEMPTS": "1"}, "does-not-exist.invalid: the host name cannot be resolved", "check the region"),
])
def test_settings_that_cannot_work_say_so(store, run, env, text, hint) -> None:
    store.put("/p/v", "x")
    failed(run("/p", *ECHO, env=env), text, hint)


def test_refusals_name_action_and_resource(store, run) -> None:
    store.put("/p/v", "x")
    store.allow("ssm:*", "/elsewhere")
    failed(run("/p", *ECHO), "/p: AccessDeniedException: ", "(request id ",
           "hint: the role needs ssm:GetParametersByPath on arn:aws:ssm:us-east-1:*:parameter/p")
    failed(run("V=/p/v", *ECHO), "V=/p/v: AccessDeniedException: ", "the role needs ssm:GetParameters on")


def test_expired_session_credentials(store, run) -> None:
    expired = store.add_credentials("ASIAEXPIRED", "secret", session_token="token", expired=True)
    failed(run("/p", *ECHO, env=store.environment(expired)), "ExpiredTokenException", "hint: the session credentials have expired")


@pytest.mark.parametrize("page", [0, 2])
def test_undecryptable_parameters_are_named(store, run, page) -> None:
    for number in range(10 * page):
        store.put(f"/p/a{number:03}", "x")
    store.put("/p/locked", "x", "SecureString", key_id="alias/locked")
    store.put("/p/plain", "x")
    store.deny_key("alias/locked")
    failed(run("/p", *ECHO), "/p: AccessDeniedException", "the SecureString that could not be decrypted: /p/locked", "kms:Decrypt")


def test_empty_paths_and_paths_that_are_parameters(store, run) -> None:
    store.put("/p/v", "x")
    failed(run("/typo", *ECHO), "/typo: there is no parameter below this path in us-east-1", "use --optional /typo")
    failed(run("/p/v", *ECHO), "/p/v is itself a parameter: to read it, say which variable it is for: NAME=/p/v")


@pytest.mark.parametrize("offset", [-900, 900])
def test_a_wrong_clock_is_corrected_over_tls(store, run, offset) -> None:
    store.put("/p/v", "x")
    store.clock_offset_seconds = offset
    result = run("/p", "-v", *ECHO)
    assert (result.status, result.out) == (0, "started\n")
    assert "clock is off by" in result.err


def test_a_wrong_clock_is_not_corrected_without_tls(certificates_directory, run) -> None:
    with ParameterStore(tls=False) as store:
        store.clock_offset_seconds = 900
        failed(run("/p", *ECHO, env=store.environment()), "s behind AWS's, and AWS accepts at most 300 s")


@pytest.mark.parametrize("certificate", ["expired", "other-host", "unknown-ca"])
def test_certificates_are_always_verified(certificates_directory, run, certificate) -> None:
    with ParameterStore(certificates_directory=certificates_directory, certificate=certificate) as store:
        failed(run("/p", *ECHO, env=store.environment()), "/p: 127.0.0.1:", "certificate is not trusted")
        assert store.journal.operations() == []


def test_a_long_wait_is_told_with_its_cause_unless_quiet(store, run) -> None:
    store.faults.always(faults.StatusAnswer(503))
    for options, is_told in (((), True), (("-q",), False)):
        result = run("/p", "--timeout", "4s", *options, *ECHO)
        failed(result, "/p: the timeout ended the wait for 127.0.0.1")
        assert (f"ssm-exec: info: /p: still trying after 3 s: 127.0.0.1:{store.port}: HTTP status 503" in result.err) == is_told, result.err
    store.faults.clear()
    store.faults.always(faults.Hang())
    assert "ssm-exec: info: /p: still waiting for 127.0.0.1:" in run("/p", "--timeout", "4s", *ECHO).err


def test_messages_as_json(store, run) -> None:
    result = run("/typo", "-v", "--log-format", "json", *ECHO)
    lines = [json.loads(line) for line in result.err.splitlines()]
    assert lines[-1]["level"] == "error" and lines[-1]["source"] == "/typo" and lines[-1]["hint"]
    assert all({"time", "level", "msg"} <= set(line) for line in lines)


def test_a_refusal_names_the_server_if_it_may_not_be_aws(store, run) -> None:
    store.deny("ssm:GetParametersByPath")
    host = f"127.0.0.1:{store.port}"
    assert run("/p", *ECHO).err.splitlines()[0].endswith(f" (reply of {host})")
    error = json.loads(run("/p", "--log-format", "json", *ECHO).err.splitlines()[-1])
    assert (error["code"], error["host"]) == ("AccessDeniedException", host)


@pytest.mark.parametrize("arguments,text", [
    ((), "there is no command"), (("/p",), "there is no command"), (("/p", "--"), 'there is no command after "--"'),
    (("--", "true"), "no SOURCE was given"), (("/p", "--dryrun"), "--dryrun: unknown option\nssm-exec: hint: did you mean --dry-run?"), (("/p", "--dry", "-n"), "--dry: unknown option\nssm-exec: hint: try"),
    (("/p", "--json", "--", "true"), "--json needs --dry-run"), (("/p", "-vq", "--", "true"), "--verbose and --quiet are mutually exclusive"),
    (("A=/p", "--label", "x", "--", "true"), "--label needs a source that is a path"), (("/p", "--flat=1", "-n"), "takes no value"),
    (("/p", "--region"), "--region: needs a value"), (("/p", "--timeout", "0", "-n"), '--timeout: expected a duration such as 500ms, 30s, 2m or 1h (a whole number above 0, at most 24h), not "0"'),
    (("p", "-n"), "argument 1: expected /path or NAME=/parameter/name"), (("//p", "-n"), "two slashes in a row"), (("1A=/p", "-n"), "1A=...: the text before '=' is not a variable name"), (("/p=a-b", "-n"), "prefix"),
])
def test_usage_errors(run, arguments, text) -> None:
    failed(run(*arguments), text)


@pytest.mark.parametrize("option", ["--regoin", "-x"])
def test_the_value_of_an_unknown_option_is_not_a_second_problem(run, option) -> None:
    expected = "expected /path or NAME=/parameter/name"
    result = run(option, "eu-west-1", "/p", *ECHO)
    failed(result, f"error: {option}: unknown option")
    assert expected not in result.err
    failed(run(f"{option}=4", "eu-west-1", *ECHO), f"{option}: unknown option", f"argument 2: {expected}")
    failed(run(option, "eu-west-1", "p", *ECHO), f"argument 3: {expected}")
    failed(run("-u", option, "p", *ECHO), f"argument 3: {expected}")


def test_unknown_settings_are_refused_with_everything_else(run) -> None:
    failed(run("x", "--nope", *ECHO, env={"SSM_EXEC_COLOUR": "1"}), "SSM_EXEC_COLOUR: there is no such setting", "--nope", "argument 1: expected")


def test_help_and_version(run) -> None:
    shown = run("--help")
    assert shown.status == 0 and shown.err == ""
    assert run("-V").out.startswith("ssm-exec 1.")


# --- the process ---


def test_every_exit_status_and_signal_is_the_commands_own(store, run) -> None:
    store.put("/p/v", "x")
    for status in range(256):
        assert run("/p", "--", "/bin/sh", "-c", f"exit {status}").status == status
    assert run("/p", "--", "/bin/sh", "-c", "kill -KILL $$").status == -signal.SIGKILL


def test_commands_that_cannot_start(store, run, tmp_path) -> None:
    store.put("/p/v", "x")
    files = {
        "script": b"echo no interpreter named\n", "interpreted": b"#!/no/such/interpreter\n",
        "foreign": b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\x00\xf3\x00\x01\x00\x00\x00" + bytes(40),
    }
    for name, contents in files.items():
        (tmp_path / name).write_bytes(contents)
        (tmp_path / name).chmod(0o755)
    (tmp_path / "unmarked").write_text("x")
    for command, status, text in (
        ("no-such-command", 127, "not found in PATH"), ("/no/such", 127, "not found"), ("/tmp", 126, "is a directory"),
        (str(tmp_path / "unmarked"), 126, "cannot be executed"), (str(tmp_path / "script"), 126, "nor a script"),
        (str(tmp_path / "interpreted"), 126, "/no/such/interpreter does not exist"), (str(tmp_path / "foreign"), 126, "another architecture"),
    ):
        result = run("/p", "--", command)
        assert (result.status, result.out) == (status, ""), command
        assert text in result.err, command
    store.journal.clear()
    run("/p", "--", "no-such-command")
    assert store.journal.entries == []


def test_too_large_an_environment_is_explained(store, run) -> None:
    for number in range(40):
        store.put(f"/p/v{number}", "x" * 100_000, force=True)
    result = run("/p", *ECHO)
    assert result.status == 126
    assert "arguments and environment are too large" in result.err and "V10 (100004 bytes)" in result.err


@pytest.mark.release_only
def test_command_sees_what_it_would_have_seen_without_us(store, program, environment, tmp_path) -> None:
    store.put("/p/v", "x")
    setup = """
import os, signal, sys
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
signal.signal(signal.SIGUSR1, signal.SIG_IGN); signal.signal(signal.SIGCHLD, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR2}); os.kill(os.getpid(), signal.SIGUSR2)
os.umask(0o027); signal.alarm(100); os.dup2(os.open("/etc/passwd", os.O_RDONLY), 7, inheritable=True)
os.execv(sys.argv[1], sys.argv[1:])
"""
    child = ["/usr/bin/python3", "-c", CHILD]

    def observe(*command: str):
        out = subprocess.run(["/usr/bin/python3", "-c", setup, *command], env=environment, cwd=tmp_path, check=True,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        seen = json.loads(out.stdout)
        seen.pop("pid")
        seen["fds"] = [fd if "pipe:" not in target else [fd, "pipe"] for fd, target in seen["fds"]]
        return seen

    assert observe(program, "/p", "--", *child) == observe(*child)


STATUS = ("--", "/bin/grep", "^Sig[^Q]\\|^ShdPnd", "/proc/self/status")


def signals_that_command_has(program, environment, prepare, *options: str, **popen) -> dict[str, set[signal.Signals]]:
    """Which signals are blocked, ignored and pending in COMMAND, after prepare() in the starting process."""
    done = subprocess.run([program, "/p", *options, *STATUS], env=environment, preexec_fn=prepare, restore_signals=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False, timeout=60, **popen)
    assert done.returncode == 0, done
    masks = dict(line.split(":") for line in done.stdout.decode().splitlines())
    return {name: {number for number in signal.valid_signals() if int(mask, 16) >> (number - 1) & 1} for name, mask in masks.items()}


@pytest.mark.parametrize("disposition", [signal.SIG_DFL, signal.SIG_IGN])
@pytest.mark.parametrize("number", [signal.SIGPIPE, signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD, signal.SIGALRM])
def test_every_disposition_is_the_inherited_one(store, program, environment, number, disposition) -> None:
    """grep changes none, where Python as COMMAND would ignore SIGPIPE."""
    store.put("/p/v", "x")

    def prepare() -> None:
        for one in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(one, signal.SIG_DFL)
        signal.signal(number, disposition)
        signal.pthread_sigmask(signal.SIG_SETMASK, set())

    seen = signals_that_command_has(program, environment, prepare)
    assert seen["SigIgn"] == ({number} if disposition == signal.SIG_IGN else set())
    assert seen["SigBlk"] == seen["SigPnd"] == seen["ShdPnd"] == set()


@pytest.mark.parametrize("options", [("-v",), ()])
@pytest.mark.parametrize("pending", [False, True])
def test_a_pipe_signal_of_our_own_is_forgotten_and_an_inherited_one_is_not(store, program, environment, pending, options) -> None:
    """Standard error is a pipe that nobody reads, so that each line of -v causes a SIGPIPE."""
    store.put("/p/v", "x")
    read_end, write_end = os.pipe()
    os.close(read_end)

    def prepare() -> None:
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, {signal.SIGPIPE} if pending else set())
        if pending:
            os.kill(os.getpid(), signal.SIGPIPE)

    try:
        seen = signals_that_command_has(program, environment, prepare, *options, stderr=write_end)
    finally:
        os.close(write_end)
    expected = {signal.SIGPIPE} if pending else set()
    assert seen["SigBlk"] == expected and seen["SigPnd"] | seen["ShdPnd"] == expected
    assert signal.SIGPIPE not in seen["SigIgn"]


def test_the_process_id_stays(store, program, environment) -> None:
    store.put("/p/v", "x")
    started = subprocess.Popen([program, "/p", "--", "/usr/bin/python3", "-c", "import os; print(os.getpid())"],
                               env=environment, stdout=subprocess.PIPE)
    assert int(started.communicate(timeout=60)[0]) == started.pid


@pytest.mark.release_only
@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1, 2)])
def test_closed_streams_stay_closed(store, program, environment, tmp_path, closed) -> None:
    store.put("/p/v", "x")
    report = tmp_path / "report"
    launcher = f"import os, sys; [os.close(fd) for fd in {closed}]; os.execv(sys.argv[1], sys.argv[1:])"
    subprocess.run(["/usr/bin/python3", "-c", launcher, program, "/p", "--", "/bin/sh", "-c",
                    'for fd in 0 1 2; do [ -e /proc/$$/fd/$fd ] && echo open || echo closed; done > ' + str(report)],
                   env=environment, check=False, timeout=60)
    seen = report.read_text().split() if report.exists() else []
    expected = ["closed" if fd in closed else "open" for fd in range(3)]
    expected[1] = "open"  # the redirection of the report itself
    assert seen == expected


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signals_end_the_fetch(store, program, environment, number) -> None:
    hold = store.faults.always(faults.Hold())
    started = subprocess.Popen([program, "/p", *ECHO], env=environment, stdout=subprocess.PIPE)
    try:
        store.journal.wait_for(lambda journal: journal.in_flight == 1)
        if os.geteuid() == 0:
            assert os.stat(f"/proc/{started.pid}/environ").st_uid == 0
        started.send_signal(number)
        assert started.wait(timeout=30) == -number
    finally:
        hold.release()
    assert started.stdout.read() == b""


def test_as_process_1_a_signal_during_the_fetch_ends_with_128_and_its_number(store, program, environment) -> None:
    hold = store.faults.always(faults.Hold())
    started = subprocess.Popen([*unshare("--pid", "--fork", "--kill-child"), program, "/p", *ECHO], env=environment)
    try:
        store.journal.wait_for(lambda journal: journal.in_flight == 1)
        children = open(f"/proc/{started.pid}/task/{started.pid}/children").read().split()
        os.kill(int(children[0]), signal.SIGTERM)
        assert started.wait(timeout=30) == 128 + signal.SIGTERM
    finally:
        hold.release()
        with contextlib.suppress(ProcessLookupError):
            started.kill()


@pytest.mark.release_only
def test_while_it_fetches_others_of_its_user_cannot_read_it(store, program, environment, tmp_path) -> None:
    hold = store.faults.always(faults.Hold())
    readable = {**environment, "AWS_CA_BUNDLE": environment["AWS_CA_BUNDLE"]}
    for folder in [tmp_path, *tmp_path.parents][:4]:
        with contextlib.suppress(PermissionError):
            folder.chmod(0o755)
    binary = tmp_path / "ssm-exec"
    binary.write_bytes(open(program, "rb").read())
    binary.chmod(0o755)
    bundle = tmp_path / "ca.pem"
    bundle.write_bytes(open(environment["AWS_CA_BUNDLE"], "rb").read())
    bundle.chmod(0o644)
    readable["AWS_CA_BUNDLE"] = str(bundle)
    started = subprocess.Popen([str(binary), "/p", *ECHO], env=readable, **become(65534))
    try:
        store.journal.wait_for(lambda journal: journal.in_flight == 1)
        for secret_file in ("environ", "mem", "maps"):
            reader = subprocess.run(["/bin/cat", f"/proc/{started.pid}/{secret_file}"], capture_output=True, check=False,
                                    **become(65534))
            assert reader.returncode != 0 and b"Permission denied" in reader.stderr
    finally:
        hold.release()
        started.wait(timeout=30)


@pytest.mark.release_only  # the sanitizers ignore mlock
def test_secrets_are_in_locked_memory_that_no_core_holds(store, run) -> None:
    store.put("/p/v", "x" * 4000)
    hold = store.faults.always(faults.Hold(), when=lambda operation, body: "NextToken" in body)
    store.put("/p/w", "y" * 4000)
    store.paging.page_size = 1
    started = run.start("/p", *ECHO)
    store.journal.wait_for(lambda journal: journal.in_flight == 1 and len(journal.entries) == 2)
    status = dict(line.split(":", 1) for line in open(f"/proc/{started.pid}/status"))
    hold.release()
    started.communicate(timeout=30)
    assert int(status["VmLck"].split()[0]) >= 8, status["VmLck"]


# --- nothing gets out ---

MARK = "mark-3b7c-must-not-be-seen"
TOKEN = "token-91f2-" + "must/not+be=seen" * 20
SECRET_KEY = "key-77aa-must-not-be-seen"


@pytest.fixture
def secretive(store):
    store.put("/p/v", MARK, "SecureString")
    store.put("/q/bad-name", MARK)
    store.put("/q/bad_name", MARK)
    credentials = store.add_credentials("ASIAMARKED", SECRET_KEY, session_token=TOKEN)
    return store.environment(credentials)


def echoing_page(status: int):
    """A proxy's page that shows what it refused, token and all."""
    return faults.StatusAnswer(status, body=f"<html>{TOKEN[20:90]} {SECRET_KEY} {TOKEN}</html>".encode())


@pytest.mark.parametrize("arguments", [(), ("-v",), ("-q",), ("-v", "--log-format", "json"), ("--dry-run",), ("-n", "--json"), ("-nv",), ("-nv", "--no-decrypt")])
@pytest.mark.parametrize("trouble", ["none", "signature", "page", "collision", "not json", "missing command", "too large"])
def test_no_secret_in_any_output(store, run, secretive, arguments, trouble) -> None:
    sources, command, env = ["/p"], ["--", "/bin/true"], dict(secretive)
    if trouble == "signature":
        env["AWS_SECRET_ACCESS_KEY"] = SECRET_KEY + "-wrong"
    elif trouble == "page":
        store.faults.always(echoing_page(403))
    elif trouble == "collision":
        sources = ["/q"]
    elif trouble == "not json":
        store.faults.always(faults.AlterBody(lambda body: body[:-4]))
    elif trouble == "missing command":
        command = ["--", "/no/such/command"]
    elif trouble == "too large":
        store.put("/p/w", MARK + "x" * 200_000, force=True)
    result = run(*sources, *arguments, *command, env=env)
    assert (result.status == 0) == (trouble == "none" or (trouble == "too large" and bool({"--dry-run", "-n", "-nv"} & set(arguments))))
    for secret in (MARK, TOKEN, TOKEN[30:60], SECRET_KEY):
        assert secret not in result.out + result.err


@pytest.mark.release_only
@pytest.mark.parametrize("trouble", ["none", "signature"])
def test_no_secret_is_written_anywhere_and_no_file_for_writing(store, program, environment, secretive, tmp_path, trouble) -> None:
    env = {**environment, **secretive, "SSLKEYLOGFILE": str(tmp_path / "keys")}
    if trouble == "signature":
        env["AWS_SECRET_ACCESS_KEY"] = SECRET_KEY + "-wrong"
    trace = tmp_path / "trace"
    subprocess.run([*strace("-f", "-s", "65536", "-o", trace, "-e", "trace=write,writev,sendto,sendmsg,open,openat,creat"),
                    program, "-v", "/p", "--", "/bin/true"], env=env, capture_output=True, check=False, timeout=60)
    traced = trace.read_text()
    assert "GetParametersByPath" in traced
    for secret in (MARK, TOKEN, SECRET_KEY):
        assert secret not in traced
    assert not [line for line in traced.splitlines() if "O_WRONLY" in line or "O_RDWR" in line or "O_CREAT" in line]
    assert not (tmp_path / "keys").exists()
