"""The examples of README and man page, run as they stand."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from conftest import Runner
from parameter_store import ParameterStore

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
MAN = (ROOT / "packaging/man/ssm-exec.1.scd").read_text()
STUB = '#!/bin/sh\necho "$(basename "$0") $*: ${PORT-no port} ${DB_PASSWORD:+and a password}"\n'


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


@pytest.fixture
def place(store: ParameterStore, run: Runner, tmp_path: Path) -> Path:
    """A folder where the examples find what they name."""
    store.put("/prod/api/port", "8080")
    store.put("/prod/api/db/password", "hush", "SecureString")
    store.put("/prod/shared/level", "info")
    store.put("/prod/api/tls.key", "KEY")
    for name in ("server", "node"):
        (tmp_path / name).write_text(STUB)
        (tmp_path / name).chmod(0o755)
    (tmp_path / "ssm-exec").symlink_to(run.program)
    (tmp_path / ".env.example").write_text("PORT=\nDB_PASSWORD=\n")
    (tmp_path / ".env").write_text("PORT=8080\nDB_PASSWORD='hush'\n")
    return tmp_path


def shell(run: Runner, place: Path, script: str) -> str:
    environment = {**run.environment(), "PATH": f"{place}:/usr/bin:/bin"}
    done = subprocess.run(["/bin/sh", "-e", "-c", script], cwd=place, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (script, done)
    assert "hush" not in done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("block", blocks("sh"))
def test_a_shell_example_runs(run: Runner, place: Path, block: str) -> None:
    out = shell(run, place, block)
    assert "8080 and a password" in out or "--file" in block


def test_the_container_example_starts_its_command(run: Runner, place: Path) -> None:
    (dockerfile,) = blocks("dockerfile")
    entrypoint = json.loads(re.search(r"ENTRYPOINT (\[.*\])", dockerfile).group(1))
    command = json.loads(re.search(r"CMD (\[.*\])", dockerfile).group(1))
    script = "export SSM_EXEC_SOURCES=/prod/api; exec " + " ".join(entrypoint + command)
    assert "8080 and a password" in shell(run, place, script)


def test_the_systemd_example_starts_its_command(run: Runner, place: Path) -> None:
    (unit,) = blocks("ini")
    line = re.search(r"^ExecStart=(.*)$", unit, re.MULTILINE).group(1)
    script = line.replace("/usr/local/bin/", "").replace("/opt/api/server", "./server")
    assert "8080 and a password" in shell(run, place, script)


def test_the_dry_run_in_the_readme_has_the_shape_of_a_real_one(run: Runner, place: Path) -> None:
    shown = re.search(r"^VARIABLE .*$", README, re.MULTILINE).group(0).split()
    assert shell(run, place, "ssm-exec /prod/api --dry-run").splitlines()[0].split() == shown


def test_the_lock_file_example_of_the_man_page(run: Runner, place: Path) -> None:
    lines = [line.strip() for line in MAN.splitlines() if line.startswith("\tssm-exec ")]
    assert lines
    shell(run, place, "ssm-exec /prod/api --dry-run --json > prod.lock\n" + "\n".join(lines))


@pytest.mark.parametrize("block", re.findall(r"^```\n(.*?)^```$", MAN.partition("\n# EXAMPLES\n")[2], re.MULTILINE | re.DOTALL))
def test_an_example_of_the_man_page_runs(run: Runner, place: Path, block: str) -> None:
    out = shell(run, place, block)
    started = block.count("-- ./server")
    assert started and out.count("server : ") == started
    assert out.count("and a password") == started


def test_the_policy_is_one_and_names_both_forms_of_the_path() -> None:
    (policy,) = (json.loads(block) for block in blocks("json"))
    by_path = next(statement for statement in policy["Statement"] if statement["Action"] == "ssm:GetParametersByPath")
    assert [resource.rsplit(":", 1)[1] for resource in by_path["Resource"]] == ["parameter/prod/api", "parameter/prod/api/*"]
