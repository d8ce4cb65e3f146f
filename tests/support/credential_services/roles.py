"""Roles and web identities that the Security Token Service knows, and who may take which role."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from parameter_store import Credentials
from parameter_store.errors import ServiceError

from .sts_parameters import validation_error

_CHAINED_SECONDS_MAX = 3600


@dataclass(frozen=True)
class Role:
    """A role with its trust policy."""

    arn: str
    external_id: str | None
    trusts: frozenset[str] | None
    session_seconds: int
    max_duration: int

    def check_trust(self, caller: Credentials, external_id: str | None) -> None:
        trusted = self.trusts is None or not self.trusts.isdisjoint(
            {caller.access_key_id, caller.principal_arn}
        )
        if not trusted or (self.external_id is not None and external_id != self.external_id):
            raise refused(caller, self.arn)

    def duration(self, wanted: int | None, chained: bool) -> int:
        """How long a session lasts. Chained: the caller is a session itself."""
        if wanted is None:
            return min(self.session_seconds, _CHAINED_SECONDS_MAX) if chained else self.session_seconds
        if chained and wanted > _CHAINED_SECONDS_MAX:
            raise validation_error(
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed "
                "by role chaining."
            )
        if wanted > self.max_duration:
            raise validation_error(
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
            )
        return wanted

    def session_id(self, session_name: str) -> str:
        return f"AROAFAKE{sha256(self.arn.encode()).hexdigest()[:13].upper()}:{session_name}"


@dataclass(frozen=True)
class WebIdentity:
    """A token of an identity provider and the role that it is good for."""

    token: str
    role_arn: str
    expired: bool
    subject: str
    audience: str
    provider: str


def refused(caller: Credentials, role_arn: str) -> ServiceError:
    return ServiceError(
        "AccessDenied",
        f"User: {caller.principal_arn} is not authorized to perform: sts:AssumeRole on resource: "
        f"{role_arn}",
        403,
    )
