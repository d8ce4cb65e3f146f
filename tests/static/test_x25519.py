"""X25519 of the static programs' mbedTLS, which is Project Everest's: for public keys as for shared secrets."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from test_static import ARCHITECTURES, FOLDER, emulator

P = 2**255 - 19
BASE_POINT = (9).to_bytes(32, "little")
PSA_ERROR_INVALID_ARGUMENT = -135
MBEDTLS_ERR_ECP_RANDOM_FAILED = -0x4D00

# The order of each is a divisor of 8, on the curve or on its twist: https://cr.yp.to/ecdh.html#validate
LOW_ORDER = (
    0,
    1,
    325606250916557431795983626356110631294008115727848805560023387167927233504,
    39382357235489614581723060781553021112529911719440698176882885853963445705823,
    P - 1,
)


class Answer(NamedTuple):
    status: int
    public_key: bytes
    secret: bytes
    multiplications: int


class Library:
    """The test program beside this file, linked with the static program's library."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def ask(self, private_key: bytes, peer: bytes) -> tuple[Answer, Answer]:
        """What PSA says and what the ECDH module does."""
        assert self.process.stdin and self.process.stdout
        print(private_key.hex(), peer.hex(), file=self.process.stdin, flush=True)
        fields = self.process.stdout.readline().split()
        assert len(fields) == 8, fields
        first, second = (
            Answer(int(status), bytes.fromhex(public_key), bytes.fromhex(secret), int(multiplications))
            for status, public_key, secret, multiplications in (fields[:4], fields[4:])
        )
        return first, second

    def agree(self, private_key: bytes, peer: bytes) -> tuple[bytes, bytes]:
        """The public key and the secret. Both ways make the same, and each multiplies by Everest's code only."""
        answers = self.ask(private_key, peer)
        assert answers[0] == answers[1]
        assert (answers[0].status, answers[0].multiplications) == (0, 2)
        return answers[0].public_key, answers[0].secret


@pytest.fixture(scope="module", params=ARCHITECTURES)
def library(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    arch = request.param
    program = tmp_path_factory.mktemp("x25519") / "x25519"
    command = [
        FOLDER / arch / "cc", "-O1", "-fPIE", "-Wall", "-Werror", "-Wl,--wrap=Hacl_Curve25519_crypto_scalarmult",
        "-o", program, Path(__file__).with_name("x25519.c"), FOLDER / arch / "sysroot" / "lib" / "libmbedcrypto.a",
    ]  # fmt: skip
    subprocess.run(command, check=True)
    pipe = subprocess.PIPE
    with subprocess.Popen([*emulator(arch), program], stdin=pipe, stdout=pipe, text=True) as process:
        yield Library(process)
        assert process.stdin
        process.stdin.close()
    assert process.returncode == 0


def public_key_of(private_key: X25519PrivateKey) -> bytes:
    return private_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def test_the_vectors_of_the_rfc(library: Library) -> None:
    """RFC 7748, 5.2: the second point has a bit that does not count."""
    for scalar, point, result in (
        (
            "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
            "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
            "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
        ),
        (
            "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
            "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
            "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957",
        ),
    ):
        assert library.agree(bytes.fromhex(scalar), bytes.fromhex(point))[1].hex() == result


def test_a_thousand_iterations_of_the_rfc(library: Library) -> None:
    scalar = point = BASE_POINT
    results = []
    for _ in range(1000):
        scalar, point = library.agree(scalar, point)[1], scalar
        results.append(scalar.hex())
    assert results[0] == "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079"
    assert results[999] == "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51"


def test_the_key_agreement_of_the_rfc(library: Library) -> None:
    """RFC 7748, 6.1."""
    alice = bytes.fromhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")
    alice_public = bytes.fromhex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
    bob = bytes.fromhex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")
    bob_public = bytes.fromhex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")
    secret = bytes.fromhex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742")
    assert library.agree(alice, bob_public) == (alice_public, secret)
    assert library.agree(bob, alice_public) == (bob_public, secret)


def test_random_keys_give_what_openssl_says(library: Library) -> None:
    """Of any 32 bytes: bits that X25519 sets or ignores are random too, and half the points are on the twist."""
    source = random.Random(25519)
    for _ in range(300):
        private_key, peer = source.randbytes(32), source.randbytes(32)
        expected = X25519PrivateKey.from_private_bytes(private_key)
        secret = expected.exchange(X25519PublicKey.from_public_bytes(peer))
        assert library.agree(private_key, peer) == (public_key_of(expected), secret)


def test_scalars_of_nothing_but_zeros_or_ones(library: Library) -> None:
    for private_key in (bytes(32), b"\xff" * 32):
        expected = X25519PrivateKey.from_private_bytes(private_key)
        assert library.agree(private_key, BASE_POINT) == (public_key_of(expected),) * 2


def test_points_beyond_the_prime_are_reduced(library: Library) -> None:
    private_key = random.Random(7748).randbytes(32)
    for point in range(P + 2, 2**255):
        assert library.agree(private_key, point.to_bytes(32, "little")) == library.agree(
            private_key, (point - P).to_bytes(32, "little")
        )


@pytest.mark.parametrize("top_bit", (0, 1))
@pytest.mark.parametrize("point", (*LOW_ORDER, P, P + 1))
def test_points_of_low_order_are_refused(library: Library, point: int, top_bit: int) -> None:
    """PSA recognises them before it multiplies; the ECDH module sees that the secret is zero."""
    peer = (point | top_bit << 255).to_bytes(32, "little")
    by_psa, by_ecdh = library.ask(random.Random(point).randbytes(32), peer)
    assert (by_psa.status, by_psa.multiplications) == (PSA_ERROR_INVALID_ARGUMENT, 1)
    assert (by_ecdh.status, by_ecdh.multiplications) == (MBEDTLS_ERR_ECP_RANDOM_FAILED, 2)
    assert by_psa.public_key == by_ecdh.public_key
