"""ssm-dotenv retire: what still needs an env file, which secrets to rotate, and when the file is deleted."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import terminals
from conftest import PATH, Runner
from parameter_store import ParameterStore, faults
from privileges import strace
from terminals import plain
from test_dotenv_verify import Tool

MARK = "mark-77e1-must-not-be-seen"
PASSWORD = f"{MARK}-Zr9/x+K1"
TOKEN = "ghp_" + "0123456789abcdefghijklmnopqrstuvwxyZ"
ENV = f"DB_PASSWORD={PASSWORD}\nGITHUB_TOKEN={TOKEN}\nPORT=8080\n"
MAP = """\
# ssm-dotenv map 1
DB_PASSWORD=ssm:///prod/api/db_password
GITHUB_TOKEN=ssm:///prod/api/github_token
# String
PORT=ssm:///prod/api/port
"""
HEAD = "CHECK WHERE NOTE"
DELETED = "The file is deleted. The disk, backups and git's history may still have it: rotate the secrets."
ROTATE = ["rotate DB_PASSWORD was in a file", "rotate GITHUB_TOKEN was in a file"]
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


class Retirement(Tool):
    """The same with another env file, which nobody else can read."""

    def __init__(self, run: Runner, folder: Path) -> None:
        super().__init__(run, folder)
        self.file = folder / ".env"
        self.file.write_text(ENV)
        self.file.chmod(0o600)
        (folder / "prod.map").write_text(MAP)
        self.source = folder / "app"
        self.source.mkdir()

    def __call__(self, *args: str, **options: object) -> subprocess.CompletedProcess[str]:
        done = super().__call__(*args, **options)
        assert TOKEN not in done.stdout + done.stderr
        assert base64.b64encode(PASSWORD.encode()).decode() not in done.stdout
        return done

    def lines(self, *args: str, status: int = 0, **options: object) -> list[str]:
        done = self("retire", "--env-file", ".env", *args, "prod.map", status=status, **options)
        return [" ".join(line.split()) for line in done.stdout.splitlines()]

    def checks(self, *args: str, status: int = 1, **options: object) -> list[str]:
        """The rows but for those of secrets to rotate."""
        head, *rows = self.lines(*args, status=status, **options)
        assert head == HEAD
        return [row for row in rows if not row.startswith("rotate ")]

    def git(self, *args: str) -> str:
        identity = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgSign=false")
        environment = {"PATH": PATH, "HOME": str(self.run.home), "GIT_CONFIG_NOSYSTEM": "1"}
        return subprocess.run(["git", *identity, *args], cwd=self.folder, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def tool(run: Runner, store: ParameterStore, tmp_path: Path) -> Retirement:
    store.put("/prod/api/db_password", PASSWORD, "SecureString")
    store.put("/prod/api/github_token", TOKEN, "SecureString")
    store.put("/prod/api/port", "8080")
    return Retirement(run, tmp_path)


def test_rows_fit_the_terminal(tool: Retirement) -> None:
    folder = tool.source / "a" / "folder" / "with" / "a" / "long" / "name"
    folder.mkdir(parents=True)
    (folder / "server.py").write_text("load_dotenv('.env')\n")

    def shown(columns: int, **variables: str) -> str:
        command = [tool.run.program, "retire", "--env-file", ".env", "--source", ".", "prod.map"]
        return terminals.on_terminal(columns, command, tool.folder, {**tool.run.environment(), **variables}, status=1)

    assert plain(shown(200)) == tool("retire", "--env-file", ".env", "--source", ".", "prod.map", status=1).stdout
    assert "\033[31mloads\033[0m" in shown(200)
    assert "\033" not in shown(200, NO_COLOR="1")
    for columns in (60, 40):
        lines = plain(shown(columns)).splitlines()
        assert max(map(len, lines)) <= columns
        assert any("name/server.py:1" in line for line in lines)


# --- Deleting


def test_without_delete_the_file_stays(tool: Retirement) -> None:
    assert tool.lines() == [HEAD, *ROTATE]
    assert tool.file.read_text() == ENV


def test_with_delete_this_file_alone_goes(tool: Retirement) -> None:
    (tool.folder / ".env.bak").write_text(ENV)
    before = {path.name for path in tool.folder.iterdir()}
    assert tool.lines("--delete") == [HEAD, *ROTATE, DELETED]
    assert {path.name for path in tool.folder.iterdir()} == before - {".env"}


@pytest.mark.parametrize("change", ["value", "missing", "denied", "unmapped", "type"])
def test_a_difference_keeps_the_file(tool: Retirement, store: ParameterStore, change: str) -> None:
    {
        "value": lambda: store.put("/prod/api/port", "8081"),
        "missing": lambda: store.delete("/prod/api/port"),
        "denied": lambda: store.deny("ssm:GetParameters", "/prod/api/port"),
        "unmapped": lambda: tool.file.write_text(ENV + "NEW=1\n"),
        "type": lambda: (store.delete("/prod/api/port"), store.put("/prod/api/port", "8080", "SecureString")),
    }[change]()
    lines = tool.lines("--delete", status=1)
    assert lines[0] == "STATE VARIABLE PARAMETER TYPE VERSION NOTE"
    assert lines[-1] == "The file stays: not all rows are the same."
    assert not any(line.startswith("rotate") for line in lines)
    assert tool.file.exists()
    done = tool("retire", "--env-file", ".env", "--delete", "--json", "prod.map", status=1)
    assert json.loads(done.stdout)["verified"] is False
    assert tool.file.exists()


@pytest.mark.parametrize("failure", ["network", "map", "file"])
def test_a_failure_keeps_the_file(tool: Retirement, failure: str) -> None:
    environment = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"} if failure == "network" else {}
    if failure == "map":
        (tool.folder / "prod.map").write_text(f"DB_PASSWORD={MARK}\n")
    if failure == "file":
        tool.file.write_text(f"{MARK}\n")
    done = tool("retire", "-v", "--env-file", ".env", "--delete", "--timeout=3s", "prod.map", status=2, env=environment)
    assert done.stdout == ""
    assert tool.file.exists()


def test_a_source_that_does_not_exist_keeps_the_file(tool: Retirement) -> None:
    done = tool("retire", "--env-file", ".env", "--delete", "--source", "none", "prod.map", status=2)
    assert "none: " in done.stderr
    assert tool.file.exists()


def test_of_a_link_only_the_link_is_deleted(tool: Retirement) -> None:
    target = tool.folder / "shared.env"
    tool.file.rename(target)
    tool.file.symlink_to("shared.env")
    row = "link .env is a link to shared.env: --delete removes the link alone, and the file stays"
    assert tool.lines("--delete", status=1) == [HEAD, row, *ROTATE, DELETED]
    assert target.read_text() == ENV
    assert not tool.file.is_symlink()


def test_a_file_with_other_names_is_told(tool: Retirement) -> None:
    os.link(tool.file, tool.folder / "other")
    assert tool.checks("--delete") == ["link .env has other names (hard links), under which it stays", DELETED]
    assert (tool.folder / "other").exists()


@pytest.mark.parametrize("contents", ["", f"# DB_PASSWORD={PASSWORD}\n"])
def test_a_file_without_variables_is_not_deleted(tool: Retirement, contents: str) -> None:
    tool.file.write_text(contents)
    (tool.folder / "prod.map").write_text("# ssm-dotenv map 1\n# retired: OLD\n")
    done = tool("retire", "--env-file", ".env", "--delete", "prod.map", status=2)
    assert ".env: sets no variable, so nothing was compared: it was not deleted" in done.stderr
    assert DELETED not in done.stdout
    assert tool.file.read_text() == contents


@pytest.mark.parametrize("spelling", ["prod.map", "./prod.map", "link.map"])
def test_the_map_itself_is_not_retired(tool: Retirement, spelling: str) -> None:
    """Where it holds plain values only, it says what it says itself."""
    (tool.folder / "prod.map").write_text("# ssm-dotenv map 1\n# plain\nNODE_ENV=production\n")
    (tool.folder / "link.map").symlink_to("prod.map")
    done = tool("retire", "--env-file", spelling, "--delete", "prod.map", status=2)
    assert f"{spelling}: is the map itself" in done.stderr
    assert (tool.folder / "prod.map").exists() and (tool.folder / "link.map").is_symlink()


@pytest.mark.parametrize("kind", ["pipe", "folder", "absent"])
def test_only_a_regular_file_can_be_retired(tool: Retirement, kind: str) -> None:
    tool.file.unlink()
    if kind == "pipe":
        os.mkfifo(tool.file)
    elif kind == "folder":
        tool.file.mkdir()
    done = tool("retire", "--env-file", ".env", "--delete", "prod.map", status=2)
    assert ".env: " in done.stderr
    assert tool.file.exists() is (kind != "absent")


def write_with_the_same_time(file: Path) -> None:
    """As cp -p and rsync --inplace do."""
    before = file.stat()
    file.write_text(ENV.replace("8080", "8081"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


CHANGES = {
    "another value, same size and time": (write_with_the_same_time, ".env: has changed since it was compared: it was not deleted"),
    "another line": (lambda file: file.write_text(ENV + "NEW=1\n"), ".env: has changed since it was compared: it was not deleted"),
    "another file": (lambda file: (file.unlink(), file.write_text(ENV)), ".env: has changed since it was compared: it was not deleted"),
    "a link": (lambda file: (file.rename(file.with_name("x")), file.symlink_to("x")), ".env: has changed since it was compared: it was not deleted"),
    "nothing": (lambda file: file.unlink(), ".env: cannot be looked at: No such file or directory"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_file_that_has_changed_meanwhile_is_not_deleted(tool: Retirement, store: ParameterStore, change: str) -> None:
    act, text = CHANGES[change]

    def alter(body: bytes) -> bytes:
        act(tool.file)
        return body

    store.faults.add(faults.AlterBody(alter), 1, lambda asked, _: asked == "GetParameters")
    done = tool("retire", "--env-file", ".env", "--delete", "prod.map", status=2)
    assert text in done.stderr
    assert "rotate " in done.stdout and DELETED not in done.stdout
    assert tool.file.exists() is (change != "nothing")


def test_a_folder_that_cannot_be_written_keeps_the_file_and_prints_the_list(tool: Retirement) -> None:
    command = [str(tool.run.program), "retire", "--env-file", ".env", "--delete", "prod.map"]
    if os.geteuid() == 0:  # root without its right to delete everywhere
        command = ["setpriv", "--bounding-set=-dac_override", *command]
    tool.folder.chmod(0o500)
    try:
        done = subprocess.run(command, cwd=tool.folder, env=tool.run.environment(), capture_output=True, text=True, check=False, timeout=60)
    finally:
        tool.folder.chmod(0o700)
    assert done.returncode == 2 and ".env: cannot be deleted: Permission denied" in done.stderr, done
    assert done.stdout.startswith("CHECK") and DELETED not in done.stdout and tool.file.exists()


@pytest.mark.parametrize("args,text", [
    ((), "there is no --env-file"),
    (("--env-file", "-", "prod.map"), "standard input cannot be retired"),
    (("--env-file", ".env"), "there is no MAP"),
])  # fmt: skip
def test_usage_errors(tool: Retirement, args: tuple[str, ...], text: str) -> None:
    assert text in tool("retire", "--delete", *args, status=2).stderr
    assert tool.file.exists()


# --- The checklist


LOADERS = {
    "server.js": ("require('dotenv').config()", "a library loads env files"),
    "index.mjs": ("import 'dotenv/config'", "a library loads env files"),
    "package.json": ('{"dependencies": {"dotenv": "^16"}}', "a library loads env files"),
    "app.py": ("load_dotenv()", "a library loads env files"),
    "config.ru": ("Dotenv.load", "a library loads env files"),
    "main.go": ('import "github.com/joho/godotenv"', "a library loads env files"),
    "main.rs": ("dotenvy::dotenv().ok();", "a library loads env files"),
    "index.php": ("Dotenv\\Dotenv::createImmutable(__DIR__)", "a library loads env files"),
    "Main.java": ("Dotenv.configure().load()", "a library loads env files"),
    "Program.cs": ("DotNetEnv.Env.Load();", "a library loads env files"),
    "compose.yml": ("    env_file: .env", "Compose reads it"),
    "app.service": ("EnvironmentFile=/srv/.env", "systemd reads it"),
    "Dockerfile": ("COPY package.json .env ./", "is copied into an image"),
    "Makefile": ("\tdocker run --env-file .env api", "an option names it"),
    "start.sh": ("source ./.env", "names it"),
    ".github/workflows/ci.yml": ("      - path: .env", "CI names it"),
}


@pytest.mark.parametrize("name", LOADERS)
def test_what_loads_the_file_is_named_with_its_line(tool: Retirement, name: str) -> None:
    line, what = LOADERS[name]
    path = tool.source / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"first\n{line}\nlast\n")
    assert f"loads app/{name}:2 {what}" in tool.checks("--source", "app")
    assert f"loads app/{name}:2 {what}" in tool.checks("--source", ".")


def test_what_only_looks_like_the_file_is_not_named(tool: Retirement) -> None:
    (tool.source / "a.js").write_text("process.env.PORT; import.meta.env; '.env.example'; 'my.env'; '.envrc'; x.environment\n")
    (tool.source / "README.md").write_text("copy .env\n")
    (tool.source / ".gitignore").write_text(".env\n")
    (tool.source / "prod.map").write_text("# ssm-dotenv map 1\n# instead of .env\n")
    assert tool.lines("--source", "app") == [HEAD, *ROTATE]


def test_copies_and_values_elsewhere_are_named_with_file_and_line(tool: Retirement) -> None:
    (tool.source / "config.yml").write_text(f"a: 1\npassword: {PASSWORD}\n")
    (tool.source / "secret.yml").write_text(f"data: {base64.b64encode(TOKEN.encode()).decode()}\n")
    (tool.source / ".env.staging").write_text(f"GITHUB_TOKEN={TOKEN}\n")
    for name in (".env~", ".env.bak", ".env.old2", ".env.1", "..env.swp", ".env.example"):
        (tool.folder / "app" / name).write_text("X=1\n")
    rows = tool.lines("--source", "app", status=1)
    copies = [f"copy app/{name} looks like a copy, by its name" for name in ("..env.swp", ".env.1", ".env.bak", ".env.old2", ".env~")]
    assert rows == [
        HEAD,
        *copies,
        "value app/.env.staging:1 holds the value of GITHUB_TOKEN",
        "value app/config.yml:2 holds the value of DB_PASSWORD",
        "value app/secret.yml:1 holds the value of GITHUB_TOKEN, as base64",
        "rotate GITHUB_TOKEN found in another file, another env file has it too",
        "rotate DB_PASSWORD found in another file",
    ]


def test_the_most_exposed_secret_comes_first(tool: Retirement) -> None:
    tool.file.chmod(0o644)
    (tool.source / "config.yml").write_text(TOKEN)
    rows = tool.lines("--source", "app", status=1)
    assert rows[1:] == [
        "mode .env everybody on this machine can read it",
        "value app/config.yml:1 holds the value of GITHUB_TOKEN",
        "rotate GITHUB_TOKEN found in another file, others can read the file",
        "rotate DB_PASSWORD others can read the file",
    ]
    tool.file.chmod(0o640)
    assert tool.checks() == ["mode .env its group can read it"]


def test_an_image_that_would_take_the_file_along_is_told(tool: Retirement) -> None:
    row = "docker .env .dockerignore does not have it: COPY . takes it into the image"
    (tool.folder / "Dockerfile").write_text("FROM scratch\nCOPY . .\n")
    assert tool.checks() == [row]
    assert tool.checks("--source", ".") == ["loads Dockerfile:2 the whole folder is copied into an image", row]
    for text, is_ignored in ((".env\n", True), ("**/.env*\r\n", True), ("*\n!.env\n", False), ("# .env\nenv\n", False), ("/.env", True)):
        (tool.folder / ".dockerignore").write_text(text)
        assert tool.checks(status=0 if is_ignored else 1) == ([] if is_ignored else [row]), text
        assert len(tool.checks("--source", ".", status=0 if is_ignored else 1)) == (0 if is_ignored else 2), text


# --- git


@needs_git
def test_git_tells_what_it_has(tool: Retirement) -> None:
    tool.git("init", "-q")
    not_ignored = "git .env .gitignore does not have it: the next git add takes it"
    assert tool.checks() == [not_ignored]
    tool.git("add", ".env")
    assert tool.checks() == ["tracked .env is in git's index: git rm --cached takes it out", not_ignored]
    tool.git("commit", "-qm", "add")
    tool.git("rm", "-q", "--cached", ".env")
    (tool.folder / ".gitignore").write_text(".env*\n!.env.example\n")
    tool.git("add", ".gitignore")
    tool.git("commit", "-qm", "remove")
    (commit,) = tool.git("log", "--diff-filter=A", "--format=%h %as", "--", ".env").splitlines()
    assert tool.lines(status=1) == [HEAD, f"commit .env was added by commit {commit}", "rotate DB_PASSWORD git has it", "rotate GITHUB_TOKEN git has it"]


@needs_git
def test_a_file_in_a_folder_of_the_repository_is_found_too(tool: Retirement) -> None:
    tool.git("init", "-q")
    (tool.folder / "deep" / "er").mkdir(parents=True)
    file = tool.folder / "deep" / "er" / "-x y.env"
    tool.file.rename(file)
    tool.git("add", "deep")
    (tool.folder / "deep" / ".gitignore").write_text("er/*.env\n")
    done = tool("retire", "--env-file", "deep/er/-x y.env", "prod.map", status=1)
    rows = [line.split()[0] for line in done.stdout.splitlines()]
    assert rows == ["CHECK", "tracked", "rotate", "rotate"]


@needs_git
def test_git_starts_no_program_that_the_repository_names(tool: Retirement) -> None:
    tool.git("init", "-q")
    tool.git("config", "core.fsmonitor", "touch started; false")
    tool.git("config", "core.pager", "touch started")
    tool.git("add", "-f", ".env")
    (tool.folder / "started").unlink(missing_ok=True)
    tool.checks()
    assert not (tool.folder / "started").exists()


def test_without_git_the_line_to_run_is_shown(tool: Retirement) -> None:
    (tool.folder / ".git").mkdir()
    (tool.folder / ".gitignore").write_text(".env\n")
    row = "history .env git could not be asked; run: git log --all --diff-filter=A --format='%h %as' -- .env"
    assert tool.checks(env={"PATH": "/nowhere"}) == [row]
    tool.file.rename(tool.folder / ".env $(it's)")
    done = tool("retire", "--env-file", ".env $(it's)", "prod.map", status=1, env={"PATH": "/nowhere"})
    assert "-- '.env $(it'\\''s)'\n" in done.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a link of another user")
def test_a_link_of_another_user_is_not_followed(tool: Retirement) -> None:
    link = tool.folder / "link"
    link.symlink_to(".env")
    os.lchown(link, 65534, 65534)
    done = tool("retire", "--env-file", "link", "--delete", "prod.map", status=2)
    assert "error: link: is a symbolic link that belongs to user 65534" in done.stderr
    assert link.is_symlink() and tool.file.exists()


# --- JSON, leaks


def test_json_has_the_same_facts(tool: Retirement) -> None:
    (tool.source / "config.yml").write_text(f"\n{PASSWORD}\n")
    done = tool("retire", "--json", "--env-file", ".env", "--source", "app", "--delete", "prod.map", status=1)
    assert json.loads(done.stdout) == {
        "verified": True,
        "checks": [
            {"check": "value", "file": "app/config.yml", "line": 2, "variable": "DB_PASSWORD", "note": "holds the value of DB_PASSWORD"},
            {"check": "rotate", "variable": "DB_PASSWORD", "note": "found in another file"},
            {"check": "rotate", "variable": "GITHUB_TOKEN", "note": "was in a file"},
        ],
        "deleted": True,
    }
    assert not tool.file.exists()


def test_nothing_is_written_to_parameter_store(tool: Retirement, store: ParameterStore) -> None:
    store.journal.clear()
    tool.lines("--delete")
    assert {entry.operation for entry in store.journal.entries} == {"GetParameters", "DescribeParameters"}


FAULTS = {
    "throttled": faults.throttling(),
    "a server error": faults.ErrorAnswer("InternalServerError", "sorry", 500),
    "an expired token": faults.ErrorAnswer("ExpiredTokenException", "expired"),
    "another refusal": faults.ErrorAnswer("ValidationException", f"not {TOKEN[:6]}"),
    "a proxy's page": faults.StatusAnswer(502),
    "a redirect": faults.redirect("https://127.0.0.1:1/"),
    "no body": faults.empty_body(),
    "half a body": faults.not_json(),
    "another shape": faults.wrong_shape(),
    "noise": faults.Garbage(),
    "a reset": faults.Reset(),
    "a connection that is closed": faults.Close(),
    "a body that is cut": faults.Truncate(),
    "names that are numbers": faults.AlterBody(lambda body: re.sub(rb'"Name": ?"', b'"Name": 1, "x": "', body)),
}


@pytest.mark.parametrize("operation", ["GetParameters", "DescribeParameters"])
@pytest.mark.parametrize("fault", FAULTS)
def test_no_failure_deletes_the_file_or_shows_a_value(tool: Retirement, store: ParameterStore, fault: str, operation: str) -> None:
    store.faults.always(FAULTS[fault], lambda asked, _: asked == operation)
    done = tool("retire", "-v", "--env-file", ".env", "--delete", "--timeout=2s", "prod.map", status=2)
    assert done.stdout == ""
    assert tool.file.read_text() == ENV
    assert ": error: " in done.stderr


@pytest.mark.release_only
@pytest.mark.parametrize("command", ["verify", "retire"])
def test_no_value_leaves_the_process(tool: Retirement, command: str, tmp_path: Path) -> None:
    log = tmp_path / "strace.log"
    (tool.source / "config.yml").write_text(PASSWORD)
    if shutil.which("git") is not None:
        tool.git("init", "-q")
    calls = "write,writev,pwrite64,sendto,sendmsg,openat,open,creat,execve,unlink,unlinkat,rename,memfd_create"
    options = ("--source", ".", "--delete") if command == "retire" else ("--json",)
    done = subprocess.run(
        [*strace("-f", "-s", "100000", "-e", f"trace={calls}", "-o", log), tool.run.program, command, "-v", "--env-file", ".env", *options, "prod.map"],
        cwd=tool.folder, env=tool.run.environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == (1 if command == "retire" else 0), done
    text = log.read_text()
    assert "write(1," in text
    assert MARK not in text and TOKEN not in text
    written = [line for line in text.splitlines() if re.search(r"O_WRONLY|O_RDWR|O_CREAT|memfd_create", line) and "/dev/" not in line]
    assert written == []
    assert [line for line in text.splitlines() if re.search(r"\b(unlink|rename)", line)] == [line for line in text.splitlines() if 'unlink(".env")' in line]
    assert not tool.file.exists() or command == "verify"
