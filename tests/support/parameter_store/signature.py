"""Recomputes the Signature Version 4 of a request with botocore.

What AWS refuses is refused in AWS's words.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from http.client import HTTPMessage

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as SigningKey

from .credentials import Credentials
from .errors import ServiceError
from .wire import Request

_ALGORITHM = "AWS4-HMAC-SHA256"
_TERMINATOR = "aws4_request"
_TIME_FORMAT = "%Y%m%dT%H%M%SZ"
_TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True)
class _Authorization:
    """The Authorization header, taken apart."""

    access_key_id: str
    date: str
    region: str
    service: str
    terminator: str
    signed_headers: tuple[str, ...]
    signature: str


class _ReceivedHeadersAuth(SigV4Auth):  # type: ignore[misc]
    """botocore's signer, except that the client chose the headers and the body is always hashed."""

    def __init__(
        self, key: SigningKey, service: str, region: str, signed_headers: tuple[str, ...]
    ) -> None:
        super().__init__(key, service, region)
        self._signed_headers = signed_headers

    def headers_to_sign(self, request: AWSRequest) -> HTTPMessage:
        headers = HTTPMessage()
        for name, value in request.headers.items():
            if name.lower() in self._signed_headers:
                headers[name.lower()] = value
        return headers

    def canonical_request(self, request: AWSRequest) -> str:
        without_hash, _, _ = super().canonical_request(request).rpartition("\n")
        return f"{without_hash}\n{sha256(request.data).hexdigest()}"


def verify(
    request: Request,
    known: Mapping[str, Credentials],
    region: str,
    now: datetime,
    scheme: str,
    service: str = "ssm",
) -> Credentials:
    """The credentials that signed the request.

    ServiceError unless the signature is right and current.
    """
    header = request.header("authorization")
    if not header:
        raise ServiceError("MissingAuthenticationTokenException", "Missing Authentication Token")
    authorization = _parse(header, request)
    credentials = _check_token(authorization, request, known)
    _check_signed_headers(authorization, request)
    timestamp = request.header("x-amz-date") or ""
    _check_scope(authorization, timestamp, service, region)
    _check_time(timestamp, now)
    _check_signature(authorization, credentials, request, timestamp, scheme)
    return credentials


def _parse(header: str, request: Request) -> _Authorization:
    algorithm, _, rest = header.partition(" ")
    if algorithm != _ALGORITHM:
        raise _incomplete(f"Unsupported AWS 'algorithm': '{algorithm}'.", header)
    fields: dict[str, str] = {}
    for part in re.split(r"[\s,]+", rest.strip()):
        name, equals, value = part.partition("=")
        if not equals:
            raise ServiceError(
                "IncompleteSignatureException",
                f"'{part}' not a valid key=value pair (missing equal-sign) in Authorization "
                f"header: '{header}'.",
            )
        fields[name] = value
    missing = [
        f"Authorization header requires '{name}' parameter."
        for name in ("Credential", "Signature", "SignedHeaders")
        if not fields.get(name)
    ]
    if not request.header("x-amz-date"):
        missing.append(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
        )
    if missing:
        raise _incomplete(" ".join(missing), header)
    credential = fields["Credential"].split("/")
    if len(credential) != 5:
        raise ServiceError(
            "IncompleteSignatureException",
            "Credential must have exactly 5 slash-delimited elements, e.g. "
            "keyid/date/region/service/term, "
            f"got '{fields['Credential']}'",
        )
    access_key_id, date, region, service, terminator = credential
    return _Authorization(
        access_key_id,
        date,
        region,
        service,
        terminator,
        tuple(fields["SignedHeaders"].split(";")),
        fields["Signature"],
    )


def _incomplete(text: str, header: str) -> ServiceError:
    return ServiceError("IncompleteSignatureException", f"{text} Authorization={header}")


def _check_token(
    authorization: _Authorization, request: Request, known: Mapping[str, Credentials]
) -> Credentials:
    credentials = known.get(authorization.access_key_id)
    if credentials is None or credentials.session_token != request.header("x-amz-security-token"):
        raise ServiceError(
            "UnrecognizedClientException", "The security token included in the request is invalid."
        )
    if credentials.expired:
        raise ServiceError(
            "ExpiredTokenException", "The security token included in the request is expired"
        )
    return credentials


def _check_signed_headers(authorization: _Authorization, request: Request) -> None:
    sent = {name.lower() for name, _ in request.headers}
    required = {"host"} | {
        name for name in sent if name == "content-type" or name.startswith("x-amz-")
    }
    for name in sorted(required - set(authorization.signed_headers)):
        shown = "Host' or ':authority" if name == "host" else name
        raise _invalid(f"'{shown}' must be a 'SignedHeader' in the AWS Authorization.")


def _check_scope(
    authorization: _Authorization, timestamp: str, service: str, region: str
) -> None:
    problems = []
    if authorization.region != region:
        problems.append("Credential should be scoped to a valid region. ")
    if authorization.service != service:
        problems.append(f"Credential should be scoped to correct service: '{service}'. ")
    if authorization.terminator != _TERMINATOR:
        problems.append(
            f"Credential should be scoped with a valid terminator: '{_TERMINATOR}', not "
            f"'{authorization.terminator}'. "
        )
    if authorization.date != timestamp[:8]:
        problems.append(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
            "HTTP: "
            f"'{authorization.date}' != '{timestamp[:8]}', from '{timestamp}'. "
        )
    if problems:
        raise _invalid("".join(problems).strip())


def _check_time(timestamp: str, now: datetime) -> None:
    try:
        signed = datetime.strptime(timestamp, _TIME_FORMAT).replace(tzinfo=timezone.utc)
    except ValueError:
        raise ServiceError(
            "IncompleteSignatureException",
            f"Date must be in ISO-8601 'basic format'. Got '{timestamp}'. See "
            "http://en.wikipedia.org/wiki/ISO_8601",
        ) from None
    earliest, latest = now - _TOLERANCE, now + _TOLERANCE
    here = now.strftime(_TIME_FORMAT)
    if signed < earliest:
        raise _invalid(
            f"Signature expired: {timestamp} is now earlier than "
            f"{earliest.strftime(_TIME_FORMAT)} ({here} - 5 min.)"
        )
    if signed > latest:
        raise _invalid(
            f"Signature not yet current: {timestamp} is still later than "
            f"{latest.strftime(_TIME_FORMAT)} ({here} + 5 min.)"
        )


def _check_signature(
    authorization: _Authorization,
    credentials: Credentials,
    request: Request,
    timestamp: str,
    scheme: str,
) -> None:
    received = AWSRequest(
        request.method, f"{scheme}://{request.header('host')}{request.target}", data=request.body
    )
    for name, value in request.headers:
        received.headers.add_header(name, value)
    received.context["timestamp"] = timestamp
    signer = _ReceivedHeadersAuth(
        SigningKey(credentials.access_key_id, credentials.secret_access_key),
        authorization.service,
        authorization.region,
        authorization.signed_headers,
    )
    canonical = signer.canonical_request(received)
    string_to_sign = signer.string_to_sign(received, canonical)
    if not hmac.compare_digest(
        signer.signature(string_to_sign, received).encode(), authorization.signature.encode()
    ):
        raise _invalid(
            "The request signature we calculated does not match the signature you provided. Check "
            "your AWS Secret Access "
            "Key and signing method. Consult the service documentation for details.\n\n"
            f"The Canonical String for this request should have been\n'{canonical}'\n\n"
            f"The String-to-Sign should have been\n'{string_to_sign}'\n"
        )


def _invalid(text: str) -> ServiceError:
    return ServiceError("InvalidSignatureException", text)
