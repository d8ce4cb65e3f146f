"""The package for Alpine Linux in the second version of its format, which is not signed: two gzip members, the first with
.PKGINFO and without the end of a tar archive, the second with the files, whose SHA-1 checksums stand in PAX headers."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

from formats import release as releases
from formats.archive import File, compressed, tar, tar_entry
from formats.release import PROGRAMS, Architecture, Release


def information(release: Release, architecture: Architecture, files: list[File], data: bytes) -> bytes:
    lines = [
        "pkgname = ssm-exec",
        f"pkgver = {release.version}-r0",
        f"pkgdesc = {releases.SUMMARY}",
        f"builddate = {release.epoch}",
        f"packager = {releases.MAINTAINER}",
        f"size = {sum(len(file.data) for file in files)}",
        f"arch = {architecture.name}",
        "origin = ssm-exec",
        "license = MIT AND curl AND Apache-2.0 AND GPL-3.0-or-later WITH GCC-exception-3.1 AND MPL-2.0",
        *(f"provides = cmd:{name}={release.version}-r0" for name in PROGRAMS),
        f"datahash = {hashlib.sha256(data).hexdigest()}",
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def checksum_of(file: File) -> dict[str, str]:
    return {"APK-TOOLS.checksum.SHA1": hashlib.sha1(file.data).hexdigest()}


def control_of(text: bytes, epoch: int) -> bytes:
    buffer = io.BytesIO()
    archive = tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT)
    entry = tar_entry(".PKGINFO", 0o644, epoch)
    entry.size = len(text)
    archive.addfile(entry, io.BytesIO(text))
    return buffer.getvalue()  # not closed: close() writes the end of an archive


def build(release: Release, architecture: Architecture, into: Path) -> None:
    files = releases.contents(release, architecture)
    data = compressed(tar(files, release.epoch, headers_of=checksum_of))
    control = compressed(control_of(information(release, architecture, files, data), release.epoch))
    (into / f"ssm-exec-{release.version}-r0.{architecture.name}.apk").write_bytes(control + data)
