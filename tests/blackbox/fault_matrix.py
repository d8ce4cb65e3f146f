"""What every fault of the test servers does to every kind of request: two small tables, and the end that follows from them.

A cell is a fault, a kind of request, and how often the fault happens. What is expected of it is computed
from the class of the fault; nothing is written down for single cells.
"""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from chain import CONTAINER_TOKEN, Chain, role
from conftest import Result
from parameter_store import faults
from parameter_store.journal import Entry
from parameter_store.local_service import LocalService

Env = dict[str, str | None]

# --- How a fault ends


class End(Enum):
    """What becomes of a request that the fault happens to."""

    PASSES = "the answer is as good as any"
    RETRIED = "passes when it is tried again"
    REFUSED = "is final"
    SILENT = "gets no whole answer before a time limit"


ONCE, ALWAYS = 1, None
TIMES = {ONCE: "once", ALWAYS: "always"}


@dataclass(frozen=True)
class Row:
    """A fault, the class of its end, and what a message says of it."""

    end: End
    cause: str
    """A regular expression for the cause as the message names it; "" for End.PASSES."""
    make: Callable[..., Any]
    """A class or function of faults.py; its arguments follow."""
    args: tuple[Any, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)

    def fault(self) -> faults.Fault:
        return self.make(*self.args, **self.options)


def row(end: End, cause: str, make: Callable[..., Any], *args: Any, **options: Any) -> Row:
    return Row(end, cause, make, args, options)


class Released(faults.Hold):
    """Lets every request go at once."""

    def __init__(self) -> None:
        super().__init__()
        self.release()


MESSAGE = "the reason is this one"
"""What the service says of an error that it words itself."""

DROPPED = "closed before the answer was complete|ended before the answer was complete"
NOT_THE_ANSWER = (
    "not valid JSON|not the XML|has no AccessKeyId|has no Credentials|has no roleCredentials|is not a list|are not a list|are no list|has no Parameters"
    "|returned no usable role|HTTP status 401|HTTP status 404|is (no|not a) region name|no session token"
)
"""What a body is called that is not what was asked for. A session token or a role of the metadata service can
be any text: that it is not the right one shows with the next request."""
TOO_LARGE = "larger than the limit"
TIMED_OUT = "timed out|the timeout ended the|took more than|no answer from .* to the token request"

ROWS: dict[str, Row] = {
    "chunked": row(End.PASSES, "", faults.Chunked),
    "close after answer": row(End.PASSES, "", faults.CloseAfterAnswer),
    "latency": row(End.PASSES, "", faults.Latency, 50),
    "held and released": row(End.PASSES, "", Released),
    "drip, quick": row(End.PASSES, "", faults.Drip, 1, step_bytes=200),
    "body unaltered": row(End.PASSES, "", faults.AlterBody, bytes),
    "bucket with room": row(End.PASSES, "", faults.TokenBucket, 1000, 1000),
    "throttling": row(End.RETRIED, "Throttling|TooManyRequests|HTTP status (429|503)", faults.throttling),
    "throttling with a time": row(
        End.RETRIED, "Throttling|TooManyRequests|HTTP status (429|503)", faults.throttling, {"x-amz-retry-after": "100"}),
    "empty bucket": row(End.RETRIED, "Throttling|TooManyRequests|HTTP status (429|503)", faults.TokenBucket, 0, 0),
    "internal error": row(End.RETRIED, f"InternalServerError: .*{MESSAGE}|HTTP status 500", faults.ErrorAnswer, "InternalServerError", MESSAGE, 500),
    "status 429": row(End.RETRIED, "HTTP status 429", faults.StatusAnswer, 429),
    "status 500": row(End.RETRIED, "HTTP status 500", faults.StatusAnswer, 500),
    "status 502": row(End.RETRIED, "HTTP status 502", faults.StatusAnswer, 502),
    "status 503": row(End.RETRIED, "HTTP status 503", faults.StatusAnswer, 503),
    "status 504": row(End.RETRIED, "HTTP status 504", faults.StatusAnswer, 504),
    "close": row(End.RETRIED, DROPPED, faults.Close),
    "reset": row(End.RETRIED, DROPPED, faults.Reset),
    "reset after headers": row(End.RETRIED, DROPPED, faults.Reset, "headers"),
    "reset in body": row(End.RETRIED, DROPPED, faults.Reset, "body"),
    "truncated": row(End.RETRIED, DROPPED, faults.Truncate),
    "truncated chunks": row(End.RETRIED, DROPPED, faults.Truncate, chunked=True),
    "hang": row(End.SILENT, TIMED_OUT, faults.Hang),
    "hold": row(End.SILENT, TIMED_OUT, faults.Hold),
    "drip": row(End.SILENT, TIMED_OUT, faults.Drip, 400),
    "latency of a minute": row(End.SILENT, TIMED_OUT, faults.Latency, 60_000),
    "denied": row(
        End.REFUSED, f"AccessDeniedException: .*{MESSAGE}|HTTP status 403", faults.ErrorAnswer, "AccessDeniedException", MESSAGE, 403),
    "status 204": row(End.REFUSED, "HTTP status 204", faults.StatusAnswer, 204, b""),
    "status 403": row(End.REFUSED, "HTTP status 403", faults.StatusAnswer, 403),
    "status 404": row(End.REFUSED, "HTTP status 404", faults.StatusAnswer, 404),
    "status 418": row(End.REFUSED, "HTTP status 418", faults.StatusAnswer, 418),
    "redirect": row(End.REFUSED, "HTTP status 302", faults.redirect, "https://127.0.0.1:9/"),
    "empty body": row(End.REFUSED, NOT_THE_ANSWER, faults.empty_body),
    "not JSON": row(End.REFUSED, NOT_THE_ANSWER, faults.not_json),
    "wrong shape": row(End.REFUSED, NOT_THE_ANSWER, faults.wrong_shape),
    "body with a NUL": row(End.REFUSED, NOT_THE_ANSWER, faults.AlterBody, lambda body: b"\0" + body),
    "body with lines of headers": row(End.REFUSED, NOT_THE_ANSWER, faults.AlterBody, lambda body: b"x\r\nX-Injected: y\r\n\r\n" + body),
    "garbage": row(End.REFUSED, "HTTP/0.9|Invalid status line|not HTTP", faults.Garbage),
    "endless body": row(End.REFUSED, TOO_LARGE, faults.EndlessBody),
    "body of 100 MB": row(End.REFUSED, TOO_LARGE, faults.EndlessBody, 100_000_000),
    "body of another thing": row(End.REFUSED, NOT_THE_ANSWER, faults.EndlessBody, 2_000),
    "huge headers": row(End.REFUSED, TOO_LARGE, faults.HugeHeaders),
}

# What the network does to new connections, by the member of LocalService that makes it do so.


@dataclass(frozen=True)
class Weather:
    """A fault of the network: it happens to connections, not to requests."""

    end: End
    cause: str
    member: str
    value: Any = None

    def over(self, service: LocalService) -> AbstractContextManager[None]:
        if self.value is None:
            return getattr(service, self.member)()
        setattr(service, self.member, self.value)
        return nullcontext()


NETWORK: dict[str, Weather] = {
    "port closed": Weather(End.SILENT, "[Cc]ould ?n[o']t connect|Connection refused|Failed to connect", "port_closed"),
    "handshake hangs": Weather(End.SILENT, TIMED_OUT, "handshake_hangs", True),
    "connections that wait": Weather(End.PASSES, "", "connection_latency_ms", 50.0),
    "connections that wait for a minute": Weather(End.SILENT, TIMED_OUT, "connection_latency_ms", 60_000.0),
}
NO_FAULTS_OF_THE_NETWORK = {
    "ca_file", "drop_connections", "endpoint_url", "port", "reset", "scheme", "start", "stop",
}  # fmt: skip
"""The other members of LocalService."""

# --- Kinds of requests


@dataclass(frozen=True)
class Asked:
    """A run in which a request of the kind is made."""

    service: LocalService
    source: str
    """What the message is about: the source that the user named, or who was to give credentials."""
    operation: str
    args: tuple[str, ...] = ("/p",)
    env: Env = field(default_factory=dict)
    when: Callable[[Any], bool] = lambda body: True

    def matches(self, operation: str, body: Any) -> bool:
        return operation == self.operation and self.when(body)


@dataclass(frozen=True)
class Kind:
    set_up: Callable[[Chain], Asked]
    is_first: bool = True
    """It opens a connection; else it is sent on one that is there."""
    tries_max: int | None = None
    """None: as many as the time allows."""


BY_PATH, BY_NAME = "GetParametersByPath", "GetParameters"


def later_page(chain: Chain) -> Asked:
    chain.store.paging.page_size = 1
    chain.store.put("/p/w", SECRET_VALUE)
    return Asked(chain.store, "/p", BY_PATH, env=chain.variables(), when=lambda body: "NextToken" in body)


def by_lock(chain: Chain) -> Asked:
    path = chain.home / "x.lock"
    path.write_text(json.dumps({"variables": [{"name": "A", "parameter": "/p/v", "version": 1}]}))
    return Asked(chain.store, str(path), BY_NAME, ("--lock", str(path)), chain.variables())


def by_role_arn(chain: Chain) -> Asked:
    chain.sts.add_role(role("reader"))
    return Asked(chain.sts, role("reader"), "AssumeRole", ("--role-arn", role("reader"), "/p"), chain.variables())


def by_sso(chain: Chain) -> Asked:
    chain.config["default"] = chain.sso_profile()
    return Asked(chain.sso_portal, "SSO", "GetRoleCredentials")


def by_container(chain: Chain) -> Asked:
    return Asked(chain.container, "container credentials", "GetCredentials", env=chain.container_env(CONTAINER_TOKEN))


def by_metadata(operation: str) -> Callable[[Chain], Asked]:
    return lambda chain: Asked(chain.metadata, METADATA, operation, env=chain.metadata_env())


def region_by_metadata(chain: Chain) -> Asked:
    env = {**chain.metadata_env(), "AWS_REGION": None, "AWS_DEFAULT_REGION": None}
    return Asked(chain.metadata, METADATA, "GetRegion", env=env)


METADATA = "EC2 instance metadata"

KINDS: dict[str, Kind] = {
    "first page": Kind(lambda chain: Asked(chain.store, "/p", BY_PATH, env=chain.variables())),
    "later page": Kind(later_page, is_first=False),
    "name": Kind(lambda chain: Asked(chain.store, "A=/p/v", BY_NAME, ("A=/p/v",), chain.variables())),
    "lock file": Kind(by_lock),
    "reference": Kind(lambda chain: Asked(chain.store, "A=ssm:///p/v", BY_NAME, (), {**chain.variables(), "A": "ssm:///p/v"})),
    "AssumeRole": Kind(by_role_arn),
    "AssumeRoleWithWebIdentity": Kind(
        lambda chain: Asked(chain.sts, role("web-env"), "AssumeRoleWithWebIdentity", env=chain.web_identity_env())),
    "SSO": Kind(by_sso),
    "container": Kind(by_container),
    "metadata token": Kind(by_metadata("PutToken"), tries_max=2),
    "metadata role": Kind(by_metadata("GetRole"), is_first=False, tries_max=2),
    "metadata document": Kind(by_metadata("GetRoleCredentials"), is_first=False, tries_max=2),
    "metadata region": Kind(region_by_metadata, is_first=False, tries_max=2),
}  # fmt: skip

# --- Cells

COMMAND = ("--", "/bin/echo", "started")
SECRET_VALUE = "value-that-must-not-be-seen"
SECRETS = ("must-not-be-seen", "must+not+be+seen", "FAKEimds", "FakeSessionToken", "fake/secret", "Signature=")
"""Parts of everything that is a secret in these runs."""

SHORT_S = 2
"""--timeout where the end is to come by it."""
LONG_S = 60
"""--timeout where the end is to come before it."""
SLACK_S = 25
"""What a busy machine may take on top; far less than LONG_S."""
TRY_S = 10
"""The longest that one try lasts."""
SETTLED_S = 1.0
"""A fault that is as old as that has been noticed."""


@dataclass(frozen=True)
class Cell:
    fault: str
    kind: str
    times: int | None

    def __str__(self) -> str:
        return f"{self.fault}-{self.kind}-{TIMES[self.times]}"

    @property
    def row(self) -> Row | Weather:
        return ROWS[self.fault] if self.fault in ROWS else NETWORK[self.fault]

    @property
    def succeeds(self) -> bool:
        return self.row.end is End.PASSES or (self.times is ONCE and self.row.end is not End.REFUSED)

    @property
    def ends_by_timeout(self) -> bool:
        return not self.succeeds and self.row.end is not End.REFUSED

    @property
    def limit_s(self) -> float:
        """How long the run may last."""
        if self.ends_by_timeout:
            return SHORT_S + SLACK_S
        return SLACK_S + (TRY_S if self.row.end is End.SILENT else 0)

    def options(self) -> tuple[str, ...]:
        return ("--timeout", f"{SHORT_S if self.ends_by_timeout else LONG_S}s")

    def env(self) -> Env:
        """The metadata service has limits of its own: generous ones where the run is to pass them."""
        if KINDS[self.kind].tries_max is None:
            return {}
        if not self.succeeds:
            return {"AWS_METADATA_SERVICE_TIMEOUT": "1" if self.ends_by_timeout else "20"}
        return {"AWS_METADATA_SERVICE_TIMEOUT": "3" if self.row.end is End.SILENT else "20", "AWS_METADATA_SERVICE_NUM_ATTEMPTS": "8"}


def all_cells() -> list[Cell]:
    """What passes every time passes once: that would be the same cell again."""
    cells = [
        Cell(fault, kind, times)
        for fault, row in ROWS.items()
        for kind in KINDS
        for times in TIMES
        if times is ALWAYS or row.end is not End.PASSES
    ]
    return cells + [Cell(fault, kind, ALWAYS) for fault in NETWORK for kind in KINDS if KINDS[kind].is_first]


FEW = ("throttling", "close", "denied", "empty body")
"""Faults that each kind of request meets in the short form too."""


def few_cells() -> list[Cell]:
    """Each fault with a kind, another for each; each kind with a few faults."""
    kinds = list(KINDS)
    cells = {Cell(fault, kind, ONCE) for fault in FEW for kind in kinds}
    for number, (fault, row) in enumerate(ROWS.items()):
        cells.add(Cell(fault, kinds[number % len(kinds)], ALWAYS))
    for number, fault in enumerate(NETWORK):
        cells.add(Cell(fault, [kind for kind in kinds if KINDS[kind].is_first][number * 2], ALWAYS))
    # Only the metadata service is given up soon enough for a silence that ends.
    cells.add(Cell("hang", "metadata role", ONCE))
    return [cell for cell in all_cells() if cell in cells]


# --- Running one


@contextmanager
def no_exception_in_threads() -> Iterator[None]:
    """The servers' threads have a bug if one of them ends by an exception."""
    failures: list[Any] = []
    before, threading.excepthook = threading.excepthook, failures.append
    try:
        yield
    finally:
        threading.excepthook = before
    assert not failures, failures


@dataclass
class Outcome:
    result: Result
    took_s: float
    faulty: list[Entry]
    """Requests that the fault happened to."""
    ended: float


def run_cell(chain: Chain, cell: Cell) -> tuple[Asked, Outcome]:
    chain.store.put("/p/v", SECRET_VALUE)
    asked = KINDS[cell.kind].set_up(chain)
    chain.write()
    with no_exception_in_threads():
        outcome = _run_with_fault(chain, cell, asked)
        asked.service.faults.clear()
        asked.service.drop_connections()
    return asked, outcome


def _run_with_fault(chain: Chain, cell: Cell, asked: Asked) -> Outcome:
    weather: AbstractContextManager[None] = nullcontext()
    if isinstance(cell.row, Row):
        asked.service.faults.add(cell.row.fault(), times=cell.times, when=asked.matches)
    else:
        weather = cell.row.over(asked.service)
    with weather:
        began = time.monotonic()
        process = chain.runner.start(
            *cell.options(), *asked.args, *COMMAND, env={**chain.env, **asked.env, **cell.env()}, start_new_session=True)  # fmt: skip
        result = chain.runner.finish(process, timeout=LONG_S + SLACK_S)
        ended = time.monotonic()
    assert_nothing_is_left(process.pid)
    assert asked.service.faults.pending() == 0, "the request was not made"
    faulty = [entry for entry in asked.service.journal.entries if entry.faults]
    return Outcome(result, ended - began, faulty, ended)


def assert_nothing_is_left(session: int) -> None:
    try:
        os.killpg(session, 0)
    except ProcessLookupError:
        return
    raise AssertionError("a process of the run is left")


# --- Judging one


def judge(chain: Chain, cell: Cell, asked: Asked, outcome: Outcome) -> None:
    result = outcome.result
    assert outcome.took_s <= cell.limit_s, (outcome.took_s, result)
    assert not [secret for secret in SECRETS if secret in result.err], result.err
    if cell.succeeds:
        assert (result.status, result.out) == (0, "started\n"), result
        assert all(line.startswith("ssm-exec: info: ") for line in result.err.splitlines()), result.err
        return
    result.expect_failure()
    errors = [line for line in result.err.splitlines() if line.startswith("ssm-exec: error: ")]
    assert len(errors) == 1, result.err
    assert asked.source in errors[0], result.err
    assert f"127.0.0.1:{asked.service.port}" in errors[0], result.err
    # On a busy machine the timeout may come before the fault has done anything.
    has_told = cell.row.end is End.REFUSED or any(entry.answered and entry.answered < outcome.ended - SETTLED_S for entry in outcome.faulty)
    cause = cell.row.cause if has_told else f"{cell.row.cause}|{TIMED_OUT}"
    assert re.search(cause, errors[0]), result.err
