"""Made-up credentials: no two sets are alike, and none can be taken for a real one."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Protocol

from parameter_store import Credentials

_MARKER_CHARACTERS = 12


class Accepting(Protocol):
    """A service that checks signatures and has to know the credentials: a ParameterStore, an STS."""

    def add_credentials(
        self,
        access_key_id: str,
        secret_access_key: str,
        session_token: str | None = None,
        expired: bool = False,
        principal_arn: str = ...,
    ) -> Any:
        ...


@dataclass(frozen=True)
class Issued:
    """One set of credentials that was handed out, and to whom."""

    credentials: Credentials
    expiration: datetime
    role_arn: str | None = None
    session_name: str | None = None
    duration_seconds: int | None = None
    """As asked for; None if the request left it to the service."""
    source_access_key_id: str | None = None
    """Whose signature the request carried."""

    @property
    def marker(self) -> str:
        """Part of the key id, of the secret and of the token, and of nothing else: what to look for in leaks."""
        return marker(self.credentials)


def make_credentials(label: str, principal_arn: str) -> Credentials:
    """New temporary credentials; the label tells where they come from."""
    unique = secrets.token_hex(_MARKER_CHARACTERS // 2).upper()
    return Credentials(
        access_key_id=f"ASIAFAKE{unique}",
        secret_access_key=f"fake/secret+{unique}/{label}".ljust(40, "x")[:40],
        session_token=f"FakeSessionToken/{label}//{f'{unique}+/' * 20}==",
        principal_arn=principal_arn,
    )


def marker(credentials: Credentials) -> str:
    return credentials.access_key_id[-_MARKER_CHARACTERS:]


def timestamp(moment: datetime, fraction: bool = False) -> str:
    """ISO 8601 in UTC, as all these services write it."""
    moment = moment.astimezone(timezone.utc)
    milliseconds = f".{moment.microsecond // 1000:03}" if fraction else ""
    return f"{moment:%Y-%m-%dT%H:%M:%S}{milliseconds}Z"


def session_arn(role_arn: str, session_name: str) -> str:
    """The principal that a session of the role is."""
    _, partition, _, _, account, path = role_arn.split(":", 5)
    return f"arn:{partition}:sts::{account}:assumed-role/{path.rpartition('/')[2]}/{session_name}"
