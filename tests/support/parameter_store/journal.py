"""What happened.

Every request with its times and outcome, connections and handshakes; tests wait for events here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Entry:
    """One request. Times are time.monotonic()."""

    connection: int
    """Number of the connection, counted from 1 in the order of acceptance."""
    client_port: int
    method: str
    target: str
    headers: dict[str, str]
    """By lower-case name; the first value where a name came twice."""
    raw_body: bytes
    operation: str
    """The operation's name; "" if there was no X-Amz-Target."""
    body: Any
    """The decoded JSON, or None if it is none."""
    received: float = 0.0
    in_flight: int = 0
    """Requests that were unanswered at that moment, this one included."""
    answered: float | None = None
    """When the end of the answer was about to be sent (or the connection was cut).

    None while the request waits.
    """
    status: int | None = None
    """None as long as there is no answer, and if there never was one."""
    error_code: str | None = None
    access_key_id: str | None = None
    """Whose signature was accepted."""
    faults: list[str] = field(default_factory=list)
    """Names of the faults that had a hand in the answer."""


class Journal:
    """Thread-safe record of everything that reached the server since it was made or cleared."""

    def __init__(self) -> None:
        self._changed = threading.Condition(threading.RLock())
        self._entries: list[Entry] = []
        self._in_flight = 0
        self.on_answer: Callable[[Entry], None] | None = None
        """Called for each request that was dealt with, from the thread that did it."""
        self.connections = 0
        """Accepted TCP connections."""
        self.open_connections = 0
        self.tls_handshakes = 0
        """Completed handshakes, resumed ones included."""
        self.tls_resumptions = 0
        self.tls_failures = 0

    @property
    def entries(self) -> list[Entry]:
        with self._changed:
            return list(self._entries)

    @property
    def in_flight(self) -> int:
        with self._changed:
            return self._in_flight

    @property
    def max_in_flight(self) -> int:
        return max((entry.in_flight for entry in self.entries), default=0)

    def operations(self, name: str | None = None) -> list[Entry]:
        """The requests for one operation, or for any."""
        return [
            entry for entry in self.entries if entry.operation and name in (None, entry.operation)
        ]

    def wait_for(self, predicate: Callable[[Journal], Any], timeout: float = 10.0) -> Any:
        """Returns what predicate(journal) returns as soon as that is true.

        It is evaluated again after every event. TimeoutError if it does not become true.
        """
        deadline = time.monotonic() + timeout
        with self._changed:
            while not (result := predicate(self)):
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    raise TimeoutError(
                        f"nothing of the kind happened within {timeout} s; journal: {self._entries}"
                    )
                self._changed.wait(remaining)
            return result

    def clear(self) -> None:
        """Forgets requests and counts.

        What is still in flight or connected stays counted as that.
        """
        with self._changed:
            self._entries = []
            self.connections = self.tls_handshakes = self.tls_resumptions = self.tls_failures = 0

    def connection_opened(self) -> None:
        with self._changed:
            self.connections += 1
            self.open_connections += 1
            self._changed.notify_all()

    def connection_closed(self) -> None:
        with self._changed:
            self.open_connections -= 1
            self._changed.notify_all()

    def handshake_completed(self, resumed: bool) -> None:
        with self._changed:
            self.tls_handshakes += 1
            self.tls_resumptions += resumed
            self._changed.notify_all()

    def handshake_failed(self) -> None:
        with self._changed:
            self.tls_failures += 1
            self._changed.notify_all()

    def request_received(self, entry: Entry) -> None:
        with self._changed:
            self._in_flight += 1
            entry.received = time.monotonic()
            entry.in_flight = self._in_flight
            self._entries.append(entry)
            self._changed.notify_all()

    def request_finished(self, entry: Entry, status: int | None, error_code: str | None) -> None:
        with self._changed:
            self._in_flight -= 1
            entry.answered = time.monotonic()
            entry.status = status
            entry.error_code = error_code
            self._changed.notify_all()
        if self.on_answer is not None:
            self.on_answer(entry)
