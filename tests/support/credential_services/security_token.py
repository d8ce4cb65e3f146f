"""The Security Token Service (STS): AssumeRole, signed, and AssumeRoleWithWebIdentity, unsigned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from parameter_store import Credentials, signature
from parameter_store.credentials import DEFAULT_CREDENTIALS
from parameter_store.errors import ServiceError
from parameter_store.faults import ErrorAnswer
from parameter_store.journal import Entry
from parameter_store.wire import Answer, Request

from . import sts_xml
from .credential_service import CredentialService
from .forms import parameters, signing_headers
from .issuing import Issued, session_arn, timestamp
from .roles import Role, WebIdentity, refused
from .sts_parameters import check_action, check_parameters

_FORM_TYPE = "application/x-www-form-urlencoded; charset=utf-8"
_SIGNATURE_ERRORS = {
    "ExpiredTokenException": "ExpiredToken",
    "IncompleteSignatureException": "IncompleteSignature",
    "InvalidSignatureException": "SignatureDoesNotMatch",
    "MissingAuthenticationTokenException": "MissingAuthenticationToken",
    "UnrecognizedClientException": "InvalidClientTokenId",
}
"""What the query protocol calls the errors of the JSON protocol; all of them are 403."""


@dataclass
class StsSettings:
    """How it answers."""

    fractional_seconds: bool = False
    """Expiration is 2026-11-24T08:12:30.123Z instead of 2026-11-24T08:12:30Z."""


class SecurityTokenService(CredentialService):
    """Knows the default credentials, its own ones, and those that it is told of."""

    label = "sts"
    own_errors = {"ThrottlingException": ("Throttling", 400)}

    def __init__(self, tls: bool = True, *, region: str = "us-east-1", **options: Any) -> None:
        self.region = region
        super().__init__(tls=tls, **options)

    def _blank(self) -> None:
        super()._blank()
        self.settings = StsSettings()
        self._known = {DEFAULT_CREDENTIALS.access_key_id: DEFAULT_CREDENTIALS}
        self._roles: dict[str, Role] = {}
        self._web_identities: dict[str, WebIdentity] = {}
        self.accepted_by.append(self)

    def environment(self) -> dict[str, str]:
        """The AWS_ variables with which a client finds this service."""
        variables = {"AWS_ENDPOINT_URL_STS": self.endpoint_url}
        return {**variables, "AWS_CA_BUNDLE": str(self.ca_file)} if self.tls else variables

    # --- What it knows

    def add_credentials(
        self,
        access_key_id: str,
        secret_access_key: str,
        session_token: str | None = None,
        expired: bool = False,
        principal_arn: str = DEFAULT_CREDENTIALS.principal_arn,
    ) -> Credentials:
        """Who may sign. A principal that is an assumed role makes it role chaining."""
        credentials = Credentials(
            access_key_id, secret_access_key, session_token, expired, principal_arn
        )
        self._known[access_key_id] = credentials
        return credentials

    def add_role(
        self,
        arn: str,
        *,
        external_id: str | None = None,
        trusts: Iterable[str] | None = None,
        session_seconds: int = 3600,
        max_duration: int = 3600,
    ) -> None:
        """A role that can be taken.

        trusts names access key ids and principals' ARNs; None is everybody. session_seconds is how
        long a session lasts if the request does not say; it may be negative.
        """
        known = None if trusts is None else frozenset(trusts)
        self._roles[arn] = Role(arn, external_id, known, session_seconds, max_duration)

    def add_web_identity(
        self,
        token: str,
        role_arn: str,
        *,
        expired: bool = False,
        subject: str = "system:serviceaccount:tests:app",
        audience: str = "sts.amazonaws.com",
        provider: str = "arn:aws:iam::123456789012:oidc-provider/oidc.eks.invalid/id/FAKE",
    ) -> None:
        """A token that is good for one role; add_role is needed too."""
        self._web_identities[token] = WebIdentity(
            token, role_arn, expired, subject, audience, provider
        )

    # --- How it answers

    def describe(self, request: Request) -> tuple[str, Any]:
        try:
            form = parameters(request.body.decode("ascii"))
        except ValueError:
            return "", None
        return form.get("Action", ""), form

    def _answer(self, request: Request, entry: Entry) -> Answer:
        form = _form(request)
        action = check_action(form)
        if action == "AssumeRole":
            return self._assume_role(form, self._caller(request, entry))
        unwanted = signing_headers(request)
        if unwanted:
            raise ServiceError("ValidationError", f"{action} is unsigned; sent: {', '.join(unwanted)}")
        return self._assume_role_with_web_identity(form)

    def _worded(self, code: str, message: str, status: int) -> Answer:
        request_id = str(uuid4())
        return self._xml(status, sts_xml.error(code, message, status, request_id), request_id)

    def _caller(self, request: Request, entry: Entry) -> Credentials:
        try:
            caller = signature.verify(
                request, self._known, self.region, self._now(), self.scheme, "sts"
            )
        except ServiceError as error:
            raise ServiceError(_SIGNATURE_ERRORS[error.code], error.message, 403) from None
        entry.access_key_id = caller.access_key_id
        return caller

    def _assume_role(self, form: dict[str, str], caller: Credentials) -> Answer:
        check_parameters(form)
        role = self._roles.get(form["RoleArn"])
        if role is None:
            raise refused(caller, form["RoleArn"])
        role.check_trust(caller, form.get("ExternalId"))
        issued = self._session(role, form, caller)
        return self._result(
            form,
            [
                sts_xml.assumed_role(
                    role.session_id(form["RoleSessionName"]), issued.credentials.principal_arn
                ),
                sts_xml.role_credentials(issued.credentials, self._expiration(issued)),
            ],
        )

    def _assume_role_with_web_identity(self, form: dict[str, str]) -> Answer:
        check_parameters(form)
        identity = self._web_identities.get(form["WebIdentityToken"])
        if identity is None:
            raise ServiceError(
                "InvalidIdentityToken", "The ID Token provided is not a valid JWT. (Unknown here.)"
            )
        if identity.expired:
            now = int(self._now().timestamp())
            raise ServiceError(
                "ExpiredTokenException",
                f"Token expired: current date/time {now} must be before the expiration date/time{now - 60}",
            )
        role = self._roles.get(form["RoleArn"])
        if role is None or role.arn != identity.role_arn:
            raise ServiceError(
                "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", 403
            )
        issued = self._session(role, form, None)
        return self._result(
            form,
            [
                ("SubjectFromWebIdentityToken", identity.subject),
                ("Audience", identity.audience),
                sts_xml.assumed_role(
                    role.session_id(form["RoleSessionName"]), issued.credentials.principal_arn
                ),
                sts_xml.web_identity_credentials(issued.credentials, self._expiration(issued)),
                ("Provider", identity.provider),
            ],
        )

    def _session(self, role: Role, form: dict[str, str], caller: Credentials | None) -> Issued:
        wanted = int(form["DurationSeconds"]) if "DurationSeconds" in form else None
        chained = caller is not None and ":assumed-role/" in caller.principal_arn
        seconds = role.duration(wanted, chained)
        return self._issue(
            session_arn(role.arn, form["RoleSessionName"]),
            self._now() + timedelta(seconds=seconds),
            role_arn=role.arn,
            session_name=form["RoleSessionName"],
            duration_seconds=wanted,
            source=caller,
        )

    def _expiration(self, issued: Issued) -> str:
        return timestamp(issued.expiration, self.settings.fractional_seconds)

    def _result(self, form: dict[str, str], elements: list[sts_xml.Element]) -> Answer:
        request_id = str(uuid4())
        return self._xml(200, sts_xml.result(form["Action"], elements, request_id), request_id)

    def _xml(self, status: int, document: bytes, request_id: str) -> Answer:
        return Answer(status, document, {"x-amzn-RequestId": request_id, **self._headers("text/xml")})


def idp_communication_error() -> ErrorAnswer:
    """A fault: the identity provider did not answer in time. AWS wants such a request repeated."""
    return ErrorAnswer(
        "IDPCommunicationError",
        "The request could not be fulfilled because the identity provider that was asked to verify "
        "the incoming identity token could not be reached.",
    )


def _form(request: Request) -> dict[str, str]:
    """The parameters, which are in the body and nowhere else."""
    if request.method != "POST" or request.target != "/":
        raise ServiceError("InvalidAction", f"{request.method} with parameters in the body, to / only")
    content_type = request.header("content-type")
    if content_type != _FORM_TYPE:
        raise ServiceError("MissingAction", f"Content-Type is {content_type}, not {_FORM_TYPE}")
    try:
        return parameters(request.body.decode("ascii"))
    except ValueError as error:
        raise ServiceError("MalformedQueryString", str(error)) from None
