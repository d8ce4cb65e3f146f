"""IAM in small: rules that allow or deny actions on resources, and keys that cannot be used."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from . import names
from .credentials import Credentials
from .errors import ServiceError


@dataclass(frozen=True)
class Rule:
    """One statement.

    Patterns know * and ?; a resource that begins with / is short for a parameter's ARN.
    """

    effect: str
    action: str
    resources: tuple[str, ...]
    access_key_id: str | None

    def concerns(self, caller: Credentials) -> bool:
        return self.access_key_id in (None, caller.access_key_id)


class Policy:
    """Who may do what.

    As long as no rule that concerns a caller allows anything, everything is allowed to it.
    """

    def __init__(self, region: str) -> None:
        self._region = region
        self._rules: list[Rule] = []

    def allow(self, action: str, *resources: str, access_key_id: str | None = None) -> None:
        self._add("allow", action, resources, access_key_id)

    def deny(self, action: str, *resources: str, access_key_id: str | None = None) -> None:
        self._add("deny", action, resources, access_key_id)

    def reset(self) -> None:
        self._rules = []

    def denial(self, caller: Credentials, action: str, resource: str) -> str | None:
        """None if the caller may, else how the service words why not."""
        rules = [rule for rule in self._rules if rule.concerns(caller)]
        matching = {rule.effect for rule in rules if self._matches(rule, action, resource)}
        if "deny" in matching:
            return "with an explicit deny in an identity-based policy"
        if "allow" not in matching and any(rule.effect == "allow" for rule in rules):
            return f"because no identity-based policy allows the {action} action"
        return None

    def check(
        self, caller: Credentials, action: str, resource: str, shown: str | None = None
    ) -> None:
        """Raises AccessDeniedException unless the caller may.

        shown stands in for the resource in the message.
        """
        reason = self.denial(caller, action, resource)
        if reason is not None:
            raise ServiceError(
                "AccessDeniedException",
                f"User: {caller.principal_arn} is not authorized to perform: {action} "
                f"on resource: {shown or resource} {reason}",
            )

    def _add(
        self, effect: str, action: str, resources: tuple[str, ...], access_key_id: str | None
    ) -> None:
        expanded = tuple(
            names.parameter_arn(self._region, resource) if resource.startswith("/") else resource
            for resource in resources or ("*",)
        )
        self._rules = [*self._rules, Rule(effect, action, expanded, access_key_id)]

    @staticmethod
    def _matches(rule: Rule, action: str, resource: str) -> bool:
        if not _wildcard(rule.action, re.IGNORECASE).fullmatch(action):
            return False
        return any(_wildcard(pattern).fullmatch(resource) for pattern in rule.resources)


class Keys:
    """KMS keys, by the id that parameters name.

    Every key exists and may be used unless it is listed here.
    """

    def __init__(self) -> None:
        self.denied: set[str] = set()
        self.disabled: set[str] = set()

    def check_decrypt(self, key_ids: Iterable[str]) -> None:
        for key_id in key_ids:
            self.check_enabled(key_id)
            if key_id in self.denied:
                raise ServiceError(
                    "AccessDeniedException",
                    "The ciphertext refers to a customer master key that does not exist, does not "
                    "exist in this region, or "
                    f"you are not allowed to access. ({_kms_failure('AccessDeniedException')})",
                )

    def check_enabled(self, key_id: str) -> None:
        if key_id in self.disabled:
            raise ServiceError(
                "InvalidKeyId", f"{key_id} is disabled. ({_kms_failure('DisabledException')})"
            )

    def reset(self) -> None:
        self.denied.clear()
        self.disabled.clear()


def _kms_failure(code: str) -> str:
    request_id = uuid.uuid4()
    return (
        f"Service: AWSKMS; Status Code: 400; Error Code: {code}; "
        f"Request ID: {request_id}; Proxy: null"
    )


def _wildcard(pattern: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), flags)
