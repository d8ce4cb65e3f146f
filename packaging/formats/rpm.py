"""The package for Fedora, openSUSE and their relatives, made by rpmbuild. Nothing is compiled: one machine makes it for all."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path

from formats import release as releases
from formats import staging
from formats.archive import File
from formats.release import PACKAGING, Architecture, Release

OWN_FOLDERS = ("usr/share/doc/ssm-exec", "usr/share/licenses/ssm-exec")
"""All others belong to packages of the distribution."""


def listed(file: File) -> str:
    kind = {"usr/share/doc": "%doc ", "usr/share/man": "%doc ", "usr/share/licenses": "%license "}
    folder = "/".join(file.path.split("/")[:3])
    return f'{kind.get(folder, "")}"/{file.path}"\n'


def folders_in(files: list[File]) -> list[str]:
    """The folders that belong to the package: its own ones and those in them."""
    parents = {str(parent) for file in files for parent in Path(file.path).parents}
    return sorted(path for path in parents if path.startswith(OWN_FOLDERS))


def definitions(release: Release, work: Path) -> dict[str, str]:
    """Whoever builds, and where and when, leaves no trace."""
    return {
        "_topdir": str(work / "rpmbuild"),
        "_buildhost": "reproducible",
        "use_source_date_epoch_as_buildtime": "1",
        "clamp_mtime_to_source_date_epoch": "1",
        "_binary_payload": "w9.xzdio",
        "_build_name_fmt": "%%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm",
        "version": release.version,
        "summary": releases.SUMMARY[0].upper() + releases.SUMMARY[1:],
        "maintainer": releases.MAINTAINER,
        "date": time.strftime("%a %b %d %Y", release.date),
        "staged": str(work / "staged"),
        "list": str(work / "list"),
        "words": str(work / "description"),
    }


def build(release: Release, architecture: Architecture, into: Path) -> None:
    files = releases.contents(release, architecture)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        staging.write(work / "staged", files)
        staging.set_times(work / "staged", release.epoch)
        own = [f'%dir "/{path}"\n' for path in folders_in(files)]
        attributes = "%defattr(-,root,root,0755)\n"
        (work / "list").write_text(attributes + "".join(own) + "".join(map(listed, files)))
        (work / "description").write_text(releases.DESCRIPTION)
        defined = [
            argument
            for name, value in {**definitions(release, work), "_rpmdir": str(into)}.items()
            for argument in ("--define", f"{name} {value}")
        ]
        # HOME, because a .rpmmacros in it would count.
        result = subprocess.run(
            ["rpmbuild", "-bb", "--quiet", "--target", f"{architecture.name}-linux", *defined,
             PACKAGING / "formats" / "ssm-exec.spec"],
            env={"PATH": os.environ["PATH"], "HOME": folder, "LC_ALL": "C.UTF-8", "TZ": "UTC",
                 "SOURCE_DATE_EPOCH": str(release.epoch)},
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            raise releases.Refused(f"rpmbuild failed: {result.stderr.strip()}\nis Debian's package rpm complete?")
