"""The static programs as packaging/static/build leaves them: what kind of files they are, and that they need nothing else."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import tunnels
from parameter_store import ParameterStore
from parameter_store.certificates import Certificates
from parameter_store.fixtures import certificates_directory  # noqa: F401
from rsa_chain import make_rsa_chain

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build-static"
ARCHITECTURES = ("x86_64", "aarch64")
PROGRAMS = ("ssm-exec", "ssm-dotenv")
AWS_HOST = "ssm.us-east-1.amazonaws.com"
SYSTEM_BUNDLE = "etc/ssl/certs/ca-certificates.crt"
NAMESERVER = "127.9.53.53"

CHILD = r"""
#include <stdio.h>
extern char **environ;
int main(void)
{
    for (char **entry = environ; *entry != NULL; entry++) {
        puts(*entry);
    }
    return 0;
}
"""

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="chroot needs root")


def build(arch: str, name: str) -> Path:
    path = FOLDER / arch / name
    assert path.exists(), f"{path} is missing: packaging/static/build --arch {arch} makes it"
    return path


def readelf(option: str, path: Path) -> str:
    return subprocess.run(["readelf", "-W", option, path], check=True, capture_output=True, text=True).stdout


# --- the files ---


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_it_is_static_position_independent_and_hardened(arch: str, name: str) -> None:
    program = build(arch, name)
    segments = readelf("--segments", program)
    dynamic = readelf("--dynamic", program)
    assert "DYN" in segments
    assert "INTERP" not in segments
    assert re.search(r"GNU_STACK .* RW +0", segments)
    assert "GNU_RELRO" in segments
    assert not re.search(r" (RWE|RW E|WE) ", segments)
    assert "BIND_NOW" in dynamic and "PIE" in dynamic
    assert "NEEDED" not in dynamic and "TEXTREL" not in dynamic
    assert ".symtab" not in readelf("--sections", program)


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_it_is_small(arch: str, name: str) -> None:
    assert build(arch, name).stat().st_size <= 1024 * 1024


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_it_does_not_tell_where_it_was_built(arch: str, name: str) -> None:
    program = build(arch, name).read_bytes()
    assert str(ROOT).encode() not in program
    assert b"build-static" not in program


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_only_ssm_dotenv_can_write(arch: str) -> None:
    """The names of the operations of ssm-exec are in it in plain text, so the others would be too."""
    operations = {name: set(re.findall(rb"AmazonSSM\.(\w+)", build(arch, name).read_bytes())) for name in PROGRAMS}
    assert operations["ssm-exec"] == {b"GetParameters", b"GetParametersByPath"}
    assert b"PutParameter" in operations["ssm-dotenv"]


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_mbedtls_has_no_allocator_but_ours(arch: str) -> None:
    libraries = sorted((FOLDER / arch / "sysroot" / "lib").glob("libmbed*.a"))
    assert len(libraries) == 3
    names = subprocess.run(["nm", "-u", *libraries], check=True, capture_output=True, text=True).stdout.split()
    assert {"locked_calloc", "locked_free"} <= set(names)
    assert not {"malloc", "calloc", "realloc", "free", "strdup"} & set(names)


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_the_bill_lists_every_component(arch: str, name: str) -> None:
    bill = json.loads(build(arch, f"{name}.spdx.json").read_text())
    packages = {package["name"]: package for package in bill["packages"]}
    assert set(packages) == {
        name, "curl", "jsmn", "mbedtls", "musl", "libgcc", "amazon-root-certificates"
    }  # fmt: skip
    assert all(package["licenseDeclared"] for package in packages.values())
    assert all("checksums" in package for part, package in packages.items() if part != "libgcc")
    assert packages["mbedtls"]["licenseConcluded"] == "(Apache-2.0 OR GPL-2.0-or-later) AND Apache-2.0"
    versions = subprocess.run(
        [*emulator(arch), build(arch, name), "--version"], check=True, capture_output=True, text=True
    ).stdout
    assert f"libcurl/{packages['curl']['versionInfo']} mbedTLS/{packages['mbedtls']['versionInfo']}" in versions


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_the_bill_lists_every_patch(arch: str, name: str) -> None:
    bill = json.loads(build(arch, f"{name}.spdx.json").read_text())
    applied = {
        relationship["spdxElementId"]: relationship["relatedSpdxElement"]
        for relationship in bill["relationships"]
        if relationship["relationshipType"] == "PATCH_APPLIED"
    }
    assert applied == {
        "SPDXRef-mbedtls-tls12-rsa-pss.patch": "SPDXRef-mbedtls",
        "SPDXRef-mbedtls-x25519.patch": "SPDXRef-mbedtls",
    }
    assert {file["SPDXID"] for file in bill["files"]} == set(applied)
    for file in bill["files"]:
        checksums = {checksum["algorithm"]: checksum["checksumValue"] for checksum in file["checksums"]}
        assert checksums["SHA256"] == hashlib.sha256((ROOT / file["fileName"]).read_bytes()).hexdigest()


def test_it_opens_nothing_but_what_it_needs(certificates_directory: Path, tmp_path: Path) -> None:
    """No second file of certificates, no directory of them, no locale, no time zone, no settings of a library."""
    trace = tmp_path / "trace"
    with ParameterStore(certificates_directory=certificates_directory) as store:
        store.put("/p/v", "1")
        environment = {**store.environment(), "HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true"}
        program = [str(build("x86_64", "ssm-exec")), "/p", "--", "/bin/true"]
        subprocess.run(["strace", "-f", "-e", "trace=%file", "-o", trace, *program], env=environment, check=True)
    before_exec = trace.read_text().rpartition('execve("/bin/true"')[0]
    opened = set(re.findall(r'open(?:at)?\((?:AT_FDCWD, )?"([^"]+)"', before_exec))
    assert opened == {f"{tmp_path}/.aws/config", f"{tmp_path}/.aws/credentials", str(store.ca_file)}


# --- in a root directory of its own ---


def emulator(arch: str) -> list[str]:
    return [] if arch == os.uname().machine else [f"qemu-{arch}-static"]


def compile_child(arch: str, path: Path) -> None:
    source = path.with_suffix(".c")
    source.write_text(CHILD)
    subprocess.run([FOLDER / arch / "cc", "-O1", "-fPIE", "-o", path, source], check=True)


@pytest.fixture(scope="session")
def child(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("child") / "child"
    compile_child("x86_64", path)
    return path


@pytest.fixture(scope="session")
def store(certificates_directory: Path) -> Iterator[ParameterStore]:  # noqa: F811
    names = (AWS_HOST, "parameters.test")
    with ParameterStore(certificates_directory=certificates_directory, host_names=names) as store:
        store.put("/p/a", "v")
        yield store


@pytest.fixture
def journal(store: ParameterStore):
    store.journal.clear()
    return store.journal


@pytest.fixture
def empty_root(tmp_path: Path, child: Path) -> Path:
    root = tmp_path / "root"
    root.mkdir()
    shutil.copy(build("x86_64", "ssm-exec"), root)
    shutil.copy(child, root)
    return root


def build_with_roots(roots: Path, folder: Path) -> Path:
    """The program as packaging/static/build makes it, but for the roots that are compiled in."""
    options = [
        "--cross-file", FOLDER / "x86_64" / "ssm-exec.ini", "--prefer-static", "-Db_pie=false", "-Dtests=disabled",
        "-Dman=disabled", f"-Dbuiltin_roots={roots}", "-Dsearched_trust=true",
    ]  # fmt: skip
    subprocess.run(["meson", "setup", folder, ROOT, *options], check=True, capture_output=True)
    subprocess.run(["ninja", "-C", folder, "cmd/ssm-exec"], check=True, capture_output=True)
    return folder / "cmd" / "ssm-exec"


@pytest.fixture(scope="session")
def with_test_roots(store: ParameterStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program with the test's own authority in the place of Amazon's."""
    return build_with_roots(store.ca_file, tmp_path_factory.mktemp("test-roots"))


def run_in(root: Path, *arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/usr/sbin/chroot", root, "/ssm-exec", "/p", *arguments, "--", "/child"], env=env, capture_output=True, text=True, timeout=60
    )


def without_endpoint(store: ParameterStore) -> dict[str, str]:
    """What it takes to ask AWS's own host in the store's region."""
    dropped = ("AWS_ENDPOINT_URL", "AWS_CA_BUNDLE")
    return {name: value for name, value in store.environment().items() if name not in dropped}


@contextmanager
def answering(address: tuple[str, int], answer: Callable[[socket.socket], None]) -> Iterator[None]:
    """A UDP server in a thread of its own; answer is called until the end."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(address)
        server.settimeout(0.2)
        stopped = threading.Event()

        def work() -> None:
            while not stopped.is_set():
                try:
                    answer(server)
                except OSError:
                    pass

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        yield
        stopped.set()
        thread.join()


@pytest.fixture
def proxy(store: ParameterStore) -> Iterator[str]:
    """A proxy that leads the tunnels to AWS's host to the store."""
    with tunnels.proxy({f"{AWS_HOST}:443": store.port}.get) as (url, _):
        yield url


@needs_root
def test_an_empty_root_directory_suffices(empty_root: Path, certificates_directory: Path) -> None:  # noqa: F811
    with ParameterStore(tls=False, certificates_directory=certificates_directory) as store:
        store.put("/p/a", "v")
        done = run_in(empty_root, env=store.environment())
    assert (done.returncode, done.stderr) == (0, "")
    assert "A=v" in done.stdout.splitlines()


@needs_root
def test_built_in_roots_suffice_for_hosts_of_aws(
    empty_root: Path, with_test_roots: Path, store: ParameterStore, proxy: str, journal
) -> None:
    shutil.copy(with_test_roots, empty_root / "ssm-exec")
    done = run_in(empty_root, env={**without_endpoint(store), "HTTPS_PROXY": proxy})
    assert (done.returncode, done.stderr) == (0, "")
    assert "A=v" in done.stdout.splitlines()
    assert (journal.tls_handshakes, journal.tls_failures) == (1, 0)


@needs_root
def test_built_in_roots_come_before_the_system_s(
    empty_root: Path, with_test_roots: Path, store: ParameterStore, proxy: str, journal
) -> None:
    shutil.copy(with_test_roots, empty_root / "ssm-exec")
    bundle = empty_root / SYSTEM_BUNDLE
    bundle.parent.mkdir(parents=True)
    bundle.write_text("not asked for\n")
    done = run_in(empty_root, env={**without_endpoint(store), "HTTPS_PROXY": proxy})
    assert (done.returncode, done.stderr) == (0, "")


@needs_root
def test_the_system_s_certificates_are_asked_where_no_built_in_root_is_the_issuer(
    empty_root: Path, store: ParameterStore, proxy: str, journal
) -> None:
    bundle = empty_root / SYSTEM_BUNDLE
    bundle.parent.mkdir(parents=True)
    shutil.copy(store.ca_file, bundle)
    done = run_in(empty_root, env={**without_endpoint(store), "HTTPS_PROXY": proxy})
    assert (done.returncode, done.stderr) == (0, "")
    assert "A=v" in done.stdout.splitlines()
    assert journal.connections == 1, "both are searched in one handshake"


@needs_root
def test_without_either_nothing_is_sent(empty_root: Path, store: ParameterStore, proxy: str, journal) -> None:
    done = run_in(empty_root, env={**without_endpoint(store), "HTTPS_PROXY": proxy})
    assert (done.returncode, done.stdout) == (125, "")
    assert "not correctly signed by the trusted CA" in done.stderr
    assert journal.entries == []


@needs_root
def test_a_configured_file_replaces_both(
    empty_root: Path, with_test_roots: Path, store: ParameterStore, proxy: str, journal
) -> None:
    shutil.copy(with_test_roots, empty_root / "ssm-exec")
    bundle = empty_root / SYSTEM_BUNDLE
    bundle.parent.mkdir(parents=True)
    shutil.copy(store.ca_file, bundle)
    shutil.copy(FOLDER / "x86_64" / "roots.pem", empty_root / "amazon.pem")
    env = {**without_endpoint(store), "HTTPS_PROXY": proxy}
    assert run_in(empty_root, "--ca-bundle", "/amazon.pem", env=env).returncode == 125
    assert run_in(empty_root, env={**env, "AWS_CA_BUNDLE": "/amazon.pem"}).returncode == 125
    assert journal.entries == []


@needs_root
def test_built_in_roots_are_for_hosts_of_aws_only(
    empty_root: Path, with_test_roots: Path, store: ParameterStore, journal
) -> None:
    shutil.copy(with_test_roots, empty_root / "ssm-exec")
    env = {**without_endpoint(store), "AWS_ENDPOINT_URL": store.endpoint_url}
    assert run_in(empty_root, env=env).returncode == 125
    assert journal.entries == []


def answer_name(server: socket.socket) -> None:
    """One DNS question: the address of every name is 127.0.0.1, and none has one of IPv6."""
    question, client = server.recvfrom(512)
    asks_for_ipv4 = question[-4:-2] == b"\0\1"
    header = question[:2] + b"\x81\x80\0\1" + (b"\0\1" if asks_for_ipv4 else b"\0\0") + b"\0\0\0\0"
    answer = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + socket.inet_aton("127.0.0.1") if asks_for_ipv4 else b""
    server.sendto(header + question[12:] + answer, client)


@needs_root
def test_names_are_resolved_by_resolv_conf(empty_root: Path, store: ParameterStore) -> None:
    (empty_root / "etc").mkdir()
    (empty_root / "etc" / "resolv.conf").write_text(f"nameserver {NAMESERVER}\n")
    shutil.copy(store.ca_file, empty_root / "ca.pem")
    env = {
        **store.environment(),
        "AWS_CA_BUNDLE": "/ca.pem",
        "AWS_ENDPOINT_URL": f"https://parameters.test:{store.port}",
    }
    with answering((NAMESERVER, 53), answer_name):
        done = run_in(empty_root, env=env)
    assert (done.returncode, done.stderr) == (0, "")
    assert "A=v" in done.stdout.splitlines()


# --- TLS 1.2 ---


@pytest.mark.parametrize("key", ("rsa", "ecdsa"))
def test_a_server_that_knows_tls_1_2_only(certificates_directory: Path, tmp_path: Path, key: str) -> None:  # noqa: F811
    """With an RSA key, OpenSSL signs by RSASSA-PSS."""
    certificates = Certificates(certificates_directory)
    context = certificates.server_context("valid", ())
    ca_file = certificates.ca_file
    if key == "rsa":
        ca_file, chain = make_rsa_chain(tmp_path)
        context.load_cert_chain(chain)
        context.set_ciphers("aRSA")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    received = []

    def serve(client: socket.socket) -> None:
        client.settimeout(10)
        with context.wrap_socket(client, server_side=True) as connection:
            received.append((connection.version(), connection.recv(65536)))
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\n{}")

    with tunnels.listener(serve) as port:
        environment = {
            "HOME": str(tmp_path), "AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s",
            "AWS_ENDPOINT_URL": f"https://127.0.0.1:{port}", "AWS_CA_BUNDLE": str(ca_file),
        }  # fmt: skip
        program = build("x86_64", "ssm-exec")
        done = subprocess.run([program, "/p", "--dry-run"], env=environment, capture_output=True, text=True, timeout=60)
    assert "handshake" not in done.stderr
    assert [(version, request[:15]) for version, request in received] == [("TLSv1.2", b"POST / HTTP/1.1")]


# --- aarch64 ---


def test_the_main_job_on_aarch64(store: ParameterStore, tmp_path: Path) -> None:
    """Under qemu-user; COMMAND is a native program, which the kernel starts as ever."""
    done = subprocess.run(
        [*emulator("aarch64"), build("aarch64", "ssm-exec"), "/p", "--", "/usr/bin/env"],
        env=store.environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "A=v" in done.stdout.splitlines()
