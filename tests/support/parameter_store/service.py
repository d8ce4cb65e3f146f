"""The service proper: a request goes in, the answer that AWS would give comes out."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from . import signature
from .credentials import Credentials
from .errors import ServiceError
from .json_text import AnswerStyle, write
from .journal import Entry
from .operations import Document, Operations
from .wire import Answer, Request

_TARGET_PREFIX = "AmazonSSM."
_CONTENT_TYPE = "application/x-amz-json-1.1"


class Service:
    """Authenticates requests, performs operations, words answers.

    Knows nothing of sockets and faults.
    """

    def __init__(
        self,
        operations: Operations,
        credentials: Mapping[str, Credentials],
        style: AnswerStyle,
        region: str,
        scheme: str,
        now: Callable[[], datetime],
    ) -> None:
        self._operations = operations
        self._credentials = credentials
        self._style = style
        self._region = region
        self._scheme = scheme
        self._now = now

    def describe(self, request: Request) -> tuple[str, Any]:
        target = request.header("x-amz-target") or ""
        operation = target.removeprefix(_TARGET_PREFIX) if target.startswith(_TARGET_PREFIX) else ""
        return operation, _decoded(request.body)

    def answer(self, request: Request, entry: Entry) -> Answer:
        if request.method != "POST" or not entry.operation:
            return Answer(404, b"<UnknownOperationException/>\n", self._headers())
        try:
            if request.header("content-type") != _CONTENT_TYPE:
                raise ServiceError("UnknownOperationException")
            caller = signature.verify(
                request, self._credentials, self._region, self._now(), self._scheme
            )
            entry.access_key_id = caller.access_key_id
            document = self._operations.perform(entry.operation, request.body, caller)
        except ServiceError as error:
            return self.error_answer(error)
        return self._json(200, {**document, **self._style.extra_members})

    def error_answer(self, error: ServiceError) -> Answer:
        answer = self._json(error.status, dict(error.document()))
        answer.error_code = error.code
        return answer

    def _json(self, status: int, document: Document) -> Answer:
        headers = {**self._headers(), "Content-Type": _CONTENT_TYPE}
        return Answer(status, write(document, self._style), headers)

    def _headers(self) -> dict[str, str]:
        return {
            "Server": "Server",
            "Date": format_datetime(self._now(), usegmt=True),
            "x-amzn-RequestId": str(uuid.uuid4()),
        }


def _decoded(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
