"""The whole Parameter Store in one object: what tests and the demo use."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from .credentials import DEFAULT_CREDENTIALS, Credentials
from .json_text import AnswerStyle
from .keys import Keys
from .local_service import LocalService
from .model import Consistency, Model
from .operations import Operations
from .paging import Paging
from .policies import Document
from .policy import Policy
from .rates import WriteRate
from .reading import Reader
from .service import Service
from .tagging import Tagger
from .writing import Writer


class ParameterStore(LocalService):
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
        super().__init__(
            tls=tls,
            port=port,
            ipv6=ipv6,
            certificates_directory=certificates_directory,
            certificate=certificate,
            host_names=host_names,
        )
        self.region = region
        self.default_credentials = DEFAULT_CREDENTIALS
        """Known from the start."""

        self.model = Model(region)
        self.policy = Policy(region)
        self.keys = Keys(self.policy, region)
        self._answers = AnswerStyle()
        self._paging = Paging()
        self._write_rate = WriteRate()
        self.put = self.model.put
        self.put_shared = self.model.put_shared
        self.put_secret = self.model.put_secret
        self.delete = self.model.delete

        self._credentials = {DEFAULT_CREDENTIALS.access_key_id: DEFAULT_CREDENTIALS}
        operations = Operations(
            Reader(self.model, self.policy, self.keys, self._paging, self._answers),
            Writer(self.model, self.policy, self.keys),
            Tagger(self.model, self.policy),
            self._write_rate,
        )
        self._answer_with(
            Service(operations, self._credentials, self._answers, region, self.scheme, self._now)
        )

    def reset(self) -> None:
        """Everything but the port as it was in the beginning.

        Empty, obliging, with a blank journal and no connection.
        """
        super().reset()
        self.model.reset()
        self.policy.reset()
        self.keys.reset()
        self._answers.reset()
        self._paging.reset()
        self._write_rate.reset()
        self._credentials.clear()
        self._credentials[DEFAULT_CREDENTIALS.access_key_id] = DEFAULT_CREDENTIALS

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

    @property
    def consistency(self) -> Consistency:
        return self.model.consistency

    def limit_writes(
        self, per_second: float | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """How many PutParameter requests a second are answered; None is without limit.

        So many at once, too. put() is not counted.
        """
        self._write_rate.set(per_second, clock)

    # --- Who may do what

    def add_credentials(
        self,
        access_key_id: str,
        secret_access_key: str,
        session_token: str | None = None,
        expired: bool = False,
        principal_arn: str = DEFAULT_CREDENTIALS.principal_arn,
        context: Mapping[str, str] | None = None,
    ) -> Credentials:
        credentials = Credentials(
            access_key_id, secret_access_key, session_token, expired, principal_arn, context or {}
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

    def attach(
        self, document: Document, access_key_id: str | None = None, kind: str = "identity"
    ) -> None:
        """Enforces an IAM policy document, for one access key or for all.

        kind is "identity", "boundary", "scp" or "rcp". Whoever has an identity policy is denied
        what none of its identity policies allows.
        """
        self.policy.attach(document, access_key_id, kind)

    def add_key(self, key_id: str, *aliases: str, policy: Document | None = None) -> str:
        """Adds a KMS key, with its policy, and returns its ARN.

        From then on keys that were not added do not exist, alias/aws/ssm excepted.
        """
        return self.keys.add(key_id, aliases, policy)

    def deny_key(self, key_id: str) -> None:
        """Nobody may decrypt with the key: a page that holds a value under it fails as a whole."""
        self.keys.denied.add(key_id)

    def disable_key(self, key_id: str) -> None:
        self.keys.disabled.add(key_id)
