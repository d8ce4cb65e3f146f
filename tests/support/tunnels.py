"""Connections that lead elsewhere: a port whose connections a test serves, and an HTTP proxy that tunnels."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


@contextmanager
def listener(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """A loopback port whose connections serve handles, one thread each; all ends with the block."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threads: list[threading.Thread] = []

        def accept() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                threads.append(threading.Thread(target=serve, args=(connection,)))
                threads[-1].start()

        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield server.getsockname()[1]
        finally:
            server.shutdown(socket.SHUT_RDWR)
            accepting.join()
            for thread in threads:
                thread.join()


def read_head(connection: socket.socket) -> bytes:
    """A request up to its blank line, or what came before the end."""
    head = b""
    while b"\r\n\r\n" not in head and (piece := connection.recv(4096)):
        head += piece
    return head


def relay(one: socket.socket, other: socket.socket) -> None:
    """Both ways, until both sides have ended; closes them."""

    def copy(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    with one, other:
        back = threading.Thread(target=copy, args=(other, one))
        back.start()
        copy(one, other)
        back.join()


@contextmanager
def proxy(
    port_of: Callable[[str], int | None] = lambda _: None, context: ssl.SSLContext | None = None
) -> Iterator[tuple[str, list[str]]]:
    """Tunnels to the loopback port that port_of gives for a "host:port", and refuses where it gives none.

    With a context the proxy itself speaks TLS. Gives its URL, and the list of whom it was asked for.
    """
    asked: list[str] = []

    def serve(client: socket.socket) -> None:
        client.settimeout(30)
        with suppress(OSError), client if context is None else context.wrap_socket(client, server_side=True) as stream:
            words = read_head(stream).decode().split(" ")
            if len(words) < 2:
                return
            asked.append(words[1])
            port = port_of(words[1])
            if words[0] != "CONNECT" or port is None:
                stream.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            upstream = socket.create_connection(("127.0.0.1", port))
            stream.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            relay(stream, upstream)

    with listener(serve) as port:
        yield f"{'http' if context is None else 'https'}://127.0.0.1:{port}", asked
