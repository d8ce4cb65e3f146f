"""A secret typed in the wrong place: the message says what was expected there, and never repeats it."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from conftest import Runner
from parameter_store import ParameterStore

HUSH = "hunter2Uk3"
"""In every place below; a word of it is as bad as all of it."""
ECHO = ("--", "/bin/echo", "started")
REF = "expected /parameter/name or arn:..."
SOURCE = "expected /path or NAME=/parameter/name"

NAMES = "is not a variable name"
LOCK = {"name": "A", "parameter": "/p/a", "version": 1}

# The words of the command line (without "-- COMMAND" where it has one of its own), and what the message says.
WORDS: dict[tuple[str, ...], tuple[str, ...]] = {
    # a value in place of a REF
    (f"DB_PASS={HUSH}",): ("error: DB_PASS=...: " + REF,),
    (f"DB_PASS=/{HUSH}+bG8/x==",): ("error: DB_PASS=...: " + REF,),
    (f"DB_PASS=/{HUSH}=",): ("DB_PASS=...: " + REF,),
    (f"DB_PASS=//{HUSH}",): ("DB_PASS=...: " + REF, "two slashes"),
    (f"DB_PASS=/{HUSH}/",): ("DB_PASS=...: " + REF,),
    (f"DB_PASS=/a:{HUSH}%",): ("DB_PASS=...: " + REF, "label"),
    (f"DB_PASS=arn:{HUSH}",): ("DB_PASS=...: " + REF,),
    (f"DB_PASS=arn:aws:s3:::{HUSH}",): ("DB_PASS=...: " + REF,),
    (f"DB_PASS=/a/{'x' * 2100}{HUSH}",): ("DB_PASS=...: " + REF, "2048"),
    (f"DB-PASS={HUSH}",): ("DB-PASS=...: ", "variable name"),
    (f"1DB={HUSH}",): ("1DB=...: ", "variable name"),
    (f"1DB=/{HUSH}+",): ("1DB=...: ", "variable name"),
    (f"/prod/db={HUSH}-x",): ("/prod/db=...: ", "prefix"),
    (f"/prod/db=/{HUSH}",): ("/prod/db=...: ", "prefix", "NAME=/parameter/name"),
    (f"={HUSH}",): ("argument 1: ",),
    # a word that is not a SOURCE at all; base64 that ends in '='
    (HUSH,): ("argument 1: " + SOURCE,),
    ("/p", HUSH): ("argument 2: " + SOURCE,),
    (f"{HUSH}=",): ("argument 1: ",),
    (f"{HUSH}==",): ("argument 1: ",),
    (f"{HUSH}+/x=y",): ("argument 1: ",),
    (f"/{HUSH}+x==",): ("argument 1: ",),
    (f"/p/{HUSH} x",): ("argument 1: ",),
    (f"https://user:{HUSH}@host/",): ("argument 1: " + SOURCE,),
    (f"ssm://{HUSH}",): ("argument 1: " + SOURCE,),
    (f"-----BEGIN KEY-----\n{HUSH}",): ("-----BEGIN...: unknown option",),
    # the command line of a command whose "--" is missing
    ("/p", "psql", f"--password={HUSH}", HUSH, f"A={HUSH}", None): ('missing "--" before the command',),
    ("/p", "curl", "-u", f"user:{HUSH}", f"https://user:{HUSH}@host/", None): ('missing "--" before the command',),
    ("/p", f"-p{HUSH}", None): ("-p: unknown option",),
    ("/p", f"--password={HUSH}", None): ("--password: unknown option",),
    ("/p", "--password", HUSH, None): ("--password: unknown option",),
    ("/p", f"--pass+{HUSH}", None): ("--pass...: unknown option",),
    # assignments as env(1) takes them
    ("/p", "--", f"DB_PASS={HUSH}", "./server", None): ("DB_PASS=...: not found", "-- env NAME=VALUE"),
    ("/p", "--", f"DB_PASS={HUSH}/x", "./server", None): ("DB_PASS=...: not found", "-- env NAME=VALUE"),
    ("/p", "--", f"DB_PASS={'x' * 300}/{HUSH}", None): ("DB_PASS=...: cannot be executed", "-- env NAME=VALUE"),
    ("/p", "--", f"{HUSH}=", None): ("...: not found",),
    # lists of names
    ("/p", "--pristine", "--keep", f"DB_PASS={HUSH}"): (f'--keep: "DB_PASS=..." {NAMES}',),
    ("/p", "--pristine", f"--keep=DB_PASS={HUSH}"): (f'--keep: "DB_PASS=..." {NAMES}',),
    ("/p", "--pristine", f"--keep=A,{HUSH}=="): (f'--keep: "..." {NAMES}',),
    ("/p", "--require", f"DB_PASS={HUSH}"): (f'--require: "DB_PASS=..." {NAMES}',),
    ("/p", "--require", f"DB_PASS: {HUSH}"): (f'--require: "..." {NAMES}',),
    ("/p", "--require", f"@DB_PASS={HUSH}"): ("DB_PASS=...: ", "--require"),
    ("/p", "--allow-var", f"DB_PASS={HUSH}"): (f'--allow-var: "DB_PASS=..." {NAMES}',),
    ("/p", f"--preserve-env=DB_PASS={HUSH}"): (f'--preserve-env: "DB_PASS=..." {NAMES}',),
    ("/p", "--unset", f"DB_PASS={HUSH}"): (f'--unset: "DB_PASS=..." {NAMES}',),
    ("/p", "-u", f"DB_PASS={HUSH}"): (f'-u: "DB_PASS=..." {NAMES}',),
    ("/p", f"-uDB_PASS={HUSH}"): (f'-u: "DB_PASS=..." {NAMES}',),
    # options without a value
    ("/p", f"--verbose={HUSH}"): ("--verbose: takes no value",),
    ("/p", f"--dry-run={HUSH}"): ("--dry-run: takes no value",),
    ("/p", f"-v={HUSH}"): ("-v: takes no value",),
    ("/p", f"-n={HUSH}"): ("-n: takes no value",),
    # fixed words
    ("/p", "--log-format", f"DB_PASS={HUSH}"): ('--log-format: expected text or json, not "DB_PASS=..."',),
    ("/p", "--timeout", f"DB_PASS={HUSH}"): ("--timeout: expected ", 'not "DB_PASS=..."'),
    ("/p", "--label", f"DB_PASS={HUSH}"): ("--label: expected a label",),
    # sources of options
    ("--optional", f"DB_PASS={HUSH}"): ("--optional: DB_PASS=...: " + REF,),
    ("--optional", HUSH): ("--optional: " + SOURCE,),
    ("--file", HUSH): ("--file: expected NAME=/parameter/name",),
    ("--file", f"DB_PASS={HUSH}"): ("--file: DB_PASS=...: " + REF,),
    ("--file", f"/prod/db={HUSH}"): ("--file: /prod/db=...: ", "expected NAME=/parameter/name"),
    # files
    ("--lock", f"DB_PASS={HUSH}"): ("DB_PASS=...: ", "--lock"),
    ("/p", "--env-file", f"DB_PASS={HUSH}"): ("DB_PASS=...: ", "--env-file"),
    ("/p", "--env-file", f"{HUSH}+="): ("...: ", "--env-file"),
    ("/p", "--env-file", f"postgres://u:{HUSH}@h/db"): ("postgres://...: ", "--env-file"),
    ("/p", "--lock", f"postgres://u:{HUSH}@h/db"): ("postgres://...: ", "--lock"),
    ("/p", "--require", f"@u:{HUSH}@h"): ("u:...: ", "--require"),
    ("/p", "--region", f"https://u:{HUSH}@h"): ('--region: "https://..."',),
    ("/p", "--", f"postgres://u:{HUSH}@h/db"): ("postgres://...: not found",),
}


def is_unprinted(result, *texts: str) -> None:
    assert (result.status, result.out) in ((125, ""), (126, ""), (127, "")), result
    assert HUSH not in result.err
    for text in texts:
        assert text in result.err, result.err


@pytest.mark.parametrize("words", WORDS, ids=lambda words: " ".join(word or "" for word in words)[:40].strip())
@pytest.mark.parametrize("options", [(), ("-v",), ("--log-format", "json")], ids=lambda options: " ".join(options))
def test_on_the_command_line(run: Runner, words: tuple[str | None, ...], options: tuple[str, ...]) -> None:
    arguments = [word for word in words if word is not None]
    has_command = len(arguments) < len(words)
    if options == ("--log-format", "json"):
        result = run(*arguments, *(() if has_command else ECHO), env={"SSM_EXEC_LOG_FORMAT": "json"})
        is_unprinted(result)
        if "--log-format" not in arguments:
            assert all(json.loads(line)["msg"] for line in result.err.splitlines())
        return
    env = {"SSM_EXEC_VERBOSE": "1"} if options else {}
    is_unprinted(run(*arguments, *(() if has_command else ECHO), env=env), *WORDS[words])


MEMBERS: dict[str, tuple[tuple[str, ...], Mapping[str, str], str]] = {
    "waiting": ((f"A=/p/a#{HUSH} b", "--timeout", "1s"), {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, "error: A=/p/a#...: the timeout ended"),
    "missing": ((f"A=/p/none#{HUSH}",), {}, "error: A=/p/none#...: "),
    "a reference": ((), {"A": f"ssm:///p/none#{HUSH}"}, "error: A=ssm:///p/none#...: "),
    "another region": ((f"A=arn:aws:ssm:eu-west-9:1:parameter/a#{HUSH}",), {}, "error: A=arn:aws:ssm:eu-west-9:1:parameter/a#...: the ARN's region"),
    "mixed environments": ((f"A=/prod/a#{HUSH}", f"B=/dev/a#{HUSH}"), {}, "error: B=/dev/a#...: belongs to the environment development, but A=/prod/a#... to production"),
}


@pytest.mark.parametrize("case", MEMBERS)
def test_as_the_name_of_a_member(run: Runner, case: str) -> None:
    words, env, text = MEMBERS[case]
    is_unprinted(run(*words, "-v", *ECHO, env=env), text)


def test_the_message_about_a_name_says_what_it_is_about(run: Runner) -> None:
    is_unprinted(run(f"DB_PASS=/{HUSH}+", *ECHO), REF + " after '=': a name can contain only letters, digits, '.', '-', '_' and '/'")


VARIABLES: dict[tuple[str, str], tuple[str, ...]] = {
    ("SSM_EXEC_SOURCES", f"/p DB_PASS={HUSH}"): ("SSM_EXEC_SOURCES: DB_PASS=...: " + REF,),
    ("SSM_EXEC_SOURCES", f"/p,{HUSH}"): ("SSM_EXEC_SOURCES: word 2: " + SOURCE,),
    ("SSM_EXEC_SOURCES", f"{HUSH}+/x=="): ("SSM_EXEC_SOURCES: word 1: ",),
    ("SSM_EXEC_OPTIONAL", f"DB_PASS=/{HUSH}+"): ("SSM_EXEC_OPTIONAL: DB_PASS=...: " + REF,),
    ("SSM_EXEC_FILE", f"DB_PASS={HUSH}"): ("SSM_EXEC_FILE: DB_PASS=...: " + REF,),
    ("SSM_EXEC_LOCK", f"DB_PASS={HUSH}"): ("DB_PASS=...: ",),
    ("SSM_EXEC_ENV_FILE", f"DB_PASS={HUSH}"): ("DB_PASS=...: ",),
    ("SSM_EXEC_KEEP", f"DB_PASS={HUSH}"): (f'SSM_EXEC_KEEP: "DB_PASS=..." {NAMES}',),
    ("SSM_EXEC_UNSET", f"A DB_PASS={HUSH}"): (f'SSM_EXEC_UNSET: "DB_PASS=..." {NAMES}',),
    ("SSM_EXEC_REQUIRE", f"DB_PASS={HUSH}"): (f'SSM_EXEC_REQUIRE: "DB_PASS=..." {NAMES}',),
    ("SSM_EXEC_ALLOW_VAR", f"DB_PASS={HUSH}"): (f'SSM_EXEC_ALLOW_VAR: "DB_PASS=..." {NAMES}',),
    ("SSM_EXEC_PRESERVE_ENV", f"DB_PASS={HUSH}"): (f'SSM_EXEC_PRESERVE_ENV: "DB_PASS=..." {NAMES}',),
    ("SSM_EXEC_FLAT", f"DB_PASS={HUSH}"): ('SSM_EXEC_FLAT: expected ', 'not "DB_PASS=..."'),
    ("SSM_EXEC_LOG_FORMAT", f"DB_PASS={HUSH}"): ('SSM_EXEC_LOG_FORMAT: expected text or json, not "DB_PASS=..."',),
    ("SSM_EXEC_TIMEOUT", f"DB_PASS={HUSH}"): ("SSM_EXEC_TIMEOUT: expected ", 'not "DB_PASS=..."'),
    ("SSM_EXEC_LABEL", f"DB_PASS={HUSH}"): ("SSM_EXEC_LABEL: expected a label",),
    ("SSM_EXEC_DB_PASS", HUSH): ("SSM_EXEC_DB_PASS: ",),
    # references
    ("DB_PASS", f"ssm://{HUSH}"): ("DB_PASS: ", "expected ssm:///parameter/name"),
    ("DB_PASS", f"ssm:///a+{HUSH}=="): ("DB_PASS: ", "expected ssm:///parameter/name"),
    ("DB_PASS", f"ssm:///a:{HUSH}%"): ("DB_PASS: ", "expected ssm:///parameter/name"),
    ("DB_PASS", f"ssm://arn:{HUSH}"): ("DB_PASS: ", "expected ssm:///parameter/name"),
    ("AWS_SECRET_ACCESS_KEY", f"ssm:///{HUSH}"): ("AWS_SECRET_ACCESS_KEY",),
}


@pytest.mark.parametrize("variable", VARIABLES, ids="=".join)
def test_in_a_variable(run: Runner, variable: tuple[str, str]) -> None:
    is_unprinted(run("/p", *ECHO, env=dict([variable])), *VARIABLES[variable])
    is_unprinted(run("/p", "-v", *ECHO, env=dict([variable])), *VARIABLES[variable])


ENV_FILES: dict[str, tuple[str, ...]] = {
    HUSH: (":1: ", "NAME=VALUE"),
    f"A=1\n{HUSH}+x=y": (":2: ", "variable name"),
    f"A='{HUSH}": (":1: ", "quote"),
    f"A='x' {HUSH}": (":1: ", "quote"),
    f"A=ssm://{HUSH}": ("A: ", "expected ssm:///parameter/name"),
    f"A=ssm:///a+{HUSH}": ("A: ", "expected ssm:///parameter/name"),
    f"SSM_EXEC_{HUSH}=1": (":1: ",),
    f"A={HUSH}\r\rB=1": (":1: ",),
}


@pytest.mark.parametrize("text,option", [
    *((text, "--env-file") for text in ENV_FILES),
    *((text, "--require") for text in ENV_FILES if "ssm://" not in text),  # of which only the names count
], ids=lambda value: value if value in ("--env-file", "--require") else "text")  # fmt: skip
def test_in_an_env_file(run: Runner, tmp_path: Path, text: str, option: str) -> None:
    (tmp_path / ".env").write_text(text, newline="")
    file = str(tmp_path / ".env")
    is_unprinted(run("/p", option, "@" * (option == "--require") + file, *ECHO), *ENV_FILES[text])


LOCKS: list[tuple[object, tuple[str, ...]]] = [
    (f'{{"variables": {HUSH}}}', ()),
    ({"variables": HUSH}, ("not a lock file",)),
    ({HUSH: []}, ("not a lock file",)),
    ({"variables": [HUSH]}, ("variable 1: is not an object",)),
    ({"variables": [{**LOCK, "name": f"A={HUSH}"}]}, ("variable 1: ", "variable name")),
    ({"variables": [{**LOCK, "parameter": f"/p+{HUSH}"}]}, ("variable 1 (A): ",)),
    ({"variables": [{**LOCK, "parameter": f"/p:{HUSH}%"}]}, ("variable 1 (A): ",)),
    ({"variables": [{**LOCK, "parameter": f"arn:{HUSH}"}]}, ("variable 1 (A): ",)),
    ({"variables": [{**LOCK, "version": HUSH}]}, ("variable 1 (A): ", "version")),
    ({"variables": [{**LOCK, "file": HUSH}]}, ("variable 1 (A): ", "file")),
    ({"variables": [{**LOCK, "name": f"x+{HUSH}", "version": ""}]}, ("variable 1: ", "version")),
    ({"variables": [{**LOCK, "name": f"x+{HUSH}"}] * 2}, ("twice",)),
]


@pytest.mark.parametrize("contents,texts", LOCKS)
def test_in_a_lock_file(run: Runner, tmp_path: Path, contents: object, texts: tuple[str, ...]) -> None:
    (tmp_path / "lock").write_text(contents if isinstance(contents, str) else json.dumps(contents))
    is_unprinted(run("--lock", tmp_path / "lock", *ECHO), str(tmp_path / "lock"), *texts)


AWS_SETTINGS: list[tuple[tuple[str, ...], Mapping[str, str]]] = [
    (("--region", f"DB_PASS={HUSH}"), {}),
    (("--profile", f"DB_PASS={HUSH}"), {}),
    (("--role-arn", f"DB_PASS={HUSH}"), {}),
    (("--ca-bundle", f"postgres://u:{HUSH}@h/db"), {}),
    (("--ca-bundle", f"DB_PASS={HUSH}"), {}),
    (("--endpoint-url", f"DB_PASS={HUSH}"), {}),
    (("--endpoint-url", f"https://user:{HUSH}@127.0.0.1:1"), {}),
    (("--endpoint-url", f"ftp://user:{HUSH}@127.0.0.1:1"), {}),
    (("--endpoint-url", f"http://user:{HUSH}@192.0.2.1"), {}),
    (("--endpoint-url", f"https://127.0.0.1:1/?key={HUSH}"), {}),
    ((), {"AWS_REGION": f"DB_PASS={HUSH}"}),
    ((), {"AWS_PROFILE": f"DB_PASS={HUSH}"}),
    ((), {"AWS_CA_BUNDLE": f"DB_PASS={HUSH}"}),
    ((), {"AWS_ENDPOINT_URL": f"https://user:{HUSH}@127.0.0.1:1"}),
    ((), {"SSM_EXEC_REGION": f"DB_PASS={HUSH}"}),
    ((), {"SSM_EXEC_PROFILE": f"DB_PASS={HUSH}"}),
    ((), {"SSM_EXEC_CA_BUNDLE": f"DB_PASS={HUSH}"}),
    ((), {"AWS_MAX_ATTEMPTS": f"DB_PASS={HUSH}"}),
    *(((), {variable: f"postgres://u:{HUSH}@h/db"}) for variable in (
        "AWS_REGION", "AWS_PROFILE", "AWS_MAX_ATTEMPTS", "AWS_USE_FIPS_ENDPOINT", "AWS_CA_BUNDLE", "SSL_CERT_FILE", "AWS_CONFIG_FILE",
        "AWS_SHARED_CREDENTIALS_FILE")),
    ((), {"HTTPS_PROXY": f"http://user:{HUSH}@127.0.0.1:notaport"}),
    ((), {"HTTPS_PROXY": f"http://user:{HUSH}@127.0.0.1:1"}),
]


@pytest.mark.parametrize("words,env", AWS_SETTINGS)
def test_in_a_setting_of_aws(run: Runner, words: tuple[str, ...], env: Mapping[str, str]) -> None:
    proxied = {"AWS_ENDPOINT_URL": "https://ssm.invalid.test"} if "HTTPS_PROXY" in env else {}
    is_unprinted(run("/p", "-v", "--timeout", "1s", *words, *ECHO, env={**proxied, **env}))


URL = f"postgres://u:{HUSH}@h/db"
ROLE = "role_arn = arn:aws:iam::123456789012:role/x\n"
WITHOUT_KEYS = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None, "AWS_ENDPOINT_URL": None, "AWS_CA_BUNDLE": None}

# What stands in the section of the profile, and what the message says.
AWS_FILES: dict[str, str] = {
    f"{ROLE}source_profile = {URL}": 'source_profile names a profile that does not exist: "postgres://..."',
    f"{ROLE}source_profile = DB_PASS={HUSH}": 'source_profile names a profile that does not exist: "DB_PASS=..."',
    f"services = {URL}": "there is no section [services postgres://...]",
    f"sso_session = {URL}\nsso_account_id = 1\nsso_role_name = x": "there is no section [sso-session postgres://...]",
    f"credential_process = {URL}": "postgres://...: not found",
    f"max_attempts = {URL}": 'max_attempts: "postgres://..." is not a whole number from 1 to 1000000',
    f"ca_bundle = {URL}": "the file of trusted certificates, postgres://..., cannot be read",
    f"use_fips_endpoint = {URL}": 'use_fips_endpoint: "postgres://..." is neither true nor false',
    f"{ROLE}web_identity_token_file = {URL}": "postgres://...: there is no such file",
}


@pytest.mark.parametrize("text", AWS_FILES)
def test_in_a_shared_aws_file(run: Runner, text: str) -> None:
    (run.home / ".aws").mkdir()
    (run.home / ".aws/config").write_text(f"[default]\n{text}\n")
    is_unprinted(run("/p", "-v", "--timeout", "1s", *ECHO, env=WITHOUT_KEYS), AWS_FILES[text])


METADATA = {**WITHOUT_KEYS, "AWS_EC2_METADATA_DISABLED": None, "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:1"}


@pytest.mark.parametrize("variable", ["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "AWS_METADATA_SERVICE_TIMEOUT", "AWS_METADATA_SERVICE_NUM_ATTEMPTS"])
def test_in_a_setting_of_the_metadata_service(run: Runner, variable: str) -> None:
    is_unprinted(run("/p", "-v", "--timeout", "1s", *ECHO, env={**METADATA, variable: URL}), f'{variable}: "postgres://..." is n')


# --- Another variable's value in the name of a file

WRITTEN = "/x/$DB_PASS"
WEB = {**WITHOUT_KEYS, "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/x", "AWS_WEB_IDENTITY_TOKEN_FILE": WRITTEN}
CONTAINER = {**WITHOUT_KEYS, "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": WRITTEN}

# The words, the variables, the section of the profile, and what the message says.
EXPANDED: dict[str, tuple[tuple[str, ...], Mapping[str, str | None], str, str]] = {
    "--ca-bundle": (("--ca-bundle", WRITTEN), {}, "", f"--ca-bundle: the file of trusted certificates, {WRITTEN}, cannot be read"),
    "AWS_CA_BUNDLE": ((), {"AWS_CA_BUNDLE": WRITTEN}, "", f"AWS_CA_BUNDLE: the file of trusted certificates, {WRITTEN}, cannot be read"),
    "braces": ((), {"AWS_CA_BUNDLE": "/x/${DB_PASS}"}, "", "the file of trusted certificates, /x/${DB_PASS}, cannot be read"),
    "ca_bundle": ((), WITHOUT_KEYS, f"ca_bundle = {WRITTEN}", f"the file of trusted certificates, {WRITTEN}, cannot be read"),
    "a directory": (("--ca-bundle", "$HERE"), {}, "", "$HERE is a directory"),
    "not PEM": (("--ca-bundle", "$HERE/file"), {}, "", "--ca-bundle: $HERE/file holds no PEM certificate"),
    "broken PEM": (("--ca-bundle", "$HERE/broken"), {}, "", "--ca-bundle: $HERE/broken, line 2: "),
    "AWS_CONFIG_FILE": ((), {"AWS_CONFIG_FILE": WRITTEN, "AWS_PROFILE": "x"}, "", f"looked for [profile x] in {WRITTEN} and "),
    "AWS_SHARED_CREDENTIALS_FILE": ((), {"AWS_SHARED_CREDENTIALS_FILE": WRITTEN, "AWS_PROFILE": "x"}, "", f"[x] in {WRITTEN}"),
    "an unreadable AWS_CONFIG_FILE": ((), {"AWS_CONFIG_FILE": "$HERE"}, "", "error: $HERE: is a directory"),
    "a mistake in AWS_CONFIG_FILE": ((), {"AWS_CONFIG_FILE": "$HERE/file"}, "", "error: $HERE/file:1: "),
    "a mistake in AWS_SHARED_CREDENTIALS_FILE": ((), {"AWS_SHARED_CREDENTIALS_FILE": "$HERE/file"}, "", "error: $HERE/file:1: "),
    "AWS_WEB_IDENTITY_TOKEN_FILE": ((), WEB, "", f"error: {WRITTEN}: there is no such file"),
    "an empty token": ((), {**WEB, "AWS_WEB_IDENTITY_TOKEN_FILE": "$HERE/empty"}, "", "error: $HERE/empty: the token file is empty"),
    "a token that is not one": ((), {**WEB, "AWS_WEB_IDENTITY_TOKEN_FILE": "$HERE/file"}, "", "error: $HERE/file: not a token"),
    "a directory of a token": ((), {**WEB, "AWS_WEB_IDENTITY_TOKEN_FILE": "$HERE"}, "", "error: $HERE: is a directory"),
    "web_identity_token_file": ((), WITHOUT_KEYS, f"{ROLE}web_identity_token_file = {WRITTEN}", f"error: {WRITTEN}: there is no such file"),
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": ((), CONTAINER, "", f"error: {WRITTEN}: there is no such file"),
    "AWS_LOGIN_CACHE_DIRECTORY": (
        (), {**WITHOUT_KEYS, "AWS_LOGIN_CACHE_DIRECTORY": WRITTEN}, "login_session = x", f"nobody has signed in here: there is no {WRITTEN}/"),
    "a login cache": (
        (), {**WITHOUT_KEYS, "AWS_LOGIN_CACHE_DIRECTORY": "$HERE"}, "login_session = 1", "error: $HERE/6b86b273ff34fce19d6b804eff5a3f57"),
}  # fmt: skip


@pytest.mark.parametrize("case", EXPANDED)
def test_a_path_is_shown_as_it_was_written(run: Runner, tmp_path: Path, case: str) -> None:
    words, env, profile, text = EXPANDED[case]
    here = tmp_path / HUSH
    here.mkdir()
    (here / "file").write_text("not what is wanted\n")
    (here / "broken").write_text("-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----\n")
    (here / "empty").touch()
    (here / "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b.json").write_text("{}")  # SHA-256 of "1"
    (run.home / ".aws").mkdir()
    (run.home / ".aws/config").write_text(f"[default]\n{profile}\n")
    (run.home / ".aws/credentials").touch()
    is_unprinted(run("/p", "-v", "--timeout", "1s", *words, *ECHO, env={"DB_PASS": HUSH, "HERE": str(here), **env}), text)


def test_a_reference_in_place_of_a_secret_key_is_not_followed(run: Runner, store: ParameterStore) -> None:
    result = run("/p", *ECHO, env={"AWS_SESSION_TOKEN": f"ssm:///{HUSH}"})
    is_unprinted(result, "AWS_SESSION_TOKEN is an ssm:// reference, but its value is needed to read Parameter Store")
    assert store.journal.entries == []
