"""From parameter names to the environment that COMMAND gets: names, guarded variables, values, precedence."""

from __future__ import annotations

import subprocess
import sys

import pytest
from conftest import Result, Runner
from parameter_store import ParameterStore, faults

ENV = ("--", "env", "-0")

EXECVE = """
import ctypes, sys
entries = sys.stdin.buffer.read().split(b"\\0")
arguments = [argument.encode() for argument in sys.argv[1:]]
def vector(strings):
    return (ctypes.c_char_p * (len(strings) + 1))(*strings, None)
libc = ctypes.CDLL(None, use_errno=True)
libc.execve(arguments[0], vector(arguments), vector(entries))
sys.exit(f"execve: {ctypes.get_errno()}")
"""
"""Starts a program with any environment block: duplicates, entries without "=", bytes that are not text."""


def run_with_entries(run: Runner, extra: list[bytes], *args: str) -> Result:
    """The program's environment is what it takes to read the store, then extra as it is."""
    entries = [f"{name}={value}".encode() for name, value in run.environment().items()] + extra
    command = [sys.executable, "-I", "-c", EXECVE, str(run.program), *args]
    done = subprocess.run(command, input=b"\0".join(entries), capture_output=True, timeout=60, check=False)
    return Result(done.returncode, done.stdout, done.stderr)


# --- Names


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("db/pass-word", "DB_PASS_WORD"),
        ("db.host", "DB_HOST"),
        ("a-b.c_d/e", "A_B_C_D_E"),
        ("UPPER", "UPPER"),
        ("_leading", "_LEADING"),
        (".dot", "_DOT"),
        ("-dash", "_DASH"),
        ("v2", "V2"),
        ("a--b", "A__B"),
        ("z" * 200, "Z" * 200),
    ],
)
def test_the_path_goes_and_the_rest_becomes_the_name(
    run: Runner, store: ParameterStore, name: str, variable: str
) -> None:
    store.put(f"/prod/api/{name}", "v")
    assert run("/prod/api", *ENV).variables[variable] == "v"


@pytest.mark.parametrize(
    ("options", "variable"),
    [
        ((), "DB_PASS_WORD"),
        (("--preserve-case",), "db_Pass_Word"),
        (("--flat",), "PASS_WORD"),
        (("--flat", "--preserve-case"), "Pass_Word"),
    ],
)
def test_options_for_names(run: Runner, store: ParameterStore, options: tuple[str, ...], variable: str) -> None:
    store.put("/prod/api/db/Pass-Word", "v")
    assert run(*options, "/prod/api", *ENV).variables[variable] == "v"


@pytest.mark.parametrize(
    ("options", "variable"),
    [((), "Db_HOST"), (("--flat",), "Db_HOST"), (("--preserve-case",), "Db_host")],
)
def test_a_prefix_stays_as_it_is_written(
    run: Runner, store: ParameterStore, options: tuple[str, ...], variable: str
) -> None:
    store.put("/prod/db/host", "v")
    assert run(*options, "/prod/db=Db_", *ENV).variables[variable] == "v"


def test_a_prefix_makes_a_digit_valid(run: Runner, store: ParameterStore) -> None:
    store.put("/app/1st", "v")
    assert run("/app=N_", *ENV).variables["N_1ST"] == "v"


@pytest.mark.parametrize("prefix", ["A-", "A.", "A B", "A/", "é", "A="])
def test_a_prefix_is_made_of_letters_digits_and_underscores(
    run: Runner, store: ParameterStore, prefix: str
) -> None:
    result = run(f"/app={prefix}", *ENV)
    result.expect_failure("/app=...: expected a prefix of letters, digits and '_' after '='")
    assert f"={prefix}" not in result.err  # it may be a value that was put in the wrong place
    assert store.journal.entries == []


def test_a_name_that_begins_with_a_digit_is_an_error(run: Runner, store: ParameterStore) -> None:
    store.put("/app/1st", "v")
    store.put("/app/fine", "v")
    run("/app", *ENV).expect_failure("error: /app/1st:", "1ST")


def test_all_invalid_names_are_reported_at_once(run: Runner, store: ParameterStore) -> None:
    store.put("/app/1st", "v")
    store.put("/app/2nd", "v")
    run("/app", *ENV).expect_failure("/app/1st", "/app/2nd")


@pytest.mark.parametrize("variable,where", [
    ("1A", "1A=..."), ("A-B", "A-B=..."), ("A.B", "A.B=..."), ("É", "argument 1"), ("A B", "argument 1"), ("", "argument 1"),
])
def test_a_variable_name_on_the_command_line_must_be_valid(
    run: Runner, store: ParameterStore, variable: str, where: str
) -> None:
    run(f"{variable}=/one", *ENV).expect_failure(f"error: {where}: the text before '=' is not a variable name")
    assert store.journal.entries == []


def test_a_named_parameters_variable_keeps_its_case(run: Runner, store: ParameterStore) -> None:
    store.put("/one", "v")
    assert run("MixedCase=/one", *ENV).variables["MixedCase"] == "v"


# --- Collisions


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ((), ("db-url", "db.url")),
        ((), ("db/url", "db_url")),
        ((), ("url", "URL")),
        (("--flat",), ("a/url", "b/url")),
        (("--preserve-case",), ("db-url", "db_url")),
    ],
)
def test_two_parameters_of_a_path_that_become_the_same_are_an_error(
    run: Runner, store: ParameterStore, options: tuple[str, ...], names: tuple[str, str]
) -> None:
    for name in names:
        store.put(f"/app/{name}", "same")
    run(*options, "/app", *ENV).expect_failure("error: /app:", f"/app/{names[0]}", f"/app/{names[1]}")


def test_preserved_case_keeps_two_apart(run: Runner, store: ParameterStore) -> None:
    store.put("/app/url", "lower")
    store.put("/app/URL", "upper")
    variables = run("--preserve-case", "/app", *ENV).variables
    assert (variables["url"], variables["URL"]) == ("lower", "upper")


def test_all_collisions_are_reported_at_once(run: Runner, store: ParameterStore) -> None:
    for name in ("a-b", "a.b", "c-d", "c.d", "c_d"):
        store.put(f"/app/{name}", "v")
    run("/app", *ENV).expect_failure("/app/a-b", "/app/a.b", "/app/c-d", "/app/c.d", "/app/c_d")


def test_parameters_of_two_paths_do_not_collide(run: Runner, store: ParameterStore) -> None:
    store.put("/one/a", "first")
    store.put("/two/a", "second")
    assert run("/one", "/two", *ENV).variables["A"] == "second"


# --- Guarded variables

GUARDED = [
    "LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "LD_ANYTHING", "LD_", "GCONV_PATH", "GLIBC_TUNABLES", "PATH", "IFS", "BASH_ENV",
    "SHELLOPTS", "BASHOPTS", "PS4", "BASH_FUNC_x",
]  # fmt: skip


@pytest.mark.parametrize("variable", GUARDED)
def test_a_guarded_variable_is_refused_by_name(run: Runner, store: ParameterStore, variable: str) -> None:
    store.put("/one", "v")
    run(f"{variable}=/one", *ENV).expect_failure("error: /one:", variable, f"--allow-var {variable}")


@pytest.mark.parametrize("variable", [name for name in GUARDED if name != "LD_"])
def test_a_guarded_variable_is_refused_by_path(run: Runner, store: ParameterStore, variable: str) -> None:
    name = variable.lower().replace("_", "/", 1)
    store.put(f"/app/{name}", "v")
    run("/app", *ENV).expect_failure(f"error: /app/{name}:", variable.upper() if "FUNC" in variable else variable)


def test_a_guarded_variable_is_refused_after_the_prefix(run: Runner, store: ParameterStore) -> None:
    store.put("/app/preload", "v")
    run("/app=LD_", *ENV).expect_failure("error: /app/preload:", "LD_PRELOAD")


def test_a_prefix_takes_a_guarded_name_away(run: Runner, store: ParameterStore) -> None:
    store.put("/app/path", "v")
    assert run("/app=APP_", *ENV).variables["APP_PATH"] == "v"


@pytest.mark.parametrize("variable", ["LDX", "MY_PATH", "PATHS", "ifs", "path", "PS1", "BASH_FUNC"])
def test_what_only_looks_like_a_guarded_variable_passes(
    run: Runner, store: ParameterStore, variable: str
) -> None:
    store.put("/one", "v")
    assert run(f"{variable}=/one", *ENV).variables[variable] == "v"


def test_allow_var_lets_a_guarded_variable_through(run: Runner, store: ParameterStore) -> None:
    store.put("/app/path", "/opt/bin")
    store.put("/app/ifs", ":")
    variables = run("--allow-var", "PATH", "--allow-var=IFS", "/app", "--", "/usr/bin/env", "-0").variables
    assert (variables["PATH"], variables["IFS"]) == ("/opt/bin", ":")


def test_allow_var_lets_only_that_one_through(run: Runner, store: ParameterStore) -> None:
    store.put("/app/path", "v")
    store.put("/app/ifs", "v")
    result = run("--allow-var", "IFS", "/app", *ENV)
    result.expect_failure("error: /app/path:")
    assert "/app/ifs" not in result.err


def test_all_guarded_variables_are_reported_at_once(run: Runner, store: ParameterStore) -> None:
    store.put("/app/path", "v")
    store.put("/app/ifs", "v")
    run("/app", *ENV).expect_failure("error: /app/path:", "error: /app/ifs:")


def test_inherited_guarded_variables_pass(run: Runner, store: ParameterStore) -> None:
    store.put("/app/a", "v")
    variables = run("/app", *ENV, env={"LD_LIBRARY_PATH": "/nowhere", "PS4": "+"}).variables
    assert (variables["LD_LIBRARY_PATH"], variables["PS4"]) == ("/nowhere", "+")


def test_a_guarded_variable_that_is_preserved_passes(run: Runner, store: ParameterStore) -> None:
    store.put("/app/ps4", "fetched")
    assert run("--preserve-env=PS4", "/app", *ENV, env={"PS4": "+"}).variables["PS4"] == "+"


def test_a_guarded_variable_to_preserve_that_is_not_set_is_refused(run: Runner, store: ParameterStore) -> None:
    store.put("/app/ps4", "fetched")
    run("--preserve-env=PS4", "/app", *ENV).expect_failure("error: /app/ps4:", "PS4")


@pytest.mark.parametrize("variable", ["SSM_EXEC_TIMEOUT", "SSM_EXEC_UNKNOWN", "SSM_EXEC_VERSION", "SSM_EXEC_"])
def test_own_settings_cannot_be_fetched(run: Runner, store: ParameterStore, variable: str) -> None:
    store.put("/one", "v")
    run(f"{variable}=/one", *ENV).expect_failure("/one", variable)


def test_own_settings_cannot_be_fetched_by_path_nor_allowed(run: Runner, store: ParameterStore) -> None:
    store.put("/app/ssm-exec/timeout", "v")
    arguments = ("--allow-var", "SSM_EXEC_TIMEOUT", "/app", *ENV)
    run(*arguments).expect_failure("/app/ssm-exec/timeout", "SSM_EXEC_TIMEOUT")


def test_own_settings_are_not_passed_on(run: Runner, store: ParameterStore) -> None:
    store.put("/app/a", "v")
    variables = run("/app", *ENV, env={"SSM_EXEC_TIMEOUT": "9s", "SSM_EXEC_VERSION": "1.2"}).variables
    assert not [name for name in variables if name.startswith("SSM_EXEC_")]


# --- Values

VALUES = {
    "newlines": "line 1\nline 2\r\n\n",
    "a newline alone": "\n",
    "quotes": "\"double\" 'single' `back` \\ \\n $HOME $(id) %s",
    "equals signs": "=a==b=",
    "blanks at both ends": "  \t value \t  ",
    "blanks alone": "   ",
    "unicode": "äöü ß € 漢字 עברית 🎉 𝄞 e\u0301 \u200f\ufeff",
    "the highest code points": "\U0010ffff\ufffe\uffff\ud7ff\ue000",
    "control characters": "".join(map(chr, range(1, 32))) + "\x7f\x80\x9f",
    "JSON": '{"a": ["\\u0041", null], "b": "\\ud83d"}',
    "what looks like a reference": "ssm:///one",
    "what looks like a template": "{{ssm:/one}} ${A} {{resolve:ssm:/one}}",
    "a PEM key": "-----BEGIN PRIVATE KEY-----\n" + "QUJD\n" * 200 + "-----END PRIVATE KEY-----\n",
    "8 KB": "x" * 8192,
    "8 KB of three-byte characters": "€" * 2730,
    "line separators": "a\u2028b\u2029c\u0085d",
}


@pytest.mark.parametrize("escaped", [False, True], ids=["plain", "escaped"])
@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
def test_values_arrive_byte_for_byte(run: Runner, store: ParameterStore, value: str, escaped: bool) -> None:
    store.put("/app/by-path", value, force=True)
    store.put("/secure", value, "SecureString", force=True)
    store.answers.escape_non_ascii = escaped
    entries = run("/app", "BY_NAME=/secure", *ENV).entries
    assert b"BY_PATH=" + value.encode() in entries
    assert b"BY_NAME=" + value.encode() in entries


def test_an_empty_value_is_a_set_empty_variable(run: Runner, store: ParameterStore) -> None:
    store.put("/app/empty", "", force=True)
    assert b"EMPTY=" in run("/app", *ENV, env={"EMPTY": "inherited"}).entries


def test_a_string_list_stays_as_it_is_stored(run: Runner, store: ParameterStore) -> None:
    store.put("/app/list", "a,b,,c d", "StringList")
    assert run("/app", *ENV).variables["LIST"] == "a,b,,c d"


@pytest.mark.parametrize("source", ["/app", "A=/app/a"])
def test_a_nul_is_an_error(run: Runner, store: ParameterStore, source: str) -> None:
    store.put("/app/a", "before\0after", force=True)
    result = run(source, *ENV)
    result.expect_failure("/app/a", "NUL")
    assert "before" not in result.err and "after" not in result.err


@pytest.mark.parametrize("source", ["/app", "A=/app/a"])
@pytest.mark.parametrize(
    "escape", [rb"\ud800", rb"\udfff", rb"\ud800x", rb"\ud800\u0041", rb"\udc00\ud800", rb"\ud83d\ud83d\ude00", rb"\ud800\ue000"]
)
def test_an_unpaired_surrogate_is_an_error(
    run: Runner, store: ParameterStore, source: str, escape: bytes
) -> None:
    store.put("/app/a", "marker-REPLACED-marker")
    store.faults.always(faults.AlterBody(lambda body: body.replace(b"REPLACED", escape)))
    result = run(source, *ENV)
    result.expect_failure("/app/a", "surrogate")
    assert "marker" not in result.err


def test_bytes_that_are_not_utf8_are_an_error(run: Runner, store: ParameterStore) -> None:
    store.put("/app/a", "marker-REPLACED")
    store.faults.always(faults.AlterBody(lambda body: body.replace(b"REPLACED", b"\xff\xc0\x80")))
    result = run("/app", *ENV)
    result.expect_failure("error: /app")
    assert "marker" not in result.err


def test_a_fetched_value_is_not_looked_into_for_references(run: Runner, store: ParameterStore) -> None:
    store.put("/one", "ssm:///two", force=True)
    store.put("/two", "no")
    assert run("ONE=/one", *ENV).variables["ONE"] == "ssm:///two"


# --- Precedence


def test_what_is_fetched_overrides_what_is_inherited(run: Runner, store: ParameterStore) -> None:
    store.put("/app/a", "fetched")
    entries = run("/app", *ENV, env={"A": "inherited", "B": "kept"}).entries
    assert b"A=fetched" in entries and b"B=kept" in entries
    assert not [entry for entry in entries if entry == b"A=inherited"]


@pytest.mark.parametrize(
    ("sources", "winner"),
    [
        (("/one", "/two"), "two"),
        (("/two", "/one"), "one"),
        (("/one", "A=/name"), "name"),
        (("A=/name", "/one"), "one"),
        (("A=/name", "A=/other"), "other"),
        (("/one", "--optional", "/two"), "two"),
        (("--optional", "/two", "/one"), "one"),
        (("/two", "/one", "--optional", "A=/missing"), "one"),
        (("A=/name", "/one", "A=/name"), "name"),
    ],
)
def test_the_later_source_wins(
    run: Runner, store: ParameterStore, sources: tuple[str, ...], winner: str
) -> None:
    store.put("/one/a", "one")
    store.put("/two/a", "two")
    store.put("/name", "name")
    store.put("/other", "other")
    entries = run(*sources, *ENV).entries
    assert [entry for entry in entries if entry.startswith(b"A=")] == [b"A=" + winner.encode()]


@pytest.mark.parametrize(
    ("variables", "sources", "winner"),
    [
        ({"SSM_EXEC_SOURCES": "/one /two"}, (), "two"),
        ({"SSM_EXEC_SOURCES": "/two,/one"}, (), "one"),
        ({"SSM_EXEC_SOURCES": "/two"}, ("/one",), "one"),
        ({"SSM_EXEC_SOURCES": "/one", "SSM_EXEC_OPTIONAL": "/two"}, (), "two"),
        ({"SSM_EXEC_OPTIONAL": "/two"}, ("/one",), "one"),
    ],
)
def test_sources_from_the_environment_come_first(
    run: Runner, store: ParameterStore, variables: dict[str, str], sources: tuple[str, ...], winner: str
) -> None:
    store.put("/one/a", "one")
    store.put("/two/a", "two")
    assert run(*sources, *ENV, env=variables).variables["A"] == winner


def test_preserve_env_keeps_everything_that_is_set(run: Runner, store: ParameterStore) -> None:
    store.put("/app/a", "fetched")
    store.put("/app/b", "fetched")
    variables = run("--preserve-env", "/app", *ENV, env={"A": "inherited"}).variables
    assert (variables["A"], variables["B"]) == ("inherited", "fetched")


def test_preserve_env_keeps_an_empty_variable(run: Runner, store: ParameterStore) -> None:
    store.put("/app/a", "fetched")
    assert run("--preserve-env", "/app", *ENV, env={"A": ""}).variables["A"] == ""


def test_preserve_env_keeps_the_named_ones(run: Runner, store: ParameterStore) -> None:
    for name in "abcd":
        store.put(f"/app/{name}", "fetched")
    inherited = {"A": "inherited", "B": "inherited", "C": "inherited"}
    variables = run("--preserve-env=A,B,D", "/app", *ENV, env=inherited).variables
    assert [variables[name] for name in "ABCD"] == ["inherited", "inherited", "fetched", "fetched"]


def test_preserve_env_takes_no_value_of_its_own(run: Runner, store: ParameterStore) -> None:
    store.put("/app/a", "fetched")
    variables = run("/app", "--preserve-env", *ENV, env={"A": "inherited"}).variables
    assert variables["A"] == "inherited"


@pytest.mark.parametrize(
    ("setting", "kept"), [("1", "inherited"), ("yes", "inherited"), ("A,B", "inherited"), ("B", "fetched"), ("0", "fetched")]
)
def test_preserve_env_as_a_variable(run: Runner, store: ParameterStore, setting: str, kept: str) -> None:
    store.put("/app/a", "fetched")
    variables = run("/app", *ENV, env={"A": "inherited", "SSM_EXEC_PRESERVE_ENV": setting}).variables
    assert variables["A"] == kept


# --- Environments that no shell would make


def test_of_inherited_duplicates_the_first_stays(run: Runner, store: ParameterStore) -> None:
    store.put("/app/x", "fetched")
    result = run_with_entries(run, [b"A=first", b"B=between", b"A=second", b"A=first"], "/app", *ENV)
    assert [entry for entry in result.entries if entry.startswith(b"A=")] == [b"A=first"]
    assert b"B=between" in result.entries


def test_a_fetched_variable_replaces_all_inherited_duplicates(run: Runner, store: ParameterStore) -> None:
    store.put("/app/a", "fetched")
    result = run_with_entries(run, [b"A=first", b"A=second"], "/app", *ENV)
    assert [entry for entry in result.entries if entry.startswith(b"A=")] == [b"A=fetched"]


def test_preserve_env_keeps_the_first_duplicate(run: Runner, store: ParameterStore) -> None:
    store.put("/app/a", "fetched")
    result = run_with_entries(run, [b"A=first", b"A=second"], "--preserve-env", "/app", *ENV)
    assert [entry for entry in result.entries if entry.startswith(b"A=")] == [b"A=first"]


@pytest.mark.parametrize(
    "entry",
    [
        b"odd-name=1", b"with space=1", b"1digit=1", b"dotted.name=1", b"=empty name", b"no equals sign", b"", b"\xff\xfe=bytes",
        b"bytes=\xff\xfe", b"BASH_FUNC_f%%=() {  :\n}",
    ],
)  # fmt: skip
def test_odd_inherited_entries_pass_unchanged(run: Runner, store: ParameterStore, entry: bytes) -> None:
    store.put("/app/a", "fetched")
    assert entry in run_with_entries(run, [entry, b"LAST=1"], "/app", *ENV).entries


def test_inherited_order_is_kept(run: Runner, store: ParameterStore) -> None:
    store.put("/app/a", "fetched")
    inherited = [b"Z=1", b"M=2", b"B=3", b"Q=4"]
    entries = run_with_entries(run, inherited, "/app", *ENV).entries
    assert [entry for entry in entries if entry in inherited] == inherited


def test_own_settings_among_duplicates_are_not_passed_on(run: Runner, store: ParameterStore) -> None:
    store.put("/app/a", "fetched")
    result = run_with_entries(run, [b"SSM_EXEC_TIMEOUT=9s", b"SSM_EXEC_TIMEOUT=8s"], "/app", *ENV)
    assert not [entry for entry in result.entries if entry.startswith(b"SSM_EXEC_")]


def test_a_large_environment_arrives_whole(run: Runner, store: ParameterStore) -> None:
    for number in range(100):
        store.put(f"/app/p{number}", str(number) * 4000, force=True)
    inherited = [b"I%d=%s" % (number, b"i" * 3000) for number in range(200)]
    result = run_with_entries(run, inherited, "/app", *ENV)
    assert all(entry in result.entries for entry in inherited)
    assert all(f"P{number}={str(number) * 4000}".encode() in result.entries for number in range(100))


# --- Mixed environments

ENVIRONMENTS = {
    "production": ("prod", "production"), "staging": ("staging", "stage"), "development": ("dev", "development"),
    "test": ("test",), "qa": ("qa",), "uat": ("uat",), "preprod": ("preprod",), "sandbox": ("sandbox",),
}  # fmt: skip


@pytest.mark.parametrize("other", [level for levels in list(ENVIRONMENTS.values())[1:] for level in levels])
def test_two_environments_are_refused(run: Runner, store: ParameterStore, other: str) -> None:
    run("/prod/api", f"/{other}/api", *ENV).expect_failure("/prod/api", f"/{other}/api", "--allow-mixed")
    assert store.journal.entries == []


@pytest.mark.parametrize("one", [levels for levels in ENVIRONMENTS.values() if len(levels) == 2])
def test_two_words_for_one_environment_are_not_mixed(
    run: Runner, store: ParameterStore, one: tuple[str, str]
) -> None:
    store.put(f"/{one[0]}/a", "1")
    store.put(f"/{one[1]}/b", "2")
    variables = run(f"/{one[0]}", f"/{one[1]}", *ENV).variables
    assert (variables["A"], variables["B"]) == ("1", "2")


@pytest.mark.parametrize("level", ["PROD", "Prod", "pRoDuCtIoN"])
def test_environments_are_recognised_in_any_case_of_letters(run: Runner, store: ParameterStore, level: str) -> None:
    store.put(f"/{level}/a", "1")
    store.put("/production/b", "2")
    run(f"/{level}", "/dev", *ENV).expect_failure(f"/{level}", "/dev", "--allow-mixed")
    run("/dev", f"/{level}", *ENV).expect_failure(f"/{level}", "/dev", "--allow-mixed")
    assert store.journal.entries == []
    variables = run(f"/{level}", "/production", *ENV).variables
    assert (variables["A"], variables["B"]) == ("1", "2")


@pytest.mark.parametrize(
    "sources",
    [
        ("A=/prod/a", "B=/dev/b"),
        ("/prod", "B=/staging/b:3"),
        ("/prod", "--optional", "/dev"),
        ("/prod", "B=arn:aws:ssm:us-east-1:210987654321:parameter/dev/b"),
        ("/prod=P_", "/test=T_"),
        ("/shared", "/prod", "/other", "/qa"),
        ("/",),
    ],
)
def test_what_counts_as_mixed(run: Runner, store: ParameterStore, sources: tuple[str, ...]) -> None:
    run(*sources, *ENV).expect_failure("--allow-mixed")
    assert store.journal.entries == []


@pytest.mark.parametrize(
    "second", ["/shared", "/products", "/devices", "/api/dev", "/aws/service/x", "B=/aws/reference/secretsmanager/dev/b"]
)
def test_what_does_not_count_as_mixed(run: Runner, store: ParameterStore, second: str) -> None:
    store.put("/prod/a", "1")
    assert run("/prod", "--optional", second, *ENV).variables["A"] == "1"


def test_allow_mixed(run: Runner, store: ParameterStore) -> None:
    store.put("/prod/a", "1")
    store.put("/dev/b", "2")
    variables = run("--allow-mixed", "/prod", "/dev", *ENV).variables
    assert (variables["A"], variables["B"]) == ("1", "2")


def test_mixed_sources_from_the_environment_are_refused(run: Runner, store: ParameterStore) -> None:
    run("/dev", *ENV, env={"SSM_EXEC_SOURCES": "/prod"}).expect_failure("/dev", "/prod", "--allow-mixed")


# --- What a dry run says of it


def test_a_dry_run_refuses_what_a_run_would_refuse(run: Runner, store: ParameterStore) -> None:
    store.put("/app/path", "v")
    store.put("/app/a-b", "v")
    store.put("/app/a.b", "v")
    run("/app", "--dry-run").expect_failure("/app/path", "/app/a-b", "/app/a.b")


def test_everything_wrong_with_the_mapping_is_said_at_once(run: Runner, store: ParameterStore) -> None:
    store.put("/app/path", "v")
    store.put("/app/1st", "v")
    store.put("/app/a-b", "v")
    store.put("/app/a.b", "v")
    store.put("/app/nul", "\0", force=True)
    run("/app", *ENV).expect_failure("/app/path", "/app/1st", "/app/a-b", "/app/a.b", "/app/nul")
