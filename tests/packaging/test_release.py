"""The release folder as a whole: names, checksums, programs, sources, and that it comes out the same elsewhere."""

from __future__ import annotations

import filecmp
import hashlib
import io
import lzma
import os
import subprocess
import tarfile
from pathlib import Path

import pytest
from conftest import ROOT, STATIC, VERSION
from parameter_store import ParameterStore

BUILD = ROOT / "packaging" / "build"
PROGRAMS = ("ssm-exec", "ssm-dotenv")
ARCHITECTURES = ("x86_64", "aarch64")


def emulator(arch: str) -> list[str]:
    return [] if arch == os.uname().machine else [f"qemu-{arch}-static"]


def test_it_has_these_files_and_no_others(release: Path) -> None:
    expected = {"SHA256SUMS", f"ssm-exec-{VERSION}.tar.xz", f"ssm-exec-{VERSION}-oci.tar"}
    for arch, debian, layer in (("x86_64", "amd64", "x86_64"), ("aarch64", "arm64", "arm64")):
        for name in PROGRAMS:
            expected |= {f"{name}-{VERSION}-{arch}-linux", f"{name}-{VERSION}-{arch}-linux.spdx.json"}
        expected |= {
            f"ssm-exec_{VERSION}_{debian}.deb",
            f"ssm-exec-{VERSION}-1.{arch}.rpm",
            f"ssm-exec-{VERSION}-r0.{arch}.apk",
            f"ssm-exec-{VERSION}-lambda-{layer}.zip",
        }
    assert {path.name for path in release.iterdir()} - {"SHA256SUMS.minisig"} == expected


def test_the_checksums_are_right_and_complete(release: Path) -> None:
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=release, check=True)
    listed = {line.split("  ")[1] for line in (release / "SHA256SUMS").read_text().splitlines()}
    assert listed == {path.name for path in release.iterdir() if not path.name.startswith("SHA256SUMS")}


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_the_programs_say_the_version(release: Path, arch: str, name: str) -> None:
    program = release / f"{name}-{VERSION}-{arch}-linux"
    done = subprocess.run([*emulator(arch), program, "--version"], check=True, capture_output=True, text=True)
    assert done.stdout.startswith(f"{name} {VERSION} (")


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_the_program_does_the_main_job(release: Path, arch: str, store: ParameterStore) -> None:
    store.put("/prod/api/port", "8080")
    command = [*emulator(arch), release / f"ssm-exec-{VERSION}-{arch}-linux", "/prod/api", "--", "/usr/bin/env"]
    done = subprocess.run(command, env=store.environment(), capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert "PORT=8080" in done.stdout.splitlines()


def test_the_bills_are_those_of_the_programs(release: Path) -> None:
    for bill in release.glob("*.spdx.json"):
        program = release / bill.name.removesuffix(".spdx.json")
        assert hashlib.sha256(program.read_bytes()).hexdigest() in bill.read_text()


def test_the_tarball_has_every_file_of_the_repository(release: Path) -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    data = lzma.decompress((release / f"ssm-exec-{VERSION}.tar.xz").read_bytes())
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        members = {member.name: member for member in archive}
        assert set(members) == {f"ssm-exec-{VERSION}/{path}" for path in listed.split("\0") if path}
        for name, member in members.items():
            original = ROOT / name.split("/", 1)[1]
            assert archive.extractfile(member).read() == original.read_bytes(), f"{name}: build the release again"
            assert member.mode == (0o755 if os.access(original, os.X_OK) else 0o644), name


def build(copy: Path, into: Path, *options: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """packaging/build of a copy, with an unusual umask and time zone, into a folder that is named relatively."""
    return subprocess.run(
        [copy / "packaging" / "build", VERSION, "--into", into.name, *options],
        cwd=into.parent,
        env={**os.environ, "TZ": "Asia/Tokyo", **environment},
        capture_output=True,
        text=True,
        umask=0o077,
        check=False,
    )


def expect_the_same(release: Path, other: Path) -> None:
    names = sorted(path.name for path in release.iterdir() if path.name != "SHA256SUMS.minisig")
    assert sorted(path.name for path in other.iterdir() if path.name != "SHA256SUMS.minisig") == names
    _, different, missing = filecmp.cmpfiles(release, other, names, shallow=False)
    assert (different, missing) == ([], [])


def test_it_is_packed_the_same_elsewhere_and_signed(release: Path, elsewhere: Path, tmp_path: Path) -> None:
    secret, public = tmp_path / "secret.key", tmp_path / "public.key"
    subprocess.run(["minisign", "-G", "-W", "-s", secret, "-p", public], check=True, capture_output=True)
    other = tmp_path / "other"
    done = build(elsewhere, other, "--static", STATIC, "--as-built", SSM_EXEC_MINISIGN_KEY=str(secret))
    assert done.returncode == 0, done.stderr
    expect_the_same(release, other)
    verified = subprocess.run(
        ["minisign", "-V", "-p", public, "-m", other / "SHA256SUMS"], check=True, capture_output=True, text=True
    )
    assert f"Trusted comment: ssm-exec {VERSION}\n" in verified.stdout
    with (other / "SHA256SUMS").open("a") as sums:
        sums.write("more\n")
    forged = subprocess.run(["minisign", "-V", "-p", public, "-m", other / "SHA256SUMS"], capture_output=True)
    assert forged.returncode != 0


@pytest.mark.long
def test_it_is_built_the_same_elsewhere(release: Path, elsewhere: Path, tmp_path: Path) -> None:
    """From the downloads: musl, mbedTLS, libcurl and the programs, for both architectures."""
    other = tmp_path / "other"
    done = build(elsewhere, other, "--static", tmp_path / "static", "--downloads", STATIC / "downloads")
    assert done.returncode == 0, done.stderr
    expect_the_same(release, other)


@pytest.mark.long
def test_the_tarball_builds_against_debians_libraries(release: Path, tmp_path: Path) -> None:
    subprocess.run(["tar", "-xf", release / f"ssm-exec-{VERSION}.tar.xz", "-C", tmp_path], check=True)
    folder = tmp_path / f"ssm-exec-{VERSION}"
    subprocess.run(["meson", "setup", "build", "-Dtests=disabled"], cwd=folder, check=True, capture_output=True)
    subprocess.run(["ninja", "-C", "build"], cwd=folder, check=True, capture_output=True)
    done = subprocess.run([folder / "build" / "cmd" / "ssm-exec", "--version"], capture_output=True, text=True)
    assert done.stdout.startswith(f"ssm-exec {VERSION} (")


# --- what packaging/build refuses ---


def expect_refusal(error: str, *args: str | Path, **environment: str) -> None:
    done = subprocess.run(
        [BUILD, *args], env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"packaging/build: error: {error}"), done.stderr
    assert "packaging/build: hint: " in done.stderr


def test_it_refuses_another_version_than_that_of_the_sources() -> None:
    expect_refusal(f"the version is {VERSION}, not 9.9.9", "9.9.9")


def test_it_refuses_to_replace_a_folder_that_is_not_a_release(tmp_path: Path) -> None:
    (tmp_path / "precious").touch()
    expect_refusal(f"{tmp_path} holds something else than a release", VERSION, "--into", tmp_path)
    assert (tmp_path / "precious").exists()


def test_it_refuses_a_key_that_does_not_exist(tmp_path: Path) -> None:
    expect_refusal(
        "SSM_EXEC_MINISIGN_KEY names a file that does not exist",
        VERSION, "--into", tmp_path / "new", SSM_EXEC_MINISIGN_KEY=str(tmp_path / "key"),
    )  # fmt: skip
    assert not (tmp_path / "new").exists()
