"""No provider leaks a secret that it was given, sends or receives, neither on success nor on failure."""

from __future__ import annotations

import json
import re
import subprocess
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from chain import CONTAINER_TOKEN, SSO_TOKEN, WEB_TOKEN, Chain, chain, in_seconds, role  # noqa: F401
from credential_services import write_sso_token
from credential_services.credential_service import CredentialService
from parameter_store import faults
from parameter_store.exchange import Exchange
from parameter_store.wire import Answer
from privileges import strace

PIECE = 16
"""Bytes of a secret that are too many to be shown."""


# --- The secrets


def secrets_of(chain: Chain) -> list[str]:
    """Every secret that exists in this test so far."""
    known = {keys.access_key_id: keys for keys in chain.sts._known.values()}
    for service in (chain.sts, chain.metadata, chain.container, chain.sso_portal):
        known.update({issued.credentials.access_key_id: issued.credentials for issued in service.issued})
    found = [WEB_TOKEN, SSO_TOKEN, CONTAINER_TOKEN, *chain.metadata._tokens]
    for keys in known.values():
        found += [keys.secret_access_key, keys.session_token or ""]
    return [secret for secret in found if secret]


def assert_hidden(chain: Chain, text: str) -> None:
    for secret in secrets_of(chain):
        for start in range(0, max(1, len(secret) - PIECE), 4):
            piece = secret[start:start + PIECE]
            assert piece not in text, f"{secret[:24]}...: a piece of it, {piece}, was told"
            assert piece not in urllib.parse.unquote(text), f"{secret[:24]}...: a piece of it, {piece}, was told in URL-encoded text"


# --- The providers


@dataclass(frozen=True)
class Provider:
    prepare: Callable[[Chain], dict[str, str | None]]
    """Sets it up; returns the variables for it."""
    service: Callable[[Chain], CredentialService] | None = None
    """The service that it asks."""
    options: tuple[str, ...] = ()


def by_profile(make: Callable[[Chain], dict[str, str]]) -> Callable[[Chain], dict[str, str | None]]:
    def prepare(chain: Chain) -> dict[str, str | None]:
        chain.config["default"] = make(chain)
        return {}

    return prepare


def role_profile(chain: Chain) -> dict[str, str]:
    chain.sts.add_role(role("app"))
    return {"role_arn": role("app"), "source_profile": "default", **chain.properties("base", "session-token-of-the-base-keys")}


def with_top_role(chain: Chain) -> dict[str, str | None]:
    chain.sts.add_role(role("top"))
    return chain.variables(session_token="session-token-of-the-variables")


PROVIDERS = {
    "environment": Provider(lambda chain: chain.variables(session_token="session-token-of-the-variables")),
    "web identity": Provider(lambda chain: chain.web_identity_env(), lambda chain: chain.sts),
    "keys of a profile": Provider(by_profile(lambda chain: chain.properties("file", "session-token-of-the-file"))),
    "role of a profile": Provider(by_profile(role_profile), lambda chain: chain.sts),
    "web identity of a profile": Provider(
        by_profile(lambda chain: {"role_arn": chain.web_identity("web"), "web_identity_token_file": chain.token_file()}), lambda chain: chain.sts),
    "process": Provider(by_profile(lambda chain: {"credential_process": chain.process(chain.process_document(session_token="session-token-of-a-process"))})),
    "SSO": Provider(by_profile(lambda chain: chain.sso_profile()), lambda chain: chain.sso_portal),
    "login": Provider(by_profile(lambda chain: chain.login_profile())),
    "--role-arn": Provider(with_top_role, lambda chain: chain.sts, ("--role-arn", role("top"))),
    "container": Provider(lambda chain: chain.container_env(CONTAINER_TOKEN), lambda chain: chain.container),
    "metadata": Provider(lambda chain: chain.metadata_env(), lambda chain: chain.metadata),
}
ASKING = [name for name, provider in PROVIDERS.items() if provider.service is not None]
VERBOSITY = [(), ("-v",), ("-v", "--log-format", "json")]


@pytest.mark.parametrize("arguments", [*VERBOSITY, ("-q",), ("-n", "-v"), ("-n", "--json")])
@pytest.mark.parametrize("name", PROVIDERS)
def test_success_leaks_nothing(chain: Chain, name: str, arguments: tuple[str, ...]) -> None:
    provider = PROVIDERS[name]
    env = provider.prepare(chain)
    result = chain.run(*provider.options, *arguments, env=env)
    assert result.status == 0, result.err
    assert len(secrets_of(chain)) > 4
    assert_hidden(chain, result.out + result.err)


# --- Servers that show what they were sent


@dataclass
class Echo(faults.Fault):
    """The request comes back as the text of an error, in every encoding."""

    status: int
    form: str

    def serve(self, exchange: Exchange) -> bool:
        request = exchange.request
        sent = "  ".join([request.target, *(f"{name}: {value}" for name, value in request.headers), request.body.decode("latin-1")])
        values = {name.lower(): value for name, value in request.headers}
        token = next((values[name] for name in TOKEN_HEADERS if name in values), request.body.decode("latin-1").rpartition("=")[2])
        headers = {"Content-Type": "application/json"}
        if self.form == "json":
            body = json.dumps({"__type": "Refused", "message": sent, "Code": "Refused", "Message": sent, "roleCredentials": sent})
        elif self.form in ("URL-encoded", "url-encoded"):
            encoded = urllib.parse.quote(sent, safe="" if self.form == "URL-encoded" else "/=")
            encoded = encoded if self.form == "URL-encoded" else re.sub("%..", lambda match: match[0].lower(), encoded)
            body = json.dumps({"message": encoded, "Message": encoded, "Code": "Refused"})
        elif self.form == "code":
            body = json.dumps({"__type": token, "code": token, "Code": token, "message": token})
        elif self.form in ("error type", "broken"):
            body = "{" if self.form == "broken" else "{}"
            headers.update({"x-amzn-ErrorType": token, "x-amzn-RequestId": token})
        elif self.form == "xml":
            body = f"<ErrorResponse><Error><Code>Refused</Code><Message>{escape(sent)}</Message></Error><RequestId>x</RequestId></ErrorResponse>"
        else:
            body = f"<html>{sent}</html>"
        exchange.send(Answer(self.status, body.encode(), headers))
        return True


TOKEN_HEADERS = ("x-amz-sso_bearer_token", "x-aws-ec2-metadata-token", "x-amz-security-token", "authorization")
FORMS = ("json", "URL-encoded", "url-encoded", "xml", "html", "code", "error type", "broken")


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 500])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ASKING)
def test_an_echoing_server_leaks_nothing(chain: Chain, name: str, form: str, status: int) -> None:
    provider = PROVIDERS[name]
    env = {**provider.prepare(chain), "AWS_MAX_ATTEMPTS": "2"}
    assert provider.service is not None
    provider.service(chain).faults.always(Echo(status, form), when=lambda operation, _: operation != "PutToken")
    for arguments in VERBOSITY:
        result = chain.run(*provider.options, *arguments, env=env, command=("--", "/bin/echo", "started"))
        assert (result.status, result.out) == (125, ""), result
        assert_hidden(chain, result.err)


@pytest.mark.parametrize("status", [200, 403])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("source", ["/p", "A=/p/v"])
def test_a_parameter_store_that_echoes_leaks_nothing(chain: Chain, source: str, form: str, status: int) -> None:
    env = chain.variables(session_token="session-token-of-the-environment+must/not=be-seen")
    chain.store.faults.always(Echo(status, form))
    for arguments in VERBOSITY:
        result = chain.runner(*arguments, source, "--", "/bin/echo", "started", env={**chain.env, **env})
        assert (result.status, result.out) == (125, ""), result
        assert_hidden(chain, result.err)


@pytest.mark.parametrize("form", FORMS)
def test_metadata_that_echoes_in_its_last_answer_leaks_nothing(chain: Chain, form: str) -> None:
    env = chain.metadata_env()
    chain.metadata.faults.always(Echo(200, form), when=lambda operation, _: operation == "GetRoleCredentials")
    for arguments in VERBOSITY:
        result = chain.run(*arguments, env=env)
        assert result.status == 125
        assert_hidden(chain, result.err)


# --- Documents that quote themselves


OWN_KEY = "wJalrXUtnFEMI/K7MDENG/of-the+document"
OWN_TOKEN = "IQoJb3JpZ2luX2VjEOf/of-the+document=="
OWN_CODE = "wJalrXUtnFEMIK7MDENGofthedocument"
DOCUMENT = {"AccessKeyId": "ASIAOFTHEDOCUMENT", "SecretAccessKey": OWN_KEY, "Token": OWN_TOKEN, "Expiration": "2036-01-01T00:00:00Z"}
SSO_DOCUMENT = {"roleCredentials": {"accessKeyId": "ASIAOFTHEDOCUMENT", "secretAccessKey": OWN_KEY, "sessionToken": OWN_TOKEN, "expiration": 1}}
QUOTES: dict[str, dict[str, object]] = {
    "message": {"Code": "Failed", "Message": f"said: {OWN_KEY} {OWN_TOKEN}", "message": f"said: {OWN_KEY} {OWN_TOKEN}"},
    "code": {"Code": OWN_CODE, "SecretAccessKey": OWN_CODE},
    "message of a success": {"Code": "Success", "Message": OWN_KEY, "Expiration": 5},
    "role": {"RoleArn": f"arn:aws:iam::123456789012:role/{OWN_KEY}", "Token": "a\nb"},
    "role of a success": {"RoleArn": f"arn:aws:iam::123456789012:role/{OWN_KEY}"},
}


@pytest.mark.parametrize("status", [200, 403])
@pytest.mark.parametrize("quote", QUOTES)
@pytest.mark.parametrize("name", ["container", "metadata", "SSO"])
def test_a_document_that_quotes_its_own_secrets_leaks_nothing(chain: Chain, name: str, quote: str, status: int) -> None:
    provider = PROVIDERS[name]
    env = provider.prepare(chain)
    assert provider.service is not None
    body = json.dumps({**(SSO_DOCUMENT if name == "SSO" else {}), **DOCUMENT, **QUOTES[quote]})
    provider.service(chain).faults.always(
        faults.StatusAnswer(status, body.encode(), "application/json", {}), when=lambda operation, _: operation not in ("PutToken", "GetRole"))
    for arguments in VERBOSITY:
        result = chain.run(*provider.options, *arguments, "--timeout", "2s", env=env)
        assert result.status == 125 and result.err, result
        assert not [secret for secret in (OWN_KEY, OWN_TOKEN, OWN_CODE) if secret[:16] in result.err], result.err


# --- Documents that are not what they should be


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda body: body[:-30],
    "renamed": lambda body: body.replace(b"ecretAccessKey", b"ecretKey"),
    "with control characters": lambda body: body.replace(b"secret+", b"sec\\nret+").replace(b"<SecretAccessKey>", b"<SecretAccessKey>&#10;"),
    "without a time": lambda body: body.replace(b"xpiration", b"xpires"),
    "with another type": lambda body: body.replace(b'"ASIA', b'["ASIA').replace(b', "SecretAccessKey', b'], "SecretAccessKey'),
    "trailing": lambda body: body + b"}",
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", ASKING)
def test_damaged_documents_leak_nothing(chain: Chain, name: str, damage: str) -> None:
    provider = PROVIDERS[name]
    env = provider.prepare(chain)
    assert provider.service is not None
    operations = ("GetRoleCredentials", "GetCredentials", "AssumeRole", "AssumeRoleWithWebIdentity")
    provider.service(chain).faults.always(faults.AlterBody(DAMAGES[damage]), when=lambda operation, _: operation in operations)
    for arguments in VERBOSITY:
        result = chain.run(*provider.options, *arguments, env=env)
        assert result.status in (0, 125)
        assert_hidden(chain, result.out + result.err)


def use(chain: Chain, **properties: str) -> dict[str, str | None]:
    chain.config["default"] = properties
    return {}


def process_printing(text: str, script: str = "") -> Callable[[Chain], dict[str, str | None]]:
    return lambda chain: use(chain, credential_process=chain.process(text.replace("TOKEN", WEB_TOKEN), script.replace("TOKEN", WEB_TOKEN)))


def web_token_file(contents: str) -> Callable[[Chain], dict[str, str | None]]:
    return lambda chain: {"AWS_ROLE_ARN": role("web"), "AWS_WEB_IDENTITY_TOKEN_FILE": chain.token_file(contents.replace("TOKEN", WEB_TOKEN))}


def sso_cache(contents: str) -> Callable[[Chain], dict[str, str | None]]:
    def prepare(chain: Chain) -> dict[str, str | None]:
        chain.config["default"] = chain.sso_profile()
        write_sso_token(chain.home, "corp", "").write_text(contents.replace("TOKEN", SSO_TOKEN))
        return {}

    return prepare


def login_cache(contents: str) -> Callable[[Chain], dict[str, str | None]]:
    def prepare(chain: Chain) -> dict[str, str | None]:
        chain.config["default"] = chain.login_profile()
        (cache,) = (chain.home / ".aws" / "login" / "cache").iterdir()
        cache.write_text(contents.replace("TOKEN", SSO_TOKEN))
        return {}

    return prepare


def stale_metadata(chain: Chain) -> dict[str, str | None]:
    chain.metadata.settings.expiration = in_seconds(-100)
    return chain.metadata_env()


def stale_container(chain: Chain) -> dict[str, str | None]:
    chain.container.settings.expiration = in_seconds(-100)
    return chain.container_env(CONTAINER_TOKEN)


def untrusting_role(chain: Chain) -> dict[str, str | None]:
    chain.config["default"] = role_profile(chain)
    chain.sts.add_role(role("app"), trusts=["AKIANOBODY"])
    return {}


TROUBLES: dict[str, Callable[[Chain], dict[str, str | None]]] = {
    "keys with a line break": lambda chain: {**chain.variables(), "AWS_SECRET_ACCESS_KEY": f"{WEB_TOKEN}\n{WEB_TOKEN}"},
    "a secret that is wrong": lambda chain: {**chain.variables(), "AWS_SECRET_ACCESS_KEY": WEB_TOKEN, "AWS_SESSION_TOKEN": SSO_TOKEN},
    "an expiration that is a secret": lambda chain: {**chain.variables(), "AWS_CREDENTIAL_EXPIRATION": WEB_TOKEN},
    "a secret without an id": lambda chain: use(chain, aws_secret_access_key=WEB_TOKEN),
    "an id without a secret": lambda chain: use(chain, aws_access_key_id="AKIAHALF", aws_session_token=WEB_TOKEN),
    "two tokens in a file": web_token_file("TOKEN\nTOKEN\n"), "an unknown token": web_token_file("TOKEN"), "a token with blanks": web_token_file("TOKEN x"),
    "a process that prints no JSON": process_printing("TOKEN"), "a process that prints half": process_printing('{"Version": 1, "SecretAccessKey": "TOKEN"'),
    "a process that prints a version": process_printing('{"Version": "TOKEN"}'),
    "a process that prints a time": process_printing('{"Version": 1, "AccessKeyId": "AKIAX", "SecretAccessKey": "TOKEN", "Expiration": "TOKEN"}'),
    "a process that prints members": process_printing('{"Version": 1, "TOKEN": "TOKEN"}'), "a process that fails": process_printing("", "echo TOKEN; exit 1"),
    "a process that dies": process_printing("", "echo TOKEN; kill -9 $$"), "a process that prints too much": process_printing("", "exec yes TOKEN"),
    "a process that has secret arguments": lambda chain: use(chain, credential_process=f"/no/such/helper --token {WEB_TOKEN}"),
    "a process with an open quote": lambda chain: use(chain, credential_process=f"helper '{WEB_TOKEN}"),
    "an SSO cache of no JSON": sso_cache("TOKEN"), "an SSO cache of half": sso_cache('{"accessToken": "TOKEN"'),
    "an SSO cache with a time": sso_cache('{"accessToken": "TOKEN", "expiresAt": "TOKEN"}'),
    "an SSO token with a line break": sso_cache('{"accessToken": "TOKEN\\nTOKEN", "expiresAt": "2099-01-01T00:00:00Z"}'),
    "an SSO token that has expired": sso_cache('{"accessToken": "TOKEN", "expiresAt": "2019-01-01T00:00:00Z"}'),
    "an SSO token that is unknown": sso_cache('{"accessToken": "not-TOKEN", "expiresAt": "2099-01-01T00:00:00Z"}'),
    "a login cache of no JSON": login_cache("TOKEN"), "a login cache of half": login_cache('{"accessToken": {"secretAccessKey": "TOKEN"}}'),
    "stale metadata": stale_metadata, "stale container credentials": stale_container, "a role that does not trust": untrusting_role,
    "a container token with a line break": lambda chain: {**chain.container_env(), "AWS_CONTAINER_AUTHORIZATION_TOKEN": f"{CONTAINER_TOKEN}\n{CONTAINER_TOKEN}"},
    "a container token that is wrong": lambda chain: {**chain.container_env("other"), "AWS_CONTAINER_AUTHORIZATION_TOKEN": CONTAINER_TOKEN},
    "a container host that is refused": lambda chain: {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://192.0.2.1/{WEB_TOKEN}", "AWS_CONTAINER_AUTHORIZATION_TOKEN": CONTAINER_TOKEN},
    "a container URI with a password": lambda chain: {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://{WEB_TOKEN}:{WEB_TOKEN}@127.0.0.1/x", "AWS_CONTAINER_AUTHORIZATION_TOKEN": CONTAINER_TOKEN},
    "an endpoint with a password": lambda chain: {**chain.variables(), "AWS_ENDPOINT_URL": f"https://me:{WEB_TOKEN}@127.0.0.1/"},
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_failures_leak_nothing(chain: Chain, trouble: str) -> None:
    env = TROUBLES[trouble](chain)
    for arguments in VERBOSITY:
        result = chain.run("--timeout", "20s", *arguments, env=env)
        assert result.status == (0 if trouble == "stale metadata" else 125), result.err
        assert_hidden(chain, result.out + result.err)


# --- Files, arguments, other processes


@pytest.mark.release_only
@pytest.mark.parametrize("failing", [False, True])
@pytest.mark.parametrize("name", PROVIDERS)
def test_nothing_is_written_anywhere(chain: Chain, tmp_path: Path, name: str, failing: bool) -> None:
    """No write, no argument of a program, no file opened for writing; what goes to plain HTTP on loopback is sent, not written."""
    provider = PROVIDERS[name]
    env = provider.prepare(chain)
    if failing and provider.service is not None:
        provider.service(chain).faults.always(Echo(403, "json"), when=lambda operation, _: operation != "PutToken")
    elif failing:
        chain.store.faults.always(Echo(403, "json"))
    chain.write()
    before = {path: path.stat().st_mtime_ns for path in chain.home.rglob("*")}
    trace = tmp_path / "trace"
    command = [*strace("-f", "-s", "65536", "-o", trace, "-e",
                       "trace=write,writev,pwrite64,sendto,sendmsg,open,openat,creat,execve,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mkdir,mkdirat"),
               str(chain.runner.program), "-v", *provider.options, "/p", "--", "/bin/true"]
    environment = chain.runner.environment({**chain.env, **env, "SSLKEYLOGFILE": str(tmp_path / "keys")})
    subprocess.run(command, env=environment, capture_output=True, check=False, timeout=120)
    lines = trace.read_text().splitlines()
    assert any("credentials from" in line or "error: " in line for line in lines), "strace saw nothing"
    ours = lines[0].split()[0]
    plain = name in ("container", "metadata")
    for line in lines:
        pid, _, call = line.partition(" ")
        call = call.strip()
        if call.startswith("execve("):
            assert_hidden(chain, call.partition("], 0x")[0].partition("], [")[0])
        elif pid == ours:
            assert "O_WRONLY" not in call and "O_RDWR" not in call and "O_CREAT" not in call
            assert not call.startswith(("rename", "link", "symlink", "mkdir")), call
            if not (plain and call.startswith(("sendto(", "sendmsg("))):
                assert_hidden(chain, call)
    assert {path: path.stat().st_mtime_ns for path in chain.home.rglob("*")} == before
    assert not (tmp_path / "keys").exists()
