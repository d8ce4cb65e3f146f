"""packaging/README.md, as somebody follows it: its commands to check a release, its names of files, and what it says of the key."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import package_files
import pytest
from conftest import ROOT, VERSION

PAGE = (ROOT / "packaging" / "README.md").read_text()
COMMANDS = re.findall(r"^    (\S.*)$", PAGE, re.MULTILINE)
PUBLIC = ROOT / "packaging" / "ssm-exec.pub"
FILE = f"ssm-exec-{VERSION}-r0.x86_64.apk"
"""The one that the command to check has as its example."""
TOOLS = {"sh", "grep", "sha256sum"}


def command(beginning: str) -> str:
    """The only command of the page that begins so."""
    (found,) = [line for line in COMMANDS if line.startswith(beginning)]
    return found


@pytest.fixture(params=["GNU", "BusyBox"])
def tools(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder for PATH, with the tools of a usual distribution or those of Alpine."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in TOOLS:
        (folder / name).symlink_to("/usr/bin/busybox" if request.param == "BusyBox" else shutil.which(name))
    said = subprocess.run([folder / "sha256sum", "--help"], capture_output=True, text=True, check=False)
    assert request.param in said.stdout + said.stderr
    return folder


@pytest.fixture
def downloads(release: Path, tmp_path: Path) -> Path:
    """Of all files, only the one that is wanted."""
    folder = tmp_path / "downloads"
    folder.mkdir()
    for name in (FILE, "SHA256SUMS"):
        shutil.copy(release / name, folder)
    return folder


def check(downloads: Path, tools: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [tools / "sh", "-c", command("grep ")],
        cwd=downloads,
        env={"PATH": str(tools), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_checks_one_file_of_many(downloads: Path, tools: Path) -> None:
    done = check(downloads, tools)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{FILE}: OK\n", "")


def test_the_command_notices_another_content(downloads: Path, tools: Path) -> None:
    with (downloads / FILE).open("ab") as file:
        file.write(b"more")
    done = check(downloads, tools)
    assert done.returncode != 0
    assert "OK" not in done.stdout


def test_the_command_notices_a_file_that_the_sums_do_not_list(downloads: Path, tools: Path) -> None:
    sums = downloads / "SHA256SUMS"
    sums.write_text("".join(line for line in sums.read_text().splitlines(keepends=True) if not line.endswith(f" {FILE}\n")))
    done = check(downloads, tools)
    assert done.returncode != 0
    assert "OK" not in done.stdout


def test_the_command_for_the_signature(downloads: Path, tmp_path: Path) -> None:
    """With the key beside the files: where the page says it is to be taken from is a matter of trust."""
    secret = tmp_path / "secret.key"
    make = ["minisign", "-G", "-W", "-s", secret, "-p", downloads / "ssm-exec.pub"]
    subprocess.run(make, check=True, capture_output=True)
    subprocess.run(["minisign", "-S", "-s", secret, "-m", downloads / "SHA256SUMS"], check=True, capture_output=True)
    verify = ["/bin/sh", "-c", command("minisign -V ")]
    subprocess.run(verify, cwd=downloads, check=True, capture_output=True)
    with (downloads / "SHA256SUMS").open("a") as sums:
        sums.write("more\n")
    assert subprocess.run(verify, cwd=downloads, capture_output=True, check=False).returncode != 0


def test_the_files_that_its_commands_name_are_those_of_a_release(release: Path) -> None:
    """1.0.0 stands for the version."""
    named = {name for line in COMMANDS for name in re.findall(r"\bssm-(?:exec|dotenv)[-_]1\.0\.0[\w.-]*", line)}
    assert len(named) >= 6
    assert sorted(name for name in named if not (release / name.replace("1.0.0", VERSION)).is_file()) == []


def test_the_paths_that_it_names_are_in_the_packages(release: Path) -> None:
    table = PAGE[PAGE.index("| path | |") : PAGE.index("### The static program")]
    named = re.findall(r"`(/usr/[^`]+)`", table)
    assert len(named) >= 10
    for entries in (
        package_files.deb(release / f"ssm-exec_{VERSION}_amd64.deb"),
        package_files.rpm(release / f"ssm-exec-{VERSION}-1.x86_64.rpm"),
        package_files.apk(release / FILE),
    ):
        paths = {f"/{path}" for path in entries}
        missing = {name for name in named if not any(path == name or path.startswith(f"{name}/") for path in paths)}
        debian = any(path.endswith("/copyright") for path in paths)
        assert missing == {f"/usr/share/zsh/{'site-functions' if debian else 'vendor-completions'}"}


@pytest.mark.parametrize("page", ["README.md", "packaging/README.md"])
def test_it_says_that_nothing_is_published_until_there_is_a_key(page: str) -> None:
    says = "No release has been published yet" in (ROOT / page).read_text()
    assert says != PUBLIC.exists(), f"packaging/ssm-exec.pub is made once, before the first release; {page} has to fit"
