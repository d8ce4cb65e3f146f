"""Faults on demand: what goes wrong, for which requests, how often."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .errors import ServiceError
from .exchange import Exchange
from .rates import Bucket
from .wire import Answer

JSON_TYPE = "application/x-amz-json-1.1"

Condition = Callable[[str, Any], bool]
"""Takes the operation's name and the decoded request, says whether the fault concerns it."""


class Fault:
    """Something that happens to a request instead of, or on the way to, its proper answer."""

    def serve(self, exchange: Exchange) -> bool:
        """Deals with the request.

        True: that was the answer. False: the next fault or the service answers.
        """
        raise NotImplementedError

    def abandon(self) -> None:
        """Lets go of whatever the fault keeps waiting; the server stops."""


# --- Errors in the service's own form


@dataclass
class ErrorAnswer(Fault):
    """Any error code with its text, as the service would send it."""

    code: str
    message: str | None = None
    status: int = 400
    headers: dict[str, str] = field(default_factory=dict)

    def serve(self, exchange: Exchange) -> bool:
        answer = exchange.refuse(ServiceError(self.code, self.message, self.status))
        answer.headers.update(self.headers)
        exchange.send(answer)
        return True


def throttling(headers: dict[str, str] | None = None) -> ErrorAnswer:
    """The error for too many requests; headers can hold x-amz-retry-after (milliseconds)."""
    return ErrorAnswer("ThrottlingException", "Rate exceeded", headers=headers or {})


@dataclass
class TokenBucket(Fault):
    """Throttles what exceeds a rate, over all requests that the fault is added for.

    Add it without times.
    """

    rate_per_second: float
    burst: int
    clock: Callable[[], float] = time.monotonic
    _bucket: Bucket = field(init=False)

    def __post_init__(self) -> None:
        self._bucket = Bucket(self.rate_per_second, self.burst, self.clock)

    def serve(self, exchange: Exchange) -> bool:
        return False if self._bucket.take() else throttling().serve(exchange)


# --- Answers that are HTTP but not the service's


@dataclass
class StatusAnswer(Fault):
    """Any status, body and headers, as a load balancer or a proxy on the way would send them.

    No request id.
    """

    status: int
    body: bytes = b"<html><head><title>Error</title></head><body><h1>Error</h1></body></html>\r\n"
    content_type: str = "text/html"
    headers: dict[str, str] = field(default_factory=dict)

    def serve(self, exchange: Exchange) -> bool:
        exchange.send(
            Answer(self.status, self.body, {"Content-Type": self.content_type, **self.headers})
        )
        return True


def empty_body() -> StatusAnswer:
    return StatusAnswer(200, b"", JSON_TYPE)


def not_json() -> StatusAnswer:
    return StatusAnswer(200, b'{"Parameters":[{"Name":"/oops', JSON_TYPE)


def wrong_shape(body: bytes = b'{"Parameters":{"Name":"/oops"}}') -> StatusAnswer:
    """JSON, but not what the operation returns."""
    return StatusAnswer(200, body, JSON_TYPE)


def redirect(location: str, status: int = 302) -> StatusAnswer:
    return StatusAnswer(status, b"", headers={"Location": location})


@dataclass
class AlterBody(Fault):
    """The proper answer, its body passed through a function first."""

    alter: Callable[[bytes], bytes]

    def serve(self, exchange: Exchange) -> bool:
        answer = exchange.answer
        exchange.send(
            Answer(answer.status, self.alter(answer.body), answer.headers, answer.error_code)
        )
        return True


@dataclass
class Garbage(Fault):
    """Bytes that are not HTTP, then the end of the connection."""

    data: bytes = b"SSH-2.0-OpenSSH_9.2p1\r\n\x00\xff\xfe"

    def serve(self, exchange: Exchange) -> bool:
        exchange.send_last(self.data)
        exchange.close()
        return True


@dataclass
class EndlessBody(Fault):
    """A proper status and headers, then a body that goes on until the client has enough.

    Chunked, or with a Content-Length that says how much there will be (and then ends there).
    """

    content_length: int | None = None
    start: bytes = b'{"Parameters":[{"Name":"/endless","Type":"String","Value":"'

    def serve(self, exchange: Exchange) -> bool:
        answer = Answer(200, headers=dict(exchange.answer.headers))
        block = b"a" * 65536
        if self.content_length is None:
            exchange.send_bytes(answer.head({"Transfer-Encoding": "chunked"}) + _chunk(self.start))
            while True:
                exchange.send_bytes(_chunk(block))
        exchange.send_bytes(answer.head({"Content-Length": str(self.content_length)}) + self.start)
        remaining = self.content_length - len(self.start)
        while remaining > len(block):
            exchange.send_bytes(block)
            remaining -= len(block)
        exchange.send_last(block[:remaining], answer)
        return True


@dataclass
class HugeHeaders(Fault):
    """The proper answer under very many headers."""

    total_bytes: int = 4 * 1024 * 1024

    def serve(self, exchange: Exchange) -> bool:
        answer = exchange.answer
        line_bytes = 1024
        for number in range(self.total_bytes // line_bytes):
            answer.headers[f"X-Filler-{number}"] = "a" * line_bytes
        exchange.send(answer)
        return True


@dataclass
class Chunked(Fault):
    """The proper answer in chunked encoding."""

    chunk_bytes: int = 7

    def serve(self, exchange: Exchange) -> bool:
        answer = exchange.answer
        exchange.send_last(
            _chunked_head(answer) + _chunks(answer.body, self.chunk_bytes) + b"0\r\n\r\n", answer
        )
        return True


class CloseAfterAnswer(Fault):
    """The proper answer with "Connection: close", and the end of the connection."""

    def serve(self, exchange: Exchange) -> bool:
        answer = exchange.answer
        answer.headers["Connection"] = "close"
        exchange.send(answer)
        exchange.close(answer)
        return True


# --- Answers that do not arrive whole


class Close(Fault):
    """The connection ends in good order without an answer."""

    def serve(self, exchange: Exchange) -> bool:
        exchange.close()
        return True


@dataclass
class Reset(Fault):
    """A TCP RST: "before" any answer, after the "headers", or in mid "body"."""

    when: str = "before"

    def serve(self, exchange: Exchange) -> bool:
        if self.when == "before":
            exchange.reset()
        answer = exchange.answer
        sent = {"headers": 0, "body": len(answer.body) // 2}[self.when]
        exchange.send_bytes(answer.head() + answer.body[:sent])
        exchange.reset()
        return True


@dataclass
class Truncate(Fault):
    """Half of the body, then the end of the connection in good order.

    Content-Length promised more, or chunks went on.
    """

    chunked: bool = False

    def serve(self, exchange: Exchange) -> bool:
        answer = exchange.answer
        half = answer.body[: len(answer.body) // 2]
        exchange.send_last(
            _chunked_head(answer) + _chunks(half, 100) if self.chunked else answer.head() + half
        )
        exchange.close()
        return True


class Hang(Fault):
    """No answer at all; the connection stays open."""

    def serve(self, exchange: Exchange) -> bool:
        exchange.wait_until_client_leaves()
        return True


@dataclass
class Drip(Fault):
    """The proper answer, a few bytes at a time."""

    interval_ms: float
    step_bytes: int = 1

    def serve(self, exchange: Exchange) -> bool:
        data = exchange.answer.render()
        for position in range(0, len(data) - self.step_bytes, self.step_bytes):
            exchange.send_bytes(data[position : position + self.step_bytes])
            exchange.sleep(self.interval_ms / 1000)
        rest = len(data) % self.step_bytes or self.step_bytes
        exchange.send_last(data[-rest:], exchange.answer)
        return True


# --- Delays on the way to the proper answer


@dataclass
class Latency(Fault):
    """The request waits before anything is done for it."""

    milliseconds: float

    def serve(self, exchange: Exchange) -> bool:
        exchange.sleep(self.milliseconds / 1000)
        return False


class Hold(Fault):
    """The request waits until release().

    Then it is answered properly. Once released, nothing is held any more.
    """

    def __init__(self) -> None:
        self._released = os.eventfd(0)

    def __del__(self) -> None:
        os.close(self._released)

    def serve(self, exchange: Exchange) -> bool:
        exchange.wait_for(self._released)
        return False

    def release(self) -> None:
        os.eventfd_write(self._released, 1)

    def abandon(self) -> None:
        self.release()


# --- Which requests a fault happens to


@dataclass
class _Planned:
    fault: Fault
    when: Condition | None
    left: int | None

    def claims(self, operation: str, request: Any) -> bool:
        return self.left != 0 and (self.when is None or self.when(operation, request))


class Faults:
    """The faults of a store, in the order in which they were added."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: list[_Planned] = []

    def add(self, fault: Fault, times: int | None = 1, when: Condition | None = None) -> Any:
        """Plans a fault for the next matching requests, `times` of them.

        None means always. Returns the fault.
        """
        with self._lock:
            self._planned.append(_Planned(fault, when, times))
        return fault

    def always(self, fault: Fault, when: Condition | None = None) -> Any:
        return self.add(fault, None, when)

    def clear(self) -> None:
        """Forgets all faults; requests that one of them keeps waiting go on."""
        with self._lock:
            planned, self._planned = self._planned, []
        for plan in planned:
            plan.fault.abandon()

    def pending(self) -> int:
        """How many planned occurrences have not happened.

        Those that go on for ever do not count.
        """
        with self._lock:
            return sum(plan.left or 0 for plan in self._planned)

    def matching(self, operation: str, request: Any) -> Iterator[Fault]:
        """The faults for a request, in order.

        One counts as having happened when it is taken from here.
        """
        with self._lock:
            planned = list(self._planned)
        for plan in planned:
            with self._lock:
                if not plan.claims(operation, request):
                    continue
                if plan.left is not None:
                    plan.left -= 1
            yield plan.fault


def _chunked_head(answer: Answer) -> bytes:
    return answer.head({"Transfer-Encoding": "chunked"})


def _chunks(body: bytes, size: int) -> bytes:
    return b"".join(
        _chunk(body[position : position + size]) for position in range(0, len(body), size)
    )


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)
