"""The .deb as a stranger installs it: with apt, in a Debian that has nothing but its essential packages."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import VERSION, InstalledRoot, everything_below

ESSENTIAL_CHANGES = ("var/", "etc/ld.so.cache", "dev/", "tmp")
"""Where apt and dpkg keep their own records."""


@pytest.mark.long
@pytest.mark.parametrize("suite", ["bookworm", "trixie"])
def test_apt_installs_and_purges_it(release: Path, installed: InstalledRoot, suite: str) -> None:
    system = installed.root.parent / "system"
    subprocess.run(
        ["mmdebstrap", "--quiet", "--variant=apt", suite, system], check=True, capture_output=True, timeout=600
    )
    shutil.copytree(installed.root / "test", system / "test")
    installed.root = system
    before = everything_below(system)
    package = f"ssm-exec_{VERSION}_amd64.deb"
    shutil.copy(release / package, system / "test" / package)
    done = installed.run("apt-get", "install", "--yes", "--no-install-recommends", f"/test/{package}")
    assert done.returncode == 0, done.stderr
    done = installed.run("dpkg", "--verify", "ssm-exec")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    installed.check_the_programs()
    done = installed.run("apt-get", "purge", "--yes", "ssm-exec")
    assert done.returncode == 0, done.stderr
    left = everything_below(system) - before - {f"test/{package}"}
    assert [path for path in sorted(left) if not path.startswith(ESSENTIAL_CHANGES) or "ssm-exec" in path] == []
