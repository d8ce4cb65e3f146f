"""The whole Parameter Store in one object: what tests and the demo hold in their hands."""

from __future__ import annotations

import shutil
import tempfile
import time
from contextlib import AbstractContextManager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import TracebackType

from .certificates import Certificates
from .credentials import DEFAULT_CREDENTIALS, Credentials
from .faults import Faults
from .journal import Journal
from .json_text import AnswerStyle
from .model import Model
from .operations import Operations
from .paging import Paging
from .policy import Keys, Policy
from .reading import Reader
from .server import Server
from .service import Service
from .writing import Writer


class ParameterStore:
    """A local AWS Systems Manager Parameter Store.

    Serves from start() to stop(), or within a with statement.
    """

    def __init__(
        self,
        tls: bool = True,
        *,
        port: int = 0,
        ipv6: bool = False,
        region: str = "us-east-1",
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
        self.region = region
        self.host = "127.0.0.1"
        self.clock_offset_seconds = 0.0
        """How far the server's clock is ahead; Date and the judgement of signatures follow it."""
        self.default_credentials = DEFAULT_CREDENTIALS
        """Known from the start."""

        self.model = Model(region)
        self.policy = Policy(region)
        self.keys = Keys()
        self._answers = AnswerStyle()
        self._paging = Paging()
        self.faults = Faults()
        self.journal = Journal()
        self.put = self.model.put
        self.put_shared = self.model.put_shared
        self.put_secret = self.model.put_secret
        self.delete = self.model.delete

        self._credentials = {DEFAULT_CREDENTIALS.access_key_id: DEFAULT_CREDENTIALS}
        self._temporary: Path | None = None
        if tls and certificates_directory is None:
            certificates_directory = self._temporary = Path(
                tempfile.mkdtemp(prefix="parameter-store-")
            )
        self._certificates = (
            Certificates(certificates_directory) if certificates_directory else None
        )
        context = (
            self._certificates.server_context(certificate, host_names)
            if tls and self._certificates
            else None
        )
        operations = Operations(
            Reader(self.model, self.policy, self.keys, self._paging, self._answers),
            Writer(self.model, self.policy, self.keys),
        )
        service = Service(
            operations, self._credentials, self._answers, region, self.scheme, self._now
        )
        self._server = Server(service, self.faults, self.journal, context, port, ipv6)

    def start(self) -> ParameterStore:
        self._server.start()
        return self

    def stop(self) -> None:
        """Closes the port and all connections; requests that still wait are dropped."""
        self._server.stop()
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)

    def reset(self) -> None:
        """Everything but the port as it was in the beginning.

        Empty, obliging, with a blank journal and no connection.
        """
        self.faults.clear()
        self.drop_connections()
        self.model.reset()
        self.policy.reset()
        self.keys.reset()
        self._answers.reset()
        self._paging.reset()
        self._credentials.clear()
        self._credentials[DEFAULT_CREDENTIALS.access_key_id] = DEFAULT_CREDENTIALS
        self.clock_offset_seconds = 0.0
        self.handshake_hangs = False
        self.connection_latency_ms = 0.0
        self.journal.clear()

    def __enter__(self) -> ParameterStore:
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

    def environment(self, credentials: Credentials | None = None) -> dict[str, str]:
        """The AWS_ variables with which a client finds and reads this store."""
        credentials = credentials or self.default_credentials
        variables = {
            "AWS_ACCESS_KEY_ID": credentials.access_key_id,
            "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ENDPOINT_URL": self.endpoint_url,
        }
        if credentials.session_token is not None:
            variables["AWS_SESSION_TOKEN"] = credentials.session_token
        if self.tls:
            variables["AWS_CA_BUNDLE"] = str(self.ca_file)
        return variables

    # --- How it answers: change the members of these

    @property
    def answers(self) -> AnswerStyle:
        return self._answers

    @property
    def paging(self) -> Paging:
        return self._paging

    # --- Who may do what

    def add_credentials(
        self,
        access_key_id: str,
        secret_access_key: str,
        session_token: str | None = None,
        expired: bool = False,
        principal_arn: str = DEFAULT_CREDENTIALS.principal_arn,
    ) -> Credentials:
        credentials = Credentials(
            access_key_id, secret_access_key, session_token, expired, principal_arn
        )
        self._credentials[access_key_id] = credentials
        return credentials

    def allow(self, action: str, *resources: str, access_key_id: str | None = None) -> None:
        """Allows an action on resources (all if none is given).

        Whoever is allowed something is denied the rest.
        """
        self.policy.allow(action, *resources, access_key_id=access_key_id)

    def deny(self, action: str, *resources: str, access_key_id: str | None = None) -> None:
        self.policy.deny(action, *resources, access_key_id=access_key_id)

    def deny_key(self, key_id: str) -> None:
        """Nobody may decrypt with the key: a page that holds a value under it fails as a whole."""
        self.keys.denied.add(key_id)

    def disable_key(self, key_id: str) -> None:
        self.keys.disabled.add(key_id)

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
