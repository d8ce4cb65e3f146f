"""The image: its structure, as other programs read it, and a run in runc."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import package_files
import pytest
from conftest import VERSION, InstalledRoot

PLATFORMS = {"amd64": "x86_64", "arm64": "aarch64"}


@pytest.fixture(scope="module")
def archive(release: Path) -> Path:
    return release / f"ssm-exec-{VERSION}-oci.tar"


@pytest.fixture(scope="module")
def files(archive: Path) -> dict[str, bytes]:
    return {path: entry.data for path, entry in package_files.entries_of_tar(archive.read_bytes()).items()}


def blob(files: dict[str, bytes], descriptor: dict[str, Any]) -> bytes:
    """What a descriptor describes, of the size and with the digest that it says."""
    data = files[f"blobs/{descriptor['digest'].replace(':', '/')}"]
    assert len(data) == descriptor["size"]
    assert f"sha256:{hashlib.sha256(data).hexdigest()}" == descriptor["digest"]
    return data


def manifests(files: dict[str, bytes]) -> dict[str, dict[str, Any]]:
    """The manifest of each architecture."""
    (index,) = json.loads(files["index.json"])["manifests"]
    described = json.loads(blob(files, index))["manifests"]
    return {each["platform"]["architecture"]: json.loads(blob(files, each)) for each in described}


def layer_of(files: dict[str, bytes], arch: str) -> bytes:
    (layer,) = manifests(files)[arch]["layers"]
    return gzip.decompress(blob(files, layer))


def test_every_file_belongs_to_it(files: dict[str, bytes]) -> None:
    assert json.loads(files["oci-layout"]) == {"imageLayoutVersion": "1.0.0"}
    (index,) = json.loads(files["index.json"])["manifests"]
    known = {"oci-layout", "index.json", "manifest.json", f"blobs/{index['digest'].replace(':', '/')}"}
    for descriptor in json.loads(blob(files, index))["manifests"]:
        manifest = json.loads(blob(files, descriptor))
        for each in (descriptor, manifest["config"], *manifest["layers"]):
            blob(files, each)
            known.add(f"blobs/{each['digest'].replace(':', '/')}")
    assert set(files) == known


def test_docker_finds_the_same_images_by_names_of_their_own(files: dict[str, bytes]) -> None:
    described = manifests(files)
    for arch, suffix, entry in zip(PLATFORMS, ("", "-arm64"), json.loads(files["manifest.json"]), strict=True):
        assert entry["RepoTags"] == [f"localhost/ssm-exec:{VERSION}{suffix}"]
        paths = [entry["Config"], *entry["Layers"]]
        digests = [each["digest"] for each in (described[arch]["config"], *described[arch]["layers"])]
        assert paths == [f"blobs/{digest.replace(':', '/')}" for digest in digests]


@pytest.mark.parametrize("arch", PLATFORMS)
def test_the_configuration(files: dict[str, bytes], arch: str) -> None:
    config = json.loads(blob(files, manifests(files)[arch]["config"]))
    assert (config["architecture"], config["os"]) == (arch, "linux")
    assert config["config"]["Entrypoint"] == ["/ssm-exec"]
    assert config["config"]["User"] == "65534:65534"
    assert "Cmd" not in config["config"] and "Env" not in config["config"]
    assert config["config"]["Labels"]["org.opencontainers.image.version"] == VERSION
    digest = hashlib.sha256(layer_of(files, arch)).hexdigest()
    assert config["rootfs"] == {"type": "layers", "diff_ids": [f"sha256:{digest}"]}


@pytest.mark.parametrize(("arch", "name"), PLATFORMS.items())
def test_the_layer_is_the_program_with_its_licences_and_bill(
    release: Path, files: dict[str, bytes], arch: str, name: str
) -> None:
    entries = package_files.entries_of_tar(layer_of(files, arch))
    assert entries["ssm-exec"].data == (release / f"ssm-exec-{VERSION}-{name}-linux").read_bytes()
    assert entries["ssm-exec"].mode == 0o755
    others = set(entries) - {"ssm-exec", "usr/share/doc/ssm-exec/ssm-exec.spdx.json"}
    assert len(others) == 7 and all(path.startswith("usr/share/licenses/ssm-exec/") for path in others)


@pytest.mark.parametrize("arch", PLATFORMS)
def test_skopeo_reads_it(archive: Path, arch: str) -> None:
    source = f"oci-archive:{archive}:ssm-exec:{VERSION}"
    done = package_files.run("skopeo", "inspect", f"--override-arch={arch}", source)
    assert json.loads(done)["Architecture"] == arch
    config = json.loads(package_files.run("skopeo", "inspect", "--config", f"--override-arch={arch}", source))
    assert config["config"]["Entrypoint"] == ["/ssm-exec"]


@pytest.mark.long
def test_it_runs_as_process_1_of_a_container(
    archive: Path, files: dict[str, bytes], installed: InstalledRoot, store, tmp_path: Path  # noqa: ANN001
) -> None:
    """By runc: as nobody, without capabilities, on a read-only root, with no memory to lock. The network is the machine's,
    since the store is on loopback."""
    store.put("/prod/api/db/password", "correct horse", "SecureString")
    subprocess.run(["tar", "-xf", "-", "-C", installed.root], input=layer_of(files, "amd64"), check=True)
    subprocess.run(["runc", "spec", "--bundle", tmp_path], check=True)
    config = json.loads((tmp_path / "config.json").read_text())
    image = json.loads(blob(files, manifests(files)["amd64"]["config"]))["config"]
    environment = {**store.environment(), "AWS_CA_BUNDLE": "/test/ca.pem"}
    user, group = map(int, image["User"].split(":"))
    config["process"] |= {
        "terminal": False,
        "args": [*image["Entrypoint"], "/prod/api", "--", "/test/show"],
        "env": [f"{name}={value}" for name, value in environment.items()],
        "user": {"uid": user, "gid": group},
        "capabilities": {},
        "rlimits": [{"type": "RLIMIT_MEMLOCK", "hard": 0, "soft": 0}],
        "noNewPrivileges": True,
    }
    config["root"] = {"path": str(installed.root), "readonly": True}
    config["linux"]["namespaces"] = [each for each in config["linux"]["namespaces"] if each["type"] != "network"]
    (tmp_path / "config.json").write_text(json.dumps(config))
    (installed.root / "test" / "ca.pem").chmod(0o644)
    done = subprocess.run(
        ["runc", "--root", tmp_path / "state", "run", "--bundle", tmp_path, f"ssm-exec-{os.getpid()}"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "DB_PASSWORD=correct horse" in done.stdout.splitlines()


@pytest.fixture
def short_path() -> Iterator[Path]:
    """podman refuses paths of more than 50 characters."""
    with tempfile.TemporaryDirectory(prefix="image.") as path:
        yield Path(path)


CONTAINERFILE = f"""\
FROM scratch
COPY --from=localhost/ssm-exec:{VERSION} /ssm-exec /usr/local/bin/ssm-exec
COPY show ca.pem /test/
ENTRYPOINT ["/usr/local/bin/ssm-exec", "--"]
CMD ["/test/show"]
"""


@pytest.mark.long
def test_podman_loads_it_and_another_image_copies_from_it(
    archive: Path, installed: InstalledRoot, store, short_path: Path  # noqa: ANN001
) -> None:
    """As packaging/README.md says. The image of an application gets its sources from a variable."""
    store.put("/prod/api/db/password", "correct horse", "SecureString")
    context = installed.root / "test"
    (context / "ca.pem").chmod(0o644)
    (context / "Containerfile").write_text(CONTAINERFILE)
    podman = [
        "podman", "--root", short_path / "images", "--runroot", short_path / "run", "--storage-driver=vfs",
        "--cgroup-manager=cgroupfs", "--events-backend=none", "--runtime=runc",
    ]  # fmt: skip
    confined = [
        "--rm", "--network=host", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges",
        "--ulimit=nofile=1024:1024", "--ulimit=nproc=4096:4096",
    ]  # fmt: skip
    environment = {**store.environment(), "AWS_CA_BUNDLE": "/test/ca.pem", "SSM_EXEC_SOURCES": "/prod/api"}
    variables = [f"--env={name}={value}" for name, value in environment.items()]
    loaded = package_files.run(*podman, "load", "--input", archive).decode()
    assert f"localhost/ssm-exec:{VERSION}" in loaded
    version = package_files.run(*podman, "run", *confined, f"localhost/ssm-exec:{VERSION}", "--version").decode()
    assert version.startswith(f"ssm-exec {VERSION} (")
    package_files.run(*podman, "build", "--quiet", "--network=none", "--tag=application", context)
    shown = package_files.run(*podman, "run", *confined, *variables, "localhost/application").decode()
    assert "DB_PASSWORD=correct horse" in shown.splitlines()
