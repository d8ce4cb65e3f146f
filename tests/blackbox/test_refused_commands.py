"""COMMAND exists and the kernel does not execute it: the error names the reason."""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path

import pytest
from conftest import Runner
from privileges import become, unshare
from seccomp import FACCESSAT2, refusing

FETCH_NOTHING = ("--env-file", "/dev/null", "--")
NOEXEC = 'mount -t tmpfs -o noexec tmpfs "$1" && cp /bin/echo "$1/tool" && printf "#!$1/tool\\n" > "$1.script" && chmod +x "$1.script" && shift && exec "$@"'


@pytest.mark.parametrize("error", [errno.EPERM, errno.ENOSYS], ids=errno.errorcode.get)
@pytest.mark.parametrize("command", ["/bin/echo", "echo"])
def test_a_seccomp_profile_without_faccessat2_does_not_matter(run: Runner, command: str, error: int) -> None:
    filtered = [*refusing(FACCESSAT2, error), str(run.program), *FETCH_NOTHING, command, "started"]
    done = subprocess.run(filtered, env=run.environment(), capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (0, "started\n"), done.stderr


def test_below_such_a_profile_what_is_not_executable_is_still_passed_over(run: Runner, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        (folder / "tool").write_text(f"#!/bin/sh\necho {folder.name}\n")
    (second / "tool").chmod(0o755)
    filtered = [*refusing(FACCESSAT2, errno.EPERM), str(run.program), *FETCH_NOTHING, "tool"]
    environment = {**run.environment(), "PATH": f"{first}:{second}"}
    done = subprocess.run(filtered, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (0, "second\n"), done.stderr


def test_a_file_without_execute_bits(run: Runner, tmp_path: Path) -> None:
    tool = tmp_path / "tool"
    tool.write_text("#!/bin/sh\n")
    run(*FETCH_NOTHING, tool).expect_failure(f"{tool}: cannot be executed: Permission denied (it is not marked executable)",
                                             "chmod +x", status=126)  # fmt: skip


@pytest.mark.parametrize("what", ["tool", "by PATH", "interpreter"])
def test_a_file_system_that_is_mounted_noexec(run: Runner, tmp_path: Path, what: str) -> None:
    mounted = tmp_path / "mounted"
    mounted.mkdir()
    command = {"tool": mounted / "tool", "by PATH": "tool", "interpreter": f"{mounted}.script"}[what]
    environment = {**run.environment(), "PATH": f"{mounted}:/usr/bin:/bin"}
    done = subprocess.run([*unshare("--mount"), "/bin/sh", "-c", NOEXEC, "sh", mounted, run.program, *FETCH_NOTHING, command],
                          env=environment, capture_output=True, text=True, check=False, timeout=60)  # fmt: skip
    assert (done.returncode, done.stdout) == (126, ""), done
    assert "cannot be executed: Permission denied (its file system is mounted noexec)" in done.stderr
    assert ("is a script whose interpreter" in done.stderr) == (what == "interpreter"), done.stderr
    assert "chmod" not in done.stderr


@pytest.mark.release_only
def test_a_file_for_others_only(run: Runner, tmp_path: Path) -> None:
    for folder in [tmp_path, *tmp_path.parents][:4]:
        folder.chmod(folder.stat().st_mode | 0o055)
    program, tool = tmp_path / "ssm-exec", tmp_path / "tool"
    program.write_bytes(Path(run.program).read_bytes())
    program.chmod(0o755)
    tool.write_text("#!/bin/sh\n")
    tool.chmod(0o750)
    done = subprocess.run([str(program), *FETCH_NOTHING, str(tool)], **become(65534), extra_groups=[],
                          env=run.environment(), capture_output=True, text=True, check=False, timeout=60)  # fmt: skip
    assert done.returncode == 126, done
    assert f"{tool}: cannot be executed by user 65534: Permission denied (mode 0750, owner 0, group 0)" in done.stderr


def test_a_file_with_capabilities_that_may_not_be_had(run: Runner, tmp_path: Path) -> None:
    tool = tmp_path / "tool"
    tool.write_bytes(Path("/bin/echo").read_bytes())
    tool.chmod(0o755)
    dropped = ["setpriv", "--bounding-set=-sys_time"]
    # VFS_CAP_REVISION_2 with the effective bit; CAP_SYS_TIME (25) permitted.
    capability = bytes.fromhex("01000002" "00000002" "00000000" "00000000" "00000000")
    try:
        os.setxattr(tool, "security.capability", capability)
        subprocess.run([*dropped, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("capabilities of files need CAP_SETFCAP and CAP_SETPCAP")
    dropped += [str(run.program), *FETCH_NOTHING, str(tool)]
    done = subprocess.run(dropped, env=run.environment(), capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (126, ""), done
    assert f"{tool}: cannot be executed: Operation not permitted" in done.stderr
    assert "file capabilities" in done.stderr


def test_something_that_is_not_a_file(run: Runner, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    run(*FETCH_NOTHING, tmp_path / "pipe").expect_failure("is not a regular file", status=126)
    run(*FETCH_NOTHING, tmp_path).expect_failure("is a directory", status=126)
