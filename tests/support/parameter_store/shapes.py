"""The members of each operation's request: types, limits, and how the service words a violation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .errors import ServiceError, validation_error


@dataclass(frozen=True)
class Flag:
    """A boolean."""


@dataclass(frozen=True)
class Number:
    """An integer."""

    minimum: int
    maximum: int = 2**63 - 1


@dataclass(frozen=True)
class Text:
    """A string. A secret one is never quoted in a message."""

    minimum: int = 0
    maximum: int | None = None
    pattern: str | None = None
    values: tuple[str, ...] = ()
    secret: bool = False


@dataclass(frozen=True)
class ListOf:
    """A list of one kind of item."""

    item: "Shape"
    minimum: int = 0
    maximum: int | None = None


@dataclass(frozen=True)
class Structure:
    """An object. Members that are not listed are ignored."""

    members: dict[str, "Shape"]
    required: tuple[str, ...] = ()


Shape = Flag | Number | Text | ListOf | Structure

_NAME = Text(1, 2048)
_NAMES = ListOf(_NAME, 1, 10)
_TOKEN = Text()
_TAG_KEY = Text(1, 128, pattern=r"[\w \u00a0.:/=+@-]*")
_TAGS = ListOf(
    Structure(
        {"Key": _TAG_KEY, "Value": Text(0, 256, pattern=_TAG_KEY.pattern)},
        required=("Key", "Value"),
    ),
    0,
    1000,
)
_TAGGED = {
    "ResourceType": Text(
        values=(
            "Document",
            "ManagedInstance",
            "MaintenanceWindow",
            "Parameter",
            "PatchBaseline",
            "OpsItem",
            "OpsMetadata",
            "Automation",
            "Association",
        )
    ),
    "ResourceId": Text(),
}
_FILTERS = ListOf(
    Structure(
        {
            "Key": Text(1, 132, pattern="tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType"),
            "Option": Text(1, 10),
            "Values": ListOf(Text(1, 1024), 1, 50),
        },
        required=("Key",),
    )
)

REQUESTS: dict[str, Structure] = {
    "GetParametersByPath": Structure(
        {
            "Path": _NAME,
            "Recursive": Flag(),
            "WithDecryption": Flag(),
            "ParameterFilters": _FILTERS,
            "MaxResults": Number(1, 10),
            "NextToken": _TOKEN,
        },
        required=("Path",),
    ),
    "GetParameters": Structure({"Names": _NAMES, "WithDecryption": Flag()}, required=("Names",)),
    "GetParameter": Structure({"Name": _NAME, "WithDecryption": Flag()}, required=("Name",)),
    "GetParameterHistory": Structure(
        {"Name": _NAME, "WithDecryption": Flag(), "MaxResults": Number(1, 50), "NextToken": _TOKEN},
        required=("Name",),
    ),
    "DescribeParameters": Structure(
        {
            "ParameterFilters": _FILTERS,
            "MaxResults": Number(1, 50),
            "NextToken": _TOKEN,
            "Shared": Flag(),
        }
    ),
    "PutParameter": Structure(
        {
            "Name": _NAME,
            "Value": Text(1, secret=True),
            "Type": Text(values=("SecureString", "StringList", "String")),
            "Overwrite": Flag(),
            "KeyId": Text(1, 256, pattern="([a-zA-Z0-9:/_-]+)"),
            "Description": Text(0, 1024),
            "Tier": Text(values=("Standard", "Advanced", "Intelligent-Tiering")),
            "AllowedPattern": Text(0, 1024),
            "DataType": Text(0, 128),
            "Tags": _TAGS,
        },
        required=("Name", "Value"),
    ),
    "DeleteParameter": Structure({"Name": _NAME}, required=("Name",)),
    "DeleteParameters": Structure({"Names": _NAMES}, required=("Names",)),
    "LabelParameterVersion": Structure(
        {
            "Name": _NAME,
            "ParameterVersion": Number(-(2**63)),
            "Labels": ListOf(Text(1, 100), 1, 10),
        },
        required=("Name", "Labels"),
    ),
    "AddTagsToResource": Structure(
        {**_TAGGED, "Tags": _TAGS}, required=("ResourceType", "ResourceId", "Tags")
    ),
    "RemoveTagsFromResource": Structure(
        {**_TAGGED, "TagKeys": ListOf(_TAG_KEY)},
        required=("ResourceType", "ResourceId", "TagKeys"),
    ),
    "ListTagsForResource": Structure(_TAGGED, required=("ResourceType", "ResourceId")),
}


def check(operation: str, document: Any) -> dict[str, Any]:
    """The request if it has the operation's shape. A member that is null counts as absent."""
    request: dict[str, Any] = _without_nulls(document, REQUESTS[operation])
    violations = _violations(request, REQUESTS[operation], "")
    if violations:
        noun = "error" if len(violations) == 1 else "errors"
        raise validation_error(
            f"{len(violations)} validation {noun} detected: {'; '.join(violations)}"
        )
    return request


def _without_nulls(value: Any, shape: Shape) -> Any:
    """Checks the JSON types all the way down, and leaves out what is null."""
    if not _has_type(value, shape):
        raise ServiceError(
            "SerializationException",
            f"{_json_type(value)} can not be converted to {_SHAPE_NAMES[type(shape)]}",
        )
    if isinstance(shape, ListOf):
        return [_without_nulls(item, shape.item) for item in value]
    if isinstance(shape, Structure):
        return {
            name: _without_nulls(value[name], member)
            for name, member in shape.members.items()
            if value.get(name) is not None
        }
    return value


def _has_type(value: object, shape: Shape) -> bool:
    if isinstance(value, bool):
        return isinstance(shape, Flag)
    return isinstance(value, _JSON_TYPES[type(shape)])


_JSON_TYPES: dict[type, type] = {
    Flag: bool,
    Number: int,
    Text: str,
    ListOf: list,
    Structure: dict,
}
_SHAPE_NAMES: dict[type, str] = {
    Flag: "a Boolean",
    Number: "an Integer",
    Text: "a String",
    ListOf: "a List",
    Structure: "a Structure",
}


def _json_type(value: Any) -> str:
    if value is None:
        return "NULL_VALUE"
    if isinstance(value, bool):
        return "TRUE_VALUE" if value else "FALSE_VALUE"
    if isinstance(value, (int, float)):
        return "NUMBER_VALUE"
    if isinstance(value, str):
        return "STRING_VALUE"
    return "START_ARRAY" if isinstance(value, list) else "START_OBJECT"


def _violations(value: Any, shape: Shape, where: str) -> list[str]:
    if isinstance(shape, Structure):
        found = []
        for name, member in shape.members.items():
            place = f"{where}.{name[0].lower()}{name[1:]}".lstrip(".")
            if name in value:
                found += _violations(value[name], member, place)
            elif name in shape.required:
                found.append(
                    f"Value null at '{place}' failed to satisfy constraint: Member must not be null"
                )
        return found
    found = [
        f"{_quoted(value, shape)} at '{where}' failed to satisfy constraint: {broken}"
        for broken in _broken(value, shape)
    ]
    if isinstance(shape, ListOf):
        for index, item in enumerate(value, start=1):
            found += _violations(item, shape.item, f"{where}.{index}.member")
    return found


def _quoted(value: Any, shape: Shape) -> str:
    if isinstance(shape, Text) and shape.secret:
        return "Value"
    if isinstance(value, list):
        return f"Value '[{', '.join(str(item) for item in value)}]'"
    return f"Value '{value}'"


def _broken(value: Any, shape: Shape) -> list[str]:
    """The constraints that the value itself, not what it contains, breaks."""
    broken = []
    if isinstance(shape, Number):
        if value > shape.maximum:
            broken.append(f"Member must have value less than or equal to {shape.maximum}")
        if value < shape.minimum:
            broken.append(f"Member must have value greater than or equal to {shape.minimum}")
    elif isinstance(shape, (Text, ListOf)):
        if shape.maximum is not None and len(value) > shape.maximum:
            broken.append(f"Member must have length less than or equal to {shape.maximum}")
        if len(value) < shape.minimum:
            broken.append(f"Member must have length greater than or equal to {shape.minimum}")
    if isinstance(shape, Text):
        if shape.pattern is not None and not re.fullmatch(shape.pattern, value):
            broken.append(f"Member must satisfy regular expression pattern: {shape.pattern}")
        if shape.values and value not in shape.values:
            broken.append(f"Member must satisfy enum value set: [{', '.join(shape.values)}]")
    return broken
