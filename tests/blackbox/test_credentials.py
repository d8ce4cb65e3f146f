"""Where credentials come from, provider by provider and in which order, and what is said when there are none."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from chain import ACCOUNT, CONTAINER_TOKEN, NO_KEYS, SSO_TOKEN, START_URL, WEB_TOKEN, Chain, chain, in_seconds, role  # noqa: F401
from credential_services import ContainerCredentials, InstanceMetadata, SecurityTokenService, write_sso_token
from credential_services.security_token import idp_communication_error
from parameter_store import ParameterStore, faults
from privileges import unshare
from tunnels import proxy

PAST = datetime(2020, 1, 1, tzinfo=timezone.utc)
PAST_TEXT = "2020-01-01T00:00:00Z"


# --- Environment


def test_environment_keys(chain: Chain) -> None:
    assert chain.succeed(env=chain.variables()) == "env"
    assert "credentials from: environment\n" in chain.run("-v", env=chain.variables()).err


@pytest.mark.parametrize("variable", ["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"])
def test_environment_session_token(chain: Chain, variable: str) -> None:
    keys = chain.variables(session_token="token-of-the-session")
    assert chain.succeed(env={**keys, "AWS_SESSION_TOKEN": None, variable: "token-of-the-session"}) == "env"


def test_the_newer_name_of_the_session_token_wins(chain: Chain) -> None:
    keys = chain.variables(session_token="token-of-the-session")
    assert chain.succeed(env={**keys, "AWS_SECURITY_TOKEN": "another"}) == "env"


@pytest.mark.parametrize("secret", [None, ""])
def test_an_access_key_id_without_its_secret(chain: Chain, secret: str | None) -> None:
    chain.env.update(chain.container_env())
    chain.fail("AWS_SECRET_ACCESS_KEY: not set, although AWS_ACCESS_KEY_ID is",
               env={"AWS_ACCESS_KEY_ID": "AKIAHALF", "AWS_SECRET_ACCESS_KEY": secret})


@pytest.mark.parametrize("key_id", [None, ""])
def test_a_secret_alone_is_nothing(chain: Chain, key_id: str | None) -> None:
    chain.config["default"] = chain.properties("file")
    assert chain.succeed(env={"AWS_ACCESS_KEY_ID": key_id, "AWS_SECRET_ACCESS_KEY": "left over"}) == "file"


@pytest.mark.parametrize("variable,name", [
    ("AWS_ACCESS_KEY_ID", "access key id"), ("AWS_SECRET_ACCESS_KEY", "secret access key"), ("AWS_SESSION_TOKEN", "session token"),
])
def test_control_characters_in_keys(chain: Chain, variable: str, name: str) -> None:
    keys = chain.variables(session_token="token-of-the-session")
    spoilt = f"{keys[variable]}\r\nX-Injected: yes"
    result = chain.fail(f"{variable}: the {name} holds a line break", env={**keys, variable: spoilt})
    assert str(keys[variable]) not in result.err and "Injected" not in result.err


FOREIGN = {
    "begins or ends with a blank": ["{} ", " {}"],
    "holds a blank": ["{0} {0}"],
    "begins or ends with a quotation mark": ['"{}"', "'{}'"],
    "holds a character that is not ASCII": ["{}\u00e9"],
}


@pytest.mark.parametrize("what", FOREIGN)
@pytest.mark.parametrize("variable,name", [
    ("AWS_ACCESS_KEY_ID", "access key id"), ("AWS_SECRET_ACCESS_KEY", "secret access key"), ("AWS_SESSION_TOKEN", "session token"),
])
def test_what_aws_never_issues_is_found_where_it_is_read(chain: Chain, variable: str, name: str, what: str) -> None:
    keys = chain.variables(session_token="token-of-the-session")
    for form in FOREIGN[what]:
        result = chain.fail(f"{variable}: the {name} {what}", env={**keys, variable: form.format(keys[variable])})
        assert str(keys[variable]) not in result.err
    chain.config = {}
    for form in FOREIGN[what]:
        if form.strip() == form:  # the grammar of the files removes blanks at the ends
            fields = {other.lower(): str(keys[other]) for other in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")}
            fields[variable.lower()] = form.format(fields[variable.lower()])
            line = 2 + list(fields).index(variable.lower())
            chain.credentials["default"] = fields
            result = chain.fail(f"credentials:{line}: the {name} {what}")
            assert str(keys[variable]) not in result.err
    assert chain.store.journal.connections == 0


@pytest.mark.parametrize("sign", ["/", ",", "="])
def test_an_access_key_id_that_would_break_the_header(chain: Chain, sign: str) -> None:
    chain.fail("AWS_ACCESS_KEY_ID: the access key id holds a '/', ',' or '='", env={**chain.variables(), "AWS_ACCESS_KEY_ID": f"AKIA{sign}X"})
    assert chain.store.journal.connections == 0


def test_environment_expiration(chain: Chain) -> None:
    keys = chain.variables()
    until = f"{in_seconds(3600):%Y-%m-%dT%H:%M:%SZ}"
    assert f"credentials from: environment, until {until}\n" in chain.run("-v", env={**keys, "AWS_CREDENTIAL_EXPIRATION": until}).err
    chain.store.journal.clear()
    chain.fail(f"error: environment: these credentials expired at {PAST_TEXT}", "hint: set new ones in AWS_ACCESS_KEY_ID", "check this machine's clock",
               env={**keys, "AWS_CREDENTIAL_EXPIRATION": PAST_TEXT})
    soon = f"{in_seconds(40):%Y-%m-%dT%H:%M:%SZ}"
    chain.fail(f"error: environment: these credentials expire in less than a minute, at {soon}",
               env={**keys, "AWS_CREDENTIAL_EXPIRATION": soon})
    chain.fail("AWS_CREDENTIAL_EXPIRATION: not a time", env={**keys, "AWS_CREDENTIAL_EXPIRATION": "tomorrow"})


# --- Web identity from the environment


def test_web_identity(chain: Chain) -> None:
    result = chain.run("-v", env=chain.web_identity_env())
    assert result.status == 0, result.err
    assert chain.winner() == "web-env"
    (call,) = chain.calls()
    name = call.body.pop("RoleSessionName")
    assert re.fullmatch(r"ssm-exec-[0-9]{10}", name)
    assert call.body == {
        "Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "RoleArn": role("web-env"), "WebIdentityToken": f"{WEB_TOKEN}-web-env",
    }
    assert not {"authorization", "x-amz-date", "x-amz-security-token"} & set(call.headers)
    assert call.target == "/"
    until = f"{chain.issued().expiration:%Y-%m-%dT%H:%M:%SZ}"
    assert f"credentials from: web identity (role {role('web-env')}), until {until}\n" in result.err


def test_web_identity_with_a_session_name(chain: Chain) -> None:
    assert chain.succeed(env={**chain.web_identity_env(), "AWS_ROLE_SESSION_NAME": "me@host"}) == "web-env"
    assert chain.issued().session_name == "me@host"


@pytest.mark.parametrize("end", ["", "\n", "\r\n", " \t\n\n"])
def test_white_space_at_the_end_of_a_token_file_is_dropped(chain: Chain, end: str) -> None:
    env = {"AWS_ROLE_ARN": chain.web_identity("web"), "AWS_WEB_IDENTITY_TOKEN_FILE": chain.token_file(WEB_TOKEN + end)}
    assert chain.succeed(env=env) == "web"


@pytest.mark.parametrize("contents,text", [
    ("", "the token file is empty"), (" \n", "the token file is empty"), (f"{WEB_TOKEN} {WEB_TOKEN}", "not a token: it holds a blank"),
    (f"{WEB_TOKEN}\n{WEB_TOKEN}\n", "not a token: it holds a blank"), (f"{WEB_TOKEN}\x01", "not a token"), ("x" * 20001, "longer than the limit of 20000 bytes"),
])
def test_token_files_that_hold_no_token(chain: Chain, contents: str, text: str) -> None:
    env = {"AWS_ROLE_ARN": chain.web_identity("web"), "AWS_WEB_IDENTITY_TOKEN_FILE": chain.token_file(contents)}
    chain.fail("web-token: ", text, "(named by AWS_WEB_IDENTITY_TOKEN_FILE)", env={**env, **chain.container_env()})
    assert chain.calls() == [] and chain.container.issued == []


def test_web_identity_settings_that_cannot_work(chain: Chain) -> None:
    env = {**chain.web_identity_env(), **chain.container_env()}
    chain.fail("AWS_ROLE_ARN: not set, although AWS_WEB_IDENTITY_TOKEN_FILE is", env={**env, "AWS_ROLE_ARN": ""})
    chain.fail("AWS_ROLE_ARN: the role is not an ARN such as arn:", env={**env, "AWS_ROLE_ARN": "reader"})
    chain.fail("AWS_ROLE_SESSION_NAME: a role session name is 2 to 64", env={**env, "AWS_ROLE_SESSION_NAME": "not a name"})
    chain.fail("/no/such/file: there is no such file (named by AWS_WEB_IDENTITY_TOKEN_FILE)",
               env={**env, "AWS_WEB_IDENTITY_TOKEN_FILE": "/no/such/file"})
    chain.fail(f"{chain.home}: is a directory", env={**env, "AWS_WEB_IDENTITY_TOKEN_FILE": str(chain.home)})
    assert chain.calls() == [] and chain.container.issued == []


def test_a_role_alone_is_not_a_web_identity(chain: Chain) -> None:
    env = {**chain.web_identity_env(), **chain.container_env()}
    assert chain.succeed(env={**env, "AWS_WEB_IDENTITY_TOKEN_FILE": ""}) == "container"


@pytest.mark.parametrize("token,code,hint", [
    ("unknown.token", "InvalidIdentityToken", "OIDC provider"), ("expired.token", "ExpiredTokenException", "still being renewed"),
    ("other.token", "AccessDenied", "trust policy"),
])
def test_refused_web_identities(chain: Chain, token: str, code: str, hint: str) -> None:
    arn = chain.web_identity("web")
    chain.web_identity("other", "other.token")
    chain.web_identity("web", "expired.token", expired=True)
    env = {"AWS_ROLE_ARN": arn, "AWS_WEB_IDENTITY_TOKEN_FILE": chain.token_file(token), **chain.container_env()}
    chain.fail(f"error: {arn}: {code}: ", "(request id ", f"hint: ", hint, env=env)
    assert len(chain.calls()) == 1 and chain.container.issued == []


@pytest.mark.parametrize("fault", [
    faults.throttling(), faults.StatusAnswer(500), faults.StatusAnswer(503), faults.Reset("before"), faults.Close(), faults.Truncate(),
    idp_communication_error(),
], ids=["throttling", "500", "503", "reset", "close", "truncation", "IDPCommunicationError"])
def test_sts_is_asked_again_after_passing_faults(chain: Chain, fault: faults.Fault) -> None:
    chain.sts.faults.add(fault, times=2)
    assert chain.succeed(env=chain.web_identity_env()) == "web-env"
    assert len(chain.calls()) == 3


def test_sts_shares_the_timeout_and_the_number_of_tries(chain: Chain) -> None:
    env = chain.web_identity_env()
    chain.sts.faults.always(faults.throttling())
    chain.fail(f"the timeout ended the wait for 127.0.0.1:{chain.sts.port}", "Throttling", options=("--timeout", "700ms"), env=env)
    chain.sts.journal.clear()
    chain.fail("Throttling", "(after 2 tries)", env={**env, "AWS_MAX_ATTEMPTS": "2"})
    assert len(chain.calls()) == 2


@pytest.mark.parametrize("fault,text", [
    (faults.StatusAnswer(200), "not the XML of AssumeRoleWithWebIdentity"), (faults.empty_body(), "not the XML of AssumeRoleWithWebIdentity"),
    (faults.StatusAnswer(403), "HTTP status 403"), (faults.EndlessBody(), "larger than the limit"),
], ids=["page", "empty", "403", "endless"])
def test_malformed_answers_of_sts(chain: Chain, fault: faults.Fault, text: str) -> None:
    chain.sts.faults.always(fault)
    chain.fail(f"{role('web-env')}: ", text, env=chain.web_identity_env())
    assert len(chain.calls()) <= 1


def test_expirations_with_fractions(chain: Chain) -> None:
    chain.sts.settings.fractional_seconds = True
    assert chain.succeed(env=chain.web_identity_env()) == "web-env"


def test_sessions_that_end_soon_are_refused(chain: Chain) -> None:
    env = chain.web_identity_env()
    chain.sts.add_role(role("web-env"), session_seconds=40)
    chain.fail(f"web identity (role {role('web-env')}): these credentials expire in less than a minute, at ", env=env)


def test_a_wrong_clock_is_corrected_for_sts_and_the_store(chain: Chain) -> None:
    """The clock difference that STS reports is used for the store too: its first request succeeds."""
    chain.sts.add_role(role("reader"))
    chain.sts.clock_offset_seconds = chain.store.clock_offset_seconds = 2000
    assert chain.succeed("--role-arn", role("reader"), env=chain.variables()) == "reader"
    assert len(chain.calls()) == 2 and len(chain.store.journal.entries) == 1


# --- Profiles with keys


@pytest.mark.parametrize("select", [
    ({"AWS_PROFILE": "dev"}, ()), ({"AWS_DEFAULT_PROFILE": "dev"}, ()), ({}, ("--profile", "dev")), ({"AWS_PROFILE": "other"}, ("--profile=dev",)),
    ({"AWS_PROFILE": "dev", "AWS_DEFAULT_PROFILE": "other"}, ()), ({"SSM_EXEC_PROFILE": "dev"}, ()), ({"AWS_PROFILE": "", "AWS_DEFAULT_PROFILE": "dev"}, ()),
])
@pytest.mark.parametrize("file", ["config", "credentials"])
def test_static_keys_of_a_profile(chain: Chain, select: tuple[dict[str, str | None], tuple[str, ...]], file: str) -> None:
    for name in ("default", "dev", "other"):
        section = f"profile {name}" if file == "config" and name != "default" else name
        getattr(chain, file)[section] = chain.properties(name, session_token=f"token-of-{name}")
    assert chain.succeed(*select[1], env=select[0]) == "dev"
    assert re.search(rf'credentials from: profile "dev" \(/.*/\.aws/{file}:[0-9]+\)\n', chain.run("-v", *select[1], env=select[0]).err)


def test_the_credentials_file_wins_key_by_key(chain: Chain) -> None:
    chain.config["default"] = {**chain.properties("config"), "aws_session_token": "stale"}
    chain.credentials["default"] = chain.properties("shared", session_token="fresh-session-token")
    assert chain.succeed() == "shared"


def test_files_can_be_elsewhere(chain: Chain, tmp_path: Path) -> None:
    chain.config["default"] = chain.properties("home")
    (tmp_path / "elsewhere").write_text("[default]\naws_access_key_id=AKIAELSEWHERE\naws_secret_access_key=elsewhere-secret\n")
    for service in (chain.store, chain.sts):
        service.add_credentials("AKIAELSEWHERE", "elsewhere-secret")
    assert chain.succeed(env={"AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "elsewhere")}) == "elsewhere"
    assert chain.succeed(env={"AWS_CONFIG_FILE": str(tmp_path / "elsewhere")}) == "elsewhere"


def test_half_a_pair_of_keys(chain: Chain) -> None:
    chain.config["default"] = {"aws_access_key_id": "AKIAHALF"}
    chain.fail('profile "default" has aws_access_key_id but no aws_secret_access_key', "config:2", env=chain.container_env())


@pytest.mark.parametrize("options,env", [((), {"AWS_PROFILE": "nobody"}), (("--profile", "nobody"), {})])
def test_a_profile_that_does_not_exist(chain: Chain, options: tuple[str, ...], env: dict[str, str | None]) -> None:
    chain.config["default"] = chain.properties("default")
    chain.fail('there is no profile "nobody"', "looked for [profile nobody] in", options=options, env={**env, **chain.container_env()})


def test_default_is_not_a_fallback_for_other_profiles(chain: Chain) -> None:
    chain.config = {"default": chain.properties("default"), "profile dev": {"region": "us-east-1"}}
    chain.fail("no AWS credentials were found", 'shared files (profile "dev" has no credentials)', env={"AWS_PROFILE": "dev"})
    assert chain.succeed(env={"AWS_PROFILE": "dev", **chain.container_env()}) == "container"


def test_profile_on_the_command_line_skips_the_environment(chain: Chain) -> None:
    chain.config["profile dev"] = chain.properties("dev")
    everything = {**chain.variables(), **chain.web_identity_env()}
    assert chain.succeed("--profile", "dev", env=everything) == "dev"
    assert chain.succeed(env={**everything, "AWS_PROFILE": "dev"}) == "env"
    chain.config["profile dev"] = {"region": "us-east-1"}
    chain.store.journal.clear()
    chain.fail("no AWS credentials were found; tried environment (skipped: --profile was given), web identity (skipped",
               options=("--profile", "dev"), env=everything)


# --- Profiles with a role


def test_role_with_source_profile(chain: Chain) -> None:
    chain.config = {
        "profile app": {
            "role_arn": role("app"), "source_profile": "base", "external_id": "partner:/=@x", "role_session_name": "deploy+1", "duration_seconds": "1800",
        },
        "profile base": chain.properties("base"),
    }
    chain.sts.add_role(role("app"), external_id="partner:/=@x", trusts=["AKIABASE"])
    result = chain.run("-v", env={"AWS_PROFILE": "app"})
    assert result.status == 0, result.err
    assert chain.winner() == "app"
    (call,) = chain.calls()
    assert call.access_key_id == "AKIABASE"
    assert call.body == {
        "Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": role("app"), "RoleSessionName": "deploy+1", "DurationSeconds": "1800",
        "ExternalId": "partner:/=@x",
    }
    until = f"{chain.issued().expiration:%Y-%m-%dT%H:%M:%SZ}"
    assert f'credentials from: role {role("app")} (profile "app", by profile "base" ({chain.home}/.aws/config:9)), until {until}\n' in result.err


def test_an_external_id_may_be_as_long_as_aws_permits(chain: Chain) -> None:
    longest = "/" * 1224
    chain.config = {
        "default": {"role_arn": role("app"), "source_profile": "base", "external_id": longest},
        "profile base": chain.properties("base"),
    }
    chain.sts.add_role(role("app"), external_id=longest)
    assert chain.succeed() == "app"


def test_nothing_is_sent_that_is_not_configured(chain: Chain) -> None:
    chain.config["default"] = {"role_arn": role("app"), "source_profile": "default", **chain.properties("base")}
    chain.sts.add_role(role("app"))
    assert chain.succeed(env={"AWS_ROLE_SESSION_NAME": "for-web-identity-only"}) == "app"
    (call,) = chain.calls()
    assert set(call.body) == {"Action", "Version", "RoleArn", "RoleSessionName"}
    assert re.fullmatch(r"ssm-exec-[0-9]{10}", call.body["RoleSessionName"])


@pytest.mark.parametrize("depth", [2, 3, 12])
def test_roles_of_any_depth(chain: Chain, depth: int) -> None:
    for number in range(depth):
        source = f"p{number + 1}" if number + 1 < depth else "base"
        chain.config[f"profile p{number}"] = {"role_arn": role(f"r{number}"), "source_profile": source}
        trusts = ["AKIABASE"] if source == "base" else [f"arn:aws:sts::{ACCOUNT}:assumed-role/r{number + 1}/s{number + 1}"]
        chain.config[f"profile p{number}"]["role_session_name"] = f"s{number}x"
        chain.sts.add_role(role(f"r{number}"), trusts=[trust if trust == "AKIABASE" else trust + "x" for trust in trusts])
    chain.config["profile base"] = chain.properties("base")
    assert chain.succeed(env={"AWS_PROFILE": "p0"}) == "r0"
    assert [call.body["RoleArn"] for call in chain.calls()] == [role(f"r{number}") for number in reversed(range(depth))]


@pytest.mark.parametrize("profiles,start,text", [
    ({"a": "b", "b": "a"}, "a", 'source_profile forms a loop: "a" -> "b" -> "a"'),
    ({"a": "b", "b": "c", "c": "b"}, "a", 'source_profile forms a loop: "a" -> "b" -> "c" -> "b"'),
    ({"a": "a"}, "a", 'source_profile forms a loop: "a" -> "a"'),
    ({"a": "b", "b": "b"}, "a", 'source_profile forms a loop: "a" -> "b" -> "b"'),
])
def test_circles(chain: Chain, profiles: dict[str, str], start: str, text: str) -> None:
    for name, source in profiles.items():
        chain.config[f"profile {name}"] = {"role_arn": role(name), "source_profile": source}
    chain.fail(text, env={"AWS_PROFILE": start, **chain.container_env()})
    assert chain.calls() == []


def test_a_source_profiles_keys_win_over_its_role(chain: Chain) -> None:
    chain.config = {
        "profile app": {"role_arn": role("app"), "source_profile": "base"},
        "profile base": {"role_arn": role("base"), "source_profile": "app", **chain.properties("base")},
    }
    chain.sts.add_role(role("app"))
    assert chain.succeed(env={"AWS_PROFILE": "app"}) == "app"
    assert [call.access_key_id for call in chain.calls()] == ["AKIABASE"]


def test_a_profiles_role_wins_over_its_keys(chain: Chain) -> None:
    chain.config = {
        "profile app": {"role_arn": role("app"), "source_profile": "base", **chain.properties("own")},
        "profile base": chain.properties("base"),
    }
    chain.sts.add_role(role("app"), trusts=["AKIABASE"])
    assert chain.succeed(env={"AWS_PROFILE": "app"}) == "app"


@pytest.mark.parametrize("profile,text", [
    ({"role_arn": role("app")}, "role_arn needs a source_profile or a credential_source"),
    ({"role_arn": role("app"), "source_profile": "base", "credential_source": "Environment"}, "both source_profile and credential_source are set"),
    ({"role_arn": role("app"), "source_profile": "nobody"}, 'source_profile names a profile that does not exist: "nobody"'),
    ({"role_arn": role("app"), "source_profile": "empty"}, 'profile "empty" has no credentials'),
    ({"role_arn": role("app"), "credential_source": "Ec2"}, "credential_source must be Environment, EcsContainer or Ec2InstanceMetadata"),
    ({"role_arn": role("app"), "credential_source": "Environment"}, "AWS_ACCESS_KEY_ID is not set"),
    ({"role_arn": role("app"), "credential_source": "EcsContainer"}, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and AWS_CONTAINER_CREDENTIALS_FULL_URI are not set"),
    ({"role_arn": role("app"), "credential_source": "Ec2InstanceMetadata"}, "AWS_EC2_METADATA_DISABLED is true"),
    ({"role_arn": "app", "source_profile": "base"}, "config:2: role_arn: the role is not an ARN such as arn:"),
    ({"role_arn": role("app"), "source_profile": "base", "duration_seconds": "899"}, "config:4: duration_seconds: the duration of a session is a number of seconds from 900 to 43200"),
    ({"role_arn": role("app"), "source_profile": "base", "duration_seconds": "1h"}, "config:4: duration_seconds: the duration of a session is a number of seconds from 900 to 43200"),
    ({"role_arn": role("app"), "source_profile": "base", "external_id": "x"}, "config:4: external_id: an external id is 2 to 1224"),
    ({"role_arn": role("app"), "source_profile": "base", "role_session_name": "a b"}, "config:4: role_session_name: a role session name is 2 to 64"),
])
def test_role_profiles_that_cannot_work_end_the_search(chain: Chain, profile: dict[str, str], text: str) -> None:
    chain.config = {"profile app": profile, "profile base": chain.properties("base"), "profile empty": {"region": "us-east-1"}}
    later = {} if profile.get("credential_source") in ("EcsContainer", "Ec2InstanceMetadata") else {**chain.container_env(), **chain.metadata_env()}
    chain.fail(text, "config:", env={"AWS_PROFILE": "app", **later})
    assert chain.calls() == [] and chain.container.issued == [] and chain.metadata.issued == []


@pytest.mark.parametrize("where", ["app", "base"])
def test_mfa_is_refused_with_a_sentence(chain: Chain, where: str) -> None:
    chain.config = {
        "profile app": {"role_arn": role("app"), "source_profile": "base"},
        "profile base": {"role_arn": role("base"), "source_profile": "keys"},
        "profile keys": chain.properties("keys"),
    }
    chain.config[f"profile {where}"]["mfa_serial"] = "arn:aws:iam::123456789012:mfa/somebody"
    chain.fail(f'profile "{where}" requires MFA (mfa_serial), and nobody is prompted for a code', "hint: obtain a session first",
               env={"AWS_PROFILE": "app"})
    assert chain.calls() == []


@pytest.mark.parametrize("source", ["Environment", "EcsContainer", "Ec2InstanceMetadata", "ec2instancemetadata"])
@pytest.mark.parametrize("on_command_line", [False, True])
def test_role_with_credential_source(chain: Chain, source: str, on_command_line: bool) -> None:
    chain.config["profile app"] = {"role_arn": role("app"), "credential_source": source}
    chain.sts.add_role(role("app"))
    env: dict[str, str | None] = {**chain.container_env(), **chain.metadata_env()}
    if source == "Environment":
        env.update(chain.variables())
    if not on_command_line and source == "Environment":
        env = {**env, "AWS_PROFILE": "app"}
        assert chain.succeed(env=env) == "env", "keys in the environment win over AWS_PROFILE"
        return
    options = ("--profile", "app") if on_command_line else ()
    assert chain.succeed(*options, env={**env, "AWS_PROFILE": None if on_command_line else "app"}) == "app"
    (call,) = chain.calls()
    by = {"environment": "env", "ecscontainer": "container"}.get(source.lower(), "metadata")
    assert chain.place(call.access_key_id or "") == by


@pytest.mark.parametrize("kind", ["web identity", "process", "sso", "login"])
def test_every_kind_of_source_profile(chain: Chain, kind: str) -> None:
    chain.config["profile app"] = {"role_arn": role("app"), "source_profile": "base"}
    chain.sts.add_role(role("app"))
    if kind == "web identity":
        chain.config["profile base"] = {"role_arn": chain.web_identity("web"), "web_identity_token_file": chain.token_file()}
    elif kind == "process":
        chain.config["profile base"] = {"credential_process": chain.process(chain.process_document())}
    elif kind == "sso":
        chain.config["profile base"] = chain.sso_profile()
    else:
        chain.config["profile base"] = chain.login_profile()
    assert chain.succeed(env={"AWS_PROFILE": "app"}) == "app"
    by = {"web identity": "web"}.get(kind, kind)
    assert chain.place(chain.calls()[-1].access_key_id or "") == by


def test_a_source_that_has_expired_is_not_used(chain: Chain) -> None:
    chain.config = {
        "profile app": {"role_arn": role("app"), "source_profile": "base"},
        "profile base": {"credential_process": chain.process(chain.process_document(Expiration=PAST_TEXT))},
    }
    chain.fail(f"credential_process of ", f"these credentials expired at {PAST_TEXT}", env={"AWS_PROFILE": "app"})
    assert chain.calls() == []


def test_a_role_that_does_not_trust_its_source(chain: Chain) -> None:
    chain.config = {"profile app": {"role_arn": role("app"), "source_profile": "base"}, "profile base": chain.properties("base")}
    chain.sts.add_role(role("app"), trusts=["AKIASOMEBODYELSE"])
    chain.fail(f"error: {role('app')}: AccessDenied: User: ", f"is not authorized to perform: sts:AssumeRole on resource: {role('app')}",
               f"hint: the role's trust policy must allow this caller", f"sts:AssumeRole on {role('app')}",
               env={"AWS_PROFILE": "app", **chain.container_env()})
    assert len(chain.calls()) == 1 and chain.container.issued == []


@pytest.mark.parametrize("kind", ["role", "web identity"])
@pytest.mark.parametrize("duration", ["900", "43200"])
def test_the_shortest_and_the_longest_duration_are_asked_for(chain: Chain, duration: str, kind: str) -> None:
    if kind == "role":
        chain.sts.add_role(role("app"), max_duration=43200)
        chain.config = {"profile app": {"role_arn": role("app"), "source_profile": "base"}, "profile base": chain.properties("base")}
    else:
        chain.config["profile app"] = {"role_arn": chain.web_identity("app"), "web_identity_token_file": chain.token_file()}
        chain.sts.add_role(role("app"), max_duration=43200)
    chain.config["profile app"]["duration_seconds"] = duration
    assert chain.succeed(env={"AWS_PROFILE": "app"}) == "app"
    (call,) = chain.calls()
    assert call.body["DurationSeconds"] == duration


@pytest.mark.parametrize("kind", ["role", "web identity"])
@pytest.mark.parametrize("duration", ["899", "43201", "0", "-900", "900.0", " 900x", "99999", "1000000", "9e2"])
def test_durations_that_sts_does_not_know_are_not_asked_for(chain: Chain, duration: str, kind: str) -> None:
    chain.config = {"profile app": {"role_arn": role("app"), "duration_seconds": duration}, "profile base": chain.properties("base")}
    chain.config["profile app"].update({"source_profile": "base"} if kind == "role" else {"web_identity_token_file": chain.token_file()})
    chain.fail("config:3: duration_seconds: the duration of a session is a number of seconds from 900 to 43200", env={"AWS_PROFILE": "app", **chain.metadata_env()})
    assert chain.calls() == []


def test_a_duration_past_the_hour_of_chained_roles(chain: Chain) -> None:
    chain.config["profile app"] = {"role_arn": role("app"), "credential_source": "EcsContainer", "duration_seconds": "7200"}
    chain.sts.add_role(role("app"), max_duration=43200)
    chain.fail("ValidationError", "1 hour session limit for roles assumed by role chaining", env={"AWS_PROFILE": "app", **chain.container_env()})


# --- Web identity of a profile


def test_web_identity_of_a_profile(chain: Chain) -> None:
    chain.config["profile app"] = {
        "role_arn": chain.web_identity("web"), "web_identity_token_file": chain.token_file(), "role_session_name": "job-7",
        "source_profile": "nobody",
    }
    assert chain.succeed(env={"AWS_PROFILE": "app", "AWS_ROLE_SESSION_NAME": "not-this"}) == "web"
    assert chain.issued().session_name == "job-7"


def test_web_identity_of_a_profile_without_a_role(chain: Chain) -> None:
    chain.config["profile app"] = {"web_identity_token_file": chain.token_file()}
    chain.fail("config:2: web_identity_token_file is set, but role_arn is not", env={"AWS_PROFILE": "app", **chain.container_env()})
    chain.config["profile app"] = {"web_identity_token_file": "/no/such/file", "role_arn": role("web")}
    chain.fail("/no/such/file: there is no such file (named by ", "config:2", env={"AWS_PROFILE": "app", **chain.container_env()})


# --- credential_process


def use_process(chain: Chain, command: str) -> None:
    chain.config["default"] = {"credential_process": command}


def test_credential_process(chain: Chain) -> None:
    until = f"{in_seconds(3600):%Y-%m-%dT%H:%M:%SZ}"
    use_process(chain, chain.process(chain.process_document(Expiration=until, AccountId=ACCOUNT)))
    result = chain.run("-v")
    assert result.status == 0, result.err
    assert chain.winner() == "process"
    assert re.search(rf"credentials from: credential_process of .*/\.aws/config:2, until {until}\n", result.err)


def test_credentials_of_a_process_may_last_for_ever_and_have_a_token(chain: Chain) -> None:
    keys = chain.static("process", "token-of-the-process")
    document = {"Version": 1, "AccessKeyId": keys.access_key_id, "SecretAccessKey": keys.secret_access_key, "SessionToken": keys.session_token}
    use_process(chain, chain.process(document))
    assert chain.succeed() == "process"
    use_process(chain, chain.process({**document, "Expiration": None}))
    assert chain.succeed() == "process"


def test_no_shell_reads_the_command_line(chain: Chain, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    script = f"printf '%s\\n' \"$@\" >{seen}"
    command = chain.process(chain.process_document(), script)
    use_process(chain, rf"""{command} a  'b c' "d \"e\" \$HOME \n" f\ g $HOME `id` >x a;b  | && ~ '' "" h'i'"j" """)
    assert chain.succeed() == "process"
    assert seen.read_text().split("\n")[:-1] == [
        "a", "b c", 'd "e" \\$HOME \\n', "f g", "$HOME", "`id`", ">x", "a;b", "|", "&&", "~", "", "", "hij",
    ]
    assert not (chain.home / "x").exists()


def test_the_helper_is_looked_up_in_path_and_has_our_environment(chain: Chain, tmp_path: Path) -> None:
    chain.process(chain.process_document(), f'echo "$MARK" >{tmp_path}/seen')
    use_process(chain, "helper")
    assert chain.succeed(env={"PATH": f"{chain.home}:/usr/bin:/bin", "MARK": "inherited"}) == "process"
    assert (tmp_path / "seen").read_text() == "inherited\n"


def test_standard_error_of_the_helper_reaches_the_user_and_its_output_never(chain: Chain) -> None:
    use_process(chain, chain.process(chain.process_document(), "echo 'please touch your key' >&2"))
    result = chain.run("-v", command=("--", "/bin/echo", "started"))
    assert (result.status, result.out) == (0, "started\n")
    assert "please touch your key\n" in result.err
    assert "AKIAPROCESS" not in result.err and "SecretAccessKey" not in result.err


@pytest.mark.parametrize("document,script,text", [
    ("", "exit 3", "helper exited with status 3 (credential_process)"),
    ("", "kill -KILL $$", "helper was killed by signal 9 (Killed) (credential_process)"),
    ("", "", "(what credential_process printed)"), ("no JSON: hush-hush", "", "(what credential_process printed)"),
    ("[]", "", 'credential_process printed no "Version": 1'), ('{"Version": 2}', "", 'credential_process printed no "Version": 1'),
    ('{"Version": "1"}', "", 'credential_process printed no "Version": 1'),
    ('{"Version": 1, "SecretAccessKey": "hush-hush"}', "", "the answer has no AccessKeyId"),
    ('{"Version": 1, "AccessKeyId": "AKIAX"}', "", "the answer has no SecretAccessKey"),
    ('{"Version": 1, "AccessKeyId": "AKIAX", "SecretAccessKey": ""}', "", "the answer's SecretAccessKey is empty"),
    ('{"Version": 1, "AccessKeyId": "AKIAX", "SecretAccessKey": 7}', "", "the answer's SecretAccessKey is not a string"),
    ('{"Version": 1, "AccessKeyId": "AKIAX", "SecretAccessKey": "a\\nb"}', "", "the secret access key holds a line break"),
    ('{"Version": 1, "AccessKeyId": "AKIAX", "SecretAccessKey": "s", "Expiration": "soon"}', "", "the answer's Expiration is not a time"),
    (f'{{"Version": 1, "AccessKeyId": "AKIAX", "SecretAccessKey": "s", "Expiration": "{PAST_TEXT}"}}', "", f"these credentials expired at {PAST_TEXT}"),
    ("", "head -c 70000 /dev/zero", "longer than the limit of 65536 bytes"), ("", "exec yes", "longer than the limit of 65536 bytes"),
])
def test_processes_that_give_nothing_usable(chain: Chain, document: str, script: str, text: str) -> None:
    use_process(chain, chain.process(document, script))
    result = chain.fail("config:2", text, env=chain.container_env())
    assert "hush" not in result.err and "AKIAX" not in result.err
    assert chain.container.issued == []


@pytest.mark.parametrize("command,text", [
    ("no-such-helper --x", "no-such-helper: not found in PATH"), ("/no/such/helper", "/no/such/helper: not found"), ("/etc/passwd", "/etc/passwd: cannot be executed"),
    ("'unclosed quote", "a quote in credential_process is not closed"), ('x "unclosed', "a quote in credential_process is not closed"),
    ("''", "credential_process does not name a program"), ("x " * 300, "credential_process has too many words"),
])
def test_processes_that_cannot_be_started(chain: Chain, command: str, text: str) -> None:
    use_process(chain, command)
    chain.fail("config:2", text, env=chain.container_env())


def test_a_process_cannot_outlive_the_timeout(chain: Chain, tmp_path: Path) -> None:
    use_process(chain, chain.process("", f"sleep 1000 & echo $! >{tmp_path}/pid; wait"))
    chain.fail("helper did not finish in time (credential_process)", options=("--timeout", "1s"))
    with suppress(FileNotFoundError):  # a machine so slow that it did not get that far
        wait_until_gone(int((tmp_path / "pid").read_text()))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("script", ["", "sleep 1000 &\necho $! >{children}"])
def test_a_process_and_its_children_end_with_us(chain: Chain, tmp_path: Path, script: str, number: signal.Signals) -> None:
    fifo, children = tmp_path / "fifo", tmp_path / "children"
    os.mkfifo(fifo)
    use_process(chain, chain.process("", f"{script.format(children=children)}\necho $$ >{fifo}\nwait\nsleep 1000"))
    chain.write()
    started = chain.runner.start("/p", "--", "/bin/true", env=chain.env)
    pids = [int(fifo.read_text())]
    pids += [int(children.read_text())] if children.exists() else []
    started.send_signal(number)
    assert chain.runner.finish(started).status == -number
    for pid in pids:
        wait_until_gone(pid)


LEAVES_ITS_GROUP = "#!/usr/bin/python3\nimport os, time\nos.setpgid(0, os.getpgid(os.getppid()))\nopen({fifo!r}, 'w').write(str(os.getpid()))\ntime.sleep(1000)\n"


@pytest.mark.parametrize("end", ["timeout", signal.SIGTERM])
def test_a_process_that_has_left_its_group_ends_with_us_too(chain: Chain, tmp_path: Path, end: str | signal.Signals) -> None:
    fifo, helper = tmp_path / "fifo", tmp_path / "helper"
    os.mkfifo(fifo)
    helper.write_text(LEAVES_ITS_GROUP.format(fifo=str(fifo)))
    helper.chmod(0o755)
    use_process(chain, str(helper))
    chain.write()
    started = chain.runner.start("--timeout", "3s" if end == "timeout" else "60s", "/p", "--", "/bin/true", env=chain.env)
    pid = int(fifo.read_text())
    if isinstance(end, signal.Signals):
        started.send_signal(end)
    assert chain.runner.finish(started).status == (125 if end == "timeout" else -end)
    wait_until_gone(pid)


def test_a_process_that_is_stopped_is_not_waited_for(chain: Chain) -> None:
    use_process(chain, chain.process("", "kill -TTIN $$"))
    chain.fail("helper was stopped by signal 21", "it tried to use the terminal")


def test_a_script_whose_interpreter_is_missing_says_so(chain: Chain) -> None:
    script = chain.home / "crlf"
    script.write_text("#!/bin/sh\r\necho\r\n")
    script.chmod(0o755)
    use_process(chain, str(script))
    chain.fail("the interpreter that it names is missing")


@pytest.mark.release_only
def test_as_process_1_no_zombie_of_the_helper_is_left_to_command(chain: Chain) -> None:
    use_process(chain, chain.process(chain.process_document(), "sleep 1000 >/dev/null &"))
    chain.write()
    command = [*unshare("--pid", "--fork", "--mount-proc"), str(chain.runner.program), "/p", "--", "/bin/ps", "-eo", "stat,args"]
    environment = {**chain.runner.environment(), **{name: value for name, value in chain.env.items() if value is not None}}
    for name in NO_KEYS:
        environment.pop(name, None)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done
    assert "sleep" not in done.stdout and "defunct" not in done.stdout


def test_slow_metadata_says_what_was_too_slow(chain: Chain, metadata: InstanceMetadata) -> None:
    metadata.faults.always(faults.Hang(), when=lambda operation, body: operation == "GetRoleCredentials")
    patience = {"AWS_METADATA_SERVICE_TIMEOUT": "2", "AWS_METADATA_SERVICE_NUM_ATTEMPTS": "3"}
    chain.fail("took more than 6000 ms in total", "AWS_METADATA_SERVICE_TIMEOUT", env={**chain.metadata_env(), **patience})


@pytest.mark.parametrize("token", ["to\nken", "to\rken"])
def test_a_cached_token_with_a_line_break_is_not_used(chain: Chain, token: str) -> None:
    chain.config["default"] = chain.sso_profile()
    write_sso_token(chain.home, "session", token)
    for path in (chain.home / ".aws" / "sso" / "cache").iterdir():
        document = json.loads(path.read_text())
        document["accessToken"] = token
        path.write_text(json.dumps(document))
    chain.fail("has an unusable cache file", "aws sso login")


def wait_until_gone(pid: int) -> None:
    """It has ended; its new parent may not have read its status yet."""
    tick = threading.Event()
    for _ in range(1000):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX":
                return
        except (FileNotFoundError, ProcessLookupError):
            return
        tick.wait(0.01)
    raise AssertionError(f"{pid} is still running")


@pytest.mark.release_only
def test_the_helper_inherits_no_descriptor_and_nothing_on_standard_input(chain: Chain, tmp_path: Path) -> None:
    script = f"for n in $(seq 3 200); do [ -e /proc/$$/fd/$n ] && echo $n; done >{tmp_path}/seen\ncat >>{tmp_path}/seen"
    use_process(chain, chain.process(chain.process_document(), script))
    chain.write()
    kept = os.open("/etc/passwd", os.O_RDONLY)
    result = chain.runner("/p", "--", "/bin/sh", "-c", f"[ -e /proc/$$/fd/{kept} ] && cat", env=chain.env, pass_fds=(kept,),
                          stdin=None, input=b"for the command")
    os.close(kept)
    assert (result.status, result.out) == (0, "for the command"), result.err
    # The shell keeps the script itself open (at 10 or above).
    assert [n for n in (tmp_path / "seen").read_text().split() if int(n) == kept] == []


SIGNAL_CHILD = "import json\nstatus = dict(l.split(':', 1) for l in open('/proc/self/status'))\n" \
               "print(json.dumps([status[n].strip() for n in ('SigBlk', 'SigIgn', 'SigPnd', 'ShdPnd')]))"
SIGNAL_LAUNCHER = """
import os, signal, sys
if "ignored" in sys.argv[1]: signal.signal(signal.SIGCHLD, signal.SIG_IGN)
if "blocked" in sys.argv[1] or "pending" in sys.argv[1]: signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
if "pending" in sys.argv[1]: os.kill(os.getpid(), signal.SIGCHLD)
os.execv(sys.argv[2], sys.argv[2:])
"""


@pytest.mark.parametrize("state", ["default", "ignored", "blocked", "ignored blocked", "pending", "ignored pending"])
def test_sigchld_neither_breaks_the_wait_nor_reaches_command_changed(chain: Chain, state: str) -> None:
    use_process(chain, chain.process(chain.process_document()))
    chain.write()
    launcher = Path("/usr/bin/python3")

    def signals(*command: str) -> Any:
        chain.runner.program, program = launcher, chain.runner.program
        try:
            result = chain.runner("-c", SIGNAL_LAUNCHER, state, *command, env=chain.env)
        finally:
            chain.runner.program = program
        assert result.status == 0, result.err
        return json.loads(result.out)

    child = ("/usr/bin/python3", "-c", SIGNAL_CHILD)
    assert signals(str(chain.runner.program), "/p", "--", *child) == signals(*child)


# --- SSO


@pytest.mark.parametrize("legacy", [False, True])
def test_sso(chain: Chain, legacy: bool) -> None:
    chain.config["profile app"] = chain.sso_profile(legacy)
    result = chain.run("-v", env={"AWS_PROFILE": "app", "AWS_SESSION_TOKEN": "left over"})
    assert result.status == 0, result.err
    assert chain.winner() == "sso"
    (call,) = chain.sso_portal.journal.entries
    assert call.body == {"role_name": "Reader", "account_id": ACCOUNT}
    assert call.headers["x-amz-sso_bearer_token"] == SSO_TOKEN and "authorization" not in call.headers
    (issued,) = chain.sso_portal.issued
    until = f"{issued.expiration:%Y-%m-%dT%H:%M:%SZ}"
    assert f'credentials from: SSO (profile "app", role Reader in account {ACCOUNT}), until {until}\n' in result.err


def test_sso_parameters_are_encoded(chain: Chain) -> None:
    chain.config["default"] = chain.sso_profile(sso_role_name="Read&x=1 +/Only")
    chain.sso_portal.sign_in(SSO_TOKEN, (ACCOUNT, "Read&x=1 +/Only"))
    assert chain.succeed() == "sso"


@pytest.mark.parametrize("expires,good", [("2099-01-01T00:00:00UTC", True), ("2099-01-01T00:00:00Z", True), ("2099-01-01T02:00:00+02:00", True)])
def test_forms_of_expires_at(chain: Chain, expires: str, good: bool) -> None:
    chain.config["default"] = chain.sso_profile()
    write_sso_token(chain.home, "corp", SSO_TOKEN, expires)
    assert chain.succeed() == "sso"


@pytest.mark.parametrize("seconds", [0, 1, 5, 30])
def test_an_sso_token_that_expired_a_moment_ago_is_not_sent(chain: Chain, seconds: int) -> None:
    chain.config["default"] = chain.sso_profile()
    write_sso_token(chain.home, "corp", SSO_TOKEN, in_seconds(-seconds))
    chain.fail('the SSO session of profile "default" expired at ', "hint: run: aws sso login --profile default", env=chain.container_env())
    assert chain.sso_portal.journal.entries == [] and chain.container.issued == []


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("trouble,text", [
    ("expired", f"the SSO session of profile \"app\" expired at {PAST_TEXT}"), ("missing", 'the SSO session of profile "app" is missing'),
    ("empty", "has an unusable cache file (no accessToken)"), ("no JSON", "has an unusable cache file (no accessToken)"),
    ("no expiry", "has an unusable cache file (no expiresAt)"), ("signed out", 'the SSO session of profile "app" is no longer valid'),
])
def test_sso_sessions_that_need_a_new_login(chain: Chain, legacy: bool, trouble: str, text: str) -> None:
    chain.config["profile app"] = chain.sso_profile(legacy)
    cache = write_sso_token(chain.home, START_URL if legacy else "corp", SSO_TOKEN, PAST if trouble == "expired" else None)
    if trouble == "missing":
        cache.unlink()
    elif trouble == "signed out":
        chain.sso_portal.reset()
    elif trouble != "expired":
        cache.write_text({"empty": "{}", "no JSON": SSO_TOKEN, "no expiry": json.dumps({"accessToken": SSO_TOKEN})}[trouble])
    chain.fail(text, "hint: run: aws sso login --profile app", env={"AWS_PROFILE": "app", **chain.container_env()})
    assert len(chain.sso_portal.journal.entries) == (1 if trouble == "signed out" else 0)
    assert chain.container.issued == []


def test_an_sso_role_that_is_not_assigned(chain: Chain) -> None:
    chain.config["default"] = chain.sso_profile(sso_role_name="Admin")
    chain.fail(f"SSO: ForbiddenException: 127.0.0.1:{chain.sso_portal.port} refused (HTTP status 403): No access (request id ",
               "is the permission set Admin (", f"config:8: sso_role_name) in account {ACCOUNT} assigned", "config:3: sso_region")


@pytest.mark.parametrize("change,text", [
    ({"sso_account_id": None}, 'profile "default" lacks settings for SSO: sso_account_id'),
    ({"sso_account_id": None, "sso_start_url": None, "sso_region": None}, "lacks settings for SSO: sso_start_url, sso_region, sso_account_id"),
    ({"sso_region": "us-east-1.evil.example"}, "sso_region: "), ({"sso_session": "nobody"}, "there is no section [sso-session nobody]"),
])
def test_incomplete_sso_profiles(chain: Chain, change: dict[str, str | None], text: str) -> None:
    chain.config["default"] = {key: value for key, value in {**chain.sso_profile(legacy=True), **change}.items() if value is not None}
    chain.fail(text, env=chain.container_env())
    assert chain.sso_portal.journal.entries == []


def test_sso_keys_that_contradict_each_other(chain: Chain) -> None:
    chain.config["default"] = {**chain.sso_profile(), "sso_region": "us-east-1"}
    assert chain.succeed() == "sso"
    chain.store.journal.clear()
    chain.config["default"]["sso_region"] = "eu-west-1"
    chain.fail("config:9: sso_region: differs from that of the sso-session, at ", "config:3: sso_region")


def test_an_sso_session_alone_is_not_a_source_of_credentials(chain: Chain) -> None:
    chain.config["default"] = {**chain.properties("file"), "sso_session": "corp"}
    assert chain.succeed() == "file"


@pytest.mark.parametrize("fault", [faults.throttling(), faults.StatusAnswer(503), faults.Reset("before")], ids=["429", "503", "reset"])
def test_the_portal_is_asked_again_after_passing_faults(chain: Chain, fault: faults.Fault) -> None:
    chain.config["default"] = chain.sso_profile()
    chain.sso_portal.faults.add(fault, times=2)
    assert chain.succeed() == "sso"


@pytest.mark.parametrize("fault,text", [
    (faults.not_json(), "SSO: "), (faults.wrong_shape(b'{"x": {}}'), "the answer has no roleCredentials"),
    (faults.wrong_shape(b'{"roleCredentials": {"accessKeyId": "x"}}'), "the answer has no secretAccessKey"),
])
def test_malformed_answers_of_the_portal(chain: Chain, fault: faults.Fault, text: str) -> None:
    chain.config["default"] = chain.sso_profile()
    chain.sso_portal.faults.always(fault)
    chain.fail(text)


def test_sso_credentials_that_end_soon(chain: Chain) -> None:
    chain.config["default"] = chain.sso_profile()
    chain.sso_portal.settings.expiration = in_seconds(40)
    chain.fail('SSO (profile "default", role Reader in account 123456789012): these credentials expire in less than a minute, at ')


# --- aws login


def test_aws_login(chain: Chain) -> None:
    chain.config["profile app"] = chain.login_profile()
    result = chain.run("-v", env={"AWS_PROFILE": "app"})
    assert result.status == 0, result.err
    assert chain.winner() == "login"
    assert 'credentials from: aws login (profile "app"), until ' in result.err


def test_aws_login_that_has_expired_or_never_was(chain: Chain) -> None:
    chain.config["profile app"] = chain.login_profile(PAST)
    chain.fail(f'aws login (profile "app"): these credentials expired at {PAST_TEXT}', env={"AWS_PROFILE": "app"})
    chain.config["profile app"] = {"login_session": "another"}
    chain.fail('profile "app" has a login_session, but nobody has signed in here', "hint: run: aws login --profile app", env={"AWS_PROFILE": "app"})


# --- --role-arn


@pytest.mark.parametrize("source", ["env", "web-env", "file", "app", "container", "metadata", "sso", "process"])
def test_role_arn_on_top_of_whatever_was_found(chain: Chain, source: str) -> None:
    env: dict[str, str | None] = {}
    chain.sts.add_role(role("top"))
    if source == "env":
        env = chain.variables()
    elif source == "web-env":
        env = chain.web_identity_env()
    elif source == "container":
        env = chain.container_env()
    elif source == "metadata":
        env = chain.metadata_env()
    elif source == "app":
        chain.config["default"] = {"role_arn": role("app"), "source_profile": "default", **chain.properties("base")}
        chain.sts.add_role(role("app"))
    else:
        chain.config["default"] = {
            "file": lambda: chain.properties("file"), "sso": chain.sso_profile,
            "process": lambda: {"credential_process": chain.process(chain.process_document())},
        }[source]()
    result = chain.run("-v", "--role-arn", role("top"), env=env)
    assert result.status == 0, result.err
    assert chain.winner() == "top"
    assert chain.place(chain.calls()[-1].access_key_id or "") == source
    assert f"credentials from: role {role('top')} (--role-arn, by " in result.err
    assert chain.succeed(env={**env, "SSM_EXEC_ROLE_ARN": role("top")}) == "top"


def test_role_arn_takes_its_session_name_from_the_environment(chain: Chain) -> None:
    chain.sts.add_role(role("top"))
    assert chain.succeed("--role-arn", role("top"), env={**chain.variables(), "AWS_ROLE_SESSION_NAME": "somebody"}) == "top"
    assert chain.issued().session_name == "somebody"


def test_role_arns_that_do_not_work(chain: Chain) -> None:
    chain.sts.add_role(role("top"), trusts=["AKIASOMEBODYELSE"])
    chain.fail(f"{role('top')}: AccessDenied: ", "trust policy", options=("--role-arn", role("top")), env=chain.variables())
    chain.fail("--role-arn: the role is not an ARN such as arn:", options=("--role-arn", "reader"), env=chain.variables())
    chain.fail("no AWS credentials were found", options=("--role-arn", role("top")))


@pytest.mark.parametrize("trouble,code", [("wrong secret", "SignatureDoesNotMatch"), ("unknown id", "InvalidClientTokenId")])
def test_sources_that_sts_does_not_know(chain: Chain, trouble: str, code: str) -> None:
    chain.sts.add_role(role("top"))
    keys = chain.variables()
    spoilt = {"AWS_SECRET_ACCESS_KEY": "wrong"} if trouble == "wrong secret" else {"AWS_ACCESS_KEY_ID": "AKIANOBODY"}
    chain.fail(f"{role('top')}: {code}: ", "hint: ", options=("--role-arn", role("top")), env={**keys, **spoilt})


# --- Containers


def test_container_credentials(chain: Chain) -> None:
    result = chain.run("-v", env=chain.container_env())
    assert result.status == 0, result.err
    assert chain.winner() == "container"
    (call,) = chain.container.journal.entries
    assert call.headers["accept"] == "application/json" and "authorization" not in call.headers
    until = f"{chain.container.issued[0].expiration:%Y-%m-%dT%H:%M:%SZ}"
    assert f"credentials from: container credentials (127.0.0.1, AWS_CONTAINER_CREDENTIALS_FULL_URI, role arn:aws:iam::123456789012:role/task-role), until {until}\n" in result.err


def test_container_token(chain: Chain) -> None:
    env = chain.container_env(CONTAINER_TOKEN)
    assert chain.succeed(env=env) == "container"
    file = chain.token_file(CONTAINER_TOKEN + "\n")
    assert chain.succeed(env={**env, "AWS_CONTAINER_AUTHORIZATION_TOKEN": None, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": file}) == "container"
    assert chain.succeed(env={**env, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "another", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": file}) == "container"


@pytest.mark.parametrize("token", ["Basic dXNlcjpwYXNz", "Bearer some.token"])
@pytest.mark.parametrize("from_file", [False, True])
def test_a_container_token_is_the_whole_header_scheme_and_all(chain: Chain, token: str, from_file: bool) -> None:
    env = chain.container_env(token)
    if from_file:
        env = {**env, "AWS_CONTAINER_AUTHORIZATION_TOKEN": None, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": chain.token_file(token + "\n")}
    assert chain.succeed(env=env) == "container"


def test_container_tokens_that_cannot_work(chain: Chain) -> None:
    env = {**chain.container_env(), **chain.metadata_env()}
    chain.fail("AWS_CONTAINER_AUTHORIZATION_TOKEN: holds a line break", env={**env, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "a\r\nb"})
    chain.fail("/no/such/file: there is no such file (named by AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE)",
               env={**env, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/no/such/file"})
    chain.fail("the token file is empty (named by AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE)",
               env={**env, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": chain.token_file("\n")})
    chain.fail("not a token: it holds a blank, a line break or another control character",
               env={**env, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": chain.token_file(f"{CONTAINER_TOKEN}\nX-Injected: yes\n")})
    assert chain.container.journal.entries == [] and chain.metadata.journal.entries == []


@pytest.mark.parametrize("env,status,hint", [
    ({"AWS_CONTAINER_AUTHORIZATION_TOKEN": "another"}, 401, "check the token of AWS_CONTAINER_AUTHORIZATION_TOKEN, "),
    ({"AWS_CONTAINER_AUTHORIZATION_TOKEN": None}, 401, "no token was sent: neither AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE nor"), ({"path": "/other"}, 404, "check that the task or pod has a role"),
])
def test_refusals_of_the_container_endpoint(chain: Chain, env: dict[str, str | None], status: int, hint: str) -> None:
    variables = chain.container_env(CONTAINER_TOKEN)
    if "path" in env:
        env = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": chain.container.endpoint_url + str(env["path"])}
    chain.fail("container credentials: ", f": 127.0.0.1:{chain.container.port} refused (HTTP status {status}): ", hint, env={**variables, **chain.metadata_env(), **env})
    assert chain.metadata.issued == []


@pytest.mark.parametrize("uri,text", [
    ("http://192.0.2.1/creds", "AWS_CONTAINER_CREDENTIALS_FULL_URI: http:// to 192.0.2.1 is refused"),
    ("http://example.com/creds", "http:// to example.com is refused"), ("http://169.254.169.254/creds", "http:// to 169.254.169.254 is refused"),
    ("http://169.254.170.3/creds", "http:// to 169.254.170.3 is refused"), ("http://localhost.example.com/creds", "http:// to localhost.example.com is refused"),
    ("http://127.0.0.1.example.com/creds", "http:// to 127.0.0.1.example.com is refused"), ("http://[fd00:ec2::24]/creds", "http:// to [fd00:ec2::24] is refused"),
    ("http://0x7f000001/creds", "http:// to 0x7f000001 is refused"), ("http://2130706433/creds", "http:// to 2130706433 is refused"),
    ("http://127.1/creds", "http:// to 127.1 is refused"), ("ftp://127.0.0.1/creds", "not a URL"),
    ("http://user:password@127.0.0.1/creds", "no user, query or fragment"), ("/v2/creds", "not a URL"),
])
def test_container_hosts_that_are_not_allowed(chain: Chain, uri: str, text: str) -> None:
    result = chain.fail(text, env={"AWS_CONTAINER_CREDENTIALS_FULL_URI": uri, "AWS_CONTAINER_AUTHORIZATION_TOKEN": CONTAINER_TOKEN, **chain.metadata_env()})
    assert "password" not in result.err
    assert chain.metadata.journal.entries == []


def test_a_relative_uri_must_begin_with_a_slash(chain: Chain) -> None:
    chain.fail("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: does not begin with a slash",
               env={**chain.container_env(), "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "@example.com/creds"})


def test_a_uri_with_a_query(chain: Chain) -> None:
    chain.container.settings.path = "/creds?id=7&x=%2f"
    assert chain.succeed(env=chain.container_env()) == "container"


def test_a_container_endpoint_with_tls(chain: Chain, certificates_directory: Path) -> None:
    with ContainerCredentials(tls=True, certificates_directory=certificates_directory, accepted_by=(chain.store,)) as service:
        chain.container = service
        assert chain.succeed(env=dict(service.environment())) == "container"


@pytest.mark.parametrize("omit,text", [
    ("AccessKeyId", "the answer has no AccessKeyId"), ("SecretAccessKey", "the answer has no SecretAccessKey"), ("Expiration", "the answer has no Expiration"),
])
def test_incomplete_container_credentials(chain: Chain, omit: str, text: str) -> None:
    chain.container.settings.omit = {omit}
    chain.fail(f"container credentials: {text}", env={**chain.container_env(), **chain.metadata_env()})


def test_container_answers_may_be_large_but_not_too_large(chain: Chain) -> None:
    chain.container.settings.padding_bytes = 60000
    assert chain.succeed(env=chain.container_env()) == "container"
    chain.store.journal.clear()
    chain.container.settings.padding_bytes = 70000
    chain.fail("larger than the limit", env=chain.container_env())


@pytest.mark.parametrize("fault", [faults.throttling(), faults.StatusAnswer(500), faults.Reset("before")], ids=["429", "500", "reset"])
def test_the_container_endpoint_is_asked_again_after_passing_faults(chain: Chain, fault: faults.Fault) -> None:
    chain.container.faults.add(fault, times=2)
    assert chain.succeed(env=chain.container_env()) == "container"


def test_container_credentials_that_have_expired(chain: Chain) -> None:
    chain.container.settings.expiration = PAST
    chain.fail(f"AWS_CONTAINER_CREDENTIALS_FULL_URI, role arn:aws:iam::123456789012:role/task-role): these credentials expired at {PAST_TEXT}", env=chain.container_env())


def test_redirects_are_not_followed(chain: Chain) -> None:
    chain.container.faults.always(faults.redirect(chain.container.full_uri))
    chain.fail(f"container credentials: 127.0.0.1:{chain.container.port} refused (HTTP status 302)", env=chain.container_env())
    assert len(chain.container.journal.entries) == 1


# --- EC2 instance metadata


def test_instance_metadata(chain: Chain) -> None:
    result = chain.run("-v", env=chain.metadata_env())
    assert result.status == 0, result.err
    assert chain.winner() == "metadata"
    assert [entry.operation for entry in chain.metadata.journal.entries] == ["PutToken", "GetRole", "GetRoleCredentials"]
    until = f"{chain.metadata.issued[0].expiration:%Y-%m-%dT%H:%M:%SZ}"
    assert f"credentials from: EC2 instance metadata (role instance-role), until {until}\n" in result.err


@pytest.mark.parametrize("disabled", ["true", "TRUE", "True"])
def test_instance_metadata_can_be_disabled(chain: Chain, disabled: str) -> None:
    chain.fail("EC2 instance metadata (AWS_EC2_METADATA_DISABLED is true)", env={**chain.metadata_env(), "AWS_EC2_METADATA_DISABLED": disabled})
    assert chain.metadata.journal.connections == 0


@pytest.mark.parametrize("disabled", ["false", "False", ""])
def test_instance_metadata_is_enabled(chain: Chain, disabled: str) -> None:
    assert chain.succeed(env={**chain.metadata_env(), "AWS_EC2_METADATA_DISABLED": disabled}) == "metadata"


@pytest.mark.parametrize("region", ["us-east-1", None])
@pytest.mark.parametrize("disabled", ["1", "yes", "tru"])
def test_instance_metadata_that_is_neither_enabled_nor_disabled(chain: Chain, disabled: str, region: str | None) -> None:
    """A user who sets it to 1 does not want the role of the machine. It does not matter where credentials and region come from elsewhere."""
    setting = {"AWS_EC2_METADATA_DISABLED": disabled}
    text = f'AWS_EC2_METADATA_DISABLED: "{disabled}" is neither true nor false'
    chain.fail(text, env={**chain.metadata_env(), **setting, "AWS_REGION": region, "AWS_DEFAULT_REGION": None})
    assert chain.metadata.journal.connections == 0
    assert chain.succeed(env={**chain.variables(), **setting}) == "env"


def test_an_ipv6_endpoint(chain: Chain) -> None:
    with InstanceMetadata(ipv6=True, accepted_by=(chain.store,)) as service:
        chain.metadata = service
        for mode in (None, "IPv6", "ipv4"):  # an endpoint overrides the mode
            env = {**chain.metadata_env(), "AWS_EC2_METADATA_SERVICE_ENDPOINT": service.ipv6_endpoint_url, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": mode}
            assert chain.succeed(env=env) == "metadata"


@pytest.mark.parametrize("env,text", [
    ({"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv5"}, 'AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: "IPv5" is neither IPv4 nor IPv6'),
    ({"AWS_EC2_METADATA_SERVICE_ENDPOINT": "169.254.169.254"}, "AWS_EC2_METADATA_SERVICE_ENDPOINT: not a URL"),
    ({"AWS_METADATA_SERVICE_TIMEOUT": "0"}, "AWS_METADATA_SERVICE_TIMEOUT"), ({"AWS_METADATA_SERVICE_NUM_ATTEMPTS": "many"}, "AWS_METADATA_SERVICE_NUM_ATTEMPTS"),
])
def test_metadata_settings_that_cannot_work(chain: Chain, env: dict[str, str | None], text: str) -> None:
    chain.fail(text, env={**chain.metadata_env(), **env})


def test_metadata_settings_of_the_profile(chain: Chain) -> None:
    chain.config["default"] = {"ec2_metadata_service_endpoint": chain.metadata.endpoint_url + "/", "metadata_service_timeout": "5", "metadata_service_num_attempts": "1"}
    assert chain.succeed(env={"AWS_EC2_METADATA_DISABLED": None}) == "metadata"
    chain.store.journal.clear()
    chain.config["default"]["ec2_metadata_service_endpoint_mode"] = "neither"
    chain.fail("neither IPv4 nor IPv6", env={"AWS_EC2_METADATA_DISABLED": None})


def test_the_hop_limit_is_named_when_the_token_request_gets_no_answer(chain: Chain) -> None:
    chain.metadata.settings.hop_limit_drop = True
    chain.fail("no AWS credentials were found", f"EC2 instance metadata (no answer from 127.0.0.1:{chain.metadata.port} to the token request", "hop limit must be 2 or more",
               env={**chain.metadata_env(), "AWS_METADATA_SERVICE_TIMEOUT": None})
    assert {entry.operation for entry in chain.metadata.journal.entries} == {"PutToken"}


def test_where_nothing_listens_there_is_no_metadata(chain: Chain) -> None:
    with chain.metadata.port_closed():
        result = chain.fail("no AWS credentials were found", f"EC2 instance metadata (no answer: 127.0.0.1:{chain.metadata.port}: ", "refused", env=chain.metadata_env())
    assert "hop limit" not in result.err


def test_an_instance_without_a_role(chain: Chain) -> None:
    chain.metadata.settings.role = None
    chain.fail("no AWS credentials were found", f"EC2 instance metadata (the instance has no role: 127.0.0.1:{chain.metadata.port}", env=chain.metadata_env())


@pytest.mark.parametrize("name", ["../../x", "a b", "", "x" * 65, "ro?le"])
def test_role_names_that_cannot_be_part_of_a_url(chain: Chain, name: str) -> None:
    chain.metadata.settings.role = name
    chain.fail(f"EC2 instance metadata: 127.0.0.1:{chain.metadata.port} returned no usable role", env=chain.metadata_env())
    assert "GetRoleCredentials" not in {entry.operation for entry in chain.metadata.journal.entries}


def test_an_instance_whose_role_cannot_be_assumed(chain: Chain) -> None:
    chain.metadata.settings.code = "AssumeRoleUnauthorizedAccess"
    chain.metadata.settings.message = "EC2 cannot assume the role instance-role."
    chain.fail("EC2 instance metadata: AssumeRoleUnauthorizedAccess: no credentials for role instance-role: EC2 cannot assume the role",
               "hint: check the instance profile", env=chain.metadata_env())


@pytest.mark.parametrize("expiration,word", [(PAST, "expired"), (None, "expire")])
def test_old_credentials_of_an_instance_are_warned_about_and_used(chain: Chain, expiration: datetime | None, word: str) -> None:
    chain.metadata.settings.expiration = expiration or in_seconds(40)
    result = chain.run("-v", env=chain.metadata_env())
    assert result.status == 0, result.err
    assert f"warning: EC2 instance metadata (role instance-role): these credentials {word} at " in result.err
    assert "used anyway" in result.err
    assert "warning" not in chain.run(env=chain.metadata_env()).err


def test_a_useless_metadata_token(chain: Chain) -> None:
    chain.metadata.settings.token_ttl = 0
    chain.fail(f"EC2 instance metadata: 127.0.0.1:{chain.metadata.port} has no meta-data/iam/security-credentials/ (HTTP status 401)", env=chain.metadata_env())


@pytest.mark.parametrize("status,text", [
    (403, "no AWS credentials were found"), (404, "no AWS credentials were found"), (405, "no AWS credentials were found"), (400, "issued no session token (HTTP status 400)"),
])
def test_token_requests_that_are_refused_never_lead_to_version_1(chain: Chain, status: int, text: str) -> None:
    chain.metadata.faults.always(faults.StatusAnswer(status), when=lambda operation, _: operation == "PutToken")
    chain.fail(text, f"127.0.0.1:{chain.metadata.port} issued no session token (HTTP status {status})", env=chain.metadata_env())
    assert {entry.operation for entry in chain.metadata.journal.entries} == {"PutToken"}


@pytest.mark.parametrize("fault", [faults.StatusAnswer(503), faults.Reset("before")], ids=["503", "reset"])
@pytest.mark.parametrize("operation", ["PutToken", "GetRole", "GetRoleCredentials"])
def test_metadata_is_asked_again_after_a_passing_fault(chain: Chain, fault: faults.Fault, operation: str) -> None:
    chain.metadata.faults.add(fault, when=lambda name, _: name == operation)
    env = {"AWS_METADATA_SERVICE_TIMEOUT": "20", "AWS_METADATA_SERVICE_NUM_ATTEMPTS": "3"}
    assert chain.succeed(env={**chain.metadata_env(), **env}) == "metadata"


@pytest.mark.parametrize("fault,text", [
    (faults.not_json(), "EC2 instance metadata: "), (faults.StatusAnswer(200, body=b"[]"), "the answer is not a JSON object"),
    (faults.StatusAnswer(200, body=b'{"Code":"Success","AccessKeyId":"x","SecretAccessKey":"y","Token":"z"}'), "the answer has no Expiration"),
    (faults.StatusAnswer(404), "(HTTP status 404)"),
])
def test_malformed_metadata_credentials(chain: Chain, fault: faults.Fault, text: str) -> None:
    chain.metadata.faults.always(fault, when=lambda name, _: name == "GetRoleCredentials")
    chain.fail(text, env=chain.metadata_env())


# --- Region


REGION_SOURCES: list[tuple[str, dict[str, Any]]] = [
    ("option", {"options": ("--region", "ca-west-1")}), ("AWS_REGION", {"env": {"AWS_REGION": "ca-west-1"}}),
    ("AWS_DEFAULT_REGION", {"env": {"AWS_DEFAULT_REGION": "ca-west-1"}}), ("profile", {"profile": "ca-west-1"}), ("metadata", {"metadata": "ca-west-1"}),
]


@pytest.mark.parametrize("first", range(len(REGION_SOURCES)))
def test_region_order(chain: Chain, certificates_directory: Path, first: int) -> None:
    """Each source takes precedence over the later ones, which all name another region."""
    options: tuple[str, ...] = ()
    env: dict[str, str | None] = {"AWS_REGION": None, "AWS_DEFAULT_REGION": None, **chain.metadata_env(), **chain.variables()}
    for position, (_, says) in enumerate(REGION_SOURCES[first:]):
        region = "ca-west-1" if position == 0 else "eu-north-1"
        options += ("--region", region) if "options" in says else ()
        env.update({name: region for name in says.get("env", {})})
        if "profile" in says:
            chain.config["default"] = {"region": region}
        if "metadata" in says:
            chain.metadata.settings.region = region
    with ParameterStore(region="ca-west-1", certificates_directory=certificates_directory) as store:
        store.put("/p/v", "value")
        keys = store.add_credentials(str(env["AWS_ACCESS_KEY_ID"]), str(env["AWS_SECRET_ACCESS_KEY"]))
        result = chain.run(*options, env={**env, "AWS_ENDPOINT_URL": store.endpoint_url})
        assert result.status == 0, result.err
        assert store.journal.entries[-1].access_key_id == keys.access_key_id
    asked = [entry.operation for entry in chain.metadata.journal.entries]
    assert asked == (["PutToken", "GetRegion"] if first == len(REGION_SOURCES) - 1 else [])


@pytest.mark.parametrize("source", ["AWS_REGION", "metadata"])
def test_an_arn_is_of_the_region_that_is_asked_whoever_says_which_it_is(chain: Chain, source: str) -> None:
    """If only the metadata service knows the region, the ARN is checked as soon as it has answered."""
    chain.metadata.settings.region = "us-east-1"
    env: dict[str, str | None] = {**chain.variables(), **chain.metadata_env(), "AWS_REGION": None, "AWS_DEFAULT_REGION": None}
    if source == "AWS_REGION":
        env["AWS_REGION"] = "us-east-1"
    where = "AWS_REGION" if source == "AWS_REGION" else "the region of EC2 instance metadata"
    chain.write()
    arn = f"arn:aws:ssm:{{}}:{ACCOUNT}:parameter/p/v"
    result = chain.runner("V=" + arn.format("eu-west-1"), "W=/p/v", "--", "/bin/true", env={**chain.env, **env})
    result.expect_failure(f"V={arn.format('eu-west-1')}: the ARN's region is eu-west-1, but this run reads from us-east-1",
                          f"hint: one run reads from one region: set --region or AWS_REGION (us-east-1 comes from {where})")
    assert chain.store.journal.entries == []
    result = chain.runner("V=" + arn.format("us-east-1"), "--", "env", "-0", env={**chain.env, **env})
    assert result.variables["V"] == "value"


def test_without_any_region(chain: Chain) -> None:
    env: dict[str, str | None] = {"AWS_REGION": None, "AWS_DEFAULT_REGION": None, **chain.variables()}
    chain.fail("no region is set, and none was found (EC2 instance metadata: AWS_EC2_METADATA_DISABLED is true)", "hint: set AWS_REGION", env=env)
    chain.metadata.settings.region = None
    chain.fail("no region", "(EC2 instance metadata: ", env={**env, **chain.metadata_env()})
    chain.metadata.settings.region = "us-east-1.evil.example"
    chain.fail("is not a region name", env={**env, **chain.metadata_env()})


def test_the_region_is_asked_for_once(chain: Chain) -> None:
    chain.metadata.settings.region = None
    chain.fail("no region", env={"AWS_REGION": None, "AWS_DEFAULT_REGION": None, **chain.metadata_env()})
    assert [entry.operation for entry in chain.metadata.journal.entries].count("GetRegion") == 1


def test_sts_needs_a_region_too_and_signs_for_it(chain: Chain, certificates_directory: Path) -> None:
    env: dict[str, str | None] = {"AWS_REGION": None, "AWS_DEFAULT_REGION": None, **chain.variables()}
    chain.fail("no region", options=("--role-arn", role("top")), env=env)
    with SecurityTokenService(region="eu-west-1", accepted_by=(chain.store,), certificates_directory=certificates_directory) as sts:
        sts.add_role(role("top"))
        sts.add_credentials(str(env["AWS_ACCESS_KEY_ID"]), str(env["AWS_SECRET_ACCESS_KEY"]))
        chain.run("--region", "eu-west-1", "--role-arn", role("top"), env={**env, **sts.environment()})
        assert [issued.role_arn for issued in sts.issued] == [role("top")]


def test_a_source_profiles_region_is_not_used(chain: Chain) -> None:
    chain.config = {
        "profile app": {"role_arn": role("app"), "source_profile": "base"},
        "profile base": {**chain.properties("base"), "region": "us-east-1"},
    }
    chain.fail("no region", env={"AWS_REGION": None, "AWS_DEFAULT_REGION": None, "AWS_PROFILE": "app"})


# --- Endpoints and proxies


@pytest.mark.parametrize("where", ["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL", "services", "endpoint_url"])
def test_where_sts_is(chain: Chain, where: str) -> None:
    """--endpoint-url is for the store only; each of these endpoints has a fault."""
    url, wrong = chain.sts.endpoint_url, "https://127.0.0.1:1"
    chain.sts.add_role(role("top"))
    order = ["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL", "services", "endpoint_url"]
    says = {name: url if name == where else wrong for name in order[order.index(where):]}
    chain.config["default"] = {
        **({"services": "local"} if "services" in says else {}), **({"endpoint_url": says["endpoint_url"]}),
    }
    chain.config["services local"] = {"sts": {"endpoint_url": says["services"]}} if "services" in says else {}
    env = {name: says.get(name) for name in order[:2]}
    assert chain.succeed("--endpoint-url", chain.store.endpoint_url, "--role-arn", role("top"), env={**env, **chain.variables()}) == "top"


def test_configured_endpoints_can_be_ignored(chain: Chain) -> None:
    """STS is then AWS's own, which is not reached here: through a proxy that refuses."""
    with proxy() as (url, asked):
        chain.fail("sts.us-east-1.amazonaws.com", options=("--endpoint-url", chain.store.endpoint_url, "--role-arn", role("top")),
                   env={**chain.variables(), "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true", "HTTPS_PROXY": url})
    assert asked == ["sts.us-east-1.amazonaws.com:443"]


def test_aws_is_asked_through_the_proxy_and_at_its_regional_hosts(chain: Chain, certificates_directory: Path) -> None:
    hosts = {service: f"{service}.eu-west-1.amazonaws.com" for service in ("ssm", "sts")}
    names = (*hosts.values(), "portal.sso.eu-central-1.amazonaws.com")
    options: dict[str, Any] = {"certificates_directory": certificates_directory, "region": "eu-west-1", "host_names": names}
    with ParameterStore(**options) as store, SecurityTokenService(accepted_by=(store,), **options) as sts:
        store.put("/p/v", "value")
        sts.add_role(role("top"))
        keys = chain.variables()
        sts.add_credentials(str(keys["AWS_ACCESS_KEY_ID"]), str(keys["AWS_SECRET_ACCESS_KEY"]))
        targets = {f"{hosts['ssm']}:443": store.port, f"{hosts['sts']}:443": sts.port}
        with proxy(targets.get) as (url, asked):
            env = {**keys, "AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL": None, "AWS_ENDPOINT_URL_STS": None, "HTTPS_PROXY": url}
            result = chain.run("--role-arn", role("top"), env=env)
            assert result.status == 0, result.err
            assert sorted(asked) == sorted(targets)
            legacy = chain.run("--role-arn", role("top"), env={**env, "AWS_STS_REGIONAL_ENDPOINTS": "legacy"})
            assert legacy.status == 0, legacy.err
            # NO_PROXY: asked directly, which the name's absence from every resolver ends.
            asked.clear()
            chain.run("--timeout", "1s", "--role-arn", role("top"), env={**env, "NO_PROXY": "127.0.0.1,localhost", "AWS_REGION": "eu-north-1"})
            assert "sts.eu-north-1.amazonaws.com:443" in asked
            assert set(asked) <= {"sts.eu-north-1.amazonaws.com:443", "ssm.eu-north-1.amazonaws.com:443"}


PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")


@pytest.mark.parametrize("place", ["container", "metadata", "sso", "web-env"])
def test_loopback_metadata_and_container_endpoints_are_never_asked_through_a_proxy(chain: Chain, place: str) -> None:
    if place == "sso":
        chain.config["default"] = chain.sso_profile()
    env = {"container": chain.container_env, "metadata": chain.metadata_env, "sso": dict, "web-env": chain.web_identity_env}[place]()
    with proxy() as (url, asked):
        assert chain.succeed(env={**env, **dict.fromkeys(PROXIES, url), "NO_PROXY": None}) == place
    assert asked == []


def test_the_profiles_ca_bundle(chain: Chain) -> None:
    chain.config["default"] = {**chain.properties("file"), "role_arn": role("top"), "source_profile": "default", "ca_bundle": str(chain.store.ca_file)}
    chain.sts.add_role(role("top"))
    assert chain.succeed(env={"AWS_CA_BUNDLE": None}) == "top"
    del chain.config["default"]["ca_bundle"]
    chain.store.journal.clear()
    chain.fail(f"{role('top')}: 127.0.0.1:{chain.sts.port}: ", "AWS_CA_BUNDLE", env={"AWS_CA_BUNDLE": None})


@pytest.mark.parametrize("path", ["~/corp.pem", "$HOME/corp.pem", "${HOME}/corp.pem"])
@pytest.mark.parametrize("place", ["--ca-bundle", "SSM_EXEC_CA_BUNDLE", "AWS_CA_BUNDLE", "ca_bundle"])
def test_a_ca_bundle_below_the_home_directory(chain: Chain, place: str, path: str) -> None:
    (chain.home / "corp.pem").write_bytes(chain.store.ca_file.read_bytes())
    options = (f"--ca-bundle={path}",) if place == "--ca-bundle" else ()
    env = {**chain.variables(), "AWS_CA_BUNDLE": None, **({place: path} if place.isupper() else {})}
    chain.config["default"] = {"ca_bundle": path} if place == "ca_bundle" else {}
    assert chain.succeed(*options, env=env) == "env"
    (chain.home / "corp.pem").unlink()
    chain.store.journal.clear()
    where = "config:2: ca_bundle" if place == "ca_bundle" else place
    shown = path.replace("~", str(chain.home))  # what a variable holds is not shown: it may be a secret
    chain.fail(f"{where}: the file of trusted certificates, {shown}, cannot be read", options=options, env=env)


def test_ssl_cert_file_is_taken_as_it_is_and_comes_last(chain: Chain) -> None:
    """It is a variable of OpenSSL: the settings of AWS take precedence, and OpenSSL does not expand "~"."""
    ca_file, wrong = str(chain.store.ca_file), chain.token_file("not a certificate")
    env = {**chain.variables(), "AWS_CA_BUNDLE": None}
    assert chain.succeed(env={**env, "SSL_CERT_FILE": ca_file}) == "env"
    assert chain.succeed(env={**env, "AWS_CA_BUNDLE": ca_file, "SSL_CERT_FILE": wrong}) == "env"
    assert chain.succeed("--ca-bundle", ca_file, env={**env, "AWS_CA_BUNDLE": wrong, "SSL_CERT_FILE": wrong}) == "env"
    chain.config["default"] = {"ca_bundle": ca_file}
    assert chain.succeed(env={**env, "SSL_CERT_FILE": wrong}) == "env"
    chain.config["default"] = {"ca_bundle": wrong}
    assert chain.succeed(env={**env, "AWS_CA_BUNDLE": ca_file}) == "env"
    chain.store.journal.clear()
    chain.config.clear()
    (chain.home / "corp.pem").write_bytes(chain.store.ca_file.read_bytes())
    chain.fail("SSL_CERT_FILE: the file of trusted certificates, ~/corp.pem, cannot be read", env={**env, "SSL_CERT_FILE": "~/corp.pem"})


@pytest.mark.parametrize("place", ["AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"])
def test_a_token_file_below_the_home_directory(chain: Chain, place: str) -> None:
    chain.token_file(CONTAINER_TOKEN if "CONTAINER" in place else WEB_TOKEN, "token")
    if place == "web_identity_token_file":
        chain.config["default"] = {"role_arn": chain.web_identity("web"), place: "~/token"}
        assert chain.succeed() == "web"
    elif place == "AWS_WEB_IDENTITY_TOKEN_FILE":
        assert chain.succeed(env={"AWS_ROLE_ARN": chain.web_identity("web"), place: "~/token"}) == "web"
    else:
        env = {**chain.container_env(CONTAINER_TOKEN), "AWS_CONTAINER_AUTHORIZATION_TOKEN": None}
        assert chain.succeed(env={**env, place: "$HOME/token"}) == "container"


# --- The order


PLACES = ("env", "web-env", "file", "container", "metadata")


@pytest.mark.parametrize("present", range(1 << len(PLACES)))
@pytest.mark.parametrize("selection", ["default", "AWS_PROFILE", "--profile"])
def test_precedence(chain: Chain, present: int, selection: str) -> None:
    """The first source in the order is used, and the later ones are not asked."""
    there = [place for number, place in enumerate(PLACES) if present & 1 << number]
    env: dict[str, str | None] = {}
    if "env" in there:
        env.update(chain.variables())
    if "web-env" in there:
        env.update(chain.web_identity_env())
    if "container" in there:
        env.update(chain.container_env())
    if "metadata" in there:
        env.update(chain.metadata_env())
    section = "default" if selection == "default" else "profile dev"
    chain.config[section] = chain.properties("file") if "file" in there else {"output": "json"}
    options = ("--profile", "dev") if selection == "--profile" else ()
    if selection == "AWS_PROFILE":
        env["AWS_PROFILE"] = "dev"
    order = [place for place in there if not (selection == "--profile" and place in ("env", "web-env"))]
    if not order:
        chain.fail("no AWS credentials were found; tried environment (", "web identity (", "shared files (", "container credentials (",
                   "EC2 instance metadata (", "hint: set AWS_ACCESS_KEY_ID", options=options, env=env)
        return
    assert chain.succeed(*options, env=env) == order[0]
    asked = {"web-env": chain.sts, "container": chain.container, "metadata": chain.metadata}
    assert [place for place, service in asked.items() if service.journal.entries] == [place for place in asked if place == order[0]]


PROFILE_PLACES = ("role", "web", "sso", "shared", "login", "process", "config")


@pytest.mark.parametrize("present", range(1, 1 << len(PROFILE_PLACES)))
def test_precedence_within_a_profile(chain: Chain, present: int) -> None:
    there = [place for number, place in enumerate(PROFILE_PLACES) if present & 1 << number]
    if {"role", "web"} <= set(there):
        there.remove("role")  # both have role_arn: the token file makes it web identity
    profile: dict[str, str] = {}
    if "role" in there:
        chain.sts.add_role(role("role"))
        chain.config["profile base"] = chain.properties("base")
        profile.update(role_arn=role("role"), source_profile="base")
    if "web" in there:
        profile.update(role_arn=chain.web_identity("web"), web_identity_token_file=chain.token_file())
    if "sso" in there:
        profile.update(chain.sso_profile())
    if "login" in there:
        profile.update(chain.login_profile())
    if "process" in there:
        profile["credential_process"] = chain.process(chain.process_document())
    if "shared" in there:
        chain.credentials["default"] = chain.properties("shared")
    if "config" in there:
        profile.update(chain.properties("config"))
    chain.config["default"] = profile
    assert chain.succeed() == there[0]


# --- What the command gets


def test_credentials_that_were_found_are_not_passed_on(chain: Chain) -> None:
    chain.config["default"] = {"role_arn": role("app"), "source_profile": "default", **chain.properties("base")}
    chain.sts.add_role(role("app"))
    result = chain.run(command=("--", "env", "-0"))
    assert set(result.variables) >= {"V", "PATH"}
    assert {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}.isdisjoint(result.variables)
    assert chain.issued().marker not in result.out
