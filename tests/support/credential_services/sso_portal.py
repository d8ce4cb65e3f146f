"""The portal of IAM Identity Center (SSO): a role's credentials for an access token."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from parameter_store.errors import ServiceError
from parameter_store.journal import Entry
from parameter_store.wire import Answer, Request

from .credential_service import CredentialService
from .forms import parameters, signing_headers
from .issuing import session_arn

_PATH = "/federation/credentials"
_ERROR_NAMESPACE = "http://internal.amazon.com/coral/com.amazonaws.switchboard.portal/"


@dataclass
class SsoSettings:
    """How it answers."""

    expiration: datetime | None = None
    """None: in an hour."""


class SsoPortal(CredentialService):
    """GetRoleCredentials, which is never signed."""

    label = "sso"
    own_errors = {"ThrottlingException": ("TooManyRequestsException", 429)}

    def __init__(self, tls: bool = True, **options: Any) -> None:
        super().__init__(tls=tls, **options)

    def _blank(self) -> None:
        super()._blank()
        self.settings = SsoSettings()
        self._assignments: dict[str, set[tuple[str, str]]] = {}

    def environment(self) -> dict[str, str]:
        variables = {"AWS_ENDPOINT_URL_SSO": self.endpoint_url}
        return {**variables, "AWS_CA_BUNDLE": str(self.ca_file)} if self.tls else variables

    def sign_in(self, access_token: str, *assignments: tuple[str, str]) -> None:
        """A token that is good, and the (account id, role name) pairs that its user may take."""
        self._assignments[access_token] = set(assignments)

    def describe(self, request: Request) -> tuple[str, Any]:
        path, _, query = request.target.partition("?")
        try:
            body = parameters(query)
        except ValueError:
            body = None
        return ("GetRoleCredentials" if (request.method, path) == ("GET", _PATH) else ""), body

    def _answer(self, request: Request, entry: Entry) -> Answer:
        if not entry.operation:
            raise ServiceError("ResourceNotFoundException", "no such operation", 404)
        unwanted = signing_headers(request)
        if unwanted or request.body:
            raise _invalid(f"an empty, unsigned request is wanted; sent: {', '.join(unwanted)}")
        if not isinstance(entry.body, dict) or set(entry.body) != {"role_name", "account_id"}:
            raise _invalid("role_name and account_id are wanted")
        account_id, role_name = entry.body["account_id"], entry.body["role_name"]
        if not (account_id.isdecimal() and len(account_id) == 12 and role_name):
            raise _invalid("role_name or account_id is malformed")
        assignments = self._assignments.get(request.header("x-amz-sso_bearer_token") or "")
        if assignments is None:
            raise ServiceError("UnauthorizedException", "Session token not found or invalid", 401)
        if (account_id, role_name) not in assignments:
            raise ServiceError("ForbiddenException", "No access", 403)
        return self._json(200, {"roleCredentials": self._role_credentials(account_id, role_name)})

    def _worded(self, code: str, message: str, status: int) -> Answer:
        answer = self._json(status, {"message": message})
        answer.headers["x-amzn-ErrorType"] = f"{code}:{_ERROR_NAMESPACE}"
        return answer

    def _role_credentials(self, account_id: str, role_name: str) -> dict[str, Any]:
        role_arn = f"arn:aws:iam::{account_id}:role/AWSReservedSSO_{role_name}_0fa4e0fa4e0fa4e0"
        issued = self._issue(
            session_arn(role_arn, "tests"),
            self.settings.expiration or self._now() + timedelta(hours=1),
            role_arn=role_arn,
            session_name="tests",
        )
        return {
            "accessKeyId": issued.credentials.access_key_id,
            "secretAccessKey": issued.credentials.secret_access_key,
            "sessionToken": issued.credentials.session_token,
            "expiration": int(issued.expiration.timestamp()) * 1000,
        }

    def _json(self, status: int, document: dict[str, Any]) -> Answer:
        headers = {"x-amzn-RequestId": str(uuid4()), **self._headers("application/json")}
        return Answer(status, json.dumps(document).encode(), headers)


def _invalid(message: str) -> ServiceError:
    return ServiceError("InvalidRequestException", message)
