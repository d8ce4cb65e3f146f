"""Files of certificates in every form are read as OpenSSL reads them, whichever TLS library the program uses."""

from __future__ import annotations

import base64
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from chains import Party, Service, issue, named, pem, server, serving
from conftest import Runner
from cryptography.hazmat.primitives import serialization

root, other, inter = Party(named("F root")), Party(named("F other root")), Party(named("F intermediate"))
ROOT, OTHER, INTER = issue(root, root), issue(other, other), issue(inter, root)
LEAF = issue(server, inter, is_ca=False)

GOOD, ELSE = pem(ROOT), pem(OTHER)
DER = ROOT.public_bytes(serialization.Encoding.DER)
LINES = GOOD.splitlines()
BEGIN, END = LINES[0], LINES[-1]
KEY = server.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def openssl(*arguments: str, given: bytes = GOOD) -> bytes:
    return subprocess.run(["openssl", *arguments], input=given, capture_output=True, check=True).stdout


def block(label: bytes, data: bytes, width: int = 64) -> bytes:
    digits = base64.b64encode(data)
    lines = [digits[at : at + width] + b"\n" for at in range(0, len(digits), width)]
    return b"-----BEGIN " + label + b"-----\n" + b"".join(lines) + b"-----END " + label + b"-----\n"


def lines(change) -> bytes:
    return b"".join(change(line) + b"\n" for line in LINES)


def with_line(number: int, line: bytes, text: bytes = GOOD) -> bytes:
    changed = text.splitlines(keepends=True)
    changed[number] = line
    return b"".join(changed)


TRUSTED = {
    "plain": GOOD, "CRLF": GOOD.replace(b"\n", b"\r\n"), "without the last line end": GOOD[:-1],
    "text before": b"Subject: a - b -- c\n" + GOOD, "text between": ELSE + b"junk\n\n# comment\n" + GOOD, "text after": GOOD + b"trailing junk",
    "explained by openssl": openssl("x509", "-text"), "twice": GOOD + GOOD, "a NUL at the end": GOOD + b"\0", "control-Z at the end": GOOD + b"\x1a",
    "byte order mark": b"\xef\xbb\xbf" + GOOD, "byte order mark between": ELSE + b"\xef\xbb\xbf" + GOOD,
    "X509 CERTIFICATE": block(b"X509 CERTIFICATE", DER), "TRUSTED CERTIFICATE without settings": block(b"TRUSTED CERTIFICATE", DER),
    "trusted": openssl("x509", "-trustout"), "trusted for servers": openssl("x509", "-trustout", "-addtrust", "serverAuth"),
    "trusted for mail and servers": openssl("x509", "-trustout", "-addtrust", "emailProtection", "-addtrust", "serverAuth"),
    "trusted for anything": openssl("x509", "-trustout", "-addtrust", "anyExtendedKeyUsage"), "trusted, with an alias": openssl("x509", "-trustout", "-setalias", "x"),
    "rejected for mail": openssl("x509", "-trustout", "-addreject", "emailProtection"),
    "bytes behind the certificate": block(b"CERTIFICATE", DER + b"abc"),
    "blanks behind BEGIN": with_line(0, BEGIN + b"  \t\n"), "blanks behind END": with_line(-1, END + b"  \n"), "blank line behind BEGIN": with_line(0, BEGIN + b"\n\n"),
    "blanks behind digits": lines(lambda line: line + b" \t"), "blanks before digits": lines(lambda line: line if b"-" in line else b" \t" + line),
    "blanks among digits": with_line(2, LINES[2][:9] + b" \t" + LINES[2][9:] + b"\n"),
    **{f"{width} digits a line": block(b"CERTIFICATE", DER, width) for width in (1, 3, 63, 76, 254, 255, 100000)},
    "a key before": KEY + GOOD, "a key after": GOOD + KEY, "something else before": block(b"FOO", b"abc") + GOOD,
    "END alone before": END + b"\n" + GOOD, "END alone after": GOOD + END + b"\n",
    "a key with headers": b"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\nAAAA\n-----END RSA PRIVATE KEY-----\n" + GOOD,
}  # fmt: skip

UNTRUSTED = {
    "another": ELSE, "ATTRIBUTE CERTIFICATE": ELSE + block(b"ATTRIBUTE CERTIFICATE", DER), "trusted for clients": ELSE + openssl("x509", "-trustout", "-addtrust", "clientAuth"),
    "trusted for clients alone": openssl("x509", "-trustout", "-addtrust", "clientAuth"),
    "rejected for servers": ELSE + openssl("x509", "-trustout", "-addreject", "serverAuth"), "rejected for anything": openssl("x509", "-trustout", "-addreject", "anyExtendedKeyUsage"),
    "commented out": ELSE + lines(lambda line: b"#" + line), "indented": ELSE + lines(lambda line: b" " + line), "without line ends": ELSE + b"".join(LINES) + b"\n",
    "text before BEGIN on its line": ELSE + b"x" + GOOD, "text behind BEGIN": ELSE + with_line(0, BEGIN + b" x\n"), "lower case": ELSE + GOOD.lower(),
    "four dashes": ELSE + GOOD.replace(b"-----BEGIN", b"----BEGIN"), "PKCS #7": ELSE + openssl("crl2pkcs7", "-nocrl", "-certfile", "/dev/stdin"),
}  # fmt: skip

WITHIN, AT_END = "this line is neither base64 nor the END line of its block", "the block that ends here is incomplete or not a certificate"
NO_END = "the block that begins here has no END line"
NONE = "holds no PEM certificate"

REFUSED = {
    "nothing": (b"", NONE), "junk": (b"hello\n", NONE), "a key alone": (KEY, NONE), "DER": (DER, "a NUL here"), "UTF-16": (GOOD.decode().encode("utf-16"), "a NUL here"),
    "CR alone": (GOOD.replace(b"\n", b"\r"), NONE), "line ends written as \\n": (GOOD.replace(b"\n", b"\\n"), NONE),
    "a NUL before": (b"\0" + GOOD, "line 1: the file holds a NUL"), "a sign among digits": (with_line(2, b"!" + LINES[2] + b"\n") + ELSE, f"line 3: {WITHIN}"),
    "a dash among digits": (GOOD + with_line(2, LINES[2][:9] + b"-" + LINES[2][9:] + b"\n", ELSE), f"line {len(LINES) + 3}: {WITHIN}"),
    "a vertical tab among digits": (with_line(2, b"AA\vAA\n"), WITHIN), "padding among digits": (with_line(2, b"AA==\n"), WITHIN),
    "blank line before END": (with_line(-1, b"\n" + END + b"\n"), f"line {len(LINES)}: {WITHIN}"), "blank line among digits": (with_line(2, b"\n" + LINES[2] + b"\n"), WITHIN),
    "two blank lines behind BEGIN": (with_line(0, BEGIN + b"\n\n\n"), WITHIN), "headers": (with_line(0, BEGIN + b"\nX: y\n\n"), f"line 2: {WITHIN}"),
    "cut before a good one": (b"\n".join(LINES[:5]) + b"\n" + ELSE, f"line 6: {WITHIN}"), "cut behind a good one": (GOOD + b"\n".join(LINES[:5]) + b"\n", f"line {len(LINES) + 1}: {NO_END}"),
    "BEGIN alone": (GOOD + BEGIN + b"\n", NO_END), "two BEGIN on one line": (with_line(0, b"-----BEGIN x" + BEGIN + b"\n"), WITHIN), "an empty one": (GOOD + BEGIN + b"\n" + END + b"\n", AT_END), "an empty one before": (BEGIN + b"\n" + END + b"\n" + GOOD, AT_END),
    "a digit too few": (with_line(-2, LINES[-2].rstrip(b"=")[:-1] + b"\n"), AT_END),
    "not a certificate": (GOOD + block(b"CERTIFICATE", b"hello, this is not DER"), AT_END), "a line lost": (with_line(3, b"") + GOOD, AT_END), "DER cut": (block(b"CERTIFICATE", DER[:-10]), AT_END),
    "malformed trust settings": (block(b"TRUSTED CERTIFICATE", DER + b"abc"), AT_END),
    "malformed list of trusted uses": (block(b"TRUSTED CERTIFICATE", DER + b"\x30\x02\x30\x05"), AT_END),
    "malformed list of rejected uses": (block(b"TRUSTED CERTIFICATE", DER + b"\x30\x02\xa0\x05"), AT_END),
    "END of another kind": (with_line(-1, b"-----END X509 CERTIFICATE-----\n"), WITHIN), "text behind END": (with_line(-1, END + b" x\n"), WITHIN), "END and BEGIN on one line": (GOOD[:-1] + ELSE, WITHIN),
    "something else that is broken": (b"-----BEGIN FOO-----\n!\n-----END FOO-----\n" + GOOD, WITHIN), "something else without end": (b"-----BEGIN FOO-----\nAAAA\n" + GOOD, WITHIN),
}  # fmt: skip

LENIENT_OPENSSL = {
    "certificate after a NUL is dropped": (ELSE + b"\0\n" + GOOD, f"line {len(LINES) + 1}: the file holds a NUL"),
    "certificate after one without END is dropped": (b"\n".join(LINES[:-1]) + b"\n" + ELSE, WITHIN),
}
"""OpenSSL silently ignores the rest of these files: here they are errors."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving([LEAF, INTER], tmp_path_factory.mktemp("service")) as running:
        yield running


def openssls_view(service: Service, file: Path) -> str:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # as libcurl has it
    try:
        context.load_verify_locations(file)
    except ssl.SSLError:
        return "refused"
    with socket.create_connection(("127.0.0.1", service.port)) as connection:
        try:
            context.wrap_socket(connection, server_hostname="127.0.0.1").close()
        except ssl.SSLCertVerificationError:
            return "untrusted"
    return "trusted"


def ask(run: Runner, service: Service, file: Path):
    return run("--ca-bundle", file, "/p", "--", "/bin/echo", "started", env={"AWS_ENDPOINT_URL": f"https://127.0.0.1:{service.port}"})


@pytest.mark.parametrize("what", TRUSTED)
def test_files_that_are_trusted(run: Runner, service: Service, tmp_path: Path, what: str) -> None:
    file = tmp_path / "file.pem"
    file.write_bytes(TRUSTED[what])
    assert openssls_view(service, file) == "trusted"
    ask(run, service, file).expect_failure("AccessDeniedException")


@pytest.mark.parametrize("what", UNTRUSTED)
def test_valid_files_of_other_authorities_are_not_trusted(run: Runner, service: Service, tmp_path: Path, what: str) -> None:
    file = tmp_path / "file.pem"
    file.write_bytes(UNTRUSTED[what])
    assert openssls_view(service, file) == "untrusted"
    ask(run, service, file).expect_failure("the server's certificate is not trusted")


@pytest.mark.parametrize("what", REFUSED)
def test_broken_files_are_refused_before_anything_is_asked(run: Runner, service: Service, tmp_path: Path, what: str) -> None:
    file = tmp_path / "file.pem"
    file.write_bytes(REFUSED[what][0])
    assert openssls_view(service, file) == "refused"
    before = service.connections
    ask(run, service, file).expect_failure(f"error: --ca-bundle: {file}", REFUSED[what][1])
    assert service.connections == before


@pytest.mark.parametrize("what", LENIENT_OPENSSL)
def test_files_of_which_openssl_skips_a_part_are_refused(run: Runner, service: Service, tmp_path: Path, what: str) -> None:
    file = tmp_path / "file.pem"
    file.write_bytes(LENIENT_OPENSSL[what][0])
    assert openssls_view(service, file) != "refused"
    ask(run, service, file).expect_failure(f"error: --ca-bundle: {file}", LENIENT_OPENSSL[what][1])


@pytest.mark.parametrize("file,hint", [
    (DER, "openssl x509 -inform der"), (openssl("crl2pkcs7", "-nocrl", "-certfile", "/dev/stdin"), "openssl pkcs7 -print_certs"),
    (GOOD.replace(b"\n", b"\r"), "no line ends"), (b" " + GOOD, "nothing may stand before -----BEGIN"), (b"hello", "begin with -----BEGIN CERTIFICATE-----"),
], ids=["DER", "PKCS #7", "CR alone", "indented", "junk"])  # fmt: skip
def test_the_hint_tells_what_else_the_file_may_be(run: Runner, service: Service, tmp_path: Path, file: bytes, hint: str) -> None:
    path = tmp_path / "file.pem"
    path.write_bytes(file)
    ask(run, service, path).expect_failure(f"--ca-bundle: {path}", hint)


@pytest.mark.parametrize("variable", ["AWS_CA_BUNDLE", "SSL_CERT_FILE", "profile"])
def test_the_setting_that_was_read_is_named(run: Runner, tmp_path: Path, variable: str) -> None:
    path = tmp_path / "file.pem"
    path.write_bytes(REFUSED["a line lost"][0])
    where = variable
    environment: dict[str, str | None] = {"AWS_CA_BUNDLE": None, variable: str(path)}
    if variable == "profile":
        (run.home / ".aws").mkdir()
        (run.home / ".aws" / "config").write_text(f"[default]\nca_bundle = {path}\n")
        environment = {"AWS_CA_BUNDLE": None}
        where = f"{run.home}/.aws/config:2: ca_bundle"
    run("/p", "--", "/bin/echo", "started", env=environment).expect_failure(f"error: {where}: {path}, line {len(LINES) - 1}: {AT_END}")
