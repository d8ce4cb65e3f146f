"""Percent-encoded parameters, in a body or a query string."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from parameter_store.wire import Request

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def parameters(encoded: str) -> dict[str, str]:
    """ValueError for anything that another reader might understand differently."""
    if not encoded.isascii() or _BAD_ESCAPE.search(encoded):
        raise ValueError("not percent-encoded")
    pairs = parse_qsl(encoded, keep_blank_values=True, strict_parsing=True, errors="strict")
    decoded = dict(pairs)
    if len(decoded) != len(pairs):
        raise ValueError("a parameter is there twice")
    return decoded


def signing_headers(request: Request) -> list[str]:
    """What a request that has to be unsigned must not carry."""
    unwanted = ("authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256")
    return [name for name in unwanted if request.header(name) is not None]
