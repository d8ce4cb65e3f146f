"""Early connections: those to Parameter Store are opened while the program waits for credentials.

Each test lets the credential service answer only after the store has seen the connections; if they were opened
later, the service would wait until its timeout and the test would fail.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest
from chain import Chain, chain, role  # noqa: F401
from conftest import Runner
from credential_services.credential_service import CredentialService
from parameter_store import faults
from parameter_store.exchange import Exchange
from parameter_store.faults import Fault
from parameter_store.journal import Journal
from privileges import strace, unshare

STALE_SECONDS = 1.5
"""Longer than an early connection waits for its request."""


@dataclass
class Before(Fault):
    """Calls act, then lets the service answer."""

    act: Callable[[], Any]
    failures: ClassVar[list[Exception]] = []

    def serve(self, exchange: Exchange) -> bool:
        try:
            self.act()
        except (TimeoutError, AssertionError) as error:
            self.failures.append(error)
        return False


@pytest.fixture(autouse=True)
def check_that_no_wait_timed_out() -> Iterator[None]:
    Before.failures.clear()
    yield
    assert Before.failures == []


def answers_after(service: CredentialService, operation: str, act: Callable[[], Any]) -> None:
    service.faults.add(Before(act), when=lambda asked, _body: asked == operation)


def wait_for_connections(chain: Chain, count: int = 1) -> Callable[[], Any]:
    """For that many connections, of which at least one has completed its TLS handshake."""

    def is_there(journal: Journal) -> bool:
        return journal.connections >= count and journal.tls_handshakes >= 1

    return lambda: chain.store.journal.wait_for(is_there)


def set_up_container(chain: Chain, act: Callable[[], Any]) -> str:
    chain.env |= chain.container_env()
    answers_after(chain.container, "GetCredentials", act)
    return "container"


def set_up_metadata(chain: Chain, act: Callable[[], Any]) -> str:
    chain.env |= chain.metadata_env()
    answers_after(chain.metadata, "GetRoleCredentials", act)
    return "metadata"


def set_up_metadata_with_region(chain: Chain, act: Callable[[], Any]) -> str:
    chain.env |= {"AWS_REGION": None, "AWS_DEFAULT_REGION": None}
    return set_up_metadata(chain, act)


def set_up_web_identity(chain: Chain, act: Callable[[], Any]) -> str:
    chain.env |= chain.web_identity_env()
    answers_after(chain.sts, "AssumeRoleWithWebIdentity", act)
    return "web-env"


def set_up_role_of_profile(chain: Chain, act: Callable[[], Any]) -> str:
    chain.sts.add_role(role("reader"))
    chain.config["default"] = {"role_arn": role("reader"), "source_profile": "keys"}
    chain.config["profile keys"] = chain.properties("keys")
    answers_after(chain.sts, "AssumeRole", act)
    return "reader"


def set_up_sso(chain: Chain, act: Callable[[], Any]) -> str:
    chain.config["default"] = chain.sso_profile()
    answers_after(chain.sso_portal, "GetRoleCredentials", act)
    return "sso"


@pytest.fixture
def shares_trust(run: Runner) -> bool:
    """Whether connections share the certificates that were read: with every TLS library but mbedTLS."""
    library = re.search(r"libcurl/\S+ ([^/]+)/", run("--version").out)
    assert library is not None
    return library.group(1) != "mbedTLS"


@pytest.mark.parametrize("set_up", [set_up_container, set_up_metadata, set_up_metadata_with_region])
def test_the_connection_is_opened_before_the_credentials_arrive(chain: Chain, set_up: Callable[..., str]) -> None:
    place = set_up(chain, wait_for_connections(chain))
    assert chain.succeed() == place
    assert len(chain.store.journal.entries) == 1
    assert chain.store.journal.connections == 1, "the request did not use the early connection"


@pytest.mark.parametrize("set_up", [set_up_web_identity, set_up_role_of_profile, set_up_sso])
def test_beside_a_credential_service_with_tls_it_is_opened_early_only_with_mbedtls(chain: Chain, shares_trust: bool, set_up: Callable[..., str]) -> None:
    def look() -> None:
        time.sleep(0.2)
        assert chain.store.journal.connections == 0

    place = set_up(chain, look if shares_trust else wait_for_connections(chain))
    assert chain.succeed() == place
    assert len(chain.store.journal.entries) == 1
    assert chain.store.journal.connections == 1


def test_the_connection_is_opened_before_a_helper_has_printed_credentials(chain: Chain, tmp_path: Path) -> None:
    marker = tmp_path / "connected"
    script = f"for i in $(seq 600); do [ -e {marker} ] && break; sleep 0.05; done; [ -e {marker} ] || exit 3"
    chain.config["default"] = {"credential_process": chain.process(chain.process_document(), script)}
    watch = threading.Thread(target=Before(lambda: (wait_for_connections(chain)(), marker.touch())).serve, args=(None,))
    watch.start()
    assert chain.succeed() == "process"
    watch.join()
    assert chain.store.journal.connections == 1


def test_one_connection_is_opened_for_each_first_request(chain: Chain) -> None:
    paths = [f"/q{number}" for number in range(5)]
    for path in paths:
        for number in range(15):
            chain.store.put(f"{path}/v{number}", "value")
    set_up_container(chain, wait_for_connections(chain, 6))
    result = chain.run(*(f"{path}={path[1:].upper()}_" for path in paths), command=("--", "/usr/bin/env", "-0"))
    assert result.status == 0, result.err
    assert result.variables["Q4_V14"] == "value"
    assert chain.store.journal.connections == 6
    assert len(chain.store.journal.entries) == 11


def test_later_pages_use_the_same_connections(chain: Chain) -> None:
    for number in range(45):
        chain.store.put(f"/p/more{number}", "value")
    set_up_container(chain, wait_for_connections(chain, 2))
    result = chain.run("NAMED=/p/v", command=("--", "/usr/bin/env", "-0"))
    assert (result.status, result.variables["NAMED"]) == (0, "value"), result.err
    assert chain.store.journal.connections == 2
    assert len(chain.store.journal.entries) == 6


# --- when no connection is opened early ---


@pytest.mark.parametrize("trouble", ["no answer", "disabled"])
def test_none_is_opened_without_a_source_of_credentials(chain: Chain, trouble: str) -> None:
    chain.env |= chain.metadata_env()
    if trouble == "no answer":
        chain.metadata.settings.hop_limit_drop = True
        chain.env["AWS_METADATA_SERVICE_TIMEOUT"] = "1"
    else:
        chain.env["AWS_EC2_METADATA_DISABLED"] = "true"
    chain.fail("no AWS credentials were found")
    assert chain.store.journal.connections == 0


@pytest.fixture
def threads(program: Path, run: Runner, chain: Chain, tmp_path: Path) -> Callable[[], int]:
    """Runs to success and counts the threads that were started."""

    def count() -> int:
        chain.write()
        trace = tmp_path / "threads.strace"
        done = subprocess.run(
            [*strace("-f", "-o", trace, "-e", "trace=clone,clone3"), program, "/p", "--", "/bin/true"],
            env=run.environment(chain.env), capture_output=True, text=True, check=False, timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return trace.read_text().count("CLONE_THREAD")

    return count


def test_keys_in_the_environment_start_no_thread(chain: Chain, threads: Callable[[], int]) -> None:
    chain.env |= chain.variables()
    assert threads() == 0


def test_one_thread_opens_all_connections(chain: Chain, threads: Callable[[], int]) -> None:
    set_up_container(chain, wait_for_connections(chain))
    assert threads() == 1


# --- failures while the program waits for credentials ---


def test_refused_credentials_end_the_run_as_without_an_early_connection(chain: Chain) -> None:
    set_up_container(chain, wait_for_connections(chain))
    chain.container.settings.authorization = "another"
    result = chain.fail(f"container credentials: Unauthorized: 127.0.0.1:{chain.container.port} refused (HTTP status 401)")
    assert len(result.err.splitlines()) == 2, result.err
    chain.store.journal.wait_for(lambda journal: journal.open_connections == 0)


ONE_TRY = {"AWS_MAX_ATTEMPTS": "1"}


def test_a_connection_that_the_server_closed_is_not_used(chain: Chain) -> None:
    def close() -> None:
        wait_for_connections(chain)()
        chain.store.drop_connections()

    set_up_container(chain, close)
    result = chain.run("-v", env=ONE_TRY)
    assert result.status == 0, result.err
    assert "(try 2)" not in result.err
    assert (chain.store.journal.connections, len(chain.store.journal.entries)) == (2, 1)


@pytest.mark.parametrize(
    "fault", [faults.Close(), faults.Reset("before"), faults.Reset("body"), faults.Truncate(), faults.HugeHeaders(), faults.Garbage()],
    ids=lambda fault: type(fault).__name__,
)
def test_a_request_on_an_early_connection_counts_as_a_try(chain: Chain, fault: Fault) -> None:
    chain.env |= chain.container_env()
    chain.store.faults.always(fault)
    result = chain.run(env=ONE_TRY)
    assert result.status == 125
    assert len(chain.store.journal.entries) == 1


def test_an_early_connection_that_is_refused_is_opened_again(chain: Chain) -> None:
    with ExitStack() as stack:
        stack.enter_context(chain.store.port_closed())
        set_up_container(chain, stack.close)
        result = chain.run()
    assert result.status == 0, result.err


def test_an_early_handshake_that_hangs_is_replaced_once_its_connection_is_closed(chain: Chain) -> None:
    def heal() -> None:
        chain.store.journal.wait_for(lambda journal: journal.connections == 1)
        chain.store.handshake_hangs = False
        chain.store.drop_connections()

    chain.store.handshake_hangs = True
    set_up_container(chain, heal)
    result = chain.run()
    assert result.status == 0, result.err
    assert chain.store.journal.connections == 2


def test_an_early_connection_is_closed_if_no_request_comes_in_time(chain: Chain) -> None:
    """Otherwise the server would have to keep it open until the program ends."""

    def wait_too_long() -> None:
        wait_for_connections(chain)()
        time.sleep(STALE_SECONDS)
        chain.store.journal.wait_for(lambda journal: journal.open_connections == 0)

    set_up_container(chain, wait_too_long)
    assert chain.succeed() == "container"
    assert chain.store.journal.connections == 2
    assert len(chain.store.journal.entries) == 1


def test_an_untrusted_certificate_is_reported_once(chain: Chain, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=other", "-days", "2",
         "-keyout", tmp_path / "other.key", "-out", other],
        check=True, capture_output=True,
    )
    chain.env |= chain.container_env()
    result = chain.fail("the server's certificate is not trusted", env={"AWS_CA_BUNDLE": str(other)})
    assert result.err.count("ssm-exec: error: ") == 1, result.err
    assert chain.store.journal.connections <= 2, "the early one, and that of the request"


def test_a_role_that_cannot_be_assumed_is_reported_before_a_missing_region(chain: Chain) -> None:
    chain.env |= {**chain.metadata_env(), "AWS_REGION": None, "AWS_DEFAULT_REGION": None}
    chain.metadata.settings.region = None
    chain.metadata.settings.code = "AssumeRoleUnauthorizedAccess"
    assert "no region" not in chain.fail("AssumeRoleUnauthorizedAccess").err
    chain.metadata.settings.code = "Success"
    chain.fail("no region")


def test_command_inherits_nothing_from_early_connections(chain: Chain) -> None:
    # Not SigQ: it counts the queued signals of all of the user's processes.
    script = "readlink /proc/self/fd/*; grep -E '(Sig|Shd)(Pnd|Blk|Ign|Cgt)|Threads' /proc/self/status; ulimit -a"
    set_up_container(chain, wait_for_connections(chain))
    early = chain.run(command=("--", "/bin/sh", "-c", script))
    at_hand = chain.run(env=chain.variables(), command=("--", "/bin/sh", "-c", script))
    assert early.status == 0, early.err
    assert [line for line in early.out.splitlines() if not line.startswith(("pipe:", "/proc/"))] == [
        line for line in at_hand.out.splitlines() if not line.startswith(("pipe:", "/proc/"))
    ]


@pytest.fixture
def waiting(chain: Chain) -> Iterator[threading.Event]:
    """The container answers once this is set; the end of the test sets it."""
    event = threading.Event()
    set_up_container(chain, lambda: event.wait(30))
    yield event
    event.set()


def test_process_1_ends_while_an_early_connection_waits(chain: Chain, run: Runner, program: Path, waiting: threading.Event) -> None:
    with subprocess.Popen(
        [*unshare("--pid", "--fork", "--kill-child"), program, "/p", "--", "/bin/echo", "started"],
        env=run.environment(chain.env), stdout=subprocess.PIPE,
    ) as started:
        wait_for_connections(chain)()
        children = Path(f"/proc/{started.pid}/task/{started.pid}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGTERM)
        assert started.communicate(timeout=30) == (b"", None)
        assert started.returncode == 128 + signal.SIGTERM


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signals_end_the_run_while_an_early_connection_waits(
    chain: Chain, run: Runner, waiting: threading.Event, number: signal.Signals
) -> None:
    started = run.start("/p", "--", "/bin/echo", "started", env=chain.env)
    wait_for_connections(chain)()
    started.send_signal(number)
    result = run.finish(started)
    assert (result.status, result.out, result.err) == (-number, "", "")


def test_the_timeout_counts_while_an_early_connection_waits(chain: Chain, waiting: threading.Event) -> None:
    chain.fail("the timeout ended the wait for 127.0.0.1", options=("--timeout", "1s"))


def test_verbose_reports_early_connections(chain: Chain) -> None:
    set_up_container(chain, wait_for_connections(chain))
    result = chain.run("-v")
    host = chain.store.endpoint_url.removeprefix("https://")
    assert f"ssm-exec: info: {host}: connecting in advance (connections: 1)\n" in result.err, result.err
