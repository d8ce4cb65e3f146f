"""Proxies: how their URLs are read, what is checked before anything is sent, and which host an error names."""

from __future__ import annotations

import base64
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from conftest import Runner
from credential_services import SecurityTokenService
from parameter_store import ParameterStore
from tunnels import listener, read_head, relay

ECHO = ("--", "/bin/echo", "started")
HOST = "ssm.invalid.test"
HUSH = "hush-Yk2-must-not-be-seen"
VARIABLES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")


@contextmanager
def answering(answer: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """A proxy that gives every request that answer; its port, and what it was sent."""
    seen: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        with connection:
            seen.append(read_head(connection))
            connection.sendall(answer)

    with listener(serve) as port:
        yield port, seen


@contextmanager
def tunnel_to(store: ParameterStore) -> Iterator[tuple[int, list[bytes]]]:
    seen: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        seen.append(read_head(connection))
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        relay(connection, socket.create_connection(("127.0.0.1", store.port)))

    with listener(serve) as port:
        yield port, seen


@pytest.fixture
def elsewhere(certificates_directory) -> Iterator[ParameterStore]:
    """A store that can only be reached through a proxy."""
    with ParameterStore(certificates_directory=certificates_directory, host_names=(HOST,)) as store:
        store.put("/p/v", "1")
        yield store


@pytest.fixture
def ask(run: Runner, elsewhere: ParameterStore) -> Callable:
    def asked(*options: str, **variables: str):
        environment = {**elsewhere.environment(), "AWS_ENDPOINT_URL": f"https://{HOST}", **variables}
        return run(*options, "/p", *ECHO, env=environment)

    return asked


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


# --- its URL ---

UNUSABLE = {
    "none": '"none" is not the URL of a proxy', "off": '"off" is not the URL of a proxy', "False": '"False" is not the URL of a proxy',
    '"http://127.0.0.1:1"': "it begins or ends with a quotation mark", "'http://127.0.0.1:1'": "it begins or ends with a quotation mark",
    " http://127.0.0.1:1": "it begins or ends with a blank", "http://127.0.0.1:1\n": "it begins or ends with a blank",
    "http://127.0.0.1:1 http://b:1": "it holds a blank", "ftp://127.0.0.1:1": "its scheme is not one of http, https,",
    "http://127.0.0.1:0": "the port is not a number", "http://127.0.0.1:65536": "the port is not a number", "http://h:12x": "the port is not a number",
    "http://:3128": "the host name is missing or not valid", "http://": "the host name is missing or not valid",
    "http://a,b:1": "the host name is missing or not valid", "http://[::1:1": "the host name is missing or not valid",
    "http://u:%00@127.0.0.1:1": "the user name or the password holds a control character",
    f"http://u:{HUSH}/x@127.0.0.1:1": "the port is not a number", f"u:{HUSH}@127.0.0.1:x": "the port is not a number",
}  # fmt: skip


@pytest.mark.parametrize("url", UNUSABLE)
def test_what_cannot_be_a_proxy_is_refused_at_once_by_the_variables_name(ask, elsewhere: ParameterStore, url: str) -> None:
    for variable in VARIABLES:
        result = ask("-v", **{variable: url})
        result.expect_failure(f"ssm-exec: error: {variable}: ", UNUSABLE[url])
        assert result.err.count("error: ") == 1
        assert "trying again" not in result.err and HUSH not in result.err
    assert elsewhere.journal.connections == 0


def test_a_wrong_proxy_is_reported_with_other_wrong_settings(ask) -> None:
    ask(HTTPS_PROXY="none", AWS_MAX_ATTEMPTS="x").expect_failure("HTTPS_PROXY: ", "AWS_MAX_ATTEMPTS: ")


@pytest.mark.parametrize("excepted", [{"NO_PROXY": ".invalid.test"}, {"AWS_ENDPOINT_URL": "https://127.0.0.1:1"}], ids=["NO_PROXY", "loopback"])
def test_a_proxy_that_is_not_used_is_not_judged(ask, excepted: dict[str, str]) -> None:
    result = ask("--timeout", "500ms", HTTPS_PROXY="none", **excepted)
    result.expect_failure("/p: ")
    assert "HTTPS_PROXY: " not in result.err


@pytest.mark.parametrize("scheme", ["http://", "", "//", "HTTP://"])
@pytest.mark.parametrize("behind", ["", "/", "/path?query#fragment"])
def test_forms_of_the_url(ask, elsewhere: ParameterStore, scheme: str, behind: str) -> None:
    with tunnel_to(elsewhere) as (port, seen):
        assert ask(HTTPS_PROXY=f"{scheme}127.0.0.1:{port}{behind}").status == 0
    assert seen[0].startswith(f"CONNECT {HOST}:443 HTTP/1.1\r\n".encode())


@pytest.mark.parametrize("url,address", [("http://127.9.8.7", "http://127.9.8.7:80"), ("127.9.8.7", "http://127.9.8.7:80"), ("http://127.9.8.7:", "http://127.9.8.7:80"),
                                         ("https://127.9.8.7", "https://127.9.8.7:443"), ("socks5h://127.9.8.7", "socks5h://127.9.8.7:1080")])  # fmt: skip
def test_without_a_port_it_is_the_schemes(ask, url: str, address: str) -> None:
    ask("--timeout", "300ms", HTTPS_PROXY=url).expect_failure(f"the proxy {address} (HTTPS_PROXY): ")


@pytest.mark.parametrize("written,meant", [
    ("user:pass", "user:pass"), ("user:p@ss@word", "user:p@ss@word"), ("us@er:pass", "us@er:pass"), ("user:p%40ss", "user:p@ss"),
    ("user:100%", "user:100%"), ("user:%zz", "user:%zz"), ("user:a:b", "user:a:b"), ("user", "user:"), (":pass", ":pass"), ("u:$&'()*+,;=!", "u:$&'()*+,;=!"),
    ("u:\u00e9", "u:\u00e9"),
])  # fmt: skip
def test_user_name_and_password_are_what_awss_tools_make_of_them(ask, elsewhere: ParameterStore, written: str, meant: str) -> None:
    from urllib.parse import unquote, urlsplit

    parts = urlsplit(f"http://{written}@127.0.0.1:1")
    assert meant == unquote(parts.username or "") + ":" + unquote(parts.password or ""), "this is what botocore sends"
    with tunnel_to(elsewhere) as (port, seen):
        result = ask("-v", HTTPS_PROXY=f"http://{written}@127.0.0.1:{port}")
    assert result.status == 0, result.err
    assert b"\r\nProxy-Authorization: Basic " + base64.b64encode(meant.encode()) + b"\r\n" in seen[0]


def test_the_first_variable_counts(ask, elsewhere: ParameterStore) -> None:
    with tunnel_to(elsewhere) as (port, seen):
        for at, variable in enumerate(VARIABLES):
            values = {other: "" if other in VARIABLES[:at] else "none" for other in VARIABLES}
            assert ask(**{**values, variable: f"127.0.0.1:{port}"}).status == 0
    assert len(seen) == len(VARIABLES)


# --- which host an error names ---


def test_a_proxy_that_refuses_connections_is_named(ask) -> None:
    port = free_port()
    result = ask("--timeout", "500ms", HTTPS_PROXY=f"http://user:{HUSH}@127.0.0.1:{port}")
    result.expect_failure(f"{HOST}: the proxy http://127.0.0.1:{port} (HTTPS_PROXY): Connection refused",
                          f"hint: check HTTPS_PROXY; if {HOST} must be reached without a proxy, add it to NO_PROXY")  # fmt: skip
    assert HUSH not in result.err and "user" not in result.err


def test_a_proxy_without_an_address_is_named(ask) -> None:
    result = ask("--timeout", "1s", https_proxy="http://proxy.invalid")
    result.expect_failure("the proxy http://proxy.invalid:80 (https_proxy): its host name cannot be resolved", "check https_proxy")


@pytest.mark.parametrize("answer,said,hint", [
    (b"403 Forbidden by policy\r\nX-Squid-Error: ERR_ACCESS_DENIED 0", "HTTP status 403 Forbidden by policy (X-Squid-Error: ERR_ACCESS_DENIED 0)", "check HTTPS_PROXY"),
    (b"407 Who are you\r\nProxy-Authenticate: Basic realm=\"x\"", "HTTP status 407 Who are you", "HTTPS_PROXY=http://user:password@..."),
    (b"400", "HTTP status 400", "check HTTPS_PROXY"),
    (b"403 \x1b[2J\x9b", "HTTP status 403 \\x1b[2J", "check HTTPS_PROXY"),
])  # fmt: skip
def test_a_proxy_that_refuses_to_connect_is_quoted_and_final(ask, answer: bytes, said: str, hint: str) -> None:
    with answering(b"HTTP/1.1 " + answer + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") as (port, seen):
        result = ask(HTTPS_PROXY=f"http://127.0.0.1:{port}")
    result.expect_failure(f"/p: {HOST}: the proxy http://127.0.0.1:{port} (HTTPS_PROXY) answered CONNECT with {said}", hint)
    assert len(seen) == 1


def test_a_proxy_that_does_not_take_the_password(ask) -> None:
    with answering(b"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") as (port, _):
        result = ask(HTTPS_PROXY=f"http://user:{HUSH}@127.0.0.1:{port}")
    result.expect_failure("HTTP status 407 No", "does not accept the user name and password in HTTPS_PROXY")
    assert HUSH not in result.err


def test_a_busy_proxy_is_retried_and_named(ask) -> None:
    with answering(b"HTTP/1.1 503 Busy\r\nProxy-Status: p; error=dns_error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") as (port, seen):
        result = ask("--timeout", "1s", HTTPS_PROXY=f"http://127.0.0.1:{port}")
    result.expect_failure(f"the proxy http://127.0.0.1:{port} (HTTPS_PROXY) answered CONNECT with HTTP status 503 Busy (Proxy-Status: p; error=dns_error)")
    assert len(seen) > 1


def test_behind_a_tunnel_both_are_named(ask) -> None:
    with answering(b"HTTP/1.1 200 OK\r\n\r\n") as (port, _):
        result = ask("--timeout", "500ms", HTTPS_PROXY=f"http://127.0.0.1:{port}")
    result.expect_failure(f"{HOST}: the connection was closed before the answer was complete (through the proxy http://127.0.0.1:{port} of HTTPS_PROXY)")


def test_a_proxy_that_does_not_answer_is_named(ask) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        result = ask("-v", "--timeout", "5s", HTTPS_PROXY=address)  # a try may connect for three seconds
    result.expect_failure(f"the last try ended with: {HOST}: no connection in time (through the proxy {address} of HTTPS_PROXY)", "check HTTPS_PROXY")


def test_sts_is_asked_through_it_too(run: Runner, sts: SecurityTokenService) -> None:
    port = free_port()
    environment = {"AWS_ENDPOINT_URL_STS": "https://sts.invalid.test", "HTTPS_PROXY": f"http://127.0.0.1:{port}"}
    result = run("--role-arn", "arn:aws:iam::123456789012:role/r", "--timeout", "500ms", "/p", *ECHO, env=environment)
    result.expect_failure(f"sts.invalid.test: the proxy http://127.0.0.1:{port} (HTTPS_PROXY): Connection refused")
    run("--role-arn", "arn:aws:iam::123456789012:role/r", "/p", *ECHO, env={**environment, "HTTPS_PROXY": "none"}).expect_failure("error: HTTPS_PROXY: ")


# --- http endpoints ---


def test_an_http_endpoint_is_asked_through_http_proxy(run: Runner) -> None:
    page = b"HTTP/1.1 502 Bad\r\nContent-Length: 4\r\nConnection: close\r\n\r\nOops"
    with answering(page) as (port, seen):
        environment = {"AWS_ENDPOINT_URL": "http://ssm.invalid.test:81", "http_proxy": f"127.0.0.1:{port}", "AWS_MAX_ATTEMPTS": "1"}
        result = run("--allow-http", "/p", *ECHO, env=environment)
    result.expect_failure("ssm.invalid.test:81: HTTP status 502", "is this a reply of the proxy that http_proxy names")
    assert seen[0].startswith(b"POST http://ssm.invalid.test:81/ HTTP/1.1\r\n")


@pytest.mark.parametrize("excepted", ["ssm.invalid.test", "invalid.test", ".test", "a, ssm.invalid.test:81", "*"])
def test_the_variable_no_proxy_for_an_http_endpoint(run: Runner, excepted: str) -> None:
    with answering(b"HTTP/1.1 200 OK\r\n\r\n") as (port, seen):
        environment = {"AWS_ENDPOINT_URL": "http://ssm.invalid.test:81", "http_proxy": f"127.0.0.1:{port}", "NO_PROXY": excepted}
        run("--allow-http", "--timeout", "300ms", "/p", *ECHO, env=environment).expect_failure("ssm.invalid.test:81")
    assert seen == []
