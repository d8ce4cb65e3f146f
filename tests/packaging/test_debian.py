"""The .deb as a stranger installs it: with apt, in a Debian that has nothing but its essential packages."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import VERSION, InstalledRoot, everything_below
from machine import make_debian

ESSENTIAL_CHANGES = ("var/", "etc/ld.so.cache", "dev/", "tmp")
"""Where apt and dpkg keep their own records."""


@pytest.fixture(params=["bookworm", "trixie"])
def debian(request: pytest.FixtureRequest, installed: InstalledRoot) -> Iterator[InstalledRoot]:
    """One release of Debian."""
    with tempfile.TemporaryDirectory(prefix="debian.") as folder:
        system = Path(folder) / request.param
        make_debian(request.param, system)
        shutil.copytree(installed.root / "test", system / "test")
        installed.root = system
        yield installed


@pytest.mark.long
def test_apt_installs_and_purges_it(release: Path, debian: InstalledRoot) -> None:
    before = everything_below(debian.root)
    package = f"ssm-exec_{VERSION}_amd64.deb"
    shutil.copy(release / package, debian.root / "test" / package)
    done = debian.run("apt-get", "install", "--yes", "--no-install-recommends", f"/test/{package}")
    assert done.returncode == 0, done.stderr
    done = debian.run("dpkg", "--verify", "ssm-exec")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    debian.check_the_programs()
    done = debian.run("apt-get", "purge", "--yes", "ssm-exec")
    assert done.returncode == 0, done.stderr
    left = everything_below(debian.root) - before - {f"test/{package}"}
    assert [path for path in sorted(left) if not path.startswith(ESSENTIAL_CHANGES) or "ssm-exec" in path] == []
