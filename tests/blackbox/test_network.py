"""The network as it is: connections that close, names that do not resolve, proxies."""

import errno
import json
import os
import socket
import subprocess

import pytest
from conftest import ROOT, Runner
from parameter_store import ParameterStore
from privileges import unshare
from seccomp import SOCKET, refusing
from tunnels import listener, read_head, relay

ECHO = ("--", "/bin/echo", "started")


def test_a_connection_that_is_closed_in_the_handshake_is_tried_again(run: Runner, store: ParameterStore) -> None:
    store.put("/p/v", "1")
    seen = []

    def serve(connection: socket.socket) -> None:
        seen.append(connection)
        if len(seen) <= 7:  # more than a handshake that fails for good is tried
            connection.recv(65536)
            connection.close()
        else:
            relay(connection, socket.create_connection(("127.0.0.1", store.port)))

    with listener(serve) as port:
        environment = {**store.environment(), "AWS_ENDPOINT_URL": f"https://127.0.0.1:{port}"}
        result = run("/p", *ECHO, env=environment)
    assert result.status == 0, result.err
    assert len(seen) == 8


def proxy_reading(seen: list[bytes], answer: bytes | None, store: ParameterStore | None = None):
    def serve(connection: socket.socket) -> None:
        seen.append(read_head(connection))
        if answer is not None and len(seen) <= 2:
            connection.sendall(answer)
            connection.close()
        elif store is not None:
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            relay(connection, socket.create_connection(("127.0.0.1", store.port)))
        else:
            connection.close()

    return serve


@pytest.mark.parametrize("answer", [None, b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 429 Slow\r\nContent-Length: 0\r\n\r\n"],
                         ids=["at once", "after 503", "after 429"])  # fmt: skip
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy"])
def test_a_proxy_is_used_for_aws(certificates_directory, run: Runner, variable: str, answer: bytes | None) -> None:
    with ParameterStore(certificates_directory=certificates_directory, host_names=("ssm.invalid.test",)) as store:
        store.put("/p/v", "1")
        seen: list[bytes] = []
        with listener(proxy_reading(seen, answer, store)) as port:
            environment = {**store.environment(), "AWS_ENDPOINT_URL": "https://ssm.invalid.test", variable: f"http://127.0.0.1:{port}"}
            result = run("/p", *ECHO, env=environment)
        assert result.status == 0, result.err
        assert seen[-1].startswith(b"CONNECT ssm.invalid.test:443 ")
        assert all(b"authorization" not in head.lower() for head in seen)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[0:0:0:0:0:0:0:1]"])
def test_loopback_is_never_asked_through_a_proxy(certificates_directory, run: Runner, host: str) -> None:
    with ParameterStore(certificates_directory=certificates_directory, ipv6=True) as store:
        store.put("/p/v", "1")
        seen: list[bytes] = []
        with listener(proxy_reading(seen, None)) as port:
            environment = {**store.environment(), "AWS_ENDPOINT_URL": f"https://{host}:{store.port}",
                           "HTTPS_PROXY": f"http://127.0.0.1:{port}", "ALL_PROXY": f"http://127.0.0.1:{port}"}  # fmt: skip
            result = run("/p", *ECHO, env=environment)
        assert result.status == 0, result.err
        assert seen == []


def test_the_variable_no_proxy_is_respected(run: Runner, store: ParameterStore) -> None:
    seen: list[bytes] = []
    with listener(proxy_reading(seen, None)) as port:
        environment = {**store.environment(), "AWS_ENDPOINT_URL": "https://ssm.invalid.test:1", "NO_PROXY": ".invalid.test",
                       "HTTPS_PROXY": f"http://127.0.0.1:{port}"}  # fmt: skip
        result = run("/p", "--timeout", "1s", *ECHO, env=environment)
    result.expect_failure("ssm.invalid.test")
    assert seen == []


def test_without_descriptors_the_reason_is_told_at_once(run: Runner, store: ParameterStore) -> None:
    limited = ["/usr/bin/prlimit", "--nofile=5", str(run.program), "/p", *ECHO]
    done = subprocess.run(limited, env=run.environment(), capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 125
    assert "route" not in done.stderr, done.stderr


@pytest.mark.skipif(SOCKET is None, reason="the number of socket(2) is not known for this machine")
def test_the_reason_is_told_where_no_socket_may_be_opened(run: Runner, store: ParameterStore) -> None:
    """As below a unit whose RestrictAddressFamilies= has neither AF_INET nor AF_INET6."""
    filtered = [*refusing(SOCKET, errno.EAFNOSUPPORT), str(run.program), "--timeout", "1h", "/p", *ECHO]
    done = subprocess.run(filtered, env=run.environment(), capture_output=True, text=True, check=False, timeout=30)
    assert (done.returncode, done.stdout) == (125, "")
    assert f"127.0.0.1:{store.port}: Address family not supported by protocol" in done.stderr
    assert "RestrictAddressFamilies=" in done.stderr and "route" not in done.stderr


SILENT_RESOLVER = """
import socket, subprocess, sys
configuration, *command = sys.argv[1:]
open(configuration, "w").write("nameserver 127.0.0.1\\n")
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
subprocess.run(["mount", "--bind", configuration, "/etc/resolv.conf"], check=True)
silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
silent.bind(("127.0.0.1", 53))
try:
    sys.exit(subprocess.run(command, timeout=25).returncode)
except subprocess.TimeoutExpired:
    sys.exit("it did not end")
"""
"""In network and mount namespaces of its own: runs the program where no name is ever answered."""


@pytest.mark.parametrize("timeout,text", [("2s", "the timeout ended the wait for ssm.invalid.test"),
                                          ("40s", "the host name cannot be resolved")])  # fmt: skip
def test_a_silent_resolver_does_not_hold_up_the_end(run: Runner, store: ParameterStore, tmp_path, timeout: str, text: str) -> None:
    environment = {**store.environment(), "AWS_ENDPOINT_URL": "https://ssm.invalid.test", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    command = [*unshare("--net", "--mount"), "/usr/bin/python3", "-c", SILENT_RESOLVER, str(tmp_path / "resolv.conf"),
               str(run.program), "--timeout", timeout, "/p", *ECHO]  # fmt: skip
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (125, ""), done
    assert text in done.stderr, done


CLUSTER = """
import json, pathlib, socket, struct, subprocess, sys, threading
support, folder, program = sys.argv[1:]
sys.path.insert(0, support)
from parameter_store import ParameterStore
HOST = "ssm.eu-west-1.amazonaws.com"
folder = pathlib.Path(folder)
(folder / "resolv.conf").write_text("nameserver 127.0.0.1\\nsearch a.svc.cluster.local svc.cluster.local cluster.local\\noptions ndots:5\\n")
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
subprocess.run(["mount", "--bind", str(folder / "resolv.conf"), "/etc/resolv.conf"], check=True)
if (folder / "hosts").exists():
    subprocess.run(["mount", "--bind", str(folder / "hosts"), "/etc/hosts"], check=True)
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 53))
asked = []
def serve():
    while True:
        question, client = server.recvfrom(4096)
        at, labels = 12, []
        while question[at]:
            labels.append(question[at + 1 : at + 1 + question[at]].decode())
            at += question[at] + 1
        kind = struct.unpack("!H", question[at + 1 : at + 3])[0]
        name = ".".join(labels)
        asked.append(name)
        is_known = name == HOST
        answer = b"\\xc0\\x0c" + struct.pack("!HHIH", 1, 1, 60, 4) + b"\\x7f\\0\\0\\1" if is_known and kind == 1 else b""
        flags = 0x8180 if is_known else 0x8183
        head = question[:2] + struct.pack("!HHHHH", flags, 1, 1 if answer else 0, 0, 0)
        server.sendto(head + question[12 : at + 5] + answer, client)
threading.Thread(target=serve, daemon=True).start()
with ParameterStore(port=443, region="eu-west-1", certificates_directory=folder / "certificates", host_names=(HOST,)) as store:
    store.put("/p/v", "1")
    environment = store.environment()
    del environment["AWS_ENDPOINT_URL"]
    done = subprocess.run([program, "/p", "X=/p/v", "--", "/bin/echo", "started"], env=environment, capture_output=True, text=True, timeout=30)
    print(json.dumps({"out": done.stdout, "err": done.stderr, "asked": asked, "hosts": [entry.headers["host"] for entry in store.journal.entries]}))
"""
"""As in a cluster, in namespaces of its own: a resolver with search domains, its server, and AWS's own name on loopback."""


def in_cluster(run: Runner, folder) -> dict:
    support = str(ROOT / "tests" / "support")
    command = [*unshare("--net", "--mount"), "/usr/bin/python3", "-c", CLUSTER, support, str(folder), str(run.program)]
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
    environment |= {name: value for name, value in os.environ.items() if name in ("ASAN_OPTIONS", "UBSAN_OPTIONS")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_search_domains_are_not_asked_for_the_hosts_of_aws(run: Runner, tmp_path) -> None:
    result = in_cluster(run, tmp_path)
    assert result["out"] == "started\n", result
    assert set(result["asked"]) == {"ssm.eu-west-1.amazonaws.com"}
    assert len(result["asked"]) <= 2 * 2, result  # A and AAAA, for each of two connections
    assert set(result["hosts"]) == {"ssm.eu-west-1.amazonaws.com"}


def test_the_hosts_file_still_comes_first(run: Runner, tmp_path) -> None:
    (tmp_path / "hosts").write_text("127.0.0.1 localhost other.example\n127.0.0.1\tssm.eu-west-1.amazonaws.com\n")
    result = in_cluster(run, tmp_path)
    assert result["out"] == "started\n", result
    assert result["asked"] == []
