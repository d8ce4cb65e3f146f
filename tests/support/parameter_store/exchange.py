"""One request on one connection and the means to answer it, properly or not.

Faults are written against this.
"""

from __future__ import annotations

import select
import socket
import struct
import threading
from typing import Any, NoReturn, Protocol

from .errors import ServiceError
from .journal import Entry, Journal
from .wire import Answer, Request

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class ConnectionOver(Exception):
    """The connection is done with: closed by either side, or the server stops."""


class NoAnswer(Exception):
    """The service leaves the client waiting, as a host does whose packets get lost."""


class Answering(Protocol):
    """What makes answers: the service."""

    def describe(self, request: Request) -> tuple[str, Any]:
        """The operation's name ("" if there is none) and the decoded request, for faults and journal."""

    def answer(self, request: Request, entry: Entry) -> Answer:
        ...

    def error_answer(self, error: ServiceError) -> Answer:
        ...


class Exchange:
    """A request that waits for its answer."""

    def __init__(
        self,
        request: Request,
        entry: Entry,
        sock: socket.socket,
        journal: Journal,
        service: Answering,
        stopping: threading.Event,
    ) -> None:
        self.request = request
        self.entry = entry
        self._sock = sock
        self._journal = journal
        self._service = service
        self._stopping = stopping
        self._answer: Answer | None = None
        self._finished = False

    @property
    def answer(self) -> Answer:
        """What the service answers; computed once, when first asked for."""
        if self._answer is None:
            try:
                self._answer = self._service.answer(self.request, self.entry)
            except NoAnswer:
                self.wait_until_client_leaves()
        return self._answer

    def refuse(self, error: ServiceError) -> Answer:
        """An answer that says so, in the service's own form."""
        return self._service.error_answer(error)

    def send(self, answer: Answer) -> None:
        """Sends a whole answer in one write."""
        self.send_last(answer.render(), answer)

    def send_bytes(self, data: bytes) -> None:
        """Sends part of an answer."""
        try:
            self._sock.sendall(data)
        except OSError:
            raise ConnectionOver from None

    def send_last(self, data: bytes, answer: Answer | None = None) -> None:
        """Sends the end of an answer. The journal has it before the client can."""
        self.finish(answer)
        self.send_bytes(data)

    def finish(self, answer: Answer | None = None) -> None:
        """Enters the outcome into the journal, once."""
        if not self._finished:
            self._finished = True
            self._journal.request_finished(
                self.entry, answer.status if answer else None, answer.error_code if answer else None
            )

    def close(self, answer: Answer | None = None) -> None:
        """Ends the connection in good order.

        Answer is what the client may take for the answer, if anything.
        """
        self.finish(answer)
        raise ConnectionOver

    def reset(self, answer: Answer | None = None) -> None:
        """Ends the connection with a TCP RST."""
        self.finish(answer)
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        socket.socket.close(self._sock)
        raise ConnectionOver

    def sleep(self, seconds: float) -> None:
        """Waits, unless the server stops before."""
        if self._stopping.wait(seconds):
            raise ConnectionOver

    def wait_for(self, descriptor: int) -> None:
        """Waits until the descriptor is readable, unless the connection ends first."""
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        poll.register(self._sock, select.POLLIN)
        if descriptor not in dict(poll.poll()):
            raise ConnectionOver

    def wait_until_client_leaves(self) -> NoReturn:
        """Says nothing until the client closes the connection or the server stops."""
        try:
            while self._sock.recv(4096):
                pass
        except OSError:
            pass
        raise ConnectionOver
