"""Cuts listings into pages. Tokens are opaque and good only for the request that they continue."""

from __future__ import annotations

import base64
import bisect
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from .errors import ServiceError

Item = TypeVar("Item")

_MAC_BYTES = 16
_ENDS: dict[str, dict[str, str | None]] = {
    "absent": {},
    "null": {"NextToken": None},
    "empty": {"NextToken": ""},
}


@dataclass
class Paging:
    """How GetParametersByPath misbehaves, within and beyond what is allowed."""

    page_size: int | None = None
    """Items on a page, whatever MaxResults says."""
    empty_pages: frozenset[int] = frozenset()
    """Pages, counted from 0, that come empty; each but the very last has a NextToken."""
    repeat_token: bool = False
    """Once a token was presented it is handed out again: the listing never ends."""
    end_of_listing: str = "absent"
    """What NextToken is on the last page: "absent", "null" or "empty"."""
    shuffle_seed: int | None = None
    """Any number gives an order of its own instead of the alphabetical one; GetParameters too."""
    repeat_last_item: bool = False
    """Each page begins with the last item of the page before."""
    unasked: tuple[str, ...] = ()
    """Names of parameters that are on every page, asked for or not; GetParameters too."""

    def reset(self) -> None:
        self.__dict__.update(Paging().__dict__)

    def order(self, name: str) -> str:
        """The key by which items are sorted."""
        if self.shuffle_seed is None:
            return name
        return hashlib.sha256(f"{self.shuffle_seed} {name}".encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Items, and the members of the answer that tell how to go on."""

    items: list[Item]
    token_members: dict[str, str | None]


class Pager:
    """Cuts pages and makes and checks their tokens."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(16)

    def page(
        self,
        operation: str,
        request: dict[str, Any],
        items: Sequence[Item],
        name_of: Callable[[Item], str],
        default_size: int,
        paging: Paging,
    ) -> Page[Item]:
        token = request.get("NextToken")
        bound_to = self._digest(operation, request)
        number, position = (0, "") if token is None else self._open(token, bound_to)

        ordered = sorted(items, key=lambda item: paging.order(name_of(item)))
        positions = [paging.order(name_of(item)) for item in ordered]
        start = end = bisect.bisect_right(positions, position)
        if number not in paging.empty_pages:
            size = paging.page_size or int(request.get("MaxResults", default_size))
            if paging.repeat_last_item and start > 0 and size > 1:
                start -= 1
            end = start + size
        chosen = ordered[start:end]
        position = positions[start:end][-1] if chosen else position

        if paging.repeat_token:
            return Page(chosen, {"NextToken": token or self._seal(bound_to, number + 1, position)})
        if end < len(ordered) or any(empty > number for empty in paging.empty_pages):
            return Page(chosen, {"NextToken": self._seal(bound_to, number + 1, position)})
        return Page(chosen, _ENDS[paging.end_of_listing])

    @staticmethod
    def _digest(operation: str, request: dict[str, Any]) -> str:
        members = {name: value for name, value in request.items() if name != "NextToken"}
        return hashlib.sha256(
            f"{operation} {json.dumps(members, sort_keys=True)}".encode()
        ).hexdigest()

    def _seal(self, bound_to: str, number: int, position: str) -> str:
        content = json.dumps([bound_to, number, position]).encode()
        return base64.b64encode(self._mac(content) + content).decode()

    def _open(self, token: str, bound_to: str) -> tuple[int, str]:
        try:
            sealed = base64.b64decode(token, validate=True)
        except ValueError:
            sealed = b""
        mac, content = sealed[:_MAC_BYTES], sealed[_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(content)):
            raise _invalid_token()
        token_bound_to, number, position = json.loads(content)
        if token_bound_to != bound_to:
            raise _invalid_token()
        return number, position

    def _mac(self, content: bytes) -> bytes:
        return hmac.digest(self._key, content, "sha256")[:_MAC_BYTES]


def _invalid_token() -> ServiceError:
    return ServiceError("InvalidNextToken", "The specified token isn't valid.")
