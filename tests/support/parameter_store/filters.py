"""ParameterFilters: which keys and options each operation takes, and what they select."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import names
from .errors import ServiceError
from .model import TYPES, Parameter, Version

_BY_PATH = {
    "Type": ("Equals", "BeginsWith"),
    "KeyId": ("Equals", "BeginsWith"),
    "Label": ("Equals",),
}
_DESCRIBE = {
    "Name": ("Equals", "BeginsWith", "Contains"),
    "Type": ("Equals", "BeginsWith"),
    "KeyId": ("Equals", "BeginsWith"),
    "Path": ("Recursive", "OneLevel"),
    "Tier": ("Equals",),
    "DataType": ("Equals",),
    "tag": (),
}
_TAG_OPTIONS = ("Equals",)
"""The options of tag:KEY."""
_TESTS: dict[str, Callable[[str, str], bool]] = {
    "Equals": lambda actual, wanted: actual == wanted,
    "BeginsWith": lambda actual, wanted: actual.startswith(wanted),
    "Contains": lambda actual, wanted: wanted in actual,
}
_DEFAULT_OPTION = {"Path": "OneLevel"}

Filters = dict[str, tuple[str, list[str]]]
"""Key to option and values."""


def parse_for_path(items: list[dict[str, Any]]) -> Filters:
    return _parse(items, _BY_PATH)


def parse_for_describe(items: list[dict[str, Any]]) -> Filters:
    return _parse(items, _DESCRIBE)


def select(parameter: Parameter, filters: Filters) -> Version | None:
    """The version that the filters mean.

    The labelled one or the latest, or None if the parameter is filtered out.
    """
    version: Version | None = parameter.latest
    if "Label" in filters:
        labelled = (parameter.labelled(label) for label in filters["Label"][1])
        version = next((candidate for candidate in labelled if candidate is not None), None)
    if version is None:
        return None
    matches = (
        _matches(parameter, version, key, *condition)
        for key, condition in filters.items()
        if key != "Label"
    )
    return version if all(matches) else None


def _parse(items: list[dict[str, Any]], allowed: dict[str, tuple[str, ...]]) -> Filters:
    filters: Filters = {}
    for item in items:
        key = item["Key"]
        options = _TAG_OPTIONS if "tag" in allowed and key.startswith("tag:") else allowed.get(key)
        if options is None:
            valid = ", ".join(allowed)
            raise ServiceError(
                "InvalidFilterKey",
                f"The following filter key is not valid: {key}. Valid filter keys include: "
                f"[{valid}].",
            )
        if key in filters:
            raise ServiceError(
                "InvalidFilterKey",
                f"The following filter is duplicated in the request: {key}. "
                "A request can contain only one occurrence of a specific filter.",
            )
        option = item.get("Option", _DEFAULT_OPTION.get(key, "Equals"))
        if option not in options:
            valid = ", ".join(options)
            raise ServiceError(
                "InvalidFilterOption",
                f"The following filter option is not valid: {option}. Valid options include: "
                f"[{valid}].",
            )
        filters[key] = (option, _values(key, option, item.get("Values")))
    return filters


def _values(key: str, option: str, values: list[str] | None) -> list[str]:
    if not values:
        raise ServiceError(
            "InvalidFilterValue",
            f"The following filter values are missing : null for filter key {key}",
        )
    if key == "Type" and option == "Equals":
        for value in values:
            if value not in TYPES:
                raise ServiceError(
                    "InvalidFilterValue",
                    f"The following filter value is not valid: {value}. Valid values: "
                    f"{list(TYPES)}",
                )
    return values


def _matches(
    parameter: Parameter, version: Version, key: str, option: str, values: list[str]
) -> bool:
    if key.startswith("tag:"):
        return parameter.tags.get(key.removeprefix("tag:")) in values
    if key == "Path":
        return any(
            names.is_below(parameter.name, path, recursive=option == "Recursive") for path in values
        )
    if key == "Name":
        actual = names.canonical(parameter.name)
        values = [names.canonical(value) for value in values]
    else:
        actual = {
            "Type": version.type,
            "KeyId": version.key_id or "",
            "Tier": version.tier,
            "DataType": version.data_type,
        }[key]
    return any(_TESTS[option](actual, value) for value in values)
