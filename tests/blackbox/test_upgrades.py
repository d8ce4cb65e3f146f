"""docs/upgrades.md is what the programs do: options, statuses, JSON members, and files that earlier versions wrote."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT, Runner
from parameter_store import ParameterStore

PAGE = (ROOT / "docs" / "upgrades.md").read_text()
STABLE = PAGE.split("\n## Not stable\n")[0]
ROWS = dict(re.findall(r"^\| (`.*?) \| (.*) \|$", STABLE, re.MULTILINE))
SHOW = ("--", "/bin/sh", "-c", 'echo "$PORT $DB_PASSWORD"')


def words(text: str) -> set[str]:
    return set(re.findall(r"`([-\w]{2,})`", text))


def members(row: str) -> set[str]:
    return words(next(cell for output, cell in ROWS.items() if output.startswith(f"`{row}")))


def paragraph(start: str) -> str:
    return STABLE.split(f"**{start}", 1)[1].split("\n\n", 1)[0]


@pytest.fixture
def folder(store: ParameterStore, run: Runner, tmp_path: Path) -> Path:
    for version in ("1", "2"):
        store.put("/prod/api/port", f"808{version}", overwrite=True)
        store.put("/prod/api/db/password", f"hush{version}", "SecureString", overwrite=True)
    for name in ("lock", "map"):
        (text,) = re.findall(rf"^```\w+ {name}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
        (tmp_path / name).write_text(text)
    (tmp_path / ".env").write_text("PORT=8082\nDB_PASSWORD=hush2\nNODE_ENV=production\n")
    (tmp_path / ".env").chmod(0o600)
    return tmp_path


def dotenv(run: Runner, folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    command = [run.program.parent / "ssm-dotenv", *args]
    return subprocess.run(command, cwd=folder, env=run.environment(), capture_output=True, text=True, check=False, timeout=60)


def test_the_page_has_every_option(run: Runner) -> None:
    offered = set(re.findall(r"^ +(?:-\w, )?(--[-a-z]+)", run("--help").out, re.MULTILINE))
    assert words(paragraph("Options of ssm-exec")) == offered


def test_the_page_has_every_command(run: Runner, folder: Path) -> None:
    offered = set(re.findall(r"^  ([a-z]+) ", dotenv(run, folder, "--help").stdout, re.MULTILINE))
    assert words(paragraph("Commands of ssm-dotenv")) == offered


def test_exit_statuses(run: Runner, folder: Path) -> None:
    assert run("/prod/api", "--", "/bin/sh", "-c", "exit 7").status == 7
    found = [run("/prod/api", *rest, cwd=folder).status for rest in (("--", "./none"), ("--", "./lock"), ("--none",), ("-n",))]
    assert found == [127, 126, 125, 0]
    verify = ("verify", "--env-file", ".env", "map")
    same, failed = dotenv(run, folder, *verify), dotenv(run, folder, "verify", "none")
    (folder / ".env").write_text("PORT=1\nDB_PASSWORD=hush2\nNODE_ENV=production\n")
    assert [same.returncode, dotenv(run, folder, *verify).returncode, failed.returncode] == [0, 1, 2]


def test_the_members_of_a_dry_run(run: Runner, folder: Path) -> None:
    shown = json.loads(run("/prod/api", "--file", "KEY=/prod/api/port", "-n", "--json").out)
    assert set(shown) | set().union(*shown["variables"]) == members("ssm-exec --dry-run --json")


def test_the_members_of_a_line_of_the_log(run: Runner, store: ParameterStore, folder: Path) -> None:
    store.deny("ssm:GetParametersByPath")
    error = json.loads(run("/prod/api", "--log-format", "json", *SHOW).err.splitlines()[-1])
    assert set(error) == members("--log-format json")


def test_the_members_of_push_and_verify(run: Runner, folder: Path) -> None:
    push = json.loads(dotenv(run, folder, "push", "--json", "--env-file", ".env", "map").stdout)
    assert set(push) | set().union(*push["parameters"]) == members("ssm-dotenv push --json")
    verify = json.loads(dotenv(run, folder, "verify", "--json", "--env-file", ".env", "map").stdout)
    assert set(verify) | set().union(*verify["rows"]) == members("ssm-dotenv verify --json")


def test_a_lock_file_of_1_0_is_read_with_its_versions(run: Runner, folder: Path) -> None:
    result = run("--lock", folder / "lock", *SHOW)
    assert (result.status, result.out) == (0, "8081 hush1\n"), result.err


def test_a_map_of_1_0_is_read_by_both_programs(run: Runner, folder: Path) -> None:
    result = run("--env-file", folder / "map", *SHOW)
    assert (result.status, result.out) == (0, "8082 hush2\n"), result.err
    verified = dotenv(run, folder, "verify", "--env-file", ".env", "map")
    assert verified.returncode == 0, verified
