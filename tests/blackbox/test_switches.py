"""Settings of AWS that are true or false, and what they change: FIPS and dual-stack endpoints, endpoints that are ignored."""

from __future__ import annotations

import hashlib
import json
import socket
import subprocess

import pytest
from conftest import Runner
from parameter_store import ParameterStore, faults
from privileges import unshare
from tunnels import listener, read_head

ECHO = ("--", "/bin/echo", "started")
NOBODY = {"HTTPS_PROXY": "http://127.9.8.7:9"}
"""Nothing is resolved, no server is reached: the message names the host that it would have asked."""
HINT = "this is a FIPS endpoint (AWS_USE_FIPS_ENDPOINT, or use_fips_endpoint of the profile)"
SWITCHES = {
    "AWS_USE_FIPS_ENDPOINT": "use_fips_endpoint",
    "AWS_USE_DUALSTACK_ENDPOINT": "use_dualstack_endpoint",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "ignore_configured_endpoint_urls",
}


def asked(run: Runner, *options: str, env: dict[str, str | None]) -> str:
    """The host."""
    result = run(*options, "--timeout", "200ms", "/p", *ECHO, env={"AWS_ENDPOINT_URL": None, **NOBODY, **env})
    result.expect_failure("the timeout ended the wait for ")
    return result.err.split("the timeout ended the wait for ")[1].split()[0]


def write_profile(run: Runner, key: str, value: str) -> None:
    (run.home / ".aws").mkdir(exist_ok=True)
    (run.home / ".aws" / "config").write_text(f"[default]\n{key} = {value}\n")


@pytest.mark.parametrize("value", ["1", "0", "yes", "on", "truee", "true,false"])
@pytest.mark.parametrize("variable", SWITCHES)
def test_neither_true_nor_false_is_refused_by_name(run: Runner, store: ParameterStore, variable: str, value: str) -> None:
    run("/p", *ECHO, env={variable: value}).expect_failure(f'error: {variable}: "{value}" is neither true nor false')
    write_profile(run, SWITCHES[variable], value)
    run("/p", *ECHO).expect_failure(f'{run.home}/.aws/config:2: {SWITCHES[variable]}: "{value}" is neither true nor false')
    assert store.journal.connections == 0


@pytest.mark.parametrize("variable", SWITCHES)
def test_what_may_be_a_secret_is_not_shown(run: Runner, variable: str) -> None:
    result = run("/p", *ECHO, env={variable: "token=hush-must-not-be-seen"})
    result.expect_failure(f'{variable}: "token=..." is neither')
    assert "hush" not in result.err


@pytest.mark.parametrize("off", ["false", "FALSE", "False"])
@pytest.mark.parametrize("on", ["true", "TRUE", "True"])
def test_any_case_of_letters_and_the_variable_over_the_profile(run: Runner, on: str, off: str) -> None:
    write_profile(run, "use_fips_endpoint", on)
    assert asked(run, env={}) == "ssm-fips.us-east-1.amazonaws.com"
    assert asked(run, env={"AWS_USE_FIPS_ENDPOINT": off}) == "ssm.us-east-1.amazonaws.com"
    write_profile(run, "use_fips_endpoint", off)
    assert asked(run, env={"AWS_USE_FIPS_ENDPOINT": on}) == "ssm-fips.us-east-1.amazonaws.com"
    assert asked(run, env={"AWS_USE_FIPS_ENDPOINT": ""}) == "ssm.us-east-1.amazonaws.com"


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1", "us-gov-west-1", "cn-north-1"])
@pytest.mark.parametrize("fips", [False, True])
@pytest.mark.parametrize("dual_stack", [False, True])
def test_hosts_are_botocores(run: Runner, region: str, fips: bool, dual_stack: bool) -> None:
    import botocore.session
    from botocore.config import Config

    config = Config(use_fips_endpoint=fips, use_dualstack_endpoint=dual_stack)
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "y"}

    def host(service: str, operation: str, parameters: dict) -> str:
        client = botocore.session.Session().create_client(service, region_name=region, config=config, **keys)
        found: list[str] = []
        client.meta.events.register_first("before-send", lambda request, **_: found.append(request.url.split("/")[2]) or botocore.awsrequest.AWSResponse("", 404, {}, None))
        try:
            getattr(client, operation)(**parameters)
        except Exception:  # noqa: BLE001: the reply is none
            assert found
        return found[0]

    environment = {"AWS_REGION": region, "AWS_USE_FIPS_ENDPOINT": str(fips), "AWS_USE_DUALSTACK_ENDPOINT": str(dual_stack)}
    assert asked(run, env=environment) == host("ssm", "get_parameters", {"Names": ["a"]})
    run.home.joinpath(".aws", "sso", "cache").mkdir(parents=True, exist_ok=True)
    start_url = "https://example.awsapps.com/start"
    write_profile(run, "sso_account_id", f"123456789012\nsso_role_name = r\nsso_region = {region}\nsso_start_url = {start_url}")
    token = {"accessToken": "t", "expiresAt": "2099-01-01T00:00:00Z", "region": region, "startUrl": start_url}
    (run.home / ".aws" / "sso" / "cache" / f"{hashlib.sha1(start_url.encode()).hexdigest()}.json").write_text(json.dumps(token))
    sso = run("--timeout", "200ms", "--profile", "default", "/p", *ECHO, env={"AWS_ENDPOINT_URL": None, **NOBODY, **environment})
    portal = host("sso", "get_role_credentials", {"roleName": "r", "accountId": "1", "accessToken": "t"})
    if region.startswith("us-gov-") and fips and not dual_stack:
        portal = "portal.sso.us-gov-west-1.amazonaws.com"  # as to botocore since 2023; Debian 12 has an older one
    sso.expect_failure(f"the timeout ended the wait for {portal}")


@pytest.mark.parametrize("env,host,is_fips", [({"AWS_USE_FIPS_ENDPOINT": "true"}, "ssm-fips.eu-west-1.amazonaws.com", True), ({}, "ssm.eu-west-1.amazonaws.com", False)])
def test_a_fips_endpoint_that_does_not_exist_has_a_hint_of_its_own(run: Runner, env: dict[str, str], host: str, is_fips: bool) -> None:
    """The proxy cannot resolve it, and says so."""

    def serve(connection: socket.socket) -> None:
        with connection:
            read_head(connection)
            connection.sendall(b"HTTP/1.1 503 no such host\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    environment = {"AWS_ENDPOINT_URL": None, "AWS_REGION": "eu-west-1", **env}
    with listener(serve) as port:
        proxied = run("--timeout", "500ms", "/p", *ECHO, env={**environment, "HTTPS_PROXY": f"http://127.0.0.1:{port}"})
    assert host in proxied.err and (HINT in proxied.err) == is_fips, proxied.err


@pytest.mark.parametrize("env,is_fips", [({"AWS_USE_FIPS_ENDPOINT": "true"}, True), ({}, False)])
def test_where_its_name_cannot_be_resolved_it_has_the_same_hint(run: Runner, env: dict[str, str], is_fips: bool) -> None:
    environment = run.environment({"AWS_ENDPOINT_URL": None, "AWS_REGION": "eu-west-1", **env})
    command = [*unshare("--net"), run.program, "--timeout", "1s", "/p", *ECHO]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 125 and "the host name cannot be resolved" in done.stderr, done
    assert (HINT in done.stderr) == is_fips, done.stderr


def test_a_status_that_is_not_awss_is_told_with_the_port(run: Runner, store: ParameterStore) -> None:
    store.faults.always(faults.StatusAnswer(418))
    run("/p", *ECHO).expect_failure(f"/p: 127.0.0.1:{store.port}: HTTP status 418", f"is 127.0.0.1:{store.port} the right endpoint")
