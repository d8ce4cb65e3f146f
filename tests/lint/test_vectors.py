"""The signing vectors in the tree are what botocore gives."""

import subprocess
from pathlib import Path

VECTORS = Path(__file__).resolve().parents[1] / "vectors"


def read(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_signing_vectors_are_made_by_their_script(tmp_path: Path) -> None:
    subprocess.run(["/usr/bin/python3", VECTORS / "make-sigv4", tmp_path], check=True)
    assert read(tmp_path) == read(VECTORS / "sigv4")
