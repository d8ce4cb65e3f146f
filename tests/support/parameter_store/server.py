"""Sockets, TLS and HTTP keep-alive: a thread per connection, all of them on loopback."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from .exchange import Answering, ConnectionOver, Exchange
from .faults import Faults
from .journal import Entry, Journal
from .wire import Answer, MalformedRequest, Request, RequestReader

_BACKLOG = 512
_BIND_ATTEMPTS = 20


class Server:
    """Listens, accepts, and lets faults and the service answer."""

    def __init__(
        self,
        service: Answering,
        faults: Faults,
        journal: Journal,
        tls: ssl.SSLContext | None,
        port: int,
        ipv6: bool,
    ) -> None:
        self.service = service
        self.faults = faults
        self.journal = journal
        self.tls = tls
        self.stopping = threading.Event()
        self.handshake_hangs = False
        self.connection_latency_ms = 0.0
        self.port = port
        self._families = [socket.AF_INET, socket.AF_INET6] if ipv6 else [socket.AF_INET]
        self._lock = threading.Lock()
        self._listeners: list[socket.socket] = []
        self._acceptors: list[threading.Thread] = []
        self._connections: set[Connection] = set()
        self._accepted = 0

    def start(self) -> None:
        self._bind()
        self._listen()

    def stop(self) -> None:
        self.stopping.set()
        self._stop_listening()
        self.faults.clear()
        self.drop_connections()

    def drop_connections(self) -> None:
        """Closes every connection and returns when the last one is gone."""
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            connection.drop()
        for connection in connections:
            connection.thread.join()

    @contextmanager
    def port_closed(self) -> Iterator[None]:
        """Refuses connections within the block, and closes those that exist.

        The port stays ours.
        """
        self._stop_listening()
        self._bind()
        self.drop_connections()
        try:
            yield
        finally:
            self._listen()

    def _bind(self) -> None:
        for attempt in range(_BIND_ATTEMPTS):
            try:
                self._listeners = self._bound_sockets()
                return
            except OSError:
                if self.port or attempt == _BIND_ATTEMPTS - 1:
                    raise

    def _bound_sockets(self) -> list[socket.socket]:
        """Sockets that occupy the port without listening: the kernel refuses connections to it."""
        port = self.port
        sockets: list[socket.socket] = []
        try:
            for family in self._families:
                sock = socket.socket(family, socket.SOCK_STREAM)
                sockets.append(sock)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                sock.bind(("127.0.0.1" if family == socket.AF_INET else "::1", port))
                port = sock.getsockname()[1]
        except OSError:
            for sock in sockets:
                sock.close()
            raise
        self.port = port
        return sockets

    def _listen(self) -> None:
        self._acceptors = []
        for listener in self._listeners:
            listener.listen(_BACKLOG)
            acceptor = threading.Thread(
                target=self._accept, args=(listener,), name="accept", daemon=True
            )
            self._acceptors.append(acceptor)
            acceptor.start()

    def _stop_listening(self) -> None:
        for listener in self._listeners:
            try:
                listener.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        for acceptor in self._acceptors:
            acceptor.join()
        for listener in self._listeners:
            listener.close()
        self._listeners = []

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                sock, address = listener.accept()
            except OSError:
                return
            with self._lock:
                self._accepted += 1
                connection = Connection(self, sock, self._accepted, address[1])
                self._connections.add(connection)
                self.journal.connection_opened()
                connection.thread.start()

    def forget(self, connection: Connection) -> None:
        with self._lock:
            self._connections.discard(connection)
        self.journal.connection_closed()


class Connection:
    """One accepted connection and the thread that serves it."""

    def __init__(self, server: Server, sock: socket.socket, number: int, client_port: int) -> None:
        self._server = server
        self._sock = sock
        self._number = number
        self._client_port = client_port
        self._over = threading.Event()
        self.thread = threading.Thread(target=self._run, name=f"connection-{number}", daemon=True)

    def drop(self) -> None:
        """Makes the thread end soon, whatever it waits for on the network. From any thread."""
        self._over.set()
        try:
            # Not SSLSocket.shutdown: it takes the TLS state away under the thread that uses it.
            socket.socket.shutdown(self._sock, socket.SHUT_RDWR)
        except OSError:
            pass

    def _run(self) -> None:
        try:
            self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._server.connection_latency_ms:
                self._over.wait(self._server.connection_latency_ms / 1000)
            if self._establish():
                self._serve_requests()
                self._say_goodbye()
        except (OSError, ConnectionOver):
            pass
        finally:
            socket.socket.close(self._sock)
            self._server.forget(self)

    def _establish(self) -> bool:
        """Sets TLS up. False if that came to nothing."""
        if self._server.handshake_hangs:
            while self._sock.recv(4096):
                pass
            return False
        if self._server.tls is None:
            return True
        self._sock = self._server.tls.wrap_socket(
            self._sock, server_side=True, do_handshake_on_connect=False
        )
        if self._over.is_set():
            return False
        try:
            self._sock.do_handshake()
        except OSError:
            self._server.journal.handshake_failed()
            return False
        self._server.journal.handshake_completed(bool(self._sock.session_reused))
        return True

    def _serve_requests(self) -> None:
        reader = RequestReader(self._sock)
        while not self._over.is_set():
            try:
                request = reader.read()
            except MalformedRequest as error:
                self._sock.sendall(
                    Answer(400, f"{error}\n".encode(), {"Connection": "close"}).render()
                )
                return
            if request is None:
                return
            try:
                self._serve(request)
            except ConnectionOver:
                return
            if request.wants_close:
                return

    def _serve(self, request: Request) -> None:
        entry = self._entry(request)
        self._server.journal.request_received(entry)
        exchange = Exchange(
            request, entry, self._sock, self._server.journal, self._server.service, self._over
        )
        try:
            for fault in self._server.faults.matching(entry.operation, entry.body):
                entry.faults.append(type(fault).__name__)
                if fault.serve(exchange):
                    return
            exchange.send(exchange.answer)
        finally:
            exchange.finish()

    def _entry(self, request: Request) -> Entry:
        headers: dict[str, str] = {}
        for name, value in request.headers:
            headers.setdefault(name.lower(), value)
        operation, body = self._server.service.describe(request)
        return Entry(
            connection=self._number,
            client_port=self._client_port,
            method=request.method,
            target=request.target,
            headers=headers,
            raw_body=request.body,
            operation=operation,
            body=body,
        )

    def _say_goodbye(self) -> None:
        """Tells a TLS client that the end is meant, without waiting for it to say the same."""
        if isinstance(self._sock, ssl.SSLSocket) and self._sock.fileno() >= 0:
            self._sock.settimeout(0)
            try:
                self._sock.unwrap()
            except (OSError, ValueError):
                pass
