"""The examples of README and man page, run as they stand, and what README says of sources."""

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
    (run.home / ".aws").mkdir()
    (run.home / ".aws" / "config").write_text("[profile dev]\nregion = us-east-1\n")
    for name in ("server", "node"):
        (tmp_path / name).write_text(STUB)
        (tmp_path / name).chmod(0o755)
    for name in ("ssm-exec", "ssm-dotenv"):
        (tmp_path / name).symlink_to(run.program.parent / name)
    (tmp_path / ".env.example").write_text("PORT=\nDB_PASSWORD=\n")
    (tmp_path / ".env").write_text("PORT=8080\nDB_PASSWORD='hush'\n")
    (tmp_path / ".env").chmod(0o600)
    return tmp_path


def attempt(run: Runner, place: Path, script: str) -> subprocess.CompletedProcess[str]:
    environment = {**run.environment(), "PATH": f"{place}:/usr/bin:/bin"}
    done = subprocess.run(["/bin/sh", "-e", "-c", script], cwd=place, env=environment, capture_output=True, text=True, check=False)
    assert "hush" not in done.stdout + done.stderr
    return done


def shell(run: Runner, place: Path, script: str) -> str:
    done = attempt(run, place, script)
    assert done.returncode == 0, (script, done)
    return done.stdout


@pytest.mark.parametrize("block", blocks("sh"))
def test_a_shell_example_starts_its_commands(run: Runner, place: Path, block: str) -> None:
    started = block.count(" -- ")
    assert started and shell(run, place, block).count("8080 and a password") == started


def test_the_migration_in_the_readme_ends_without_the_env_file(run: Runner, place: Path) -> None:
    section = README.partition("## Out of .env files\n")[2].partition("\n## ")[0]
    commands = re.findall(r"^    (ssm-\w+ .*)$", section, re.MULTILINE)
    assert len(commands) == 8
    for command in commands:
        done = attempt(run, place, command)
        assert done.returncode == 0, (command, done)
        assert ("8080 and a password" in done.stdout) == ("./server" in command)
    assert not (place / ".env").exists()


def test_the_container_example_starts_its_command(run: Runner, place: Path) -> None:
    (dockerfile,) = blocks("dockerfile")
    entrypoint = json.loads(re.search(r"ENTRYPOINT (\[.*\])", dockerfile).group(1))
    command = json.loads(re.search(r"CMD (\[.*\])", dockerfile).group(1))
    script = "export SSM_EXEC_SOURCES=/prod/api; exec " + " ".join(entrypoint + command)
    assert "8080 and a password" in shell(run, place, script)


def unit(run: Runner, place: Path) -> subprocess.CompletedProcess[str]:
    """What the systemd example runs, as systemd would: the start only if what comes before it succeeds."""
    (text,) = blocks("ini")
    variables = [f"export {line};" for line in re.findall(r'^Environment=("?SSM_EXEC_.*)$', text, re.MULTILINE)]
    commands = re.findall(r"^ExecStart(?:Pre)?=(.*)$", text, re.MULTILINE)
    assert len(variables) == 1 and len(commands) == 2
    script = " ".join(variables) + " && ".join(commands)
    return attempt(run, place, script.replace("/usr/bin/ssm-exec", "ssm-exec").replace("/opt/api/server", "./server"))


def test_the_systemd_example_checks_its_parameters_and_starts_its_command(run: Runner, place: Path) -> None:
    assert "server : 8080 and a password" in unit(run, place).stdout


def test_the_systemd_example_fails_before_the_start_if_a_parameter_is_missing(
    run: Runner, store: ParameterStore, place: Path
) -> None:
    store.delete("/prod/shared/level")
    done = unit(run, place)
    assert done.returncode == 125 and "server" not in done.stdout and "/prod/shared" in done.stderr


def test_every_source_in_the_table_is_read(run: Runner, store: ParameterStore, place: Path) -> None:
    (table,) = re.findall(r"^\| source \|.*?\n\n", README, re.MULTILINE | re.DOTALL)
    sources = re.findall(r"^\| `(.*?)` \|", table, re.MULTILINE)
    arn = next(source.partition("=")[2] for source in sources if "=arn:" in source)
    versions = re.findall(r"`(/[\w/]+:[\w-]+)`", table)
    store.put("/prod/db/host", "db")
    for _ in range(7):
        store.put("/shared/stripe_key", "key", labels=("release-42",))
    store.put_shared(arn.replace("eu-west-1", store.region), "key")
    store.put_secret("prod/db", '{"password": "hush"}')
    variables = ["PORT", "DB_HOST", "STRIPE_KEY", "STRIPE_KEY", "DB_PASS", "STRIPE_KEY"]
    sources += [f"STRIPE_KEY={version}" for version in versions]
    for source, variable in zip(sources, [*variables, "STRIPE_KEY", "STRIPE_KEY"], strict=True):
        source = source.replace("eu-west-1", store.region)
        given = f"env {source} ssm-exec" if "=ssm://" in source else f"ssm-exec {source}"
        assert re.search(rf"^{variable} ", shell(run, place, f"{given} --dry-run"), re.MULTILINE), source


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
