"""What every service on loopback has: a port, perhaps TLS, faults, a journal, and a clock of its own."""

from __future__ import annotations

import shutil
import tempfile
import time
from contextlib import AbstractContextManager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import TracebackType
from typing import Self

from .certificates import Certificates
from .exchange import Answering
from .faults import Faults
from .journal import Journal
from .server import Server


class LocalService:
    """Serves from start() to stop(), or within a with statement.

    A subclass hands over what makes its answers with _answer_with() before it is started.
    """

    def __init__(
        self,
        *,
        tls: bool,
        port: int = 0,
        ipv6: bool = False,
        certificates_directory: Path | None = None,
        certificate: str = "valid",
        host_names: tuple[str, ...] = (),
    ) -> None:
        """The certificate is "valid" for loopback and host_names, or else "expired", "other-host"
        or "unknown-ca".

        ipv6 listens on ::1 as well, same port. Without a directory certificates live as long as
        the object.
        """
        self.tls = tls
        self.host = "127.0.0.1"
        self.clock_offset_seconds = 0.0
        """How far the server's clock is ahead; Date and the judgement of signatures follow it."""
        self.faults = Faults()
        self.journal = Journal()

        self._temporary: Path | None = None
        if tls and certificates_directory is None:
            certificates_directory = self._temporary = Path(
                tempfile.mkdtemp(prefix="parameter-store-")
            )
        self._certificates = (
            Certificates(certificates_directory) if certificates_directory else None
        )
        self._context = (
            self._certificates.server_context(certificate, host_names)
            if tls and self._certificates
            else None
        )
        self._wanted_port = port
        self._ipv6 = ipv6

    def _answer_with(self, service: Answering) -> None:
        self._server = Server(
            service, self.faults, self.journal, self._context, self._wanted_port, self._ipv6
        )

    def start(self) -> Self:
        self._server.start()
        return self

    def stop(self) -> None:
        """Closes the port and all connections; requests that still wait are dropped."""
        self._server.stop()
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)

    def reset(self) -> None:
        """Everything but the port as it was in the beginning.

        Obliging, with a blank journal and no connection.
        """
        self.faults.clear()
        self.drop_connections()
        self.clock_offset_seconds = 0.0
        self.handshake_hangs = False
        self.connection_latency_ms = 0.0
        self.journal.clear()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    # --- Where it is

    @property
    def scheme(self) -> str:
        return "https" if self.tls else "http"

    @property
    def port(self) -> int:
        return self._server.port

    @property
    def endpoint_url(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"

    @property
    def ca_file(self) -> Path:
        """The authority that a client has to trust.

        It did not issue an "unknown-ca" certificate.
        """
        if self._certificates is None:
            raise ValueError("without TLS there is no authority")
        return self._certificates.ca_file

    # --- What the network does

    @property
    def handshake_hangs(self) -> bool:
        """Whether new connections are accepted and then never get through their TLS handshake."""
        return self._server.handshake_hangs

    @handshake_hangs.setter
    def handshake_hangs(self, value: bool) -> None:
        self._server.handshake_hangs = value

    @property
    def connection_latency_ms(self) -> float:
        """How long an accepted connection waits before its handshake."""
        return self._server.connection_latency_ms

    @connection_latency_ms.setter
    def connection_latency_ms(self, value: float) -> None:
        self._server.connection_latency_ms = value

    def port_closed(self) -> AbstractContextManager[None]:
        """Within it connections are refused and the existing ones closed.

        Afterwards the same port listens again.
        """
        return self._server.port_closed()

    def drop_connections(self) -> None:
        """Closes every connection, as a server does with idle ones."""
        self._server.drop_connections()

    def _now(self) -> datetime:
        return datetime.fromtimestamp(time.time(), timezone.utc) + timedelta(
            seconds=self.clock_offset_seconds
        )
