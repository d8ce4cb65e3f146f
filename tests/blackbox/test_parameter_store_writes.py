"""The local Parameter Store as those meet it who write: the rate of writes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from parameter_store import ParameterStore  # noqa: E402
from parameter_store.fixtures import *  # noqa: E402, F403

NAME = "/prod/api/db"


class Clock:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


# --- The rate of writes


def put_results(client: Any, count: int) -> list[str]:
    results = []
    for _ in range(count):
        try:
            client.put_parameter(Name=NAME, Value="v", Type="String", Overwrite=True)
            results.append("ok")
        except ClientError as error:
            results.append(error.response["Error"]["Code"])
    return results


def test_three_writes_a_second(store: ParameterStore, client: Any) -> None:
    clock = Clock()
    store.limit_writes(3, clock)
    throttled = "ThrottlingException"
    assert put_results(client, 4) == ["ok", "ok", "ok", throttled]
    clock.now += 0.34
    assert put_results(client, 2) == ["ok", throttled]
    clock.now += 3600
    assert put_results(client, 4) == ["ok", "ok", "ok", throttled]
    assert client.get_parameter(Name=NAME)["Parameter"]["Version"] == 7
    client.delete_parameter(Name=NAME)


def test_three_a_second_is_the_default(store: ParameterStore, client: Any) -> None:
    """However slow the machine is, it writes more than three a second once in a thousand times."""
    store.limit_writes(None)
    store.reset()
    results: list[str] = []
    while "ThrottlingException" not in results and len(results) < 1000:
        results += put_results(client, 1)
    assert results[:3] == ["ok", "ok", "ok"]
    assert results[-1] == "ThrottlingException"


def test_what_a_test_puts_is_not_counted(store: ParameterStore, client: Any) -> None:
    store.limit_writes(3, Clock())
    for number in range(10):
        store.put(f"/a{number}", "v")
    assert put_results(client, 3) == ["ok", "ok", "ok"]
