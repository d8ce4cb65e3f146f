"""KMS keys: which exist, which can be used, and by whom."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from . import names, policies
from .credentials import Credentials
from .errors import ServiceError
from .policy import Policy

DEFAULT_KEY_ID = "alias/aws/ssm"


@dataclass(frozen=True)
class Key:
    """A key with its policy."""

    arn: str
    policy: policies.Policy


class Keys:
    """The keys, by the ids and aliases with which parameters name them.

    As long as none was added every key exists; afterwards only those added and alias/aws/ssm. Each
    may be used by whom its policy and the callers' policies let.
    """

    def __init__(self, policy: Policy, region: str) -> None:
        self._policy = policy
        self._region = region
        self._added: dict[str, Key] = {}
        self.denied: set[str] = set()
        self.disabled: set[str] = set()

    def add(
        self,
        key_id: str,
        aliases: tuple[str, ...] = (),
        policy: policies.Document | None = None,
    ) -> str:
        """Adds a key and returns its ARN.

        Without a policy it has the one that a new key has: the account's identity policies decide.
        """
        key = Key(self._arn(f"key/{key_id}"), policies.Policy(policy) if policy else _ACCOUNT_POLICY)
        self._added.update((name, key) for name in (key_id, *aliases))
        return key.arn

    def check_decrypt(
        self,
        caller: Credentials,
        key_id: str,
        encryption_context: Mapping[str, str],
        service: str = "ssm",
    ) -> None:
        """Raises what a read ends with if the value cannot be decrypted for the caller."""
        key = self.require(key_id)
        if key_id in self.denied or self._denial(
            caller, "kms:Decrypt", key, encryption_context, service
        ):
            raise ServiceError(
                "AccessDeniedException",
                "The ciphertext refers to a customer master key that does not exist, does not "
                "exist in this region, or "
                f"you are not allowed to access. ({_kms_failure('AccessDeniedException')})",
            )

    def check_encrypt(
        self, caller: Credentials, key_id: str, tier: str, encryption_context: Mapping[str, str]
    ) -> None:
        """Raises what PutParameter ends with if the value cannot be encrypted for the caller."""
        key = self.require(key_id)
        action = "kms:GenerateDataKey" if tier == "Advanced" else "kms:Encrypt"
        reason = self._denial(caller, action, key, encryption_context, "ssm")
        if reason is not None:
            raise ServiceError(
                "AccessDeniedException",
                f"User: {caller.principal_arn} is not authorized to perform: {action} on "
                f"resource: {key.arn} {reason} ({_kms_failure('AccessDeniedException')})",
            )

    def require(self, key_id: str) -> Key:
        """The key, or InvalidKeyId if it is disabled or does not exist."""
        if key_id in self.disabled:
            raise ServiceError(
                "InvalidKeyId", f"{key_id} is disabled. ({_kms_failure('DisabledException')})"
            )
        name = _short(key_id)
        if name == DEFAULT_KEY_ID:
            return Key(self._arn(f"key/{_made_up_id(name)}"), _MANAGED_POLICY)
        if not self._added:
            made_up = _made_up_id(name) if name.startswith("alias/") else name
            return Key(self._arn(f"key/{made_up}"), _ACCOUNT_POLICY)
        if name not in self._added:
            failure = _kms_failure("NotFoundException")
            if name.startswith("alias/"):
                raise ServiceError(
                    "InvalidKeyId", f"Alias {self._arn(name)} is not found. ({failure})"
                )
            raise ServiceError(
                "InvalidKeyId", f"Key '{self._arn(f'key/{name}')}' does not exist ({failure})"
            )
        return self._added[name]

    def reset(self) -> None:
        self._added.clear()
        self.denied.clear()
        self.disabled.clear()

    def _denial(
        self,
        caller: Credentials,
        action: str,
        key: Key,
        encryption_context: Mapping[str, str],
        service: str,
    ) -> str | None:
        """The service's own request to KMS, in the caller's name."""
        context: dict[str, str | tuple[str, ...]] = {
            "kms:ViaService": f"{service}.{self._region}.amazonaws.com",
            "kms:CallerAccount": names.ACCOUNT_ID,
            "kms:EncryptionContextKeys": tuple(encryption_context),
            **{
                f"kms:EncryptionContext:{name}": value
                for name, value in encryption_context.items()
            },
        }
        return self._policy.document_denial(caller, action, key.arn, context, key.policy)

    def _arn(self, resource: str) -> str:
        return f"arn:aws:kms:{self._region}:{names.ACCOUNT_ID}:{resource}"


def _short(key_id: str) -> str:
    """A key's id, or an alias with "alias/", whether given as such or as an ARN."""
    name = key_id.split(":", 5)[5] if key_id.startswith("arn:") else key_id
    return name.removeprefix("key/")


def _made_up_id(alias: str) -> str:
    return str(uuid.UUID(hashlib.sha256(alias.encode()).hexdigest()[:32]))


_ACCOUNT_POLICY = policies.Policy(
    {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{names.ACCOUNT_ID}:root"},
            "Action": "kms:*",
            "Resource": "*",
        },
    }
)
"""What a key has unless told otherwise: the account's identity policies decide."""
_MANAGED_POLICY = policies.Policy(
    {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": [
                "kms:Encrypt",
                "kms:Decrypt",
                "kms:ReEncrypt*",
                "kms:GenerateDataKey*",
                "kms:DescribeKey",
            ],
            "Resource": "*",
            "Condition": {
                "StringEquals": {"kms:CallerAccount": names.ACCOUNT_ID},
                "StringLike": {"kms:ViaService": "ssm.*.amazonaws.com"},
            },
        },
    }
)
"""alias/aws/ssm: everybody of the account, through Parameter Store."""


def _kms_failure(code: str) -> str:
    request_id = uuid.uuid4()
    return (
        f"Service: AWSKMS; Status Code: 400; Error Code: {code}; "
        f"Request ID: {request_id}; Proxy: null"
    )
