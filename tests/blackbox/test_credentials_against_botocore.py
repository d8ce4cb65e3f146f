"""Debian's botocore, given the same environment, files and endpoints, picks the same credentials, except for a list of known divergences."""

from __future__ import annotations

import inspect
import itertools
import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from botocore.credentials import ContainerProvider
from botocore.tokens import SSOTokenProvider
from chain import CONTAINER_TOKEN, SSO_TOKEN, Chain, chain, role  # noqa: F401
from credential_services import write_sso_token
from parameter_store import faults

Env = dict[str, str | None]
PAST = datetime(2020, 1, 1, tzinfo=timezone.utc)
WORKER = Path(__file__).with_name("botocore_worker.py")
TRIES: Env = {"AWS_MAX_ATTEMPTS": "2"}

# What Debian 12's botocore lacks and Debian 13's has: where it is there, the two have to agree.
KNOWS_TOKEN_FILES = hasattr(ContainerProvider, "ENV_VAR_AUTH_TOKEN_FILE")
KNOWS_SESSIONS_OF_SOURCES = "profile_name" in inspect.signature(SSOTokenProvider).parameters


class Botocore:
    """One process that answers for all cases."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["/usr/bin/python3", str(WORKER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def ask(self, env: dict[str, str], profile: str | None) -> dict[str, Any]:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps({"env": env, "profile": profile}) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate(timeout=60)


@pytest.fixture(scope="module")
def botocore() -> Iterator[Botocore]:
    worker = Botocore()
    yield worker
    worker.close()


def ours(chain: Chain, env: Env, profile: str | None) -> str:
    """The place whose credentials reached the store; "none" or "error"."""
    chain.store.journal.clear()
    result = chain.run(*(() if profile is None else ("--profile", profile)), env=env)
    if result.status == 0:
        return chain.winner()
    assert result.status == 125, result.err
    return "none" if "no AWS credentials were found" in result.err else "error"


def theirs(chain: Chain, botocore: Botocore, env: Env, profile: str | None) -> str:
    answer = botocore.ask(chain.runner.environment({**chain.env, **env}), profile)
    if "error" in answer:
        return "error"
    return "none" if answer["key"] is None else chain.place(answer["key"])


# --- The product: what stands in the environment, in the profile, and behind both


def role_keys(chain: Chain, **more: str) -> dict[str, str]:
    chain.config["profile base"] = chain.properties("base")
    chain.sts.add_role(role("app"))
    return {"role_arn": role("app"), "source_profile": "base", **more}


def source_keys(chain: Chain, source: dict[str, str]) -> dict[str, str]:
    chain.config["profile base"] = source
    chain.sts.add_role(role("app"))
    return {"role_arn": role("app"), "source_profile": "base"}


def credential_source(source: str) -> Callable[[Chain], dict[str, str]]:
    def make(chain: Chain) -> dict[str, str]:
        chain.sts.add_role(role("app"))
        return {"role_arn": role("app"), "credential_source": source}

    return make


def web_keys(chain: Chain) -> dict[str, str]:
    return {"role_arn": chain.web_identity("web"), "web_identity_token_file": chain.token_file()}


def process_keys(chain: Chain) -> dict[str, str]:
    return {"credential_process": chain.process(chain.process_document())}


KINDS: dict[str, Callable[[Chain], dict[str, str]]] = {
    "nothing": lambda chain: {"output": "json"},
    "config": lambda chain: chain.properties("config"),
    "shared": lambda chain: {},
    "half": lambda chain: {"aws_access_key_id": "AKIAHALF"},
    "role": role_keys,
    "role by environment": credential_source("Environment"),
    "role by container": credential_source("EcsContainer"),
    "role by metadata": credential_source("Ec2InstanceMetadata"),
    "role without source": lambda chain: {"role_arn": role("app")},
    "role with two sources": lambda chain: role_keys(chain, credential_source="Environment"),
    "role with lost source": lambda chain: {"role_arn": role("app"), "source_profile": "nobody"},
    "role by empty source": lambda chain: source_keys(chain, {"output": "json"}),
    "role by web": lambda chain: source_keys(chain, web_keys(chain)),
    "role by process": lambda chain: source_keys(chain, process_keys(chain)),
    "role by sso": lambda chain: source_keys(chain, chain.sso_profile()),
    "role by sso, old form": lambda chain: source_keys(chain, chain.sso_profile(legacy=True)),
    "role by role": lambda chain: source_keys(chain, {"role_arn": role("base"), "source_profile": "keys"}),
    "role and keys": lambda chain: role_keys(chain, **chain.properties("config")),
    "web": web_keys,
    "web and keys": lambda chain: {**web_keys(chain), **chain.properties("config")},
    "process": process_keys,
    "process and config": lambda chain: {**process_keys(chain), **chain.properties("config")},
    "process and shared": process_keys,
    "sso": lambda chain: chain.sso_profile(),
    "sso, old form": lambda chain: chain.sso_profile(legacy=True),
    "sso and everything": lambda chain: {**chain.sso_profile(), **process_keys(chain), **chain.properties("config")},
}
SHARED = {"shared", "process and shared", "sso and everything"}
SELECTIONS = ("default", "AWS_PROFILE", "--profile")
ENVIRONMENTS = ("none", "keys", "id only")
WEBS = ("none", "both")
LATERS = ("none", "container", "metadata")


@dataclass(frozen=True)
class Case:
    kind: str
    selection: str
    environment: str
    web: str
    later: str

    @property
    def asks_environment(self) -> bool:
        return self.selection != "--profile"


@dataclass(frozen=True)
class Divergence:
    reason: str
    applies: Callable[[Case], bool]
    ours: str
    """What the program picks; botocore picks something else."""
    is_mended: bool = False
    """This botocore picks the same."""


DIVERGENCES = [
    Divergence(
        "AWS's reference guide, and every SDK but botocore, has web identity of the environment before the profile; in botocore a profile "
        "with role_arn comes first",
        lambda case: case.asks_environment and case.environment == "none" and case.web == "both" and case.kind.startswith("role"),
        "web-env"),
    Divergence(
        "this botocore looks for the sso_session in the profile that is selected, not in its source profile",
        lambda case: case.kind == "role by sso" and (not case.asks_environment or (case.environment == "none" and case.web == "none")),
        "app", is_mended=KNOWS_SESSIONS_OF_SOURCES),
]
KNOWN_HERE = [divergence for divergence in DIVERGENCES if not divergence.is_mended]


def cases(kind: str, selection: str) -> list[Case]:
    """All combinations; half a pair of keys, which ends every search, with all the others there."""
    combinations = itertools.product(ENVIRONMENTS, WEBS, LATERS)
    return [Case(kind, selection, *rest) for rest in combinations if rest[0] != "id only" or rest[1:] == ("both", "metadata")]


def set_up(chain: Chain, case: Case) -> tuple[Env, str | None]:
    """The environment, and the profile of the command line."""
    section = "default" if case.selection == "default" else "dev"
    chain.line_end = ""  # with one botocore differs: see SINGLES
    chain.config.clear()
    chain.credentials.clear()
    chain.config["default" if section == "default" else f"profile {section}"] = KINDS[case.kind](chain)
    if case.kind == "role by role":
        chain.config["profile keys"] = chain.properties("keys")
        chain.sts.add_role(role("base"))
    if case.kind in SHARED:
        chain.credentials[section] = chain.properties("shared")
    env: Env = {**TRIES, "AWS_DEFAULT_REGION": "us-east-1"}
    if case.environment != "none":
        env.update(chain.variables())
    if case.environment == "id only":
        env["AWS_SECRET_ACCESS_KEY"] = None
    if case.web == "both":
        env.update(chain.web_identity_env())
    if case.later == "container":
        env.update(chain.container_env())
    if case.later == "metadata":
        env.update(chain.metadata_env())
    if case.selection == "AWS_PROFILE":
        env["AWS_PROFILE"] = "dev"
    return env, "dev" if case.selection == "--profile" else None


@pytest.mark.parametrize("selection", SELECTIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_same_credentials_are_picked(chain: Chain, botocore: Botocore, kind: str, selection: str) -> None:
    wrong = []
    for case in cases(kind, selection):
        env, profile = set_up(chain, case)
        we, they = ours(chain, env, profile), theirs(chain, botocore, env, profile)
        known = [divergence for divergence in KNOWN_HERE if divergence.applies(case)]
        if known:
            if we != known[0].ours or we == they:
                wrong.append(f"{case}: ours {we}, botocore's {they}: not the known divergence")
        elif we != they:
            wrong.append(f"{case}: ours {we}, botocore's {they}")
    assert wrong == []


def test_every_known_divergence_concerns_a_case() -> None:
    everything = [case for kind, selection in itertools.product(KINDS, SELECTIONS) for case in cases(kind, selection)]
    assert [divergence.reason for divergence in DIVERGENCES if not any(map(divergence.applies, everything))] == []


# --- Single cases


@dataclass(frozen=True)
class Single:
    set_up: Callable[[Chain], Env]
    ours: str
    theirs: str | None = None
    """None: the same."""
    reason: str = ""
    """Why it is another."""
    profile: str | None = None
    raw: dict[str, str] = field(default_factory=dict)
    """Files below ~/.aws as they are."""


def config(chain: Chain, env: Env | None = None, **properties: str) -> Env:
    chain.config["default"] = properties
    return env or {}


def keys_text(name: str, separator: str = " = ", end: str = "") -> str:
    secret = f"secret/of+{name}/must-not-be-seen".ljust(40, "x")
    return f"aws_access_key_id{separator}AKIA{name.upper()}{end}\naws_secret_access_key{separator}{secret}{end}\n"


def known(chain: Chain, *names: str) -> Env:
    for name in names:
        chain.static(name)
    return {}


def elsewhere(chain: Chain, path: str, **env: str) -> Env:
    """Keys in a file that AWS_CONFIG_FILE names."""
    (chain.home / "elsewhere").write_text("[default]\n" + keys_text("own"))
    known(chain, "own")
    return {**env, "AWS_CONFIG_FILE": path.format(home=chain.home) if "{home}" in path else path}


def ca_bundle(chain: Chain, path: str) -> Env:
    """The certificate of STS behind ~, which no shell has seen."""
    (chain.home / "corp.pem").write_bytes(Path(str(chain.store.ca_file)).read_bytes())
    return config(chain, {"AWS_CA_BUNDLE": None}, **role_keys(chain), ca_bundle=path)


def two_profiles(chain: Chain) -> None:
    chain.config = {"profile one": chain.properties("one"), "profile two": chain.properties("two")}


def circle(chain: Chain) -> Env:
    for name, source in (("default", "b"), ("profile b", "c"), ("profile c", "b")):
        chain.config[name] = {"role_arn": role(name[-1]), "source_profile": source}
    return {}


def container_token_file(chain: Chain) -> Env:
    env = chain.container_env(CONTAINER_TOKEN)
    return {**env, "AWS_CONTAINER_AUTHORIZATION_TOKEN": None, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": chain.token_file(CONTAINER_TOKEN)}


def metadata(chain: Chain, **settings: Any) -> Env:
    for name, value in settings.items():
        setattr(chain.metadata.settings, name, value)
    return chain.metadata_env()


def failing_metadata(chain: Chain, operation: str, status: int) -> Env:
    chain.metadata.faults.always(faults.StatusAnswer(status), when=lambda name, _: name == operation)
    return chain.metadata_env()


def expired_container(chain: Chain) -> Env:
    chain.container.settings.expiration = PAST
    return {**chain.container_env(), **chain.metadata_env()}


def expired_sso(chain: Chain) -> Env:
    chain.config["default"] = chain.sso_profile(legacy=True)
    write_sso_token(chain.home, "https://example.awsapps.com/start", SSO_TOKEN, PAST)
    return chain.container_env()


def no_sso_token(chain: Chain) -> Env:
    chain.config["default"] = {**chain.sso_profile(legacy=True), "sso_start_url": "https://another.awsapps.com/start"}
    return chain.container_env()


SINGLES: dict[str, Single] = {
    # The same
    "an empty key id is none": Single(lambda chain: {**chain.variables(), "AWS_ACCESS_KEY_ID": "", **chain.container_env()}, "container"),
    "a secret alone is none": Single(lambda chain: {"AWS_SECRET_ACCESS_KEY": "left over", **chain.container_env()}, "container"),
    "an empty secret is an error": Single(lambda chain: {**chain.variables(), "AWS_SECRET_ACCESS_KEY": ""}, "error"),
    "an expired set of variables": Single(lambda chain: {**chain.variables(), "AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z"}, "error"),
    "a profile that is missing": Single(lambda chain: {**chain.variables(), "AWS_PROFILE": "nobody"}, "error"),
    "a profile that is missing, named": Single(lambda chain: chain.container_env(), "error", profile="nobody"),
    "a token file that is missing": Single(
        lambda chain: {"AWS_ROLE_ARN": role("web"), "AWS_WEB_IDENTITY_TOKEN_FILE": "/no/such/file", **chain.container_env()}, "error"),
    "a token file that is empty": Single(
        lambda chain: {"AWS_ROLE_ARN": role("web"), "AWS_WEB_IDENTITY_TOKEN_FILE": chain.token_file(""), **chain.container_env()}, "error"),
    "a token file without a role": Single(lambda chain: {"AWS_WEB_IDENTITY_TOKEN_FILE": chain.token_file(), **chain.container_env()}, "error"),
    "an empty token file variable is none": Single(
        lambda chain: {"AWS_ROLE_ARN": role("web"), "AWS_WEB_IDENTITY_TOKEN_FILE": "", **chain.container_env()}, "container"),
    "a refused role": Single(lambda chain: config(chain, chain.container_env(), role_arn=role("unknown"), source_profile="default", **chain.properties("own")), "error"),
    "a circle": Single(circle, "error"),
    "itself as source": Single(lambda chain: config(chain, None, **{**role_keys(chain), "source_profile": "default"}, **chain.properties("own")), "app"),
    "a process that fails": Single(lambda chain: config(chain, chain.container_env(), credential_process="false"), "error"),
    "a process that is missing": Single(lambda chain: config(chain, chain.container_env(), credential_process="no-such-helper"), "error"),
    "a process of version 2": Single(lambda chain: config(chain, chain.container_env(), credential_process=chain.process({"Version": 2})), "error"),
    "a process without a key": Single(lambda chain: config(chain, chain.container_env(), credential_process=chain.process({"Version": 1})), "error"),
    "a process of expired keys": Single(
        lambda chain: config(chain, None, credential_process=chain.process(chain.process_document(Expiration="2020-01-01T00:00:00Z"))), "error"),
    "an SSO session that never was": Single(no_sso_token, "error"),
    "SSO keys that are incomplete": Single(lambda chain: config(chain, chain.container_env(), sso_account_id="123456789012"), "error"),
    "SSO of a session that is missing": Single(
        lambda chain: config(chain, chain.container_env(), sso_account_id="123456789012", sso_role_name="Reader", sso_session="nobody"), "error"),
    "a session alone is not SSO": Single(lambda chain: config(chain, None, sso_session="corp", **chain.properties("own")), "own"),
    "a container that refuses": Single(lambda chain: {**chain.container_env(CONTAINER_TOKEN), "AWS_CONTAINER_AUTHORIZATION_TOKEN": "x", **chain.metadata_env()}, "error"),
    "a container host that is not allowed": Single(lambda chain: {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://192.0.2.1/", **chain.metadata_env()}, "error"),
    "a container token": Single(lambda chain: chain.container_env(CONTAINER_TOKEN), "container"),
    "container keys that have expired": Single(expired_container, "error"),
    "metadata that is disabled": Single(lambda chain: {**chain.metadata_env(), "AWS_EC2_METADATA_DISABLED": "TRUE"}, "none"),
    "an instance without a role": Single(lambda chain: metadata(chain, role=None), "none"),
    "metadata keys that have expired": Single(lambda chain: metadata(chain, expiration=PAST), "metadata"),
    "metadata that gives no token": Single(lambda chain: failing_metadata(chain, "PutToken", 403), "none"),
    "AWS_DEFAULT_PROFILE": Single(lambda chain: (two_profiles(chain), {"AWS_DEFAULT_PROFILE": "two"})[1], "two"),
    "the command line's profile": Single(lambda chain: (two_profiles(chain), {"AWS_PROFILE": "two"})[1], "one", profile="one"),
    "blanks and continuations in files": Single(
        lambda chain: known(chain, "own"), "own", raw={"config": "\n# x\n; y\n[default]\n" + keys_text("own", "   =\t")}),
    "line ends of CR alone": Single(
        lambda chain: known(chain, "own"), "own", raw={"config": ("# mine\n[default]\n" + keys_text("own")).replace("\n", "\r")}),
    "a file below ~": Single(lambda chain: elsewhere(chain, "~/elsewhere"), "own"),
    "a file below the home directory of a user": Single(lambda chain: elsewhere(chain, "~root/../{home}/elsewhere"), "own"),
    "a file below $HOME": Single(lambda chain: elsewhere(chain, "$HOME/elsewhere"), "own"),
    "a file named by several variables": Single(lambda chain: elsewhere(chain, "${HOME}/$NAME", NAME="elsewhere"), "own"),
    "a file below an unknown variable": Single(lambda chain: elsewhere(chain, "$NOT_SET/elsewhere"), "none"),
    "a file below the home directory of an unknown user": Single(lambda chain: elsewhere(chain, "~no-such-user/elsewhere"), "none"),
    "a CA bundle below ~": Single(lambda chain: ca_bundle(chain, "~/corp.pem"), "app"),
    "a token under its older name": Single(
        lambda chain: config(chain, None, **{"aws_security_token" if key == "aws_session_token" else key: value
                                             for key, value in chain.properties("own", session_token="token-of-own").items()}), "own"),
    "quoted profile names": Single(lambda chain: {**known(chain, "own"), "AWS_PROFILE": "my dev"}, "own", raw={"config": '[profile "my dev"]\n' + keys_text("own")}),
    "a plain section of the config file is not a profile": Single(
        lambda chain: {**known(chain, "own"), "AWS_PROFILE": "dev"}, "error", raw={"config": "[dev]\n" + keys_text("own")}),
    # Known divergences
    "a token file that ends in a newline": Single(
        lambda chain: chain.web_identity_env(), "web-env", "error", "botocore sends the newline along, which no token contains"),
    "AWS_PROFILE and AWS_DEFAULT_PROFILE": Single(
        lambda chain: (two_profiles(chain), {"AWS_PROFILE": "one", "AWS_DEFAULT_PROFILE": "two"})[1], "one", "two",
        "AWS_DEFAULT_PROFILE is an older name, which botocore alone looks at first"),
    "a source profile with keys and SSO": Single(
        lambda chain: config(chain, {"AWS_ROLE_SESSION_NAME": None}, **source_keys(chain, {**chain.sso_profile(legacy=True), **chain.properties("base")})),
        "app by base", "app by sso", "keys of a source profile come before everything else in it, as the Go SDK has it"),
    "a source profile with keys and a process": Single(
        lambda chain: config(chain, None, **source_keys(chain, {**process_keys(chain), **chain.properties("base")})),
        "app by base", "app by process", "the same"),
    "an SSO session that has expired, old form": Single(
        expired_sso, "error", "sso", "botocore leaves it to the portal to refuse the token, which ours does not"),
    "metadata that calls the token request bad": Single(
        lambda chain: failing_metadata(chain, "PutToken", 400), "error", "none", "a service that is there and fails is not one that is absent"),
    "blanks around a section's name": Single(
        lambda chain: known(chain, "own"), "own", "none", "the SDKs' common grammar trims them", raw={"config": "[ default ]\n" + keys_text("own")}),
    "login_session": Single(lambda chain: config(chain, None, **chain.login_profile()), "login", "none", "newer than this botocore"),
    "inline comments": Single(
        lambda chain: known(chain, "own"), "own", "own # mine", "the SDKs' common grammar cuts comments that follow a blank",
        raw={"config": "[default]\n" + keys_text("own", end=" # mine")}),
    "colons as separators": Single(
        lambda chain: known(chain, "own"), "error", "own", "the SDKs' common grammar knows '=' only",
        raw={"config": "[default]\n" + keys_text("own", ": ")}),
    "a section that comes twice": Single(
        lambda chain: known(chain, "own"), "own", "error", "the SDKs' common grammar merges them",
        raw={"config": "[default]\noutput = json\n[default]\n" + keys_text("own")}),
    "an empty container URI": Single(
        lambda chain: {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "", **chain.metadata_env()}, "metadata", "error",
        "an empty variable counts as unset, as the C and Go SDKs have it"),
    "a container token from a file": Single(container_token_file, "container", None if KNOWS_TOKEN_FILES else "error", "newer than this botocore"),
    "a token file of the environment and a role of the profile": Single(
        lambda chain: config(chain, {"AWS_WEB_IDENTITY_TOKEN_FILE": chain.token_file(), "AWS_PROFILE": "default"}, role_arn=chain.web_identity("web")),
        "error", "error", "both refuse, for reasons of their own"),
    "credential_source in lower case": Single(
        lambda chain: config(chain, chain.container_env(), **credential_source("ecscontainer")(chain)), "app", "error",
        "the C SDK takes any case"),
    "a duration that is not a number": Single(
        lambda chain: config(chain, None, **role_keys(chain, duration_seconds="1h")), "error", "app", "a setting that is not obeyed is an error here"),
    "an instance whose role cannot be assumed": Single(
        lambda chain: metadata(chain, code="AssumeRoleUnauthorizedAccess", message="no"), "error", "none",
        "EC2 says why there are no credentials; going on without them would hide it"),
    "metadata that breaks down after the token": Single(
        lambda chain: failing_metadata(chain, "GetRole", 500), "error", "none", "a service that is there and fails is not one that is absent"),
}


def with_source(chain: Chain, place: str) -> str:
    """For roles: by whose keys."""
    return f"{place} by {chain.place(chain.calls()[-1].access_key_id or '')}"


@pytest.mark.parametrize("name", SINGLES)
def test_single_cases(chain: Chain, botocore: Botocore, name: str) -> None:
    single = SINGLES[name]
    env = {**TRIES, "AWS_DEFAULT_REGION": "us-east-1", **single.set_up(chain)}
    chain.write()
    for file, text in single.raw.items():
        (chain.home / ".aws" / file).write_text(text)
        if file == "config":
            chain.write = lambda: None  # type: ignore[method-assign]
    we = ours(chain, env, single.profile)
    we = with_source(chain, we) if " by " in single.ours else we
    they = theirs(chain, botocore, env, single.profile)
    they = with_source(chain, they) if " by " in (single.theirs or "") else they
    assert (we, they) == (single.ours, single.theirs or single.ours)
    if single.theirs is not None and single.theirs != single.ours:
        assert single.reason, "a divergence needs its reason"


REGIONS: dict[str, tuple[Env, dict[str, str], str | None, str | None]] = {
    # name: variables, profile, ours, botocore's
    "AWS_DEFAULT_REGION": ({"AWS_DEFAULT_REGION": "eu-west-1"}, {"region": "eu-west-2"}, "eu-west-1", "eu-west-1"),
    "the profile's": ({}, {"region": "eu-west-2"}, "eu-west-2", "eu-west-2"),
    "an empty variable": ({"AWS_DEFAULT_REGION": ""}, {"region": "eu-west-2"}, "eu-west-2", ""),  # empty counts as unset here
    "none": ({}, {}, None, None),
    "AWS_REGION": ({"AWS_REGION": "eu-west-3"}, {"region": "eu-west-2"}, "eu-west-3", "eu-west-2"),  # which botocore does not read
    "both": ({"AWS_REGION": "eu-west-3", "AWS_DEFAULT_REGION": "eu-west-1"}, {}, "eu-west-3", "eu-west-1"),
}


@pytest.mark.parametrize("name", REGIONS)
def test_regions(chain: Chain, botocore: Botocore, name: str) -> None:
    variables, profile, we, they = REGIONS[name]
    env: Env = {"AWS_REGION": None, "AWS_DEFAULT_REGION": None, **chain.variables(), **variables}
    chain.config["default"] = {"output": "json", **profile}
    result = chain.run(env=env)
    if we is None:
        assert "no region" in result.err
    else:
        (entry,) = chain.store.journal.entries
        assert f"/{we}/ssm/aws4_request" in entry.headers["authorization"]
    assert botocore.ask(chain.runner.environment({**chain.env, **env}), None)["region"] == they
