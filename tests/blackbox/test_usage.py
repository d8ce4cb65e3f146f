"""How the command line is read, and what is said where it cannot be."""

import subprocess
from pathlib import Path

import pytest
from conftest import Runner
from parameter_store import ParameterStore
from privileges import become

ECHO = ("--", "/bin/echo", "started")
HINT = '/path or NAME=/parameter/name, and the command comes after "--": ssm-exec /prod/api -- ./server'


def errors(result) -> list[str]:
    assert (result.status, result.out) == (125, ""), result
    return [line.removeprefix("ssm-exec: error: ") for line in result.err.splitlines() if ": error: " in line]


# --- "--"


@pytest.mark.parametrize("words", [
    ("/prod/api", "./server"), ("/prod/api", "server"), ("./server",), ("prod/api", "./server"),
    ("/prod/api", "./server", "-p", "80", "--regoin", "x", "A=b"), ("/prod/api", "--flat", "server", "--help"),
])  # fmt: skip
def test_a_command_without_the_dashes_is_the_one_thing_that_is_told(run: Runner, store: ParameterStore, words: tuple[str, ...]) -> None:
    result = run(*words)
    assert errors(result) == ['missing "--" before the command']
    assert HINT in result.err
    assert store.journal.entries == []


def test_a_command_that_looks_like_a_path_is_told_too(run: Runner) -> None:
    result = run("/prod/api", "/usr/bin/server")
    assert errors(result) == ["there is no command"]
    assert 'write it after "--"' in result.err


@pytest.mark.parametrize("words", [("p", "--", "true"), ("p", "-n"), ("-n", "p"), ("--dry-run", "p")])
def test_a_word_that_cannot_be_a_command_is_not_taken_for_one(run: Runner, words: tuple[str, ...]) -> None:
    position = words.index("p") + 1
    assert errors(run(*words)) == [f"argument {position}: expected /path or NAME=/parameter/name"]


def test_the_position_is_that_of_the_word(run: Runner) -> None:
    assert errors(run("-vnu", "A", "/p", "--label", "x", "q", "r")) == [
        "argument 6: expected /path or NAME=/parameter/name", "argument 7: expected /path or NAME=/parameter/name"]  # fmt: skip


@pytest.mark.parametrize("value,where", [("foo", "word 1"), ("/p, /q\tfoo", "word 3"), ("A=foo", "A=...")])
def test_a_wrong_source_in_a_variable_names_the_variable(run: Runner, value: str, where: str) -> None:
    result = run(*ECHO, env={"SSM_EXEC_SOURCES": value})
    (error,) = errors(result)
    assert error.startswith(f"SSM_EXEC_SOURCES: {where}: expected /")
    assert "the command" not in result.err


# --- Options


@pytest.mark.parametrize("word,name", [("--typo", "--typo"), ("--typo=1", "--typo"), ("-x", "-x"), ("-nx", "-x"), ("-xn", "-x"), ("--", None)])
def test_an_unknown_option_is_told_in_one_form(run: Runner, word: str, name: str | None) -> None:
    expected = [f"{name}: unknown option"] if name else []
    assert errors(run("A=b", word, *ECHO))[1:] == expected


SUGGESTIONS = {
    "--regoin": "--region", "--dryrun": "--dry-run", "--env-flie": "--env-file", "--timout": "--timeout", "--verison": "--version",
    "--kep": "--keep", "--preserve": None, "--dry": None, "--output": None, "--query": None, "--env": None, "--no": None,
    "--region-name": None, "--secret-only": "--secure-only", "--requires": "--require", "--lokc": "--lock", "--j": None,
}  # fmt: skip


@pytest.mark.parametrize("typed", SUGGESTIONS)
def test_a_suggestion_is_near_or_not_made(run: Runner, typed: str) -> None:
    result = run(typed, "/p", *ECHO)
    meant = SUGGESTIONS[typed]
    assert (f"hint: did you mean {meant}? " in result.err) == (meant is not None), result.err
    assert ("did you mean" in result.err) == (meant is not None), result.err


@pytest.mark.parametrize("typed,meant", [
    ("SSM_EXEC_SOURCE", "SSM_EXEC_SOURCES"), ("SSM_EXEC_TIMEOUTS", "SSM_EXEC_TIMEOUT"), ("SSM_EXEC_DRYRUN", "SSM_EXEC_DRY_RUN"),
    ("SSM_EXEC_COLOUR", None), ("SSM_EXEC_" + "X" * 100, None),
])  # fmt: skip
def test_a_variable_is_suggested_likewise(run: Runner, typed: str, meant: str | None) -> None:
    result = run("/p", *ECHO, env={typed: "1"})
    assert "there is no such setting" in result.err and typed[:40] in result.err
    assert (f"did you mean {meant}?" in result.err) == (meant is not None), result.err


SERVICE_LINKS = {
    "SSM_EXEC_SERVICE_HOST": "10.0.0.11",
    "SSM_EXEC_SERVICE_PORT": "6379",
    "SSM_EXEC_SERVICE_PORT_HTTP": "6379",
    "SSM_EXEC_PORT": "tcp://10.0.0.11:6379",
    "SSM_EXEC_PORT_6379_TCP": "tcp://10.0.0.11:6379",
    "SSM_EXEC_PORT_6379_TCP_PROTO": "tcp",
    "SSM_EXEC_PORT_6379_TCP_PORT": "6379",
    "SSM_EXEC_PORT_6379_TCP_ADDR": "10.0.0.11",
}
"""What Kubernetes sets in each pod of the namespace for a service called ssm-exec with a port called http."""
SERVICE_HINT = "rename the service, or set enableServiceLinks: false in the pod"


@pytest.mark.parametrize("variable", SERVICE_LINKS)
def test_a_variable_that_kubernetes_sets_for_a_service_is_explained(run: Runner, variable: str) -> None:
    result = run("/p", *ECHO, env={variable: SERVICE_LINKS[variable]})
    result.expect_failure(f"{variable}: there is no such setting", "Kubernetes sets such variables")
    assert SERVICE_HINT in result.err
    assert "did you mean" not in result.err and "10.0.0.11" not in result.err


def test_all_variables_of_a_service_have_one_hint(run: Runner) -> None:
    result = run("/p", *ECHO, env=SERVICE_LINKS)
    assert result.err.count("there is no such setting") == len(SERVICE_LINKS)
    assert result.err.count(SERVICE_HINT) == 1


@pytest.mark.parametrize("variable", ["SSM_EXEC_PORTS", "SSM_EXEC_PORT_NAME", "SSM_EXEC_SERVICE", "SSM_EXEC_SERVICE_PORTS"])
def test_other_variables_are_not_blamed_on_kubernetes(run: Runner, variable: str) -> None:
    result = run("/p", *ECHO, env={variable: "1"})
    result.expect_failure(f"{variable}: there is no such setting")
    assert "Kubernetes" not in result.err


@pytest.mark.parametrize("option,word,expected", [
    ("--log-format", "yaml", "text or json"), ("--timeout", "5 years", "a duration such as 500ms, 30s, 2m or 1h"),
    ("--timeout", "0", "a duration"), ("--timeout", "25h", "a duration"),
])  # fmt: skip
def test_a_word_that_is_not_in_the_set_is_named(run: Runner, option: str, word: str, expected: str) -> None:
    variable = "SSM_EXEC_" + option[2:].upper().replace("-", "_")
    for where, result in ((option, run("/p", option, word, *ECHO)), (variable, run("/p", *ECHO, env={variable: word}))):
        (error,) = errors(result)
        assert error.startswith(f"{where}: expected {expected}") and error.endswith(f', not "{word}"')


def test_a_flags_word_is_named(run: Runner) -> None:
    (error,) = errors(run("/p", *ECHO, env={"SSM_EXEC_PRISTINE": "maybe"}))
    assert error == 'SSM_EXEC_PRISTINE: expected 1, true, yes, on or 0, false, no, off, not "maybe"'


@pytest.mark.parametrize("words", [("-u", ""), ("--unset", ""), ("--unset=",), ("-nu", ""), ("--keep", "", "--pristine")])
def test_an_empty_value_is_refused_however_it_is_written(run: Runner, words: tuple[str, ...]) -> None:
    (error,) = errors(run("/p", *words, *ECHO))
    assert error in ("-u: its value is empty", "--unset: its value is empty", "--keep: its value is empty")


@pytest.mark.parametrize("words", [("-u", ","), ("--unset", ","), ("--unset=,,",), ("--preserve-env=,",)])
def test_a_list_without_a_name_is_refused(run: Runner, words: tuple[str, ...]) -> None:
    assert [error.split(": ", 1)[1] for error in errors(run("/p", *words, *ECHO))] == ["expected a variable name"]


LETTERS = {"-n": "--dry-run", "-v": "--verbose", "-q": "--quiet"}


@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_silences_the_variable_as_the_long_option_does(run: Runner, store: ParameterStore, letter: str) -> None:
    store.put("/p/v", "1")
    variable = "SSM_EXEC_" + LETTERS[letter][2:].upper().replace("-", "_")
    for value in ("maybe", "0", "1"):
        outputs = [run("/p", option, *ECHO, env={variable: value}) for option in (letter, LETTERS[letter])]
        assert {(result.status, result.out) for result in outputs} == {(outputs[0].status, outputs[0].out)}
        assert outputs[0].status == 0, outputs[0].err


def test_the_value_of_a_letter_is_not_an_option(run: Runner, store: ParameterStore) -> None:
    store.put("/p/v", "1")
    result = run("/p", "-u", "--quiet", *ECHO, env={"SSM_EXEC_QUIET": "maybe"})
    assert errors(result) == ['SSM_EXEC_QUIET: expected 1, true, yes, on or 0, false, no, off, not "maybe"']


# --- Files


def test_a_file_that_is_not_an_env_file_brings_three_lines_and_how_many_more(run: Runner, tmp_path: Path) -> None:
    file = tmp_path / "passwd"
    file.write_text("".join(f"user{number}:x:{number}:{number}::/:/bin/sh\n" for number in range(40)))
    why = "expected NAME=VALUE or a comment, but there is no '='"
    for option in ("--env-file", "--env-file-if-exists"):
        result = run(option, file, *ECHO)
        assert errors(result) == [*(f"{file}:{line}: {why}" for line in (1, 2, 3)), f"{file}: 37 more lines: {why}"]
        assert result.err.count("hint:") == 1


# --- The search for COMMAND


@pytest.mark.release_only
def test_the_directory_that_may_not_be_searched_is_the_one_that_is_named(run: Runner, tmp_path: Path) -> None:
    for name in ("working-directory", "closed"):
        (tmp_path / name).mkdir(mode=0o700)
    for folder in [tmp_path, *tmp_path.parents][:4]:
        folder.chmod(folder.stat().st_mode | 0o055)
    program = tmp_path / "ssm-exec"
    program.write_bytes(Path(run.program).read_bytes())
    program.chmod(0o755)
    for path, named in ((f":{tmp_path}/closed", "the working directory"), (f"{tmp_path}/closed:", f"{tmp_path}/closed")):
        done = subprocess.run([program, "/p", "--", "nosuchcommand"], env={**run.environment(), "PATH": path}, cwd=tmp_path / "working-directory",
                              capture_output=True, text=True, check=False, **become(65534))  # fmt: skip
        assert done.returncode == 127, done
        assert f"; {named} cannot be searched\n" in done.stderr, done.stderr


# --- What -v says


def test_an_inherited_variable_that_is_replaced_is_told_with_v(run: Runner, store: ParameterStore, tmp_path: Path) -> None:
    store.put("/p/port", "1")
    store.put("/p/new", "1")
    store.put("/p/kept", "1")
    store.put("/p/gone", "1")
    (tmp_path / ".env").write_text("FROM_FILE=x\n")
    env = {name: "hush" for name in ("PORT", "KEPT", "GONE", "FROM_FILE", "OTHER")}
    words = ("/p", "--env-file", tmp_path / ".env", "--preserve-env=KEPT", "-u", "GONE", *ECHO)
    result = run("-v", *words, env=env)
    assert result.status == 0, result.err
    told = [line for line in result.err.splitlines() if "inherited" in line]
    assert told == [f"ssm-exec: info: FROM_FILE: the inherited value is replaced by the one in {tmp_path}/.env",
                    "ssm-exec: info: PORT: the inherited value is replaced by /p/port"]  # fmt: skip
    assert "hush" not in result.err
    assert run(*words, env=env).err == ""
