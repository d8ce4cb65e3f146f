"""The layer for AWS Lambda, which unpacks it below /opt."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

from formats import release as releases
from formats.archive import File
from formats.release import PACKAGING, Architecture, Release

WRAPPER = "ssm-exec-wrapper"


def files_of(release: Release, architecture: Architecture) -> list[File]:
    return [
        File("ssm-exec", release.program("ssm-exec", architecture), 0o755),
        File(WRAPPER, (PACKAGING / "lambda" / WRAPPER).read_bytes(), 0o755),
        File("share/doc/ssm-exec/ssm-exec.spdx.json", release.bill("ssm-exec", architecture)),
        *(File(f"share/licenses/ssm-exec/{file.path}", file.data) for file in releases.licences(release)),
    ]


def build(release: Release, architecture: Architecture, into: Path) -> None:
    path = into / f"ssm-exec-{release.version}-lambda-{architecture.layer}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in files_of(release, architecture):
            entry = zipfile.ZipInfo(file.path, date_time=release.date[:6])
            entry.create_system = 3  # Unix, whose modes follow
            entry.external_attr = (stat.S_IFREG | file.mode) << 16
            archive.writestr(entry, file.data, zipfile.ZIP_DEFLATED, compresslevel=9)
