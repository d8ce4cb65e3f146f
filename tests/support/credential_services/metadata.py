"""EC2's instance metadata service, version 2 only: nothing is told without a session token."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from parameter_store.errors import ServiceError
from parameter_store.exchange import NoAnswer
from parameter_store.journal import Entry
from parameter_store.names import ACCOUNT_ID
from parameter_store.wire import Answer, Request

from .credential_service import CredentialService
from .issuing import session_arn, timestamp

_TTL_HEADER = "x-aws-ec2-metadata-token-ttl-seconds"
_TOKEN_HEADER = "x-aws-ec2-metadata-token"
_TTL_SECONDS_MAX = 21600
_ROLES = "/latest/meta-data/iam/security-credentials/"
_OPERATIONS = {
    "PUT /latest/api/token": "PutToken",
    f"GET {_ROLES}": "GetRole",
    "GET /latest/meta-data/placement/region": "GetRegion",
    "GET /latest/dynamic/instance-identity/document": "GetIdentityDocument",
}
_INSTANCE_ID = "i-0fa4e0fa4e0fa4e00"
_REASONS = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found"}


@dataclass
class MetadataSettings:
    """The instance and its moods."""

    role: str | None = "instance-role"
    """None: the instance has no instance profile."""
    region: str | None = "us-east-1"
    """None: it is not told."""
    code: str = "Success"
    """Anything else: an answer without credentials, and with the message."""
    message: str = ""
    expiration: datetime | None = None
    """None: in six hours."""
    hop_limit_drop: bool = False
    """The session token never arrives, as in a container behind a hop limit of 1."""
    token_ttl: int | None = None
    """How long session tokens are good, whatever was asked for; 0 makes them useless."""


class InstanceMetadata(CredentialService):
    """Issued credentials are accepted even when they have expired: EC2 extends them in an outage."""

    label = "metadata"
    own_errors = {"ThrottlingException": ("TooManyRequests", 503)}

    def __init__(self, **options: Any) -> None:
        super().__init__(tls=False, **options)

    def _blank(self) -> None:
        super()._blank()
        self.settings = MetadataSettings()
        self._tokens: dict[str, datetime] = {}

    def environment(self) -> dict[str, str]:
        return {"AWS_EC2_METADATA_SERVICE_ENDPOINT": self.endpoint_url}

    def describe(self, request: Request) -> tuple[str, Any]:
        operation = _OPERATIONS.get(f"{request.method} {request.target}", "")
        if not operation and request.method == "GET" and request.target.startswith(_ROLES):
            operation = "GetRoleCredentials"
        return operation, None

    def _answer(self, request: Request, entry: Entry) -> Answer:
        if request.header("x-forwarded-for") is not None:
            raise ServiceError("ForwardedRequest", status=403)
        if entry.operation == "PutToken":
            return self._put_token(request)
        token = request.header(_TOKEN_HEADER)
        if token not in self._tokens or self._tokens[token] <= self._now():
            raise ServiceError("InvalidToken" if token else "MissingToken", status=401)
        if request.body or request.header(_TTL_HEADER) is not None:
            raise ServiceError("BadRequest", status=400)
        role, region = self.settings.role, self.settings.region
        if entry.operation == "GetRole" and role is not None:
            return self._text(role)
        if role is not None and request.target == f"{_ROLES}{role}":
            return self._text(json.dumps(self._role_credentials(role), indent=2))
        if entry.operation == "GetRegion" and region is not None:
            return self._text(region)
        if entry.operation == "GetIdentityDocument" and region is not None:
            return self._text(json.dumps(_identity_document(region), indent=2))
        raise ServiceError("NotFound", status=404)

    def _worded(self, code: str, message: str, status: int) -> Answer:
        title = f"{status} - {message or _REASONS.get(status, code)}"
        page = (
            '<?xml version="1.0" encoding="iso-8859-1"?>\n'
            '<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">\n'
            f" <head>\n  <title>{title}</title>\n </head>\n"
            f" <body>\n  <h1>{title}</h1>\n </body>\n</html>\n"
        )
        return Answer(status, page.encode(), self._headers("text/html"))

    def _put_token(self, request: Request) -> Answer:
        if self.settings.hop_limit_drop:
            raise NoAnswer
        ttl = request.header(_TTL_HEADER) or ""
        if not re.fullmatch("[0-9]{1,5}", ttl) or not 1 <= int(ttl) <= _TTL_SECONDS_MAX:
            raise ServiceError("InvalidTtl", status=400)
        if request.header("content-length") != "0":
            raise ServiceError("BodyInTokenRequest", status=400)
        seconds = int(ttl) if self.settings.token_ttl is None else self.settings.token_ttl
        token = f"FAKEimds{secrets.token_urlsafe(32)}=="
        self._tokens[token] = self._now() + timedelta(seconds=seconds)
        answer = self._text(token)
        answer.headers["X-Aws-Ec2-Metadata-Token-Ttl-Seconds"] = str(seconds)
        return answer

    def _role_credentials(self, role: str) -> dict[str, str]:
        document = {"Code": self.settings.code, "LastUpdated": timestamp(self._now())}
        if self.settings.code != "Success":
            return {**document, "Message": self.settings.message}
        role_arn = f"arn:aws:iam::{ACCOUNT_ID}:role/{role}"
        issued = self._issue(
            session_arn(role_arn, _INSTANCE_ID),
            self.settings.expiration or self._now() + timedelta(hours=6),
            accepted=True,
            role_arn=role_arn,
            session_name=_INSTANCE_ID,
        )
        return {
            **document,
            "Type": "AWS-HMAC",
            "AccessKeyId": issued.credentials.access_key_id,
            "SecretAccessKey": issued.credentials.secret_access_key,
            "Token": issued.credentials.session_token or "",
            "Expiration": timestamp(issued.expiration),
        }

    def _text(self, text: str) -> Answer:
        return Answer(200, text.encode(), self._headers("text/plain"))

    def _headers(self, content_type: str) -> dict[str, str]:
        return {"Server": "EC2ws", **super()._headers(content_type)}


def _identity_document(region: str) -> dict[str, Any]:
    return {
        "accountId": ACCOUNT_ID,
        "architecture": "x86_64",
        "availabilityZone": f"{region}a",
        "billingProducts": None,
        "imageId": "ami-0fa4e0fa4e0fa4e00",
        "instanceId": _INSTANCE_ID,
        "instanceType": "t3.micro",
        "pendingTime": "2026-01-01T00:00:00Z",
        "privateIp": "127.0.0.1",
        "region": region,
        "version": "2017-09-30",
    }
