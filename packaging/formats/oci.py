"""The image: an OCI archive for all architectures, FROM scratch, with /ssm-exec at the root to be copied from or to be run.

It is an archive of `docker save` as well, with the same files: without manifest.json `docker load` of Docker 20.10 and 26.1 fails.
"""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path
from typing import Any

from formats import release as releases
from formats.archive import File, compressed, tar
from formats.release import ARCHITECTURES, Architecture, Release

MEDIA = "application/vnd.oci.image"
NOBODY = "65534:65534"
NAME = "localhost/ssm-exec"


class Blobs:
    """Contents of the archive, each in a file that has the name of its digest."""

    def __init__(self) -> None:
        self.files: dict[str, File] = {}

    def add(self, kind: str, data: bytes, **more: Any) -> dict[str, Any]:
        """The descriptor of data, and whatever else is said of it."""
        digest = hashlib.sha256(data).hexdigest()
        self.files[digest] = File(f"blobs/sha256/{digest}", data)
        return {"mediaType": f"{MEDIA}.{kind}", "digest": f"sha256:{digest}", "size": len(data), **more}

    def at(self, descriptor: dict[str, Any]) -> File:
        return self.files[descriptor["digest"].removeprefix("sha256:")]


def as_json(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def files_of(release: Release, architecture: Architecture) -> list[File]:
    """The program, its licences and its bill of materials. ssm-dotenv, which can write, is not for production."""
    return [
        File("ssm-exec", release.program("ssm-exec", architecture), 0o755),
        File("usr/share/doc/ssm-exec/ssm-exec.spdx.json", release.bill("ssm-exec", architecture)),
        *(File(f"usr/share/licenses/ssm-exec/{file.path}", file.data) for file in releases.licences(release)),
    ]


def image(blobs: Blobs, release: Release, architecture: Architecture) -> dict[str, Any]:
    """The descriptor of the image for one architecture."""
    layer = tar(files_of(release, architecture), release.epoch)
    created = time.strftime("%Y-%m-%dT%H:%M:%SZ", release.date)
    platform = {"architecture": architecture.image, "os": "linux"}
    if architecture.image_variant is not None:
        platform["variant"] = architecture.image_variant
    labels = {
        "org.opencontainers.image.title": "ssm-exec",
        "org.opencontainers.image.version": release.version,
        "org.opencontainers.image.licenses": "MIT",
        "org.opencontainers.image.description": releases.SUMMARY,
    }
    config = {
        **platform,
        "created": created,
        "config": {"Entrypoint": ["/ssm-exec"], "User": NOBODY, "WorkingDir": "/", "Labels": labels},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(layer).hexdigest()}"]},
        "history": [{"created": created, "created_by": "packaging/build"}],
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": f"{MEDIA}.manifest.v1+json",
        "config": blobs.add("config.v1+json", as_json(config)),
        "layers": [blobs.add("layer.v1.tar+gzip", compressed(layer))],
    }
    return blobs.add("manifest.v1+json", as_json(manifest), platform=platform)


def for_docker(blobs: Blobs, release: Release, architecture: Architecture, descriptor: dict[str, Any]) -> dict[str, Any]:
    """The image in manifest.json, where a name has one architecture: the first one has the name that it has elsewhere."""
    manifest = json.loads(blobs.at(descriptor).data)
    suffix = "" if architecture is ARCHITECTURES[0] else f"-{architecture.image}"
    return {
        "Config": blobs.at(manifest["config"]).path,
        "RepoTags": [f"{NAME}:{release.version}{suffix}"],
        "Layers": [blobs.at(layer).path for layer in manifest["layers"]],
    }


def build(release: Release, into: Path) -> None:
    blobs = Blobs()
    images = [image(blobs, release, architecture) for architecture in ARCHITECTURES]
    index = {
        "schemaVersion": 2,
        "mediaType": f"{MEDIA}.index.v1+json",
        "manifests": images,
    }
    # podman and containerd take the name of the image from these.
    names = {
        "org.opencontainers.image.ref.name": f"ssm-exec:{release.version}",
        "io.containerd.image.name": f"{NAME}:{release.version}",
    }
    top = {"schemaVersion": 2, "manifests": [blobs.add("index.v1+json", as_json(index), annotations=names)]}
    docker = [for_docker(blobs, release, *each) for each in zip(ARCHITECTURES, images, strict=True)]
    files = [
        File("oci-layout", as_json({"imageLayoutVersion": "1.0.0"})),
        File("index.json", as_json(top)),
        File("manifest.json", as_json(docker)),
        *(file for _, file in sorted(blobs.files.items())),
    ]
    (into / f"ssm-exec-{release.version}-oci.tar").write_bytes(tar(files, release.epoch))
