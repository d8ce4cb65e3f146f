"""ssm-dotenv push: what is written, what is refused before anything is sent, and that nothing is lost or overwritten."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import terminals
from conftest import PATH, ROOT
from parameter_store import Credentials, ParameterStore, faults
from parameter_store.errors import ServiceError
from parameter_store.exchange import Exchange
from parameter_store.names import Reference
from privileges import strace
from terminals import plain

MARKER = "hunter2-marker"
ENV = f"""\
DB_PASSWORD='{MARKER} "$" x'
PORT=8080
STRIPE_KEY={MARKER}-stripe
"""
MAP = """\
# ssm-dotenv map 1
# SecureString key=alias/prod
DB_PASSWORD=ssm:///prod/api/db_password
# String
PORT=ssm:///prod/api/port
STRIPE_KEY=ssm:///prod/api/stripe_key
"""
NAMES = ["/prod/api/db_password", "/prod/api/port", "/prod/api/stripe_key"]
KILLS = int(os.environ.get("SSM_DOTENV_KILLS", "5"))


@dataclass
class CarriedOut(faults.Fault):
    """The request is carried out; then the client gets the answer that `after` gives, or none."""

    after: faults.Fault | None = None

    def serve(self, exchange: Exchange) -> bool:
        assert exchange.answer is not None
        if self.after is None:
            exchange.reset()
            return True
        return self.after.serve(exchange)


@dataclass
class Meanwhile(faults.Fault):
    """Somebody else does something before the request is dealt with."""

    action: Callable[[], Any]

    def serve(self, exchange: Exchange) -> bool:
        self.action()
        return False


def is_put(operation: str, request: Any) -> bool:
    return operation == "PutParameter"


class Push:
    """Runs ssm-dotenv push for an env file and a map in a folder, against the store."""

    def __init__(self, program: Path, store: ParameterStore, folder: Path) -> None:
        self.program = program.parent / "ssm-dotenv"
        self.store = store
        self.folder = folder
        self.file = folder / ".env.production"
        self.map = folder / "prod.map"
        self.file.write_text(ENV)
        self.map.write_text(MAP)
        self.credentials: Credentials | None = None

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": PATH,
            "HOME": str(self.folder),
            "AWS_EC2_METADATA_DISABLED": "true",
            **{name: os.environ[name] for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ},
            **self.store.environment(self.credentials),
        }

    def command(self, *args: str) -> list[str | Path]:
        return [self.program, "push", "--env-file", self.file.name, *args, self.map.name]

    def __call__(self, *args: str, status: int = 0, **popen: Any) -> subprocess.CompletedProcess[str]:
        popen.setdefault("stdin", subprocess.DEVNULL)
        done = subprocess.run(self.command(*args), cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=120, check=False, **popen)
        assert done.returncode == status, done
        assert MARKER not in done.stdout + done.stderr
        for line in done.stderr.splitlines():
            assert line.startswith(("ssm-dotenv: error: ", "ssm-dotenv: hint: ", "ssm-dotenv: info: ", "ssm-dotenv: warning: ", "{")), done.stderr
        return done

    def write(self, **variables: str) -> None:
        """An env file and a map with these variables, quoted."""
        self.file.write_text("".join(f"{name}='{value}'\n" for name, value in variables.items()))
        self.map.write_text("# ssm-dotenv map 1\n" + "".join(f"{name}=ssm:///prod/api/{name.lower()}\n" for name in variables))

    def rows(self, *args: str, status: int = 0) -> dict[str, dict[str, Any]]:
        document = json.loads(self(*args, "--json", status=status).stdout)
        return {row["variable"]: row for row in document["parameters"]}

    def found(self, name: str) -> Any:
        return self.store.model.find(Reference(name, name))

    def versions(self, *names: str) -> list[int]:
        found = [self.found(name) for name in names]
        return [parameter.latest.number if parameter else 0 for parameter in found]

    def sent(self, operation: str = "PutParameter") -> list[Any]:
        return [entry.body for entry in self.store.journal.operations(operation)]


@pytest.fixture
def push(program: Path, store: ParameterStore, tmp_path: Path) -> Push:
    store.limit_writes(None)
    return Push(program, store, tmp_path)


@pytest.fixture
def fast() -> tuple[str, ...]:
    return ("--apply", "--rate", "10")


# --- The plan


def test_ssm_exec_has_no_write_operation(program: Path) -> None:
    writing = (b"PutParameter", b"AddTagsToResource", b"DeleteParameter")
    launcher, tool = program.read_bytes(), (program.parent / "ssm-dotenv").read_bytes()
    assert [word for word in writing if word in launcher] == []
    assert [word for word in writing if b"AmazonSSM." + word in tool] == [b"PutParameter", b"AddTagsToResource"]


def test_without_apply_the_plan_is_printed_and_nothing_written(push: Push) -> None:
    push.store.put("/prod/api/port", "8080")
    push.store.put("/prod/api/stripe_key", "another", "SecureString")
    done = push(status=1)
    assert done.stdout == (
        "create   /prod/api/db_password  SecureString  alias/prod\n"
        "same     /prod/api/port         String        version 1\n"
        "differs  /prod/api/stripe_key   SecureString  version 1, kept (--overwrite STRIPE_KEY writes version 2)\n"
    )
    assert done.stderr == ""
    assert [entry.operation for entry in push.store.journal.entries] == ["GetParameters"]


def test_rows_fit_the_terminal(push: Push, fast: tuple[str, ...]) -> None:
    push.store.put("/prod/api/port", "8080")
    push.store.put("/prod/api/stripe_key", "another", "SecureString")

    def shown(columns: int, *args: str, status: int = 1, **variables: str) -> str:
        return terminals.on_terminal(columns, push.command(*args), push.folder, {**push.environment, **variables}, status)

    assert plain(shown(200)) == push(status=1).stdout
    assert "\033[33mdiffers\033[0m" in shown(200)
    assert "\033" not in shown(200, NO_COLOR="1") + shown(200, "--json")
    assert plain(shown(80)) == """\
create   /prod/api/db_password  SecureString  alias/prod
same     /prod/api/port         String        version 1
differs  /prod/api/stripe_key   SecureString  version 1, kept (--overwrite
                                              STRIPE_KEY writes version 2)
"""
    assert plain(shown(36, *fast)) == """\
create
    /prod/api/db_password
    SecureString
    alias/prod; written, version 1
same
    /prod/api/port  String
    version 1
differs
    /prod/api/stripe_key
    SecureString
    version 1, kept (--overwrite
    STRIPE_KEY writes version 2)
"""


def test_the_plan_is_what_apply_does(push: Push, fast: tuple[str, ...]) -> None:
    push.store.put("/prod/api/stripe_key", "another", "SecureString")
    plan = push(status=1).stdout.splitlines()
    applied = push(*fast, status=1).stdout.splitlines()
    assert [line.removesuffix("written, version 1").rstrip() for line in applied] == plan
    assert [line.endswith("  written, version 1") for line in applied] == [True, True, False]
    assert push.versions(*NAMES) == [1, 1, 1]
    assert push.found(NAMES[2]).latest.value == "another"


def test_a_second_run_has_nothing_to_do(push: Push, fast: tuple[str, ...]) -> None:
    push(*fast)
    push.store.journal.clear()
    assert {row["action"] for row in push.rows(*fast).values()} == {"same"}
    assert [entry.operation for entry in push.store.journal.entries] == ["GetParameters"]


def test_the_json_is_the_same_from_run_to_run(push: Push) -> None:
    push.store.put("/prod/api/port", "9090")
    first = push("--json", status=1).stdout
    assert push("--json", status=1).stdout == first
    document = json.loads(first)
    assert document["apply"] is False
    assert [row["parameter"] for row in document["parameters"]] == NAMES
    assert document["parameters"][0] == {
        "action": "create", "parameter": NAMES[0], "variable": "DB_PASSWORD", "type": "SecureString", "key": "alias/prod", "tier": "Standard",
        "version": 0, "why": None, "tags_differ": False, "result": None, "written_version": 0,
    }  # fmt: skip
    assert document["parameters"][1]["version"] == 1


# --- What is sent


def test_creation_sends_tier_and_key_and_never_overwrites(push: Push, fast: tuple[str, ...]) -> None:
    push.store.model.default_tier = "Advanced"
    push(*fast)
    sent = {body["Name"]: body for body in push.sent()}
    common = {"Tier": "Standard", "Overwrite": False}
    assert sent[NAMES[0]] == {"Name": NAMES[0], "Type": "SecureString", "KeyId": "alias/prod", "Value": f'{MARKER} "$" x', **common}
    assert sent[NAMES[1]] == {"Name": NAMES[1], "Type": "String", "Value": "8080", **common}
    assert sent[NAMES[2]]["KeyId"] == "alias/aws/ssm"
    assert {self.latest.tier for self in map(push.found, NAMES)} == {"Standard"}


def test_values_arrive_byte_by_byte(push: Push, fast: tuple[str, ...]) -> None:
    values = {
        "A": "\u00fcml\u00e4ut \U0001f600 \u2028",
        "B": 'line\nand "quotes" and \\ and\ttab',
        "C": "".join(map(chr, range(1, 127))).replace("'", "").replace("\r", "") + "\x7f",
        "D": "x" * 4096,
        "E": " blanks ",
    }
    push.write(**values)
    push(*fast)
    assert {name: push.found(f"/prod/api/{name.lower()}").latest.value for name in values} == values


def test_an_advanced_parameter_is_what_the_map_says(push: Push, fast: tuple[str, ...]) -> None:
    push.file.write_text(f"CERT='{'x' * 5000}'\n")
    push.map.write_text("# ssm-dotenv map 1\n# SecureString tier=advanced\nCERT=ssm:///prod/api/cert\n")
    assert "alias/aws/ssm, advanced tier, for which AWS charges" in push(*fast).stdout
    assert push.found("/prod/api/cert").latest.tier == "Advanced"


def test_tags_come_with_creation_and_are_added_where_they_differ(push: Push, fast: tuple[str, ...]) -> None:
    push.store.put("/prod/api/port", "8080", tags={"team": "red", "cost": "a=b"})
    push.store.put("/prod/api/stripe_key", f"{MARKER}-stripe", "SecureString", tags={"team": "blue", "own": "x"})
    tags = ("--tag", "team=red", "--tag=cost=a=b")
    rows = push.rows(*tags)
    assert [rows[name]["tags_differ"] for name in ("DB_PASSWORD", "PORT", "STRIPE_KEY")] == [False, False, True]
    assert push.sent("AddTagsToResource") == []
    rows = push.rows(*fast, *tags)
    assert [rows[name]["result"] for name in ("DB_PASSWORD", "PORT", "STRIPE_KEY")] == ["written", None, "tagged"]
    assert [push.found(name).tags for name in NAMES] == [{"team": "red", "cost": "a=b"}, {"team": "red", "cost": "a=b"}, {"team": "red", "cost": "a=b", "own": "x"}]
    assert [body["ResourceId"] for body in push.sent("AddTagsToResource")] == [NAMES[2]]
    assert push.versions(*NAMES) == [1, 1, 1]


# --- Overwriting


def test_only_what_is_named_is_overwritten(push: Push, fast: tuple[str, ...]) -> None:
    push.store.put("/prod/api/db_password", "old", "SecureString", key_id="alias/other")
    push.store.put("/prod/api/stripe_key", "old", "SecureString")
    rows = push.rows(*fast, "--overwrite", "DB_PASSWORD", "--tag=team=red", status=1)
    assert (rows["DB_PASSWORD"]["action"], rows["DB_PASSWORD"]["result"], rows["DB_PASSWORD"]["written_version"]) == ("overwrite", "written", 2)
    assert (rows["STRIPE_KEY"]["action"], rows["STRIPE_KEY"]["result"]) == ("differs", "tagged")
    assert push.versions(*NAMES) == [2, 1, 1]
    assert push.found(NAMES[0]).latest.key_id == "alias/other"
    (body,) = [body for body in push.sent() if body["Overwrite"]]
    assert (body["Name"], "Tags" in body) == (NAMES[0], False)
    assert push.found(NAMES[0]).tags == {"team": "red"}


def test_what_is_the_same_is_not_written_again(push: Push, fast: tuple[str, ...]) -> None:
    push.store.put("/prod/api/port", "8080")
    assert push.rows(*fast, "--overwrite", "PORT")["PORT"]["action"] == "same"
    assert push.versions("/prod/api/port") == [1]


@pytest.mark.parametrize("may_describe", [True, False])
def test_an_advanced_parameter_never_goes_back(push: Push, fast: tuple[str, ...], may_describe: bool) -> None:
    push.store.put("/prod/api/port", "old", tier="Advanced")
    if not may_describe:
        push.store.deny("ssm:DescribeParameters")
    push(*fast, "--overwrite=PORT", status=0 if may_describe else 2)
    assert push.found("/prod/api/port").latest.tier == "Advanced"
    assert push.versions("/prod/api/port") == [2 if may_describe else 1]


def test_a_value_that_outgrows_the_standard_tier_takes_the_other_one(push: Push, fast: tuple[str, ...]) -> None:
    push.store.put("/prod/api/cert", "small", "SecureString", key_id="alias/kept")
    push.file.write_text(f"CERT='{'x' * 5000}'\n")
    push.map.write_text("# ssm-dotenv map 1\n# SecureString tier=advanced\nCERT=ssm:///prod/api/cert\n")
    push(*fast, "--overwrite=CERT")
    latest = push.found("/prod/api/cert").latest
    assert (latest.number, latest.tier, latest.key_id) == (2, "Advanced", "alias/kept")


@pytest.mark.parametrize("overwrite", [(), ("--overwrite=PORT",)])
def test_the_type_is_never_changed(push: Push, fast: tuple[str, ...], overwrite: tuple[str, ...]) -> None:
    push.store.put("/prod/api/port", "8080", "SecureString")
    row = push.rows(*fast, *overwrite, status=1)["PORT"]
    assert row["action"] == "blocked"
    assert row["why"] == "is a SecureString, the map says String, and the type is never changed"
    assert push.versions(*NAMES) == [1, 1, 1]
    assert push.found("/prod/api/port").latest.type == "SecureString"


# --- What is refused before the first request

REFUSED = {
    "empty": ("A=''", "", "is empty, which Parameter Store refuses"),
    "standard": (f"A='{'x' * 4097}'", "", "more than the 4096 bytes"),
    "advanced": (f"A='{'x' * 8193}'", "# SecureString tier=advanced\n", "more than the 8192 bytes"),
    "bytes": (f"A='{'ü' * 2049}'", "", "more than the 4096 bytes"),
    "curly": ("A='{{x}}'", "", "holds {{ }}, which Parameter Store refuses"),
    "expands": ("A='http://${HOST}/'", "", "refers to another variable with $"),
    "expands-known": ("A='x$B-y'", "", "refers to another variable with $"),
    "placeholder": ("A='changeme'", "", "has a placeholder in place of a value"),
    "credentials": (f"A='{'AKI' + 'A2E0A8F3B244C9986'}'", "", "belongs to AWS credentials"),
    "reference": ("A=ssm:///prod/x", "", "is a reference to a parameter already"),
}
ALLOWED = {"expands", "expands-known", "placeholder"}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refused_value_is_refused_before_the_first_request(push: Push, fast: tuple[str, ...], case: str) -> None:
    line, attributes, why = REFUSED[case]
    push.file.write_text(f"B=sound\n{line}\n")
    push.map.write_text(f"# ssm-dotenv map 1\nB=ssm:///prod/api/b\n{attributes}A=ssm:///prod/api/a\n")
    done = push(*fast, status=1)
    assert re.search(rf"^ssm-dotenv: error: \.env\.production:2: A: .*{re.escape(why)}", done.stderr, re.MULTILINE), done.stderr
    assert re.search(rf"^blocked +/prod/api/a +- .*{re.escape(why)}", done.stdout, re.MULTILINE), done.stdout
    assert push.store.journal.entries == []
    push(status=1)
    if case in ALLOWED:
        push(*fast, "--allow-placeholder=A")
        assert push.versions("/prod/api/a", "/prod/api/b") == [1, 1]
    else:
        push(*fast, "--allow-placeholder=A", status=1)
        assert push.sent() == []


@pytest.mark.parametrize(
    "name",
    ["/aws/x", "/ssm-x/y", "/prod/api/a b", "prod/x", "/prod/x/", "/prod" + "/a" * 15, "/prod/" + "a" * 1000, "/prod/\u00e4"],
    ids=["aws", "ssm", "blank", "relative", "slash", "depth", "length", "umlaut"],
)
def test_a_name_that_aws_refuses_is_refused_before_the_first_request(push: Push, fast: tuple[str, ...], name: str) -> None:
    push.file.write_text("A=value\n")
    push.map.write_text(f"# ssm-dotenv map 1\nA=ssm://{name}\n")
    done = push(*fast, status=2)
    assert "prod.map:2: A: " in done.stderr
    assert push.store.journal.entries == []


def test_all_that_is_refused_is_told_at_once(push: Push, fast: tuple[str, ...]) -> None:
    push.file.write_text("A=changeme\nPATH=/bin\nAWS_SECRET_ACCESS_KEY=x\nSTRAY=1\nSOUND=1\nKEPT=1\nOLD=1\n")
    push.map.write_text(
        "# ssm-dotenv map 1\nA=ssm:///prod/a\nPATH=ssm:///prod/path\nAWS_SECRET_ACCESS_KEY=ssm:///prod/key\nSOUND=ssm:///prod/sound\n"
        "LOST=ssm:///prod/lost\n# plain\nKEPT=1\n# retired: OLD\n"
    )
    done = push(*fast, status=1)
    errors = [line.removeprefix("ssm-dotenv: error: ") for line in done.stderr.splitlines() if "error: " in line]
    assert [error.split(" ")[0:2] for error in errors] == [
        [".env.production:4:", "STRAY:"], [".env.production:1:", "A:"], [".env.production:3:", "AWS_SECRET_ACCESS_KEY:"],
        ["prod.map:6:", "LOST:"], [".env.production:2:", "PATH:"],
    ]  # fmt: skip
    assert "STRAY is not in prod.map" in done.stdout
    assert [line for line in done.stdout.splitlines() if "KEPT" in line or "OLD" in line] == []
    assert push.store.journal.entries == []
    assert push.versions("/prod/sound") == [0]


def test_a_file_of_one_environment_does_not_go_into_the_map_of_another(push: Push, fast: tuple[str, ...]) -> None:
    push.file = push.file.rename(push.folder / ".env.staging")
    done = push(*fast, status=1)
    assert ".env.staging:2: PORT: is from .env.staging, a file of staging by its name, and would become /prod/api/port" in done.stderr
    assert push.store.journal.entries == []
    push(*fast, "--allow-mixed")
    assert push.versions(*NAMES) == [1, 1, 1]


@pytest.mark.parametrize("folder", ["a=b", "user:x@host", "/".join(["d" * 80] * 4)])
def test_the_environment_of_a_file_is_seen_whatever_its_folders_are_called(push: Push, fast: tuple[str, ...], folder: str) -> None:
    """Messages shorten such names, since secrets may be in them; the check must not."""
    (push.folder / folder).mkdir(parents=True)
    path = push.file.rename(push.folder / folder / ".env.staging")
    command = [push.program, "push", "--env-file", path, *fast, push.map.name]
    done = subprocess.run(command, cwd=push.folder, env=push.environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1, done
    assert "a file of staging by its name, and would become /prod/api/port" in done.stderr
    assert push.store.journal.entries == []


@pytest.mark.parametrize("folder,name,is_refused", [
    ("staging", ".env", True), ("staging", "app.env", True), ("staging", ".env.production", False), ("production", ".env", False),
    ("dev-tools", ".env", False), ("staging/app", ".env", False), ("production", ".env.staging", True),
])  # fmt: skip
def test_the_folder_of_a_file_tells_its_environment_too(push: Push, folder: str, name: str, is_refused: bool) -> None:
    (push.folder / folder).mkdir(parents=True)
    push.file.rename(push.folder / folder / name)
    command = [push.program, "push", "--env-file", f"{folder}/{name}", push.map.name]
    done = subprocess.run(command, cwd=push.folder, env=push.environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == int(is_refused), done
    part = "name" if "staging" in name else "folder"
    assert (f"a file of staging by its {part}, and would become /prod/api/port" in done.stderr) == is_refused


def test_a_map_of_two_environments_is_refused(push: Push, fast: tuple[str, ...]) -> None:
    push.file = push.file.rename(push.folder / ".env")
    push.map.write_text(MAP.replace("/prod/api/port", "/staging/api/port"))
    assert "PORT: would become /staging/api/port, of another environment than /prod/api/db_password" in push(*fast, status=1).stderr
    assert push.store.journal.entries == []


def test_a_secret_of_another_environment_is_refused(push: Push, fast: tuple[str, ...]) -> None:
    (push.folder / ".env.staging").write_text(f"PORT=8080\nOTHER_NAME={MARKER}-stripe\n")
    against = ("--against", ".env.staging")
    done = push(*fast, *against, status=1)
    assert ".env.production:3: STRIPE_KEY: is the same secret as OTHER_NAME in .env.staging:2" in done.stderr
    assert "PORT:" not in done.stderr
    assert push.store.journal.entries == []
    push(*fast, *against, "--allow-reuse", "STRIPE_KEY")
    assert push.versions(*NAMES) == [1, 1, 1]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--overwrite", "PROT"), "--overwrite: PROT is not a variable that prod.map makes a parameter"),
        (("--allow-reuse", "PROT"), "--allow-reuse: PROT is not"),
        (("--allow-placeholder", "PROT"), "--allow-placeholder: PROT is not"),
        (("--rate", "0"), "from 1 to 10"),
        (("--rate", "11"), "from 1 to 10"),
        (("--tag", "x"), "expected KEY=VALUE"),
        (("--tag", "aws:x=y"), "AWS's own"),
        (("--tag", "a*=y"), "can be in a tag"),
        (("--tag", "a=1", "--tag", "a=2"), "this key was given before"),
        (("--blind", "--overwrite", "PORT"), "exclude each other"),
        (("--against", "none"), "there is no such file"),
        (("more",), "there is one MAP already"),
    ],
)  # fmt: skip
def test_usage_errors(push: Push, args: tuple[str, ...], message: str) -> None:
    done = push(*args, status=2)
    assert message in done.stderr and done.stdout == ""
    assert push.store.journal.entries == []


def test_file_and_map_are_required(push: Push) -> None:
    for args, message in ((("x.map",), "there is no --env-file"), (("--env-file", "x"), "there is no MAP"), (("--env-file", "-", "-"), "only one file")):
        done = subprocess.run([push.program, "push", *args], capture_output=True, text=True, check=False)
        assert done.returncode == 2 and message in done.stderr


def test_the_env_file_may_be_standard_input(push: Push) -> None:
    done = subprocess.run([push.program, "push", "--env-file", "-", "--apply", "--rate=10", push.map], input=ENV, env=push.environment,
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert push.versions(*NAMES) == [1, 1, 1]


# --- Blind


def test_blind_creates_and_reads_nothing(push: Push, fast: tuple[str, ...]) -> None:
    push.store.allow("ssm:PutParameter", "/prod/api/*")
    push.store.put("/prod/api/port", "other")
    rows = push.rows(*fast, "--blind", status=1)
    assert [rows[name]["result"] for name in ("DB_PASSWORD", "PORT", "STRIPE_KEY")] == ["written", "exists", "written"]
    assert {entry.operation for entry in push.store.journal.entries} == {"PutParameter"}
    assert push.found("/prod/api/port").latest.value == "other"
    assert "exists, not compared: kept" in push(*fast, "--blind", status=1).stdout
    assert push.versions(*NAMES) == [1, 1, 1]


def test_without_the_right_to_read_the_hint_says_blind(push: Push, fast: tuple[str, ...]) -> None:
    push.store.allow("ssm:PutParameter")
    done = push(*fast, status=2)
    assert "AccessDeniedException" in done.stderr and "--blind creates without reading" in done.stderr
    assert push.sent() == []


KEY = "11111111-2222-3333-4444-555555555555"


@pytest.mark.parametrize("create_only", [False, True])
def test_the_policy_of_a_pipeline_is_enough(push: Push, fast: tuple[str, ...], create_only: bool) -> None:
    policy = ("--write", "/staging/api", "--never", "/prod", "--account", "123456789012", "--region", "us-east-1", "--key-id", KEY)
    done = subprocess.run([push.program, "policy", "ci", *policy, *(("--create-only",) if create_only else ())], capture_output=True, check=True)
    push.store.add_key(KEY, "alias/prod", "alias/staging")
    push.store.attach(json.loads(done.stdout))
    refused = push(*fast, "--blind", status=2)
    assert "AccessDeniedException" in refused.stderr and push.versions(*NAMES) == [0, 0, 0]
    push.file = push.file.rename(push.folder / ".env.staging")
    push.map.write_text("# ssm-dotenv map 1\n" + "".join(
        f"{attributes}{name}=ssm:///staging/api/{name.lower()}\n"
        for name, attributes in (("DB_PASSWORD", "# key=alias/staging\n"), ("PORT", "# String\n"), ("STRIPE_KEY", "# key=alias/staging\n"))
    ))  # fmt: skip
    names = [name.replace("/prod/", "/staging/") for name in NAMES]
    push(*fast, "--tag", "team=red", *(("--blind",) if create_only else ()))
    assert push.versions(*names) == [1, 1, 1]
    if not create_only:
        push.store.put(names[1], "old")
        push(*fast, "--tag=team=blue", "--overwrite=PORT")
        assert (push.versions(*names), push.found(names[2]).tags) == ([1, 3, 1], {"team": "blue"})


# --- Pace


def many(push: Push, count: int) -> list[str]:
    push.write(**{f"V{number:03}": f"value of {number}" for number in range(count)})
    return [f"/prod/api/v{number:03}" for number in range(count)]


@pytest.mark.release_only
def test_a_hundred_parameters_at_three_writes_a_second(push: Push) -> None:
    names = many(push, 100)
    push.store.limit_writes(3)
    push("--apply")
    assert push.versions(*names) == [1] * 100
    assert len(push.sent()) <= 105
    assert {entry.in_flight for entry in push.store.journal.operations("PutParameter")} == {1}


def test_throttling_is_waited_out(push: Push) -> None:
    names = many(push, 12)
    push.store.limit_writes(3)
    push("--apply", "--rate", "10")
    assert push.versions(*names) == [1] * 12


def test_throttling_until_the_time_is_over_says_what_was_written(push: Push, fast: tuple[str, ...]) -> None:
    push.store.faults.always(faults.throttling(), when=lambda operation, request: is_put(operation, request) and request["Name"] == NAMES[1])
    done = push(*fast, "--timeout", "3s", status=2)
    assert "ThrottlingException" in done.stderr and "1 of 3 parameters were written: /prod/api/db_password" in done.stderr
    assert re.findall("(written, version 1|not written|left)$", done.stdout, re.MULTILINE) == ["written, version 1", "not written", "left"]
    assert push.versions(*NAMES) == [1, 0, 0]


def test_the_end_of_the_time_says_what_was_written_and_what_to_do(push: Push) -> None:
    names = many(push, 9)
    done = push("--apply", "--rate=1", "--timeout=3s", status=2)
    written = sum(push.versions(*names))
    assert 1 <= written < 9
    assert f"{written} of 9 parameters were written" in done.stderr and "--timeout 1h" in done.stderr
    assert done.stdout.count("written, version 1") == written and done.stdout.count(" left\n") == 8 - written


def test_output_that_nobody_reads_does_not_hide_what_was_written(push: Push, fast: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(push.command(*fast), cwd=push.folder, env=push.environment, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert done.returncode == 2
    assert "3 of 3 parameters were written: /prod/api/db_password, /prod/api/port, /prod/api/stripe_key" in done.stderr


# --- Answers that do not come

UNSETTLED: dict[str, faults.Fault] = {
    "close": faults.Close(),
    "reset": faults.Reset(),
    "reset after the write": CarriedOut(),
    "reset after the headers": faults.Reset("headers"),
    "reset in the body": faults.Reset("body"),
    "truncated": faults.Truncate(),
    "garbage": faults.Garbage(),
    "500": faults.ErrorAnswer("InternalServerError", status=500),
    "500 after the write": CarriedOut(faults.ErrorAnswer("InternalServerError", status=500)),
    "502": faults.StatusAnswer(502),
    "503 after the write": CarriedOut(faults.StatusAnswer(503)),
    "empty": CarriedOut(faults.empty_body()),
    "not JSON": CarriedOut(faults.not_json()),
    "another document": CarriedOut(faults.wrong_shape()),
    "throttled": faults.throttling(),
    "updates": faults.ErrorAnswer("TooManyUpdates"),
}


@pytest.mark.parametrize("fault", UNSETTLED)
@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_creation_without_an_answer_is_written_once(push: Push, fast: tuple[str, ...], fault: str, at: int) -> None:
    push.store.faults.add(UNSETTLED[fault], when=lambda operation, request: is_put(operation, request) and request["Name"] == NAMES[at])
    assert {row["result"] for row in push.rows(*fast).values()} == {"written"}
    assert push.versions(*NAMES) == [1, 1, 1]


@pytest.mark.parametrize("fault", UNSETTLED)
def test_an_overwrite_without_an_answer_is_written_once(push: Push, fast: tuple[str, ...], fault: str) -> None:
    push.store.put("/prod/api/stripe_key", "old", "SecureString")
    push.store.faults.add(UNSETTLED[fault], when=lambda operation, request: is_put(operation, request) and request["Overwrite"])
    assert {row["result"] for row in push.rows(*fast, "--overwrite=STRIPE_KEY").values()} == {"written"}
    assert push.versions(*NAMES) == [1, 1, 2]
    assert push.found(NAMES[2]).latest.value == f"{MARKER}-stripe"


@pytest.mark.parametrize("fault", UNSETTLED)
def test_a_blind_creation_without_an_answer_is_written_once(push: Push, fast: tuple[str, ...], fault: str) -> None:
    push.store.faults.add(UNSETTLED[fault], when=is_put)
    rows = push.rows(*fast, "--blind", status=1 if isinstance(UNSETTLED[fault], CarriedOut) or "reset a" in fault or "body" in fault or "trunc" in fault else 0)
    assert {row["result"] for row in rows.values()} <= {"written", "unknown"}
    assert push.versions(*NAMES) == [1, 1, 1]


@pytest.mark.release_only
@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("fault", [faults.Hang(), CarriedOut(faults.Hang())], ids=["before", "after"])
def test_a_write_that_hangs_is_written_once(push: Push, fast: tuple[str, ...], fault: faults.Fault, overwrite: bool) -> None:
    if overwrite:
        push.store.put("/prod/api/port", "old")
    push.store.faults.add(fault, when=lambda operation, request: is_put(operation, request) and request["Name"] == NAMES[1])
    assert {row["result"] for row in push.rows(*fast, "--overwrite=PORT").values()} == {"written"}
    assert push.versions(*NAMES) == [1, 2 if overwrite else 1, 1]


@pytest.mark.parametrize("at", range(3))
def test_credentials_that_expire_half_way(push: Push, fast: tuple[str, ...], at: int) -> None:
    push.store.faults.always(faults.ErrorAnswer("ExpiredTokenException", "The security token included in the request is expired"),
                             when=lambda operation, request: is_put(operation, request) and request["Name"] == NAMES[at])  # fmt: skip
    done = push(*fast, status=2)
    assert "ExpiredTokenException" in done.stderr and f"{at} of 3 parameters were written" in done.stderr
    for name in NAMES[:at]:
        assert name in done.stderr
        assert re.search(f"{name} .*written, version 1$", done.stdout, re.MULTILINE)
    assert push.versions(*NAMES) == [1] * at + [0] * (3 - at)
    push.store.faults.clear()
    push(*fast)
    assert push.versions(*NAMES) == [1, 1, 1]


def test_a_refused_parameter_ends_the_run_and_says_why(push: Push, fast: tuple[str, ...]) -> None:
    push.store.add_key("1111-2222", "alias/other")
    done = push(*fast, status=2)
    assert "/prod/api/db_password: InvalidKeyId" in done.stderr and "key= in the map names a KMS key" in done.stderr
    assert push.versions(*NAMES) == [0, 0, 0]


def test_a_missing_permission_is_named(push: Push, fast: tuple[str, ...]) -> None:
    push.store.deny("ssm:PutParameter", "/prod/api/port")
    done = push(*fast, status=2)
    assert re.search(r"hint: .*ssm:PutParameter.*arn:aws:ssm:us-east-1:\*:parameter/prod/api/port", done.stderr), done.stderr
    push.store.deny("ssm:AddTagsToResource")
    done = push(*fast, "--tag", "a=b", status=2)
    assert "ssm:AddTagsToResource" in done.stderr


def test_a_refusal_that_repeats_the_value_is_not_shown(push: Push, fast: tuple[str, ...]) -> None:
    for value in (f"{MARKER}-stripe", "pw", "q"):
        push.write(STRIPE_KEY=value)
        push.store.faults.add(faults.ErrorAnswer("ValidationException", f"1 validation error detected: Value '{value}' at 'value' failed"), when=is_put)
        done = push(*fast, "-v", status=2)
        assert f"'{value}'" not in done.stderr and value * 2 not in done.stderr
        assert "ValidationException" in done.stderr


# --- Others who write


def test_a_parameter_that_somebody_creates_in_between_is_kept(push: Push, fast: tuple[str, ...]) -> None:
    def create() -> None:
        push.store.put(NAMES[0], "theirs", "SecureString")
        push.store.put(NAMES[2], f"{MARKER}-stripe", "SecureString")

    push.store.faults.add(Meanwhile(create), when=is_put)
    rows = push.rows(*fast, status=1)
    assert [rows[name]["result"] for name in ("DB_PASSWORD", "PORT", "STRIPE_KEY")] == ["exists", "written", "already-there"]
    assert push.versions(*NAMES) == [1, 1, 1]
    assert push.found(NAMES[0]).latest.value == "theirs"


def test_a_version_that_somebody_writes_before_the_overwrite_is_kept(push: Push, fast: tuple[str, ...]) -> None:
    push.store.put("/prod/api/port", "old")
    reads = iter((False, True))
    push.store.faults.add(Meanwhile(lambda: push.store.put("/prod/api/port", "theirs")),
                          when=lambda operation, request: operation == "GetParameters" and next(reads, False))  # fmt: skip
    assert push.rows(*fast, "--overwrite=PORT", status=1)["PORT"]["result"] == "changed"
    assert (push.versions("/prod/api/port"), push.found("/prod/api/port").latest.value) == ([2], "theirs")


def test_a_parameter_that_somebody_deletes_before_the_overwrite_is_not_created_again(push: Push, fast: tuple[str, ...]) -> None:
    push.store.put("/prod/api/port", "old")
    reads = iter((False, True))
    push.store.faults.add(Meanwhile(lambda: push.store.delete("/prod/api/port")),
                          when=lambda operation, request: operation == "GetParameters" and next(reads, False))  # fmt: skip
    assert push.rows(*fast, "--overwrite=PORT", status=1)["PORT"]["result"] == "changed"
    assert push.versions("/prod/api/port") == [0]


def test_a_parameter_that_somebody_makes_anew_before_the_overwrite_is_kept(push: Push, fast: tuple[str, ...]) -> None:
    def make_anew() -> None:
        push.store.delete("/prod/api/port")
        push.store.put("/prod/api/port", "theirs")

    push.store.put("/prod/api/port", "old")
    push.store.put("/prod/api/port", "older")
    reads = iter((False, True))
    push.store.faults.add(Meanwhile(make_anew), when=lambda operation, request: operation == "GetParameters" and next(reads, False))
    assert push.rows(*fast, "--overwrite=PORT", status=1)["PORT"]["result"] == "changed"
    assert push.versions("/prod/api/port") == [1] and push.found("/prod/api/port").latest.value == "theirs"


def test_a_page_in_place_of_an_answer_ends_the_run(push: Push, fast: tuple[str, ...]) -> None:
    push.store.faults.always(faults.StatusAnswer(403), when=is_put)
    done = push(*fast, status=2)
    assert "HTTP status 403" in done.stderr and "(after 1 try)" in done.stderr
    assert "it is not known whether it was written: run it again" in done.stdout
    assert len(push.sent()) <= 1


@pytest.mark.parametrize("operation", ["DescribeParameters", "PutParameter"])
def test_a_version_that_somebody_writes_directly_before_the_overwrite_is_noticed(push: Push, fast: tuple[str, ...], operation: str) -> None:
    push.store.put("/prod/api/port", "old")
    push.store.faults.add(Meanwhile(lambda: push.store.put("/prod/api/port", "theirs")),
                          when=lambda asked, request: asked == operation and request.get("Name", "/prod/api/port") == "/prod/api/port")  # fmt: skip
    done = push(*fast, "--overwrite=PORT", status=1)
    assert "changed in between by somebody else" in done.stdout
    assert [version.value for version in push.found("/prod/api/port").versions] == ["old", "theirs", "8080"]


def test_a_version_that_somebody_writes_after_the_write_is_noticed(push: Push, fast: tuple[str, ...]) -> None:
    push.store.faults.add(Meanwhile(lambda: push.store.put("/prod/api/port", "theirs")),
                          when=lambda operation, request: operation == "PutParameter" and request["Name"] == NAMES[2])  # fmt: skip
    assert push.rows(*fast, status=1)["PORT"]["result"] == "changed"


# --- Reads that are late


def test_old_reads_are_waited_for(push: Push, fast: tuple[str, ...]) -> None:
    push.store.put("/prod/api/port", "old")
    push.store.consistency.old_reads_seconds = 2
    push.store.consistency.missing_after_creation_seconds = 1
    assert {row["result"] for row in push.rows(*fast, "--overwrite=PORT").values()} == {"written"}
    assert push.versions(*NAMES) == [1, 2, 1]


@pytest.mark.parametrize("overwrite", [False, True])
def test_old_reads_do_not_make_a_second_version(push: Push, fast: tuple[str, ...], overwrite: bool) -> None:
    if overwrite:
        push.store.put("/prod/api/port", "old")
    push.store.consistency.old_reads_seconds = 2
    push.store.consistency.missing_after_creation_seconds = 2
    push.store.faults.add(CarriedOut(), when=lambda operation, request: is_put(operation, request) and request["Name"] == NAMES[1])
    assert {row["result"] for row in push.rows(*fast, *(("--overwrite=PORT",) if overwrite else ())).values()} == {"written"}
    assert push.versions(*NAMES) == [1, 2 if overwrite else 1, 1]


def test_what_never_becomes_visible_is_not_called_different(push: Push, fast: tuple[str, ...]) -> None:
    push.store.consistency.missing_after_creation_seconds = 3600
    done = push(*fast, "--timeout", "4s", status=1)
    assert done.stdout.count("written, not yet visible") == 3
    assert "differs" not in done.stdout


# --- Interruptions


def wait_for_puts(push: Push, count: int) -> None:
    push.store.journal.wait_for(lambda journal: len(journal.operations("PutParameter")) >= count, timeout=60)


def start(push: Push, *args: str) -> subprocess.Popen[str]:
    return subprocess.Popen(push.command(*args), cwd=push.folder, env=push.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_push_after_the_write_under_way(push: Push, number: signal.Signals) -> None:
    names = many(push, 20)
    arrived = threading.Event()
    for fault in (Meanwhile(arrived.set), hold := faults.Hold()):
        push.store.faults.add(fault, when=lambda operation, request: is_put(operation, request) and request["Name"] == names[3])
    with start(push, "--apply", "--rate=10") as process:
        assert arrived.wait(60)
        process.send_signal(number)
        hold.release()
        out, err = process.communicate(timeout=60)
    assert process.returncode == -number, err
    assert push.versions(*names) == [1] * 4 + [0] * 16
    assert out.count("written, version 1") == 4 and out.count(" left\n") == 16
    assert f"stopped by signal {int(number)}: 4 parameters written, 16 left" in err
    push("--apply", "--rate=10")
    assert push.versions(*names) == [1] * 20


def test_a_signal_between_a_write_and_its_tags_is_not_success(push: Push, fast: tuple[str, ...]) -> None:
    push.write(NAME="new")
    push.store.put("/prod/api/name", "old", "SecureString")
    arrived = threading.Event()
    for fault in (Meanwhile(arrived.set), hold := faults.Hold()):
        push.store.faults.add(fault, when=is_put)
    with start(push, *fast, "--overwrite=NAME", "--tag=team=red") as process:
        assert arrived.wait(60)
        process.send_signal(signal.SIGINT)
        hold.release()
        out, err = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGINT, err
    assert "tags differ" in out and "written, version 2" in out
    assert "1 parameters written, 1 left" in err
    assert push.rows(*fast, "--tag=team=red")["NAME"]["result"] == "tagged"


@pytest.mark.release_only
@pytest.mark.parametrize("seed", range(KILLS))
def test_killed_at_a_random_moment_and_run_again(push: Push, seed: int) -> None:
    names = many(push, 12)
    choice = random.Random(seed)
    for _ in range(2):
        with start(push, "--apply", "--rate=10") as process:
            before = len(push.sent())
            try:
                wait_for_puts(push, before + choice.randrange(1, 6))
            except TimeoutError:
                pass
            time.sleep(choice.random() / 5)
            process.kill()
    push("--apply", "--rate=10")
    assert push.versions(*names) == [1] * 12
    assert [push.found(name).latest.value for name in names] == [f"value of {number}" for number in range(12)]


def test_progress_is_shown_on_a_terminal(push: Push) -> None:
    many(push, 4)
    reader, terminal = os.openpty()
    subprocess.run(push.command("--apply", "--rate=1"), cwd=push.folder, env=push.environment, stdout=subprocess.DEVNULL, stderr=terminal, check=True)
    os.close(terminal)
    assert re.search(rb"\d of 4 parameters written", os.read(reader, 65536))
    os.close(reader)
    many(push, 5)
    assert push("--apply", "--rate=1").stderr == ""


def test_every_option_stands_in_the_man_page(push: Push) -> None:
    page = (ROOT / "packaging" / "man" / "ssm-dotenv.1.scd").read_text().partition("\n# PUSH")[2].partition("\n# ")[0]
    help_text = subprocess.run([push.program, "push", "--help"], capture_output=True, text=True, check=True).stdout
    options = set(re.findall(r"^ +(?:-\w, )?(--[a-z-]+)", help_text, re.MULTILINE)) - {"--verbose", "--quiet", "--log-format", "--help", "--version"}
    assert len(options) >= 17
    assert [option for option in options if f"*{option}*" not in page] == []


# --- Leaks


@pytest.mark.release_only
def test_the_value_leaves_by_the_connection_only(push: Push, tmp_path: Path) -> None:
    log = tmp_path / "strace"
    command = [*strace("-f", "-s", "65536", "-e", "trace=all", "-o", log), *push.command("--apply", "--rate=10", "-v", "--json")]
    subprocess.run(command, cwd=push.folder, env=push.environment, check=True, capture_output=True)
    calls = [line for line in log.read_text().splitlines() if MARKER in line]
    assert calls and all(re.search(r"\b(read|pread64|readv)\(", line) for line in calls), calls
    assert push.versions(*NAMES) == [1, 1, 1]
    opened = [line for line in log.read_text().splitlines() if re.search(r"open(at)?\(.*(O_WRONLY|O_RDWR|O_CREAT)", line)]
    assert [line for line in opened if "/dev/null" not in line] == []


FAILURES: dict[str, Callable[[Push], Any]] = {
    "denied": lambda push: push.store.deny("ssm:PutParameter"),
    "no reads": lambda push: push.store.deny("ssm:GetParameters"),
    "no key": lambda push: push.store.add_key("1-2", "alias/x"),
    "no tags": lambda push: push.store.deny("ssm:AddTagsToResource"),
    "reset": lambda push: push.store.faults.always(faults.Reset(), when=is_put),
    "500": lambda push: push.store.faults.always(faults.ErrorAnswer("InternalServerError", status=500), when=is_put),
    "page": lambda push: push.store.faults.always(faults.StatusAnswer(403), when=is_put),
    "garbage": lambda push: push.store.faults.always(faults.Garbage(), when=is_put),
    "throttled": lambda push: push.store.faults.always(faults.throttling(), when=is_put),
    "expired": lambda push: push.store.faults.always(faults.ErrorAnswer("ExpiredTokenException"), when=is_put),
    "pattern": lambda push: push.store.faults.always(faults.ErrorAnswer("ParameterPatternMismatchException", f"{MARKER} does not match"), when=is_put),
    "echo": lambda push: push.store.faults.always(faults.ErrorAnswer("ValidationException", f"Value '{MARKER} \"$\" x' at 'value'"), when=is_put),
    "echo in the code": lambda push: push.store.faults.always(faults.ErrorAnswer(f"{MARKER}-stripe"), when=is_put),
    "mixed": lambda push: push.map.write_text(MAP.replace("/prod/api/port", "/dev/port")),
    "not in the map": lambda push: push.file.write_text(ENV + f"OTHER={MARKER}\n"),
    "not an env file": lambda push: push.file.write_text(f"{MARKER}\n"),
    "not a map": lambda push: push.map.write_text(ENV),
    "curly": lambda push: push.file.write_text(ENV.replace(f"={MARKER}", f"={MARKER}{{{{x}}}}")),
    "long": lambda push: push.file.write_text(ENV.replace(f"={MARKER}", f"={MARKER}{'x' * 4096}")),
    "reused": lambda push: (push.folder / "other").write_text(ENV),
}


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("shape", [("-v",), ("-v", "--log-format=json", "--json")])
def test_no_failure_shows_a_value(push: Push, failure: str, shape: tuple[str, ...]) -> None:
    (push.folder / "other").write_text("X=1\n")
    FAILURES[failure](push)
    command = push.command("--apply", "--rate=10", "--timeout=2s", "--against=other", "--tag=a=b", *shape)
    done = subprocess.run(command, cwd=push.folder, env=push.environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode in (1, 2), done
    assert MARKER not in done.stdout + done.stderr
    assert max(push.versions(*NAMES)) <= 1
