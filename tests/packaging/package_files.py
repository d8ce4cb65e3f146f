"""Reads packages of all formats into one form."""

from __future__ import annotations

import io
import subprocess
import tarfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Entry:
    mode: int
    owner: str
    data: bytes


def run(*command: str | Path) -> bytes:
    return subprocess.run(command, check=True, capture_output=True).stdout


def entries_of_tar(data: bytes) -> dict[str, Entry]:
    """The files; folders have to be root's and 0755."""
    entries = {}
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for member in archive:
            owner = f"{member.uname or member.uid}:{member.gname or member.gid}"
            if member.isdir():
                assert (member.mode, owner) == (0o755, "root:root"), member
            else:
                assert member.isreg(), member
                entries[member.name.removeprefix("./")] = Entry(member.mode, owner, archive.extractfile(member).read())
    return entries


def gzip_members(data: bytes) -> list[tuple[bytes, bytes]]:
    """Each member of a file of gzip's format: as it is, and decompressed."""
    members = []
    while data:
        decompressor = zlib.decompressobj(zlib.MAX_WBITS | 16)
        content = decompressor.decompress(data)
        rest = decompressor.unused_data
        members.append((data[: len(data) - len(rest)], content))
        data = rest
    return members


def deb(path: Path) -> dict[str, Entry]:
    return entries_of_tar(run("dpkg-deb", "--fsys-tarfile", path))


def rpm(path: Path) -> dict[str, Entry]:
    """The contents are checked where the package is installed: rpm2cpio's archive is not readable without another tool."""
    lines = run(
        "rpm", "-qp", "--qf", "[%{FILEMODES:octal} %{FILEUSERNAME}:%{FILEGROUPNAME} %{FILENAMES}\n]", path
    ).decode()
    entries = {}
    for mode, owner, name in (line.split(" ", 2) for line in lines.splitlines()):
        if int(mode, 8) & 0o170000 == 0o100000:
            entries[name.removeprefix("/")] = Entry(int(mode, 8) & 0o7777, owner, b"")
        else:
            assert (int(mode, 8), owner) == (0o40755, "root:root"), name
    return entries


def apk(path: Path) -> dict[str, Entry]:
    return entries_of_tar(gzip_members(path.read_bytes())[1][1])


def layer(path: Path) -> dict[str, Entry]:
    """A zip file says nothing of owners."""
    with zipfile.ZipFile(path) as archive:
        return {
            entry.filename: Entry(entry.external_attr >> 16 & 0o7777, "root:root", archive.read(entry))
            for entry in archive.infolist()
        }
