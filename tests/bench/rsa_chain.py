"""A chain like the one that AWS's endpoints show: RSA with 2048 bits, root, intermediate, server."""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID


def make_rsa_chain(directory: Path) -> tuple[Path, Path]:
    """The root's file, and the server's: its certificate, the intermediate's, its key."""
    keys = [rsa.generate_private_key(65537, 2048) for _ in range(3)]
    names = [
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Bench {what}")]) for what in ("root", "intermediate", "server")
    ]
    now = datetime.now(timezone.utc)
    pems = []
    for level, (key, name) in enumerate(zip(keys, names)):
        issuer = max(level - 1, 0)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(names[issuer])
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=level < 2, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
            .sign(keys[issuer], hashes.SHA256())
        )
        pems.append(certificate.public_bytes(serialization.Encoding.PEM))
    key_pem = keys[2].private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    root, server = directory / "rsa-root.pem", directory / "rsa-server.pem"
    root.write_bytes(pems[0])
    server.write_bytes(pems[2] + pems[1] + key_pem)
    return root, server
