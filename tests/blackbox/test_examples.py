"""packaging/examples: the command lines of each file, run as its platform would run them, and what the file must hold.

The caller has packaging/examples/policies/application.json and no other policy, so that each example also shows that this
policy is enough. Where nothing can be run, the file is parsed, and says that this is all.
"""

from __future__ import annotations

import configparser
import json
import os
import re
import select
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import botocore.session
import botocore.validate
import pytest
import yaml
from conftest import PATH, ROOT, Runner
from credential_services.security_token import SecurityTokenService
from parameter_store import Credentials, ParameterStore

EXAMPLES = ROOT / "packaging" / "examples"
README = (EXAMPLES / "README.md").read_text()
ACCOUNT = "123456789012"
STAGING_KEY = "66666666-7777-8888-9999-000000000000"
REGION = "eu-west-1"
KEY = "11111111-2222-3333-4444-555555555555"
STARTED = "PORT=8080\nDB_PASSWORD=hush\n"
SERVER = '#!/bin/sh\nprintf "%s\\n" "PORT=$PORT" "DB_PASSWORD=$DB_PASSWORD"\n'
SERVERS = ("server", "node", "python3")
"""What the examples start; here each of them is SERVER."""
SANITIZERS = {name: os.environ[name] for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ}
OWN = ("ssm-exec", "ssm-dotenv", "ssm-exec-wrapper")


def policy(name: str) -> Any:
    return json.loads((EXAMPLES / "policies" / f"{name}.json").read_text())


class Place:
    """A folder with the programs of an example, and an environment that can reach the store."""

    def __init__(self, run: Runner, store: ParameterStore, folder: Path) -> None:
        self.run, self.store, self.folder = run, store, folder
        self.programs = folder / "programs"
        self.programs.mkdir()
        for name in SERVERS:
            (self.programs / name).write_text(SERVER)
            (self.programs / name).chmod(0o755)
            (folder / name).symlink_to(self.programs / name)
        for name in ("ssm-exec", "ssm-dotenv"):
            (self.programs / name).symlink_to(run.program.parent / name)
        store.add_key(KEY, "alias/prod", policy=policy("key-policy"))
        store.add_key(STAGING_KEY, "alias/staging")
        for environment in ("prod", "staging", "dev"):
            store.put(f"/{environment}/api/port", "8080")
            key = KEY if environment == "prod" else STAGING_KEY
            store.put(f"/{environment}/api/db/password", "hush", "SecureString", key_id=key)
        self.caller = self.role("application")

    def role(self, name: str) -> Credentials:
        """Credentials that have one policy of the examples."""
        caller = self.store.add_credentials(
            f"ASIA{name.upper()}", "secret", "token", principal_arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/session")  # fmt: skip
        self.store.attach(policy(name), caller.access_key_id)
        return caller

    def path(self, word: str) -> str:
        """A program that an example has at a path of its own is the one of this place."""
        name = word.rsplit("/", 1)[-1]
        return str(self.programs / name) if word.startswith("/") and name in (*SERVERS, *OWN) else word

    def environment(self, variables: Mapping[str, str | None], caller: Credentials | None = None) -> dict[str, str]:
        found = self.run.environment(variables, caller or self.caller)
        return {**found, "PATH": f"{self.programs}:{PATH}"}

    def start(self, words: Sequence[str], variables: Mapping[str, str | None], caller: Credentials | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.path(word) for word in words], cwd=self.folder, env=self.environment(variables, caller), stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False, timeout=60)  # fmt: skip

    def expect_server(self, words: Sequence[str], variables: Mapping[str, str | None], caller: Credentials | None = None) -> None:
        """The server gets its variables; without a parameter that it needs, the same line starts nothing."""
        done = self.start(words, variables, caller)
        assert (done.returncode, done.stdout, done.stderr) == (0, STARTED, ""), done
        self.store.deny("ssm:GetParametersByPath")
        done = self.start(words, variables, caller)
        assert (done.returncode, done.stdout) == (125, ""), done
        assert "ssm-exec: error: " in done.stderr and "AccessDeniedException" in done.stderr


@pytest.fixture(scope="session")
def running_store(certificates_directory: Path) -> Iterator[ParameterStore]:
    """In the region that the examples name."""
    with ParameterStore(certificates_directory=certificates_directory, region=REGION) as store:
        yield store


@pytest.fixture(scope="session")
def running_sts(certificates_directory: Path, running_store: ParameterStore) -> Iterator[SecurityTokenService]:
    """Whose credentials this store accepts: the one of other files belongs to their store."""
    with SecurityTokenService(certificates_directory=certificates_directory, accepted_by=(running_store,)) as service:
        yield service


@pytest.fixture
def place(run: Runner, store: ParameterStore, tmp_path: Path) -> Place:
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / ".env.example").write_text("PORT=\nDB_PASSWORD=\n")
    return Place(run, store, folder)


# --- What the list says


def test_the_list_has_every_file_and_no_other() -> None:
    listed: set[str] = set()
    for cells in re.findall(r"^\| (`[^|]*) \|[^|]*\|[^|]*\|$", README, re.MULTILINE):
        first, *others = re.findall(r"`([^`]+)`", cells)
        listed.update((first, *(f"{first.partition('/')[0]}/{name}" for name in others)))
    listed.update(re.findall(r">(policies/\S+)$", README, re.MULTILINE))
    assert listed == {path.relative_to(EXAMPLES).as_posix() for path in EXAMPLES.rglob("*") if path.is_file()} - {"README.md"}


@pytest.mark.parametrize("path", [path for path in sorted(EXAMPLES.rglob("*")) if path.is_file() and path.suffix not in (".json", ".map", ".md")],
                         ids=lambda path: path.relative_to(EXAMPLES).as_posix())  # fmt: skip
def test_each_file_says_what_was_checked(path: Path) -> None:
    assert re.search(r"^[#;] Checked: ", path.read_text(), re.MULTILINE)


def commands_of_policies() -> list[tuple[list[str], str]]:
    return [(shlex.split(line), name) for line, name in re.findall(r"^(ssm-dotenv policy .*) >(policies/\S+)$", README, re.MULTILINE)]


@pytest.mark.parametrize("words,name", commands_of_policies(), ids=lambda value: value if isinstance(value, str) else "")
def test_each_policy_is_what_its_command_prints(program: Path, words: list[str], name: str) -> None:
    done = subprocess.run([program.parent / words[0], *words[1:]], env={"PATH": PATH, **SANITIZERS}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, (EXAMPLES / name).read_text()), done


# --- Dockerfiles

INSTRUCTIONS = {"ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "LABEL", "RUN", "USER", "WORKDIR"}


def instructions(path: Path) -> list[tuple[str, str]]:
    text = re.sub(r"^#.*\n", "", path.read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in text.splitlines() if line)]


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("docker/*.Dockerfile")), ids=lambda path: path.name)
def test_a_dockerfile_is_well_formed_and_starts_the_server(place: Place, path: Path) -> None:
    found = instructions(path)
    assert {word for word, _ in found} <= INSTRUCTIONS and found[0][0] == "FROM"
    stages = [re.fullmatch(r"(\S+)(?: AS ([a-z-]+))?", rest) for word, rest in found if word == "FROM"]
    assert all(stages) and len({match[1] for match in stages if match}) == len(stages)
    names = {match[2] for match in stages if match and match[2]}
    sources = {rest.split()[0] for word, rest in found if word == "COPY" and rest.startswith("--from=")}
    assert {f"--from={name}" for name in names} == sources
    assert ("COPY", "--from=ssm-exec /ssm-exec /ssm-exec") in found or ("COPY", "--from=ssm-exec /ssm-exec /usr/local/bin/ssm-exec") in found
    place.expect_server(command_line(path), {"SSM_EXEC_SOURCES": "/prod/api"})


def command_line(path: Path = EXAMPLES / "docker" / "node.Dockerfile") -> list[str]:
    """What a container of the image starts."""
    (entry,), (command,) = ([json.loads(rest) for word, rest in instructions(path) if word == wanted] for wanted in ("ENTRYPOINT", "CMD"))
    return [*entry, *command]


# --- systemd


def settings(unit: str, name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", unit, re.MULTILINE)


def unit_of(name: str) -> str:
    """The unit with the specifiers of systemd.unit(5) that the examples have."""
    prefix, _, instance = name.removesuffix(".service").partition("@")
    text = (EXAMPLES / "systemd" / (f"{prefix}@.service" if instance else name)).read_text()
    return text.replace("%i", instance).replace("%N", name.removesuffix(".service"))


UNITS = ("api.service", "api-hardened.service", "api@prod.service", "api@staging.service")


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_starts_the_server(place: Place, name: str) -> None:
    unit = unit_of(name)
    keys = place.folder / "credentials"
    keys.mkdir()
    (keys / "aws").write_text(
        f"[default]\naws_access_key_id = {place.caller.access_key_id}\naws_secret_access_key = {place.caller.secret_access_key}\n"
        f"aws_session_token = {place.caller.session_token}\n")  # fmt: skip
    words = [word for line in settings(unit, "Environment") for word in shlex.split(line)]
    variables = dict(word.replace("%d", str(keys)).split("=", 1) for word in words)
    environment: dict[str, str | None] = dict(variables)
    if "LoadCredential" in unit:
        assert settings(unit, "LoadCredential") == ["aws:/etc/api/aws"]
        environment |= dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"))
    if "staging" in name:
        place.caller = place.store.default_credentials
    environment = {**place.environment({}), **environment}
    given = {key: value for key, value in environment.items() if value is not None}
    (start,) = settings(unit, "ExecStart")
    for line in (*settings(unit, "ExecStartPre"), start):
        done = subprocess.run([place.path(word) for word in shlex.split(line)], cwd=place.folder, env=given, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), done
    assert done.stdout == STARTED
    given = {key: value.replace("/api", "/none") if key == "SSM_EXEC_SOURCES" else value for key, value in given.items()}
    first = [*settings(unit, "ExecStartPre"), start][0].replace("/prod/api", "/prod/none")
    done = subprocess.run([place.path(word) for word in shlex.split(first)], cwd=place.folder, env=given, capture_output=True, text=True, check=False)
    assert done.returncode == 125 and "ssm-exec: error: " in done.stderr


def as_file(place: Place, name: str) -> Path:
    """The unit in a file whose programs exist, for systemd-analyze."""
    text = re.sub(r"(?<=[= ])/(?:usr/bin|opt/api)/(ssm-exec|server)\b", rf"{place.programs}/\1", (EXAMPLES / "systemd" / re.sub(r"@\w+", "@", name)).read_text())
    path = place.folder / name
    path.write_text(text)
    return path


@pytest.mark.parametrize("name", UNITS)
@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_systemd_finds_nothing_to_say_about_a_unit(place: Place, name: str) -> None:
    command = ["systemd-analyze", "verify", "--man=no", as_file(place, name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    with (place.folder / name).open("a") as file:
        file.write("[Service]\nResstart=no\n")
    assert "Resstart" in subprocess.run(command, capture_output=True, text=True, check=False, timeout=60).stderr


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_the_hardened_unit_is_hardly_exposed(place: Place) -> None:
    command = ["systemd-analyze", "security", "--offline=yes", "--threshold=12", as_file(place, "api-hardened.service")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout[-300:] + done.stderr


def test_a_unit_has_what_the_operator_needs_to_know() -> None:
    for name in UNITS:
        unit = unit_of(name)
        assert settings(unit, "SyslogIdentifier") and settings(unit, "RestartPreventExitStatus") == ["126 127"]
        assert settings(unit, "Type") == ["notify"] or settings(unit, "ExecStartPre")
        assert "--quiet" not in unit  # it would take the hint of an error away


# --- ECS, Lambda, EKS, Compose


def document(name: str) -> Any:
    return yaml.safe_load((EXAMPLES / name).read_text())


def complaints(service: str, operation: str, request: Any) -> str:
    """What botocore says about a request before it would send it."""
    model = botocore.session.get_session().get_service_model(service).operation_model(operation)
    return str(botocore.validate.ParamValidator().validate(request, model.input_shape).generate_report())


@pytest.mark.parametrize("service,operation,name", [
    ("ecs", "RegisterTaskDefinition", "ecs/task-definition.yaml"), ("lambda", "CreateFunction", "lambda/function.yaml"),
])  # fmt: skip
def test_a_request_to_aws_is_what_its_model_wants(service: str, operation: str, name: str) -> None:
    request = document(name)
    assert complaints(service, operation, request) == ""
    assert "Unknown parameter" in complaints(service, operation, {**request, "Xyz": 1})


def test_the_task_reads_with_its_task_role_and_starts_the_server(place: Place) -> None:
    task = document("ecs/task-definition.yaml")
    (container,) = task["containerDefinitions"]
    assert task["taskRoleArn"] != task["executionRoleArn"] and "secrets" not in container and not {"entryPoint", "command"} & set(container)
    place.expect_server(command_line(), {entry["name"]: entry["value"] for entry in container["environment"]})


def test_the_function_starts_through_the_wrapper(place: Place) -> None:
    shutil.copy(ROOT / "packaging" / "lambda" / "ssm-exec-wrapper", place.programs)
    variables = document("lambda/function.yaml")["Environment"]["Variables"]
    place.expect_server([variables["AWS_LAMBDA_EXEC_WRAPPER"], "node", "--max-http-header-size", "81920", "/var/runtime/index.mjs"], variables)


KUBERNETES_MODELS = ROOT / "tests" / "support" / "kubernetes-models"
KUBERNETES = ("eks/irsa.yaml", "eks/pod-identity.yaml", "eks/image-volume.yaml")


@pytest.mark.parametrize("name", KUBERNETES)
def test_a_deployment_is_whole_and_starts_the_server(place: Place, name: str) -> None:
    account, deployment = yaml.safe_load_all((EXAMPLES / name).read_text())
    assert (account["apiVersion"], account["kind"]) == ("v1", "ServiceAccount")
    assert (deployment["apiVersion"], deployment["kind"]) == ("apps/v1", "Deployment")
    assert account["metadata"]["namespace"] == deployment["metadata"]["namespace"]
    template = deployment["spec"]["template"]
    assert deployment["spec"]["selector"]["matchLabels"] == template["metadata"]["labels"]
    pod = template["spec"]
    assert pod["serviceAccountName"] == account["metadata"]["name"] and pod["enableServiceLinks"] is False
    (container,) = pod["containers"]
    assert [mount["name"] for mount in container.get("volumeMounts", [])] == [volume["name"] for volume in pod.get("volumes", [])]
    assert ("eks.amazonaws.com/role-arn" in account["metadata"].get("annotations", {})) == (name != "eks/pod-identity.yaml")
    words = container["command"] + container["args"] if "command" in container else command_line()
    place.expect_server(words, {entry["name"]: entry["value"] for entry in container["env"]})


def complaints_of_kubernetes(objects: Sequence[Any]) -> list[list[str]]:
    """What the schemas of Kubernetes have against each of them."""
    assert (KUBERNETES_MODELS / "node_modules").is_dir(), f"run: npm ci --ignore-scripts --prefix {KUBERNETES_MODELS}"
    done = subprocess.run(["node", KUBERNETES_MODELS / "check.js"], input=json.dumps(objects), env={"PATH": os.environ["PATH"]},
                          capture_output=True, text=True, check=False, timeout=120)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, ""), done
    found: list[list[str]] = json.loads(done.stdout)
    assert len(found) == len(objects)
    return found


def kubernetes_objects() -> list[Any]:
    return [item for name in KUBERNETES for item in yaml.safe_load_all((EXAMPLES / name).read_text())]


@pytest.mark.release_only
def test_kubernetes_knows_each_member_and_its_type() -> None:
    objects = kubernetes_objects()
    assert complaints_of_kubernetes(objects) == [[] for _ in objects]


def mistakes(value: Any) -> Iterator[tuple[str, Any]]:
    """The same with one member misspelt or of another type, and which. People choose the names of labels and annotations."""
    if isinstance(value, list):
        for at, item in enumerate(value):
            yield from ((f"{at}/{where}", [*value[:at], wrong, *value[at + 1 :]]) for where, wrong in mistakes(item))
    elif isinstance(value, dict):
        for name, item in value.items():
            others = {other: kept for other, kept in value.items() if other != name}
            yield f"{name}: misspelt", {**others, f"{name}x": item}
            if name not in ("labels", "matchLabels", "annotations"):
                yield from ((f"{name}/{where}", {**others, name: wrong}) for where, wrong in mistakes(item))
    yield "another type", "text" if not isinstance(value, str) else 1


@pytest.mark.release_only
def test_no_mistake_in_a_kubernetes_object_goes_unnoticed() -> None:
    made = [(f"{whole['kind']}/{name}/{where}", {**whole, name: wrong})
            for whole in kubernetes_objects() for name in whole.keys() - {"apiVersion", "kind"} for where, wrong in mistakes(whole[name])]  # fmt: skip
    assert len(made) > 200
    found = complaints_of_kubernetes([item for _, item in made])
    assert [where for (where, _), complaint in zip(made, found, strict=True) if not complaint] == []


def test_the_trust_policies_are_for_the_account_of_the_pods() -> None:
    account, _ = yaml.safe_load_all((EXAMPLES / "eks" / "irsa.yaml").read_text())
    subject = "system:serviceaccount:{namespace}:{name}".format(**account["metadata"])
    assert subject in [value for key, value in policy("trust-eks-irsa")["Statement"][0]["Condition"]["StringEquals"].items() if key.endswith(":sub")]
    tags = policy("trust-eks-pod-identity")["Statement"][0]["Condition"]["StringEquals"]
    assert tags["aws:RequestTag/kubernetes-namespace"] == account["metadata"]["namespace"]
    assert tags["aws:RequestTag/kubernetes-service-account"] == account["metadata"]["name"]


COMPOSE = {"build", "environment", "volumes", "ports", "read_only", "cap_drop", "security_opt", "profiles", "entrypoint", "command"}


def test_compose_starts_the_server_with_a_profile_and_with_a_file(place: Place) -> None:
    services = document("compose/compose.yaml")["services"]
    for service in services.values():
        assert set(service) <= COMPOSE and service["build"]["dockerfile"] == "node.Dockerfile"
    files = place.folder / ".aws"
    files.mkdir()
    caller = place.store.default_credentials
    (files / "credentials").write_text(f"[dev]\naws_access_key_id = {caller.access_key_id}\naws_secret_access_key = {caller.secret_access_key}\n")
    keys = dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"))
    place.expect_server(command_line(), {**services["api"]["environment"], **keys, "HOME": str(place.folder)})
    (place.folder / ".env").write_text("PORT=8080\nDB_PASSWORD=hush\n")
    offline = services["api-offline"]
    done = place.start(offline["entrypoint"] + offline["command"], {**keys, "AWS_REGION": None, "AWS_ENDPOINT_URL": None})
    assert (done.returncode, done.stdout, done.stderr) == (0, STARTED, "")


# --- Supervisors and other scripts

USERS = {"s6-setuidgid": '#!/bin/sh\n[ "$1" = api ] && shift && exec "$@"\n', "chpst": '#!/bin/sh\n[ "$1 $2" = "-u api" ] && shift 2 && exec "$@"\n'}
"""They become the user api, and start the rest."""


def script(place: Place, name: str) -> list[str]:
    """A copy of the script whose programs are those of this place."""
    for user, text in USERS.items():
        (place.programs / user).write_text(text)
        (place.programs / user).chmod(0o755)
    assert os.access(EXAMPLES / name, os.X_OK)
    copy = place.folder / "script"
    copy.write_text(re.sub(r"(?<= )/(?:usr/bin|opt|opt/api)/(ssm-exec|server)(?= |$)", rf"{place.programs}/\1", (EXAMPLES / name).read_text(), flags=re.MULTILINE))
    copy.chmod(0o755)
    return [str(copy)]


@pytest.mark.parametrize("name", ["supervisors/s6/api/run", "supervisors/runit/api/run", "lambda/bootstrap"])
def test_a_script_becomes_the_server(place: Place, name: str) -> None:
    assert (EXAMPLES / name).read_text().splitlines()[-1].startswith("exec ")
    place.expect_server(script(place, name), {"SSM_EXEC_SOURCES": "/prod/api"} if name == "lambda/bootstrap" else {})


STAYS = '#!/bin/sh\nprintf "%s\\n" "PORT=$PORT" "DB_PASSWORD=$DB_PASSWORD" "$PPID"\nexec sleep 1000\n'


@pytest.mark.release_only
@pytest.mark.parametrize("folder,supervisor", [("s6", "s6-supervise"), ("runit", "runsv")])
def test_the_server_is_what_is_supervised(place: Place, folder: str, supervisor: str) -> None:
    if not shutil.which(supervisor):
        pytest.skip(f"{supervisor} is not installed")
    service = place.folder / "service"
    service.mkdir()
    shutil.copy(script(place, f"supervisors/{folder}/api/run")[0], service / "run")
    (place.programs / "server").write_text(STAYS)
    with subprocess.Popen([supervisor, service], env=place.environment({}), cwd=place.folder, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            read = [process.stdout.readline() for _ in range(3)]
        finally:
            process.terminate()
        # It takes the server with it: without that, the end of the output would not come.
        assert (read, process.stdout.read()) == ([*STARTED.splitlines(keepends=True), f"{process.pid}\n"], "")


@pytest.mark.release_only
@pytest.mark.skipif(not shutil.which("s6-supervise"), reason="s6-supervise is not installed")
def test_s6_gives_up_when_there_is_no_server(place: Place) -> None:
    service = place.folder / "service"
    service.mkdir()
    for name in ("finish", "run"):
        shutil.copy(script(place, f"supervisors/s6/api/{name}")[0], service / name)
    (place.programs / "server").unlink()
    os.mkfifo(place.folder / "ended")
    finish = (service / "finish").read_text().replace("case $1 in", f'echo "$1" >{place.folder}/ended\ncase $1 in')
    (service / "finish").write_text(finish)
    with subprocess.Popen(["s6-supervise", service], env=place.environment({}), cwd=place.folder, stderr=subprocess.DEVNULL) as process:
        try:
            statuses = subprocess.run(["cat", place.folder / "ended"], capture_output=True, text=True, check=True, timeout=60).stdout
            state, until = "", time.monotonic() + 60
            while state != "false false\n" and time.monotonic() < until:
                state = subprocess.run(["s6-svstat", "-o", "up,wantedup", service], capture_output=True, text=True, check=True, timeout=60).stdout
        finally:
            subprocess.run(["s6-svc", "-xd", service], check=True, timeout=60)
    assert (statuses, state) == ("127\n", "false false\n")


@pytest.mark.parametrize("status,said", [("0", 0), ("1", 0), ("125", 0), ("126", 125), ("127", 125)])
def test_s6_does_not_start_again_what_cannot_be_started(place: Place, status: str, said: int) -> None:
    (place.programs / "sleep").write_text('#!/bin/sh\necho "waits $1"\n')
    (place.programs / "sleep").chmod(0o755)
    done = place.start([*script(place, "supervisors/s6/api/finish"), status, "0"], {})
    assert (done.returncode, done.stdout, done.stderr) == (said, "waits 4\n" if status == "125" else "", "")


def supervised_program() -> configparser.SectionProxy:
    parser = configparser.RawConfigParser(inline_comment_prefixes=(";",))
    parser.read(EXAMPLES / "supervisors" / "supervisord.conf")
    return parser["program:api"]


def test_supervisord_starts_the_server(place: Place) -> None:
    section = supervised_program()
    assert section["exitcodes"] == "0" and section["autorestart"] == "unexpected"
    variables = dict(re.findall(r'(\w+)="([^"]*)"', section["environment"]))
    assert ",".join(f'{name}="{value}"' for name, value in variables.items()) == section["environment"]
    place.expect_server(shlex.split(section["command"]), variables)


REPORTS = """#!/usr/bin/python3
import os, signal, sys

def end(number, frame):
    report("ended by SIGTERM")
    os._exit(0)

def report(*lines):
    with open("reports", "w") as file:
        file.write("".join(f"{line}\\n" for line in lines))

signal.signal(signal.SIGTERM, end)
report("PORT=" + os.environ["PORT"], "DB_PASSWORD=" + os.environ["DB_PASSWORD"], os.getppid())
with open("orders") as file:
    sys.exit(int(file.readline()))
"""
"""A server that writes to one pipe what it was given, and ends with the status that it reads from another."""


class Supervisord:
    """supervisord with the example in a configuration that includes it, as Debian's does."""

    def __init__(self, place: Place, startsecs: int | None = None) -> None:
        self.place = place
        (place.programs / "server").write_text(REPORTS)
        text = (EXAMPLES / "supervisors" / "supervisord.conf").read_text()
        changes = {"/usr/bin/ssm-exec": place.programs / "ssm-exec", "/opt/api/server": place.programs / "server",
                   "directory=/opt/api": f"directory={place.folder}", "user=api": f"user={os.geteuid()}"}  # fmt: skip
        if startsecs is not None:
            changes["startsecs=10"] = f"startsecs={startsecs}"
        for old, new in changes.items():
            assert text.count(old) == 1
            text = text.replace(old, str(new))
        (place.folder / "api.conf").write_text(text)
        self.main = place.folder / "main.conf"
        self.main.write_text(
            "[supervisord]\nnodaemon=true\nlogfile=main.log\npidfile=main.pid\nchildlogdir=.\n"
            "[unix_http_server]\nfile=control\n[supervisorctl]\nserverurl=unix://control\n"
            "[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n"
            "[include]\nfiles = api.conf\n")  # fmt: skip
        for name in ("reports", "orders"):
            os.mkfifo(place.folder / name)
        self.reports = os.open(place.folder / "reports", os.O_RDWR | os.O_CLOEXEC)
        self.orders = os.open(place.folder / "orders", os.O_RDWR | os.O_CLOEXEC)
        self.process = subprocess.Popen(
            ["supervisord", "-c", self.main], env=place.environment({}), cwd=place.folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip

    def __enter__(self) -> Supervisord:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(timeout=60)
        os.close(self.reports)
        os.close(self.orders)

    def report(self, expected: str) -> None:
        read, until = b"", time.monotonic() + 60
        while len(read) < len(expected) and select.select([self.reports], [], [], max(0, until - time.monotonic()))[0]:
            read += os.read(self.reports, len(expected) - len(read))
        assert read.decode() == expected, (self.place.folder / "main.log").read_text()

    def started(self) -> None:
        """By supervisord itself: the process that it watches is the server."""
        self.report(f"{STARTED}{self.process.pid}\n")

    def order(self, status: int) -> None:
        os.write(self.orders, f"{status}\n".encode())

    def control(self, *words: str) -> str:
        return subprocess.run(["supervisorctl", "-c", self.main, *words], env=self.place.environment({}), cwd=self.place.folder,
                              capture_output=True, text=True, check=False, timeout=60).stdout  # fmt: skip

    def wait_for(self, state: str) -> str:
        status, until = "", time.monotonic() + 60
        while f" {state} " not in status and time.monotonic() < until:
            status = self.control("status", "api")
            time.sleep(0.2)
        assert f" {state} " in status, (status, (self.place.folder / "main.log").read_text())
        return status


needs_supervisord = pytest.mark.skipif(not shutil.which("supervisord"), reason="supervisord is not installed")


@pytest.mark.release_only
@needs_supervisord
def test_the_server_is_what_supervisord_watches_and_ends(place: Place) -> None:
    with Supervisord(place) as supervisord:
        supervisord.started()
        assert supervisord.control("stop", "api") == "api: stopped\n"
        supervisord.report("ended by SIGTERM\n")


@pytest.mark.release_only
@needs_supervisord
def test_supervisord_starts_the_server_again_after_a_failure_only(place: Place) -> None:
    with Supervisord(place, startsecs=1) as supervisord:
        supervisord.started()
        supervisord.wait_for("RUNNING")
        supervisord.order(1)
        supervisord.started()
        supervisord.wait_for("RUNNING")
        supervisord.order(0)
        supervisord.wait_for("EXITED")


@pytest.mark.release_only
@needs_supervisord
def test_supervisord_tries_again_as_often_as_the_file_says_if_a_parameter_cannot_be_read(place: Place) -> None:
    place.store.deny("ssm:GetParametersByPath")
    with Supervisord(place) as supervisord:
        assert "Exited too quickly" in supervisord.wait_for("FATAL")
    log = (place.folder / "main.log").read_text()
    assert log.count("exited: api (exit status 125; not expected)") == 1 + int(supervised_program()["startretries"]), log


# --- Pipelines

STAGING_ENV = "PORT=8080\nDB_PASSWORD=hush\nAPI_TOKEN=hush-hush"
"""API_TOKEN is new."""


class Pipeline:
    """Runs the scripts of a job where its repository is checked out, as a runner's shell does."""

    def __init__(self, place: Place, variables: Mapping[str, str | None], caller: Credentials | None) -> None:
        self.place, self.variables, self.caller = place, variables, caller
        shutil.copy(EXAMPLES / "ci" / "staging.map", place.folder)
        made = place.start(["ssm-exec", "/staging/api", "--dry-run", "--json"], {}, place.store.default_credentials)
        (place.folder / "staging.lock").write_text(made.stdout)

    def __call__(self, text: str, **more: str) -> subprocess.CompletedProcess[str]:
        done = self.place.start(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text], {**self.variables, **more}, self.caller)
        assert "hush" not in done.stdout + done.stderr
        return done

    def check(self, lock_file: str, push: str) -> None:
        """The check is silent about a store as it was, the push adds what is new and is then at rest, and the check finds it."""
        store = self.place.store
        assert self(lock_file).returncode == 0, self(lock_file)
        store.put("/staging/api/port", "8081", overwrite=True)
        changed = self(lock_file)
        assert changed.returncode == 1 and "/staging/api/port" in changed.stdout
        store.put("/staging/api/port", "8080", overwrite=True)
        for _ in range(2):
            done = self(push, STAGING_ENV=STAGING_ENV)
            assert done.returncode == 0, done
        added = self.place.start(["ssm-exec", "/staging/api", "--", "sh", "-c", "printf %s $API_TOKEN"], {}, store.default_credentials)
        assert added.stdout == "hush-hush"
        assert "API_TOKEN" in self(lock_file).stdout
        differs = self(push, STAGING_ENV=STAGING_ENV.replace("=hush\n", "=hush2\n"))
        assert differs.returncode == 1
        kept = self.place.start(["ssm-exec", "/staging/api", "--", "sh", "-c", "printf %s $DB_PASSWORD"], {}, store.default_credentials)
        assert kept.stdout == "hush"


def scripts_of_workflow(name: str, environment: str) -> dict[str, str]:
    """The scripts of a workflow that has one job, in an environment of GitHub."""
    workflow = document(name)
    assert set(workflow) == {"name", True, "permissions", "defaults", "jobs"}, "YAML takes on: for true"
    assert workflow["permissions"] == {"contents": "read", "id-token": "write"}
    assert workflow["defaults"]["run"]["shell"] == "bash"
    (job,) = workflow["jobs"].values()
    assert job["environment"] == environment
    assert all(("uses" in step) != ("run" in step) for step in job["steps"])
    scripts = {step["name"]: step["run"] for step in job["steps"] if "run" in step}
    for text in scripts.values():
        assert "${{" not in text
        assert subprocess.run(["bash", "-n", "-c", text], check=False).returncode == 0
    return scripts


def test_the_workflow_of_github_checks_and_pushes(place: Place) -> None:
    subject = policy("trust-github")["Statement"][0]["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"]
    assert subject.endswith(":environment:staging")
    scripts = scripts_of_workflow("ci/github.yml", "staging")
    Pipeline(place, {}, place.role("ci")).check(scripts["Lock file"], scripts["Push"])


def test_the_workflow_for_drift_compares_without_a_right_to_secrets(place: Place) -> None:
    """Its role has a policy that allows everything besides, as an administrator may have added."""
    compare = scripts_of_workflow("ci/github-drift.yml", "drift")["Compare"]
    role = place.role("drift")
    place.store.attach({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}, role.access_key_id)
    pipeline = Pipeline(place, {}, role)
    make = compare.splitlines()[0].replace("now.lock", "prod.lock")
    assert pipeline(make).returncode == 0 and pipeline(compare).returncode == 0
    with_secrets = pipeline("ssm-exec /prod/api -- true")
    assert with_secrets.returncode == 125 and "AccessDeniedException" in with_secrets.stderr
    place.store.put("/prod/api/db/password", "hush2", "SecureString", key_id=KEY, overwrite=True)
    drifted = pipeline(compare)
    assert drifted.returncode == 1 and "/prod/api/db/password" in drifted.stdout
    place.store.deny("ssm:GetParametersByPath")
    assert pipeline(compare).returncode == 125


def test_the_jobs_of_gitlab_check_and_push_with_a_token(place: Place, sts: SecurityTokenService) -> None:
    pipeline = document("ci/gitlab.yml")
    assert pipeline.pop("stages") == ["check", "push"]
    common = pipeline.pop(".aws")
    assert all(job["extends"] == ".aws" and job["stage"] in ("check", "push") for job in pipeline.values())
    (audience,) = (token["aud"] for token in common["id_tokens"].values())
    conditions = policy("trust-gitlab")["Statement"][0]["Condition"]["StringEquals"]
    assert audience == conditions["gitlab.com:aud"]
    variables = common["variables"]
    file = variables["AWS_WEB_IDENTITY_TOKEN_FILE"]
    sts.add_role(variables["AWS_ROLE_ARN"])
    sts.add_web_identity("the-token", variables["AWS_ROLE_ARN"])
    place.store.attach(policy("ci"))
    keys = dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"))
    own = str(place.folder / "token")
    environment = {**variables, **keys, **sts.environment(), "AWS_WEB_IDENTITY_TOKEN_FILE": own, "AWS_TOKEN": "the-token"}
    run = Pipeline(place, environment, None)

    def script_of(job: str) -> str:
        return "\n".join(common["before_script"] + pipeline[job]["script"]).replace(file, own)

    run.check(script_of("lock-file"), script_of("push-to-staging"))
    assert os.stat(own).st_mode & 0o077 == 0
    sts.reset()
    assert run(script_of("lock-file")).returncode == 125


# --- Terraform


def test_terraform_makes_what_it_refers_to_and_keeps_no_value() -> None:
    text = re.sub(r"^\s*#.*$", "", (EXAMPLES / "terraform" / "main.tf").read_text(), flags=re.MULTILINE)
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', '""', text)
    assert bare.count('"') % 2 == 0
    for opening, closing in ("{}", "()", "[]"):
        depths = [bare[:at].count(opening) - bare[:at].count(closing) for at in range(len(bare) + 1)]
        assert min(depths) == 0 == depths[-1]
    resources = set(re.findall(r'^resource "(\w+)" "(\w+)" \{$', text, re.MULTILINE))
    assert {kind for kind, _ in resources} == {"aws_kms_key", "aws_kms_alias", "aws_iam_role", "aws_iam_role_policy"}
    assert set(re.findall(r"\b(aws_\w+)\.(\w+)\.\w+", bare)) <= resources
    assert re.findall(r"\b(?:aws_ssm_parameter|aws_secretsmanager\w*|value_wo|variable)\b", text) == []
    used = set(re.findall(r'file\("\$\{local\.policies\}/([\w-]+)\.json"\)', text))
    assert used == {"application", "key-policy", "trust-ecs"}
    assert all(policy(name)["Statement"] for name in used)
    assert f'printed_key_id = "{KEY}"' in text and KEY in json.dumps(policy("application"))
    assert set(re.findall(r"\blocal\.(\w+)", text)) == {"policies", "printed_key_id"}


# Debian has no terraform: this is for those who have it.
if shutil.which("terraform"):

    def test_terraform_would_not_write_it_differently(tmp_path: Path) -> None:
        copy = Path(shutil.copy(EXAMPLES / "terraform" / "main.tf", tmp_path))
        environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "CHECKPOINT_DISABLE": "1"}
        command = ["terraform", "fmt", "-check", "-diff", copy]
        assert subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60).stdout == ""
        copy.write_text(copy.read_text().replace("region = ", "region ="))
        assert subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60).returncode != 0
