"""Mistakes in settings, files and surroundings are reported by name, without showing what may be a secret."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import Runner
from parameter_store import ParameterStore, faults
from privileges import become

ECHO = ("--", "/bin/echo", "started")
HUSH = "hush-Uk3-must-not-be-seen"


def refused(result, *texts: str) -> None:
    result.expect_failure(*texts)
    assert HUSH not in result.err


# --- Secrets in the wrong place


@pytest.mark.parametrize("key", ["region", "max_attempts", "ca_bundle", "services", "source_profile", "sso_session"])
def test_an_indented_secret_below_another_key_is_not_repeated(
    run: Runner, store: ParameterStore, tmp_path: Path, key: str
) -> None:
    credentials = tmp_path / "credentials"
    credentials.write_text(f"[default]\n{key} = x\n aws_access_key_id = AKIA\n aws_secret_access_key = {HUSH}\n")
    env = {"AWS_SHARED_CREDENTIALS_FILE": str(credentials), "AWS_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"}
    refused(run("/p", *ECHO, env=env), f"{credentials}:3: indented line", f"{key} has one line only")


@pytest.mark.parametrize("proxy", [
    f"http://user:{HUSH}@127.0.0.1:notaport", f"ftp://user:{HUSH}@127.0.0.1:1", f"http://user:{HUSH}#x@127.0.0.1:1",
])  # fmt: skip
def test_the_password_of_a_proxy_is_not_repeated(run: Runner, store: ParameterStore, proxy: str) -> None:
    environment = {**store.environment(), "HTTPS_PROXY": proxy, "AWS_ENDPOINT_URL": "https://ssm.invalid.test"}
    refused(run("/p", "-v", "--timeout", "1s", *ECHO, env=environment), "HTTPS_PROXY: not the URL of a proxy")


@pytest.mark.parametrize("status", [201, 203, 226])
def test_values_in_a_strange_success_are_not_repeated(run: Runner, store: ParameterStore, status: int) -> None:
    body = json.dumps({"Parameters": [{"Name": "/p/x", "Value": HUSH}]}).encode()
    store.faults.always(faults.StatusAnswer(status, body, content_type="application/x-amz-json-1.1"))
    refused(run("/p", "-v", *ECHO), f"HTTP status {status}")


@pytest.mark.parametrize("body", [HUSH, f"<html>{HUSH}</html>", f"DB_PASS={HUSH}\n", f'"{HUSH}"', f"\ufeff{{{HUSH}"])
@pytest.mark.parametrize("status", [201, 202, 204, 206, 299])
def test_no_page_of_a_strange_success_is_repeated(run: Runner, store: ParameterStore, status: int, body: str) -> None:
    """It may be the answer in another form, and contain the values."""
    store.faults.always(faults.StatusAnswer(status, b"" if status == 204 else body.encode()))
    refused(run("/p", "-v", *ECHO), f"HTTP status {status}")
    refused(run("A=/p/a", "-v", *ECHO), f"HTTP status {status}")


@pytest.mark.parametrize("status", [300, 302, 404, 418])
def test_an_error_page_that_is_not_from_aws_is_quoted(run: Runner, store: ParameterStore, status: int) -> None:
    store.faults.always(faults.StatusAnswer(status, b"<h1>Welcome</h1>\nto the hotel"))
    run("/p", *ECHO).expect_failure(f"HTTP status {status}", "<h1>Welcome</h1>\\nto the hotel")


def test_no_piece_of_a_token_is_left_where_an_excerpt_is_cut(run: Runner, store: ParameterStore) -> None:
    token = "TOKENabcdefghijklmnopqrstuvwxyz0123456789"
    credentials = store.add_credentials("ASIAX", "key", session_token=token)
    for shift in range(100, 125):
        store.faults.add(faults.StatusAnswer(418, b"x" * shift + token.encode()))
    for _ in range(100, 125):
        result = run("/p", *ECHO, env=store.environment(credentials))
        result.expect_failure("HTTP status 418")
        assert "TOKENa" not in result.err


# --- The right one is blamed


def test_the_refused_one_of_several_names_is_blamed(run: Runner, store: ParameterStore) -> None:
    store.put("/a/port", "1")
    store.put("/z/denied/b", "1")
    store.put("/z/denied/bb", "1")
    store.deny("ssm:GetParameters", "/z/denied/b")
    result = run("A=/a/port", "BB=/z/denied/bb", "B=/z/denied/b:1", *ECHO)
    result.expect_failure("error: B=/z/denied/b:1: AccessDeniedException", "parameter/z/denied/b")


def test_the_undecryptable_one_of_several_names_is_blamed(run: Runner, store: ParameterStore) -> None:
    store.put("/a/port", "1")
    store.put("/kms/a", "1", "SecureString", key_id="alias/gone")
    store.disable_key("alias/gone")
    run("A=/a/port", "B=/kms/a", *ECHO).expect_failure("error: B=/kms/a: InvalidKeyId", "/kms/a")


def test_the_same_parameter_with_and_without_its_version_in_any_order(run: Runner, store: ParameterStore) -> None:
    def reverse(body: bytes) -> bytes:
        answer = json.loads(body)
        answer["Parameters"].reverse()
        return json.dumps(answer).encode()

    store.put("/a/port", "old")
    store.put("/a/port", "new")
    for fault in (None, faults.AlterBody(reverse)):
        if fault is not None:
            store.faults.always(fault)
        result = run("A=/a/port", "B=/a/port:1", "--", "/bin/sh", "-c", "echo $A $B")
        assert (result.status, result.out) == (0, "new old\n"), result.err


@pytest.mark.parametrize("name", ["kms", "empty"])
def test_a_known_failure_is_told_although_the_explanation_does_not_come(
    run: Runner, store: ParameterStore, name: str
) -> None:
    store.put("/kms/a", "1", "SecureString", key_id="alias/gone")
    store.disable_key("alias/gone")
    is_explaining = {
        "kms": lambda operation, body: body.get("WithDecryption") is False,
        "empty": lambda operation, body: operation == "GetParameters",
    }[name]
    store.faults.always(faults.Hang(), when=is_explaining)
    expected = {"kms": "/kms: InvalidKeyId", "empty": "/empty: there is no parameter below this path"}[name]
    run(f"/{name}", "--timeout", "30s", *ECHO).expect_failure(expected)


def test_all_mixed_environments_are_named(run: Runner, store: ParameterStore) -> None:
    run("/prod/a", "/staging/b", "/dev/c", *ECHO).expect_failure("/staging/b: belongs to", "/dev/c: belongs to")


def test_an_arn_of_another_service_is_refused(run: Runner, store: ParameterStore) -> None:
    run("X=arn:aws:s3:us-east-1:123456789012:parameter/p/x", *ECHO).expect_failure("X=...: expected ", "arn:aws:ssm:REGION:ACCOUNT:parameter/NAME")
    assert store.journal.entries == []


def test_a_pipe_is_not_a_file_of_certificates(run: Runner, store: ParameterStore, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    run("/p", "--ca-bundle", str(pipe), *ECHO).expect_failure(f"--ca-bundle: {pipe} is not a regular file")
    (tmp_path / "empty").touch()
    run("/p", "--ca-bundle", str(tmp_path / "empty"), *ECHO).expect_failure(f"--ca-bundle: {tmp_path}/empty holds no PEM certificate")


def test_a_role_is_checked_before_anything_is_asked(run: Runner, store: ParameterStore) -> None:
    run("/p", "--role-arn", "garbage", *ECHO).expect_failure("--role-arn: the role is not an ARN such as")
    env = {**run.environment(), "AWS_ROLE_SESSION_NAME": "x"}
    run("/p", "--role-arn", "arn:aws:iam::123456789012:role/r", *ECHO, env=env).expect_failure("AWS_ROLE_SESSION_NAME: a role session name")
    assert store.journal.entries == []


# --- Surroundings


def test_standard_output_may_be_non_blocking(run: Runner, store: ParameterStore) -> None:
    for number in range(300):
        store.put(f"/p/{number:04}-{'n' * 200}", "v")
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    started = subprocess.Popen([str(run.program), "/p=P_", "-n", "--json"], env=run.environment(), stdout=writing)
    os.close(writing)
    with open(reading, "rb") as stream:
        plan = json.loads(stream.read())
    assert started.wait(timeout=30) == 0
    assert len(plan["variables"]) == 300


@pytest.mark.release_only
def test_a_closed_path_directory_does_not_make_a_missing_command_look_found(run: Runner, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    for folder in [tmp_path, *tmp_path.parents][:4]:
        folder.chmod(folder.stat().st_mode | 0o055)
    program = tmp_path / "ssm-exec"
    program.write_bytes(Path(run.program).read_bytes())
    program.chmod(0o755)
    done = subprocess.run([str(program), "/p", "--", "nosuchcommand"], env={"PATH": f"{closed}:/usr/bin"},
                          capture_output=True, text=True, check=False, **become(65534))  # fmt: skip
    assert done.returncode == 127, done
    assert "not found" in done.stderr and f"{closed} cannot be searched" in done.stderr


@pytest.mark.release_only
def test_closed_streams_are_kept_closed_below_an_unreadable_root(run: Runner, tmp_path: Path) -> None:
    listed = subprocess.run(["/usr/bin/ldd", run.program], capture_output=True, text=True, check=False).stdout
    for file in [str(run.program), *re.findall(r"(/\S+) \(0x", listed)]:
        copy = tmp_path / file.lstrip("/")
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, copy)
    tmp_path.chmod(0o711)
    script = 'exec chroot --userspec=65534:65534 "$0" "$1" --version 0<&-'
    become(65534)
    done = subprocess.run(["/bin/sh", "-c", script, tmp_path, run.program], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stdout.startswith("ssm-exec "), done


@pytest.mark.release_only  # the sanitizers ignore mlock
def test_memory_is_locked_as_far_as_a_small_limit_allows(run: Runner, store: ParameterStore, tmp_path: Path) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.write_text(Path(store.ca_file).read_text())
    for folder in [tmp_path, *tmp_path.parents][:4]:
        folder.chmod(folder.stat().st_mode | 0o055)
    program = tmp_path / "ssm-exec"
    program.write_bytes(Path(run.program).read_bytes())
    program.chmod(0o755)
    hold = store.faults.always(faults.Hold())
    environment = {**run.environment(), "AWS_CA_BUNDLE": str(bundle)}
    limited = ["/usr/bin/prlimit", "--memlock=65536", str(program), "/p", *ECHO]
    started = subprocess.Popen(limited, env=environment, stderr=subprocess.DEVNULL, **become(65534))
    try:
        store.journal.wait_for(lambda journal: journal.in_flight == 1)
        status = dict(line.split(":", 1) for line in Path(f"/proc/{started.pid}/status").read_text().splitlines())
        assert int(status["VmLck"].split()[0]) >= 32, status["VmLck"]
    finally:
        hold.release()
        started.wait(timeout=30)


def test_many_preserved_names_take_no_time(run: Runner, store: ParameterStore) -> None:
    store.put("/p/v", "1")
    names = ",".join(f"N{number}" for number in range(15000))
    result = run("/p", "--timeout", "20s", "--", "/bin/sh", "-c", "echo $V",
                 env={**run.environment(), "SSM_EXEC_PRESERVE_ENV": names})  # fmt: skip
    assert (result.status, result.out) == (0, "1\n"), result.err


def test_characters_that_turn_text_around_are_escaped_in_json_too(run: Runner, store: ParameterStore) -> None:
    store.put("/p/\u202eevil", "1", force=True)
    result = run("/p", "--log-format", "json", *ECHO)
    assert result.status == 125
    assert "\u202e" not in result.err and "\\u202e" in result.err
