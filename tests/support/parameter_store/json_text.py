"""Writes JSON the way the service does, with the liberties that a client has to cope with."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass
class AnswerStyle:
    """How answers are spelled. All of it is legal JSON and legal for the service."""

    exponent_dates: bool = False
    """Write dates as 1.607453621072E9 instead of 1607453621.072."""
    escape_non_ascii: bool = False
    """Write everything outside ASCII as \\uXXXX, surrogate pairs included."""
    extra_members: dict[str, Any] = field(default_factory=dict)
    """Members no client knows; they are added to each answer and to each parameter in it."""

    def reset(self) -> None:
        self.__dict__.update(AnswerStyle().__dict__)


def write(document: Any, style: AnswerStyle) -> bytes:
    """The document as UTF-8.

    A lone surrogate, which UTF-8 cannot hold, is written as its escape.
    """
    return _text(document, style).encode("utf-8", "backslashreplace")


def _text(value: Any, style: AnswerStyle) -> str:
    if isinstance(value, dict):
        members = (f"{_text(name, style)}:{_text(member, style)}" for name, member in value.items())
        return "{" + ",".join(members) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(_text(item, style) for item in value) + "]"
    if isinstance(value, float) and style.exponent_dates:
        return _exponent_form(value)
    return json.dumps(value, ensure_ascii=style.escape_non_ascii)


def _exponent_form(value: float) -> str:
    mantissa, exponent = f"{value:.12e}".split("e")
    whole, fraction = mantissa.split(".")
    return f"{whole}.{fraction.rstrip('0') or '0'}E{int(exponent)}"
