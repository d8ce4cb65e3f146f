"""Credentials for a container, as the ECS agent and the EKS Pod Identity agent hand them out."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from parameter_store.errors import ServiceError
from parameter_store.journal import Entry
from parameter_store.names import ACCOUNT_ID
from parameter_store.wire import Answer, Request

from .credential_service import CredentialService
from .issuing import session_arn, timestamp


@dataclass
class ContainerSettings:
    """What is asked for and what comes back."""

    path: str = "/v2/credentials/fake"
    authorization: str | None = None
    """The Authorization header that a request needs; None: it must not have one."""
    role_arn: str | None = f"arn:aws:iam::{ACCOUNT_ID}:role/task-role"
    """None: the answer does not name it."""
    expiration: datetime | None = None
    """None: in an hour."""
    omit: set[str] = field(default_factory=set)
    """Members that the answer lacks."""
    padding_bytes: int = 0
    """Size of a further member that nobody needs."""


class ContainerCredentials(CredentialService):
    """One container's credentials, over HTTP or HTTPS."""

    label = "container"
    own_errors = {"ThrottlingException": ("TooManyRequests", 429)}

    def __init__(self, tls: bool = False, **options: Any) -> None:
        super().__init__(tls=tls, **options)

    def _blank(self) -> None:
        super()._blank()
        self.settings = ContainerSettings()

    @property
    def full_uri(self) -> str:
        return self.endpoint_url + self.settings.path

    def environment(self) -> dict[str, str]:
        """As the settings are now."""
        variables = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": self.full_uri}
        if self.settings.authorization is not None:
            variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = self.settings.authorization
        if self.tls:
            variables["AWS_CA_BUNDLE"] = str(self.ca_file)
        return variables

    def describe(self, request: Request) -> tuple[str, Any]:
        wanted = (request.method, request.target) == ("GET", self.settings.path)
        return ("GetCredentials" if wanted else ""), None

    def _answer(self, request: Request, entry: Entry) -> Answer:
        if not entry.operation:
            raise ServiceError("NotFound", f"no credentials at {request.method} {request.target}", 404)
        if request.header("accept") != "application/json" or request.body:
            raise ServiceError("InvalidRequest", "an empty request with Accept: application/json")
        if request.header("authorization") != self.settings.authorization:
            raise ServiceError("Unauthorized", "unexpected, missing or wrong Authorization", 401)
        document = {**self._credentials(), "Padding": "p" * self.settings.padding_bytes}
        omit = self.settings.omit | (set() if self.settings.padding_bytes else {"Padding"})
        return self._json(200, {name: text for name, text in document.items() if name not in omit})

    def _worded(self, code: str, message: str, status: int) -> Answer:
        return self._json(status, {"code": code, "message": message})

    def _credentials(self) -> dict[str, str]:
        role_arn = self.settings.role_arn
        issued = self._issue(
            session_arn(role_arn or f"arn:aws:iam::{ACCOUNT_ID}:role/unnamed", "container"),
            self.settings.expiration or self._now() + timedelta(hours=1),
            role_arn=role_arn,
            session_name="container",
        )
        return {
            **({"RoleArn": role_arn} if role_arn else {}),
            "AccessKeyId": issued.credentials.access_key_id,
            "SecretAccessKey": issued.credentials.secret_access_key,
            "Token": issued.credentials.session_token or "",
            "Expiration": timestamp(issued.expiration),
        }

    def _json(self, status: int, document: dict[str, str]) -> Answer:
        return Answer(status, json.dumps(document).encode(), self._headers("application/json"))
