"""Which servers the program trusts if nothing is configured: those of the system's certificates, read no more than needed."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Result, Runner
from parameter_store import ParameterStore
from parameter_store.certificates import Certificates
from privileges import strace, unshare
from tunnels import proxy

IN_PLACE = 'mount --bind "$1" /etc/ssl/certs && shift && exec "$@"'
UNCONFIGURED: dict[str, str | None] = {"AWS_CA_BUNDLE": None, "SSL_CERT_FILE": None}


@pytest.fixture
def certificates(tmp_path: Path) -> Path:
    directory = tmp_path / "certs"
    directory.mkdir()
    return directory


@pytest.fixture
def start(run: Runner, store: ParameterStore, certificates: Path, tmp_path: Path) -> Callable[[], tuple[Result, set[str]]]:
    """Runs the program where the directory is the system's; what happened, and which certificates were opened."""
    store.put("/p/v", "value")

    def started() -> tuple[Result, set[str]]:
        trace = tmp_path / "trace"
        done = subprocess.run(
            [*unshare("--mount"), "/bin/sh", "-c", IN_PLACE, "sh", certificates,
             *strace("-f", "-o", trace, "-e", "trace=open,openat"), run.program, "/p", "--", "/bin/echo", "started"],
            env={**run.environment(UNCONFIGURED), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}, capture_output=True, check=False, timeout=60,
        )
        opened = set(re.findall(r'"/etc/ssl/certs/([^"]+)", [^)]*\) = [0-9]', trace.read_text()))
        return Result(done.returncode, done.stdout, done.stderr), opened

    return started


def on_openssl(run: Runner) -> bool:
    return re.search(r"libcurl/\S+ OpenSSL/", run("--version").out) is not None


def add_hashed(store: ParameterStore, directory: Path) -> str:
    """As c_rehash does; the link's name."""
    command = ["openssl", "x509", "-in", store.ca_file, "-noout", "-hash"]
    link = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip() + ".0"
    shutil.copy(store.ca_file, directory / link)
    return link


def add_bundle(store: ParameterStore, directory: Path) -> None:
    system = Path("/etc/ssl/certs/ca-certificates.crt").read_bytes()
    (directory / "ca-certificates.crt").write_bytes(system + store.ca_file.read_bytes())


def test_one_certificate_is_read_where_openssl_finds_it_by_its_hash(run, store, certificates, start) -> None:
    link = add_hashed(store, certificates)
    add_bundle(store, certificates)
    result, opened = start()
    assert (result.status, result.out) == (0, "started\n"), result.err
    assert store.journal.connections == 1
    assert opened == ({link} if on_openssl(run) else {"ca-certificates.crt"})


def test_a_bundle_alone_suffices(run, store, certificates, start) -> None:
    add_bundle(store, certificates)
    result, opened = start()
    assert (result.status, result.out) == (0, "started\n"), result.err
    assert opened == {"ca-certificates.crt"}
    assert store.journal.connections == (2 if on_openssl(run) else 1)
    assert len(store.journal.entries) == 1


def test_a_server_whose_root_is_in_neither_is_not_trusted(store, certificates, start) -> None:
    shutil.copy("/etc/ssl/certs/ca-certificates.crt", certificates)
    result, _ = start()
    result.expect_failure("the server's certificate is not trusted")
    assert result.err.count("error: ") == 1
    assert store.journal.entries == []


def test_a_configured_file_replaces_both(run, store, certificates, tmp_path) -> None:
    add_hashed(store, certificates)
    add_bundle(store, certificates)
    shutil.copy("/etc/ssl/certs/ca-certificates.crt", tmp_path / "others.pem")
    command = [*unshare("--mount"), "/bin/sh", "-c", IN_PLACE, "sh", certificates, run.program, "--ca-bundle", tmp_path / "others.pem",
               "/p", "--", "/bin/echo", "started"]  # fmt: skip
    environment = {**run.environment(UNCONFIGURED), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    done = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=60)
    Result(done.returncode, done.stdout, done.stderr).expect_failure("the server's certificate is not trusted")
    assert store.journal.entries == []


# --- A proxy that speaks TLS


@pytest.fixture
def start_through_proxy(run: Runner, certificates: Path, tmp_path: Path) -> Callable[..., tuple[Result, list[str]]]:
    """The store's certificate and the proxy's come from different authorities; the system trusts the proxy's."""
    proxys = Certificates(tmp_path / "proxys")
    context = proxys.server_context("valid", ())
    command = ["openssl", "x509", "-in", proxys.ca_file, "-noout", "-hash"]
    link = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip() + ".0"
    shutil.copy(proxys.ca_file, certificates / link)
    shutil.copy(proxys.ca_file, certificates / "ca-certificates.crt")

    def started(store: ParameterStore, trusted: bytes) -> tuple[Result, list[str]]:
        (tmp_path / "trusted.pem").write_bytes(trusted)
        with proxy(lambda _: store.port, context) as (url, asked):
            environment = {**store.environment(), "AWS_ENDPOINT_URL": "https://ssm.invalid.test", "HTTPS_PROXY": url,
                           "AWS_CA_BUNDLE": str(tmp_path / "trusted.pem"), "SSL_CERT_FILE": None}  # fmt: skip
            done = subprocess.run(
                [*unshare("--mount"), "/bin/sh", "-c", IN_PLACE, "sh", certificates, run.program, "--timeout", "10s", "/p", "--", "/bin/echo", "started"],
                env={**run.environment(environment), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}, capture_output=True, check=False, timeout=60,
            )  # fmt: skip
        return Result(done.returncode, done.stdout, done.stderr), asked

    return started


def test_a_configured_file_replaces_the_systems_certificates_for_the_proxy_too(
    certificates_directory: Path, tmp_path: Path, start_through_proxy
) -> None:
    with ParameterStore(certificates_directory=certificates_directory, host_names=("ssm.invalid.test",)) as store:
        store.put("/p/v", "1")
        # Not the store's authority, whose name is the same: OpenSSL would look no further for it.
        result, asked = start_through_proxy(store, Path("/etc/ssl/certs/ca-certificates.crt").read_bytes())
        result.expect_failure("certificate")
        assert asked == []
        result, asked = start_through_proxy(store, store.ca_file.read_bytes() + (tmp_path / "proxys" / "ca.pem").read_bytes())
        assert (result.status, result.out) == (0, "started\n"), result.err
        assert set(asked) == {"ssm.invalid.test:443"}
