"""packaging/release: what it refuses, that a signature means that the tests have passed, and which key verifies it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import STATIC, VERSION, commit, git

PUBLIC = "packaging/ssm-exec.pub"


def make_keys(secret: Path, public: Path) -> None:
    subprocess.run(["minisign", "-G", "-W", "-s", secret, "-p", public], check=True, capture_output=True)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A secret key; the public one that belongs to it is beside it."""
    path = tmp_path / "secret.key"
    make_keys(path, path.with_name("public.key"))
    return path


@pytest.fixture
def ready(elsewhere: Path, secret: Path) -> Path:
    """Sources whose changelog describes their version and nothing else that is new, and which have the public key."""
    changelog = elsewhere / "CHANGELOG.md"
    text = re.sub(r"(?s)^## \[Unreleased\].*?(?=^## )", "", changelog.read_text(), flags=re.MULTILINE)
    text = re.sub(r"^## \[[^\]]+\] - .*$", f"## [{VERSION}] - 2026-12-01", text, count=1, flags=re.MULTILINE)
    changelog.write_text(text)
    shutil.copy(secret.with_name("public.key"), elsewhere / PUBLIC)
    commit(elsewhere)
    return elsewhere


def run(sources: Path, *options: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sources / "packaging" / "release", *options]
    return subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=600, check=False
    )


def expect_refusal(sources: Path, error: str, **environment: str) -> str:
    done = run(sources, **environment)
    assert (done.returncode, done.stdout) == (1, ""), done
    assert done.stderr.startswith(f"packaging/release: error: {error}"), done.stderr
    assert "\npackaging/release: hint: " in done.stderr
    assert not (sources / "build-release").exists()
    return done.stderr


def test_it_refuses_changed_files(ready: Path, secret: Path) -> None:
    with (ready / "LICENSE").open("a") as licence:
        licence.write("more\n")
    expect_refusal(ready, "1 files are changed or unknown to git, the first is LICENSE", SSM_EXEC_MINISIGN_KEY=str(secret))


def test_it_refuses_unknown_files(ready: Path, secret: Path) -> None:
    (ready / "src" / "left-behind.c").touch()
    expect_refusal(
        ready, "1 files are changed or unknown to git, the first is src/left-behind.c", SSM_EXEC_MINISIGN_KEY=str(secret)
    )


def test_it_refuses_unreleased_entries(ready: Path, secret: Path) -> None:
    changelog = ready / "CHANGELOG.md"
    changelog.write_text(changelog.read_text().replace("\n## [", "\n## [Unreleased]\n\n- Something.\n\n## [", 1))
    commit(ready)
    expect_refusal(ready, "CHANGELOG.md has entries below [Unreleased]", SSM_EXEC_MINISIGN_KEY=str(secret))


def test_it_refuses_a_version_that_the_changelog_does_not_describe(ready: Path, secret: Path) -> None:
    meson = ready / "meson.build"
    meson.write_text(meson.read_text().replace(f"version: '{VERSION}'", "version: '9.9.9'"))
    commit(ready)
    expect_refusal(ready, "CHANGELOG.md does not describe 9.9.9", SSM_EXEC_MINISIGN_KEY=str(secret))


def test_it_refuses_a_version_that_is_another_commit(ready: Path, secret: Path) -> None:
    git(ready, "tag", f"v{VERSION}", "HEAD~1")
    expect_refusal(ready, f"the tag v{VERSION} is another commit", SSM_EXEC_MINISIGN_KEY=str(secret))


def test_it_refuses_to_release_without_a_key(ready: Path) -> None:
    expect_refusal(ready, "no key to sign with", SSM_EXEC_MINISIGN_KEY="")


def test_it_refuses_to_release_without_the_public_key(ready: Path, secret: Path) -> None:
    (ready / PUBLIC).unlink()
    commit(ready)
    error = expect_refusal(ready, f"there is no public key: {PUBLIC} is missing", SSM_EXEC_MINISIGN_KEY=str(secret))
    assert f"minisign -G -s SECRET -p {PUBLIC}, and commit {PUBLIC}" in error


def test_the_command_of_that_hint_makes_a_key_that_it_takes(ready: Path, tmp_path: Path) -> None:
    """It goes on to the build, which refuses the folder."""
    (ready / PUBLIC).unlink()
    make_keys(tmp_path / "new.key", ready / PUBLIC)
    commit(ready)
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").touch()
    done = run(ready, "--into", precious, SSM_EXEC_MINISIGN_KEY=str(tmp_path / "new.key"))
    assert f"packaging/build: error: {precious} holds something else than a release" in done.stderr


def test_it_refuses_a_public_key_that_is_not_committed(ready: Path, secret: Path) -> None:
    git(ready, "rm", "--quiet", "--cached", PUBLIC)
    git(ready, "commit", "--quiet", "--message=without the key")
    error = f"1 files are changed or unknown to git, the first is {PUBLIC}"
    expect_refusal(ready, error, SSM_EXEC_MINISIGN_KEY=str(secret))


def test_it_refuses_what_is_not_a_public_key(ready: Path, secret: Path) -> None:
    (ready / PUBLIC).write_text("to be made\n")
    commit(ready)
    expect_refusal(ready, f"{PUBLIC} is not a public key of minisign", SSM_EXEC_MINISIGN_KEY=str(secret))


def test_it_refuses_a_secret_key_that_does_not_belong_to_the_public_one(ready: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.key"
    make_keys(other, tmp_path / "other.pub")
    error = f"{PUBLIC} does not verify what the secret key signs: Signature key id in "
    expect_refusal(ready, error, SSM_EXEC_MINISIGN_KEY=str(other))


def only_test(sources: Path, body: str) -> None:
    """One test stands for those of packaging/test --long, and one for those of --docker, which would take minutes, and
    install Docker."""
    for path in (sources / "tests" / "packaging").glob("test_*.py"):
        path.unlink()
    docker = "import pytest\n\n\n@pytest.mark.docker\ndef test_of_docker():\n    pass\n"
    (sources / "tests" / "packaging" / "test_one.py").write_text(f"{docker}\n\ndef test_one(release):\n    {body}\n")
    (sources / "tests" / "support" / "install-packages").write_text("#!/bin/sh\n")
    commit(sources)


@pytest.mark.long
def test_it_builds_tests_signs_and_says_what_to_publish(ready: Path, secret: Path, tmp_path: Path) -> None:
    only_test(ready, "pass")
    into = tmp_path / "out"
    done = run(ready, "--static", STATIC, "--as-built", "--into", into, SSM_EXEC_MINISIGN_KEY=str(secret))
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("1 passed") == 2
    public = ready / PUBLIC
    subprocess.run(["minisign", "-V", "-p", public, "-m", into / "SHA256SUMS"], check=True, capture_output=True)
    text = public.read_text().splitlines()[1]
    subprocess.run(["minisign", "-V", "-P", text, "-m", into / "SHA256SUMS"], check=True, capture_output=True)
    assert f"The public key is {PUBLIC} in the repository:\n\n    {text}\n" in done.stdout
    built_on = rf"\npackaging/build {re.escape(VERSION)} makes the same files from this commit on Debian .*, {os.uname().machine}\.\n"
    assert re.search(built_on, done.stdout)
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=into, check=True)
    head = git(ready, "rev-parse", "HEAD").strip()
    assert f"git tag --annotate --message 'ssm-exec {VERSION}' v{VERSION} {head}\n" in done.stdout
    assert all(f"  {path}\n" in done.stdout for path in into.iterdir())


@pytest.mark.long
def test_it_does_not_sign_what_fails_its_tests(ready: Path, secret: Path, tmp_path: Path) -> None:
    only_test(ready, "assert False")
    into = tmp_path / "out"
    done = run(ready, "--static", STATIC, "--as-built", "--into", into, SSM_EXEC_MINISIGN_KEY=str(secret))
    assert done.returncode == 1
    assert "1 failed" in done.stdout
    assert not (into / "SHA256SUMS.minisig").exists()


@pytest.mark.long
def test_it_leaves_no_signature_that_the_public_key_does_not_verify(ready: Path, secret: Path, tmp_path: Path) -> None:
    """The public key is replaced, in a commit, after the keys were compared."""
    make_keys(tmp_path / "other.key", tmp_path / "other.pub")
    replace = f"shutil.copy({str(tmp_path / 'other.pub')!r}, conftest.ROOT / {PUBLIC!r})"
    only_test(ready, f"import conftest, shutil; {replace}; conftest.commit(conftest.ROOT)")
    into = tmp_path / "out"
    done = run(ready, "--static", STATIC, "--as-built", "--into", into, SSM_EXEC_MINISIGN_KEY=str(secret))
    assert done.returncode == 1
    assert "1 passed" in done.stdout
    assert f"packaging/release: error: {PUBLIC} does not verify what the secret key signs" in done.stderr
    assert not (into / "SHA256SUMS.minisig").exists()
