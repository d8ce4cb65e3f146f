"""What a release is: its version, its time, its programs, and the files that go into every package."""

from __future__ import annotations

import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from formats.archive import File, compressed

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
PROGRAMS = ("ssm-exec", "ssm-dotenv")
SUMMARY = "run a command with parameters of AWS Parameter Store in its environment"
DESCRIPTION = """\
ssm-exec reads parameters from AWS Systems Manager Parameter Store, puts them
into an environment in memory only, and becomes a command by execve(2).
ssm-dotenv takes a team from .env files to Parameter Store. Both are static
programs that need no library and no certificate on the machine.
"""
MAINTAINER = "The ssm-exec authors <noreply@ssm-exec.invalid>"
"""The project publishes no address: flaws are reported as SECURITY.md says."""


class Refused(Exception):
    """Why the release cannot be made, and in a second line what to do about it."""

    def message(self, program: str) -> str:
        what, hint = str(self).split("\n", 1)
        return f"{program}: error: {what}\n{program}: hint: {hint}"


@dataclass(frozen=True)
class Architecture:
    """The names that one architecture has."""

    name: str
    """For packaging/static/build, rpm, apk and the programs themselves."""
    debian: str
    image: str
    image_variant: str | None
    layer: str


ARCHITECTURES = (
    Architecture("x86_64", debian="amd64", image="amd64", image_variant=None, layer="x86_64"),
    Architecture("aarch64", debian="arm64", image="arm64", image_variant="v8", layer="arm64"),
)


@dataclass(frozen=True)
class Release:
    version: str
    epoch: int
    """The time of everything in it, in seconds since 1970."""
    static: Path
    """The folder that packaging/static/build builds into."""

    @property
    def date(self) -> time.struct_time:
        return time.gmtime(self.epoch)

    def built(self, architecture: Architecture, *path: str) -> bytes:
        """A file that packaging/static/build has made or unpacked."""
        file = self.static.joinpath(architecture.name, *path)
        if not file.exists():
            raise Refused(f"{file} is missing\npackaging/static/build --arch {architecture.name} makes it")
        return file.read_bytes()

    def program(self, name: str, architecture: Architecture) -> bytes:
        return self.built(architecture, name)

    def bill(self, name: str, architecture: Architecture) -> bytes:
        """The bill of materials of a program (SPDX)."""
        return self.built(architecture, f"{name}.spdx.json")


def git(*args: str) -> str:
    result = subprocess.run(["git", "-C", ROOT, *args], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise Refused(f"git {args[0]}: {result.stderr.strip()}\na release is made in a clone of the repository")
    return result.stdout


def version_of_sources() -> str:
    """The only place that has the version is meson.build."""
    return re.search(r"^  version: '(.+)'", (ROOT / "meson.build").read_text(), re.MULTILINE).group(1)


def epoch_of_sources() -> int:
    """SOURCE_DATE_EPOCH, or else the time of the last commit."""
    text = os.environ.get("SOURCE_DATE_EPOCH") or git("log", "-1", "--format=%ct")
    if not text.strip().isdecimal():
        raise Refused("SOURCE_DATE_EPOCH is not a number\nset it to seconds since 1970, or unset it")
    return int(text)


def sources() -> list[File]:
    """Every file that git knows, as it is in the folder."""
    paths = [ROOT / path for path in git("ls-files", "-z").split("\0") if path]
    return [
        File(path.relative_to(ROOT).as_posix(), path.read_bytes(), 0o755 if os.access(path, os.X_OK) else 0o644)
        for path in sorted(paths)
    ]


def licences(release: Release) -> list[File]:
    """The licence of every component of the programs, in files that have its name in the bill of materials."""
    def component(*path: str) -> bytes:
        return release.built(ARCHITECTURES[0], *path)

    common = Path("/usr/share/common-licenses")
    exception = (PACKAGING / "licences" / "gcc-runtime-library-exception.txt").read_bytes()
    texts = {
        "ssm-exec": (ROOT / "LICENSE").read_bytes(),
        "curl": component("curl", "COPYING"),
        "jsmn": component("jsmn", "LICENSE"),
        "mbedtls": component("mbedtls", "LICENSE"),
        "musl": component("musl", "COPYRIGHT"),
        "libgcc": exception + b"\n" + (common / "GPL-3").read_bytes(),
        "amazon-root-certificates": (common / "MPL-2.0").read_bytes(),
    }
    return [File(name, text) for name, text in sorted(texts.items())]


def man_page(release: Release, name: str) -> bytes:
    """As packaging/man/meson.build makes it."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(release.epoch), "LC_ALL": "C.UTF-8"}
    source = (PACKAGING / "man" / f"{name}.1.scd").read_bytes()
    page = subprocess.run(["scdoc"], input=source, capture_output=True, check=True, env=environment).stdout
    corrections = PACKAGING / "man" / "page.sed"
    corrected = ["sed", "-E", "-f", corrections]
    return subprocess.run(corrected, input=page, capture_output=True, check=True, env=environment).stdout


def completions(release: Release, name: str, zsh: str) -> list[File]:
    """What the build of the static program wrote from the tables of options."""
    def written(file: str) -> bytes:
        return release.built(ARCHITECTURES[0], f"build-{name}", "packaging", "completions", file)

    return [
        File(f"usr/share/bash-completion/completions/{name}", written(name)),
        File(f"usr/share/fish/vendor_completions.d/{name}.fish", written(f"{name}.fish")),
        File(f"{zsh}/_{name}", written(f"_{name}")),
    ]


def examples() -> list[File]:
    """packaging/examples, where the tree has it."""
    return [
        File(file.path.removeprefix("packaging/"), file.data, file.mode)
        for file in sources()
        if file.path.startswith("packaging/examples/")
    ]


def contents(
    release: Release, architecture: Architecture, zsh: str = "usr/share/zsh/site-functions"
) -> list[File]:
    """The files of a package for a machine, by path. zsh is the folder that the distribution's zsh searches."""
    documents = "usr/share/doc/ssm-exec"
    files = [File(f"{documents}/CHANGELOG.md", (ROOT / "CHANGELOG.md").read_bytes())]
    files += [File(f"{documents}/{file.path}", file.data, file.mode) for file in examples()]
    files += [File(f"usr/share/licenses/ssm-exec/{file.path}", file.data) for file in licences(release)]
    for name in PROGRAMS:
        files.append(File(f"usr/bin/{name}", release.program(name, architecture), 0o755))
        files.append(File(f"usr/share/man/man1/{name}.1.gz", compressed(man_page(release, name))))
        files.append(File(f"{documents}/{name}.spdx.json", release.bill(name, architecture)))
        files += completions(release, name, zsh)
    return sorted(files, key=lambda file: file.path)
