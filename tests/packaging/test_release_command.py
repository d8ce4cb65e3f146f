"""packaging/release: what it refuses, and that a signature means that the tests have passed."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from conftest import STATIC, VERSION, commit, git


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.key"
    subprocess.run(
        ["minisign", "-G", "-W", "-s", path, "-p", path.with_name("public.key")], check=True, capture_output=True
    )
    return path


@pytest.fixture
def ready(elsewhere: Path) -> Path:
    """Sources whose changelog describes their version and nothing else that is new."""
    changelog = elsewhere / "CHANGELOG.md"
    text = re.sub(r"(?s)^## \[Unreleased\].*?(?=^## )", "", changelog.read_text(), flags=re.MULTILINE)
    text = re.sub(r"^## \[[^\]]+\] - .*$", f"## [{VERSION}] - 2026-12-01", text, count=1, flags=re.MULTILINE)
    changelog.write_text(text)
    commit(elsewhere)
    return elsewhere


def run(sources: Path, *options: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sources / "packaging" / "release", *options]
    return subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=600, check=False
    )


def expect_refusal(sources: Path, error: str, **environment: str) -> None:
    done = run(sources, **environment)
    assert (done.returncode, done.stdout) == (1, ""), done
    assert done.stderr.startswith(f"packaging/release: error: {error}"), done.stderr
    assert "\npackaging/release: hint: " in done.stderr
    assert not (sources / "build-release").exists()


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


def only_test(sources: Path, outcome: str) -> None:
    """One test stands for all of tests/packaging, which would take minutes."""
    for path in (sources / "tests" / "packaging").glob("test_*.py"):
        path.unlink()
    (sources / "tests" / "packaging" / "test_one.py").write_text(f"def test_one(release): assert {outcome}\n")
    commit(sources)


@pytest.mark.long
def test_it_builds_tests_signs_and_says_what_to_publish(ready: Path, secret: Path, tmp_path: Path) -> None:
    only_test(ready, "True")
    into = tmp_path / "out"
    done = run(ready, "--static", STATIC, "--as-built", "--into", into, SSM_EXEC_MINISIGN_KEY=str(secret))
    assert done.returncode == 0, done.stderr
    assert "1 passed" in done.stdout
    public = secret.with_name("public.key")
    subprocess.run(["minisign", "-V", "-p", public, "-m", into / "SHA256SUMS"], check=True, capture_output=True)
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=into, check=True)
    head = git(ready, "rev-parse", "HEAD").strip()
    assert f"git tag --annotate --message 'ssm-exec {VERSION}' v{VERSION} {head}\n" in done.stdout
    assert all(f"  {path}\n" in done.stdout for path in into.iterdir())


@pytest.mark.long
def test_it_does_not_sign_what_fails_its_tests(ready: Path, secret: Path, tmp_path: Path) -> None:
    only_test(ready, "False")
    into = tmp_path / "out"
    done = run(ready, "--static", STATIC, "--as-built", "--into", into, SSM_EXEC_MINISIGN_KEY=str(secret))
    assert done.returncode == 1
    assert "1 failed" in done.stdout
    assert not (into / "SHA256SUMS.minisig").exists()
