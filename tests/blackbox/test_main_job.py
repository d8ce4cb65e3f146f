"""From sources to the environment of COMMAND: fetching, mapping, precedence."""

import json
import subprocess

import pytest
from parameter_store import faults

ENV0 = ("--", "/usr/bin/env", "-0")


def variables(result) -> dict[str, str]:
    assert result.status == 0, result.err
    assert result.err == ""
    entries = [entry.split("=", 1) for entry in result.out.split("\0") if entry]
    names = [name for name, _ in entries]
    assert len(names) == len(set(names)), "a name stands twice"
    return dict(entries)


def test_everything_below_a_path_arrives_and_nothing_else(store, run) -> None:
    store.put("/prod/api/port", "8080")
    store.put("/prod/api/db/pass-word", "s3cret", "SecureString")
    store.put("/prod/api/db/hosts.list", "a,b", "StringList")
    store.put("/prod/api", "the path itself")
    store.put("/prod/api-v2/x", "another branch")
    got = variables(run("/prod/api/", *ENV0))
    assert {name: got.get(name) for name in ("PORT", "DB_PASS_WORD", "DB_HOSTS_LIST", "X", "API")} == {
        "PORT": "8080", "DB_PASS_WORD": "s3cret", "DB_HOSTS_LIST": "a,b", "X": None, "API": None,
    }


@pytest.mark.parametrize("value", [
    "plain", " leading and trailing ", "two\nlines\n", "tab\tand \"quotes\" 'too' \\ $HOME `x`", "=a=b=", "\u00e9\u4e2d\U0001f600",
    "\u0001\u001f\u007f", "x" * 8192, "{\"a\": \"\\u0041\"}",
])
def test_values_arrive_byte_for_byte(store, run, value) -> None:
    store.put("/p/v", value, "SecureString", force=True)
    for escaped in (False, True):
        store.answers.escape_non_ascii = escaped
        assert variables(run("/p", *ENV0))["V"] == value


def test_an_empty_value_is_a_set_variable(store, run) -> None:
    store.put("/p/v", "", force=True)
    assert variables(run("/p", *ENV0))["V"] == ""


@pytest.mark.parametrize("end", ["absent", "null", "empty"])
def test_listings_are_read_to_their_end(store, run, end) -> None:
    for number in range(57):
        store.put(f"/p/v{number}", str(number))
    store.paging.empty_pages = {0, 3}
    store.paging.end_of_listing = end
    store.paging.shuffle_seed = 7
    store.answers.exponent_dates = True
    store.answers.extra_members = {"Unknown": {"Nested": [1, {"Parameters": []}]}}
    got = variables(run("/p", *ENV0))
    assert [got[f"V{number}"] for number in range(57)] == [str(number) for number in range(57)]


def test_paths_are_asked_at_the_same_time_and_twice_named_ones_once(store, program, environment) -> None:
    for path in ("/a", "/b", "/c"):
        store.put(f"{path}/v", path)
    hold = store.faults.always(faults.Hold())
    started = subprocess.Popen([program, "/a", "/b=B_", "/c=C_", "/a=A_", *ENV0], env=environment, stdout=subprocess.PIPE)
    try:
        store.journal.wait_for(lambda journal: journal.in_flight == 3)
    finally:
        hold.release()
    out = started.communicate(timeout=30)[0].decode()
    assert started.returncode == 0
    assert {"V=/a", "B_V=/b", "C_V=/c", "A_V=/a"} <= set(out.split("\0"))
    assert len(store.journal.operations("GetParametersByPath")) == 3


def test_pages_reuse_their_connection(store, run) -> None:
    for number in range(100):
        store.put(f"/p/v{number}", "x")
    variables(run("/p", *ENV0))
    assert len(store.journal.operations("GetParametersByPath")) == 10
    assert store.journal.connections == 1


def test_names_go_ten_a_call_all_at_the_same_time(store, program, environment) -> None:
    names = [f"/n/v{number}" for number in range(25)]
    for name in names:
        store.put(name, name)
    hold = store.faults.always(faults.Hold())
    sources = [f"V{number}={name}" for number, name in enumerate(names)]
    started = subprocess.Popen([program, *sources, "AGAIN=/n/v3", *ENV0], env=environment, stdout=subprocess.PIPE)
    try:
        store.journal.wait_for(lambda journal: journal.in_flight == 3)
    finally:
        hold.release()
    out = started.communicate(timeout=30)[0].decode().split("\0")
    assert started.returncode == 0
    assert {f"V{number}={name}" for number, name in enumerate(names)} | {"AGAIN=/n/v3"} <= set(out)
    asked = [name for call in store.journal.operations("GetParameters") for name in call.body["Names"]]
    assert sorted(asked) == sorted(names)


def test_versions_labels_arns_and_secrets_by_name(store, run) -> None:
    store.put("/n/key", "one", labels=("blue",))
    store.put("/n/key", "two")
    arn = "arn:aws:ssm:us-east-1:210987654321:parameter/shared/key"
    store.put_shared(arn, "theirs")
    store.put_secret("prod/db", "hidden")
    got = variables(run("A=/n/key", "B=/n/key:1", "C=/n/key:blue", f"D={arn}",
                        "E=/aws/reference/secretsmanager/prod/db", *ENV0))
    assert [got[name] for name in "ABCDE"] == ["two", "one", "one", "theirs", "hidden"]


def test_an_arn_of_another_region_is_refused_before_any_request(store, run) -> None:
    result = run("A=arn:aws:ssm:eu-west-1:210987654321:parameter/k", *ENV0)
    assert result.status == 125
    assert "the ARN's region is eu-west-1, but this run reads from us-east-1" in result.err
    assert store.journal.operations() == []


def test_missing_names_are_all_reported(store, run) -> None:
    store.put("/n/there", "x")
    result = run("A=/n/there", "B=/n/gone", "C=/n/there:9", *ENV0)
    assert result.status == 125
    assert "B=/n/gone: ParameterNotFound: there is no /n/gone in us-east-1" in result.err
    assert "C=/n/there:9: ParameterNotFound: there is no /n/there:9" in result.err


def test_optional_sources_may_be_missing_but_not_denied(store, run) -> None:
    store.put("/p/v", "x")
    got = variables(run("/p", "--optional", "/none", "--optional", "Q=/none/q", *ENV0))
    assert got["V"] == "x" and "Q" not in got
    store.deny("ssm:GetParametersByPath", "/none")
    result = run("/p", "--optional=/none", *ENV0)
    assert result.status == 125
    assert "/none: AccessDeniedException" in result.err


def test_mapping_options(store, run) -> None:
    store.put("/p/Db/user-name", "u")
    store.put("/p/top", "t")
    assert variables(run("/p", "--preserve-case", *ENV0))["Db_user_name"] == "u"
    assert variables(run("/p=X_", "--flat", *ENV0))["X_USER_NAME"] == "u"
    shallow = variables(run("/p", "--no-recursive", *ENV0))
    assert shallow["TOP"] == "t" and "DB_USER_NAME" not in shallow


def test_labels_of_a_path_select_versions(store, run) -> None:
    store.put("/p/a", "old", labels=("release",))
    store.put("/p/a", "new")
    store.put("/p/b", "unlabelled")
    got = variables(run("/p", "--label", "release", *ENV0))
    assert got["A"] == "old" and "B" not in got


def test_later_sources_win_and_inherited_ones_can_be_preserved(store, run) -> None:
    store.put("/a/v", "a")
    store.put("/b/v", "b")
    inherited = {"V": "inherited", "W": "kept"}
    assert variables(run("/a", "/b", *ENV0, env=inherited))["V"] == "b"
    assert variables(run("/b", "/a", *ENV0, env=inherited))["V"] == "a"
    assert variables(run("/a", "--preserve-env", *ENV0, env=inherited))["V"] == "inherited"
    assert variables(run("/a", "--preserve-env=V", *ENV0, env=inherited))["V"] == "inherited"
    assert variables(run("/a", "--preserve-env=W", *ENV0, env=inherited))["V"] == "a"


@pytest.mark.parametrize("names,arguments,message", [
    (("/p/a-b", "/p/a_b"), (), "/p/a-b and /p/a_b would both become A_B"),
    (("/p/x/k", "/p/y/k"), ("--flat",), "/p/x/k and /p/y/k would both become K"),
    (("/p/1st",), (), '/p/1st: would become the variable "1ST", which is not a valid name'),
    (("/p/ld-preload",), (), "/p/ld-preload: would set LD_PRELOAD, which the loader or a shell acts upon"),
    (("/p/path",), (), "/p/path: would set PATH"),
    (("/p/bash/env",), (), "/p/bash/env: would set BASH_ENV"),
    (("/p/ssm-exec/timeout",), ("--allow-var", "SSM_EXEC_TIMEOUT"), "would set SSM_EXEC_TIMEOUT"),
])
def test_what_cannot_be_mapped_is_refused_by_name(store, run, names, arguments, message) -> None:
    for name in names:
        store.put(name, "x", force=True)
    result = run("/p", *arguments, "--", "/bin/echo", "started")
    assert result.status == 125
    assert message in result.err
    assert result.out == ""


def test_guarded_variables_pass_when_allowed_or_preserved(store, run) -> None:
    store.put("/p/path", "/usr/bin:/bin:/opt")
    assert variables(run("/p", "--allow-var", "PATH", *ENV0))["PATH"] == "/usr/bin:/bin:/opt"
    assert variables(run("/p", "--preserve-env=PATH", *ENV0))["PATH"] == run.environment()["PATH"]


@pytest.mark.parametrize("escape,message", [
    (rb"\u0000", "the value holds a NUL"),
    (rb"\ud800", "holds half a character"),
    (rb"\udc00\ud800", "holds half a character"),
])
def test_values_that_cannot_be_variables_are_refused(store, run, escape, message) -> None:
    store.put("/p/v", "MARK")
    store.faults.always(faults.AlterBody(lambda body: body.replace(b"MARK", escape)))
    result = run("/p", "--", "/bin/echo", "started")
    assert (result.status, result.out) == (125, "")
    assert f"/p/v: {message}" in result.err


def test_mixed_environments_are_refused_unless_allowed(store, run) -> None:
    store.put("/prod/a/v", "p")
    store.put("/dev/a/w", "d")
    result = run("/prod/a", "/dev/a", *ENV0)
    assert result.status == 125
    assert "/dev/a: belongs to the environment development, but /prod/a to production" in result.err
    assert store.journal.operations() == []
    got = variables(run("/prod/a", "/dev/a", "--allow-mixed", *ENV0))
    assert (got["V"], got["W"]) == ("p", "d")
    assert run("/", *ENV0).status == 125
    assert variables(run("/", "--allow-mixed", *ENV0))["PROD_A_V"] == "p"


def test_settings_by_variables_are_not_passed_on(store, run) -> None:
    store.put("/p/v", "x")
    got = variables(run(*ENV0, env={"SSM_EXEC_SOURCES": "/p,/p=P_", "SSM_EXEC_OPTIONAL": "/none",
                                    "SSM_EXEC_PRESERVE_CASE": "yes", "SSM_EXEC_VERSION": "9"}))
    assert got["v"] == "x" and got["P_v"] == "x"
    assert not [name for name in got if name.startswith("SSM_EXEC")]


def test_dry_run_tells_names_and_versions_and_no_value(store, run) -> None:
    store.put("/p/b", "secret-value", "SecureString")
    store.put("/p/a", "secret-value")
    store.put("/p/a", "secret-value-2")
    table = run("/p", "--dry-run", env={"A": "inherited"})
    assert table.status == 0 and "secret-value" not in table.out
    assert [line.split()[:4] for line in table.out.splitlines()[1:]] == [
        ["A", "/p/a", "String", "2"], ["B", "/p/b", "SecureString", "1"]]
    assert "overrides the inherited value" in table.out
    printed = run("/p", "-n", "--json")
    assert printed.out == run("/p", "-n", "--json").out
    listed = json.loads(printed.out)["variables"]
    assert [(row["name"], row["parameter"], row["version"], row["type"], row["source"]) for row in listed] == [
        ("A", "/p/a", 2, "String", "/p"), ("B", "/p/b", 1, "SecureString", "/p")]
    assert run("/p", "-n", "--", "no-such-command").status == 127


@pytest.mark.parametrize("character", ["\x1b", "\x07", "\x7f", "\r", "\t", "\u0085", "\u009b", "\u202e", "\u2066"])
@pytest.mark.parametrize("member", ["Name", "Type"])
def test_the_table_of_a_dry_run_holds_no_character_that_acts_on_a_terminal(store, run, character, member) -> None:
    store.put("/p/level/v", "x")
    store.put("/p/level/w", "x")
    before, forged = {"Name": ("/p/level/v", f"/p/{character}[2J/v"), "Type": ("String", f"Str{character}[2Jing")}[member]

    def alter(body: bytes) -> bytes:
        page = json.loads(body)
        for parameter in page["Parameters"]:
            if parameter[member] == before:
                parameter[member] = forged
        return json.dumps(page).encode()

    store.faults.always(faults.AlterBody(alter))
    result = run("/p", "--flat", "--dry-run")
    shown = result.out + result.err
    assert shown != "" and result.status in (0, 125)
    assert not [c for c in shown if c != "\n" and not (" " <= c <= "~" or "\xa0" <= c < "\u2000")], shown
    if result.status == 0:
        assert [line.split()[0] for line in result.out.splitlines()] == ["VARIABLE", "V", "W"]


def test_a_thousand_parameters_on_several_paths(store, run) -> None:
    for path in range(4):
        for number in range(250):
            store.put(f"/p{path}/v{number}", f"{path}-{number}")
    got = variables(run(*[f"/p{path}=P{path}_" for path in range(4)], *ENV0))
    assert all(got[f"P{path}_V{number}"] == f"{path}-{number}" for path in range(4) for number in range(250))


def test_botocore_and_the_program_agree_on_random_hierarchies(store, run) -> None:
    import random

    import botocore.session

    seed = 20261124
    randomness = random.Random(seed)
    credentials = store.default_credentials
    client = botocore.session.Session().create_client(
        "ssm", region_name=store.region, endpoint_url=store.endpoint_url, verify=str(store.ca_file),
        aws_access_key_id=credentials.access_key_id, aws_secret_access_key=credentials.secret_access_key,
        aws_session_token=credentials.session_token)
    alphabet = "abc \t\n\"\\/=#'\u00e9\u20ac\U0001f680\u0001"
    for _ in range(25):
        store.reset()
        root = f"/r{randomness.randrange(3)}"
        for number in range(randomness.randrange(1, 35)):
            levels = [randomness.choice(("x", "y-y", "z.z")) for _ in range(randomness.randrange(3))]
            value = "".join(randomness.choice(alphabet) for _ in range(randomness.randrange(1, 200)))
            store.put("/".join([root, *levels, f"v{number}"]), value,
                      randomness.choice(("String", "SecureString", "StringList")), force=True)
        expected = {}
        for page in client.get_paginator("get_parameters_by_path").paginate(
                Path=root, Recursive=True, WithDecryption=True):
            for parameter in page["Parameters"]:
                name = parameter["Name"][len(root) + 1:]
                expected[name.upper().replace("/", "_").replace("-", "_").replace(".", "_")] = parameter["Value"]
        got = variables(run(root, *ENV0))
        assert {name: got.get(name) for name in expected} == expected, f"seed {seed}"
