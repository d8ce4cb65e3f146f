"""One table of options: completions in the real shells, SSM_EXEC_ variables, the man page and --help agree with it."""

import os
import re
import select
import shutil
import struct
import subprocess
import termios
import time
from collections.abc import Iterable
from fcntl import ioctl
from pathlib import Path

import pytest
from conftest import PATH, ROOT, Runner

SHELLS = ["bash", "bash-completion", "zsh", "fish"]


def tool(name: str) -> str:
    path = shutil.which(name, path=PATH)
    assert path is not None, f"{name} is missing; see tests/support/packages"
    return path


@pytest.fixture(scope="session")
def scripts(program: Path) -> Path:
    """The folder with the scripts that were built together with the program."""
    folder = program.parent.parent / "packaging" / "completions"
    assert (folder / "ssm-exec").is_file(), f"there are no completions in {folder}"
    return folder


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A working directory with files, and a command in a PATH of its own."""
    place = tmp_path / "place"
    place.mkdir()
    for name in ("prod.lock", "my file.lock"):
        (place / name).touch()
    commands = tmp_path / "bin"
    commands.mkdir()
    command = commands / "frobnicate"
    command.write_text("#!/bin/sh\n")
    command.chmod(0o755)
    return place


def environment(place: Path) -> dict[str, str]:
    return {
        "PATH": str(place.parent / "bin"), "HOME": str(place.parent), "TERM": "dumb", "LC_ALL": "C.UTF-8",
        "SAMPLE_VARIABLE": "1", "HISTFILE": "/dev/null",
    }  # fmt: skip


class Terminal:
    """An interactive shell on a terminal, in which "ssm-exec" is a function that shows its arguments."""

    def __init__(self, argv: list[str], setup: str, place: Path) -> None:
        self._fd, end = os.openpty()
        # Long lines, and lists that need no paging.
        ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", 500, 500, 0, 0))
        self._shell = subprocess.Popen(
            [tool("setsid"), "--ctty", *argv], stdin=end, stdout=end, stderr=end, cwd=place, env=environment(place)
        )
        os.close(end)
        self._unread = b""
        # The marks are put together by the shell, so that no echo of this line contains them.
        show = r"""ssm-exec() { printf '\036'; printf '%s\037' "$@"; printf '\036'; }"""
        self._write(f"{show}; {setup}; PS1='rea''dy> '\n")
        self._read_until(b"ready> ")

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        self._shell.kill()
        os.close(self._fd)
        self._shell.wait()

    def _write(self, text: str) -> None:
        os.write(self._fd, text.encode())

    def _read_until(self, mark: bytes) -> bytes:
        deadline = time.monotonic() + 60
        while mark not in self._unread:
            ready, _, _ = select.select([self._fd], [], [], max(0, deadline - time.monotonic()))
            assert ready, f"no {mark!r} in {self._unread!r}"
            self._unread += os.read(self._fd, 65536)
        read, _, self._unread = self._unread.partition(mark)
        return read

    def arguments(self, text: str) -> list[str]:
        """What the function is given when text, TAB and RETURN are typed."""
        self._write(f"ssm-exec {text}\t\n")
        self._read_until(b"\x1e")
        shown = self._read_until(b"\x1e")
        self._read_until(b"ready> ")
        return shown.decode().split("\x1f")[:-1]


def completed_on_terminal(argv: list[str], setup: str, place: Path, texts: Iterable[str]) -> dict[str, str]:
    with Terminal(argv, setup, place) as terminal:
        return {text: terminal.arguments(text)[-1] for text in texts}


def fish_offers(scripts: Path, place: Path, texts: Iterable[str]) -> dict[str, list[str]]:
    script = """
        source $argv[1]
        complete -c frobnicate -l alpha
        for text in $argv[2..]
            complete --do-complete="ssm-exec $text"
            printf '\\036'
        end"""
    texts = list(texts)
    done = subprocess.run(
        [tool("fish"), "--no-config", "-c", script, str(scripts / "ssm-exec.fish"), *texts],
        capture_output=True, text=True, timeout=60, cwd=place, env=environment(place),
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    parts = done.stdout.split("\x1e")
    return {
        text: [line.split("\t")[0] for line in part.splitlines()]
        for text, part in zip(texts, parts, strict=False)
    }


def last_words(shell: str, scripts: Path, place: Path, texts: Iterable[str]) -> dict[str, str]:
    """What a TAB makes of the last word of each text behind "ssm-exec". zsh's '=' goes with the next key."""
    if shell == "fish":
        offers = fish_offers(scripts, place, texts)
        # fish 4 also lists what merely contains the letters, and puts in what begins with them.
        words = {text: text.split(" ")[-1] for text in offers}
        begun = {text: [word for word in offer if word.startswith(words[text])] for text, offer in offers.items()}
        return {text: offer[0] if len(offer) == 1 else words[text] for text, offer in begun.items()}
    if shell == "zsh":
        setup = (
            f"fpath=({scripts} $fpath); autoload -Uz compinit; compinit -u -D; "
            "_frobnicate() { _arguments --alpha }; compdef _frobnicate frobnicate"
        )
        return completed_on_terminal([tool("zsh"), "-f", "-i"], setup, place, texts)
    setup = f"source {scripts}/ssm-exec; complete -W --alpha frobnicate"
    if shell == "bash-completion":
        setup = f"source /usr/share/bash-completion/bash_completion; {setup}"
    else:
        setup = f"set -u; {setup}"
    return completed_on_terminal([tool("bash"), "--norc", "--noprofile", "-i"], setup, place, texts)


def rules(scripts: Path) -> dict[str, str]:
    """Every way to write an option, and what its value is, as the script for bash has it from the table."""
    found = re.findall(r"\[(-[\w-]+)\]=('[^']*'|\w+)", (scripts / "ssm-exec").read_text())
    return {name: rule.strip("'") for name, rule in found}


def long_options(scripts: Path) -> list[str]:
    return [name for name in rules(scripts) if name.startswith("--")]


def bash_offers(scripts: Path, *words: str) -> list[str]:
    """What the function for bash answers when it is asked without a terminal, strictly."""
    script = """
        set -eu
        source "$1"
        shift
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*"
        COMP_POINT=${#COMP_LINE}
        _ssm_exec ssm-exec "${COMP_WORDS[COMP_CWORD]}" "" || exit
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    done = subprocess.run(
        [tool("bash"), "--norc", "--noprofile", "-c", script, "bash", str(scripts / "ssm-exec"), "ssm-exec", *words],
        capture_output=True, text=True, timeout=60, env={"PATH": PATH, "SAMPLE_VARIABLE": "1"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


# --- Completions


def test_bash_offers_every_option_and_nothing_else(scripts: Path) -> None:
    assert sorted(bash_offers(scripts, "-")) == sorted(rules(scripts))
    assert sorted(bash_offers(scripts, "")) == sorted(rules(scripts))
    assert sorted(bash_offers(scripts, "--")) == sorted(long_options(scripts))
    assert bash_offers(scripts, "/prod") == []


def test_bash_offers_values(scripts: Path) -> None:
    assert bash_offers(scripts, "--log-format", "") == ["text", "json"]
    assert "SAMPLE_VARIABLE" in bash_offers(scripts, "--unset", "")
    assert "frobnicate" not in bash_offers(scripts, "--", "frob")
    assert "true" in bash_offers(scripts, "/prod", "--", "tru")


def test_fish_offers_every_option_and_nothing_else(scripts: Path, place: Path) -> None:
    offers = fish_offers(scripts, place, ["-", "", "/prod -- -", "--log-format "])
    # fish offers an option whose value may be missing in both ways.
    assert sorted(offers["-"]) == sorted([*rules(scripts), "--preserve-env="])
    assert offers[""] == []
    assert not set(offers["/prod -- -"]) & set(rules(scripts))
    assert sorted(offers["--log-format "]) == ["json", "text"]


@pytest.mark.parametrize("shell", SHELLS)
def test_every_option_is_completed(scripts: Path, place: Path, shell: str) -> None:
    beginnings = {name[:-1]: name for name in long_options(scripts)}
    if shell == "fish":
        # A list of two is not a single word; the whole list is tested above.
        for name in ("--env-file", "--preserve-env"):
            del beginnings[name[:-1]]
    completed = last_words(shell, scripts, place, beginnings)
    assert {text: word.removesuffix("=") for text, word in completed.items()} == beginnings


@pytest.mark.parametrize("shell", SHELLS)
def test_the_value_of_every_option_is_completed(scripts: Path, place: Path, shell: str) -> None:
    expected: dict[str, str] = {}
    for name, rule in rules(scripts).items():
        beginning, value = {
            "file": ("pro", "prod.lock"),
            "variables": ("SAMPLE_VAR", "SAMPLE_VARIABLE"),
            "requirements": ("SAMPLE_VAR", "SAMPLE_VARIABLE"),
            "text json": ("js", "json"),
            # A SOURCE, and a value that no shell knows anything of.
            "flag": ("pro", "pro"),
            "optional": ("SAMPLE_VAR", "SAMPLE_VAR"),
            "nothing": ("pro", "pro"),
        }[rule]
        expected[f"{name} {beginning}"] = value
        if name.startswith("--") and rule == "optional":
            expected[f"{name}={beginning}"] = f"{name}=SAMPLE_VARIABLE"
        elif name.startswith("--"):
            expected[f"{name}={beginning}"] = f"{name}={value}"
    assert last_words(shell, scripts, place, expected) == expected


LINES = {
    # letters
    "-uSAMPLE_V": "-uSAMPLE_VARIABLE",
    "-nu SAMPLE_V": "SAMPLE_VARIABLE",
    "-nuSAMPLE_V": "-nuSAMPLE_VARIABLE",
    "-n --vers": "--version",
    # lists
    "--unset A,SAMPLE_V": "A,SAMPLE_VARIABLE",
    "--preserve-env=A,SAMPLE_V": "--preserve-env=A,SAMPLE_VARIABLE",
    "--require @pro": "@prod.lock",
    "--require=@pro": "--require=@prod.lock",
    "--require=A,@pro": "--require=A,@prod.lock",
    # names with a blank
    "--lock my": "my file.lock",
    "--lock=my": "--lock=my file.lock",
    # the option is over once its value is there
    "--log-format json js": "js",
    "--log-format=json --tim": "--timeout",
    "--endpoint-url http://127.0.0.1:8000 --tim": "--timeout",
    # SOURCE
    "pro": "pro",
    "NAME=pro": "NAME=pro",
    "NAME=/one/parameter:7 --tim": "--timeout",
    "/prod/api --log-format js": "json",
    # COMMAND
    "-- frob": "frobnicate",
    "/prod/api -n -- frob": "frobnicate",
    "--label -- frob": "frobnicate",
    "/prod/api -- --tim": "--tim",
    "/prod/api -- frobnicate --tim": "--tim",
    "/prod/api -- cat pro": "prod.lock",
    "/prod/api -- cat -- pro": "prod.lock",
    "/prod/api -- cat --lock js": "js",
}


@pytest.mark.parametrize("shell", SHELLS)
def test_lines(scripts: Path, place: Path, shell: str) -> None:
    expected = dict(LINES)
    if shell != "bash":
        # The shell's own completion of COMMAND; bash has none for a command inside of another.
        expected["/prod/api -- frobnicate --al"] = "--alpha"
    completed = last_words(shell, scripts, place, expected)
    assert {text: word.removesuffix("=") for text, word in completed.items()} == expected


# --- What else follows the table


def test_help_has_a_line_for_every_option_that_shows_how_to_write_it(run: Runner, scripts: Path) -> None:
    lines = run("--help").out.splitlines()
    assert max(len(line) for line in lines) <= 80
    shown = [re.match(r"  (?:(-\w), |    )(--[a-z-]+)(\[=[^ ]+\]| [^ ]+)?  +\S", line) for line in lines]
    options = [match for match in shown if match]
    assert len(options) == sum(line.startswith("  ") for line in lines)
    assert sorted(match[2] for match in options) == sorted(long_options(scripts))
    assert {match[1] for match in options if match[1]} == set(rules(scripts)) - set(long_options(scripts))
    for match in options:
        rule = rules(scripts)[match[2]]
        assert (match[3] is None) == (rule == "flag"), match
        assert ((match[3] or "")[:1] == "[") == (rule == "optional"), match


def test_every_option_is_known_to_the_program(run: Runner, scripts: Path) -> None:
    assert "--nope: unknown option" in run("--nope", "/p", "--", "true").err
    names = [name for name in long_options(scripts) if name not in ("--help", "--version")]
    # --json cannot do without --dry-run, nor can this end well: all that is wrong is said at once.
    result = run(*(f"{name}=x" for name in names), "--", "true")
    assert result.status == 125
    assert "unknown option" not in result.err


def test_every_option_has_its_twin(run: Runner, scripts: Path) -> None:
    variables = {f"SSM_EXEC_{name[2:].upper().replace('-', '_')}": "x" for name in long_options(scripts)}
    result = run("/p", "--", "true", env={**variables, "SSM_EXEC_NOPE": "x"})
    assert result.status == 125
    unknown = re.findall(r"(\w+): there is no such setting", result.err)
    assert unknown == ["SSM_EXEC_NOPE"]


def test_every_option_stands_in_the_man_page(scripts: Path) -> None:
    text = (ROOT / "packaging" / "man" / "ssm-exec.1.scd").read_text()
    missing = [name for name in rules(scripts) if not re.search(rf"\*{name}(?![\w-])", text)]
    assert missing == []
