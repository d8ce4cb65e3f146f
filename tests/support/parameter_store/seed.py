"""Fills a store from a JSON document: credentials, parameters, secrets, permissions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .store import ParameterStore

Document = dict[str, Any]


def plant(seed: Document, store: ParameterStore) -> None:
    """README.md lists the members. What is not known is an error: it would be a typing mistake."""
    planters: dict[str, Callable[[Any], object]] = {
        "credentials": lambda item: store.add_credentials(**item),
        "parameters": lambda item: store.put(**_with_tuples(item)),
        "shared": lambda item: store.put_shared(**_with_tuples(item)),
        "secrets": lambda item: store.put_secret(**_with_tuples(item)),
        "policy": lambda item: _add_rule(store, **item),
        "denied_keys": store.deny_key,
        "disabled_keys": store.disable_key,
        "policies": lambda item: store.attach(**item),
        "keys": lambda item: _add_key(store, **item),
    }
    for member, items in seed.items():
        if member == "region":
            continue
        if member == "writes_per_second":
            store.limit_writes(items)
            continue
        if member not in planters:
            raise ValueError(
                f"unknown member {member!r}; there are region, "
                f"writes_per_second, {', '.join(planters)}"
            )
        for item in items:
            planters[member](item)


def _add_rule(
    store: ParameterStore,
    effect: str,
    action: str,
    resources: list[str],
    access_key_id: str | None = None,
) -> None:
    add = {"allow": store.allow, "deny": store.deny}[effect]
    add(action, *resources, access_key_id=access_key_id)


def _add_key(
    store: ParameterStore,
    key_id: str,
    aliases: tuple[str, ...] = (),
    policy: Document | None = None,
) -> None:
    store.add_key(key_id, *aliases, policy=policy)


def _with_tuples(item: Document) -> Document:
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in item.items()
    }
