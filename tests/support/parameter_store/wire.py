"""HTTP/1.1 as bytes: requests read from a socket, answers written as one block."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from http import HTTPStatus

_HEAD_BYTES_MAX = 64 * 1024
_BODY_BYTES_MAX = 1024 * 1024
_RECEIVE_BYTES = 64 * 1024


class MalformedRequest(Exception):
    """What arrived is not an HTTP request that this server understands."""


@dataclass(frozen=True)
class Request:
    """A request as it was received; header values are trimmed and nothing else."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The first value of a header, whatever the case of its name."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    @property
    def wants_close(self) -> bool:
        return (self.header("connection") or "").lower() == "close"


@dataclass
class Answer:
    """An answer that has not been sent yet."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    error_code: str | None = None

    def head(self, framing: dict[str, str] | None = None) -> bytes:
        """Status line and headers. framing replaces the Content-Length that fits the body."""
        headers = {
            **self.headers,
            **({"Content-Length": str(len(self.body))} if framing is None else framing),
        }
        lines = [f"HTTP/1.1 {self.status} {_reason(self.status)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def render(self) -> bytes:
        return self.head() + self.body


class RequestReader:
    """Reads one request after the other from a connection that is kept alive."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._buffer = b""

    def read(self) -> Request | None:
        """The next request, or None if the client has closed the connection before one."""
        head = self._read_head()
        if head is None:
            return None
        method, target, headers = _parse_head(head)
        request = Request(method, target, headers, b"")
        if request.header("transfer-encoding") is not None:
            raise MalformedRequest("the body is chunked; the service wants a Content-Length")
        length = request.header("content-length") or "0"
        if not length.isdecimal() or int(length) > _BODY_BYTES_MAX:
            raise MalformedRequest(f"Content-Length {length}")
        if (request.header("expect") or "").lower() == "100-continue":
            self._sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        return Request(method, target, headers, self._read_body(int(length)))

    def _read_head(self) -> bytes | None:
        while b"\r\n\r\n" not in self._buffer:
            if len(self._buffer) > _HEAD_BYTES_MAX:
                raise MalformedRequest("the headers do not end")
            data = self._sock.recv(_RECEIVE_BYTES)
            if not data:
                if self._buffer:
                    raise MalformedRequest("the connection ended within the headers")
                return None
            self._buffer += data
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        return head

    def _read_body(self, length: int) -> bytes:
        while len(self._buffer) < length:
            data = self._sock.recv(_RECEIVE_BYTES)
            if not data:
                raise MalformedRequest("the connection ended within the body")
            self._buffer += data
        body, self._buffer = self._buffer[:length], self._buffer[length:]
        return body


def _parse_head(head: bytes) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    first, *lines = head.decode("utf-8", "replace").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or words[2] != "HTTP/1.1" or not words[1].startswith("/"):
        raise MalformedRequest(f"request line {first!r}")
    headers = []
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise MalformedRequest(f"header line {line!r}")
        headers.append((name, value.strip()))
    return words[0], words[1], tuple(headers)


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
