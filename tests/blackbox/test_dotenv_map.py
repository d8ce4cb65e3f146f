"""ssm-dotenv map: what is printed runs under ssm-exec, is read alike by the common readers of env files, and has no value."""

from __future__ import annotations

import json
import os
import random
import re
import socket
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import PATH, ROOT, Runner
from parameter_store import ParameterStore
from privileges import strace

GENERATOR = Path("/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator")
LOADERS_FOLDER = ROOT / "tests" / "support" / "dotenv-loaders"
SECRET = "hunter2-marker"
ENV = f"""\
DB_PASSWORD='{SECRET} "$x" `y`'
PORT=8080
STRIPE_KEY={SECRET}
SMTP_HOST="mail\\n{SECRET}"
EMPTY=
NODE_ENV=production
OLD_FLAG={SECRET}
"""
OPTIONS = ("--path", "/prod/api", "--shared=/prod/shared=SMTP_HOST", "--string", "PORT", "--keep", "NODE_ENV", "--retire", "OLD_FLAG")
MAP = """\
# ssm-dotenv map 1
# SecureString
DB_PASSWORD=ssm:///prod/api/db_password
# plain
EMPTY=
# plain
NODE_ENV=production
# String
PORT=ssm:///prod/api/port
# SecureString shared
SMTP_HOST=ssm:///prod/shared/smtp_host
# SecureString
STRIPE_KEY=ssm:///prod/api/stripe_key
# retired: OLD_FLAG
"""
READ = dict(line.split("=", 1) for line in MAP.splitlines() if not line.startswith("#"))


class Tool:
    """Runs ssm-dotenv in an environment without AWS, in a folder with an env file."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.program = program
        self.folder = folder
        self.file = folder / ".env"
        self.file.write_text(ENV)
        self.environment = {"PATH": PATH, **{name: os.environ[name] for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ}}

    def __call__(self, *args: str | Path, status: int = 0, **popen: object) -> subprocess.CompletedProcess[str]:
        if "input" not in popen:
            popen.setdefault("stdin", subprocess.DEVNULL)
        done = subprocess.run([self.program, *args], cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=60, check=False,
                              **popen)  # fmt: skip
        assert done.returncode == status, done
        assert SECRET not in done.stdout + done.stderr
        for line in done.stderr.splitlines():
            assert line.startswith(("ssm-dotenv: error: ", "ssm-dotenv: hint: ", "ssm-dotenv: info: ", "{")), done.stderr
        return done

    def errors(self, *args: str | Path, **popen: object) -> list[str]:
        done = self(*args, status=2, **popen)
        assert done.stdout == ""
        return [line.removeprefix("ssm-dotenv: error: ") for line in done.stderr.splitlines() if ": error: " in line]


@pytest.fixture
def tool(program: Path, tmp_path: Path) -> Tool:
    return Tool(program.parent / "ssm-dotenv", tmp_path)


# --- What is printed


def test_the_map_is_the_same_however_the_file_is_read_and_the_map_written(tool: Tool, tmp_path: Path) -> None:
    assert tool("map", *OPTIONS, ".env").stdout == MAP
    assert tool("map", *OPTIONS, "--", ".env").stdout == MAP
    assert tool("map", *OPTIONS, "-", input=ENV).stdout == MAP
    assert tool("map", *OPTIONS, "-", stdin=tool.file.open()).stdout == MAP
    done = tool("map", *OPTIONS, "--output=prod.map", ".env")
    assert (done.stdout, done.stderr) == ("", "")
    assert (tmp_path / "prod.map").read_text() == MAP


def test_a_named_pipe_is_read_to_its_end(tool: Tool, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with subprocess.Popen(["/bin/sh", "-c", "cat .env >fifo"], cwd=tmp_path) as writer:
        assert tool("map", *OPTIONS, "fifo").stdout == MAP
    assert writer.returncode == 0


def test_a_pipe_of_the_shell_and_a_socket_are_read_too(tool: Tool, tmp_path: Path) -> None:
    script = f"{tool.program} map {' '.join(OPTIONS)} <(cat .env)"
    done = subprocess.run(["/bin/bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, MAP), done
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(ENV.encode())
        ours.shutdown(socket.SHUT_WR)
        assert tool("map", *OPTIONS, "-", stdin=theirs).stdout == MAP


@pytest.mark.parametrize("name", ["fifo", "-"])
def test_a_file_that_never_ends_is_left_at_the_timeout(tool: Tool, tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "fifo")
    reader, writer = os.pipe()
    try:
        (error,) = tool.errors("map", "--path=/p", "--timeout=50ms", name, stdin=reader)
    finally:
        os.close(reader)
        os.close(writer)
    assert error.endswith("within the timeout")


def test_a_terminal_is_refused(tool: Tool) -> None:
    leader, end = os.openpty()
    try:
        assert tool.errors("map", "--path=/p", "-", stdin=end) == ["standard input: is a terminal"]
    finally:
        os.close(leader)
        os.close(end)


def test_the_new_file_is_for_everybody_to_read_whatever_the_umask(tool: Tool, tmp_path: Path) -> None:
    tool("map", *OPTIONS, "--output", "prod.map", ".env", umask=0o077)
    assert stat.S_IMODE((tmp_path / "prod.map").stat().st_mode) == 0o644


@pytest.mark.parametrize("kind", ["file", "link", "dangling link", "itself", "folder"])
def test_no_file_is_replaced(tool: Tool, tmp_path: Path, kind: str) -> None:
    there = tmp_path / "there"
    if kind == "file":
        there.write_text("other")
    elif kind == "link":
        (tmp_path / "other").write_text("other")
        there.symlink_to("other")
    elif kind == "dangling link":
        there.symlink_to("nowhere")
    elif kind == "itself":
        there = tool.file
    else:
        there.mkdir()
    assert tool.errors("map", *OPTIONS, "--output", there.name, ".env") == [f"{there.name}: exists already; no file is ever replaced"]
    assert tool.file.read_text() == ENV
    assert not (tmp_path / "nowhere").exists()
    assert kind not in ("file", "link") or there.read_text() == "other"


def test_a_file_that_cannot_be_made_or_written_is_told(tool: Tool, tmp_path: Path) -> None:
    assert tool.errors("map", *OPTIONS, "--output=no/prod.map", ".env") == ["no/prod.map: cannot be made: No such file or directory"]
    with open("/dev/full", "wb") as full:
        done = subprocess.run([tool.program, "map", *OPTIONS, tool.file], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "ssm-dotenv: error: standard output: cannot be written: No space left on device\n")


def test_a_map_that_was_written_in_part_is_removed(tool: Tool, tmp_path: Path) -> None:
    script = f"ulimit -f 0; exec {tool.program} map {' '.join(OPTIONS)} --output prod.map .env"
    done = subprocess.run(["/bin/sh", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "ssm-dotenv: error: prod.map: cannot be written: File too large\n")
    assert not (tmp_path / "prod.map").exists()


@pytest.mark.parametrize("style,parameter", [("words", "db_password"), ("dashes", "db-password"), ("levels", "db/password")])
def test_each_style_gives_the_variable_back_by_path_too(run: Runner, tool: Tool, store: ParameterStore, style: str, parameter: str) -> None:
    assert f"DB_PASSWORD=ssm:///prod/api/{parameter}\n" in tool("map", "--path=/prod/api/", "--style", style, ".env").stdout
    store.put(f"/prod/api/{parameter}", "x")
    assert run("--pristine", "/prod/api", "--", "/usr/bin/env", "-0").variables == {"DB_PASSWORD": "x"}


def test_the_key_and_the_tier_stand_on_the_comment(tool: Tool) -> None:
    tool.file.write_text("A=" + "x" * 4097 + "\nB=" + "x" * 4096 + "\nC=1\n")
    assert tool("map", "--path=/p", "--key-id", "alias/prod-config", "--string", "C", ".env").stdout == (
        "# ssm-dotenv map 1\n# SecureString key=alias/prod-config tier=advanced\nA=ssm:///p/a\n"
        "# SecureString key=alias/prod-config\nB=ssm:///p/b\n# String\nC=ssm:///p/c\n"
    )


def test_v_tells_what_is_kept_without_being_named(tool: Tool) -> None:
    done = tool("map", *OPTIONS, "-v", ".env")
    assert done.stdout == MAP
    assert done.stderr == ("ssm-dotenv: info: EMPTY: is empty, which no parameter can be: it is kept as plain\n"
                           "ssm-dotenv: info: 7 variables, 1 of them empty\n")  # fmt: skip


# --- Readers


def test_ssm_exec_gives_exactly_what_the_file_says(run: Runner, tool: Tool, store: ParameterStore, tmp_path: Path) -> None:
    values = {"DB_PASSWORD": f'{SECRET} "$x" `y`', "PORT": "8080", "STRIPE_KEY": SECRET, "SMTP_HOST": f"mail\n{SECRET}"}
    tool("map", *OPTIONS, "--output=prod.map", ".env")
    for name, value in values.items():
        store.put(READ[name].removeprefix("ssm://"), value)
    assert run("--env-file", tmp_path / "prod.map", "--pristine", "--", "/usr/bin/env", "-0").variables == {
        **values, "EMPTY": "", "NODE_ENV": "production"}  # fmt: skip
    assert run("--pristine", "--keep=EMPTY,NODE_ENV", "--", "/usr/bin/env", "-0", env=READ).variables == {
        **values, "EMPTY": "", "NODE_ENV": "production"}  # fmt: skip


def random_env(chance: random.Random) -> dict[str, str]:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789__"
    signs = "abcXYZ019 '\"`$\\#=\n\t{}!~%&|<>;()*?[]\u00e9\u2028\U0001f511"
    names = {chance.choice("ABCXYZ_") + "".join(chance.choices(letters, k=chance.randrange(1, 12))) for _ in range(chance.randrange(1, 25))}
    return {
        name: re.sub(r"{+", "{", "".join(chance.choices(signs, k=chance.choice([0, 1, 5, 40, 5000]))))
        for name in names
        if not name.startswith(("AWS_", "LD_")) and name not in ("IFS", "PS4")
    }


def quoted(value: str) -> str:
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}
    return '"' + "".join(escapes.get(c, c) for c in value) + '"'


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_random_files_come_back_through_the_store(run: Runner, tool: Tool, store: ParameterStore, tmp_path: Path, first: int) -> None:
    for seed in range(first, first + 20):
        chance = random.Random(seed)
        values = {name: value for name, value in random_env(chance).items() if len(value.encode()) <= 8192}
        tool.file.write_text("".join(f"{name}={quoted(value)}\n" for name, value in values.items()))
        done = tool("map", "--path", "/r/api", "--style", chance.choice(["words", "dashes", "levels"]), ".env")
        (tmp_path / "map").write_text(done.stdout)
        store.reset()
        lines = [line.split("=", 1) for line in done.stdout.splitlines() if not line.startswith("#")]
        assert [name for name, _ in lines] == sorted(values), seed
        for name, reference in lines:
            if values[name] != "":
                store.put(reference.removeprefix("ssm://"), values[name], tier="Advanced")
        result = run("--env-file", tmp_path / "map", "--pristine", "--", "/usr/bin/env", "-0")
        assert result.variables == values, (seed, result.err)


def entries(out: bytes) -> dict[str, str]:
    return dict(entry.split("=", 1) for entry in out.decode().split("\0")[:-1])


def read_by_sh(path: Path) -> dict[str, str]:
    script = f"set -a; . {path}; exec /usr/bin/env -0"
    read = entries(subprocess.run(["/bin/sh", "-c", script], env={}, capture_output=True, check=True).stdout)
    return {name: value for name, value in read.items() if name != "PWD"}


def read_by_node(path: Path) -> dict[str, str]:
    script = "process.stdout.write(JSON.stringify(process.env))"
    done = subprocess.run(["/usr/bin/env", "node", f"--env-file={path}", "-e", script], env={"PATH": PATH}, capture_output=True, text=True, check=True)
    return {name: value for name, value in json.loads(done.stdout).items() if name != "PATH"}


def read_by_npm(loader: str) -> Callable[[Path], dict[str, str]]:
    def read(path: Path) -> dict[str, str]:
        assert (LOADERS_FOLDER / "node_modules").is_dir(), f"run: npm ci --ignore-scripts --prefix {LOADERS_FOLDER}"
        command = ["node", LOADERS_FOLDER / "read.js", path]
        done = subprocess.run(command, env={"PATH": os.environ["PATH"], "HOME": str(path.parent)}, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)[str(path)][loader]

    return read


def read_by_python(path: Path) -> dict[str, str]:
    import dotenv

    return dict(dotenv.dotenv_values(path))


def read_by_systemd(path: Path) -> dict[str, str]:
    """The generator of environment.d has the parser of EnvironmentFile=, but leaves empty variables out."""
    assert GENERATOR.exists(), f"{GENERATOR} is missing: it is part of Debian's systemd"
    folder = path.parent / "config" / "environment.d"
    folder.mkdir(parents=True)
    (folder / "map.conf").write_bytes(path.read_bytes())
    environment = {"XDG_CONFIG_HOME": str(folder.parent), "HOME": str(path.parent), "SYSTEMD_ENVIRONMENT_FILES": ""}
    done = subprocess.run([GENERATOR], env=environment, capture_output=True, text=True, check=True)
    read = {name: value for name, value in (line.split("=", 1) for line in done.stdout.splitlines()) if name in READ}
    return {**{name: "" for name in read_by_docker(path) if name == "EMPTY"}, **read}


def read_by_docker(path: Path) -> dict[str, str]:
    """As docker, podman and ECS do it: what follows the first '=' is the value, whatever it is."""
    return dict(line.split("=", 1) for line in path.read_text().splitlines() if line and not line.startswith("#"))


def node_has_env_files() -> bool:
    """--env-file came with node 20.6; Debian 12 has node 18."""
    done = subprocess.run(["/usr/bin/env", "node", "--env-file=/dev/null", "-e", ""], env={"PATH": PATH}, capture_output=True)
    return done.returncode == 0


READERS = {
    "sh": read_by_sh, **({"node": read_by_node} if node_has_env_files() else {}), "dotenv": read_by_npm("dotenv"), "dotenvx": read_by_npm("dotenvx"), "python-dotenv": read_by_python,
    "systemd": read_by_systemd, "docker": read_by_docker,
}  # fmt: skip


@pytest.mark.release_only
@pytest.mark.parametrize("reader", READERS)
def test_every_reader_of_env_files_reads_the_map_alike(tool: Tool, tmp_path: Path, reader: str) -> None:
    tool("map", *OPTIONS, "--output=prod.map", ".env")
    assert READERS[reader](tmp_path / "prod.map") == READ


@pytest.mark.release_only
@pytest.mark.parametrize("reader", READERS)
def test_every_reader_agrees_about_each_character_that_a_kept_value_may_have(tool: Tool, tmp_path: Path, reader: str) -> None:
    value = "https://a.example:80/" + "_-./:,+@%=aZ09"
    tool.file.write_text(f"NODE_ENV='{value}'\n")
    tool("map", "--path=/p", "--keep=NODE_ENV", "--output=prod.map", ".env")
    assert READERS[reader](tmp_path / "prod.map") == {"NODE_ENV": value}


def test_no_other_character_can_be_in_a_kept_value(tool: Tool) -> None:
    for code in range(1, 127):
        if code in (10, 13) or chr(code).isalnum() or chr(code) in "_-./:,+@%=":
            continue
        tool.file.write_text(f"A={quoted('x' + chr(code))}\n")
        (error,) = tool.errors("map", "--path=/p", "--keep=A", ".env")
        assert error.startswith(".env:1: A: cannot be kept"), code


# --- What is wrong


SECRETS = {
    "DB_PASSWORD": SECRET, "API_TOKEN": SECRET, "A": "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0In0." + "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
    "URL": "postgres://app:" + SECRET + "@db/app", "B": "gh" + "p_aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5", "VITE_CLIENT_SECRET": SECRET,
}  # fmt: skip


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_cannot_be_kept(tool: Tool, name: str) -> None:
    tool.file.write_text(f"{name}='{SECRETS[name]}'\nPORT=1\n")
    (error,) = tool.errors("map", "--path=/p", f"--keep=PORT,{name}", ".env")
    assert error == f".env:1: {name}: cannot be kept: its name or the shape of its value says that it is a secret"
    done = tool("map", "--path=/p", f"--keep={name}", ".env", status=2)
    assert "ssm-dotenv: hint: remove --keep, so that it becomes a SecureString; " in done.stderr


@pytest.mark.parametrize("text", ["DB_PASSWORD=", "DB_PASSWORD=changeme", "NEXT_PUBLIC_API_KEY=abc", "MAX_TOKENS=4096", "TOKEN_URL=https://a.example/token", "BASIC_AUTH=x"])
def test_what_is_not_known_to_be_a_secret_can_be_kept(tool: Tool, text: str) -> None:
    tool.file.write_text(text + "\n")
    assert tool("map", "--path=/p", f"--keep={text.partition('=')[0]}", ".env").stdout == f"# ssm-dotenv map 1\n# plain\n{text}\n"


def test_all_that_is_wrong_with_the_variables_is_told_at_once(tool: Tool) -> None:
    tool.file.write_text(f"PATH=/{SECRET}\nhttp_proxy={SECRET}\nA=ssm:///{SECRET}\nAWS_PROFILE={SECRET}\nKEPT='{SECRET} '\nBIG={'x' * 8193}\nGOOD=1\n")
    errors = tool.errors("map", "--path=/p", "--keep=KEPT,NONE", "--output=prod.map", ".env")
    assert [re.sub(r"^(\S+ ?[A-Za-z_]*:?).*", r"\1", error) for error in errors] == [
        "--keep: there", ".env:3: A:", ".env:4: AWS_PROFILE:", ".env:6: BIG:", ".env:5: KEPT:", ".env:1: PATH:", ".env:2: http_proxy:"]  # fmt: skip
    assert not (tool.folder / "prod.map").exists()


def test_what_is_retired_or_kept_is_not_in_the_way(tool: Tool) -> None:
    tool.file.write_text(f"PATH=/usr/bin\nhttp_proxy={SECRET}\nAWS_REGION=eu-west-1\nAWS_SECRET_ACCESS_KEY={SECRET}\n")
    assert tool("map", "--path=/p", "--keep=PATH,AWS_REGION", "--retire=http_proxy,AWS_SECRET_ACCESS_KEY", ".env").stdout == (
        "# ssm-dotenv map 1\n# plain\nAWS_REGION=eu-west-1\n# plain\nPATH=/usr/bin\n# retired: AWS_SECRET_ACCESS_KEY\n# retired: http_proxy\n"
    )


def test_two_variables_for_one_parameter_are_an_error(tool: Tool) -> None:
    tool.file.write_text("SHARED_HOST=1\nHOST=2\n")
    (error,) = tool.errors("map", "--path=/p", "--shared=/p/shared=HOST", "--style=levels", ".env")
    assert error == ".env:1: SHARED_HOST: /p/shared/host is the parameter of HOST too, on line 2"


def test_a_file_that_is_not_an_env_file_is_told_line_by_line(tool: Tool) -> None:
    tool.file.write_text(f"{SECRET}\nA='{SECRET}\n")
    assert tool.errors("map", "--path=/p", ".env") == [
        ".env:1: expected NAME=VALUE or a comment, but there is no '='", ".env:2: the quote that begins the value is never closed"]  # fmt: skip


USAGE = {
    (): ["there is no --path", "there is no FILE"],
    ("--path=/p",): ["there is no FILE"],
    (".env",): ["there is no --path"],
    ("--path=/p", ".env", "more", "--", "most"): [
        "argument 3: there is one FILE already", "argument 5: there is one FILE already"],
    ("--path=/p", "--"): ["there is no FILE"],
    ("--path=/p", ""): ["argument 2: the name of FILE is empty"],
    ("--path=/p", "none.env"): ["none.env: there is no such file"],
    ("--path=/p", "."): [".: is a directory, not a file"],
    ("--path", "prod", ".env"): ['--path: "prod" is not a path for parameters: it does not begin with \'/\''],
    ("--path", "/", ".env"): ['--path: "/" is not a path for parameters: it is the whole store, of all applications and environments'],
    ("--path", "/aws/x", ".env"): ['--path: "/aws/x" is not a path for parameters: names that begin with aws or ssm are reserved'],
    ("--path", "/a//b", ".env"): ['--path: "/a//b" is not a path for parameters: a level is empty'],
    ("--path=/p", "--shared=/q", ".env"): ["--shared: expected a path, '=' and names of variables"],
    ("--path=/p", "--shared=q=PORT", ".env"): ['--shared: "q" is not a path for parameters: it does not begin with \'/\''],
    ("--path=/p", "--shared=/q=", ".env"): ["--shared: expected a variable name"],
    ("--path=/p", "--shared=/q=A-B", ".env"): ['--shared: "A-B" is not a variable name'],
    ("--path=/p", "--style=camel", ".env"): ['--style: expected words, dashes or levels, not "camel"'],
    ("--path=/p", "--key-id=a key", ".env"): ["--key-id: expected a KMS key: letters, digits, '/', ':', '-' and '_'"],
    ("--path=/p", "--keep=PORT", "--retire=PORT", ".env"): ["--keep: PORT cannot be named by --retire as well"],
    ("--path=/p", "--string=PROT", ".env"): ["--string: there is no variable PROT in .env"],
    ("--path=/p", "-vq", ".env"): ["--verbose and --quiet exclude each other"],
    ("--path=/p", "--apply", ".env"): ["--apply: unknown option"],
    ("--path=/p", "--region=x", "-x", "y", ".env"): ["--region: unknown option", "-x: unknown option"],
    ("--path",): ["--path: needs a value"],
    ("--path=/p", "--timeout=never", ".env"): [
        '--timeout: expected a duration such as 500ms, 30s, 2m or 1h (a whole number above 0, at most 24h), not "never"'],
}  # fmt: skip


@pytest.mark.parametrize("words", USAGE)
def test_a_wrong_command_line_is_told(tool: Tool, words: tuple[str, ...]) -> None:
    assert tool.errors("map", *words) == USAGE[words]


def test_the_variable_and_the_command_that_were_meant_are_named(tool: Tool) -> None:
    assert "ssm-dotenv: hint: did you mean PORT?\n" in tool("map", "--path=/p", "--string=PROT", ".env", status=2).stderr
    assert "ssm-dotenv: hint: did you mean --path? try 'ssm-dotenv map --help'\n" in tool("map", "--paht=/p", ".env", status=2).stderr
    assert tool("mapp", status=2).stderr == "ssm-dotenv: error: mapp: unknown command\nssm-dotenv: hint: did you mean map? try 'ssm-dotenv --help'\n"
    assert tool("frobnicate", status=2).stderr == "ssm-dotenv: error: frobnicate: unknown command\nssm-dotenv: hint: try 'ssm-dotenv --help'\n"
    assert tool.errors(f"PASSWORD={SECRET}") == ["argument 1: unknown command"]
    assert tool.errors() == ["there is no command"]
    assert tool.errors("--verbose", "map") == ["--verbose: unknown option"]


def test_variables_of_ssm_exec_change_nothing(tool: Tool) -> None:
    env = {**tool.environment, "SSM_EXEC_QUIET": "1", "SSM_DOTENV_PATH": "/p", "SSM_EXEC_NONSENSE": "1"}
    done = subprocess.run([tool.program, "map", ".env"], cwd=tool.folder, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.splitlines()[0]) == (2, "ssm-dotenv: error: there is no --path")
    assert "hint" in done.stderr


def test_messages_can_be_json_or_without_hints(tool: Tool) -> None:
    (line,) = tool("map", "--log-format=json", "--path=/p", "--string=PROT", ".env", status=2).stderr.splitlines()
    message = json.loads(line)
    assert (message["level"], message["source"], message["hint"]) == ("error", "--string", "did you mean PORT?")
    assert "hint" not in tool("map", "-q", "--path=/p", "--string=PROT", ".env", status=2).stderr


# --- Help


def test_help_lists_the_commands_and_their_options(tool: Tool) -> None:
    for words in (("--help",), ("-h",)):
        help_text = tool(*words).stdout
        assert "\n  map        name a parameter for each variable of an env file\n" in help_text
    for words in (("map", "--help"), ("map", "-h", "--nonsense")):
        help_text = tool(*words).stdout
        assert help_text.startswith("Usage: ssm-dotenv map --path PATH [OPTION...] FILE\n")
        assert max(map(len, help_text.splitlines())) <= 90
    for words in (("--version",), ("-V",), ("map", "-V")):
        assert re.fullmatch(r"ssm-dotenv \d+\.\d+\.\d+ \(libcurl.*\)\n", tool(*words).stdout)


@pytest.mark.release_only  # the completions are in the folder of an ordinary build
def test_every_option_stands_in_the_man_page_and_in_the_completions(tool: Tool) -> None:
    page = (ROOT / "packaging" / "man" / "ssm-dotenv.1.scd").read_text().partition("# OPTIONS")[2].partition("\n# ")[0]
    options = re.findall(r"^ +(?:-\w, )? *--([a-z-]+)", tool("map", "--help").stdout, re.MULTILINE)
    assert len(options) > 10
    assert sorted(re.findall(r"^\*(?:-\w\*, \*)?--([a-z-]+)\*", page, re.MULTILINE)) == sorted(options)
    folder = tool.program.parent.parent / "packaging" / "completions"
    for script, form in (("ssm-dotenv", "[--{}]="), ("_ssm-dotenv", "--{}"), ("ssm-dotenv.fish", " -l {} ")):
        text = (folder / script).read_text()
        assert [option for option in options if form.format(option) not in text] == [], script


@pytest.mark.release_only
@pytest.mark.parametrize("line,expected", [
    ("ssm-dotenv ", {"inventory", "map", "push", "verify", "retire", "policy", "--help", "-h", "--version", "-V"}), ("ssm-dotenv m", {"map"}), ("ssm-dotenv map --st", {"--style", "--string"}),
    ("ssm-dotenv map --style ", {"words", "dashes", "levels"}), ("ssm-dotenv map --style=d", {"dashes"}), ("ssm-dotenv map --path ", set()),
    ("ssm-dotenv nosuch --", set()),
])  # fmt: skip
def test_bash_completes_commands_options_and_words(tool: Tool, line: str, expected: set[str]) -> None:
    script = tool.program.parent.parent / "packaging" / "completions" / "ssm-dotenv"
    words = re.findall(r"[^\s=]+|=", line) + ([""] if line.endswith(" ") else [])
    command = f"source {script}; COMP_WORDS=({' '.join(repr(word) for word in words)}); COMP_CWORD={len(words) - 1}; _ssm_dotenv; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    done = subprocess.run(["bash", "--norc", "-c", command], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == expected, done.stderr


@pytest.mark.release_only
def test_zsh_and_fish_accept_their_scripts(tool: Tool) -> None:
    folder = tool.program.parent.parent / "packaging" / "completions"
    subprocess.run(["zsh", "-n", folder / "_ssm-dotenv"], check=True)
    script = f"source {folder / 'ssm-dotenv.fish'}; complete -C 'ssm-dotenv '; complete -C 'ssm-dotenv map --style '; complete -C 'ssm-dotenv map --st'"
    done = subprocess.run(["fish", "--no-config", "-c", script], capture_output=True, text=True, check=True, cwd=tool.folder,
                          env={"PATH": PATH, "HOME": str(tool.folder)})  # fmt: skip
    assert {"map", "words", "dashes", "levels", "--style", "--string"} <= {line.split("\t")[0] for line in done.stdout.splitlines()}


# --- Promises


def test_map_makes_no_network_call_and_no_other_file(tool: Tool, tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = [*strace("-f", "-e", "trace=network,openat,open,creat,execve", "-o", log), tool.program, "map", *OPTIONS, "--output=prod.map", tool.file]
    subprocess.run(command, cwd=tmp_path, env=tool.environment, check=True)
    calls = log.read_text().splitlines()
    assert [call for call in calls if re.search(r"\b(socket|connect|sendto|bind)\(", call)] == []
    written = [call for call in calls if re.search(r"O_WRONLY|O_RDWR|O_CREAT", call)]
    assert len(written) == 1 and '"prod.map", O_WRONLY|O_CREAT|O_EXCL' in written[0], written
    assert sum("execve(" in call for call in calls) == 1
