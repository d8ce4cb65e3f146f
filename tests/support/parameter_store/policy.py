"""IAM for the store: who may do what.

Rules that allow or deny actions on resources, for tests that need no more, and policy documents.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone

from . import names, policies
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


@dataclass(frozen=True)
class _Document:
    policy: policies.Policy
    access_key_id: str | None
    kind: str

    def concerns(self, access_key_id: str) -> bool:
        return self.access_key_id in (None, access_key_id)


class Policy:
    """Who may do what.

    As long as no rule that concerns a caller allows anything, the rules allow it everything. Policy
    documents count beside the rules: as soon as an identity policy is attached to a caller, it may
    do only what its identity policies allow.
    """

    def __init__(self, region: str) -> None:
        self._region = region
        self._rules: list[Rule] = []
        self._documents: list[_Document] = []

    def allow(self, action: str, *resources: str, access_key_id: str | None = None) -> None:
        self._add("allow", action, resources, access_key_id)

    def deny(self, action: str, *resources: str, access_key_id: str | None = None) -> None:
        self._add("deny", action, resources, access_key_id)

    def attach(
        self, document: policies.Document, access_key_id: str | None = None, kind: str = "identity"
    ) -> None:
        """Lets a policy document count for a caller, or for everybody.

        kind is "identity", "boundary", or "scp" and "rcp" for an organisation's policies.
        """
        if kind not in ("identity", "boundary", "scp", "rcp"):
            raise ValueError(f"kind of policy: {kind}")
        if kind == "boundary" and any(
            other.kind == kind and (access_key_id is None or other.concerns(access_key_id))
            for other in self._documents
        ):
            raise ValueError("a caller has one permissions boundary")
        added = _Document(policies.Policy(document), access_key_id, kind)
        self._documents = [*self._documents, added]

    def reset(self) -> None:
        self._rules = []
        self._documents = []

    def denial(self, caller: Credentials, action: str, resource: str) -> str | None:
        """None if the caller may, else how the service words why not."""
        rules = [rule for rule in self._rules if rule.concerns(caller)]
        matching = {rule.effect for rule in rules if self._matches(rule, action, resource)}
        if "deny" in matching:
            return "with an explicit deny in an identity-based policy"
        if "allow" not in matching and any(rule.effect == "allow" for rule in rules):
            return f"because no identity-based policy allows the {action} action"
        return None

    def document_denial(
        self,
        caller: Credentials,
        action: str,
        resource: str,
        context: policies.Context,
        resource_policy: policies.Policy | None = None,
    ) -> str | None:
        """What the documents say: None, or why the caller may not."""
        concerning: dict[str, tuple[policies.Policy, ...]] = {}
        for document in self._documents:
            if document.concerns(caller.access_key_id):
                concerning[document.kind] = (*concerning.get(document.kind, ()), document.policy)
        if not concerning and resource_policy is None:
            return None
        request = policies.Request(
            action, resource, caller.principal_arn, {**self._context_of(caller), **context}
        )
        attached = policies.Attached(
            identity=concerning.get("identity", (_EVERYTHING,)),
            boundary=next(iter(concerning.get("boundary", ())), None),
            resource=resource_policy,
            scp=_beside(_EVERYTHING, concerning.get("scp")),
            rcp=_beside(_EVERYTHING, concerning.get("rcp")),
        )
        return policies.denial(request, attached)

    def check(
        self,
        caller: Credentials,
        action: str,
        resource: str,
        context: policies.Context | None = None,
        shown: str | None = None,
    ) -> None:
        """Raises AccessDeniedException unless the caller may.

        context has the condition keys of the action; those that every request has are added. shown
        stands in for the resource in the message.
        """
        reason = self.denial(caller, action, resource) or self.document_denial(
            caller, action, resource, context or {}
        )
        if reason is not None:
            raise ServiceError(
                "AccessDeniedException",
                f"User: {caller.principal_arn} is not authorized to perform: {action} "
                f"on resource: {shown or resource} {reason}",
            )

    def _context_of(self, caller: Credentials) -> dict[str, str]:
        return {
            "aws:PrincipalArn": policies.role_arn(caller.principal_arn),
            "aws:PrincipalAccount": names.ACCOUNT_ID,
            "aws:PrincipalIsAWSService": "false",
            "aws:RequestedRegion": self._region,
            "aws:CurrentTime": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            **caller.context,
        }

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


def _wildcard(pattern: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), flags)


_EVERYTHING = policies.Policy(
    {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"},
    }
)


def _beside(
    first: policies.Policy, others: tuple[policies.Policy, ...] | None
) -> tuple[policies.Policy, ...] | None:
    """An organisation's policies stand beside the one that allows everything."""
    return (first, *others) if others else None


def tag_context(prefix: str, tags: Mapping[str, str]) -> dict[str, str]:
    """Tags as condition keys: aws:ResourceTag/team."""
    return {f"{prefix}/{key}": value for key, value in tags.items()}
