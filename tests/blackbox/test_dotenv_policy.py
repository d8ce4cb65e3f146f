"""ssm-dotenv policy: what it prints are the policies that were proven, and they do in the store what they say.

The effect of each policy is shown twice: by the requests of tests/policies, on what the command prints, and by ssm-exec
under the policies that the command prints.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import policy_table
import pytest
from conftest import PATH, ROOT, Runner
from parameter_store import Credentials, ParameterStore
from privileges import strace

MARKER = "hunter2-marker"
ACCOUNT = "123456789012"
KEY = "11111111-2222-3333-4444-555555555555"
OTHER_KEY = "66666666-7777-8888-9999-000000000000"
SECRETS_KEY = "33333333-4444-5555-6666-777777777777"
HERE = ("--account", ACCOUNT, "--region", "eu-west-1")
ISSUER = "https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
GITHUB = ("trust", "github", "--account", ACCOUNT, "--repository", "example-org/api")
GITHUB_IDS = ("--repository-id", "1304267049", "--owner-id", "84790634")
GITLAB = ("trust", "gitlab", "--account", ACCOUNT, "--project", "example-group/api", "--ref", "main")
POD = ("--namespace", "api", "--service-account", "api")

POLICIES: dict[str, tuple[str, ...]] = {
    "application": ("application", "--path", "/prod/api", *HERE, "--key-id", KEY),
    "application-secrets-manager": ("application", "--secret", "prod/db", "--secret-key-id", SECRETS_KEY, *HERE),
    "application-with-secret": (
        "application", "--path", "/prod/api", *HERE, "--key-id", KEY, "--secret", "prod/db", "--secret-key-id", SECRETS_KEY),
    "ci": ("ci", "--write", "/staging", "--write", "/dev", "--never", "/prod", *HERE, "--key-id", OTHER_KEY, "--never-key", KEY),
    "ci-production-release": ("ci", "--create-only", "--write", "/prod", *HERE, "--key-id", KEY),
    "human-config": ("human", "config", "--path", "/prod", *HERE),
    "human-incident": ("human", "incident", "--path", "/prod", *HERE, "--key-id", KEY),
    "human-names": ("human", "names", "--path", "/prod", *HERE),
    "key-policy": ("key", "--path", "/prod", *HERE),
    "permissions-boundary-write": ("boundary", "--path", "/prod"),
    "rcp-oidc-guard": ("rcp", "--organization", "o-exampleorgid", "--owner", "example-org", "--owner-id", "84790634"),
    "scp-production-guard": ("scp",),
    "subtree-guard": ("subtree", "--path", "/prod/restricted"),
    "trust-ecs": ("trust", "ecs", *HERE),
    "trust-eks-irsa": ("trust", "irsa", "--account", ACCOUNT, "--issuer", ISSUER, *POD),
    "trust-eks-pod-identity": ("trust", "pod-identity", *HERE, "--cluster", "prod", *POD),
    "trust-github": (*GITHUB, *GITHUB_IDS, "--environment", "staging"),
    "trust-github-release": (*GITHUB, *GITHUB_IDS, "--environment", "production", "--ref", "main", "--workflow", "release.yml"),
    "trust-github-transition": (*GITHUB, *GITHUB_IDS, "--environment", "staging", "--old-subject"),
    "trust-gitlab": (*GITLAB, "--issuer", "https://gitlab.example.com"),
    "trust-gitlab-com": (*GITLAB, "--project-id", "4242"),
    "trust-human-incident": ("trust", "incident", "--account", ACCOUNT, "--role", "on-call"),
}  # fmt: skip
"""The command line of each file of tests/vectors/policies."""

COMMANDS = ("application", "human", "ci", "key", "trust", "scp", "rcp", "boundary", "subtree")

MAP = f"""\
# ssm-dotenv map 1
# SecureString
DB_PASSWORD=ssm:///prod/api/db/password
# SecureString shared
SMTP_HOST=ssm:///prod/shared/smtp_host
# plain
NODE_ENV={MARKER}
"""


class Policy:
    """Runs ssm-dotenv policy in an environment without AWS."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.program = program.parent / "ssm-dotenv"
        self.folder = folder
        self.environment = {"PATH": PATH, **{name: os.environ[name] for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ}}

    def run(self, *words: str | Path, status: int = 0, **popen: Any) -> subprocess.CompletedProcess[str]:
        if "input" not in popen:
            popen.setdefault("stdin", subprocess.DEVNULL)
        done = subprocess.run([self.program, "policy", *words], cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=60,
                              check=False, **popen)  # fmt: skip
        assert done.returncode == status, done
        assert MARKER not in done.stdout + done.stderr
        for line in done.stderr.splitlines():
            assert line.startswith(("ssm-dotenv: error: ", "ssm-dotenv: hint: ", "ssm-dotenv: info: ", "{")), done.stderr
        return done

    def __call__(self, *words: str | Path, **popen: Any) -> policy_table.Document:
        document: policy_table.Document = json.loads(self.run(*words, **popen).stdout)
        return document

    def errors(self, *words: str | Path, **popen: Any) -> list[str]:
        done = self.run(*words, status=2, **popen)
        assert done.stdout == ""
        assert ": hint: " in done.stderr or "exclude each other" in done.stderr
        return [line.removeprefix("ssm-dotenv: error: ") for line in done.stderr.splitlines() if ": error: " in line]


@pytest.fixture
def policy(program: Path, tmp_path: Path) -> Policy:
    return Policy(program, tmp_path)


def resources(document: policy_table.Document, action: str) -> set[str]:
    """What the policy allows the action on."""
    found: set[str] = set()
    for statement in document["Statement"]:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        named = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
        found.update(named if statement["Effect"] == "Allow" and action in actions else [])
    return found


# --- The policies that were proven


@pytest.mark.parametrize("name", POLICIES)
def test_each_policy_is_the_file_that_was_proven(policy: Policy, name: str) -> None:
    printed = policy.run(*POLICIES[name]).stdout
    assert printed == (ROOT / "tests" / "vectors" / "policies" / f"{name}.json").read_text()
    proven = ROOT / "tests" / "policies" / f"{name}.json"
    assert name == "application-with-secret" or json.loads(printed) == json.loads(proven.read_text())


def test_no_proven_policy_is_without_a_command_line() -> None:
    assert {path.stem for path in (ROOT / "tests" / "vectors" / "policies").iterdir()} == set(POLICIES)
    proven = {name for name in policy_table.load_policies() if not name.startswith("around/")}
    assert proven | {"application-with-secret"} == set(POLICIES)


def test_every_request_is_decided_as_the_table_says_under_the_printed_policies(policy: Policy) -> None:
    printed = {name: policy(*words) for name, words in POLICIES.items()}
    policies, rows = {**policy_table.load_policies(), **printed}, policy_table.load_rows()
    assert len(rows) > 130
    assert [row["name"] for row in rows if policy_table.is_allowed(row, policies) != row["allowed"]] == []


@pytest.mark.release_only
def test_the_simulator_decides_every_request_as_the_table_says_under_the_printed_policies(policy: Policy) -> None:
    printed = {name: policy(*words) for name, words in POLICIES.items() if name != "application-with-secret"}
    policies, rows = {**policy_table.load_policies(), **printed}, policy_table.load_rows()
    (decisions,) = policy_table.simulate([(policies, rows)], validate=True)
    assert [row["name"] for row, allowed in zip(rows, decisions, strict=True) if allowed != row["allowed"]] == []


def test_the_order_of_options_and_the_environment_change_nothing(policy: Policy) -> None:
    words = POLICIES["application-with-secret"]
    first = policy.run(*words)
    pairs = [words[i : i + 2] for i in range(1, len(words), 2)]
    policy.environment |= {"AWS_REGION": "us-west-2", "AWS_PROFILE": "x", "SSM_EXEC_QUIET": "1", "LC_ALL": "de_DE.UTF-8"}
    again = policy.run(words[0], *(word for pair in reversed(pairs) for word in pair))
    assert (again.stdout, again.stderr) == (first.stdout, first.stderr)


# --- Under enforcement


@pytest.fixture
def role(run: Runner, store: ParameterStore, policy: Policy) -> Callable[..., Credentials]:
    """Makes the credentials of a role under the policy that a command line prints."""
    count = 0

    def make(*words: str | Path) -> Credentials:
        nonlocal count
        count += 1
        caller = store.add_credentials(
            f"ASIAROLE{count}", "secret", "token", principal_arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/role{count}/session")  # fmt: skip
        store.attach(policy(*words, "--account", ACCOUNT, "--region", store.region), caller.access_key_id)
        return caller

    store.add_key(KEY, "alias/prod", policy=policy("key", "--path", "/prod", "--account", ACCOUNT, "--region", store.region))
    store.put("/prod/api/port", "8080")
    store.put("/prod/api/db/password", "s3cret", "SecureString", key_id="alias/prod")
    store.put("/prod/shared/smtp_host", "mail", "SecureString", key_id="alias/prod")
    store.put("/prod/web/token", "t0ken", "SecureString", key_id="alias/prod")
    return make


def random_path(chance: random.Random) -> str:
    """A few characters, so that beginnings and whole paths come up again."""
    levels = ("".join(chance.choices("ab._-", k=chance.choice((1, 1, 2)))) for _ in range(chance.randrange(1, 4)))
    return "/" + "/".join(levels)


def test_by_path_passes_exactly_for_the_path_and_what_is_below(run: Runner, store: ParameterStore, role: Callable[..., Credentials]) -> None:
    chance = random.Random(11)
    passed = 0
    for _ in range(60):
        p, q = random_path(chance), random_path(chance)
        q = p + q if chance.random() < 0.2 else q
        caller = role("application", "--path", p, "--default-key")
        result = run("--optional", q, "--pristine", "--", "true", credentials=caller)
        is_in = q == p or q.startswith(p + "/")
        passed += is_in
        assert (result.status == 0) == is_in, (p, q, result.err)
        if not is_in:
            assert "AccessDeniedException" in result.err and "hint: the role needs ssm:GetParametersByPath on " in result.err, (p, q)
    assert 5 < passed < 55


def test_the_role_reads_its_own_path_names_lock_file_and_references(run: Runner, tmp_path: Path, role: Callable[..., Credentials]) -> None:
    caller = role("application", "--path", "/prod/api", "--key-id", KEY)
    variables = {"DB_PASSWORD": "s3cret", "PORT": "8080"}
    for source in ("/prod/api", "/prod/api/"):
        assert run(source, "--pristine", "--", "env", "-0", credentials=caller).variables == variables
    assert run("/prod/api/db", "--pristine", "--", "env", "-0", credentials=caller).variables == {"PASSWORD": "s3cret"}
    assert run("A=/prod/api/db/password", "--pristine", "--", "env", "-0", credentials=caller).variables == {"A": "s3cret"}
    lock = tmp_path / "lock"
    lock.write_bytes(run("/prod/api", "--dry-run", "--json", credentials=caller).out_bytes)
    assert run("--lock", lock, "--pristine", "--", "env", "-0", credentials=caller).variables == variables
    env = {"DB_PASSWORD": "ssm:///prod/api/db/password"}
    assert run("--pristine", "--", "env", "-0", env=env, credentials=caller).variables == {"DB_PASSWORD": "s3cret"}


@pytest.mark.parametrize(
    ("source", "action", "name"),
    [
        ("/prod", "ssm:GetParametersByPath", "/prod"),
        ("/prod/ap", "ssm:GetParametersByPath", "/prod/ap"),
        ("/prod/api2", "ssm:GetParametersByPath", "/prod/api2"),
        ("/prod/web", "ssm:GetParametersByPath", "/prod/web"),
        ("A=/prod/web/token", "ssm:GetParameters", "/prod/web/token"),
        ("A=/prod/web/token:1", "ssm:GetParameters", "/prod/web/token"),
    ],
)
def test_the_hint_for_everything_else_is_what_the_policy_for_it_has(
    run: Runner, store: ParameterStore, policy: Policy, tmp_path: Path, role: Callable[..., Credentials], source: str, action: str, name: str
) -> None:
    result = run(source, "--", "env", credentials=role("application", "--path", "/prod/api", "--key-id", KEY))
    result.expect_failure("AccessDeniedException")
    (arn,) = re.findall(rf"hint: the role needs {action} on (\S+)", result.err)
    (tmp_path / "one.map").write_text(f"# ssm-dotenv map 1\nA=ssm://{name}\n")
    words = ("--path", name) if action.endswith("ByPath") else ("one.map",)
    granted = policy("application", *words, "--default-key", "--account", ACCOUNT, "--region", store.region)
    assert arn.replace(":*:", f":{ACCOUNT}:") in resources(granted, action)


def test_the_policy_of_a_map_reads_its_references_and_no_others(run: Runner, policy: Policy, role: Callable[..., Credentials]) -> None:
    file = policy.folder / "prod.map"
    file.write_text(MAP)
    caller = role("application", file, "--key-id", KEY)
    result = run("--env-file", file, "--pristine", "--", "env", "-0", credentials=caller)
    assert result.variables == {"DB_PASSWORD": "s3cret", "SMTP_HOST": "mail", "NODE_ENV": MARKER}
    for source in ("/prod/api", "A=/prod/api/port", "A=/prod/web/token"):
        run(source, "--", "env", credentials=caller).expect_failure("AccessDeniedException", "hint:")


def test_without_a_grant_on_the_key_there_is_no_secret_and_the_hint_says_so(run: Runner, role: Callable[..., Credentials]) -> None:
    caller = role("application", "--path", "/prod/api", "--default-key")
    run("/prod/api", "--", "env", credentials=caller).expect_failure("AccessDeniedException", "kms:Decrypt", "hint:")
    assert run("A=/prod/api/port", "--pristine", "--", "env", "-0", credentials=caller).variables == {"A": "8080"}


def test_config_reads_names_without_decryption_only(run: Runner, role: Callable[..., Credentials]) -> None:
    caller = role("human", "config", "--path", "/prod")
    assert "DB_PASSWORD" in run("/prod/api", "--dry-run", "--no-decrypt", credentials=caller).out
    run("/prod/api", "--", "env", credentials=caller).expect_failure("AccessDeniedException", "kms:Decrypt", "hint:")
    incident = role("human", "incident", "--path", "/prod", "--key-id", KEY)
    assert run("/prod/web", "--pristine", "--", "env", "-0", credentials=incident).variables == {"TOKEN": "t0ken"}
    names = role("human", "names", "--path", "/prod")
    run("/prod/api", "--dry-run", "--no-decrypt", credentials=names).expect_failure("AccessDeniedException", "explicit deny")


# --- Maps


def test_a_map_gives_names_and_nothing_else(policy: Policy) -> None:
    (policy.folder / "prod.map").write_text(MAP)
    printed = policy.run("application", "prod.map", *HERE, "--key-id", KEY).stdout
    arn = f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter"
    assert resources(json.loads(printed), "ssm:GetParameters") == {f"{arn}/prod/api/db/password", f"{arn}/prod/shared/smtp_host"}
    assert resources(json.loads(printed), "ssm:GetParametersByPath") == set()
    assert policy.run("application", "-", *HERE, "--key-id", KEY, input=MAP).stdout == printed
    assert policy.run("application", *HERE, "--key-id", KEY, "--", "prod.map").stdout == printed
    both = policy("application", "prod.map", "--path", "/prod/api", *HERE, "--key-id", KEY)
    assert f"{arn}/prod/shared/smtp_host" in resources(both, "ssm:GetParameters")
    assert resources(both, "ssm:GetParametersByPath") == {f"{arn}/prod/api", f"{arn}/prod/api/*"}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (f"DB_PASSWORD={MARKER}\n", "file:1: "),
        (f"# ssm-dotenv map 1\nDB_PASSWORD='{MARKER}'\n", "file:2: "),
        (f"# ssm-dotenv map 1\n# plain\nDB_PASSWORD={MARKER}\n", "file: has no parameter"),
        ("# ssm-dotenv map 1\nA=ssm:///aws/reference/secretsmanager/prod/db\n", ""),
        ("# ssm-dotenv map 1\nA=ssm:///prod/*\n", ""),
        ("# ssm-dotenv map 1\nA=ssm:///prod/?\n", ""),
        ("# ssm-dotenv map 1\nA=ssm:///prod/${aws:username}\n", ""),
        ("", "file"),
    ],
)
def test_a_file_that_is_not_a_map_of_parameters_is_refused(policy: Policy, text: str, error: str) -> None:
    (policy.folder / "file").write_text(text)
    done = policy.run("application", "file", *HERE, "--key-id", KEY, status=2)
    assert done.stdout == ""
    assert done.stderr.startswith(f"ssm-dotenv: error: {error}"), done.stderr


def test_a_map_that_is_not_there_or_is_given_twice_is_told(policy: Policy) -> None:
    done = policy.run("application", "no.map", *HERE, "--default-key", status=2)
    assert done.stderr == "ssm-dotenv: error: no.map: there is no such file\n"
    assert policy.errors("application", "a", "b", *HERE) == ["argument 2: there is one MAP already"]
    assert policy.errors("application", "", *HERE) == ["argument 1: the name of MAP is empty"]


# --- What is wrong

HOSTILE = ("*", "a*", "a?", "${aws:username}", "a$", 'a"b', "a'b", "a\\b", "a b", "a\nb", "a\x1b[2Jb", "a,b", "a#b", "ä", '","*')
"""Quotes, patterns and variables of IAM, and what would end a word or a line."""

EVERY: dict[str, tuple[str, ...]] = {
    **{f"human {level}": ("human", level) for level in ("names", "config", "incident")},
    **{words[1] + str(i): words for i, words in enumerate(POLICIES.values()) if words[0] == "trust"},
    "application": (*POLICIES["application-with-secret"], "--default-key"),
    "ci": POLICIES["ci"],
    "ci create": POLICIES["ci-production-release"],
    "human": POLICIES["human-incident"],
    "key": POLICIES["key-policy"],
    "boundary": (*POLICIES["permissions-boundary-write"], "--region", "eu-west-1"),
    "subtree": (*POLICIES["subtree-guard"], "--region", "eu-west-1"),
    "rcp": POLICIES["rcp-oidc-guard"],
    "scp": ("scp", "--path", "/prod", "--change-role", "a", "--read-role", "b", "--permission-set", "C", "--region", "eu-west-1"),
}  # fmt: skip
"""Command lines that have every option."""


def places() -> list[tuple[str, str, tuple[str, ...]]]:
    """Each option that takes a value, with the words before and behind that value in a command line."""
    return [
        (f"{name} {word}", word, words[: i + 1])
        for name, words in EVERY.items()
        for i, word in enumerate(words)
        if word.startswith("--") and i + 1 < len(words) and not words[i + 1].startswith("--")
    ]


def test_the_command_lines_below_have_every_option(policy: Policy) -> None:
    for command in COMMANDS:
        options = set(re.findall(r"--([a-z-]+) [A-Z]", policy.run(command, "--help").stdout.partition("Output:")[0].partition("Where:")[2]))
        given = {word[2:] for words in EVERY.values() if words[0] == command for word in words if word.startswith("--")}
        assert options - given == set(), command


@pytest.mark.parametrize(("title", "option", "before"), places(), ids=[place[0] for place in places()])
def test_nothing_that_could_widen_a_policy_gets_into_it(policy: Policy, title: str, option: str, before: tuple[str, ...]) -> None:
    words = EVERY[next(name for name in sorted(EVERY, key=len, reverse=True) if title.startswith(name + " "))]
    for hostile in HOSTILE:
        if hostile == "a,b" and option in ("--change-role", "--read-role", "--permission-set", "--role"):
            continue  # IAM takes the name
        for value in (hostile, "/" + hostile) if option in ("--path", "--write", "--never") else (hostile,):
            errors = policy.errors(*before, value, *words[len(before) + 1 :])
            assert any(error.startswith(f"{option}: ") for error in errors), (value, errors)


WRONG: dict[tuple[str, ...], tuple[str, ...]] = {
    ("application", "--path=/a", "--default-key", "--region=eu-west-1", "--account=12345678901"): ("--account: expected the 12 digits",),
    ("application", "--path=/a", "--default-key", "--region=eu-west-1", "--account=1234567890123"): ("--account: expected the 12 digits",),
    ("application", "--path=/a", "--default-key", "--region=eu-west-1", "--account=arn:aws:iam::123456789012:root"): ("--account: ",),
    ("application", "--path=/a", "--default-key", f"--account={ACCOUNT}", "--region=eu-west-*"): ("--region: ",),
    ("application", "--path=/a", "--default-key", f"--account={ACCOUNT}", "--region=EU WEST"): ("--region: ",),
    ("application", *HERE, "--default-key", "--path=/"): ('--path: "/" is the whole store',),
    ("application", *HERE, "--default-key", "--path=prod/api"): ("--path: expected a path such as /prod/api",),
    ("application", *HERE, "--default-key", "--path=/prod//api"): ("--path: expected a path such as /prod/api",),
    ("application", *HERE, "--default-key", "--path=/aws/x"): ("--path: expected a path of your own",),
    ("application", *HERE, "--path=/a"): ("--key-id: is missing",),
    ("application", *HERE, "--path=/a", "--key-id=alias/prod"): ("--key-id: expected the id or the ARN of a key",),
    ("application", *HERE, "--path=/a", "--key-id=*"): ("--key-id: expected the id or the ARN of a key",),
    ("application", *HERE, "--path=/a", f"--key-id=arn:aws:kms:us-west-2:{ACCOUNT}:key/{KEY}"): ("--key-id: expected",),
    ("application", *HERE, "--path=/a", f"--key-id=arn:aws:kms:eu-west-1:*:key/{KEY}"): ("--key-id: expected",),
    ("application", *HERE, "--path=/a", f"--key-id=arn:aws:s3:eu-west-1:{ACCOUNT}:key/{KEY}"): ("--key-id: expected",),
    ("application", *HERE, "--default-key"): ("--path: is missing",),
    ("application",): ("--account: is missing", "--region: is missing", "--path: is missing"),
    ("application", "--account=1", "--region=x*", "--path=/a*", "--path=b", "--key-id=alias/x", "--secret=*", "--secret-key-id=y"): (
        "--account: ", "--region: ", "--path: ", "--path: ", "--key-id: ", "--secret: ", "--secret-key-id: "),
    ("ci",): ("--account: is missing", "--region: is missing", "--write: is missing", "--never: is missing", "--key-id: is missing"),
    ("ci", *HERE, "--default-key", "--write=/", "--never=/prod"): ('--write: "/" is the whole store',),
    ("ci", *HERE, "--default-key", "--write=/prod/x", "--never=/prod"): ("--write: /prod/x is in /prod",),
    ("human",): ("one of names, config or incident is missing",),
    ("human", "admin", *HERE): ('argument 1: expected names, config or incident, not "admin"',),
    ("human", "names", "config", *HERE): ("argument 2: there is one of names, config or incident already",),
    ("human", "names", *HERE, "--path=/a", f"--key-id={KEY}"): ("--key-id: this level decrypts nothing",),
    ("human", "names", *HERE, "--path=/a", "--path=/b"): ("--path: is given twice",),
    ("human", "incident"): ("--account: is missing", "--region: is missing", "--path: is missing", "--key-id: is missing"),
    ("key",): ("--account: is missing", "--region: is missing", "--path: is missing"),
    ("trust",): ("one of ecs, pod-identity, irsa, github, gitlab or incident is missing",),
    ("trust", "gcp"): ("argument 1: expected ecs, ",),
    ("trust", "ecs", "--account=1", "--repository=a/b", "--old-subject"): (
        "--account: ", "--region: is missing", "--old-subject: this kind", "--repository: this kind"),
    ("trust", "pod-identity"): (
        "--account: ", "--region: ", "--cluster: is missing", "--namespace: is missing", "--service-account: is missing"),
    ("trust", "github", f"--account={ACCOUNT}", "--repository=a", "--repository-id=1", "--workflow=x.yml"): (
        "--repository: expected", "--owner-id: is missing", "--environment: is missing", "--workflow: needs --ref"),
    (*GITHUB[:-1], "a/b/c", "--environment=x"): ("--repository: expected a repository: OWNER/NAME",),
    (*GITHUB[:-1], "a/*", "--environment=x"): ("--repository: expected a repository: OWNER/NAME",),
    (*GITHUB[:-1], 'a/"b"', "--environment=x"): ("--repository: expected a repository: OWNER/NAME",),
    (*GITHUB, "--environment=*"): ("--environment: expected",),
    (*GITLAB[:-2], "--ref=*"): ("--ref: expected",),
    (*GITLAB, "--issuer=http://gitlab.example.com"): ("--issuer: expected",),
    (*GITLAB, "--issuer=https://gitlab.example.com", "--project-id=1"): ("--project-id: STS knows this claim from gitlab.com only",),
    ("trust", "incident", f"--account={ACCOUNT}", "--role=*"): ("--role: expected the name of a role",),
    ("trust", "incident", f"--account={ACCOUNT}", f"--role=arn:aws:iam::{ACCOUNT}:role/x"): ("--role: expected the name of a role",),
    ("scp", "--change-role=*", "--read-role=a*", "--permission-set=*", "--path=x"): (
        "--path: ", "--change-role: ", "--read-role: ", "--permission-set: "),
    ("rcp",): ("--organization: is missing", "--owner: is missing"),
    ("rcp", "--organization=r-abcd", "--owner=*", "--owner-id=x"): ("--organization: ", "--owner: ", "--owner-id: "),
    ("boundary",): ("--path: is missing",),
    ("subtree", "--path=/"): ('--path: expected a path below "/"',),
    ("subtree", "--path=/a", "/b"): ("argument 2: is not the value of an option",),
    ("ci", "--path=/a"): ("--path: unknown option",),
    ("application", "--account="): ("--account: its value is empty",),
    ("scp", "-vq"): ("--verbose and --quiet exclude each other",),
    (): ("there is no kind of policy",),
    ("appliction",): ("appliction: unknown kind of policy",),
    (f"PASSWORD={MARKER}",): ("argument 2: unknown kind of policy",),
}  # fmt: skip


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_all_that_is_wrong_is_told_at_once_by_name(policy: Policy, words: tuple[str, ...]) -> None:
    errors = policy.errors(*words)
    assert len(errors) == len(WRONG[words]), errors
    for error, beginning in zip(errors, WRONG[words], strict=True):
        assert error.startswith(beginning), errors


def test_hints_say_what_to_do(policy: Policy) -> None:
    alias = policy.run("application", *HERE, "--path=/a", "--key-id=alias/prod", status=2).stderr
    assert "hint: IAM compares with the key behind the alias: aws kms describe-key --key-id ALIAS --query KeyMetadata.KeyId\n" in alias
    assert "hint: use --default-key if it is alias/aws/ssm\n" in policy.run("application", *HERE, "--path=/a", status=2).stderr
    assert "hint: did you mean application? try 'ssm-dotenv policy --help'\n" in policy.run("appliction", status=2).stderr
    assert "hint: try 'ssm-dotenv policy rcp --help'\n" in policy.run("rcp", status=2).stderr
    (policy.folder / "map").write_text("# ssm-dotenv map 1\nA=ssm:///aws/reference/secretsmanager/prod/db\n")
    assert "hint" in policy.run("application", "map", *HERE, "--default-key", status=2).stderr


# --- Remarks


def test_remarks_go_to_standard_error_unless_quiet(policy: Policy) -> None:
    words = ("application", "--path", "/prod/api", *HERE, "--default-key")
    done = policy.run(*words)
    assert done.stderr == (
        "ssm-dotenv: info: access to /prod/api is access to every parameter below it\n"
        "ssm-dotenv: info: with the default key (alias/aws/ssm) every principal of the account that may read a parameter can decrypt it: "
        "a key of your own (--key-id) limits that\n"
    )
    assert policy.run(*words, "-q").stderr == ""
    assert policy.run(*words, "-q").stdout == done.stdout
    messages = [json.loads(line) for line in policy.run(*words, "--log-format=json").stderr.splitlines()]
    assert [message["level"] for message in messages] == ["info", "info"]
    size = len("".join(done.stdout.split()))
    assert policy.run(*words, "-v").stderr == f"{done.stderr}ssm-dotenv: info: {size} characters without white space; IAM takes 6144\n"


def test_a_policy_that_iam_would_refuse_for_its_size_gets_a_remark(policy: Policy) -> None:
    lines = [f"N{i}=ssm:///prod/api/a_parameter_{i}\n" for i in range(100)]
    done = policy.run("application", "-", *HERE, "--key-id", KEY, input="# ssm-dotenv map 1\n" + "".join(lines))
    assert "IAM takes 6144: name fewer parameters" in done.stderr


@pytest.mark.parametrize(("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")])
def test_the_partition_follows_the_region(policy: Policy, region: str, partition: str) -> None:
    for words in (POLICIES["application"], POLICIES["ci"], ("scp", "--region", "x"), ("boundary", "--path=/prod", "--region", "x")):
        at = words.index("--region") + 1
        printed = policy.run(*words[:at], region, *words[at + 1 :]).stdout
        assert f"arn:{partition}:" in printed and "arn:aws:" not in printed


def test_a_name_without_ids_gets_a_remark(policy: Policy) -> None:
    assert "2026" in policy.run(*GITHUB, "--environment", "staging").stderr
    assert "2026" in policy.run("rcp", "--organization=o-exampleorgid", "--owner=example-org").stderr
    assert "--project-id" in policy.run(*GITLAB).stderr


def test_standard_output_that_cannot_be_written_is_told(policy: Policy) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run([policy.program, "policy", "scp"], env=policy.environment, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "ssm-dotenv: error: standard output: cannot be written: No space left on device\n")


# --- Help


@pytest.mark.release_only
@pytest.mark.parametrize("command", COMMANDS)
def test_each_policy_has_its_own_help_man_page_and_completions(policy: Policy, command: str) -> None:
    help_text = policy.run(command, "--help").stdout
    assert help_text.startswith(f"Usage: ssm-dotenv policy {command} ")
    assert max(map(len, help_text.splitlines())) <= 90
    assert policy.run(command, "-h", "--nonsense").stdout == help_text
    options = re.findall(r"^ +(?:-\w, )? *--([a-z-]+)", help_text, re.MULTILINE)
    page = (ROOT / "packaging" / "man" / "ssm-dotenv.1.scd").read_text().partition("\n# POLICIES")[2].partition("\n# ")[0]
    section = page.partition(f"\n*ssm-dotenv policy {command}*")[2].partition("\n*ssm-dotenv policy ")[0]
    written = set(re.findall(r"--([a-z-]+)", section + page.partition("\n*ssm-dotenv policy ")[0]))
    assert [option for option in options if option not in written | {"log-format", "version", "help"}] == []
    folder = policy.program.parent.parent / "packaging" / "completions"
    for script, form in (("ssm-dotenv", "[--{}]="), ("_ssm-dotenv", "--{}"), ("ssm-dotenv.fish", f"__fish_seen_subcommand_from {command}' -l {{}} ")):
        text = (folder / script).read_text()
        assert [option for option in options if form.format(option) not in text] == [], script


def test_help_lists_the_policies(policy: Policy) -> None:
    for words in (("--help",), ("-h",)):
        listed = re.findall(r"^  ([a-z]+) +\S", policy.run(*words).stdout, re.MULTILINE)
        assert listed == list(COMMANDS)
    assert policy.run("-V").stdout == policy.run("scp", "-V").stdout


@pytest.mark.release_only
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ssm-dotenv policy ", {*COMMANDS, "--help", "-h", "--version", "-V"}),
        ("ssm-dotenv policy tr", {"trust"}),
        ("ssm-dotenv policy trust git", {"github", "gitlab"}),
        ("ssm-dotenv policy human ", {"names", "config", "incident"}),
        ("ssm-dotenv policy ci --never", {"--never", "--never-key"}),
        ("ssm-dotenv policy ci --never ", set()),
        ("ssm-dotenv policy nosuch --", set()),
    ],
)
def test_bash_completes_policies_kinds_and_options(policy: Policy, line: str, expected: set[str]) -> None:
    script = policy.program.parent.parent / "packaging" / "completions" / "ssm-dotenv"
    words = line.split() + ([""] if line.endswith(" ") else [])
    command = f"source {script}; COMP_WORDS=({' '.join(repr(word) for word in words)}); COMP_CWORD={len(words) - 1}; _ssm_dotenv; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    done = subprocess.run(["bash", "--norc", "-c", command], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == expected, done.stderr


@pytest.mark.release_only
@pytest.mark.parametrize(
    ("line", "expected"),
    [("policy ", set(COMMANDS)), ("policy trust ", {"github", "irsa"}), ("policy ci --ne", {"--never", "--never-key"}), ("policy human ", {"names"})],
)
def test_fish_completes_policies_kinds_and_options(policy: Policy, line: str, expected: set[str]) -> None:
    folder = policy.program.parent.parent / "packaging" / "completions"
    script = f"source {folder / 'ssm-dotenv.fish'}; complete -C 'ssm-dotenv {line}'"
    done = subprocess.run(["fish", "--no-config", "-c", script], capture_output=True, text=True, check=True, cwd=policy.folder,
                          env={"PATH": PATH, "HOME": str(policy.folder)})  # fmt: skip
    assert expected <= {line.split("\t")[0] for line in done.stdout.splitlines()}, done.stderr


# --- Promises


def test_policies_are_made_without_a_network_call_a_file_or_a_process(policy: Policy) -> None:
    (policy.folder / "prod.map").write_text(MAP)
    log = policy.folder / "log"
    for words in (*POLICIES.values(), ("application", "prod.map", *HERE, "--key-id", KEY)):
        command = [*strace("-f", "-e", "trace=network,openat,open,creat,execve", "-o", log), policy.program, "policy", *words]
        subprocess.run(command, cwd=policy.folder, env=policy.environment, check=True, capture_output=True)
        calls = log.read_text().splitlines()
        assert [call for call in calls if re.search(r"\b(socket|connect|sendto|bind)\(", call)] == []
        assert [call for call in calls if re.search(r"O_WRONLY|O_RDWR|O_CREAT", call)] == []
        assert sum("execve(" in call for call in calls) == 1


def test_the_commands_of_the_page_about_iam_run_as_written(policy: Policy) -> None:
    """One after the other, as a reader would type them."""
    page = (ROOT / "docs" / "iam.md").read_text()
    lines = re.findall(r"^    (\S.*)$", page, re.MULTILINE)
    (policy.folder / "prod.map").write_text(MAP)
    (policy.folder / "ssm-dotenv").symlink_to(policy.program)
    script = "".join(f"{line}\n" for line in lines)
    environment = {**policy.environment, "PATH": f"{policy.folder}:/usr/bin:/bin"}
    done = subprocess.run(["/bin/sh", "-e", "-u", "-c", script], cwd=policy.folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    printed, at = [], 0
    while at < len(done.stdout):
        document, at = json.JSONDecoder().raw_decode(done.stdout, at)
        printed.append(document)
        at += 1
    assert len(printed) == sum(line.startswith("ssm-dotenv policy ") for line in lines) > 15
    by_name = policy_table.load_policies()
    shown = {name for name, document in by_name.items() if document in printed}
    assert {"application", "ci", "ci-production-release", "human-names", "human-config", "human-incident", "key-policy"} <= shown
    assert {name for name in by_name if name.startswith(("trust-e", "trust-g", "trust-h", "scp", "rcp", "permissions", "subtree"))} <= shown
    commands = {words[2] for words in (line.split() for line in lines) if words[:2] == ["ssm-dotenv", "policy"]}
    assert commands == set(COMMANDS)
