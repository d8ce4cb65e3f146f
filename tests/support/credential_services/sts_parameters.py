"""Which parameters the STS actions take, and what is wrong with those that came."""

from __future__ import annotations

import re
from dataclasses import dataclass

from parameter_store.errors import ServiceError


@dataclass(frozen=True)
class _Rule:
    required: bool = False
    shortest: int = 1
    longest: int = 2048
    pattern: str | None = None
    numbers: range | None = None


_COMMON = {
    "RoleArn": _Rule(required=True, shortest=20),
    "RoleSessionName": _Rule(required=True, shortest=2, longest=64, pattern=r"[\w+=,.@-]*"),
    "DurationSeconds": _Rule(numbers=range(900, 43201)),
}
_ACTIONS = {
    "AssumeRole": {
        **_COMMON,
        "ExternalId": _Rule(shortest=2, longest=1224, pattern=r"[\w+=,.@:\/-]*"),
    },
    "AssumeRoleWithWebIdentity": {
        **_COMMON,
        "WebIdentityToken": _Rule(required=True, shortest=4, longest=20000),
    },
}


def check_action(form: dict[str, str]) -> str:
    """The action's name."""
    action, version = form.get("Action"), form.get("Version", "NO_VERSION_SPECIFIED")
    if action is None:
        raise ServiceError("MissingAction", "Could not find an action in the request")
    if action not in _ACTIONS or version != "2011-06-15":
        raise ServiceError(
            "InvalidAction", f"Could not find operation {action} for version {version}"
        )
    return action


def check_parameters(form: dict[str, str]) -> None:
    """ValidationError unless all of them are known, there and well-formed.

    AWS overlooks parameters that it does not know; here they are somebody's mistake.
    """
    rules = _ACTIONS[form["Action"]]
    unknown = set(form) - set(rules) - {"Action", "Version"}
    if unknown:
        raise validation_error(f"Unknown parameters: {', '.join(sorted(unknown))}")
    problems = [text for name, rule in rules.items() for text in _problems(name, rule, form.get(name))]
    if problems:
        count = f"{len(problems)} validation error{'s' if len(problems) > 1 else ''} detected: "
        raise validation_error(count + "; ".join(problems))
    if not re.fullmatch(r"arn:[a-z-]+:iam::[0-9]{12}:role/.+", form["RoleArn"]):
        raise validation_error(f"{form['RoleArn']} is invalid")


def validation_error(message: str) -> ServiceError:
    return ServiceError("ValidationError", message)


def _problems(name: str, rule: _Rule, value: str | None) -> list[str]:
    if value is None:
        return [_problem(name, "null", "not be null")] if rule.required else []
    broken = []
    if rule.numbers is not None:
        if not re.fullmatch("[0-9]{1,9}", value):
            broken.append("be a number")
        elif int(value) < rule.numbers.start:
            broken.append(f"have value greater than or equal to {rule.numbers.start}")
        elif int(value) not in rule.numbers:
            broken.append(f"have value less than or equal to {rule.numbers.stop - 1}")
    elif len(value) < rule.shortest:
        broken.append(f"have length greater than or equal to {rule.shortest}")
    elif len(value) > rule.longest:
        broken.append(f"have length less than or equal to {rule.longest}")
    if rule.pattern is not None and not re.fullmatch(rule.pattern, value, re.ASCII):
        broken.append(f"satisfy regular expression pattern: {rule.pattern}")
    shown = "***" if name == "WebIdentityToken" else f"'{value}'"
    return [_problem(name, shown, text) for text in broken]


def _problem(name: str, shown: str, text: str) -> str:
    member = name[0].lower() + name[1:]
    return f"Value {shown} at '{member}' failed to satisfy constraint: Member must {text}"
