"""ssm-dotenv inventory: what the table and the JSON say of env files and source code, and that nothing of a value is in it."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest
import terminals
from conftest import PATH, ROOT
from privileges import strace
from terminals import plain

MARKERS = ("hunter2-marker-one", "hunter2-marker-two", "marker-three-%d" % 3, "Zq8xW2vN7rT4yK9pL3mB")
ONE, TWO, THREE, RANDOM = MARKERS

PRODUCTION = f"""\
DATABASE_URL=postgres://app:${{DB_PASSWORD}}{THREE}@db.prod/app
DB_PASSWORD={ONE}
LOG_LEVEL=info
OLD_FLAG=true
STRIPE_KEY={"sk_" + "live_" + RANDOM}
"""
STAGING = f"""\
DATABASE_URL=postgres://app:${{DB_PASSWORD}}{THREE}@db.staging/app
DB_PASSWORD={TWO}
LOG_LEVEL=info
STRIPE_KEY={"sk_" + "live_" + RANDOM}
"""
DEVELOPMENT = f"""\
DATABASE_URL=postgres://app:{ONE}x@localhost/app
DB_PASSWORD=changeme
STRIPE_KEY={"sk_" + "test_" + RANDOM}
"""
FILES = (".env.production", ".env.staging", ".env.development")


class Tool:
    """Runs ssm-dotenv in an environment without AWS, in a folder with three env files."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.program = program
        self.folder = folder
        for name, text in zip(FILES, (PRODUCTION, STAGING, DEVELOPMENT)):
            (folder / name).write_text(text)
        self.environment = {"PATH": PATH, **{name: os.environ[name] for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ}}

    def __call__(self, *args: str | Path, status: int = 0, **popen: object) -> subprocess.CompletedProcess[str]:
        if "input" not in popen:
            popen.setdefault("stdin", subprocess.DEVNULL)
        done = subprocess.run([self.program, "inventory", *args], cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=60,
                              check=False, **popen)  # fmt: skip
        assert done.returncode == status, done
        assert not has_secret(done.stdout + done.stderr)
        for line in done.stderr.splitlines():
            assert line.startswith(("ssm-dotenv: error: ", "ssm-dotenv: hint: ", "ssm-dotenv: info: ", "ssm-dotenv: warning: ", "{")), done.stderr
        return done

    def errors(self, *args: str | Path, **popen: object) -> list[str]:
        done = self(*args, status=2, **popen)
        assert done.stdout == ""
        return [line.removeprefix("ssm-dotenv: error: ") for line in done.stderr.splitlines() if ": error: " in line]

    def env(self, text: str, *args: str, status: int = 0) -> dict[str, dict]:
        """The variables of one file, by name."""
        return {row["name"]: row for row in json.loads(self("--json", *args, "-", input=text, status=status).stdout)["variables"]}


def has_secret(output: str) -> bool:
    return any(marker in output or base64.b64encode(marker.encode()).decode()[:-4] in output for marker in MARKERS)


@pytest.fixture
def tool(program: Path, tmp_path: Path) -> Tool:
    return Tool(program.parent / "ssm-dotenv", tmp_path)


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


# --- The table


def test_each_variable_has_a_row_over_all_files(tool: Tool) -> None:
    assert tool(*FILES).stdout == """\
VARIABLE      KIND    WHY           FILES   SPREAD    USED  NOTE
DATABASE_URL  secret  url-password  3 of 3  specific  -     expands ${DB_PASSWORD} in .env.production and .env.staging
DB_PASSWORD   secret  name          3 of 3  specific  -     placeholder in .env.development
LOG_LEVEL     config  name          2 of 3  shared    -     not in .env.development
OLD_FLAG      config  name          1 of 3  -         -     only in .env.production
STRIPE_KEY    secret  token-shape   3 of 3  SAME      -     the same secret in .env.production and .env.staging
"""


def test_the_json_has_the_same_facts(tool: Tool) -> None:
    facts = json.loads(tool("--json", *FILES).stdout)
    assert facts["files"] == list(FILES)
    assert sorted(facts) == ["files", "variables"]
    rows = {row["name"]: row for row in facts["variables"]}
    assert list(rows) == ["DATABASE_URL", "DB_PASSWORD", "LOG_LEVEL", "OLD_FLAG", "STRIPE_KEY"]
    assert rows["STRIPE_KEY"] == {
        "name": "STRIPE_KEY", "kind": "secret", "why": "token-shape", "files": list(FILES), "spread": "same",
        "notes": [{"note": "same", "files": list(FILES[:2]), "text": "the same secret in .env.production and .env.staging"}],
    }  # fmt: skip
    assert rows["OLD_FLAG"] == {
        "name": "OLD_FLAG", "kind": "config", "why": "name", "files": [FILES[0]],
        "notes": [{"note": "missing", "files": list(FILES[1:]), "text": "only in .env.production"}],
    }  # fmt: skip


def test_one_file_is_as_good_from_a_pipe_or_standard_input(tool: Tool, tmp_path: Path) -> None:
    expected = tool(".env.production").stdout
    assert expected.splitlines()[1].split()[:7] == ["DATABASE_URL", "secret", "url-password", "1", "of", "1", "-"]
    assert tool("-", input=PRODUCTION).stdout == expected
    assert tool("--", ".env.production").stdout == expected
    os.mkfifo(tmp_path / "fifo")
    with subprocess.Popen(["/bin/sh", "-c", "cat .env.production >fifo"], cwd=tmp_path):
        assert tool("fifo").stdout == expected
    script = f"{tool.program} inventory <(cat .env.production)"
    done = subprocess.run(["/bin/bash", "-c", script], cwd=tmp_path, env=tool.environment, capture_output=True, text=True, check=True)
    assert done.stdout == expected


def test_the_order_of_files_is_the_command_lines_and_that_of_rows_is_the_names(tool: Tool) -> None:
    first = tool("--json", *FILES).stdout
    assert first == tool("--json", *FILES).stdout
    other = json.loads(tool("--json", *reversed(FILES)).stdout)
    assert other["files"] == list(reversed(FILES))
    assert [row["name"] for row in other["variables"]] == [row["name"] for row in json.loads(first)["variables"]]


def test_no_variables_are_in_order_too(tool: Tool) -> None:
    assert tool("--check", "-", input="# nothing\n").stdout == "VARIABLE  KIND  WHY  FILES  SPREAD  USED  NOTE\n"
    assert tool.env("") == {}


# --- Kinds and notes

NOTES = {
    "EMPTY=": ["empty"],
    "A=" + "x" * 4096: [],
    "A=" + "x" * 4097: ["big"],
    "A=" + "x" * 8192: ["big"],
    "A=" + "x" * 8193: ["impossible"],
    "A='a {{ b'": ["curly"],
    "A=x$HOME": ["expands"],
    "A='costs $5'": [],
    "A=ab#cd": ["hash"],
    "A='ab#cd'": [],
    "A='a\nb'": ["multiline"],
    "A=1\nA=1": ["twice"],
    "A_PASSWORD=changeme": ["placeholder"],
    "A=ssm:///prod/a": ["reference"],
    "LD_PRELOAD=/x.so": ["guarded"],
    "PATH=/bin": ["guarded"],
    "AWS_SECRET_ACCESS_KEY=" + ONE: ["credentials"],
    "AWS_REGION=eu-west-1": [],
    "VITE_DB_PASSWORD=" + ONE: ["published"],
    "VITE_TITLE=Shop": [],
}


@pytest.mark.parametrize("text", NOTES, ids=lambda text: text[:24])
def test_notes_are_told_and_checked(tool: Tool, text: str) -> None:
    expected = NOTES[text]
    (row,) = tool.env(text, "--check", status=1 if expected else 0).values()
    assert [note["note"] for note in row["notes"]] == expected
    assert tool.env(text) == {row["name"]: row}


def test_without_check_a_note_is_in_order(tool: Tool) -> None:
    tool(*FILES)
    tool("--check", *FILES, status=1)
    tool("--check", "--json", *FILES, status=1)


def test_what_expands_names_only_variables_that_a_file_sets(tool: Tool) -> None:
    """What follows a '$' may be part of a password."""
    rows = tool.env(f"A=pa${ONE.replace('-', '_')}\nB='${{A}} $C'\nC=1\n")
    assert [note["text"] for row in rows.values() for note in row["notes"]] == ["has a $ that other loaders expand", "expands ${A}, ${C}"]


def test_files_that_share_secrets_are_told_in_groups(tool: Tool, tmp_path: Path) -> None:
    write(tmp_path, {name: f"API_TOKEN={value}\n" for name, value in {"a": ONE, "b": TWO, "c": ONE, "d": TWO, "e": THREE, "f": ""}.items()})
    line = tool(*"abcdef").stdout.splitlines()[1]
    assert re.split(r"  +", line) == ["API_TOKEN", "secret", "name", "6 of 6", "SAME", "-", "empty in f; the same secret in a and c, and in b and d"]


@pytest.mark.parametrize("value", ["", "changeme", "ssm:///prod/token", "true"])
def test_what_is_not_a_secret_may_be_shared(tool: Tool, tmp_path: Path, value: str) -> None:
    write(tmp_path, {"a": f"API_TOKEN={value}\n", "b": f"API_TOKEN={value}\n"})
    (row,) = json.loads(tool("--json", "a", "b").stdout)["variables"]
    assert row["spread"] == "shared"


def test_the_most_careful_kind_of_all_files_counts(tool: Tool, tmp_path: Path) -> None:
    write(tmp_path, {"a": "X=1\n", "b": f"X={'gh' + 'p_'}{'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5'}\n", "c": "X=localhost\n"})
    for files in ("abc", "bca", "cab"):
        (row,) = json.loads(tool("--json", *files).stdout)["variables"]
        assert (row["kind"], row["why"], row["spread"]) == ("secret", "token-shape", "specific")


# --- Source code


def source(folder: Path) -> None:
    write(folder, {
        "src/app.js": "import x\nconst db = process.env.DATABASE_URL\nprocess.env.SENTRY_DSN\nfor (const k of keys) process.env[k]\n",
        "src/log.py": "# LOG_LEVEL is read by a library\n",
        "deploy/compose.yml": f"a\nb\nc\nsecret: {ONE}\n",
        "dist/bundle.js": f"x\nvar k='{base64.b64encode(TWO.encode()).decode()}'\n",
        "node_modules/x/index.js": "process.env.OLD_FLAG; process.env.NOT_OURS\n",
        ".git/config": f"{ONE}\n",
    })  # fmt: skip


def test_uses_and_copies_are_found_below_the_source(tool: Tool) -> None:
    source(tool.folder)
    assert tool("--source", ".", *FILES).stdout == """\
VARIABLE      KIND    WHY           FILES   SPREAD    USED                    NOTE
DATABASE_URL  secret  url-password  3 of 3  specific  src/app.js:2            expands ${DB_PASSWORD} in .env.production and .env.staging
DB_PASSWORD   secret  name          3 of 3  specific  .env.production:1       placeholder in .env.development
LOG_LEVEL     config  name          2 of 3  shared    mentioned src/log.py:1  not in .env.development
OLD_FLAG      config  name          1 of 3  -         not found               only in .env.production; legacy?
SENTRY_DSN    -       -             0 of 3  -         src/app.js:3            read by the code, set nowhere
STRIPE_KEY    secret  token-shape   3 of 3  SAME      not found               the same secret in .env.production and .env.staging; legacy?

src/app.js:4 reads a name that only the running program knows

.git/config:1 holds the value of DB_PASSWORD
deploy/compose.yml:4 holds the value of DB_PASSWORD
dist/bundle.js:2 holds the value of DB_PASSWORD, as base64
"""


def test_the_json_has_all_places(tool: Tool) -> None:
    source(tool.folder)
    write(tool.folder, {"src/b.js": "process.env.DATABASE_URL\n"})
    facts = json.loads(tool("--json", "--source=src", "--source=deploy", *FILES).stdout)
    rows = {row["name"]: row for row in facts["variables"]}
    assert rows["DATABASE_URL"]["verdict"] == "read"
    assert rows["DATABASE_URL"]["used"] == [{"file": "src/app.js", "line": 2, "how": "read"}, {"file": "src/b.js", "line": 1, "how": "read"}]
    assert (rows["OLD_FLAG"]["verdict"], rows["OLD_FLAG"]["used"]) == ("not found", [])
    assert facts["dynamic"] == [{"file": "src/app.js", "line": 4}]
    assert facts["unset"] == [{"name": "SENTRY_DSN", "used": [{"file": "src/app.js", "line": 3, "how": "read"}]}]
    assert facts["copies"] == [{"file": "deploy/compose.yml", "line": 4, "name": "DB_PASSWORD", "base64": False}]


def test_excluded_files_are_not_looked_at(tool: Tool) -> None:
    source(tool.folder)
    facts = json.loads(tool("--json", "--source=.", "--exclude=.git", "--exclude=*.yml", "--exclude", "dist", "--exclude=*.js", *FILES).stdout)
    assert (facts["copies"], facts["unset"], facts["dynamic"]) == ([], [], [])


def test_the_files_themselves_are_not_copies_however_they_are_named(tool: Tool, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(".env.production")
    copies = json.loads(tool("--json", "--source=.", "./link").stdout)["copies"]
    assert {copy["file"] for copy in copies} == {".env.staging", ".env.development"}
    assert json.loads(tool("--json", "--source=.", "-", stdin=(tmp_path / ".env.production").open()).stdout)["copies"] == copies


@pytest.mark.parametrize("text,note", [("process.env.A_PORT", 0), ("nothing", 1), ("process.env.A_PORT process.env.B_PORT", 1), ("A_PORT marker", 0)])
def test_check_counts_what_the_source_tells(tool: Tool, text: str, note: int) -> None:
    write(tool.folder, {"src/a.js": text})
    tool("--check", "--source=src", "-", input="A_PORT=8080\n", status=note)
    write(tool.folder, {"src/a.js": f"process.env.A_PASSWORD '{ONE}'"})
    tool("--check", "--source=src", "-", input=f"A_PASSWORD={ONE}\n", status=1)


def test_a_variable_that_only_another_one_expands_is_used(tool: Tool) -> None:
    write(tool.folder, {"src/a.js": "process.env.A_URL"})
    facts = json.loads(tool("--json", "--source=src", "-", input="A_URL=http://$A_HOST/\nA_HOST=h.example\nA_PORT=1\n").stdout)
    assert {row["name"]: row["verdict"] for row in facts["variables"]} == {"A_URL": "read", "A_HOST": "likely", "A_PORT": "not found"}


def test_a_map_is_not_a_use_and_programs_are_shown_before_env_files(tool: Tool) -> None:
    write(tool.folder, {
        ".env.staging": "A_URL=http://$A_HOST/\n", "a.map": "# ssm-dotenv map 1\nA_HOST=ssm:///a/b\n# retired: A_FLAG\n",
        "src/a.js": "// A_HOST is in .env files\nprocess.env.A_HOST\n",
    })  # fmt: skip
    assert tool("--source=.", "-", input="A_HOST='[shop] '\nA_FLAG=\n").stdout == """\
VARIABLE  KIND    WHY   FILES   SPREAD  USED        NOTE
A_FLAG    config  name  1 of 1  -       not found   empty; legacy?
A_HOST    config  name  1 of 1  -       src/a.js:2
"""


def test_what_was_left_out_is_a_warning_with_v(tool: Tool) -> None:
    write(tool.folder, {"src/" + "d/" * 70 + "a.js": "x", "src/b.js": "x"})
    done = tool("-v", "--source=src", *FILES)
    assert "folders more than 64 deep, or files beyond the first 1000000, were not looked at\n" in done.stderr
    assert tool("--source=src", *FILES).stderr == ""


def test_v_says_how_much_was_read(tool: Tool) -> None:
    write(tool.folder, {"src/a.js": "x"})
    assert tool("-v", "--source=src", FILES[0]).stderr == "ssm-dotenv: info: 5 variables in 1 file\nssm-dotenv: info: 1 file looked at\n"


# --- On a terminal


def on_terminal(tool: Tool, columns: int, *args: str, **variables: str) -> str:
    text = terminals.on_terminal(columns, [tool.program, "inventory", *args], tool.folder, {**tool.environment, **variables})
    assert not has_secret(text)
    return text


def test_colours_are_for_terminals_that_want_them(tool: Tool) -> None:
    assert "\033[31msecret\033[0m" in on_terminal(tool, 200, *FILES)
    assert "\033" not in on_terminal(tool, 200, *FILES, NO_COLOR="1")
    assert "\033" not in on_terminal(tool, 200, *FILES, TERM="dumb")
    assert "\033" not in on_terminal(tool, 200, "--json", *FILES)
    assert plain(on_terminal(tool, 200, *FILES)) == tool(*FILES).stdout


@pytest.mark.parametrize("columns", [24, 40, 60, 80, 100, 120])
def test_no_line_is_wider_than_the_terminal(tool: Tool, columns: int) -> None:
    source(tool.folder)
    write(tool.folder, {"src/a/very/deep/folder/that/has/a/long/name/of/its/own.js": "process.env.A_NAME_THAT_IS_LONGER_THAN_ANY_OTHER_NAME\n"})
    lines = plain(on_terminal(tool, columns, "--source=.", *FILES)).partition("\n\n")[0].splitlines()
    assert max(map(len, lines)) <= columns
    words = " ".join(" ".join(lines).split())
    for note in ("the same secret in .env.production and .env.staging; legacy?", "read by the code, set nowhere"):
        assert all(word in words for word in note.split())
    assert any("A_NAME_THAT_IS_LONG" in line for line in lines) or columns == 80


def test_a_row_has_several_lines_where_its_columns_have_no_room(tool: Tool) -> None:
    source(tool.folder)
    assert plain(on_terminal(tool, 40, "--source=.", *FILES)).partition("\n\n")[0] == """\
VARIABLE
    KIND  WHY  FILES  SPREAD  USED
    NOTE
DATABASE_URL
    secret  url-password  3 of 3
    specific  src/app.js:2
    expands ${DB_PASSWORD} in
    .env.production and .env.staging
DB_PASSWORD
    secret  name  3 of 3  specific
    .env.production:1
    placeholder in .env.development
LOG_LEVEL
    config  name  2 of 3  shared
    mentioned src/log.py:1
    not in .env.development
OLD_FLAG
    config  name  1 of 3  -  not found
    only in .env.production; legacy?
SENTRY_DSN
    -  -  0 of 3  -  src/app.js:3
    read by the code, set nowhere
STRIPE_KEY
    secret  token-shape  3 of 3  SAME
    not found
    the same secret in .env.production
    and .env.staging; legacy?"""


# --- What is wrong

USAGE = {
    (): ["there is no FILE"],
    ("--json",): ["there is no FILE"],
    (".env.production", ""): ["argument 2: the name of FILE is empty"],
    (".env.production", ".env.production"): ["argument 2: is the same FILE as one before"],
    ("-", "-"): ["argument 2: is the same FILE as one before"],
    ("none.env", ".", ".env.production"): ["none.env: there is no such file", ".: is a directory, not a file"],
    ("--exclude=x", ".env.production"): ["--exclude needs --source"],
    ("--source",): ["--source: needs a value"],
    ("--source=", ".env.production"): ["--source: its value is empty"],
    ("--source=none", ".env.production"): ["none: cannot be read: No such file or directory"],
    ("--region=x", ".env.production"): ["--region: unknown option"],
    ("--json=yes", ".env.production"): ["--json: takes no value"],
}  # fmt: skip


@pytest.mark.parametrize("words", USAGE)
def test_a_wrong_command_line_is_told(tool: Tool, words: tuple[str, ...]) -> None:
    assert tool.errors(*words) == USAGE[words]


def test_all_wrong_lines_of_all_files_are_told(tool: Tool, tmp_path: Path) -> None:
    write(tmp_path, {"a": f"{ONE}\n", "b": f"X='{TWO}\n"})
    assert tool.errors("a", "b") == ["a:1: expected NAME=VALUE or a comment, but there is no '='", "b:1: the quote that begins the value is never closed"]


def test_an_output_that_is_full_is_a_failure(tool: Tool) -> None:
    for more in ((), ("--json",)):
        with open("/dev/full", "w") as full:
            done = subprocess.run([tool.program, "inventory", *more, *FILES], cwd=tool.folder, env=tool.environment, stdout=full, stderr=subprocess.PIPE,
                                  text=True, check=False)  # fmt: skip
        assert (done.returncode, done.stderr) == (2, "ssm-dotenv: error: standard output: cannot be written: No space left on device\n")


def test_a_signal_ends_it_while_it_reads(tool: Tool, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    process = subprocess.Popen([tool.program, "inventory", "fifo"], cwd=tool.folder, env=tool.environment, stdin=subprocess.DEVNULL)
    process.terminate()
    assert process.wait(timeout=60) == -signal.SIGTERM


# --- Promises


def test_inventory_makes_no_network_call_and_no_file(tool: Tool, tmp_path: Path) -> None:
    log = tmp_path / "log"
    source(tool.folder)
    command = [*strace("-f", "-e", "trace=network,openat,open,creat,execve,unlink", "-o", log), tool.program, "inventory", "--source=.", *FILES]
    subprocess.run(command, cwd=tmp_path, env=tool.environment, check=True, stdout=subprocess.DEVNULL)
    calls = log.read_text()
    assert re.findall(r"\b(?:socket|connect|sendto|bind|unlink)\(.*|.*O_WRONLY.*|.*O_RDWR.*|.*O_CREAT.*", calls) == []
    assert calls.count("execve(") == 1


@pytest.mark.parametrize("words", [
    ("-v", *FILES), ("-v", "--json", "--source=.", *FILES), ("-v", "--source=.", *FILES), ("-v", "--log-format=json", "--source=.", *FILES),
    ("-v", *FILES, f"PASSWORD={ONE}"), ("-v", f"--source=https://u:{ONE}@h/", *FILES), ("-v", "bad", *FILES), ("-v", f"--jsn={ONE}", *FILES),
])  # fmt: skip
def test_no_value_is_in_any_output(tool: Tool, words: tuple[str, ...]) -> None:
    source(tool.folder)
    write(tool.folder, {"bad": f"A=\"{ONE}\" {TWO}\n{THREE}\nB=`{RANDOM}\n"})
    done = subprocess.run([tool.program, "inventory", *words], cwd=tool.folder, env=tool.environment, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 2)
    output = done.stdout + done.stderr
    assert output and not has_secret(output)
    assert not re.search(r"hunter2|marker|Zq8x", output)


def test_help_fits_a_terminal(tool: Tool) -> None:
    help_text = tool("--help").stdout
    assert help_text.startswith("Usage: ssm-dotenv inventory [OPTION...] FILE...\n")
    assert max(map(len, help_text.splitlines())) <= 90


@pytest.mark.release_only  # the completions are in the folder of an ordinary build
def test_every_option_is_in_the_man_page_and_in_the_completions(tool: Tool) -> None:
    page = (ROOT / "packaging" / "man" / "ssm-dotenv.1.scd").read_text()
    options = re.findall(r"^ +(?:-\w, )? *--([a-z-]+)", tool("--help").stdout, re.MULTILINE)
    assert {"source", "exclude", "json", "check"} <= set(options)
    assert [option for option in options if f"--{option}*" not in page] == []
    folder = tool.program.parent.parent / "packaging" / "completions"
    for script, form in (("ssm-dotenv", "[--{}]="), ("_ssm-dotenv", "--{}"), ("ssm-dotenv.fish", " -l {} ")):
        text = (folder / script).read_text()
        assert [option for option in options if form.format(option) not in text] == [], script
