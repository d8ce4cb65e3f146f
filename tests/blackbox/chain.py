"""Sets up each place that credentials can come from, and tells whose credentials reached the store."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from conftest import Result, Runner
from credential_services import (
    ContainerCredentials,
    InstanceMetadata,
    Issued,
    SecurityTokenService,
    SsoPortal,
    write_login_session,
    write_profiles,
    write_sso_token,
)
from parameter_store import Credentials, ParameterStore
from parameter_store.journal import Entry

ROLE = "arn:aws:iam::123456789012:role/"
START_URL = "https://example.awsapps.com/start"
ACCOUNT = "123456789012"
WEB_TOKEN = "eyJfake.web-identity.token_must-not-be-seen-anywhere"
SSO_TOKEN = "sso-access-token/must+not+be+seen+anywhere=="
CONTAINER_TOKEN = "container-authorization-token-must-not-be-seen"

NO_KEYS: dict[str, str | None] = dict.fromkeys(
    ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
)


def role(name: str) -> str:
    return ROLE + name


def in_seconds(seconds: float) -> datetime:
    return datetime.now(timezone.utc) + timedelta(seconds=seconds)


@dataclass
class Chain:
    """The services, what the program is given to find them, and how it went.

    Setting a place up changes env, config and credentials; run() writes the files.
    """

    runner: Runner
    store: ParameterStore
    sts: SecurityTokenService
    metadata: InstanceMetadata
    container: ContainerCredentials
    sso_portal: SsoPortal
    env: dict[str, str | None] = field(default_factory=dict)
    config: dict[str, dict[str, Any]] = field(default_factory=dict)
    credentials: dict[str, dict[str, Any]] = field(default_factory=dict)
    line_end: str = "\n"
    """The end of every token file."""

    def __post_init__(self) -> None:
        self.env = {**NO_KEYS, **self.sts.environment(), **self.sso_portal.environment()}
        self.store.put("/p/v", "value")

    @property
    def home(self) -> Path:
        return self.runner.home

    # --- Running and judging

    def write(self) -> None:
        write_profiles(self.home, self.config, self.credentials)

    def run(self, *options: str, env: dict[str, str | None] | None = None, command: tuple[str, ...] = ("--", "/bin/true")) -> Result:
        self.write()
        return self.runner(*options, "/p", *command, env={**self.env, **(env or {})})

    def succeed(self, *options: str, env: dict[str, str | None] | None = None) -> str:
        """Runs to success; whose credentials it was that read the parameters."""
        result = self.run(*options, env=env)
        assert result.status == 0, result.err
        return self.winner()

    def fail(self, *texts: str, options: tuple[str, ...] = (), env: dict[str, str | None] | None = None) -> Result:
        """Runs to failure with all these texts; the store was not asked."""
        result = self.run(*options, env=env, command=("--", "/bin/echo", "started"))
        result.expect_failure(*texts)
        assert self.store.journal.entries == [], "the store was asked all the same"
        return result

    def winner(self) -> str:
        """The place, for the last request that the store accepted."""
        access_key_id = self.store.journal.entries[-1].access_key_id
        assert access_key_id is not None
        return self.place(access_key_id)

    def place(self, access_key_id: str) -> str:
        """The place that gave an access key id: a static one's name, a role's, or a service's."""
        for service, label in (
            (self.metadata, "metadata"),
            (self.container, "container"),
            (self.sso_portal, "sso"),
            (self.sts, ""),
        ):
            for issued in service.issued:
                if issued.credentials.access_key_id == access_key_id:
                    return label or (issued.role_arn or "").removeprefix(ROLE)
        return access_key_id.removeprefix("AKIA").lower()

    def calls(self) -> list[Entry]:
        """What STS was asked."""
        return self.sts.journal.entries

    def issued(self) -> Issued:
        """The only session that STS gave."""
        (issued,) = self.sts.issued
        return issued

    # --- Places

    def static(self, name: str, session_token: str | None = None) -> Credentials:
        """Keys that the store and STS know; "AKIANAME"."""
        keys = (f"AKIA{name.upper()}", f"secret/of+{name}/must-not-be-seen".ljust(40, "x"), session_token)
        self.sts.add_credentials(*keys)
        return self.store.add_credentials(*keys)

    def variables(self, name: str = "env", session_token: str | None = None) -> dict[str, str | None]:
        """The three variables; not yet part of env."""
        keys = self.static(name, session_token)
        return {
            "AWS_ACCESS_KEY_ID": keys.access_key_id,
            "AWS_SECRET_ACCESS_KEY": keys.secret_access_key,
            "AWS_SESSION_TOKEN": session_token,
        }

    def properties(self, name: str, session_token: str | None = None) -> dict[str, str]:
        """The same for a profile."""
        keys = self.static(name, session_token)
        token = {} if session_token is None else {"aws_session_token": session_token}
        return {
            "aws_access_key_id": keys.access_key_id,
            "aws_secret_access_key": keys.secret_access_key,
            **token,
        }

    def token_file(self, contents: str | None = None, name: str = "web-token") -> str:
        path = self.home / name
        path.write_text(WEB_TOKEN + self.line_end if contents is None else contents)
        return str(path)

    def web_identity(self, name: str, token: str = WEB_TOKEN, **identity: Any) -> str:
        """A role that the token is good for; its ARN."""
        self.sts.add_role(role(name))
        self.sts.add_web_identity(token, role(name), **identity)
        return role(name)

    def web_identity_env(self, name: str = "web-env") -> dict[str, str | None]:
        token = f"{WEB_TOKEN}-{name}"
        return {
            "AWS_ROLE_ARN": self.web_identity(name, token),
            "AWS_WEB_IDENTITY_TOKEN_FILE": self.token_file(token + self.line_end, f"token-{name}"),
        }

    def container_env(self, authorization: str | None = None) -> dict[str, str | None]:
        self.container.settings.authorization = authorization
        return dict(self.container.environment())

    def metadata_env(self) -> dict[str, str | None]:
        """With long timeouts, so that a slow machine does not fail here."""
        return {
            "AWS_EC2_METADATA_DISABLED": None,
            "AWS_METADATA_SERVICE_TIMEOUT": "30",
            **self.metadata.environment(),
        }

    def process(self, document: Any, script: str = "") -> str:
        """A program that prints the document; what to put behind credential_process."""
        text = document if isinstance(document, str) else json.dumps(document)
        path = self.home / "helper"
        path.write_text(f"#!/bin/sh\n{script}\ncat <<'END'\n{text}\nEND\n")
        path.chmod(0o755)
        return shlex.quote(str(path))

    def process_document(
        self, name: str = "process", session_token: str | None = None, **members: Any
    ) -> dict[str, Any]:
        keys = self.static(name, session_token)
        document = {
            "Version": 1,
            "AccessKeyId": keys.access_key_id,
            "SecretAccessKey": keys.secret_access_key,
            "SessionToken": session_token,
            **members,
        }
        return {member: value for member, value in document.items() if value is not None}

    def sso_profile(self, legacy: bool = False, **properties: str) -> dict[str, str]:
        """A profile that has signed in; the session's section is written where it is needed."""
        own = {"sso_account_id": ACCOUNT, "sso_role_name": "Reader", **properties}
        shared = {"sso_start_url": START_URL, "sso_region": "us-east-1"}
        self.sso_portal.sign_in(SSO_TOKEN, (ACCOUNT, "Reader"))
        if legacy:
            write_sso_token(self.home, START_URL, SSO_TOKEN)
            return {**shared, **own}
        write_sso_token(self.home, "corp", SSO_TOKEN)
        self.config["sso-session corp"] = shared
        return {"sso_session": "corp", **own}

    def login_profile(self, expires_at: Any = None) -> dict[str, str]:
        keys = self.static("login", "login-session-token-must-not-be-seen")
        session = "arn:aws:iam::123456789012:user/somebody"
        write_login_session(self.home, session, keys, expires_at)
        return {"login_session": session}


@pytest.fixture
def chain(
    run: Runner,
    store: ParameterStore,
    sts: SecurityTokenService,
    metadata: InstanceMetadata,
    container: ContainerCredentials,
    sso_portal: SsoPortal,
) -> Iterator[Chain]:
    yield Chain(run, store, sts, metadata, container, sso_portal)


__all__ = [
    "ACCOUNT",
    "CONTAINER_TOKEN",
    "Chain",
    "ROLE",
    "START_URL",
    "SSO_TOKEN",
    "WEB_TOKEN",
    "chain",
    "in_seconds",
    "role",
]
