"""The commands of docs/migration.md, run as they stand there, take the sample service out of its .env files."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT, Runner
from parameter_store import ParameterStore
from parameter_store.names import Reference

PAGE = (ROOT / "docs" / "migration.md").read_text()
BLOCKS = re.findall(r"^```sh(?: exit (\d))?\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
LOADERS = ROOT / "tests" / "support" / "dotenv-loaders" / "node_modules"


@pytest.fixture
def shop(run: Runner, tmp_path: Path) -> Path:
    """The service, and a PATH with our programs and node."""
    folder = tmp_path / "shop"
    subprocess.run([ROOT / "tests" / "sample-app" / "create", folder], check=True)
    (folder / "node_modules").symlink_to(LOADERS)
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("ssm-exec", "ssm-dotenv"):
        (programs / name).symlink_to(run.program.parent / name)
    return folder


def secrets_of(shop: Path) -> set[str]:
    """The values of the files that are long enough not to occur by accident."""
    text = "".join(file.read_text() for file in shop.glob(".env.*"))
    return {value.strip("'\"") for value in re.findall(r"^[A-Z_]+=(.{12,})$", text, re.MULTILINE) if "example.com" not in value}


def test_the_service_is_out_of_its_env_files(store: ParameterStore, run: Runner, shop: Path) -> None:
    secrets = secrets_of(shop)
    environment = run.environment() | {"PATH": f"{shop.parent / 'programs'}:{os.environ['PATH']}"}
    for name in ("prod", "staging", "development"):
        store.add_key(f"{name:x<8}-2222-3333-4444-555555555555", f"alias/{name}")
    assert len(BLOCKS) == 15 and len(secrets) > 10
    for status, block in BLOCKS:
        done = subprocess.run(["/bin/sh", "-ec", block], cwd=shop, env=environment, capture_output=True, text=True)
        assert done.returncode == int(status or 0), (block, done.stdout, done.stderr)
        assert [secret for secret in secrets if secret in done.stdout + done.stderr] == []
    assert re.fullmatch(r"28 settings, digest [0-9a-f]{64}\n", (shop / "before").read_text())
    assert list(shop.glob(".env.*")) == []
    for name in ("prod", "staging", "development"):
        text = (shop / f"{name}.map").read_text()
        assert [secret for secret in secrets if secret in text] == []
        parameters = [store.model.find(Reference(path, path)) for path in re.findall(r"=ssm://(/.*)", text)]
        assert len(parameters) == 26
        assert {parameter.latest.number for parameter in parameters} == {1}
