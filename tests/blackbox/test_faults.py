"""Every fault of the servers, for every kind of request: bounded time, the right status, and a message with source, host and cause.

All of the matrix with FAULT_MATRIX=all (and SSM_EXEC_PROGRAM, for the static program); else one cell of four.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from chain import Chain, chain, role  # noqa: F401
from parameter_store import faults

COMMAND = ("--", "/bin/echo", "started")
TIMEOUT_S = 2
ENDS_WITHIN_S = 40
"""Far more than the timeout, so that a slow machine does not matter: it says that the run does not hang."""


# --- kinds of requests


@dataclass(frozen=True)
class Request:
    """A run in which this request is the one that goes wrong."""

    args: tuple[str, ...]
    env: dict[str, str | None]
    service: Any
    when: Callable[[str, Any], bool]
    source: str
    """What the message is about."""
    host: str


def first_page(chain: Chain) -> Request:
    return Request(("/p",), chain.variables(), chain.store, lambda name, body: "NextToken" not in body, "/p", chain.store.host)


def later_page(chain: Chain) -> Request:
    chain.store.paging.page_size = 1
    chain.store.put("/p/w", "second")
    return Request(("/p",), chain.variables(), chain.store, lambda name, body: "NextToken" in body, "/p", chain.store.host)


def by_name(chain: Chain) -> Request:
    return Request(("A=/p/v",), chain.variables(), chain.store, lambda name, body: name == "GetParameters", "A=/p/v", chain.store.host)


def by_lock(chain: Chain) -> Request:
    path = chain.home / "x.lock"
    path.write_text(json.dumps({"variables": [{"name": "A", "parameter": "/p/v", "version": 1}]}))
    return Request(("--lock", str(path)), chain.variables(), chain.store, lambda name, body: name == "GetParameters", str(path), chain.store.host)


def sts(chain: Chain) -> Request:
    chain.sts.add_role(role("reader"))
    chain.config["profile base"] = chain.properties("base")
    chain.config["profile reader"] = {"role_arn": role("reader"), "source_profile": "base", "region": "us-east-1"}
    return Request(("/p",), {"AWS_PROFILE": "reader"}, chain.sts, lambda name, body: True, role("reader"), chain.sts.host)


def web_identity(chain: Chain) -> Request:
    return Request(("/p",), chain.web_identity_env(), chain.sts, lambda name, body: True, role("web-env"), chain.sts.host)


def sso(chain: Chain) -> Request:
    chain.config["profile corp"] = chain.sso_profile()
    return Request(("/p",), {"AWS_PROFILE": "corp"}, chain.sso_portal, lambda name, body: True, "SSO", chain.sso_portal.host)


def container(chain: Chain) -> Request:
    return Request(("/p",), chain.container_env(), chain.container, lambda name, body: True, "container credentials", chain.container.host)


def imds(operation: str) -> Callable[[Chain], Request]:
    def make(chain: Chain) -> Request:
        return Request(("/p",), chain.metadata_env() | {"AWS_METADATA_SERVICE_TIMEOUT": None}, chain.metadata,
                       lambda name, body: name == operation, "EC2 instance metadata", chain.metadata.host)  # fmt: skip

    make.__name__ = f"imds_{operation}"
    return make


REQUESTS = (first_page, later_page, by_name, by_lock, sts, web_identity, sso, container, imds("PutToken"), imds("GetRole"), imds("GetRoleCredentials"))


# --- faults, and what is said about them


@dataclass(frozen=True)
class Trouble:
    """A fault that goes on for ever, and what the message says of its cause."""

    make: Callable[[], faults.Fault]
    cause: str
    """A regular expression."""
    is_tried_again: bool = False
    """The run's timeout ends it."""
    is_refusal: bool = False
    """AWS itself has spoken: the code and its request id stand for the host."""


DROPPED = r"closed before the answer was complete"
TROUBLES = {
    "throttled": Trouble(faults.throttling, r"Rate exceeded|HTTP status (429|503)", is_tried_again=True),
    "internal error": Trouble(lambda: faults.ErrorAnswer("InternalServerError", "oops", 500), r"oops|HTTP status 500", is_tried_again=True),
    "bad gateway": Trouble(lambda: faults.StatusAnswer(502), r"HTTP status 502", is_tried_again=True),
    "closed": Trouble(faults.Close, DROPPED, is_tried_again=True),
    "reset": Trouble(faults.Reset, DROPPED, is_tried_again=True),
    "reset in headers": Trouble(lambda: faults.Reset("headers"), DROPPED, is_tried_again=True),
    "reset in body": Trouble(lambda: faults.Reset("body"), DROPPED, is_tried_again=True),
    "cut": Trouble(faults.Truncate, DROPPED, is_tried_again=True),
    "cut in chunks": Trouble(lambda: faults.Truncate(chunked=True), DROPPED, is_tried_again=True),
    "hang": Trouble(faults.Hang, r"timed out", is_tried_again=True),
    "drip": Trouble(lambda: faults.Drip(300), r"timed out", is_tried_again=True),
    "denied": Trouble(lambda: faults.ErrorAnswer("AccessDeniedException", "no", 403), r"AccessDeniedException|HTTP status 403", is_refusal=True),
    "refusal of a proxy": Trouble(lambda: faults.StatusAnswer(403), r"HTTP status 403"),
    "teapot": Trouble(lambda: faults.StatusAnswer(418), r"HTTP status 418"),
    "no content": Trouble(lambda: faults.StatusAnswer(204, b""), r"HTTP status 204"),
    "redirect": Trouble(lambda: faults.redirect("https://127.0.0.1:9/"), r"HTTP status 302"),
    "empty": Trouble(faults.empty_body, r"not valid JSON|not the XML|no usable role"),
    "not JSON": Trouble(faults.not_json, r"not valid JSON|not the XML|no usable role"),
    "another shape": Trouble(faults.wrong_shape, r"Parameters are (no|not a) list|has no \w+|no usable role"),
    "garbage": Trouble(faults.Garbage, r"HTTP/0.9|Invalid status line"),
    "endless": Trouble(faults.EndlessBody, r"larger than the limit"),
    "too long": Trouble(lambda: faults.EndlessBody(100_000_000), r"larger than the limit"),
    "huge headers": Trouble(faults.HugeHeaders, r"larger than the limit"),
}
TOKEN_IS_ANYTHING = {"not JSON", "another shape"}
"""A session token of the metadata service is not looked into: what it is good for shows with the next request."""


def cells() -> list[Any]:
    """The whole matrix, or a fourth of it in which each row and each column has a part."""
    all_cells = [(row, column) for row in range(len(REQUESTS)) for column in range(len(TROUBLES))]
    names = list(TROUBLES)
    return [
        pytest.param(REQUESTS[row], names[column], id=f"{REQUESTS[row].__name__}-{names[column]}")
        for row, column in all_cells
        if os.environ.get("FAULT_MATRIX") == "all" or (row + column) % 4 == 0
    ]


@pytest.mark.parametrize(("make", "name"), cells())
def test_a_fault_ends_in_time_with_source_host_and_cause(chain: Chain, make, name: str) -> None:
    trouble = TROUBLES[name]
    request = make(chain)
    chain.write()
    request.service.faults.always(trouble.make(), when=request.when)
    try:
        result = chain.runner("--timeout", f"{TIMEOUT_S}s", *request.args, *COMMAND, env={**chain.env, **request.env}, timeout=ENDS_WITHIN_S)
    finally:
        request.service.faults.clear()
    result.expect_failure()
    asks_for_token = make.__name__ == "imds_PutToken"
    if asks_for_token and name in TOKEN_IS_ANYTHING:
        result.expect_failure(request.source, request.host, "HTTP status 401")
        return
    # Where the token does not come there is no metadata service, and the search for credentials has come to its end.
    result.expect_failure(request.source if not asks_for_token or request.source in result.err else "no AWS credentials were found")
    assert re.search(trouble.cause, result.err) or asks_for_token, result.err
    coded = trouble.is_refusal and "request id" in result.err
    assert request.host in result.err or coded, result.err
    if trouble.is_tried_again and request.service is not chain.metadata:
        assert "the timeout ended the wait" in result.err, result.err


@pytest.mark.parametrize("fault", [faults.Chunked, faults.CloseAfterAnswer, lambda: faults.Latency(50), lambda: faults.Drip(1, step_bytes=200)])
@pytest.mark.parametrize("make", REQUESTS, ids=lambda make: make.__name__)
def test_what_is_only_slow_or_odd_is_read(chain: Chain, make, fault) -> None:
    request = make(chain)
    chain.write()
    request.service.faults.always(fault(), when=request.when)
    try:
        result = chain.runner(*request.args, *COMMAND, env={**chain.env, **request.env, "AWS_METADATA_SERVICE_TIMEOUT": "30"}, timeout=ENDS_WITHIN_S)
    finally:
        request.service.faults.clear()
    assert (result.status, result.out) == (0, "started\n"), result.err


@pytest.mark.parametrize("make", REQUESTS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("name", [name for name, trouble in TROUBLES.items() if trouble.is_tried_again and name not in ("hang", "drip")])
def test_what_goes_wrong_once_is_tried_again(chain: Chain, make, name: str) -> None:
    request = make(chain)
    chain.write()
    request.service.faults.add(TROUBLES[name].make(), times=1, when=request.when)
    result = chain.runner(*request.args, *COMMAND, env={**chain.env, **request.env, "AWS_METADATA_SERVICE_TIMEOUT": "30"}, timeout=ENDS_WITHIN_S)
    assert (result.status, result.out) == (0, "started\n"), result.err
    assert request.service.faults.pending() == 0
