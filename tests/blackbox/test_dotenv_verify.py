"""ssm-dotenv verify: each state of a row, what refusals hide and do not hide, and that no value is shown."""

from __future__ import annotations

import json
import os
import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import terminals
from conftest import PATH, Runner
from parameter_store import ParameterStore, faults
from terminals import plain
from test_dotenv_map import quoted, random_env

MARK = "mark-77e1-must-not-be-seen"
ENV = f"""\
DB_PASSWORD='{MARK} "$x" `y` #'
EMPTY=
NODE_ENV=production
OLD_FLAG=1
PORT=8080
"""
MAP = """\
# ssm-dotenv map 1
# SecureString key=alias/prod
DB_PASSWORD=ssm:///prod/api/db_password
# plain
EMPTY=
# plain
NODE_ENV=production
# String
PORT=ssm:///prod/api/port
# retired: OLD_FLAG
"""
VALUE = f'{MARK} "$x" `y` #'
HEAD = "STATE VARIABLE PARAMETER TYPE VERSION NOTE"
SAME = [
    "same DB_PASSWORD /prod/api/db_password SecureString 1",
    "same EMPTY - - - plain in the map",
    "same NODE_ENV - - - plain in the map",
    "same PORT /prod/api/port String 1",
]


class Tool:
    """Runs ssm-dotenv against the store, in a folder with the env file and its map. No output has the value."""

    def __init__(self, run: Runner, folder: Path) -> None:
        self.run = Runner(run.program.parent / "ssm-dotenv", run._store, run.home)
        self.folder = folder
        (folder / ".env").write_text(ENV)
        (folder / "prod.map").write_text(MAP)

    def __call__(self, *args: str, status: int = 0, **options: object) -> subprocess.CompletedProcess[str]:
        done = self.run(*args, cwd=self.folder, **options)
        assert done.status == status, done
        assert MARK not in done.out + done.err
        for line in done.err.splitlines():
            assert line.startswith(("ssm-dotenv: ", "{")), done.err
        return subprocess.CompletedProcess(args, done.status, done.out, done.err)

    def rows(self, *args: str, status: int = 0, **options: object) -> list[str]:
        done = self("verify", *args, status=status, **options)
        head, *rows = [" ".join(line.split()) for line in done.stdout.splitlines()]
        assert head == HEAD
        return rows


@pytest.fixture
def tool(run: Runner, tmp_path: Path) -> Tool:
    return Tool(run, tmp_path)


@pytest.fixture
def filled(store: ParameterStore) -> None:
    store.put("/prod/api/db_password", VALUE, "SecureString", key_id="alias/prod")
    store.put("/prod/api/port", "8080")


def same(*changed: str) -> list[str]:
    """The rows of a store in order, with some of them replaced."""
    return sorted([row for row in SAME if row.split()[1] not in {new.split()[1] for new in changed}] + list(changed), key=lambda row: row.split()[1])


# --- States


@pytest.mark.usefixtures("filled")
def test_all_is_the_same(tool: Tool) -> None:
    assert tool.rows("--env-file", ".env", "prod.map") == SAME
    assert tool.rows("--env-file=.env", "--path=/prod/api/", "--", "prod.map") == SAME
    assert tool.rows("--env-file", "-", "prod.map", input=ENV.encode(), stdin=None) == SAME
    assert tool.rows("prod.map") == [SAME[0], SAME[3]]
    assert tool.rows("--names-only", "-", input=MAP.encode(), stdin=None) == [SAME[0], SAME[3]]


@pytest.mark.usefixtures("filled")
def test_rows_fit_the_terminal(tool: Tool, store: ParameterStore) -> None:
    store.delete("/prod/api/db_password")
    store.put("/prod/api/db_password", "another", "SecureString", key_id="alias/dev")

    def shown(columns: int, *args: str, **variables: str) -> str:
        command = [tool.run.program, "verify", "--env-file", ".env", *args, "prod.map"]
        text = terminals.on_terminal(columns, command, tool.folder, {**tool.run.environment(), **variables}, status=1)
        assert MARK not in text
        return text

    assert plain(shown(200)) == tool("verify", "--env-file", ".env", "prod.map", status=1).stdout
    assert "\033[31mdiffers\033[0m" in shown(200) or "\033[31mkey\033[0m" in shown(200)
    assert "\033" not in shown(200, NO_COLOR="1") + shown(200, TERM="dumb") + shown(200, "--json")
    for columns in (100, 80, 40):
        lines = plain(shown(columns)).splitlines()
        assert max(map(len, lines)) <= columns
        assert all(word in " ".join(lines) for word in ("DB_PASSWORD", "db_password", "SecureString", "alias/dev", "plain in the map"))


CHANGES: dict[str, tuple[Callable[[ParameterStore], object], str]] = {
    "another value": (lambda store: store.put("/prod/api/port", "8081"), "differs PORT /prod/api/port String 2 the values differ"),
    "a longer value": (lambda store: store.put("/prod/api/port", "80800"), "differs PORT /prod/api/port String 2 the values differ"),
    "one byte less": (lambda store: store.put("/prod/api/port", "808"), "differs PORT /prod/api/port String 2 the values differ"),
    "deleted": (lambda store: store.delete("/prod/api/port"), "missing PORT /prod/api/port - -"),
    "another type": (
        lambda store: (store.delete("/prod/api/port"), store.put("/prod/api/port", "8080", "SecureString")),
        "type PORT /prod/api/port SecureString 1 the map says String",
    ),
    "another type and value": (
        lambda store: (store.delete("/prod/api/port"), store.put("/prod/api/port", "1", "SecureString")),
        "type PORT /prod/api/port SecureString 1 the map says String; the values differ",
    ),
    "another key": (
        lambda store: (store.delete("/prod/api/db_password"), store.put("/prod/api/db_password", VALUE, "SecureString", key_id="alias/dev")),
        "key DB_PASSWORD /prod/api/db_password SecureString 1 the key is alias/dev, the map says alias/prod",
    ),
    "an id as the key": (
        lambda store: (store.delete("/prod/api/db_password"), store.put("/prod/api/db_password", VALUE, "SecureString", key_id="0b5c2c5e-0000")),
        "same DB_PASSWORD /prod/api/db_password SecureString 1 the key is 0b5c2c5e-0000, the map says alias/prod (an alias and an id cannot be compared)",
    ),
}


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("case", CHANGES)
def test_what_changed_has_its_state(tool: Tool, store: ParameterStore, case: str) -> None:
    change, row = CHANGES[case]
    change(store)
    status = 0 if row.startswith("same") else 1
    assert tool.rows("--env-file", ".env", "prod.map", status=status) == same(row)


@pytest.mark.usefixtures("filled")
def test_names_only_does_not_decrypt_and_does_not_compare_values(tool: Tool, store: ParameterStore) -> None:
    store.put("/prod/api/db_password", "another", "SecureString", key_id="alias/prod")
    store.deny_key("alias/prod")
    store.journal.clear()
    rows = ["same DB_PASSWORD /prod/api/db_password SecureString 2", "same PORT /prod/api/port String 1"]
    assert tool.rows("--names-only", "--path", "/prod/api", "prod.map") == rows
    assert {entry.body.get("WithDecryption", False) for entry in store.journal.entries} == {False}
    assert tool.rows("--env-file", ".env", "prod.map", status=1)[0].startswith("denied DB_PASSWORD /prod/api/db_password - - the role needs kms:Decrypt")


@pytest.mark.usefixtures("filled")
def test_what_the_file_and_the_map_do_not_share_is_told(tool: Tool) -> None:
    (tool.folder / ".env").write_text(ENV.replace("PORT=8080", "NEW=1").replace("production", "staging"))
    assert tool.rows("--env-file", ".env", "prod.map", status=1) == same(
        "missing NEW - - - the map neither maps, keeps nor retires it",
        "differs NODE_ENV - - - plain in the map; the values differ",
        "differs PORT /prod/api/port String 1 the env file does not have this variable",
    )


@pytest.mark.usefixtures("filled")
def test_what_is_below_the_path_and_in_no_line_is_extra(tool: Tool, store: ParameterStore) -> None:
    for number in range(23):
        store.put(f"/prod/api/x/v{number:02}", MARK, "SecureString")
    store.put("/prod/apiary", "neighbour")
    rows = tool.rows("--env-file", ".env", "--path", "/prod/api", "prod.map", status=1)
    assert rows == SAME + [f"extra - /prod/api/x/v{n:02} SecureString 1 ssm-exec /prod/api sets X_V{n:02} to it" for n in range(23)]
    assert tool.rows("--env-file", ".env", "prod.map") == SAME
    assert "--path: no parameter of the map is below /prod/ap\n" in tool("verify", "--path", "/prod/ap", "prod.map", status=2).stderr


@pytest.mark.usefixtures("filled")
def test_a_name_that_becomes_another_variable_by_its_path_differs(tool: Tool, store: ParameterStore) -> None:
    (tool.folder / "prod.map").write_text(MAP.replace("PORT=ssm:///prod/api/port", "PORT=ssm:///prod/api/http_port"))
    store.put("/prod/api/http_port", "8080")
    row = "differs PORT /prod/api/http_port String 1 by its path it becomes another variable"
    assert row in tool.rows("--env-file", ".env", "--path", "/prod/api", "prod.map", status=1)
    assert "same PORT /prod/api/http_port String 1" in tool.rows("--env-file", ".env", "prod.map")


def test_json_has_the_same_facts(tool: Tool, store: ParameterStore) -> None:
    store.put("/prod/api/db_password", VALUE, "SecureString", key_id="alias/prod")
    done = tool("verify", "--json", "--env-file", ".env", "prod.map", status=1)
    rows = json.loads(done.stdout)["rows"]
    assert rows[0] == {"state": "same", "variable": "DB_PASSWORD", "parameter": "/prod/api/db_password", "type": "SecureString", "version": 1, "note": None}
    assert rows[3] == {"state": "missing", "variable": "PORT", "parameter": "/prod/api/port", "type": None, "note": None}
    assert [row["variable"] for row in rows] == ["DB_PASSWORD", "EMPTY", "NODE_ENV", "PORT"]


# --- Refusals


def test_a_denied_parameter_hides_no_other(tool: Tool, store: ParameterStore) -> None:
    names = [f"v{number:02}" for number in range(25)]
    (tool.folder / "prod.map").write_text("# ssm-dotenv map 1\n" + "".join(f"{name.upper()}=ssm:///prod/api/{name}\n" for name in names))
    for name in names[1:]:
        store.put(f"/prod/api/{name}", MARK, "SecureString", key_id="alias/other" if name == "v13" else "alias/aws/ssm")
    store.deny("ssm:GetParameters", "/prod/api/v07")
    store.deny_key("alias/other")
    rows = {row.split()[1]: row for row in tool.rows("prod.map", status=1)}
    states = {name: row.split()[0] for name, row in rows.items()}
    assert states == {name.upper(): {"v00": "missing", "v07": "denied", "v13": "denied"}.get(name, "same") for name in names}
    assert "ssm:GetParameters on arn:aws:ssm:us-east-1:*:parameter/prod/api/v07" in rows["V07"]
    assert "kms:Decrypt" in rows["V13"]


@pytest.mark.usefixtures("filled")
def test_without_the_right_to_describe_keys_are_not_compared(tool: Tool, store: ParameterStore) -> None:
    store.delete("/prod/api/db_password")
    store.put("/prod/api/db_password", VALUE, "SecureString", key_id="alias/dev")
    store.deny("ssm:DescribeParameters")
    done = tool("verify", "-v", "--env-file", ".env", "prod.map")
    assert "keys are not compared: the role has no ssm:DescribeParameters" in done.stderr


@pytest.mark.usefixtures("filled")
def test_a_path_that_may_not_be_listed_is_a_failure(tool: Tool, store: ParameterStore) -> None:
    store.deny("ssm:GetParametersByPath")
    done = tool("verify", "--path", "/prod/api", "prod.map", status=2)
    assert done.stdout == ""
    assert "the role needs ssm:GetParametersByPath" in done.stderr or "GetParametersByPath" in done.stderr


FAILURES = {
    "no credentials": {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None},
    "a wrong key": {"AWS_SECRET_ACCESS_KEY": MARK},
    "a server that is not there": {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"},
}


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("case", FAILURES)
def test_a_failure_prints_no_rows(tool: Tool, case: str) -> None:
    done = tool("verify", "-v", "--timeout=3s", "--env-file", ".env", "prod.map", status=2, env=FAILURES[case])
    assert done.stdout == ""
    assert ": error: " in done.stderr


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("fault", ["", "prod.map: no map", "both are standard input", "decrypted names", "two maps", "the whole store"])
def test_usage_errors(tool: Tool, fault: str) -> None:
    args, text = {
        "": ((), "there is no MAP"),
        "prod.map: no map": ((".env",), ".env"),
        "both are standard input": (("--env-file", "-", "-"), "only one file can be standard input"),
        "decrypted names": (("--names-only", "--env-file", ".env", "prod.map"), "--names-only and --env-file exclude each other"),
        "two maps": (("prod.map", "prod.map"), "there is one MAP already"),
        "the whole store": (("--path", "/", "prod.map"), "whole store"),
    }[fault]
    done = tool("verify", *args, status=2)
    assert done.stdout == ""
    assert text in done.stderr


REPLIES = (b"", b"[]", b"{", b'{"Parameters": [{"Name": 1}]}', b'{"Parameters": [{"Name": "/x", "Type": "String", "Value": [1], "KeyId": [1]}]}')


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("operation", ["GetParameters", "DescribeParameters", "GetParametersByPath"])
@pytest.mark.parametrize("reply", REPLIES)
def test_answers_that_make_no_sense_are_refused(tool: Tool, store: ParameterStore, operation: str, reply: bytes) -> None:
    store.faults.always(faults.wrong_shape(reply), lambda asked, _: asked == operation)
    done = tool("verify", "--timeout=3s", "--path=/prod/api", "--env-file", ".env", "prod.map", status=2)
    assert done.stdout == ""


def test_the_keys_of_any_number_of_parameters_are_compared(tool: Tool, store: ParameterStore) -> None:
    names = [f"v{number:03}" for number in range(120)]
    (tool.folder / "prod.map").write_text("# ssm-dotenv map 1\n" + "".join(f"{name.upper()}=ssm:///prod/api/{name}\n" for name in names))
    for name in names:
        store.put(f"/prod/api/{name}", MARK, "SecureString", key_id="alias/other" if name in ("v049", "v050", "v119") else "alias/aws/ssm")
    rows = [row.split()[:2] for row in tool.rows("prod.map", status=1)]
    assert [name for state, name in rows if state == "key"] == ["V049", "V050", "V119"]
    assert len(rows) == 120
    asked = [len(entry.body["ParameterFilters"][0]["Values"]) for entry in store.journal.entries if entry.operation == "DescribeParameters"]
    assert asked == [50, 50, 20]


@pytest.mark.usefixtures("filled")
def test_a_second_page_of_keys_is_asked_for(tool: Tool, store: ParameterStore) -> None:
    store.delete("/prod/api/db_password")
    store.put("/prod/api/db_password", VALUE, "SecureString", key_id="alias/dev")

    def empty_first_page(body: bytes) -> bytes:
        return json.dumps({"Parameters": [], "NextToken": "more"}).encode()

    store.faults.add(faults.AlterBody(empty_first_page), 1, lambda asked, _: asked == "DescribeParameters")
    store.faults.add(
        faults.wrong_shape(b'{"Parameters": [{"Name": "/prod/api/db_password", "KeyId": "alias/dev"}, {"Name": "/x", "KeyId": "alias/y"}], "NextToken": ""}'),
        1, lambda asked, request: asked == "DescribeParameters" and request.get("NextToken") == "more",
    )  # fmt: skip
    assert tool.rows("prod.map", status=1)[0].startswith("key DB_PASSWORD /prod/api/db_password SecureString 1 the key is alias/dev")


@pytest.mark.usefixtures("filled")
def test_pages_that_never_end_are_left(tool: Tool, store: ParameterStore) -> None:
    store.faults.always(faults.wrong_shape(b'{"Parameters": [], "NextToken": "again"}'), lambda asked, _: asked == "DescribeParameters")
    assert "more than 100 pages came" in tool("verify", "prod.map", status=2).stderr


# --- Round trips


ROUND_TRIPS = int(os.environ.get("ROUND_TRIPS", "20"))
"""How many random env files go through map, Parameter Store, verify and ssm-exec; tests/roundtrips/run takes 2,000."""
STEP = 10


def fill(tool: Tool, references: dict[str, str]) -> None:
    allowed = [f"--allow-placeholder={','.join(references)}"] if references else []
    tool("push", "--env-file", ".env", "--apply", "--rate=10", *allowed, "prod.map")


@pytest.mark.release_only
@pytest.mark.parametrize("first", range(0, ROUND_TRIPS, STEP))
def test_random_files_are_the_same_in_the_store_and_in_the_command(run: Runner, tool: Tool, store: ParameterStore, first: int) -> None:
    for seed in range(first, first + STEP):
        chance = random.Random(f"round trip {seed}")
        values = {name: value for name, value in list(random_env(chance).items())[:5] if len(value.encode()) <= 8192}
        (tool.folder / ".env").write_text("".join(f"{name}={quoted(value)}\n" for name, value in values.items()))
        text = tool("map", "--path=/r/api", "--style", chance.choice(["words", "dashes", "levels"]), ".env").stdout
        (tool.folder / "prod.map").write_text(text)
        lines = [line.split("=ssm://", 1) for line in text.splitlines() if "=ssm://" in line]
        references = {name: parameter for name, parameter in lines}
        assert sorted(references) == sorted(name for name, value in values.items() if value != ""), seed
        store.reset()
        fill(tool, references)
        below = ["--path", "/r/api"] if references else []  # a path that no line of the map is below is an error
        rows = tool.rows("--env-file", ".env", *below, "prod.map")
        assert [row.split()[:2] for row in rows] == [["same", name] for name in sorted(values)], seed
        result = run("--env-file", tool.folder / "prod.map", "--pristine", "--", "/usr/bin/env", "-0")
        assert result.variables == values, seed
        if references:
            name = chance.choice(sorted(references))
            store.put(references[name], chance.choice([values[name] + " ", "x" + values[name], values[name][1:] or "x" + values[name]]),
                      "SecureString", tier="Advanced")  # fmt: skip
            rows = tool.rows("--env-file", ".env", "prod.map", status=1)
            assert [row.split()[1] for row in rows if not row.startswith("same ")] == [name], seed


@pytest.mark.release_only
@pytest.mark.skipif(not os.access("/usr/bin/aws", os.X_OK), reason="Debian's awscli is not installed")
def test_the_command_line_client_of_aws_reads_the_same_bytes(tool: Tool, store: ParameterStore) -> None:
    chance = random.Random("command line client")
    values = {f"A_{name}": value for _ in range(4) for name, value in random_env(chance).items() if 0 < len(value.encode()) <= 8192}
    (tool.folder / ".env").write_text("".join(f"{name}={quoted(value)}\n" for name, value in values.items()))
    (tool.folder / "prod.map").write_text(tool("map", "--path=/r/api", ".env").stdout)
    fill(tool, dict.fromkeys(values, ""))
    command = ["/usr/bin/aws", "ssm", "get-parameters-by-path", "--path=/r/api", "--with-decryption", "--output=json", "--endpoint-url", store.endpoint_url]
    done = subprocess.run(command, env={**store.environment(), "PATH": PATH, "HOME": str(tool.folder)}, capture_output=True, text=True, check=True)
    found = {parameter["Name"].removeprefix("/r/api/").upper(): parameter["Value"] for parameter in json.loads(done.stdout)["Parameters"]}
    assert len(found) > 10 and found == values


# --- Roles


@pytest.mark.usefixtures("filled")
def test_people_who_may_not_decrypt_verify_names(tool: Tool, store: ParameterStore) -> None:
    scope = ("--path", "/prod/api", "--account", "123456789012", "--region", store.region)
    policy = json.loads(tool("policy", "human", "config", *scope).stdout)
    store.attach(policy)
    assert tool.rows("--names-only", "--path", "/prod/api", "prod.map") == [SAME[0], SAME[3]]
    denied, plain = tool.rows("prod.map", status=1)
    assert denied.startswith("denied DB_PASSWORD /prod/api/db_password - - ") and "kms:Decrypt" in denied
    assert plain == SAME[3]


@pytest.mark.usefixtures("filled")
def test_the_role_of_the_application_verifies_its_values(tool: Tool, store: ParameterStore) -> None:
    scope = ("--account", "123456789012", "--region", store.region, "--default-key")
    store.delete("/prod/api/db_password")
    store.put("/prod/api/db_password", VALUE, "SecureString")
    (tool.folder / "prod.map").write_text(MAP.replace(" key=alias/prod", ""))
    store.attach(json.loads(tool("policy", "application", "--path", "/prod/api", *scope).stdout))
    assert tool.rows("--env-file", ".env", "--path", "/prod/api", "prod.map") == SAME
