"""The pairs of docs/coming-from.md, run as they stand there, and its table of exit statuses, measured."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT, Runner
from parameter_store import ParameterStore

PAGE = (ROOT / "docs" / "coming-from.md").read_text()
LOADERS = ROOT / "tests" / "support" / "dotenv-loaders" / "node_modules"
SECTIONS = {text.split("\n", 1)[0]: text for text in PAGE.split("\n## ")[2:]}
RUN_HERE = {"env(1) and a shell", "dotenv", "dotenvx", "The AWS CLI in an entrypoint script", "The SDK in the program"}
NEEDS = {"dotenv": "node", "dotenvx": "node", "The AWS CLI in an entrypoint script": "/usr/bin/aws"}
SERVER = '#!/bin/sh\nprintf "%s\\n" "PORT=$PORT" "DB_PASSWORD=$DB_PASSWORD"\n'
NODE_SERVER = "for (const name of ['PORT', 'DB_PASSWORD']) console.log(`${name}=${process.env[name] ?? ''}`)\n"
AWS = '#!/bin/sh\nexec /usr/bin/aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"\n'
"""Debian 12's does not read the variable."""
STARTED = "PORT=8080\nDB_PASSWORD=hush\n"
MAP = "# ssm-dotenv map 1\nPORT=ssm:///prod/api/port\nDB_PASSWORD=ssm:///prod/api/db/password\n"


def block(section: str, side: str, language: str = "sh") -> str | None:
    found = re.findall(rf"^```{language} {side}\n(.*?)^```$", SECTIONS[section], re.MULTILINE | re.DOTALL)
    assert len(found) <= 1
    return found[0] if found else None


@pytest.fixture
def place(store: ParameterStore, run: Runner, tmp_path: Path) -> Path:
    assert LOADERS.is_dir(), f"run: npm ci --ignore-scripts --prefix {LOADERS.parent}"
    for path, port, password in (("/prod/api", "port", "db/password"), ("/prod/web", "port", "db-password"), ("/prod/app", "PORT", "DB_PASSWORD")):
        store.put(f"{path}/{port}", "8080")
        store.put(f"{path}/{password}", "hush", "SecureString")
    (tmp_path / "server").write_text(SERVER)
    (tmp_path / "server").chmod(0o755)
    (tmp_path / "server.js").write_text(NODE_SERVER)
    (tmp_path / ".env").write_text("PORT=8080\nDB_PASSWORD=hush\n")
    (tmp_path / ".env").chmod(0o600)
    (tmp_path / "prod.map").write_text(MAP)
    (tmp_path / "node_modules").symlink_to(LOADERS)
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "ssm-exec").symlink_to(run.program)
    (programs / "aws").write_text(AWS)
    (programs / "aws").chmod(0o755)
    return tmp_path


def shell(run: Runner, place: Path, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
    path = f"{place / 'programs'}:{LOADERS / '.bin'}:{Path(shutil.which('node') or '/bin/sh').parent}:/usr/bin:/bin"
    environment = {**run.environment(), "PATH": path, "DOTENV_CONFIG_QUIET": "true", **variables}
    return subprocess.run(["/bin/sh", "-c", script], cwd=place, env=environment, capture_output=True, text=True, check=False, timeout=120)


def require(section: str) -> None:
    if section in NEEDS and not shutil.which(NEEDS[section]):
        pytest.skip(f"{NEEDS[section]} is not installed")


@pytest.mark.parametrize("section", SECTIONS)
def test_the_server_starts_after(run: Runner, place: Path, section: str) -> None:
    require(section)
    script = block(section, "after")
    assert script and "ssm-exec" in script
    done = shell(run, place, script)
    assert (done.returncode, done.stdout, done.stderr) == (0, STARTED, ""), done


@pytest.mark.parametrize("section", sorted(RUN_HERE))
def test_the_server_gets_the_same_before(run: Runner, place: Path, section: str) -> None:
    require(section)
    script = block(section, "before")
    assert script
    done = shell(run, place, script)
    assert (done.returncode, done.stdout) == (0, STARTED), done


def test_a_section_says_whether_its_tool_was_run() -> None:
    for section in SECTIONS:
        assert (block(section, "before") is not None) == (section in RUN_HERE) == ("was not run" not in SECTIONS[section]), section
        assert "Different:" in SECTIONS[section] and "Not there:" in SECTIONS[section], section


# --- What the tables say

LAUNCHERS = {
    "ssm-exec": "exec ssm-exec --env-file {file} -- {command}",
    "env(1)": "exec env PORT=8080 {command}",
    "dotenv": "DOTENV_CONFIG_PATH={file} exec node -r dotenv/config {script}",
    "dotenvx": "exec dotenvx run --quiet -f {file} -- {command}",
    "AWS CLI in a script": 'PORT=$(aws ssm get-parameter --name {parameter} --query Parameter.Value --output text)\nexport PORT\nexec {command}',
}
COMMANDS = {
    "exits with 7": ("sh -c 'exit 7'", "-e 'process.exit(7)'"),
    "killed by SIGKILL": ("sh -c 'kill -KILL $$'", "-e 'process.kill(process.pid, \"SIGKILL\")'"),
    "is not found": ("./missing", None),
    "is not executable": ("./prod.map", None),
    "a source is missing": ("sh -c 'echo started'", "-e 'console.log(\"started\")'"),
}


def status_table() -> list[tuple[str, str, str]]:
    lines = [line.strip("|").split("|") for line in PAGE.split("Exit statuses, measured")[1].split("\n\n")[1].splitlines()]
    head, _, *rows = [[cell.strip() for cell in line] for line in lines]
    return [(row[0], event, said) for row in rows for event, said in zip(head[1:], row[1:], strict=True) if said]


def test_the_table_of_statuses_has_every_launcher_and_event() -> None:
    rows = status_table()
    assert {launcher for launcher, _, _ in rows} == set(LAUNCHERS) and {event for _, event, _ in rows} == set(COMMANDS)


@pytest.mark.parametrize("launcher,event,said", status_table())
def test_an_exit_status_is_what_the_table_says(run: Runner, place: Path, launcher: str, event: str, said: str) -> None:
    require(next((section for section in NEEDS if launcher.split()[0] in section.split() or launcher == section), ""))
    command, script = COMMANDS[event]
    missing = event == "a source is missing"
    values = {"file": "missing.env" if missing else ".env", "parameter": "/prod/none" if missing else "/prod/api/port"}
    done = shell(run, place, LAUNCHERS[launcher].format(command=command, script=script, **values))
    measured = "by signal" if done.returncode == -signal.SIGKILL else "started" if done.stdout == "started\n" else str(done.returncode)
    assert measured == said, done


@pytest.mark.parametrize("launcher,kept", [
    ("node -r dotenv/config server.js", True), ("dotenvx run --quiet -f .env -- ./server", True), ("dotenvx run --quiet --overload -f .env -- ./server", False),
    ("ssm-exec --env-file .env -- ./server", False), ("ssm-exec --preserve-env --env-file .env -- ./server", True),
])  # fmt: skip
def test_a_variable_that_is_set_already(run: Runner, place: Path, launcher: str, kept: bool) -> None:
    require("dotenv" if launcher.startswith(("node", "dotenvx")) else "")
    assert shell(run, place, launcher, PORT="1").stdout.splitlines()[0] == ("PORT=1" if kept else "PORT=8080")


@pytest.mark.parametrize("launcher,is_child", [
    ("exec env", False), ("exec ssm-exec --env-file .env --", False), ("exec dotenvx run --quiet -f .env --", True),
])  # fmt: skip
def test_whose_process_the_command_is(run: Runner, place: Path, launcher: str, is_child: bool) -> None:
    require("dotenvx" if "dotenvx" in launcher else "")
    started, own = shell(run, place, f"echo $$; {launcher} sh -c 'echo $$'").stdout.split()
    assert (started != own) == is_child


def test_values_of_dotenvx_that_are_encrypted_are_text_here(run: Runner, place: Path) -> None:
    (place / ".env").write_text("PORT=$HOME\nDB_PASSWORD=encrypted:AAAA\n")
    assert shell(run, place, "ssm-exec --env-file .env -- ./server").stdout == "PORT=$HOME\nDB_PASSWORD=encrypted:AAAA\n"


def test_a_line_end_at_the_end_of_a_value_is_kept_here_and_lost_in_the_script(store: ParameterStore, run: Runner, place: Path) -> None:
    require("The AWS CLI in an entrypoint script")
    store.put("/prod/api/db/password", "hush\n", "SecureString", overwrite=True)
    before, after = (shell(run, place, block("The AWS CLI in an entrypoint script", side) or "").stdout for side in ("before", "after"))
    assert (before, after) == (STARTED, STARTED + "\n")
