"""A certificate authority of our own and the server certificates, good and bad, that it issues.

Kept in a directory.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
KINDS = ("valid", "expired", "other-host", "unknown-ca")

_REUSED_SECONDS = 300 * 24 * 3600
"""Files older than that are made again; certificates are good for twice as long."""


class Certificates:
    """The files of one directory. Processes may share it; what is there already is used again."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.ca_file = directory / "ca.pem"

    def server_context(self, kind: str, extra_names: tuple[str, ...]) -> ssl.SSLContext:
        """A TLS server's context with a certificate of one of KINDS."""
        if kind not in KINDS:
            raise ValueError(f"kind of certificate: {kind}")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        context.load_cert_chain(self._server_file(kind, extra_names))
        return context

    def _server_file(self, kind: str, extra_names: tuple[str, ...]) -> Path:
        digest = (
            hashlib.sha256("\n".join(extra_names).encode()).hexdigest()[:12]
            if extra_names
            else "loopback"
        )
        path = self._directory / f"server-{kind}-{digest}.pem"
        with self._locked():
            if not _is_fresh(self.ca_file) or not _is_fresh(path):
                # Only here: the library takes longer to load than everything else together.
                from . import certificate_making

                if not _is_fresh(self.ca_file):
                    for stale in self._directory.glob("server-*.pem"):
                        stale.unlink()
                    certificate_making.make_authority(self.ca_file, self._directory / "ca-key.pem")
                certificate_making.make_server(
                    path,
                    self.ca_file,
                    self._directory / "ca-key.pem",
                    kind,
                    (*LOOPBACK_NAMES, *extra_names),
                )
        return path

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._directory.mkdir(parents=True, exist_ok=True)
        lock = os.open(self._directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


def _is_fresh(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime < _REUSED_SECONDS
    except FileNotFoundError:
        return False
