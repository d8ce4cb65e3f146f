"""--dry-run --no-decrypt: names, versions and types for whoever must not decrypt."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Result, Runner
from parameter_store import ParameterStore, faults

SHOW = ("--dry-run", "--no-decrypt")
SHARED = "arn:aws:ssm:us-east-1:210987654321:parameter/shared/key"
MARK = "mark-52d0-must-not-be-seen"
KMS_REFUSAL = "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access."
DENIED = "the role needs kms:Decrypt on the key of the parameters that are encrypted with it, and the key must be enabled"
WAY_OUT = "; --no-decrypt shows names, versions and types without it"


@pytest.fixture
def filled(store: ParameterStore) -> None:
    for number in range(23):
        store.put(f"/app/many/v{number:02}", "value", "SecureString", key_id="alias/app")
    for value in ("first", MARK):
        store.put("/app/one/password", value, "SecureString", key_id="alias/app", labels=("release-1",) if value == "first" else ())
    store.put("/app/one/port", "8080")
    store.put("/app/one/hosts", "a,b", "StringList")
    store.put_shared(SHARED, MARK, "SecureString", key_id="alias/shared")


def deny(store: ParameterStore) -> None:
    """From now on the caller has no kms:Decrypt."""
    store.deny_key("alias/app")
    store.deny_key("alias/shared")
    store.journal.clear()


def asked(store: ParameterStore) -> set[bool]:
    """How the requests so far asked for decryption."""
    return {entry.body["WithDecryption"] for entry in store.journal.entries}


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    path = tmp_path / "app.env"
    path.write_text("PLAIN=x\nPASSWORD=ssm:///app/one/password\nPORT=ssm:///app/one/port:1\n")
    return path


SOURCES = {
    "a path of several pages": ("/app/many",),
    "all types": ("/app/one", "/app/one=PREFIX_"),
    "a label": ("/app", "--label", "release-1"),
    "the first level": ("/app/one", "--no-recursive", "--flat", "--preserve-case"),
    "names": ("A=/app/one/password", "B=/app/one/password:1", "C=/app/one/password:release-1", "D=/app/one/port", f"E={SHARED}"),
    "eleven names": tuple(f"V{number}=/app/many/v{number:02}" for number in range(11)),
    "what may be missing": ("--optional", "A=/app/none", "--optional", "/none", "B=/app/one/password"),
    "references in the environment": ("D=/app/one/port", "--pristine"),
    "an env file": ("--env-file", "ENV_FILE"),
    "a lock file": ("--lock", "LOCK"),
    "a type": ("/app/many", "--secure-only"),
}


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("shape", [(), ("--json",)], ids=["table", "JSON"])
def test_it_shows_the_same_as_with_decryption(
    run: Runner, store: ParameterStore, filled: None, env_file: Path, tmp_path: Path, name: str, shape: tuple[str, ...]
) -> None:
    lock = tmp_path / "app.lock"
    lock.write_text(run("/app", "A=/app/one/password:1", f"E={SHARED}", "--dry-run", "--json").out)
    sources = [{"ENV_FILE": str(env_file), "LOCK": str(lock)}.get(word, word) for word in SOURCES[name]]
    env = {"REFERENCE": "ssm:///app/one/password:1"}
    with_decryption = run(*sources, "--dry-run", *shape, env=env)
    assert with_decryption.status == 0, with_decryption.err
    assert asked(store) == {True}
    deny(store)
    without = run(*sources, *SHOW, *shape, env=env)
    assert (without.status, without.out, without.err) == (0, with_decryption.out, "")
    assert "SecureString" in without.out
    assert asked(store) == {False}


def test_its_lock_file_starts_a_command(run: Runner, store: ParameterStore, filled: None, tmp_path: Path) -> None:
    lock = tmp_path / "app.lock"
    lock.write_text(run("/app/one", *SHOW, "--json").out)
    store.put("/app/one/port", "9090")
    assert run("--lock", str(lock), "--", "/bin/sh", "-c", "echo $PASSWORD $PORT").out == f"{MARK} 8080\n"


def test_a_lock_file_is_compared_with_the_store(run: Runner, store: ParameterStore, filled: None) -> None:
    lock = run("/app", "--dry-run", "--json").out
    deny(store)
    assert run("/app", *SHOW, "--json").out == lock
    store.put("/app/one/password", "rotated", "SecureString", key_id="alias/app")
    now = {row["name"]: row for row in json.loads(run("/app", *SHOW, "--json").out)["variables"]}
    assert (now["ONE_PASSWORD"]["version"], now["ONE_PASSWORD"]["type"]) == (3, "SecureString")


def test_neither_value_nor_ciphertext_is_shown(run: Runner, store: ParameterStore, filled: None) -> None:
    seen: list[str] = []

    def keep(body: bytes) -> bytes:
        seen.extend(parameter["Value"] for parameter in json.loads(body)["Parameters"] if parameter["Type"] == "SecureString")
        return body

    store.faults.always(faults.AlterBody(keep))
    deny(store)
    for shape in ((), ("-v",), ("--json", "-v", "--log-format", "json")):
        result = run("/app/one", "A=/app/one/password", *SHOW, *shape)
        assert result.status == 0, result.err
        for text in (MARK, *(value[:16] for value in seen)):
            assert text not in result.out + result.err
    assert len(seen) == 6 and MARK not in seen


# --- what is checked ---


def changing(change: Callable[[dict[str, object]], object], kind: str = "SecureString") -> faults.AlterBody:
    """Changes what the store answers about parameters of one type."""

    def alter(body: bytes) -> bytes:
        answer = json.loads(body)
        for parameter in answer["Parameters"]:
            if parameter["Type"] == kind:
                change(parameter)
        return json.dumps(answer).encode()

    return faults.AlterBody(alter)


NO_VALUES: dict[str, Callable[[dict[str, object]], object]] = {
    "a NUL": lambda parameter: parameter.update(Value="a\0b"),
    "half a character": lambda parameter: parameter.update(Value="\ud800"),
    "more than a value can have": lambda parameter: parameter.update(Value="x" * 300_000),
    "none": lambda parameter: parameter.pop("Value"),
    "null": lambda parameter: parameter.update(Value=None),
}


@pytest.mark.parametrize("source", ["/app/one", "PASSWORD=/app/one/password"])
@pytest.mark.parametrize("change", NO_VALUES)
def test_ciphertext_is_not_taken_for_a_value(run: Runner, store: ParameterStore, filled: None, source: str, change: str) -> None:
    expected = run(source, *SHOW, "--json").out
    store.faults.always(changing(NO_VALUES[change]))
    result = run(source, *SHOW, "--json")
    assert (result.status, result.out) == (0, expected), result.err
    run(source, "--dry-run").expect_failure("/app/one")


@pytest.mark.parametrize("kind", ["String", "StringList"])
@pytest.mark.parametrize("change", NO_VALUES)
def test_values_that_are_not_encrypted_are_checked(run: Runner, store: ParameterStore, filled: None, kind: str, change: str) -> None:
    store.faults.always(changing(NO_VALUES[change], kind))
    expected = run("/app/one", "--dry-run")
    result = run("/app/one", *SHOW)
    assert (result.status, result.out) == (expected.status, expected.out) == (125, "")
    name = {"String": "/app/one/port", "StringList": "/app/one/hosts"}[kind]
    result.expect_failure(name)


def test_names_and_types_are_checked(run: Runner, store: ParameterStore, filled: None) -> None:
    deny(store)
    run("/app/one", "--secure-only", *SHOW).expect_failure("/app/one/port: is a String, but --secure-only accepts only SecureStrings")
    store.put("/app/one/pass-word", "x", "SecureString", key_id="alias/app")
    store.put("/app/one/pass.word", "x", "SecureString", key_id="alias/app")
    run("/app/one", *SHOW).expect_failure("/app/one/pass-word and /app/one/pass.word would both become PASS_WORD")
    run("LD_PRELOAD=/app/one/password", *SHOW).expect_failure("/app/one/password: would set LD_PRELOAD")
    run("A=/app/none", *SHOW).expect_failure("A=/app/none: ParameterNotFound")
    run("/app/one/port", *SHOW).expect_failure("/app/one/port is itself a parameter")
    assert asked(store) == {False}


# --- what cannot be done without values ---


USAGE = {
    "no dry run": (("/app", "--no-decrypt", "--", "true"), {}, "--no-decrypt needs --dry-run"),
    "a requirement": (("/app", *SHOW, "--require", "A"), {}, "error: --require: --no-decrypt cannot tell whether a value is empty"),
    "a requirement of a variable": (("/app", *SHOW), {"SSM_EXEC_REQUIRE": "A"}, "error: SSM_EXEC_REQUIRE: --no-decrypt cannot tell"),
    "a file": ((*SHOW, "--file", "KEY=/app/key"), {}, "error: KEY=/app/key: a file cannot be made with --no-decrypt"),
    "a file of a variable": (SHOW, {"SSM_EXEC_FILE": "KEY=/app/key"}, "error: KEY=/app/key: a file cannot be made with --no-decrypt"),
    "a member": ((*SHOW, "A=/app/a#user"), {}, "error: A=/app/a#...: a member (#...) cannot be read with --no-decrypt"),
    "an optional member": ((*SHOW, "--optional", "A=/app/a#user"), {}, "error: A=/app/a#...: a member (#...)"),
    "a member in the environment": ((*SHOW, "/app"), {"DB_USER": "ssm:///app/a#user"}, "error: the environment: DB_USER: a member (#...)"),
    "a member in an env file": ((*SHOW, "--env-file", "member.env"), {}, "error: member.env:3: DB_USER: a member (#...) cannot be read"),
    "a member in a second env file": ((*SHOW, "--env-file", "plain.env", "--env-file", "member.env"), {}, "error: member.env:3: DB_USER: a member"),
    "a member in a lock file": ((*SHOW, "--lock", "member.lock"), {}, "error: member.lock: DB_USER: a member (#...) cannot be read"),
    "a file in a lock file": ((*SHOW, "--lock", "file.lock"), {}, "error: file.lock: KEY: a file cannot be made"),
    "a secret": ((*SHOW, "A=/aws/reference/secretsmanager/db"), {}, "error: A=/aws/reference/secretsmanager/db: a Secrets Manager secret cannot be read with --no-decrypt: AWS returns it only decrypted"),
    "a secret by ARN": ((*SHOW, "A=arn:aws:ssm:us-east-1:123456789012:parameter/aws/reference/secretsmanager/db"), {}, ": a Secrets Manager secret cannot"),
    "a secret in the environment": ((*SHOW, "/app"), {"DB": "ssm:///aws/reference/secretsmanager/db"}, "error: the environment: DB: a Secrets Manager secret"),
    "a secret in a lock file": ((*SHOW, "--lock", "secret.lock"), {}, "error: secret.lock: DB: a Secrets Manager secret"),
}


@pytest.mark.parametrize("name", USAGE)
def test_what_needs_a_value_is_a_usage_error(run: Runner, store: ParameterStore, tmp_path: Path, name: str) -> None:
    (tmp_path / "plain.env").write_text("A=b\n")
    (tmp_path / "member.env").write_text("A=b\nLIST=ssm:///app/list\nDB_USER=ssm:///app/a#user\n")
    entries = {
        "member": {"name": "DB_USER", "parameter": "/app/a#user", "version": 1},
        "file": {"name": "KEY", "parameter": "/app/key", "version": 1, "file": True},
        "secret": {"name": "DB", "parameter": "/aws/reference/secretsmanager/db", "version": 0},
    }
    for lock, entry in entries.items():
        (tmp_path / f"{lock}.lock").write_text(json.dumps({"variables": [entry]}))
    arguments, env, message = USAGE[name]
    run(*arguments, env=env, cwd=tmp_path).expect_failure(message, "ssm-exec: hint: ")
    assert store.journal.entries == []


def test_all_that_needs_values_is_told_at_once(run: Runner, store: ParameterStore) -> None:
    run(*SHOW, "A=/app/a#user", "B=/app/b", "--file", "C=/app/c", "p=/app/d#user").expect_failure(
        "error: A=/app/a#...", "error: C=/app/c", "error: p=/app/d#..."
    )


def test_a_reference_that_is_not_read_may_have_a_member(run: Runner, store: ParameterStore, filled: None) -> None:
    deny(store)
    env = {"DB_USER": "ssm:///app/a#user"}
    assert run("/app", *SHOW, "--unset", "DB_USER", env=env).status == 0
    assert run("/app", *SHOW, "--no-refs", env=env).status == 0


# --- the variable ---


def test_the_variable_concerns_dry_runs_only(run: Runner, store: ParameterStore, filled: None) -> None:
    env = {"SSM_EXEC_NO_DECRYPT": "1", "DB_USER": "ssm:///app/one/json#user"}
    store.put("/app/one/json", '{"user": "me"}', "SecureString", key_id="alias/app")
    result = run("/app/one", "--require", "PASSWORD", "--file", "KEY=/app/one/password", "--", "/bin/sh", "-c", "echo $PASSWORD $DB_USER", env=env)
    assert (result.status, result.out) == (0, f"{MARK} me\n"), result.err
    assert asked(store) == {True}
    expected = run("/app/one", "--dry-run").out
    deny(store)
    assert run("/app/one", "--dry-run", env={"SSM_EXEC_NO_DECRYPT": "yes"}).out == expected
    assert asked(store) == {False}
    run("/app/one", "--dry-run", env={"SSM_EXEC_NO_DECRYPT": "no"}).expect_failure("AccessDeniedException")
    run("/app/one", "--dry-run", env=env).expect_failure("the environment: DB_USER: a member (#...) cannot be read with --no-decrypt")


# --- the hint of a dry run that may not decrypt ---


def hinted(result: Result) -> bool:
    """Whether the refusal names the way out."""
    result.expect_failure("AccessDeniedException: ", DENIED)
    assert (DENIED + WAY_OUT in result.err) == ("--no-decrypt" in result.err), result.err
    return WAY_OUT in result.err


@pytest.mark.parametrize("source", ["/app", "A=/app/one/password"])
def test_a_dry_run_that_may_not_decrypt_is_told_how_to_do_without(run: Runner, store: ParameterStore, filled: None, source: str) -> None:
    deny(store)
    assert hinted(run(source, "--dry-run"))
    assert hinted(run(source, "--dry-run", "--json"))
    assert run(source, *SHOW).status == 0


@pytest.mark.parametrize("arguments", [
    ("--", "true"), ("--dry-run", "--require", "PORT"), ("--dry-run", "--file", "KEY=/app/one/port"), ("--dry-run", "A=/app/one/port#a"),
    ("--dry-run", "A=/aws/reference/secretsmanager/db"),
], ids=["no dry run", "requirement", "file", "member", "secret"])
def test_the_way_out_is_not_named_where_it_leads_nowhere(run: Runner, store: ParameterStore, filled: None, arguments: tuple[str, ...]) -> None:
    store.put_secret("db", "x")
    deny(store)
    assert not hinted(run("/app", *arguments))


@pytest.mark.parametrize("source", ["/app", "A=/app/one/password"])
def test_a_refusal_without_decryption_is_not_asked_about_again(run: Runner, store: ParameterStore, filled: None, source: str) -> None:
    store.faults.always(faults.ErrorAnswer("AccessDeniedException", KMS_REFUSAL))
    result = run(source, *SHOW)
    assert not hinted(result)
    assert "could not be decrypted" not in result.err
    assert len(store.journal.entries) == 1


def test_tries_again_ask_in_the_same_way(run: Runner, store: ParameterStore, filled: None) -> None:
    deny(store)
    store.faults.add(faults.throttling(), times=2)
    store.faults.add(faults.Reset("body"), times=1)
    assert run("/app", "A=/app/one/password", *SHOW).status == 0
    assert asked(store) == {False}
