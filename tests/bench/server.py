"""A Parameter Store that costs next to nothing: canned pages, no signatures checked, everything counted.

What a path holds is said by the path: /bench/COUNT/BYTES/TAG has COUNT parameters of BYTES bytes below it,
/bench/COUNT/BYTES/TAG/p00000 and so on, ten on a page. Credentials are given as ECS, EC2 and STS (a web identity) give them.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import resource
import socket
import ssl
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PAGE_ITEMS = 10
THROTTLING = b'{"__type":"ThrottlingException","message":"Rate exceeded"}'
CREDENTIALS = (
    b'{"Code":"Success","AccessKeyId":"ASIABENCH","SecretAccessKey":"secret","Token":"token","Expiration":"2099-01-01T00:00:00Z"}'
)
ROLES_PATH = b"GET /latest/meta-data/iam/security-credentials/ "
ASSUMED_ROLE = b"""<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>
<Credentials><AccessKeyId>ASIABENCH</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>
"""


def path_of(count: int, value_bytes: int = 16, tag: str = "a") -> str:
    return f"/bench/{count}/{value_bytes}/{tag}"


def name_of(path: str, index: int) -> str:
    return f"{path}/p{index:05}"


def _item(name: str) -> dict[str, Any]:
    return {
        "ARN": f"arn:aws:ssm:us-east-1:123456789012:parameter{name}",
        "DataType": "text",
        "LastModifiedDate": 1764000000.123,
        "Name": name,
        "Type": "SecureString",
        "Value": "v" * int(name.split("/")[3]),
        "Version": 1,
    }


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    if "Names" in asked:
        return {"InvalidParameters": [], "Parameters": [_item(name) for name in asked["Names"]]}
    path = asked["Path"].rstrip("/")
    count = int(path.split("/")[2])
    first = int(asked.get("NextToken") or 0)
    last = min(first + PAGE_ITEMS, count)
    page: dict[str, Any] = {"Parameters": [_item(name_of(path, index)) for index in range(first, last)]}
    if last < count:
        page["NextToken"] = str(last)
    return page


def _reply(status: bytes, body: bytes) -> bytes:
    head = b"HTTP/1.1 %b\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: %d\r\n\r\n"
    return head % (status, len(body)) + body


@functools.lru_cache(maxsize=256)
def _canned(body: bytes) -> bytes:
    return _reply(b"200 OK", json.dumps(_answer(json.loads(body)), separators=(",", ":")).encode())


def _credentials(head: bytes, body: bytes) -> bytes | None:
    """The answer of a credential service; None: Parameter Store is asked."""
    if head.startswith(b"PUT "):
        return b"metadata-token"
    if head.startswith(b"GET "):
        return b"bench" if head.startswith(ROLES_PATH) else CREDENTIALS
    return ASSUMED_ROLE if body.startswith(b"Action=") else None


class _Service:
    """Accepts with many threads: each serves one connection at a time, to its end."""

    def __init__(self, settings: argparse.Namespace) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._tls: ssl.SSLContext | None = None
        if settings.certificate:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(settings.certificate)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.port: int = self._listener.getsockname()[1]
        self.reset()
        threading.stack_size(256 * 1024)
        for _ in range(settings.threads):
            threading.Thread(target=self._accept, daemon=True).start()

    def reset(self) -> None:
        with self._lock:
            self._requests: list[float] = []
            self._connections = 0
            self._throttled = 0
            self._sent = 0
            self._tokens = float(self._settings.rate)
            self._filled = time.monotonic()

    def counts(self) -> dict[str, Any]:
        with self._lock:
            return {"requests": self._requests, "connections": self._connections, "throttled": self._throttled, "sent": self._sent}

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            with self._lock:
                self._connections += 1
            with contextlib.suppress(OSError):
                self._serve(connection)
            connection.close()

    def _serve(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._settings.connection_ms:
            time.sleep(self._settings.connection_ms / 1000)
        if self._tls is not None:
            connection = self._tls.wrap_socket(connection, server_side=True)
        received = b""
        while True:
            end = received.find(b"\r\n\r\n")
            if end < 0:
                more = connection.recv(65536)
                if not more:
                    connection.close()
                    return
                received += more
                continue
            head = received[:end] + b"\r\n"
            length = int((head.lower().split(b"\r\ncontent-length:") + [b"0\r\n"])[1].split(b"\r\n")[0])
            begin, end = end + 4, end + 4 + length
            while len(received) < end:
                received += connection.recv(65536)
            body, received = received[begin:end], received[end:]
            granted = self._count()
            if self._settings.request_ms:
                time.sleep(self._settings.request_ms / 1000)
            credentials = _credentials(head, body)
            if credentials is not None:
                reply = _reply(b"200 OK", credentials)
            else:
                reply = _canned(body) if granted else _reply(b"400 Bad Request", THROTTLING)
            with self._lock:
                self._sent += len(reply)
            connection.sendall(reply)

    def _count(self) -> bool:
        """False if the bucket is empty."""
        with self._lock:
            now = time.monotonic()
            self._requests.append(now)
            if not self._settings.rate:
                return True
            self._tokens = min(self._settings.rate, self._tokens + (now - self._filled) * self._settings.rate)
            self._filled = now
            if self._tokens < 1:
                self._throttled += 1
                return False
            self._tokens -= 1
            return True


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--certificate", help="TLS, with this file of certificate and key")
    parser.add_argument("--request-ms", type=float, default=0, help="latency of each request")
    parser.add_argument("--connection-ms", type=float, default=0, help="latency of each connection")
    parser.add_argument("--rate", type=float, default=0, help="calls a second, and as many at first")
    parser.add_argument("--threads", type=int, default=64, help="connections at a time")
    service = _Service(parser.parse_args())
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print(service.port, flush=True)
    for line in sys.stdin:
        if line == "reset\n":
            service.reset()
        print(json.dumps(service.counts()), flush=True)


@dataclass(frozen=True)
class Counts:
    requests: list[float]
    """When each arrived, by time.monotonic()."""
    connections: int
    throttled: int
    sent: int
    """Bytes of replies."""


class Server:
    """The same as a process of its own; with Server(request_ms=20) as server: server.url."""

    def __init__(self, certificate: Path | None = None, **options: float) -> None:
        command = [sys.executable, __file__]
        for name, value in options.items():
            command += [f"--{name.replace('_', '-')}", str(value)]
        if certificate is not None:
            command += ["--certificate", str(certificate)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        scheme = "http" if certificate is None else "https"
        self.url = f"{scheme}://127.0.0.1:{int(self._process.stdout.readline())}"

    def _ask(self, what: str) -> Counts:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(what + "\n")
        self._process.stdin.flush()
        return Counts(**json.loads(self._process.stdout.readline()))

    def reset(self) -> None:
        self._ask("reset")

    def counts(self) -> Counts:
        return self._ask("counts")

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()


if __name__ == "__main__":
    main()
