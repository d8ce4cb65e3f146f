"""The package for Debian and its derivatives, made by dpkg-deb."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
import time
from pathlib import Path

from formats import release as releases
from formats import staging
from formats.archive import File, compressed
from formats.release import PACKAGING, Architecture, Release


def changelog(release: Release) -> File:
    date = time.strftime("%a, %d %b %Y %H:%M:%S +0000", release.date)
    text = (
        f"ssm-exec ({release.version}) unstable; urgency=medium\n\n"
        f"  * Release {release.version}; CHANGELOG.md beside this file says what is new.\n\n"
        f" -- {releases.MAINTAINER}  {date}\n"
    )
    return File("usr/share/doc/ssm-exec/changelog.gz", compressed(text.encode()))


def contents(release: Release, architecture: Architecture) -> list[File]:
    """Those of every package; zsh has another folder in Debian, and copyright and changelog have forms of their own."""
    return [
        *releases.contents(release, architecture, zsh="usr/share/zsh/vendor-completions"),
        File("usr/share/doc/ssm-exec/copyright", (PACKAGING / "licences" / "copyright").read_bytes()),
        File("usr/share/lintian/overrides/ssm-exec", (PACKAGING / "formats" / "lintian-overrides").read_bytes()),
        changelog(release),
    ]


def control(release: Release, architecture: Architecture, files: list[File]) -> File:
    kibibytes = sum((len(file.data) + 1023) // 1024 for file in files)
    description = "".join(f" {line}\n" for line in releases.DESCRIPTION.splitlines())
    text = (
        "Package: ssm-exec\n"
        f"Version: {release.version}\n"
        f"Architecture: {architecture.debian}\n"
        f"Maintainer: {releases.MAINTAINER}\n"
        f"Installed-Size: {kibibytes}\n"
        "Suggests: ca-certificates\n"
        "Section: admin\n"
        "Priority: optional\n"
        f"Description: {releases.SUMMARY}\n{description}"
    )
    return File("DEBIAN/control", text.encode())


def checksums(files: list[File]) -> File:
    """What "dpkg --verify" compares."""
    lines = [f"{hashlib.md5(file.data).hexdigest()}  {file.path}\n" for file in files]
    return File("DEBIAN/md5sums", "".join(sorted(lines, key=lambda line: line[34:])).encode())


def build(release: Release, architecture: Architecture, into: Path) -> None:
    files = contents(release, architecture)
    with tempfile.TemporaryDirectory() as folder:
        staged = Path(folder, "package")
        staging.write(staged, [*files, control(release, architecture, files), checksums(files)])
        staging.set_times(staged, release.epoch)
        # With one thread the format of the compressed data does not depend on the number of processors.
        command = ["dpkg-deb", "--root-owner-group", "-Zxz", "--threads-max=1", "--build", staged]
        subprocess.run(
            [*command, into / f"ssm-exec_{release.version}_{architecture.debian}.deb"],
            check=True,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "SOURCE_DATE_EPOCH": str(release.epoch), "LC_ALL": "C.UTF-8"},
        )
