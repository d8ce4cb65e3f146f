"""IAM policy documents: what they say about a request.

Identity policies, permissions boundaries, resource policies (of keys, and trust policies of roles)
and the policies of an organisation, all of one account.
"""

from __future__ import annotations

import functools
import ipaddress
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

Document = dict[str, Any]
Context = Mapping[str, str | tuple[str, ...]]
"""Condition keys and their values. Whether a key is upper or lower case makes no difference."""

_STATEMENT_MEMBERS = {
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
}
_KINDS = {
    "scp": "service control policy",
    "rcp": "resource control policy",
    "boundary": "permissions boundary",
    "resource": "resource-based policy",
    "identity": "identity-based policy",
}
"""In the order in which a denial is looked for, and as messages name them."""


@dataclass(frozen=True)
class Request:
    """One action on one resource."""

    action: str
    resource: str
    principal: str
    """The ARN of a user, of a role or its session, of an OIDC provider; or a service's name."""
    context: Context = field(default_factory=dict)

    @functools.cached_property
    def keys(self) -> dict[str, tuple[str, ...]]:
        """The context by key in lower case, each key with a list of values."""
        return {
            key.lower(): (value,) if isinstance(value, str) else tuple(value)
            for key, value in self.context.items()
        }


@dataclass(frozen=True)
class Attached:
    """Everything that has a say about a request, by kind.

    None for a boundary, for the organisation's policies or the resource's policy: there are none,
    and the request need not be allowed by any.
    """

    identity: tuple["Policy", ...] = ()
    boundary: "Policy | None" = None
    resource: "Policy | None" = None
    scp: tuple["Policy", ...] | None = None
    rcp: tuple["Policy", ...] | None = None

    def of(self, kind: str) -> tuple["Policy", ...]:
        found = getattr(self, kind)
        if found is None:
            return ()
        return found if isinstance(found, tuple) else (found,)


def denial(request: Request, attached: Attached) -> str | None:
    """None if the request is allowed, else how a message goes on to say why it is not.

    The rules of one account: an explicit deny anywhere; then every guard (organisation, boundary)
    has to allow; then the resource's policy by naming the principal, or an identity policy. For
    keys and roles an identity policy counts only where their own policy lets the account decide.
    """
    for kind, words in _KINDS.items():
        if any(policy.says("Deny", request) for policy in attached.of(kind)):
            return f"with an explicit deny in {_article(words)} {words}"
    for kind in ("scp", "rcp"):
        if getattr(attached, kind) is not None and not _allow(attached.of(kind), request):
            return _not_allowed(_KINDS[kind], request)
    direct, delegated = _grant(request, attached.resource)
    if attached.boundary is not None and not _allow((attached.boundary,), request):
        return _not_allowed(_KINDS["boundary"], request)
    if direct:
        return None
    if request.action.partition(":")[0].lower() in ("kms", "sts") and not delegated:
        return _not_allowed(_KINDS["resource"], request)
    return None if _allow(attached.identity, request) else _not_allowed(_KINDS["identity"], request)


def _grant(request: Request, policy: "Policy | None") -> tuple[bool, bool]:
    """Whether a resource's policy allows the principal itself, and whether it allows its account."""
    allowing = list(policy.allowing(request)) if policy else []
    return (
        any(statement.names_principal(request) for statement in allowing),
        any(statement.names_account(request) for statement in allowing),
    )


def _allow(policies: Iterable["Policy"], request: Request) -> bool:
    return any(policy.says("Allow", request) for policy in policies)


def _not_allowed(words: str, request: Request) -> str:
    return f"because no {words} allows the {request.action} action"


def _article(words: str) -> str:
    return "an" if words[0] in "aeiou" else "a"


class Policy:
    """A policy document. What cannot be evaluated is a ValueError at once, not a silent no."""

    def __init__(self, document: Document) -> None:
        if document.get("Version") != "2012-10-17":
            raise ValueError(f"Version {document.get('Version')!r} instead of 2012-10-17")
        if re.search(r"\$\{[*?$]\}", json.dumps(document)):
            raise ValueError("${*}, ${?} and ${$} are not known here")
        statements = document["Statement"]
        self.statements = [
            Statement(statement)
            for statement in (statements if isinstance(statements, list) else [statements])
        ]

    def says(self, effect: str, request: Request) -> bool:
        return any(
            statement.effect == effect and statement.concerns(request)
            for statement in self.statements
        )

    def allowing(self, request: Request) -> Iterable["Statement"]:
        return (
            statement
            for statement in self.statements
            if statement.effect == "Allow" and statement.concerns(request)
        )


class Statement:
    """One statement of a policy."""

    def __init__(self, document: Document) -> None:
        unknown = set(document) - _STATEMENT_MEMBERS
        if unknown:
            raise ValueError(f"a statement has no member {', '.join(sorted(unknown))}")
        if document["Effect"] not in ("Allow", "Deny"):
            raise ValueError(f"Effect {document['Effect']!r}")
        self.effect: str = document["Effect"]
        self._actions = _either(document, "Action")
        self._resources = _either(document, "Resource")
        self._principals = _either(document, "Principal")
        if self._actions is None:
            raise ValueError("a statement needs Action or NotAction")
        self._conditions = [
            _Condition(operator, key, _texts(values))
            for operator, keys in document.get("Condition", {}).items()
            for key, values in keys.items()
        ]

    def concerns(self, request: Request) -> bool:
        """Whether action, resource, principal and all conditions fit."""
        return (
            _fits(self._actions, lambda text: _like(text.lower(), request.action.lower()))
            and _fits(self._resources, lambda text: _is_resource(text, request))
            and _fits(self._principals, lambda text: _is_principal(text, request.principal))
            and all(condition.holds(request) for condition in self._conditions)
        )

    def names_principal(self, request: Request) -> bool:
        """Whether a statement that concerns the request grants without an identity policy."""
        return any(
            not _is_account(text) and _is_principal(text, request.principal)
            for text in self._named_principals()
        )

    def names_account(self, request: Request) -> bool:
        return any(_is_account(text) for text in self._named_principals())

    def _named_principals(self) -> list[str]:
        return self._principals[1] if self._principals and not self._principals[0] else []


_Either = tuple[bool, list[str]]
"""Whether it is the form with Not, and the patterns."""


def _either(document: Document, name: str) -> _Either | None:
    """A member or its Not form; None if there is neither."""
    both = [member for member in (name, f"Not{name}") if member in document]
    if len(both) == 2:
        raise ValueError(f"{both[0]} and {both[1]} in one statement")
    if not both:
        return None
    value = document[both[0]]
    if name == "Principal" and isinstance(value, dict):
        value = [text for texts in value.values() for text in _texts(texts)]
    return both[0] != name, _texts(value)


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in values]


def _fits(either: _Either | None, matches: Callable[[str], bool]) -> bool:
    if either is None:
        return True
    negated, patterns = either
    return any(matches(pattern) for pattern in patterns) != negated


def _is_resource(text: str, request: Request) -> bool:
    """Fields that the ARN of a policy lacks are wildcards: arn:aws:ssm is arn:aws:ssm:*:*:*."""
    pattern = _substituted(text, request)
    if pattern is None or pattern == "*":
        return pattern == "*"
    return _arn_like(pattern + ":*" * (5 - pattern.count(":")), request.resource)


def _is_account(text: str) -> bool:
    return re.fullmatch(r"arn:[a-z-]+:iam::\d{12}:root|\d{12}", text) is not None


def _is_principal(text: str, principal: str) -> bool:
    if text in ("*", principal, role_arn(principal)):
        return True
    account = text if text.isdecimal() else text.split(":")[4] if _is_account(text) else None
    return account is not None and account == account_of(principal) and not _is_provider(principal)


def _is_provider(principal: str) -> bool:
    return ":oidc-provider/" in principal


def account_of(principal: str) -> str | None:
    parts = principal.split(":")
    return parts[4] if len(parts) > 5 else None


def role_arn(principal: str) -> str:
    """The ARN of the role that a session is of; every other principal is itself."""
    session = re.fullmatch(r"arn:([a-z-]+):sts::(\d{12}):assumed-role/(.+)/[^/]+", principal)
    return "arn:{}:iam::{}:role/{}".format(*session.groups()) if session else principal


# --- Conditions


class _Condition:
    """One key under one operator."""

    def __init__(self, operator: str, key: str, values: list[str]) -> None:
        self._key = key.lower()
        self._values = values
        self._each, _, name = operator.rpartition(":")
        self._if_exists = name.endswith("IfExists")
        name = name.removesuffix("IfExists")
        self._is_null = name == "Null"
        self._negated = name in _NEGATED
        positive = _NEGATED.get(name, name)
        if self._each not in ("", "ForAnyValue", "ForAllValues"):
            raise ValueError(f"condition operator {operator}")
        if not self._is_null and positive not in _OPERATORS:
            raise ValueError(f"condition operator {operator}")
        if positive.startswith("Arn") and any(value.count(":") < 5 for value in values):
            raise ValueError(f"{operator} wants ARNs, of six fields")
        self._matches = _OPERATORS.get(positive, str.__eq__)

    def holds(self, request: Request) -> bool:
        actual = request.keys.get(self._key, ())
        if self._is_null:
            return self._values == [str(not actual).lower()]
        if not actual:
            return self._if_exists or self._each == "ForAllValues" or (
                self._negated and not self._each
            )
        found = [self._holds_for(value, request) for value in actual]
        return any(found) if self._each == "ForAnyValue" else all(found)

    def _holds_for(self, actual: str, request: Request) -> bool:
        wanted = [_substituted(value, request) for value in self._values]
        matched = any(value is not None and self._matches(value, actual) for value in wanted)
        return matched != self._negated


_VARIABLE = re.compile(r"\$\{([^},]+?)(?:\s*,\s*'([^']*)')?\}")


def _substituted(text: str, request: Request) -> str | None:
    """The text with its variables replaced; None if one has no single value, and so matches nothing."""
    values = []
    for name, default in _VARIABLE.findall(text):
        found = request.keys.get(name.lower(), ())
        if len(found) != 1 and not default:
            return None
        values.append(found[0] if len(found) == 1 else default)
    return _VARIABLE.sub(lambda _: values.pop(0), text)


@functools.cache
def _pattern(text: str) -> re.Pattern[str]:
    parts = {"*": ".*", "?": "."}
    return re.compile("".join(parts.get(part, re.escape(part)) for part in text))


def _like(pattern: str, actual: str) -> bool:
    return _pattern(pattern).fullmatch(actual) is not None


def _arn_like(pattern: str, actual: str) -> bool:
    """Each of the six parts of an ARN for itself: no wildcard reaches beyond a colon but the last."""
    wanted, parts = pattern.split(":", 5), actual.split(":", 5)
    return len(wanted) == len(parts) and all(map(_like, wanted, parts))


def _number(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    def matches(wanted: str, actual: str) -> bool:
        try:
            return compare(float(actual), float(wanted))
        except ValueError:
            return False

    return matches


def _date(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    def matches(wanted: str, actual: str) -> bool:
        try:
            return compare(_seconds(actual), _seconds(wanted))
        except ValueError:
            return False

    return matches


def _seconds(text: str) -> float:
    if text.isdecimal():
        return float(text)
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()


def _in_network(wanted: str, actual: str) -> bool:
    try:
        return ipaddress.ip_address(actual) in ipaddress.ip_network(wanted, strict=False)
    except ValueError:
        return False


_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "Equals": float.__eq__,
    "LessThan": float.__lt__,
    "LessThanEquals": float.__le__,
    "GreaterThan": float.__gt__,
    "GreaterThanEquals": float.__ge__,
}
_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": str.__eq__,
    "StringEqualsIgnoreCase": lambda wanted, actual: wanted.lower() == actual.lower(),
    "StringLike": _like,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "Bool": lambda wanted, actual: wanted.lower() == actual.lower(),
    "IpAddress": _in_network,
    **{f"Numeric{name}": _number(compare) for name, compare in _COMPARISONS.items()},
    **{f"Date{name}": _date(compare) for name, compare in _COMPARISONS.items()},
}
"""Operators by name: whether the actual value is what the policy wants."""
_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NotIpAddress": "IpAddress",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
}
"""True where the other operator is false, and where the request lacks the key."""
