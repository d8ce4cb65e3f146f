"""The packages: what is in them, and what they do where they are installed, into a root that holds nothing else."""

from __future__ import annotations

import hashlib
import io
import os
import re
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import package_files
import pytest
from conftest import ROOT, VERSION, InstalledRoot, everything_below
from package_files import Entry

PROGRAMS = ("ssm-exec", "ssm-dotenv")
COMPONENTS = ("ssm-exec", "curl", "jsmn", "mbedtls", "musl", "libgcc", "amazon-root-certificates")
DEB = {arch: f"ssm-exec_{VERSION}_{arch}.deb" for arch in ("amd64", "arm64")}
RPM = {arch: f"ssm-exec-{VERSION}-1.{arch}.rpm" for arch in ("x86_64", "aarch64")}
APK = {arch: f"ssm-exec-{VERSION}-r0.{arch}.apk" for arch in ("x86_64", "aarch64")}
SITE_FUNCTIONS = "usr/share/zsh/site-functions"
PACKAGES = [
    *((package_files.deb, name, "usr/share/zsh/vendor-completions") for name in DEB.values()),
    *((package_files.rpm, name, SITE_FUNCTIONS) for name in RPM.values()),
    *((package_files.apk, name, SITE_FUNCTIONS) for name in APK.values()),
]
OF_DEBIAN = {
    "usr/share/doc/ssm-exec/changelog.gz",
    "usr/share/doc/ssm-exec/copyright",
    "usr/share/lintian/overrides/ssm-exec",
}


def examples() -> set[str]:
    command = ["git", "ls-files", "-z", "packaging/examples"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return {path.removeprefix("packaging/") for path in listed.split("\0") if path}


def expected_paths(zsh: str) -> set[str]:
    documents = "usr/share/doc/ssm-exec"
    paths = {f"{documents}/CHANGELOG.md", *(f"{documents}/{path}" for path in examples())}
    paths |= {f"usr/share/licenses/ssm-exec/{component}" for component in COMPONENTS}
    for name in PROGRAMS:
        paths |= {
            f"usr/bin/{name}",
            f"usr/share/man/man1/{name}.1.gz",
            f"{documents}/{name}.spdx.json",
            f"usr/share/bash-completion/completions/{name}",
            f"usr/share/fish/vendor_completions.d/{name}.fish",
            f"{zsh}/_{name}",
        }
    return paths


@pytest.mark.parametrize(("read", "name", "zsh"), PACKAGES, ids=lambda value: value if isinstance(value, str) else "")
def test_it_holds_these_files_which_are_roots(
    release: Path, read: Callable[[Path], dict[str, Entry]], name: str, zsh: str
) -> None:
    entries = read(release / name)
    assert set(entries) == expected_paths(zsh) | (OF_DEBIAN if name.endswith(".deb") else set())
    for path, entry in entries.items():
        executable = path.startswith("usr/bin/") or ("/examples/" in path and entry.mode & 0o100)
        assert (entry.mode, entry.owner) == (0o755 if executable else 0o644, "root:root"), path


@pytest.mark.parametrize(
    ("read", "name", "arch"),
    [
        (package_files.deb, DEB["amd64"], "x86_64"),
        (package_files.deb, DEB["arm64"], "aarch64"),
        *((package_files.apk, name, arch) for arch, name in APK.items()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_its_programs_are_those_of_the_release(
    release: Path, read: Callable[[Path], dict[str, Entry]], name: str, arch: str
) -> None:
    entries = read(release / name)
    for program in PROGRAMS:
        published = release / f"{program}-{VERSION}-{arch}-linux"
        assert entries[f"usr/bin/{program}"].data == published.read_bytes()
        bill = published.with_name(published.name + ".spdx.json")
        assert entries[f"usr/share/doc/ssm-exec/{program}.spdx.json"].data == bill.read_bytes()


def test_every_licence_is_that_of_its_component(release: Path) -> None:
    entries = package_files.deb(release / DEB["amd64"])
    words = {
        "ssm-exec": "The ssm-exec authors",
        "curl": "Daniel Stenberg",
        "jsmn": "Serge A. Zaitsev",
        "mbedtls": "Apache License",
        "musl": "Rich Felker",
        "libgcc": "GCC RUNTIME LIBRARY EXCEPTION",
        "amazon-root-certificates": "Mozilla Public License",
    }
    for component, text in words.items():
        assert text in entries[f"usr/share/licenses/ssm-exec/{component}"].data.decode(), component
    assert "GNU GENERAL PUBLIC LICENSE" in entries["usr/share/licenses/ssm-exec/libgcc"].data.decode()
    copyright_text = entries["usr/share/doc/ssm-exec/copyright"].data.decode()
    for component in COMPONENTS[1:]:
        assert f"Files: component/{component}\n" in copyright_text


# --- .deb ---


@pytest.mark.parametrize("arch", DEB)
def test_deb_control_files(release: Path, arch: str) -> None:
    """No script runs when the package is installed or removed, and no file is a configuration file."""
    control = package_files.entries_of_tar(package_files.run("dpkg-deb", "--ctrl-tarfile", release / DEB[arch]))
    assert set(control) == {"control", "md5sums"}
    fields = dict(re.findall(r"^([\w-]+): (.+)$", control["control"].data.decode(), re.MULTILINE))
    assert (fields["Package"], fields["Version"], fields["Architecture"]) == ("ssm-exec", VERSION, arch)
    assert "Depends" not in fields
    sums = dict(reversed(line.split("  ")) for line in control["md5sums"].data.decode().splitlines())
    entries = package_files.deb(release / DEB[arch])
    assert sums == {path: hashlib.md5(entry.data).hexdigest() for path, entry in entries.items()}


@pytest.mark.parametrize("arch", DEB)
def test_lintian_finds_nothing(release: Path, arch: str) -> None:
    done = subprocess.run(
        ["lintian", "--allow-root", "--fail-on", "error,warning", release / DEB[arch]],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def dpkg_in(root: Path) -> list[str]:
    """The command for a root in which dpkg has nothing installed yet."""
    state = root / "var" / "lib" / "dpkg"
    for folder in ("info", "updates", "triggers"):
        (state / folder).mkdir(parents=True)
    (state / "status").touch()
    return ["dpkg", f"--root={root}", "--force-architecture", "--log=/dev/null"]


def test_deb_is_installed_used_and_purged(release: Path, installed: InstalledRoot) -> None:
    dpkg = dpkg_in(installed.root)
    before = everything_below(installed.root)
    subprocess.run([*dpkg, "--install", release / DEB["amd64"]], check=True, capture_output=True)
    assert subprocess.run([*dpkg, "--verify", "ssm-exec"], check=True, capture_output=True).stdout == b""
    installed.check_the_programs()
    subprocess.run([*dpkg, "--purge", "ssm-exec"], check=True, capture_output=True)
    left = everything_below(installed.root) - before
    assert [path for path in sorted(left) if not path.startswith("var/lib/dpkg/")] == []
    assert [path for path in sorted(left) if "ssm-exec" in path] == []


def test_dpkg_notices_a_changed_file(release: Path, installed: InstalledRoot) -> None:
    dpkg = dpkg_in(installed.root)
    subprocess.run([*dpkg, "--install", release / DEB["amd64"]], check=True, capture_output=True)
    with (installed.root / "usr" / "bin" / "ssm-exec").open("ab") as program:
        program.write(b"more")
    verified = subprocess.run([*dpkg, "--verify", "ssm-exec"], capture_output=True, text=True, check=False)
    assert "/usr/bin/ssm-exec" in verified.stdout


# --- .rpm ---


@pytest.mark.parametrize("arch", RPM)
def test_rpm_asks_for_nothing_and_runs_nothing(release: Path, arch: str) -> None:
    path = release / RPM[arch]
    required = package_files.run("rpm", "-qp", "--requires", path).decode().splitlines()
    assert [line for line in required if not line.startswith("rpmlib(")] == []
    assert package_files.run("rpm", "-qp", "--scripts", "--triggers", path) == b""
    assert package_files.run("rpm", "-qp", "--configfiles", path) == b""
    fields = package_files.run("rpm", "-qp", "--qf", "%{NAME} %{VERSION} %{ARCH} %{BUILDHOST}", path).decode()
    assert fields == f"ssm-exec {VERSION} {arch} reproducible"
    licences = package_files.run("rpm", "-qp", "--licensefiles", path).decode().splitlines()
    assert licences == [f"/usr/share/licenses/ssm-exec/{component}" for component in sorted(COMPONENTS)]


def test_rpm_is_installed_used_and_erased(release: Path, installed: InstalledRoot) -> None:
    rpm = ["rpm", "--root", str(installed.root)]
    subprocess.run([*rpm, "--initdb"], check=True, capture_output=True)
    subprocess.run([*rpm, "--install", "--nodeps", release / RPM["x86_64"]], check=True, capture_output=True)
    for program in PROGRAMS:
        published = release / f"{program}-{VERSION}-x86_64-linux"
        assert (installed.root / "usr" / "bin" / program).read_bytes() == published.read_bytes()
    assert subprocess.run([*rpm, "--verify", "--nodeps", "ssm-exec"], check=True, capture_output=True).stdout == b""
    installed.check_the_programs()
    subprocess.run([*rpm, "--erase", "--nodeps", "ssm-exec"], check=True, capture_output=True)
    left = [path for path in everything_below(installed.root) if (installed.root / path).is_file()]
    assert [path for path in left if path.startswith("usr/") and "/rpm/" not in path] == []
    assert not (installed.root / "usr" / "share" / "doc" / "ssm-exec").exists()
    assert not (installed.root / "usr" / "share" / "licenses" / "ssm-exec").exists()


# --- .apk ---


@pytest.mark.parametrize("arch", APK)
def test_apk_structure_and_checksums(release: Path, arch: str) -> None:
    (_, control), (packed_files, files) = package_files.gzip_members((release / APK[arch]).read_bytes())
    # The control segment has no end of an archive, so that both together are one.
    assert not control.endswith(bytes(1024)) and files.endswith(bytes(1024)) and len(control) % 512 == 0
    information = package_files.entries_of_tar(control)
    assert set(information) == {".PKGINFO"}
    lines = information[".PKGINFO"].data.decode().splitlines()
    assert {
        "pkgname = ssm-exec",
        f"pkgver = {VERSION}-r0",
        f"arch = {arch}",
        f"datahash = {hashlib.sha256(packed_files).hexdigest()}",
        f"provides = cmd:ssm-exec={VERSION}-r0",
        f"provides = cmd:ssm-dotenv={VERSION}-r0",
    } <= set(lines)
    assert not [line for line in lines if line.startswith("depend")]
    with tarfile.open(fileobj=io.BytesIO(files)) as archive:
        for member in archive:
            if member.isreg():
                digest = hashlib.sha1(archive.extractfile(member).read()).hexdigest()
                assert member.pax_headers["APK-TOOLS.checksum.SHA1"] == digest, member.name


def test_apk_files_work(release: Path, installed: InstalledRoot) -> None:
    _, (_, files) = package_files.gzip_members((release / APK["x86_64"]).read_bytes())
    subprocess.run(["tar", "-xf", "-", "-C", installed.root], input=files, check=True)
    installed.check_the_programs()


# --- the layer for Lambda ---


def unpack_layer(path: Path, into: Path) -> None:
    for name, entry in package_files.layer(path).items():
        target = into / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(entry.data)
        target.chmod(entry.mode)


@pytest.mark.parametrize(("layer", "arch"), [("x86_64", "x86_64"), ("arm64", "aarch64")])
def test_the_layer_holds_the_program_and_its_wrapper(release: Path, layer: str, arch: str) -> None:
    entries = package_files.layer(release / f"ssm-exec-{VERSION}-lambda-{layer}.zip")
    assert set(entries) == {
        "ssm-exec",
        "ssm-exec-wrapper",
        "share/doc/ssm-exec/ssm-exec.spdx.json",
        *(f"share/licenses/ssm-exec/{component}" for component in COMPONENTS),
    }
    assert entries["ssm-exec"].data == (release / f"ssm-exec-{VERSION}-{arch}-linux").read_bytes()
    for path, entry in entries.items():
        assert entry.mode == (0o755 if path.startswith("ssm-exec") else 0o644), path


def test_the_wrapper_hands_the_command_line_of_the_runtime_over(release: Path, store, tmp_path: Path) -> None:  # noqa: ANN001
    """Blanks, empty arguments and those that look like options arrive as they are."""
    store.put("/prod/api/port", "8080")
    unpack_layer(release / f"ssm-exec-{VERSION}-lambda-x86_64.zip", tmp_path)
    arguments = ["a b", "", "--version", "*", "'"]
    script = 'printf "%s|" "$PORT" "$@"'
    done = subprocess.run(
        [tmp_path / "ssm-exec-wrapper", "/bin/sh", "-c", script, "sh", *arguments],
        env={**store.environment(), "SSM_EXEC_SOURCES": "/prod/api", "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "8080|" + "".join(f"{argument}|" for argument in arguments)
