"""Every way to name a value: members, references, env files, lock files, files in memory; and what COMMAND inherits."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import Runner
from parameter_store import ParameterStore, faults

ENV = ("--", "/usr/bin/env", "-0")
SECRET = "/aws/reference/secretsmanager/prod/db"


def with_variables(run: Runner, **variables: str) -> dict[str, str]:
    return {**run.environment(), **variables}


def offline(**variables: str) -> dict[str, str]:
    """No credentials, no region: a run that asks AWS fails."""
    return {"PATH": "/usr/bin:/bin", "AWS_EC2_METADATA_DISABLED": "true", **variables}


# --- Members of JSON values


@pytest.fixture
def secret(store: ParameterStore) -> str:
    value = json.dumps({
        "password": 'p"w\n\u00e9\U0001f511', "port": 5432, "ratio": -1.50e2, "on": True, "off": False, "none": None, "list": [1],
        "nested": {"password": "inner"}, "a.b": "dotted", "": "nameless", "empty": "",
    })  # fmt: skip
    value = value.replace("-150.0", "-1.50e2")
    store.put_secret("prod/db", value)
    store.put("/app/json", value)
    return value


@pytest.mark.parametrize("member,expected", [
    ("password", 'p"w\n\u00e9\U0001f511'), ("port", "5432"), ("ratio", "-1.50e2"), ("on", "true"), ("off", "false"), ("a.b", "dotted"),
    ("empty", ""),
])  # fmt: skip
@pytest.mark.parametrize("ref", [SECRET, "/app/json", "/app/json:1"])
def test_a_member_of_a_json_value(run: Runner, secret: str, ref: str, member: str, expected: str) -> None:
    assert run(f"X={ref}#{member}", *ENV).variables["X"] == expected


@pytest.mark.parametrize("member,text", [
    ("nope", "no such member"), ("none", "null"), ("list", "an object or a list"), ("nested", "an object or a list"),
])  # fmt: skip
def test_what_is_not_a_plain_member_is_an_error_that_names_it(run: Runner, secret: str, member: str, text: str) -> None:
    result = run(f"X={SECRET}#{member}", *ENV)
    result.expect_failure(f"X={SECRET}#{member}: #{member}: ", text)
    assert "inner" not in result.err and "5432" not in result.err


@pytest.mark.parametrize("value", ["no json", "[1]", '"text"', "1", "{", '{"password": "\\ud800"}'])
def test_a_member_of_what_is_not_an_object_is_an_error(run: Runner, store: ParameterStore, value: str) -> None:
    store.put("/app/v", value)
    run("X=/app/v#password", *ENV).expect_failure("X=/app/v#password: #password: ")


def test_an_empty_member_is_a_usage_error(run: Runner, store: ParameterStore) -> None:
    run("X=/app/v#", *ENV).expect_failure("X=...: expected /parameter/name or arn:... after '=': the name of a member must follow '#'")
    assert store.journal.entries == []


def test_several_members_of_one_value_are_fetched_once(run: Runner, store: ParameterStore, secret: str) -> None:
    variables = run(f"A={SECRET}#password", f"B={SECRET}#port", f"C={SECRET}", *ENV).variables
    assert (variables["B"], variables["C"]) == ("5432", secret)
    assert [entry.body["Names"] for entry in store.journal.entries] == [[SECRET]]


def test_one_hundred_names_are_ten_calls_that_are_all_under_way_at_once(run: Runner, store: ParameterStore) -> None:
    for number in range(100):
        store.put(f"/n/{number}", str(number))
    hold = store.faults.always(faults.Hold())
    started = run.start(*(f"V{number}=/n/{number}" for number in range(100)), *ENV)
    store.journal.wait_for(lambda journal: journal.in_flight == 10)
    hold.release()
    out, _ = started.communicate(timeout=60)
    assert started.returncode == 0 and b"V99=99" in out.split(b"\0")
    assert len(store.journal.entries) == 10


# --- References


def test_references_in_the_environment_are_resolved_once(run: Runner, store: ParameterStore) -> None:
    store.put("/a/one", "ssm:///a/two")
    store.put("/a/two", "2")
    result = run(*ENV, env=with_variables(run, X="ssm:///a/one", Y="ssm:///a/two:1", Z=" ssm:///a/two", W="see ssm:///a/two"))
    assert {name: result.variables[name] for name in "XYZW"} == {
        "X": "ssm:///a/two", "Y": "2", "Z": " ssm:///a/two", "W": "see ssm:///a/two",
    }  # fmt: skip


def test_a_reference_keeps_its_odd_name(run: Runner, store: ParameterStore) -> None:
    store.put("/a/one", "1")
    assert b"odd.name=1" in run(*ENV, env=with_variables(run, **{"odd.name": "ssm:///a/one"})).entries


def test_references_can_be_left_alone(run: Runner, store: ParameterStore, tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("Y=ssm:///a/one\n")
    result = run("--no-refs", "--env-file", str(env_file), *ENV, env=offline(X="ssm:///a/one", Z="ssm://nonsense"))
    assert (result.variables["X"], result.variables["Y"], result.variables["Z"]) == ("ssm:///a/one", "ssm:///a/one", "ssm://nonsense")


@pytest.mark.parametrize("value", ["ssm://", "ssm://a/b", "ssm:///", "ssm:///a//b", "ssm:///a b", "ssm:///a:", "ssm:///a#"])
def test_what_is_not_a_reference_is_an_error_that_names_the_variable(
    run: Runner, store: ParameterStore, tmp_path: Path, value: str
) -> None:
    run("/p", *ENV, env=with_variables(run, BROKEN=value)).expect_failure("error: BROKEN: ")
    env_file = tmp_path / ".env"
    env_file.write_text(f"BROKEN={value}\n")
    run("/p", "--env-file", str(env_file), *ENV).expect_failure("error: BROKEN: ")
    assert store.journal.entries == []


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"])
def test_a_reference_cannot_be_what_reading_takes(run: Runner, store: ParameterStore, name: str) -> None:
    run("/p", *ENV, env=with_variables(run, **{name: "ssm:///a/one"})).expect_failure(f"error: {name} is an ssm:// reference")
    gone = ("--drop-credentials", "--unset", name)
    run("/p", *gone, *ENV, env=with_variables(run, **{name: "ssm:///a/one"})).expect_failure(f"error: {name} is an ssm:// reference")
    assert store.journal.entries == []


def test_a_missing_reference_names_its_variable(run: Runner, store: ParameterStore) -> None:
    run(*ENV, env=with_variables(run, X="ssm:///a/none")).expect_failure("X=ssm:///a/none: ParameterNotFound", "--unset")


# --- Env files


def test_plain_values_need_nothing_of_aws(run: Runner, store: ParameterStore, tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("# local\nexport A='1 2'\nB=\"x\\ny\"\nPASSWORD=ab#cd\n")
    variables = run("--env-file", str(env_file), *ENV, env=offline(A="inherited")).variables
    assert (variables["A"], variables["B"], variables["PASSWORD"]) == ("1 2", "x\ny", "ab#cd")
    assert run("--env-file", "/dev/null", "--", "/bin/echo", "yes", env=offline()).out == "yes\n"


def test_layers_override_in_their_order(run: Runner, store: ParameterStore, tmp_path: Path) -> None:
    for name in ("ref", "file", "path", "late"):
        store.put(f"/{name}/v", name)
    store.put("/path/only", "p")
    first, second = tmp_path / "1.env", tmp_path / "2.env"
    first.write_text("V=first\nE=first\nF=ssm:///file/v\n")
    second.write_text("E=second\n")
    files = ("--env-file", str(first), "--env-file", str(second))
    inherited = {"V": "inherited", "E": "inherited", "F": "inherited", "R": "ssm:///ref/v", "ONLY": "inherited"}
    env = with_variables(run, **inherited)

    def values(*args: str) -> list[str]:
        variables = run(*files, *args, *ENV, env=env).variables
        return [variables[name] for name in ("V", "E", "F", "R", "ONLY")]

    assert values() == ["first", "second", "file", "ref", "inherited"]
    assert values("/path") == ["path", "second", "file", "ref", "p"]
    assert values("/path", "V=/late/v") == ["late", "second", "file", "ref", "p"]
    assert values("V=/late/v", "/path") == ["path", "second", "file", "ref", "p"]
    assert values("/path", "R=/late/v", "--preserve-env") == ["inherited", "inherited", "inherited", "ref", "inherited"]
    assert values("/path", "R=/late/v", "--preserve-env=R,ONLY") == ["path", "second", "file", "ref", "inherited"]


def test_a_missing_env_file_is_an_error_unless_it_may_be_missing(run: Runner, store: ParameterStore, tmp_path: Path) -> None:
    missing = str(tmp_path / "none.env")
    store.put("/p/v", "1")
    run("--env-file", missing, *ENV, env=offline()).expect_failure(f"{missing}: there is no such file")
    assert run("/p", "--env-file-if-exists", missing, *ENV).variables["V"] == "1"
    run("--env-file-if-exists", missing, *ENV, env=offline()).expect_failure("there is nothing to read")


def test_what_is_wrong_with_env_files_is_told_with_file_and_line(run: Runner, store: ParameterStore, tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("A=1\nnonsense hush\nB-C=hush\nD='hush\n")
    result = run("/p", "--env-file", str(env_file), *ENV)
    result.expect_failure(f"{env_file}:2: ", f"{env_file}:3: ", f"{env_file}:4: ")
    assert "hush" not in result.err
    assert store.journal.entries == []


def test_settings_are_never_read_from_env_files(run: Runner, store: ParameterStore, tmp_path: Path) -> None:
    store.put("/p/v", "1")
    env_file = tmp_path / ".env"
    env_file.write_text("AWS_ACCESS_KEY_ID=AKIANONE\nAWS_REGION=eu-west-9\nAWS_ENDPOINT_URL=http://127.0.0.1:1\nPATH=/nowhere\n")
    variables = run("/p", "--env-file", str(env_file), *ENV).variables
    assert (variables["V"], variables["AWS_REGION"], variables["PATH"]) == ("1", "eu-west-9", "/nowhere")


def test_the_dry_run_points_at_values_other_loaders_cut(run: Runner, store: ParameterStore, tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("PASSWORD=hush#hush\nOTHER=x\n")
    result = run("--env-file", str(env_file), "-n", env=offline())
    lines = {line.split()[0]: line for line in result.out.splitlines()}
    assert "contains a #" in lines["PASSWORD"] and str(env_file) in lines["PASSWORD"]
    assert "contains a #" not in lines["OTHER"] and "hush" not in result.out


# --- Lock files


@pytest.fixture
def released(store: ParameterStore) -> None:
    for value in ("1", "2"):
        store.put("/prod/api/url", f"url {value}")
        store.put("/prod/api/key", f"key {value}", "SecureString")
        store.put("/prod/single", f"single {value}")
    store.put_secret("prod/db", json.dumps({"password": "secret 1"}))


SOURCES = ("/prod/api", "SINGLE=/prod/single:1", f"DB_PASS={SECRET}#password", "--file", "KEY_FILE=/prod/api/key")


def lock(run: Runner, path: Path, *sources: str) -> str:
    result = run(*sources, "-n", "--json")
    assert result.status == 0, result.err
    path.write_text(result.out)
    return result.out


def test_a_lock_file_starts_exactly_what_it_records(run: Runner, store: ParameterStore, released: None, tmp_path: Path) -> None:
    path = tmp_path / "prod.lock"
    text = lock(run, path, *SOURCES)
    assert not any(value in text for value in ("url ", "key 2", "single ", "secret 1"))
    for name in ("/prod/api/url", "/prod/api/key", "/prod/single"):
        store.put(name, "newer", "SecureString" if name.endswith("key") else None)
    store.journal.clear()
    variables = run("--lock", str(path), "--", "/bin/sh", "-c", 'printf "%s\\0" "$(cat "$KEY_FILE")"; exec env -0').out.split("\0")
    assert {"key 2", "KEY=key 2", "URL=url 2", "SINGLE=single 1", "DB_PASS=secret 1"} <= set(variables)
    assert {entry.operation for entry in store.journal.entries} == {"GetParameters"}
    assert len(store.journal.entries) == 1
    assert sorted(store.journal.entries[0].body["Names"]) == [
        SECRET, "/prod/api/key:2", "/prod/api/url:2", "/prod/single:1",
    ]  # fmt: skip


def test_the_drift_check(run: Runner, store: ParameterStore, released: None, tmp_path: Path) -> None:
    path = tmp_path / "prod.lock"
    text = lock(run, path, *SOURCES)
    inherited = with_variables(run, URL="inherited", OTHER="x")
    assert run(*SOURCES, "-n", "--json", "--preserve-env", env=inherited).out == text
    store.put("/prod/api/url", "url 3")
    assert run(*SOURCES, "-n", "--json").out != text


def test_a_version_that_is_gone_names_the_parameter(run: Runner, store: ParameterStore, released: None, tmp_path: Path) -> None:
    path = tmp_path / "prod.lock"
    lock(run, path, "/prod/api")
    for number in range(101):
        store.put("/prod/api/url", str(number))
    run("--lock", str(path), *ENV).expect_failure(f"{path}: ParameterNotFound", "/prod/api/url:2", "write the lock file again")


def test_a_lock_file_counts_in_its_place_on_the_command_line(run: Runner, store: ParameterStore, released: None, tmp_path: Path) -> None:
    path = tmp_path / "prod.lock"
    lock(run, path, "/prod/api")
    store.put("/prod/api/url", "url 3")
    store.put("/other/url", "other")
    assert run("--lock", str(path), "/prod/api", *ENV).variables["URL"] == "url 3"
    assert run("/prod/api", "--lock", str(path), *ENV).variables["URL"] == "url 2"
    env = with_variables(run, SSM_EXEC_LOCK=str(path), SSM_EXEC_SOURCES="/prod/api")
    assert run(*ENV, env=env).variables["URL"] == "url 3"


@pytest.mark.parametrize("edit,text", [
    (lambda text: text.replace('"version": 2', '"version": -2', 1), "variable 1 (KEY): its \"version\" is missing or not a whole number"),
    (lambda text: text.replace('"version": 2, ', "", 1), "variable 1 (KEY): its \"version\" is missing or not a whole number"),
    (lambda text: text.replace('"name": "URL"', '"name": "U=RL"'), "variable 2: its \"name\" is not a variable name"),
    (lambda text: text.replace('"parameter": "/prod/api/url", ', ""), "variable 2 (URL): has no \"parameter\""),
    (lambda text: text.replace("/prod/api/url", "/prod//url"), "variable 2 (URL): its \"parameter\" is not the name of a parameter: a name cannot have two slashes"),
    (lambda text: text.replace('"name": "URL"', '"name": "KEY"'), "the variable KEY occurs twice"),
    (lambda text: text.replace("},\n", "}\n"), "not valid JSON"),
    (lambda text: text.replace("variables", "values"), "not a lock file"),
    (lambda text: "", "not valid JSON"),
    (lambda text: "[]", "not a lock file"),
])  # fmt: skip
def test_a_lock_file_that_was_edited_badly_tells_its_place(
    run: Runner, store: ParameterStore, released: None, tmp_path: Path, edit, text: str
) -> None:
    path = tmp_path / "prod.lock"
    path.write_text(edit(lock(run, path, "/prod/api")))
    store.journal.clear()
    run("--lock", str(path), *ENV).expect_failure(f"{path}: ", text)
    assert store.journal.entries == []


def test_a_json_error_in_a_lock_file_tells_its_line(run: Runner, store: ParameterStore, released: None, tmp_path: Path) -> None:
    path = tmp_path / "prod.lock"
    path.write_text(lock(run, path, "/prod/api").replace("},\n", "}\n"))
    run("--lock", str(path), *ENV).expect_failure("(line 3)")


@pytest.mark.parametrize("sources", [("--optional", "/nothing"), ("/prod/api=P_", "X=/prod/single", f"S={SECRET}#password")])
def test_a_lock_of_a_lock_is_the_same(run: Runner, store: ParameterStore, released: None, tmp_path: Path, sources: tuple[str, ...]) -> None:
    path = tmp_path / "prod.lock"
    env = with_variables(run, **{"odd.name": "ssm:///prod/single"})
    text = run(*sources, "-n", "--json", env=env).out
    path.write_text(text)
    again = run("--lock", str(path), "-n", "--json")
    assert again.status == 0, again.err

    def without_source(lock: str) -> list[dict[str, object]]:
        return [{name: value for name, value in entry.items() if name != "source"} for entry in json.loads(lock)["variables"]]

    assert without_source(again.out) == without_source(text)
    assert run("--lock", str(path), *ENV).status == 0


def test_a_missing_lock_file_is_an_error(run: Runner, store: ParameterStore, tmp_path: Path) -> None:
    run("--lock", str(tmp_path / "no.lock"), *ENV).expect_failure("no.lock: there is no such file")


# --- Files in memory


def test_a_file_is_read_again_and_again_from_its_start(run: Runner, store: ParameterStore) -> None:
    store.put("/tls/key", "line 1\nline 2\n", "SecureString")
    script = 'cat "$KEY" "$KEY"; head -c 4 "$KEY"; sh -c \'sh -c "cat $KEY"\'; echo "$KEY"; stat -L -c "%a %s" "$KEY"'
    result = run("--file", "KEY=/tls/key", "--", "/bin/sh", "-c", script)
    text = "line 1\nline 2\n"
    lines = result.out.removeprefix(text * 2 + "line" + text).splitlines()
    assert lines[0].startswith("/proc/self/fd/") and int(lines[0].rsplit("/", 1)[1]) >= 10
    assert lines[1] == f"400 {len(text)}"


def test_a_file_cannot_be_changed(run: Runner, store: ParameterStore) -> None:
    store.put("/tls/key", "content")
    script = """
import fcntl, os
path = os.environ["KEY"]
fd = int(path.rsplit("/", 1)[1])
for change in (lambda: os.write(fd, b"x"), lambda: os.ftruncate(fd, 0), lambda: os.ftruncate(fd, 100)):
    try:
        change()
    except OSError as error:
        print(type(error).__name__)
print(fcntl.fcntl(fd, fcntl.F_GET_SEALS) == fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE)
print(open(path).read())
"""
    result = run("--file", "KEY=/tls/key", "--", "/usr/bin/python3", "-c", script)
    assert result.out.splitlines() == ["PermissionError"] * 3 + ["True", "content"], result


def test_descriptors_three_to_nine_stay_free(run: Runner, store: ParameterStore) -> None:
    store.put("/tls/a", "A")
    store.put("/tls/b", "B")
    script = 'for fd in 3 4 5 6 7 8 9; do eval "exec $fd</dev/null"; done; cat "$A" "$B"'
    assert run("--file", "A=/tls/a", "--file", "B=/tls/b", "--", "/bin/sh", "-c", script).out == "AB"


def test_a_file_may_hold_what_a_variable_may_not(run: Runner, store: ParameterStore) -> None:
    store.put("/tls/p12", "a\0b", force=True)
    result = run("--file", "P12=/tls/p12", "--", "/bin/sh", "-c", 'cat "$P12"')
    assert result.out_bytes == b"a\0b"


def test_a_member_of_a_value_as_a_file(run: Runner, store: ParameterStore) -> None:
    store.put_secret("tls", json.dumps({"cert": "CERT\n", "key": "KEY\n"}))
    ref = "/aws/reference/secretsmanager/tls"
    env = with_variables(run, SSM_EXEC_FILE=f"CERT={ref}#cert,KEY={ref}#key")
    assert run("--", "/bin/sh", "-c", 'cat "$CERT" "$KEY"', env=env).out == "CERT\nKEY\n"


def test_openssl_and_ssh_keygen_read_a_key(run: Runner, store: ParameterStore, tmp_path: Path) -> None:
    pem = subprocess.run(["openssl", "genpkey", "-algorithm", "RSA"], capture_output=True, text=True, check=True).stdout
    store.put("/tls/key", pem, "SecureString", tier="Advanced")
    assert "Private-Key" in run("--file", "KEY=/tls/key", "--", "/bin/sh", "-c", 'openssl pkey -in "$KEY" -noout -text').out
    if shutil.which("ssh-keygen"):
        assert run("--file", "KEY=/tls/key", "--", "/bin/sh", "-c", 'ssh-keygen -y -f "$KEY"').out.startswith("ssh-rsa ")


def test_a_server_reads_its_certificate(run: Runner, store: ParameterStore, certificates_directory) -> None:
    """Openssl's own server: a real TLS server that opens both paths."""
    made = subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", "-", "-days", "1"],
                          capture_output=True, text=True, check=True).stdout  # fmt: skip
    key, certificate = made[: made.index("-----BEGIN CERT")], made[made.index("-----BEGIN CERT") :]
    store.put("/tls/key", key, "SecureString")
    store.put("/tls/certificate", certificate)
    script = """
import os, socket, ssl, threading
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(os.environ["CERT"], os.environ["KEY"])
server = context.wrap_socket(socket.create_server(("127.0.0.1", 0)), server_side=True)
threading.Thread(target=lambda: server.accept()[0].sendall(b"served")).start()
client = ssl.create_default_context(cafile=os.environ["CERT"])
print(client.wrap_socket(socket.create_connection(server.getsockname()), server_hostname="localhost").recv(6).decode())
"""
    result = run("--file", "KEY=/tls/key", "--file", "CERT=/tls/certificate", "--", "/usr/bin/python3", "-c", script)
    assert result.out == "served\n", result.err


def test_a_file_that_is_overridden_or_unset_is_not_made(run: Runner, store: ParameterStore) -> None:
    store.put("/tls/a", "A")
    script = 'ls -l /proc/self/fd | grep -c memfd; echo "$A"'
    result = run("--file", "A=/tls/a", "A=/tls/a", "--file", "B=/tls/a", "-u", "B", "--", "/bin/sh", "-c", script)
    assert result.out == "0\nA\n"


# --- What COMMAND inherits


def test_pristine_passes_kept_names_and_references_only(run: Runner, store: ParameterStore) -> None:
    store.put("/p/v", "1")
    env = with_variables(run, LANG="C", LC_ALL="C", LC_TIME="C", HOME="/root", REF="ssm:///p/v")
    variables = run("/p", "--pristine", "--keep", "LC_*", "--keep", "HOME", *ENV, env=env).variables
    assert variables == {"V": "1", "REF": "1", "LC_ALL": "C", "LC_TIME": "C", "HOME": "/root"}


def test_unset_takes_inherited_and_fetched_variables(run: Runner, store: ParameterStore, tmp_path: Path) -> None:
    store.put("/p/v", "1")
    store.put("/p/w", "1")
    env_file = tmp_path / ".env"
    env_file.write_text("FILE_A=1\nFILE_B=2\n")
    env = with_variables(run, SECRET_ONE="1", SECRET_TWO="2", PLAIN="3")
    variables = run("/p", "-u", "V", "--unset=SECRET_*", "-uFILE_A", "--env-file", str(env_file), *ENV, env=env).variables
    assert not {"V", "SECRET_ONE", "SECRET_TWO", "FILE_A"} & set(variables)
    assert (variables["W"], variables["PLAIN"], variables["FILE_B"]) == ("1", "3", "2")


CREDENTIALS_VARIABLES = (
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_CREDENTIAL_EXPIRATION", "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
)  # fmt: skip


def test_every_credentials_variable_can_be_kept_from_command(run: Runner) -> None:
    others = {"AWS_REGION": "eu-west-1", "AWS_PROFILES": "p", "aws_profile": "p"}
    env = offline(**dict.fromkeys(CREDENTIALS_VARIABLES, "x"), **others)
    plain = run("--env-file", "/dev/null", *ENV, env=env).variables
    assert set(CREDENTIALS_VARIABLES) <= set(plain)
    dropped = run("--env-file", "/dev/null", "--drop-credentials", *ENV, env=env).variables
    assert set(plain) - set(dropped) == set(CREDENTIALS_VARIABLES)


@pytest.mark.parametrize("name", [*CREDENTIALS_VARIABLES, "AWS_DEFAULT_REGION"])
def test_a_reference_in_a_credentials_variable_is_an_error(run: Runner, name: str) -> None:
    run(*ENV, env=offline(**{name: "ssm:///a/one"})).expect_failure(f"error: {name} is an ssm:// reference")


def test_credentials_can_be_kept_from_command(run: Runner, store: ParameterStore, tmp_path: Path) -> None:
    store.put("/p/aws_profile", "fetched")
    env_file = tmp_path / ".env"
    env_file.write_text("AWS_ROLE_ARN=from file\n")
    env = with_variables(run, AWS_SESSION_TOKEN="", AWS_CONFIG_FILE="/dev/null", AWS_EC2_METADATA_DISABLED="false")
    variables = run("/p", "--drop-credentials", "--env-file", str(env_file), *ENV, env=env).variables
    assert {name for name in variables if name.startswith("AWS_")} - {"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_CA_BUNDLE"} == {
        "AWS_PROFILE", "AWS_ROLE_ARN", "AWS_EC2_METADATA_DISABLED",
    }  # fmt: skip
    assert variables["AWS_EC2_METADATA_DISABLED"] == "true"
    env_file.write_text("AWS_EC2_METADATA_DISABLED=false\n")
    for preserving in ((), ("--preserve-env",)):
        variables = run("/p", "--drop-credentials", "--env-file", str(env_file), *preserving, *ENV, env=env).variables
        assert variables["AWS_EC2_METADATA_DISABLED"] == "false"


def test_requirements_are_all_named_at_once(run: Runner, store: ParameterStore, tmp_path: Path) -> None:
    store.put("/p/v", "1")
    store.put("/p/empty", "", force=True)
    example = tmp_path / ".env.example"
    example.write_text("V=\nINHERITED=\nMISSING_ONE=example\n# comment\nMISSING_TWO=\n")
    env = with_variables(run, INHERITED="x", BLANK="")
    result = run("/p", "--require", f"@{example}", "--require", "EMPTY", "--require", "BLANK", *ENV, env=env)
    result.expect_failure("required, but unset or empty: BLANK, EMPTY, MISSING_ONE, MISSING_TWO")
    assert run("/p", "--require", "V", "--require", "INHERITED", *ENV, env=env).status == 0
    run("/p", "-u", "V", "--require", "V", *ENV, env=env).expect_failure("required, but unset or empty: V")
    many = [f"NAME_{number:04}" for number in range(1000)]
    example.write_text("".join(f"{name}=\n" for name in many))
    result = run("/p", "--require", f"@{example}", *ENV)
    result.expect_failure(*many)


def test_requirements_are_told_beside_everything_else(run: Runner, store: ParameterStore) -> None:
    store.put("/p/path", "1")
    run("/p", "--require", "B", "--require", "A", "--require", "B", *ENV).expect_failure(
        "/p/path: would set PATH", "required, but unset or empty: A, B\n")


def test_secure_only(run: Runner, store: ParameterStore) -> None:
    store.put("/p/v", "1", "SecureString")
    assert run("/p", "--secure-only", *ENV).status == 0
    store.put("/p/plain", "1")
    store.put("/p/list", "1,2", "StringList")
    run("/p", "--secure-only", *ENV).expect_failure("/p/plain: is a String", "/p/list: is a StringList")


def test_guards_hold_for_references_files_and_locks(run: Runner, store: ParameterStore, tmp_path: Path) -> None:
    store.put("/p/v", "1")
    path = tmp_path / "prod.lock"
    path.write_text('{"variables": [{"name": "LD_PRELOAD", "parameter": "/p/v", "version": 1}]}')
    run(*ENV, env=with_variables(run, PS4="ssm:///p/v")).expect_failure("would set PS4")
    run("--file", "BASH_ENV=/p/v", *ENV).expect_failure("would set BASH_ENV")
    run("--lock", str(path), *ENV).expect_failure("would set LD_PRELOAD")


def test_mixed_environments_are_seen_in_references_and_locks(run: Runner, store: ParameterStore, tmp_path: Path) -> None:
    path = tmp_path / "prod.lock"
    path.write_text('{"variables": [{"name": "A", "parameter": "/prod/v", "version": 1}]}')
    run("--lock", str(path), *ENV, env=with_variables(run, X="ssm:///dev/v")).expect_failure("environment", f"{path}: /prod/v")
    assert store.journal.entries == []


def test_variables_of_the_options_for_values(run: Runner, store: ParameterStore, tmp_path: Path) -> None:
    store.put("/p/v", "1")
    env_file = tmp_path / ".env"
    env_file.write_text("E=1\n")
    env = with_variables(run, SSM_EXEC_PRISTINE="yes", SSM_EXEC_KEEP="HOME,LC_*", SSM_EXEC_UNSET="W", SSM_EXEC_REQUIRE="V,E",
                         SSM_EXEC_ENV_FILE=str(env_file), SSM_EXEC_SOURCES="/p", HOME="/h", LC_ALL="C", W="x")  # fmt: skip
    assert run(*ENV, env=env).variables == {"V": "1", "E": "1", "HOME": "/h", "LC_ALL": "C"}


@pytest.mark.parametrize("arguments,text", [
    (("--keep", "A", "/p"), "--keep needs --pristine"),
    (("-u", "A*B", "/p"), '-u: "A*B" is not a variable name'),
    (("-u", "A=B", "/p"), '-u: "A=..." is not a variable name'),
    (("-u",), "-u: needs a value"),
    (("--require", "@", "/p"), '--require: "..." is not a variable name'),
    (("--file", "/p", "/p"), "--file: /p: expected NAME=/parameter/name: a file holds one parameter"),
    (("--env-file", "", "/p"), "its value is empty"),
])  # fmt: skip
def test_usage_errors_of_the_options_for_values(run: Runner, store: ParameterStore, arguments: tuple[str, ...], text: str) -> None:
    run(*arguments, *ENV).expect_failure(text)
    assert store.journal.entries == []


def test_names_of_any_kind_can_be_kept_and_taken_out(run: Runner, store: ParameterStore) -> None:
    store.put("/p/v", "1")
    env = with_variables(run, **{"npm_config.x": "1", "npm_config.y": "2"})
    assert b"npm_config.x=1" not in run("/p", "-u", "npm_config.x", *ENV, env=env).entries
    assert set(run("/p", "--pristine", "--keep", "npm_config.*", *ENV, env=env).entries) == {b"V=1", b"npm_config.x=1", b"npm_config.y=2"}


def test_the_command_line_wins_over_a_bad_variable(run: Runner, store: ParameterStore) -> None:
    store.put("/p/v", "1")
    env = with_variables(run, SSM_EXEC_TIMEOUT="bad", SSM_EXEC_LOG_FORMAT="bad", SSM_EXEC_REQUIRE="V, PATH ,")
    run("/p", *ENV, env=env).expect_failure("SSM_EXEC_TIMEOUT", "SSM_EXEC_LOG_FORMAT")
    assert run("/p", "--timeout", "30", "--log-format=text", *ENV, env=env).status == 0


def test_a_file_without_a_free_descriptor_says_so(run: Runner, store: ParameterStore) -> None:
    store.put("/tls/a", "A")
    limited = ["/usr/bin/prlimit", "--nofile=10", str(run.program), "--file", "A=/tls/a", "--", "/bin/true"]
    done = subprocess.run(limited, env=run.environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 125 and "A: no descriptor from 10 on is free" in done.stderr
