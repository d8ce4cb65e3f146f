"""What the four services share: they hand out credentials and refuse in words of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import Any, ClassVar

from parameter_store import Credentials
from parameter_store.errors import ServiceError
from parameter_store.journal import Entry
from parameter_store.local_service import LocalService
from parameter_store.wire import Answer, Request

from .issuing import Accepting, Issued, make_credentials


class CredentialService(LocalService):
    """Remembers what it issued and tells those who have to accept it."""

    label: ClassVar[str]
    """Where its credentials come from; part of them."""
    own_errors: ClassVar[Mapping[str, tuple[str, int]]] = {}
    """What this service calls the errors that faults name as SSM does, and their HTTP status."""

    def __init__(self, *, accepted_by: Iterable[Accepting] = (), **network: Any) -> None:
        """network goes to LocalService."""
        super().__init__(**network)
        self._always_accepted_by = tuple(accepted_by)
        self.accepted_by: list[Accepting] = []
        """Who learns of each set of credentials before the client has it."""
        self.issued: list[Issued] = []
        self._answer_with(self)
        self._blank()

    def reset(self) -> None:
        super().reset()
        self._blank()

    def _blank(self) -> None:
        """Nothing configured, nothing issued."""
        self.accepted_by = list(self._always_accepted_by)
        self.issued = []

    @property
    def ipv6_endpoint_url(self) -> str:
        return f"{self.scheme}://[::1]:{self.port}"

    # --- For the server

    def describe(self, request: Request) -> tuple[str, Any]:
        raise NotImplementedError

    def answer(self, request: Request, entry: Entry) -> Answer:
        try:
            return self._answer(request, entry)
        except ServiceError as error:
            return self.error_answer(error)

    def error_answer(self, error: ServiceError) -> Answer:
        code, status = self.own_errors.get(error.code, (error.code, error.status))
        answer = self._worded(code, error.message or "", status)
        answer.error_code = code
        return answer

    def _answer(self, request: Request, entry: Entry) -> Answer:
        """The proper answer, or ServiceError."""
        raise NotImplementedError

    def _worded(self, code: str, message: str, status: int) -> Answer:
        """An error in the service's own form."""
        raise NotImplementedError

    # --- For subclasses

    def _issue(
        self,
        principal_arn: str,
        expiration: datetime,
        *,
        accepted: bool | None = None,
        role_arn: str | None = None,
        session_name: str | None = None,
        duration_seconds: int | None = None,
        source: Credentials | None = None,
    ) -> Issued:
        """New credentials; unless said otherwise they are accepted if they have not expired."""
        credentials = make_credentials(self.label, principal_arn)
        issued = Issued(
            credentials,
            expiration,
            role_arn,
            session_name,
            duration_seconds,
            source.access_key_id if source else None,
        )
        self.issued.append(issued)
        if accepted is None:
            accepted = expiration > self._now()
        for other in self.accepted_by:
            other.add_credentials(
                credentials.access_key_id,
                credentials.secret_access_key,
                credentials.session_token,
                not accepted,
                principal_arn,
            )
        return issued

    def _headers(self, content_type: str) -> dict[str, str]:
        return {"Content-Type": content_type, "Date": format_datetime(self._now(), usegmt=True)}
