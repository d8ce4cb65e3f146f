"""Certificates that are made on the spot, and TLS servers that show chains of them."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import NameOID
from tunnels import listener, read_head

AWS_HOST = "ssm.us-east-1.amazonaws.com"
NOW = datetime.now(timezone.utc)
REFUSAL = b'{"__type":"AccessDeniedException","message":"no"}'
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def named(text: str, kind: _ASN1Type = _ASN1Type.UTF8String) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text, kind)])


@dataclass(frozen=True)
class Party:
    name: x509.Name
    key: Key = field(default_factory=new_key)


def issue(
    subject: Party, issuer: Party, *, is_ca: bool | None = True, days: tuple[int, int] = (-1, 30), path_length: int | None = None
) -> x509.Certificate:
    """is_ca None: without basic constraints at all."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject.name)
        .issuer_name(issuer.name)
        .public_key(subject.key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + timedelta(days=days[0]))
        .not_valid_after(NOW + timedelta(days=days[1]))
    )
    if is_ca is not None:
        builder = builder.add_extension(x509.BasicConstraints(is_ca, path_length), critical=True)
    if not is_ca:
        names = [x509.DNSName(AWS_HOST), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(issuer.key, hashes.SHA256())


def pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(certificate.public_bytes(serialization.Encoding.PEM) for certificate in certificates)


server = Party(named("server"))


def context_for(chain: list[x509.Certificate], directory: Path) -> ssl.SSLContext:
    path = directory / "server.pem"
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(pem(*chain) + server.key.private_bytes(serialization.Encoding.PEM, *plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.load_cert_chain(path)
    return context


@dataclass
class Service:
    """Counts who came and who asked."""

    port: int = 0
    connections: int = 0
    requests: int = 0


@contextmanager
def serving(chain: list[x509.Certificate], directory: Path) -> Iterator[Service]:
    """A TLS server with a chain of certificates, which refuses whatever it is asked for."""
    service, context = Service(), context_for(chain, directory)

    def serve(client: socket.socket) -> None:
        service.connections += 1
        client.settimeout(30)
        with suppress(OSError), context.wrap_socket(client, server_side=True) as stream:
            if read_head(stream):
                service.requests += 1
                head = b"HTTP/1.1 400 Bad Request\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: %d\r\n\r\n"
                stream.sendall(head % len(REFUSAL) + REFUSAL)

    with listener(serve) as service.port:
        yield service
