"""A hostile or broken server costs bounded memory and time: the whole process stays below 80 MiB, whatever is sent."""

from __future__ import annotations

import itertools
import json
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from chain import Chain, chain  # noqa: F401
from conftest import ROOT, Runner
from parameter_store import ParameterStore, faults
from parameter_store.exchange import Exchange
from parameter_store.wire import Answer
from test_credential_leaks import ASKING, PROVIDERS

pytestmark = pytest.mark.release_only  # a sanitizer's memory is its own

MOST_KIB = 80 * 1024
JSON_TYPE = {"Content-Type": faults.JSON_TYPE}


@dataclass
class Peak:
    status: int
    kib: int
    err: str


@pytest.fixture(scope="session")
def measure(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small program that starts another one: at first the memory of the starting process counts as the program's."""
    path = tmp_path_factory.mktemp("measure") / "measure"
    subprocess.run(["gcc", "-O2", "-D_GNU_SOURCE", "-static", "-o", path, ROOT / "tests/bench/measure.c"], check=True)
    return path


@pytest.fixture
def peak(run: Runner, measure: Path) -> Callable[..., Peak]:
    def measured(*args: str, env: dict[str, str | None] | None = None) -> Peak:
        done = subprocess.run([measure, run.program, *args], env=run.environment(env), capture_output=True, text=True, check=True, timeout=120)
        _, _, kib, status = map(int, done.stdout.split())
        return Peak(status, kib, done.stderr)

    return measured


@dataclass
class Fabricate(faults.Fault):
    """A body that a function makes of the request."""

    make: Callable[[Any], bytes]

    def serve(self, exchange: Exchange) -> bool:
        sent = exchange.request.body
        exchange.send(Answer(200, self.make(json.loads(sent) if sent.startswith(b"{") else None), JSON_TYPE))
        return True


def page(items: int, value_bytes: int, name_bytes: int = 0, arn_bytes: int = 0, token: str | None = "") -> Callable[[Any], bytes]:
    """Pages that never end and are never the same."""
    numbers = itertools.count()

    def make(_: Any) -> bytes:
        first = next(numbers)
        parameters = [
            {"Name": f"/p/n{first}/{item}{'n' * name_bytes}", "Type": "String", "Value": "v" * value_bytes,
             "ARN": "arn:aws:ssm:eu-west-1:123456789012:parameter/p".ljust(arn_bytes, "a")}
            for item in range(items)
        ]  # fmt: skip
        return json.dumps({"Parameters": parameters, "NextToken": f"{first}{token}"}).encode()

    return make


def answers(value_bytes: int) -> Callable[[Any], bytes]:
    """What GetParameters asks for, with large values."""
    return lambda asked: json.dumps({"Parameters": [{"Name": name, "Type": "String", "Value": "v" * value_bytes} for name in asked["Names"]]}).encode()


@dataclass
class Stream(faults.Fault):
    """Sends the pieces as they are, then nothing until the client closes the connection."""

    pieces: Callable[[], Iterable[bytes]]

    def serve(self, exchange: Exchange) -> bool:
        for piece in self.pieces():
            exchange.send_bytes(piece)
        exchange.wait_until_client_leaves()


OK_LINE = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK_LINE + b"Transfer-Encoding: chunked\r\n\r\n"
FILLER = b"X-Filler: " + b"a" * 4000 + b"\r\n"
CHUNK = b"8000\r\n" + b"a" * 0x8000 + b"\r\n"


def for_ever(start: bytes, piece: bytes) -> Stream:
    return Stream(lambda: itertools.chain([start], itertools.repeat(piece)))


def unfinished(size: int) -> Stream:
    """So many bytes of a body, of which more is to come."""
    return Stream(lambda: [CHUNKED, *itertools.repeat(CHUNK, size // 0x8000)])


def one_long_name() -> Callable[[Any], bytes]:
    """20,000 parameters, the name of one of which is as long as a name can be."""
    numbers = itertools.count()

    def make(_: Any) -> bytes:
        number = next(numbers)
        names = [f"/p/n{number}/{item}" for item in range(10)]
        if number == 0:
            names[0] = "/p/".ljust(2048, "N")
        token = {"NextToken": str(number)} if number < 1999 else {}
        return json.dumps({"Parameters": [{"Name": name, "Type": "String", "Value": "v"} for name in names], **token}).encode()

    return make


def refusal(size: int) -> faults.StatusAnswer:
    """As STS words it, with a very long message."""
    text = b"<ErrorResponse><Error><Code>Odd</Code><Message>%s</Message></Error></ErrorResponse>" % (b"a" * size)
    return faults.StatusAnswer(400, text, "text/xml")


def fixed(body: bytes) -> Callable[[Any], bytes]:
    return lambda _: body


MANY_NUMBERS = b"[" + b"1," * (2 * 1024 * 1024 - 8) + b"1]"
MANY_LISTS = b"[" + b"[]," * (1024 * 1024) + b"[]]"
DEEP = b"[" * (2 * 1024 * 1024)

LISTINGS = {
    "230 items a page with long ARNs": page(230, 1, arn_bytes=16_000),
    "a long ARN": page(10, 1, arn_bytes=16_000),
    "the longest fields for ever": page(10, 1, name_bytes=1000, arn_bytes=2000),
    "the largest values for ever": page(10, 8192),
    "the largest pages for ever": page(10, 400_000),
    "empty values for ever": page(10, 0, name_bytes=1900),
    "a long NextToken": page(1, 1, token="t" * 1_000_000),
    "numbers": fixed(b'{"Parameters":' + MANY_NUMBERS[: 4 * 1024 * 1024 - 100] + b"]}"),
    "lists": fixed(b'{"Parameters":[],"More":' + MANY_LISTS + b"}"),
    "nesting": fixed(DEEP),
}


@pytest.mark.parametrize("listing", LISTINGS)
def test_a_path_is_refused_within_the_limit(store: ParameterStore, peak, listing: str) -> None:
    store.faults.always(Fabricate(LISTINGS[listing]))
    seen = peak("/p", "--", "/bin/true")
    assert seen.status == 125 and "ssm-exec: error: /p" in seen.err, seen
    assert seen.kib < MOST_KIB, seen


ENDLESS = {
    "chunks": faults.EndlessBody(),
    "a length that is too large": faults.EndlessBody(content_length=1 << 40),
    "header lines": faults.HugeHeaders(),
    "interim replies": for_ever(b"", b"HTTP/1.1 102 Processing\r\n" + FILLER + b"\r\n"),
    "one header line": for_ever(OK_LINE + b"X-Filler: ", b"a" * 65536),
    "the status line": for_ever(b"HTTP/1.1 200 ", b"a" * 65536),
    "trailers": for_ever(CHUNKED + b"2\r\n{}\r\n0\r\n", FILLER),
}


@pytest.mark.parametrize("body", ENDLESS)
@pytest.mark.parametrize("sources", [["/p"], [f"/p{number}" for number in range(64)]], ids=["one path", "64 paths"])
def test_endless_replies_are_refused_within_the_limit(store: ParameterStore, peak, body: str, sources: list[str]) -> None:
    store.faults.always(ENDLESS[body])
    seen = peak(*sources, "--timeout", "20s", "--", "/bin/true")
    assert seen.status == 125 and "the answer is larger than the limit" in seen.err, seen
    assert seen.kib < MOST_KIB, seen


@pytest.mark.parametrize("reply", ["chunks", "too large values", "the largest values", "escaped values", "numbers"])
def test_names_are_refused_within_the_limit(store: ParameterStore, peak, reply: str) -> None:
    """320 names are 32 calls, all at once."""
    replies = {
        "too large values": answers(850_000),
        "the largest values": answers(256 * 1024),
        "escaped values": lambda asked: answers(1)(asked).replace(b'"v"', b'"%s"' % (b"\\u0001" * 150_000)),
        "numbers": fixed(MANY_NUMBERS),
    }
    store.faults.always(ENDLESS["chunks"] if reply == "chunks" else Fabricate(replies[reply]))
    seen = peak(*(f"V{number}=/n/{number}" for number in range(320)), "--timeout", "20s", "--", "/bin/true")
    assert seen.status == 125 and "ssm-exec: error: " in seen.err, seen
    assert seen.kib < MOST_KIB, seen


NAMES = [f"V{number}=/n/{number}" for number in range(320)]


@pytest.mark.parametrize("size", [1, 3, 8])
@pytest.mark.parametrize("sources", [NAMES, [f"/p{number}" for number in range(32)]], ids=["320 names", "32 paths"])
def test_replies_that_never_end_are_not_all_kept_in_memory(store: ParameterStore, peak, sources: list[str], size: int) -> None:
    """32 bodies of some MiB: what exceeds the limit waits in the socket."""
    store.faults.always(unfinished(size * 1024 * 1024))
    seen = peak(*sources, "--timeout", "3s", "--", "/bin/true")
    assert seen.status == 125 and "ssm-exec: error: " in seen.err, seen
    assert seen.kib < MOST_KIB, seen


def test_a_long_refusal_is_not_copied(store: ParameterStore, peak) -> None:
    store.faults.always(refusal(8 * 1024 * 1024))
    seen = peak(*NAMES, "--", "/bin/true")
    assert seen.status == 125 and "Odd" in seen.err, seen
    assert seen.kib < MOST_KIB, seen


def test_as_much_as_secrets_can_be_is_read_all_the_same(store: ParameterStore, peak) -> None:
    """320 secrets of 64 KiB, every byte of them escaped, are 120 MiB: they come one after the other."""
    store.faults.always(Fabricate(lambda asked: answers(1)(asked).replace(b'"v"', b'"%s"' % (b"\\u0001" * 65_536))))
    seen = peak(*(f"--file={name}" for name in NAMES), "--dry-run")
    assert seen.status == 0, seen.err
    assert len(store.journal.operations("GetParameters")) == 32
    assert seen.kib < MOST_KIB, seen


def test_a_table_with_one_long_name_is_written_row_by_row(store: ParameterStore, peak) -> None:
    store.faults.always(Fabricate(one_long_name()))
    seen = peak("/p", "--dry-run")
    assert seen.status == 0, seen.err
    assert seen.kib < MOST_KIB, seen


@pytest.mark.parametrize("dry", [(), ("--dry-run",), ("--dry-run", "--json")], ids=["run", "table", "json"])
def test_what_is_admitted_stays_within_the_limit_to_the_end(store: ParameterStore, peak, dry: tuple[str, ...]) -> None:
    """10,000 standard parameters of 4 KB: more than an environment can contain, and the most that a path may take."""
    pages = page(10, 4096)
    store.faults.add(Fabricate(pages), times=999)
    store.faults.always(Fabricate(lambda request: json.dumps({**json.loads(pages(request)), "NextToken": None}).encode()))
    seen = peak("/p", *dry, *(() if dry else ("--", "/bin/true")))
    assert seen.status == (0 if dry else 126), seen
    assert dry or "arguments and environment are too large" in seen.err
    assert seen.kib < MOST_KIB, seen


CREDENTIAL_BODIES = {"numbers": fixed(MANY_NUMBERS), "nesting": fixed(DEEP), "small numbers": fixed(b'{"a":[' + b"1," * 30_000 + b"1]}")}


@pytest.mark.parametrize("body", [*ENDLESS, *CREDENTIAL_BODIES])
@pytest.mark.parametrize("provider", ASKING)
def test_who_gives_credentials_is_bounded_too(chain: Chain, measure: Path, provider: str, body: str) -> None:  # noqa: F811
    place = PROVIDERS[provider]
    env = place.prepare(chain)
    place.service(chain).faults.always(ENDLESS.get(body) or Fabricate(CREDENTIAL_BODIES[body]))
    chain.write()
    environment = chain.runner.environment({**chain.env, **env})
    done = subprocess.run([measure, chain.runner.program, *place.options, "/p", "--timeout", "20s", "--", "/bin/true"],
                          env=environment, capture_output=True, text=True, check=True, timeout=120)  # fmt: skip
    _, _, kib, status = map(int, done.stdout.split())
    assert status == 125 and "ssm-exec: error: " in done.stderr, done
    assert kib < MOST_KIB, done


def test_what_a_helper_prints_is_bounded(chain: Chain, measure: Path) -> None:  # noqa: F811
    chain.config["default"] = {"credential_process": chain.process("", script="exec /usr/bin/yes 1,1,1,1,1,1,1,1")}
    chain.write()
    done = subprocess.run([measure, chain.runner.program, "/p", "--", "/bin/true"], env=chain.runner.environment(chain.env),
                          capture_output=True, text=True, check=True, timeout=120)  # fmt: skip
    _, _, kib, status = map(int, done.stdout.split())
    assert status == 125 and " printed)" in done.stderr, done
    assert kib < MOST_KIB, done


@pytest.mark.parametrize("cut_after", [
    b"", b"H", b"HTTP/1.1", b"HTTP/1.1 200", OK_LINE[:-1], OK_LINE, OK_LINE + b"\r",
    OK_LINE + b"Content-Type: application/x-amz-json-1.1\r\n", OK_LINE + b"Content-Le",
])
def test_a_reply_that_ends_inside_its_headers_is_tried_again(store: ParameterStore, run: Runner, cut_after: bytes) -> None:
    store.put("/p/v", "1")
    store.faults.add(faults.Garbage(cut_after), times=3)
    result = run("/p", "-v", "--", "/bin/echo", "started")
    assert (result.status, result.out) == (0, "started\n"), result.err
    assert result.err.count("the connection was closed before the answer was complete") == 3, result.err


def test_while_pages_come_the_waiting_line_says_how_far_it_is(store: ParameterStore, run: Runner) -> None:
    for number in range(30):
        store.put(f"/p/v{number:02}", "1")
    third = faults.Hold()
    store.faults.always(third, when=lambda _, body: bool(body.get("NextToken")) and len(store.journal.entries) == 3)
    started = run.start("/p", "--", "/bin/true")
    assert started.stderr is not None
    line = started.stderr.readline().decode()
    third.release()
    assert run.finish(started).status == 0
    assert "still reading from 127.0.0.1:" in line and line.endswith(" s: 20 parameters so far, now page 3\n"), line
