"""Whom the static program trusts, chain by chain: exactly whom mbedTLS trusts that reads all of a file.

Its files of certificates are searched for one issuer at a time where they are large; in small ones all are
read. Both ways have to agree on every chain, and on every file however it is written.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from chains import Party, context_for, issue, named, pem, server, serving
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.name import _ASN1Type
from privileges import unshare
from test_static import build, build_with_roots
from tunnels import proxy

SYSTEM_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
EXPIRED = (-30, -1)
root, other_root = Party(named("T root")), Party(named("T root two"))
inter = Party(named("T inter"))
impostor = Party(root.name)
weak = Party(named("weak root"), rsa.generate_private_key(65537, 1024))

ROOT_C, OTHER_C = issue(root, root), issue(other_root, other_root)
INTER_C = issue(inter, root)
LEAF = issue(server, inter, is_ca=False)
LEAF_BY_ROOT = issue(server, root, is_ca=False)
CROSS = issue(root, other_root)
CROSS_EXPIRED = issue(root, other_root, days=EXPIRED)
CROSS_FORGED = issue(root, Party(other_root.name))
SELF_SIGNED = issue(server, server, is_ca=False)


@dataclass(frozen=True)
class Case:
    what: str
    sent: list[x509.Certificate]
    file: bytes
    is_trusted: bool


CHAINS = [
    Case("intermediate sent, root in file", [LEAF, INTER_C], pem(ROOT_C), True),
    Case("no intermediate, root in file", [LEAF_BY_ROOT], pem(ROOT_C), True),
    Case("root not in file", [LEAF, INTER_C], b"", False),
    Case("intermediate in file, not sent", [LEAF], pem(INTER_C, ROOT_C), True),
    Case("intermediate in file, not sent, without its root", [LEAF], pem(INTER_C), True),
    Case("intermediate sent and in file, without its root", [LEAF, INTER_C], pem(INTER_C), True),
    Case("intermediate nowhere", [LEAF], pem(ROOT_C), False),
    Case("root sent too", [LEAF, INTER_C, ROOT_C], pem(ROOT_C), True),
    Case("wrong order", [LEAF, ROOT_C, INTER_C], pem(ROOT_C), True),
    Case("an unrelated one sent", [LEAF, OTHER_C, INTER_C], pem(ROOT_C), True),
    Case("root sent nine times and crosswise", [LEAF, INTER_C, *[ROOT_C] * 9, CROSS], pem(ROOT_C), True),
    Case("cross-signed, the old root in file", [LEAF, INTER_C, CROSS], pem(OTHER_C), True),
    Case("cross-signed, the new root in file", [LEAF, INTER_C, CROSS], pem(ROOT_C), True),
    Case("cross-signed, both in file", [LEAF, INTER_C, CROSS], pem(ROOT_C, OTHER_C), True),
    Case("cross expired, the new root in file", [LEAF, INTER_C, CROSS_EXPIRED], pem(ROOT_C), True),
    Case("cross expired, the old root in file", [LEAF, INTER_C, CROSS_EXPIRED], pem(OTHER_C), False),
    Case("cross forged, the new root in file", [LEAF, INTER_C, CROSS_FORGED], pem(ROOT_C), True),
    Case("cross forged, the old root in file", [LEAF, INTER_C, CROSS_FORGED], pem(OTHER_C), False),
    Case("cross-signed, the new root expired in file", [LEAF, INTER_C, CROSS], pem(issue(root, root, days=EXPIRED), OTHER_C), False),
    Case("intermediate expired in file", [LEAF, INTER_C], pem(issue(inter, root, days=EXPIRED), ROOT_C), False),
    Case("intermediate expired, sent", [LEAF, issue(inter, root, days=EXPIRED)], pem(ROOT_C), False),
    Case("intermediate expired, sent, good in file", [LEAF, issue(inter, root, days=EXPIRED)], pem(INTER_C, ROOT_C), True),
    Case("root expired", [LEAF, INTER_C], pem(issue(root, root, days=EXPIRED)), False),
    Case("root expired and good", [LEAF, INTER_C], pem(issue(root, root, days=EXPIRED), ROOT_C), True),
    Case("a root of the same name", [LEAF, INTER_C], pem(issue(impostor, impostor)), False),
    Case("a root of the same name first", [LEAF, INTER_C], pem(issue(impostor, impostor), ROOT_C), True),
    Case("a root of the same name sent", [LEAF, INTER_C, issue(impostor, impostor)], pem(ROOT_C), True),
    Case("a chain by one of the same name", [issue(server, impostor, is_ca=False), issue(impostor, impostor)], pem(ROOT_C), False),
    Case("root that is not a CA", [LEAF, INTER_C], pem(issue(root, root, is_ca=False)), False),
    Case("root without basic constraints", [LEAF, INTER_C], pem(issue(root, root, is_ca=None)), False),
    Case("root for no intermediate, one sent", [LEAF, INTER_C], pem(issue(root, root, path_length=0)), False),
    Case("root for no intermediate, none sent", [LEAF_BY_ROOT], pem(issue(root, root, path_length=0)), True),
    Case("weak root", [issue(server, weak, is_ca=False)], pem(issue(weak, weak)), False),
    Case("weak root, crosswise", [issue(server, weak, is_ca=False), issue(weak, other_root)], pem(issue(weak, weak), OTHER_C), False),
    Case("self-signed in file", [SELF_SIGNED], pem(SELF_SIGNED), True),
    Case("self-signed elsewhere", [SELF_SIGNED], pem(ROOT_C), False),
    Case("under a root's name", [issue(Party(root.name, server.key), Party(root.name, server.key), is_ca=False)], pem(ROOT_C), False),
    Case("itself in file", [LEAF, INTER_C], pem(LEAF), False),
    Case("name in another type", [LEAF_BY_ROOT],
         pem(issue(*2 * [Party(named("T root", _ASN1Type.PrintableString), root.key)])), True),
    Case("name in another case", [LEAF_BY_ROOT], pem(issue(*2 * [Party(named("t rOOt"), root.key)])), True),
    Case("expired", [issue(server, root, is_ca=False, days=EXPIRED)], pem(ROOT_C), False),
    Case("two intermediates, the first one's root in file", [LEAF, issue(inter, other_root), INTER_C], pem(OTHER_C), True),
    Case("two intermediates, the second one's root in file", [LEAF, INTER_C, issue(inter, other_root)], pem(OTHER_C), False),
]  # fmt: skip


def each_line(change: Callable[[bytes], bytes]) -> bytes:
    return b"".join(change(line) for line in pem(ROOT_C).splitlines())


BEGIN, END = b"-----BEGIN CERTIFICATE-----\n", b"-----END CERTIFICATE-----\n"
LINES = pem(ROOT_C).splitlines()
CUT = b"\n".join(pem(OTHER_C).splitlines()[:5]) + b"\n"

FILES = [
    ("taken out with #", each_line(lambda line: b"#" + line + b"\n"), False),
    ("indented", each_line(lambda line: b"  " + line + b"\n"), False),
    ("CRLF", each_line(lambda line: line + b"\r\n"), True),
    ("no line ends", b"".join(LINES) + b"\n", False),
    ("one long line", LINES[0] + b"\n" + b"".join(LINES[1:-1]) + b"\n" + LINES[-1] + b"\n", True),
    ("a sign among the digits", pem(ROOT_C).replace(LINES[2], LINES[2][:9] + b"!" + LINES[2][9:]), False),
    ("behind one that is cut", CUT + pem(ROOT_C), False),
    ("behind a NUL", b"\0" + pem(ROOT_C), False),
    ("behind an END", END + pem(ROOT_C), True),
    ("behind a BEGIN with blanks", BEGIN[:-1] + b"  \n" + pem(ROOT_C), False),
    ("behind an empty one", BEGIN + END + pem(ROOT_C), False),
    ("behind a blank one", BEGIN + b"\n" + END + pem(ROOT_C), False),
    ("behind dashes", b"a - b -- c\n" + pem(ROOT_C), True),
    ("another label", pem(ROOT_C).replace(b" CERT", b" TRUSTED CERT"), True),
    ("with headers", pem(ROOT_C).replace(BEGIN, BEGIN + b"X: y\n\n"), False),
]

CASES = CHAINS + [Case(f"file: {what}", [LEAF, INTER_C], text, is_trusted) for what, text, is_trusted in FILES]


def ask(program: Path, environment: dict[str, str], *before: str | Path) -> str:
    """Runs to its end, which is an error; what it says."""
    env = {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/nonexistent", "AWS_EC2_METADATA_DISABLED": "true", "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", **environment,
    }  # fmt: skip
    done = subprocess.run(
        [*before, program, "--timeout", "30s", "/p", "--", "/bin/true"], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 125, done
    return done.stderr


@pytest.mark.parametrize("system", ["none of them", "before", "behind"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_a_search_trusts_whom_the_whole_file_trusts(case: Case, system: str, tmp_path: Path) -> None:
    file = tmp_path / "file.pem"
    bundle = SYSTEM_BUNDLE.read_bytes()
    file.write_bytes(case.file if system == "none of them" else bundle + case.file if system == "before" else case.file + bundle)
    with serving(case.sent, tmp_path) as service:
        environment = {"AWS_ENDPOINT_URL": f"https://127.0.0.1:{service.port}", "AWS_CA_BUNDLE": str(file)}
        said = ask(build("x86_64", "ssm-exec"), environment)
    assert (service.requests == 1) == case.is_trusted, said
    assert service.connections <= 2, said


# --- compiled-in roots, for hosts of AWS ---

new_root, old_root, oldest_root = Party(named("Amazon")), Party(named("Starfield G2")), Party(named("Starfield Class 2"))
issuing = Party(named("M01"))
NEW_C, OLD_C, OLDEST_C = issue(new_root, new_root), issue(old_root, old_root), issue(oldest_root, oldest_root)
AWS_LEAF = [issue(server, issuing, is_ca=False), issue(issuing, new_root)]
AWS_CHAINS = {
    "to the new root": [*AWS_LEAF, NEW_C],
    "to the old root": [*AWS_LEAF, issue(new_root, old_root)],
    "to the oldest root": [*AWS_LEAF, issue(new_root, old_root), issue(old_root, oldest_root)],
}
IN_PLACE = 'mount --bind "$1" /etc/ssl/certs && shift && exec "$@"'


@pytest.fixture(scope="module")
def with_aws_roots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program as it is built, but for the roots that are compiled in."""
    folder = tmp_path_factory.mktemp("aws-roots")
    roots = folder / "roots.pem"
    roots.write_bytes(pem(NEW_C, OLD_C))
    return build_with_roots(roots, folder / "build")


@pytest.mark.parametrize("bundle", ["none", "the system's", "with all roots"])
@pytest.mark.parametrize("chain", AWS_CHAINS)
def test_compiled_in_roots_suffice_for_every_chain_of_aws(chain: str, bundle: str, with_aws_roots: Path, tmp_path: Path) -> None:
    certificates = tmp_path / "certs"
    certificates.mkdir()
    if bundle != "none":
        more = pem(NEW_C, OLD_C, OLDEST_C) if bundle == "with all roots" else b""
        (certificates / "ca-certificates.crt").write_bytes(SYSTEM_BUNDLE.read_bytes() + more)
    with serving(AWS_CHAINS[chain], tmp_path) as service, proxy(lambda _: service.port) as (proxy_url, _):
        in_place = (*unshare("--mount"), "/bin/sh", "-c", IN_PLACE, "sh", certificates)
        said = ask(with_aws_roots, {"HTTPS_PROXY": proxy_url}, *in_place)
    assert (service.requests, service.connections) == (1, 1), said


def test_compiled_in_roots_are_for_no_other_host(with_aws_roots: Path, tmp_path: Path) -> None:
    with serving(AWS_CHAINS["to the new root"], tmp_path) as service:
        said = ask(with_aws_roots, {"AWS_ENDPOINT_URL": f"https://127.0.0.1:{service.port}"})
    assert service.requests == 0, said


@pytest.mark.parametrize("by,is_trusted", [(new_root, False), (root, True)], ids=["a compiled-in root", "one of the system's"])
def test_compiled_in_roots_do_not_vouch_for_a_proxy(by: Party, is_trusted: bool, with_aws_roots: Path, tmp_path: Path) -> None:
    certificates, own = tmp_path / "certs", tmp_path / "proxy"
    certificates.mkdir()
    own.mkdir()
    (certificates / "ca-certificates.crt").write_bytes(SYSTEM_BUNDLE.read_bytes() + pem(ROOT_C))
    shown = context_for([issue(server, by, is_ca=False)], own)
    with serving(AWS_CHAINS["to the new root"], tmp_path) as service, proxy(lambda _: service.port, shown) as (proxy_url, _):
        in_place = (*unshare("--mount"), "/bin/sh", "-c", IN_PLACE, "sh", certificates)
        said = ask(with_aws_roots, {"HTTPS_PROXY": proxy_url}, *in_place)
    assert (service.requests == 1) == is_trusted, said
