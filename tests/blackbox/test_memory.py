"""What is left of secrets in memory when the program ends: after a failure at each step, and when COMMAND cannot take its place."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import shlex
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from chain import CONTAINER_TOKEN, SSO_TOKEN, WEB_TOKEN, Chain, chain, role  # noqa: F401
from memory import Ended, run_to_exit
from parameter_store import faults
from test_credential_leaks import PROVIDERS, Provider, secrets_of

pytestmark = pytest.mark.memory

VALUE = "hush-one-Vq7ZkT0x-must-not-stay \"quoted\" \\ and\nover two lines-e81LmPz3"
OTHER = "hush-two-bYc4RnWd-must-not-stay-/+=-and-has-an-end-9sKfQ2Uh"
MEMBER = "hush-member-Jh5TgBv2-must-not-stay-\u00e9-and-has-an-end-4oXiM7Ea"
PASSWORD = "hush-password-of-a-helper-Nd8CuHy6-must-not-stay"
PLAIN = "hush-plain-in-an-env-file-Zp3WsGk1-must-not-stay"
NO_COMMAND = "/no-interpreter"


def signing_secrets(chain: Chain, keys: dict[str, str]) -> dict[str, str | bytes]:
    """Signatures as they were sent, and the keys that they were made with."""
    found: dict[str, str | bytes] = {}
    for number, entry in enumerate([*chain.store.journal.entries, *chain.sts.journal.entries]):
        authorization = entry.headers.get("authorization", "")
        match = re.search(r"Credential=(\w+)/(\d+)/([\w-]+)/(\w+)/.*Signature=(\w+)", authorization)
        if match is None:
            continue
        found[f"signature {number}"] = match[5]
        key = ("AWS4" + keys.get(match[1], "")).encode()
        for step, text in enumerate((match[2], match[3], match[4], "aws4_request")):
            key = hmac.new(key, text.encode(), hashlib.sha256).digest()
            found[f"signing key {number}, step {step}"] = key
    return found


def all_secrets(chain: Chain) -> dict[str, str | bytes]:
    known = {keys.access_key_id: keys.secret_access_key for keys in chain.sts._known.values()}
    for service in (chain.sts, chain.metadata, chain.container, chain.sso_portal):
        known.update({issued.credentials.access_key_id: issued.credentials.secret_access_key for issued in service.issued})
    values = {"value": VALUE, "other value": OTHER, "member": MEMBER, "password": PASSWORD, "plain": PLAIN}
    credentials = {f"credential {number}": secret for number, secret in enumerate(secrets_of(chain))}
    return {**values, **credentials, **signing_secrets(chain, known)}


@pytest.fixture
def script(tmp_path: Path) -> str:
    """A COMMAND that is found and cannot be started: by then everything but exec has been done."""
    path = tmp_path / "script"
    path.write_text(f"#!{NO_COMMAND}\n")
    path.chmod(0o755)
    return str(path)


def end(chain: Chain, *arguments: str, env: dict[str, str | None] | None = None) -> Ended:
    chain.write()
    return run_to_exit(chain.runner.program, arguments, env=chain.runner.environment({**chain.env, **(env or {})}))


def assert_forgotten(chain: Chain, ended: Ended) -> None:
    found = ended.search(all_secrets(chain))
    assert not found, "\n".join(map(str, found))


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text(VALUE)
    keep = f"import json, os; kept = json.dumps(open({str(path)!r}).read()); os._exit(3)"
    ended = run_to_exit(Path(sys.executable), ["-I", "-c", keep])
    assert ended.status == 3
    assert {found.secret for found in ended.search({"value": VALUE, "other": OTHER})} == {"value"}


def test_a_signal_leaves_what_was_there(chain: Chain, script: str) -> None:
    """A killed program wipes nothing: that is the limit, and shows that the search finds secrets where there are any."""
    chain.config["default"] = chain.properties("file", "session-token-of-the-file-until-the-end")
    hold = chain.store.faults.always(faults.Hold())
    chain.write()

    def kill(pid: int) -> None:
        chain.store.journal.wait_for(lambda journal: journal.in_flight == 1)
        os.kill(pid, signal.SIGTERM)

    environment = chain.runner.environment(chain.env)
    ended = run_to_exit(chain.runner.program, ["/p", "--", script], while_running=kill, env=environment)
    hold.release()
    assert ended.status == -signal.SIGTERM
    assert ended.search({"token": "session-token-of-the-file-until-the-end"})


# --- Every provider, whose credentials are good, and are refused


@pytest.mark.parametrize("refused", [False, True], ids=["good", "refused"])
@pytest.mark.parametrize("name", PROVIDERS)
def test_nothing_is_left_of_a_providers_secrets(chain: Chain, script: str, name: str, refused: bool) -> None:
    provider: Provider = PROVIDERS[name]
    env = provider.prepare(chain)
    chain.store.put("/p/a", VALUE, type="SecureString")
    if refused:
        chain.store.faults.always(faults.ErrorAnswer("UnrecognizedClientException", "The security token is invalid."))
    ended = end(chain, *provider.options, "/p", "--", script, env=env)
    assert ended.status == (125 if refused else 126), ended.err
    assert len(secrets_of(chain)) > 4
    assert_forgotten(chain, ended)


def helper_with_password(chain: Chain, script: str = "") -> None:
    command = chain.process(chain.process_document(session_token="session-token-of-a-process-must-not-stay"), script)
    chain.config["default"] = {"credential_process": f"{command} --user me --password {shlex.quote(PASSWORD)} 'more words'"}


@pytest.mark.parametrize("script_of_helper", ["", "exit 1", "kill -9 $$", "echo '{'; exit 0", "exec yes"], ids=["good", "failing", "killed", "malformed", "endless"])
def test_nothing_is_left_of_the_arguments_of_a_helper(chain: Chain, script: str, script_of_helper: str) -> None:
    helper_with_password(chain, script_of_helper)
    ended = end(chain, "/p", "--", script)
    assert ended.status == (125 if script_of_helper else 126), ended.err
    assert PASSWORD not in ended.err.decode()
    assert_forgotten(chain, ended)


def test_nothing_is_left_of_a_file_with_a_mistake(chain: Chain, script: str) -> None:
    chain.config["default"] = chain.properties("file", "session-token-of-the-file-must-not-stay")
    chain.write()
    with (chain.home / ".aws" / "config").open("a") as config:
        config.write(f"{PASSWORD}\n[open\n")
    ended = run_to_exit(chain.runner.program, ["/p", "--", script], env=chain.runner.environment(chain.env))
    assert ended.status == 125
    assert_forgotten(chain, ended)


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "AWS_ENDPOINT_URL"])
def test_nothing_is_left_of_the_password_in_a_url(chain: Chain, script: str, variable: str) -> None:
    """Except in the environment from which it was read."""
    env = {"AWS_ENDPOINT_URL": None, "AWS_ENDPOINT_URL_SSM": None, variable: f"http://me:{PASSWORD}@127.0.0.1:1"}
    chain.config["default"] = chain.properties("file", "session-token-of-the-file-must-not-stay")
    ended = end(chain, "/p", "--timeout", "2s", "--", script, env=env)
    assert ended.status == 125
    assert PASSWORD not in ended.err.decode()
    assert_forgotten(chain, ended)


# --- Every step of a run


@dataclass(frozen=True)
class Step:
    status: int
    arguments: tuple[str, ...] = ("/app", "OTHER=/other")
    prepare: Callable[[Chain, Path], object] = lambda chain, folder: None
    command: str | None = None


def deny(chain: Chain, folder: Path) -> None:
    chain.store.deny("ssm:GetParameters", "/other")


def hang(chain: Chain, folder: Path) -> None:
    chain.store.faults.always(faults.Hang(), when=lambda operation, _: operation == "GetParameters")


def cut(chain: Chain, folder: Path) -> None:
    chain.store.faults.always(faults.AlterBody(lambda body: body[:-20]))


def truncate(chain: Chain, folder: Path) -> None:
    chain.store.faults.always(faults.Truncate(), when=lambda operation, _: operation == "GetParameters")


def conflict(chain: Chain, folder: Path) -> None:
    chain.store.put("/app/A", OTHER)


def pages(chain: Chain, folder: Path) -> None:
    for number in range(45):
        chain.store.put(f"/app/more/v{number}", f"{VALUE}{number}", type="SecureString")


def large(chain: Chain, folder: Path) -> None:
    for number in range(900):
        chain.store.put(f"/app/large/v{number}", VALUE * 110, tier="Advanced")


def nul(chain: Chain, folder: Path) -> None:
    chain.store.faults.always(faults.AlterBody(lambda body: body.replace(b"e81LmPz3", b"e81LmPz3\\u0000")))


def env_file(chain: Chain, folder: Path) -> None:
    (folder / "env").write_text(f"PLAIN='{PLAIN}'\nREF=ssm:///other\n")


def broken_env_file(chain: Chain, folder: Path) -> None:
    (folder / "env").write_text(f"PLAIN='{PLAIN}'\n{PASSWORD}\nNEXT='{PLAIN}\n")


def escaped_members(chain: Chain, folder: Path) -> None:
    """Names of members are as secret as values where a document has them escaped."""
    document = json.dumps({"password": MEMBER, OTHER: VALUE}).replace("hush-two", "\\u0068ush-two").replace("password", "p\\u0061ssword")
    chain.store.put_secret("prod/db", document)


MEMBER_SOURCE = "M=/aws/reference/secretsmanager/prod/db#password"
STEPS = {
    "exec": Step(126), "exec after many pages": Step(126, prepare=pages), "exec with too large an environment": Step(126, ("/app",), large),
    "a file": Step(126, ("--file", "F=/app/a", "OTHER=/other")),
    "a member": Step(126, (MEMBER_SOURCE,), escaped_members), "no such member": Step(125, (MEMBER_SOURCE + "s",), escaped_members),
    "an env file": Step(126, ("--env-file", "{folder}/env"), env_file), "a broken env file": Step(125, ("--env-file", "{folder}/env"), broken_env_file),
    "denied": Step(125, prepare=deny), "no such name": Step(125, ("/app", "X=/nothing")), "no such path": Step(125, ("/app", "/nothing")),
    "timeout": Step(125, ("/app", "OTHER=/other", "--timeout", "3s"), hang), "malformed reply": Step(125, prepare=cut),
    "cut connection": Step(125, ("/app", "OTHER=/other", "--timeout", "3s"), truncate),
    "conflict": Step(125, prepare=conflict), "a NUL": Step(125, prepare=nul), "requirement": Step(125, ("/app", "--require", "NOT_THERE")),
    "secure only": Step(125, ("/app", "OTHER=/other", "--secure-only")), "mixed": Step(125, ("/prod", "/staging")),
    "dry run": Step(0, ("/app", "OTHER=/other", "--dry-run")), "dry run as JSON": Step(0, ("/app", "OTHER=/other", "--dry-run", "--json")),
    "dry run without decryption": Step(0, ("/app", "OTHER=/other", "--dry-run", "--no-decrypt")),
    "verbose": Step(126, ("/app", "OTHER=/other", "-v")),
}  # fmt: skip


@pytest.mark.parametrize("name", STEPS)
def test_nothing_is_left_of_values_after(chain: Chain, tmp_path: Path, script: str, name: str) -> None:
    step = STEPS[name]
    chain.config["default"] = chain.properties("file", "session-token-of-the-file-must-not-stay")
    chain.store.put("/app/a", VALUE, type="SecureString")
    chain.store.put("/other", OTHER)
    step.prepare(chain, tmp_path)
    ended = end(chain, *(argument.format(folder=tmp_path) for argument in step.arguments), "--", script)
    assert ended.status == step.status, ended.err
    assert_forgotten(chain, ended)
