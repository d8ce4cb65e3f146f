"""The least TLS version: TLS 1.2, to AWS and to a proxy, whatever the system's configuration of OpenSSL would allow."""

from __future__ import annotations

import socket
import struct
from pathlib import Path

import pytest
from conftest import Runner
from tunnels import listener

TLS_1_2, TLS_1_3 = 0x0303, 0x0304
SUPPORTED_VERSIONS = 43

LAX = """
openssl_conf = default
[default]
ssl_conf = ssl
[ssl]
system_default = lax
[lax]
MinProtocol = TLSv1
CipherString = ALL:@SECLEVEL=0
"""
"""For OpenSSL, which otherwise hides what the program asks for: Debian's own configuration wants TLS 1.2 as well."""


def read_exactly(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count and (piece := connection.recv(count - len(data))):
        data += piece
    return data


def offered_versions(hello: bytes) -> set[int]:
    """Of a ClientHello with its handshake header: RFC 8446, 4.1.2 and 4.2.1."""
    assert hello[0] == 1, hello
    (legacy,) = struct.unpack_from("!H", hello, 4)
    at = 4 + 2 + 32
    at += 1 + hello[at]  # the session
    at += 2 + struct.unpack_from("!H", hello, at)[0]  # the cipher suites
    at += 1 + hello[at]  # the compression methods
    at += 2
    while at < len(hello):
        kind, length = struct.unpack_from("!HH", hello, at)
        if kind == SUPPORTED_VERSIONS:
            count = hello[at + 4] // 2
            return set(struct.unpack_from(f"!{count}H", hello, at + 5))
        at += 4 + length
    return {legacy}


@pytest.mark.parametrize("peer", ["AWS", "a proxy"])
def test_nothing_older_than_tls_1_2_is_offered(run: Runner, tmp_path: Path, peer: str) -> None:
    hellos: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        with connection:
            record = read_exactly(connection, 5)
            hellos.append(read_exactly(connection, struct.unpack("!H", record[3:])[0]))

    (tmp_path / "openssl.cnf").write_text(LAX)
    with listener(serve) as port:
        place = {"AWS": {"AWS_ENDPOINT_URL": f"https://127.0.0.1:{port}"},
                 "a proxy": {"AWS_ENDPOINT_URL": "https://ssm.invalid.test", "HTTPS_PROXY": f"https://127.0.0.1:{port}"}}[peer]  # fmt: skip
        result = run("/p", "--", "/bin/true", env={"OPENSSL_CONF": str(tmp_path / "openssl.cnf"), "AWS_MAX_ATTEMPTS": "1", **place})
    result.expect_failure("the connection was closed")
    assert len(hellos) == 1
    offered = offered_versions(hellos[0])
    assert TLS_1_2 in offered
    assert offered <= {TLS_1_2, TLS_1_3}
