"""Every provider of credentials and every way to fail: the message names the setting that was read and its place, quotes
what the service said, and tells how to renew the credentials of that provider."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import pytest
from chain import CONTAINER_TOKEN, SSO_TOKEN, START_URL, WEB_TOKEN, Chain, chain, in_seconds, role  # noqa: F401
from credential_services import write_sso_token
from parameter_store import faults

Env = dict[str, str | None]
PAST = datetime(2020, 1, 1, tzinfo=timezone.utc)
PAST_TEXT = "2020-01-01T00:00:00Z"
SECRETS = (CONTAINER_TOKEN, SSO_TOKEN, WEB_TOKEN, "must-not-be-seen")


@dataclass(frozen=True)
class Provider:
    set_up: Callable[[Chain], Env]
    origin: str
    """Who gave the credentials, with the place."""
    renewal: str
    """How to get others."""
    expire: Callable[[Chain], Any] | None = None
    """Makes it give credentials that have expired; None: it cannot know."""


def static_profile(chain: Chain) -> Env:
    chain.config["default"] = {"output": "json", **chain.properties("file", session_token="token-must-not-be-seen")}
    return {}


def role_profile(chain: Chain) -> Env:
    chain.config = {"default": {"role_arn": role("app"), "source_profile": "base"}, "profile base": chain.properties("base")}
    chain.sts.add_role(role("app"))
    return {}


def web_profile(chain: Chain) -> Env:
    chain.config["default"] = {"role_arn": chain.web_identity("web"), "web_identity_token_file": chain.token_file()}
    return {}


def process(chain: Chain, **members: str) -> Env:
    chain.config["default"] = {"credential_process": chain.process(chain.process_document(**members))}
    return {}


def sso(chain: Chain) -> Env:
    chain.config["default"] = chain.sso_profile()
    return {}


def login(chain: Chain, expires_at: Any = None) -> Env:
    chain.config["default"] = chain.login_profile(expires_at)
    return {}


def expire_sso(chain: Chain) -> None:
    chain.sso_portal.settings.expiration = in_seconds(-10)


PROVIDERS: dict[str, Provider] = {
    "environment": Provider(
        lambda chain: chain.variables(), "environment", "set new ones in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY (AWS_SESSION_TOKEN is not set)"),
    "environment with a token": Provider(
        lambda chain: {**chain.variables(session_token="token-must-not-be-seen"), "AWS_CREDENTIAL_EXPIRATION": None}, "environment",
        "set new ones in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN"),
    "static keys": Provider(static_profile, 'profile "default" ({home}/.aws/config:3)', 'put new ones into profile "default", whose keys start at {home}/.aws/config:3'),
    "role": Provider(
        role_profile, f'role {role("app")} (profile "default", by profile "base" ({{home}}/.aws/config:6))',
        "STS gives new ones for the role named by {home}/.aws/config:2: role_arn at each run",
        lambda chain: chain.sts.add_role(role("app"), session_seconds=-10)),
    "--role-arn": Provider(
        lambda chain: (chain.sts.add_role(role("top")), {**chain.variables(), "SSM_EXEC_ROLE_ARN": role("top")})[1],
        f"role {role('top')} (SSM_EXEC_ROLE_ARN, by environment)", "STS gives new ones for the role named by SSM_EXEC_ROLE_ARN at each run",
        lambda chain: chain.sts.add_role(role("top"), session_seconds=-10)),
    "web identity": Provider(
        lambda chain: chain.web_identity_env(), f"web identity (role {role('web-env')})", "STS gives new ones in exchange for the token in {home}/token-web-env at each run",
        lambda chain: chain.sts.add_role(role("web-env"), session_seconds=-10)),
    "web identity of a profile": Provider(
        web_profile, f"web identity (role {role('web')})", "STS gives new ones in exchange for the token in {home}/web-token at each run",
        lambda chain: chain.sts.add_role(role("web"), session_seconds=-10)),
    "process": Provider(
        process, "credential_process of {home}/.aws/config:2", "run the credential_process of {home}/.aws/config:2 by hand: does it cache old ones?",
        lambda chain: process(chain, Expiration=PAST_TEXT)),
    "SSO": Provider(sso, 'SSO (profile "default", role Reader in account 123456789012)', "run: aws sso login --profile default", expire_sso),
    "login": Provider(login, 'aws login (profile "default")', "run: aws login --profile default", lambda chain: login(chain, PAST)),
    "container": Provider(
        lambda chain: chain.container_env(), "container credentials (127.0.0.1, AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "the agent at 127.0.0.1, named by AWS_CONTAINER_CREDENTIALS_FULL_URI, gives new ones: is it healthy",
        lambda chain: setattr(chain.container.settings, "expiration", PAST)),
    "instance": Provider(
        lambda chain: chain.metadata_env(), "EC2 instance metadata (role instance-role)", "EC2 renews those of its role instance-role: check the instance profile"),
}


def text(chain: Chain, template: str) -> str:
    for service in ("container", "metadata", "sso_portal"):
        template = template.replace(f"{{{service}}}", f"127.0.0.1:{getattr(chain, service).port}")
    return template.replace("{home}", str(chain.home))


def expect(chain: Chain, *texts: str, env: Env) -> str:
    result = chain.run(env=env, command=("--", "/bin/echo", "started"))
    result.expect_failure(*(text(chain, part) for part in texts))
    assert not [secret for secret in SECRETS if secret in result.err], result.err
    return result.err


# --- Credentials that Parameter Store refuses

REFUSED_KEYS = {
    "ExpiredTokenException": ("The security token included in the request is expired", "the session credentials have expired: "),
    "UnrecognizedClientException": ("The security token included in the request is invalid.", "the access key id is unknown to AWS in this partition"),
    "InvalidSignatureException": ("The request signature we calculated does not match.", "the secret access key does not belong to the access key id: "),
}


@pytest.mark.parametrize("code", REFUSED_KEYS)
@pytest.mark.parametrize("name", PROVIDERS)
def test_keys_that_parameter_store_refuses(chain: Chain, name: str, code: str) -> None:
    provider = PROVIDERS[name]
    env = provider.set_up(chain)
    message, hint = REFUSED_KEYS[code]
    chain.store.faults.always(faults.ErrorAnswer(code, message))
    expect(chain, f"error: /p: {code}: {message} (request id ", f"hint: {hint}", provider.renewal, f"(credentials from: {provider.origin}", env=env)


@pytest.mark.parametrize("name", [name for name, provider in PROVIDERS.items() if provider.expire])
def test_credentials_that_have_expired(chain: Chain, name: str) -> None:
    provider = PROVIDERS[name]
    env = provider.set_up(chain)
    assert provider.expire is not None
    provider.expire(chain)
    expect(chain, f"error: {provider.origin}", ": these credentials expired at ", f"hint: {provider.renewal}", "; and check this machine's clock", env=env)


# --- Settings


def config(chain: Chain, **properties: str) -> Env:
    chain.config["default"] = properties
    return {}


def sso_with(chain: Chain, **changes: str | None) -> Env:
    profile = {**chain.sso_profile(legacy=True), **changes}
    chain.config["default"] = {key: value for key, value in profile.items() if value is not None}
    return {}


def expired_sso_token(chain: Chain, legacy: bool) -> Env:
    chain.config["default"] = chain.sso_profile(legacy)
    write_sso_token(chain.home, START_URL if legacy else "corp", SSO_TOKEN, PAST)
    return {}


def region(name: str) -> Callable[[Chain], Env]:
    return lambda chain: {**chain.variables(), "AWS_REGION": None, "AWS_DEFAULT_REGION": None, name: "not_one"}


WEB: Callable[[Chain], Env] = lambda chain: chain.web_identity_env()  # noqa: E731
SESSION = "a role session name is 2 to 64 letters, digits and _+=,.@-"
ARN = "the role is not an ARN such as arn:aws:iam::123456789012:role/NAME"
OTHER_ARN = "the ARN is not that of a role, such as arn:aws:iam::123456789012:role/NAME"

SETTINGS: dict[str, tuple[Callable[[Chain], Env], tuple[str, ...]]] = {
    # name: set up, what is said
    "AWS_SECRET_ACCESS_KEY": (lambda chain: {**chain.variables(), "AWS_SECRET_ACCESS_KEY": None}, ("error: AWS_SECRET_ACCESS_KEY: not set",)),
    "AWS_CREDENTIAL_EXPIRATION": (lambda chain: {**chain.variables(), "AWS_CREDENTIAL_EXPIRATION": "soon"}, ("error: AWS_CREDENTIAL_EXPIRATION: ",)),
    "AWS_ROLE_ARN": (lambda chain: {**WEB(chain), "AWS_ROLE_ARN": "reader"}, (f"error: AWS_ROLE_ARN: {ARN}",)),
    "AWS_ROLE_ARN of a user": (lambda chain: {**WEB(chain), "AWS_ROLE_ARN": "arn:aws:iam::123456789012:user/me"}, (f"error: AWS_ROLE_ARN: {OTHER_ARN}",)),
    "AWS_ROLE_ARN of a session": (
        lambda chain: {**WEB(chain), "AWS_ROLE_ARN": "arn:aws:sts::123456789012:assumed-role/x/me"},
        (f"error: AWS_ROLE_ARN: {OTHER_ARN}", "hint: it is the ARN of a role session")),
    "AWS_ROLE_SESSION_NAME": (lambda chain: {**WEB(chain), "AWS_ROLE_SESSION_NAME": "a b"}, (f"error: AWS_ROLE_SESSION_NAME: {SESSION}",)),
    "AWS_ROLE_SESSION_NAME, short": (lambda chain: {**WEB(chain), "AWS_ROLE_SESSION_NAME": "a"}, (f"error: AWS_ROLE_SESSION_NAME: {SESSION}",)),
    "AWS_ROLE_SESSION_NAME, long": (lambda chain: {**WEB(chain), "AWS_ROLE_SESSION_NAME": "a" * 65}, (f"error: AWS_ROLE_SESSION_NAME: {SESSION}",)),
    "AWS_ROLE_SESSION_NAME of --role-arn": (
        lambda chain: {**chain.variables(), "SSM_EXEC_ROLE_ARN": role("top"), "AWS_ROLE_SESSION_NAME": "a/b"}, (f"error: AWS_ROLE_SESSION_NAME: {SESSION}",)),
    "SSM_EXEC_ROLE_ARN": (lambda chain: {**chain.variables(), "SSM_EXEC_ROLE_ARN": "reader"}, (f"error: SSM_EXEC_ROLE_ARN: {ARN}",)),
    "AWS_WEB_IDENTITY_TOKEN_FILE": (
        lambda chain: {**WEB(chain), "AWS_WEB_IDENTITY_TOKEN_FILE": "/no/file"}, ("error: /no/file: there is no such file (named by AWS_WEB_IDENTITY_TOKEN_FILE)", "hint: whoever renews the token writes this file (on Kubernetes")),
    "role_arn": (lambda chain: config(chain, role_arn="x", credential_source="Environment"), (f"error: {{home}}/.aws/config:2: role_arn: {ARN}",)),
    "role_session_name": (
        lambda chain: config(chain, role_arn=role("x"), credential_source="Environment", role_session_name="a b"), (f"error: {{home}}/.aws/config:4: role_session_name: {SESSION}",)),
    "external_id": (
        lambda chain: config(chain, role_arn=role("x"), credential_source="Environment", external_id="a b"),
        ("error: {home}/.aws/config:4: external_id: an external id is 2 to 1224 letters, digits and _+=,.@:/-",)),
    "duration_seconds": (
        lambda chain: config(chain, role_arn=role("x"), credential_source="Environment", duration_seconds="43201"),
        ("error: {home}/.aws/config:4: duration_seconds: the duration of a session is a number of seconds from 900 to 43200",)),
    "duration_seconds of a web identity": (
        lambda chain: config(chain, role_arn=role("x"), web_identity_token_file=chain.token_file(), duration_seconds="899"),
        ("error: {home}/.aws/config:4: duration_seconds: the duration of a session",)),
    "role_session_name of a web identity": (
        lambda chain: config(chain, role_arn=role("x"), web_identity_token_file=chain.token_file(), role_session_name="a b"),
        (f"error: {{home}}/.aws/config:4: role_session_name: {SESSION}",)),
    "web_identity_token_file": (
        lambda chain: config(chain, role_arn=role("x"), web_identity_token_file="~/none"),
        ("error: {home}/none: there is no such file (named by {home}/.aws/config:3: web_identity_token_file)",)),
    "source_profile without credentials": (
        lambda chain: (chain.config.update({"profile base": {"output": "json"}}), config(chain, role_arn=role("x"), source_profile="base"))[1],
        ('error: {home}/.aws/config:6: source_profile: profile "base" has no credentials',)),
    "credential_source that has none": (
        lambda chain: config(chain, role_arn=role("x"), credential_source="EcsContainer"), ("error: {home}/.aws/config:3: credential_source: container credentials: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and",)),
    "credential_process": (lambda chain: config(chain, credential_process="no-such-helper"), ("error: {home}/.aws/config:2: no-such-helper: not found in PATH (",)),
    "login_session": (
        lambda chain: config(chain, login_session="x"),
        ('error: {home}/.aws/config:2: login_session: profile "default" has a login_session, but nobody has signed in here: there is no {home}/.aws/login/cache/', "hint: run: aws login --profile default")),
    "sso_session": (lambda chain: config(chain, sso_session="nobody", sso_account_id="1", sso_role_name="x"), ("error: {home}/.aws/config:2: sso_session: there is no section [sso-session nobody]",)),
    "sso_region": (lambda chain: sso_with(chain, sso_region="us_east"), ('error: {home}/.aws/config:3: sso_region: "us_east" is ',)),
    "sso_role_name": (lambda chain: sso_with(chain, sso_role_name=None), ('error: {home}/.aws/config:4: sso_account_id: profile "default" lacks settings for SSO: sso_role_name',)),
    "an SSO token that has expired": (
        lambda chain: expired_sso_token(chain, False), (f'error: {{home}}/.aws/config:6: sso_session: the SSO session of profile "default" expired at {PAST_TEXT}', "hint: run: aws sso login --profile default")),
    "an SSO token of the old form that has expired": (
        lambda chain: expired_sso_token(chain, True), (f'error: {{home}}/.aws/config:2: sso_start_url: the SSO session of profile "default" expired at {PAST_TEXT}', "hint: run: aws sso login --profile default")),
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": (lambda chain: {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "creds"}, ("error: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: does not begin with a slash",)),
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": (lambda chain: {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://192.0.2.1/"}, ("error: AWS_CONTAINER_CREDENTIALS_FULL_URI: http:// to 192.0.2.1 is refused",)),
    "AWS_CONTAINER_AUTHORIZATION_TOKEN": (lambda chain: {**chain.container_env(), "AWS_CONTAINER_AUTHORIZATION_TOKEN": "a\nb"}, ("error: AWS_CONTAINER_AUTHORIZATION_TOKEN: holds a line break",)),
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": (
        lambda chain: {**chain.container_env(), "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "~/none"}, ("error: {home}/none: there is no such file (named by AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE)",)),
    "AWS_EC2_METADATA_SERVICE_ENDPOINT": (lambda chain: {**chain.metadata_env(), "AWS_EC2_METADATA_SERVICE_ENDPOINT": "x"}, ("AWS_EC2_METADATA_SERVICE_ENDPOINT: not a URL",)),
    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": (
        lambda chain: {**chain.metadata_env(), "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "v6"}, ('AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: "v6" is neither IPv4 nor IPv6',)),
    "AWS_METADATA_SERVICE_TIMEOUT": (lambda chain: {**chain.metadata_env(), "AWS_METADATA_SERVICE_TIMEOUT": "1s"}, ('AWS_METADATA_SERVICE_TIMEOUT: "1s" is not a whole number',)),
    "ec2_metadata_service_endpoint": (
        lambda chain: {**config(chain, ec2_metadata_service_endpoint="x"), "AWS_EC2_METADATA_DISABLED": None}, ("{home}/.aws/config:2: ec2_metadata_service_endpoint: not a URL",)),
    "ec2_metadata_service_endpoint_mode": (
        lambda chain: {**config(chain, ec2_metadata_service_endpoint_mode="x"), "AWS_EC2_METADATA_DISABLED": None}, ('{home}/.aws/config:2: ec2_metadata_service_endpoint_mode: "x" is neither',)),
    "metadata_service_timeout": (
        lambda chain: {**config(chain, metadata_service_timeout="x"), "AWS_EC2_METADATA_DISABLED": None}, ('{home}/.aws/config:2: metadata_service_timeout: "x" is not a whole number',)),
    "metadata_service_num_attempts": (
        lambda chain: {**config(chain, metadata_service_num_attempts="0"), "AWS_EC2_METADATA_DISABLED": None}, ('{home}/.aws/config:2: metadata_service_num_attempts: "0" is not a whole number',)),
    "AWS_CONFIG_FILE": (lambda chain: {"AWS_CONFIG_FILE": "/etc"}, ("error: /etc: is a directory, not a file (named by AWS_CONFIG_FILE)",)),
    "AWS_SHARED_CREDENTIALS_FILE": (lambda chain: {"AWS_SHARED_CREDENTIALS_FILE": "/etc"}, ("error: /etc: is a directory, not a file (named by AWS_SHARED_CREDENTIALS_FILE)",)),
    "AWS_REGION": (region("AWS_REGION"), ('error: AWS_REGION: "not_one" is ',)),
    "AWS_DEFAULT_REGION": (region("AWS_DEFAULT_REGION"), ('error: AWS_DEFAULT_REGION: "not_one" is ',)),
    "SSM_EXEC_REGION": (region("SSM_EXEC_REGION"), ('error: SSM_EXEC_REGION: "not_one" is ',)),
    "region": (lambda chain: {**config(chain, region="not_one"), "AWS_REGION": None, "AWS_DEFAULT_REGION": None}, ('error: {home}/.aws/config:2: region: "not_one" is ',)),
    "AWS_PROFILE": (lambda chain: {"AWS_PROFILE": "nobody"}, ('error: AWS_PROFILE: there is no profile "nobody"',)),
    "AWS_DEFAULT_PROFILE": (lambda chain: {"AWS_DEFAULT_PROFILE": "nobody"}, ('error: AWS_DEFAULT_PROFILE: there is no profile "nobody"',)),
    "SSM_EXEC_PROFILE": (lambda chain: {"SSM_EXEC_PROFILE": "nobody"}, ('error: SSM_EXEC_PROFILE: there is no profile "nobody"',)),
    "SSM_EXEC_CA_BUNDLE": (lambda chain: {"SSM_EXEC_CA_BUNDLE": "/no/file"}, ("error: SSM_EXEC_CA_BUNDLE: the file of trusted certificates, /no/file, cannot be read",)),
    "ca_bundle": (lambda chain: {**config(chain, ca_bundle="/no/file"), "AWS_CA_BUNDLE": None}, ("error: {home}/.aws/config:2: ca_bundle: the file of trusted certificates, /no/file",)),
    "AWS_ENDPOINT_URL": (lambda chain: {"AWS_ENDPOINT_URL": "x"}, ("error: AWS_ENDPOINT_URL: not a URL",)),
    "SSM_EXEC_ENDPOINT_URL": (lambda chain: {"SSM_EXEC_ENDPOINT_URL": "x"}, ("error: SSM_EXEC_ENDPOINT_URL: not a URL",)),
    "endpoint_url": (lambda chain: {**config(chain, endpoint_url="x"), "AWS_ENDPOINT_URL": None}, ("error: {home}/.aws/config:2: endpoint_url: not a URL",)),
    "services": (lambda chain: {**config(chain, services="x"), "AWS_ENDPOINT_URL": None}, ("error: {home}/.aws/config:2: services: there is no section [services x]",)),
    "AWS_MAX_ATTEMPTS": (lambda chain: {"AWS_MAX_ATTEMPTS": "x"}, ('error: AWS_MAX_ATTEMPTS: "x" is ',)),
    "max_attempts": (lambda chain: config(chain, max_attempts="x"), ('error: {home}/.aws/config:2: max_attempts: "x" is ',)),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_are_named_with_their_place(chain: Chain, name: str) -> None:
    set_up, texts = SETTINGS[name]
    expect(chain, *texts, env=set_up(chain))
    assert chain.store.journal.entries == []


# --- What services say


def always(service: str, fault: faults.Fault, operation: str | None = None) -> Callable[[Chain], None]:
    def add(chain: Chain) -> None:
        when = {} if operation is None else {"when": lambda name, _: name == operation}
        getattr(chain, service).faults.always(fault, **when)

    return add


def answer(status: int, body: str, content_type: str = "application/json", **headers: str) -> faults.StatusAnswer:
    return faults.StatusAnswer(status, body.encode(), content_type, {name.replace("_", "-"): value for name, value in headers.items()})


CONTAINER: Callable[[Chain], Env] = lambda chain: chain.container_env()  # noqa: E731
POD: Callable[[Chain], Env] = lambda chain: chain.container_env(CONTAINER_TOKEN)  # noqa: E731
INSTANCE: Callable[[Chain], Env] = lambda chain: chain.metadata_env()  # noqa: E731
ONE_TRY: Env = {"AWS_MAX_ATTEMPTS": "1"}
DENIED = "User: arn:aws:iam::123456789012:user/me is not authorized to perform: sts:AssumeRole on resource: x "
WEB_DENIED = "Not authorized to perform sts:AssumeRoleWithWebIdentity"

SERVICES: dict[str, tuple[Callable[[Chain], Env], Callable[[Chain], None], tuple[str, ...]]] = {
    # name: provider, what its service answers, what is said
    "the ECS agent's code and message": (
        CONTAINER, always("container", answer(400, '{"code":"InvalidIdInRequest","message":"CredentialsV2Request: Credentials not found","HTTPErrorCode":400}')),
        ("error: container credentials: InvalidIdInRequest: {container} refused (HTTP status 400): CredentialsV2Request: Credentials not found",
         "hint: check that the task or pod has a role, and the agent (ECS, EKS Pod Identity) that AWS_CONTAINER_CREDENTIALS_FULL_URI names")),
    "the Pod Identity agent's sentence": (
        POD, always("container", answer(403, "Unauthorized Exception! EKS does not have permissions to assume the associated role., fault: client\n", "text/plain")),
        ("error: container credentials: {container} refused (HTTP status 403): Unauthorized Exception! EKS does not have permissions to assume the associated role., fault: client\n",
         "hint: check the token of AWS_CONTAINER_AUTHORIZATION_TOKEN, and that the role trusts the task or pod")),
    "the agent's code of a header": (
        POD, always("container", answer(404, '{"message":"No association found"}', x_amzn_ErrorType="ResourceNotFoundException:http://internal/", x_amzn_RequestId="0a-1b")),
        ("error: container credentials: ResourceNotFoundException: {container} refused (HTTP status 404): No association found (request id 0a-1b)",)),
    "the agent's reason after its last try": (
        POD, always("container", answer(500, '{"code":"ServerError","message":"unable to fetch credentials from EKS Auth"}')),
        ("error: container credentials: ServerError: {container}: HTTP status 500: unable to fetch credentials from EKS Auth", "hint: check that the task or pod has a role, and the agent")),
    "the agent's sentence after its last try": (
        POD, always("container", answer(503, "agent is starting", "text/plain")), ("error: container credentials: {container}: HTTP status 503: agent is starting",)),
    "a status of 200 with a code": (
        CONTAINER, always("container", answer(200, '{"Code":"AssumeRoleUnauthorizedAccess","Message":"ECS cannot assume the role."}')),
        ("error: container credentials: AssumeRoleUnauthorizedAccess: the answer holds no credentials: ECS cannot assume the role.", "hint: check that the task or pod has a role")),
    "a status of 200 with a code in small letters": (
        CONTAINER, always("container", answer(200, '{"code":"NoIdInRequest","message":"No Credential ID in the request"}')),
        ("error: container credentials: NoIdInRequest: the answer has no AccessKeyId: No Credential ID in the request",)),
    "a status of 200 with credentials and a bad code": (
        CONTAINER, always("container", answer(200, '{"Code":"Failed","AccessKeyId":"x","SecretAccessKey":"must-not-be-seen","Token":"z","Expiration":"2099-01-01T00:00:00Z"}')),
        ("error: container credentials: Failed: the answer holds no credentials",)),
    "a page of something else": (
        CONTAINER, always("container", answer(404, "<html><body>must-not-be-seen</body></html>", "text/html")), ("error: container credentials: {container} refused (HTTP status 404)\n",)),
    "JSON of something else": (
        CONTAINER, always("container", answer(404, '{"SecretAccessKey":"must-not-be-seen"}')), ("error: container credentials: {container} refused (HTTP status 404)\n",)),
    "an echo of the token": (
        POD, always("container", answer(400, f'{{"code":"{CONTAINER_TOKEN}","message":"bad token {CONTAINER_TOKEN}!"}}')),
        ("error: container credentials: {container} refused (HTTP status 400): bad token [removed]!",)),
    "an echo of the token in a sentence": (
        POD, always("container", answer(400, f"bad token {CONTAINER_TOKEN}", "text/plain")), ("refused (HTTP status 400): bad token [removed]\n",)),
    "control characters in a sentence": (
        POD, always("container", answer(400, "no\x1b[31m role\r\nX", "text/plain")), ("refused (HTTP status 400): no\\x1b[31m role\\x0d\\nX\n",)),
    "a silent agent": (
        CONTAINER, lambda chain: None, ("error: container credentials: ", "hint: AWS_CONTAINER_CREDENTIALS_FULL_URI names 127.0.0.1:", "ECS agent, EKS Pod Identity agent")),
    "no token for an agent that wants one": (
        lambda chain: {**POD(chain), "AWS_CONTAINER_AUTHORIZATION_TOKEN": None}, lambda chain: None,
        ("error: container credentials: Unauthorized: {container} refused (HTTP status 401): unexpected, missing or wrong Authorization", "hint: no token was sent: neither")),
    "an instance's code and message": (
        INSTANCE, always("metadata", answer(200, '{"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume the role x."}'), "GetRoleCredentials"),
        ("error: EC2 instance metadata: AssumeRoleUnauthorizedAccess: no credentials for role instance-role: EC2 cannot assume the role x.", "hint: check the instance profile, and that EC2 may assume its role")),
    "an instance without a code": (
        INSTANCE, always("metadata", answer(200, '{"message":"must come from EC2"}'), "GetRoleCredentials"),
        ("error: EC2 instance metadata: the answer has no AccessKeyId: must come from EC2 (reply of {metadata})", "hint: is {metadata} EC2's metadata service")),
    "an instance's sentence": (
        INSTANCE, always("metadata", answer(403, "the role is being created", "text/plain"), "GetRoleCredentials"),
        ("error: EC2 instance metadata: {metadata} has no meta-data/iam/security-credentials/instance-role (HTTP status 403): the role is being created",)),
    "an instance that gives no token": (
        INSTANCE, always("metadata", answer(403, "disabled here", "text/plain"), "PutToken"), ("EC2 instance metadata ({metadata} issued no session token (HTTP status 403): disabled here)",)),
    "SSO's refusal": (
        sso, always("sso_portal", faults.ErrorAnswer("ForbiddenException", "No access", 403)),
        ("error: SSO: ForbiddenException: {sso_portal} refused (HTTP status 403): No access (request id ", "hint: is the permission set Reader ({home}/.aws/config:8: sso_role_name) in account 123456789012 assigned")),
    "SSO's refusal of the token": (
        sso, always("sso_portal", faults.ErrorAnswer("UnauthorizedException", "Session token not found or invalid", 401)),
        ('error: {home}/.aws/config:6: sso_session: UnauthorizedException: the SSO session of profile "default" is no longer valid: Session token not found or invalid (request id ',
         "hint: run: aws sso login --profile default")),
    "SSO's reason after its last try": (
        sso, always("sso_portal", faults.ErrorAnswer("TooManyRequestsException", "HTTP 429 Unknown Code", 429)), ("error: SSO: TooManyRequestsException: {sso_portal}: HTTP status 429: HTTP 429 Unknown Code",)),
    "SSO's reason with status 200": (
        sso, always("sso_portal", answer(200, '{"__type":"ForbiddenException","message":"No access"}')), ("error: SSO: ForbiddenException: the answer has no roleCredentials: No access",)),
    "SSO's answer that is not JSON": (
        sso, always("sso_portal", faults.not_json()), ("error: SSO: not valid JSON", "hint: is 127.0.0.1 the portal of IAM Identity Center")),
    "an instance that does not answer": (
        lambda chain: {**config(chain, role_arn=role("x"), credential_source="Ec2InstanceMetadata"), **chain.metadata_env()},
        always("metadata", faults.StatusAnswer(404), "PutToken"),
        ("error: {home}/.aws/config:3: credential_source: EC2 instance metadata: {metadata} issued no session token (HTTP status 404)",)),
    "an echo of SSO's token": (
        sso, always("sso_portal", answer(400, f'{{"message":"{SSO_TOKEN} is bad"}}')), ("error: SSO: {sso_portal} refused (HTTP status 400): [removed] is bad",)),
    "STS refuses a role": (
        role_profile, always("sts", faults.ErrorAnswer("AccessDenied", DENIED, 403)),
        (f"error: {role('app')}: AccessDenied: {DENIED.strip()} (request id ", f"hint: the role's trust policy must allow this caller, and the caller's policy must allow sts:AssumeRole on {role('app')}",
         'the role is named by {home}/.aws/config:2: role_arn, the caller\'s credentials came from: profile "base" ({home}/.aws/config:6)')),
    "STS names the caller's policy": (
        role_profile, always("sts", faults.ErrorAnswer("AccessDenied", DENIED + "because no identity-based policy allows the sts:AssumeRole action", 403)),
        (f"hint: an identity-based policy of the caller must allow sts:AssumeRole on {role('app')}",)),
    "STS names the trust policy": (
        role_profile, always("sts", faults.ErrorAnswer("AccessDenied", DENIED + "because no role trust policy allows the sts:AssumeRole action", 403)),
        (f"hint: the role's trust policy must allow sts:AssumeRole on {role('app')}",)),
    "STS names a resource-based policy": (
        role_profile, always("sts", faults.ErrorAnswer("AccessDenied", DENIED + "because no resource-based policy allows the sts:AssumeRole action", 403)),
        (f"hint: the role's trust policy must allow sts:AssumeRole on {role('app')}",)),
    "STS names a service control policy": (
        role_profile, always("sts", faults.ErrorAnswer("AccessDenied", DENIED + "with an explicit deny in a service control policy", 403)),
        (f"hint: a service control policy of the organization denies it: look there for a Deny of sts:AssumeRole on {role('app')}; the account itself cannot change it",)),
    "STS refuses a web identity": (
        WEB, always("sts", faults.ErrorAnswer("AccessDenied", WEB_DENIED, 403)),
        (f"error: {role('web-env')}: AccessDenied: {WEB_DENIED} (request id ", f"hint: the trust policy of {role('web-env')} must allow the token's issuer, subject (sub) and audience (aud); the role is named by AWS_ROLE_ARN")),
    "STS does not know the issuer": (
        web_profile, always("sts", faults.ErrorAnswer("InvalidIdentityToken", "No OpenIDConnect provider found in your account for https://x", 400)),
        (f"error: {role('web')}: InvalidIdentityToken: No OpenIDConnect provider found", "hint: the role's account must have an OIDC provider", "the token is from {home}/web-token")),
    "a web identity that has expired": (
        web_profile, always("sts", faults.ErrorAnswer("ExpiredTokenException", "Token expired", 400)),
        (f"error: {role('web')}: ExpiredTokenException: Token expired", "hint: the web identity token has expired: is its file, {home}/web-token, still being renewed?")),
    "a source that has expired": (
        role_profile, always("sts", faults.ErrorAnswer("ExpiredToken", "The security token included in the request is expired", 403)),
        (f"error: {role('app')}: ExpiredToken: The security token", 'hint: the session credentials have expired: put new ones into profile "base", whose keys start at {home}/.aws/config:6')),
    "a duration that STS refuses": (
        lambda chain: (role_profile(chain), chain.config["default"].update(duration_seconds="43200"))[0],
        always("sts", faults.ErrorAnswer("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.", 400)),
        (f"error: {role('app')}: ValidationError: The requested DurationSeconds exceeds", "hint: the duration is from {home}/.aws/config:4: duration_seconds")),
    "a helper that fails": (
        lambda chain: config(chain, credential_process=chain.process("", "echo 'vault is sealed' >&2; exit 3")), lambda chain: None,
        ("error: {home}/.aws/config:2: {home}/helper exited with status 3 (credential_process)", "hint: run the command behind credential_process by hand")),
    "a helper that prints something else": (
        lambda chain: config(chain, credential_process=chain.process("must-not-be-seen")), lambda chain: None,
        ("error: {home}/.aws/config:2: ", "(what credential_process printed)", "hint: run the command behind credential_process by hand")),
}


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_says_is_passed_on(chain: Chain, name: str) -> None:
    set_up, spoil, texts = SERVICES[name]
    env = {**set_up(chain), **ONE_TRY}
    if name == "a silent agent":
        with chain.container.port_closed():
            expect(chain, *texts, env=env)
        return
    spoil(chain)
    if name == "a helper that fails":
        result = chain.run(env=env, command=("--", "/bin/echo", "started"))
        assert (result.status, result.out) == (125, "")
        assert "vault is sealed\n" in result.err
        assert all(text(chain, part) in result.err for part in texts), result.err
    else:
        expect(chain, *texts, env=env)
    assert chain.store.journal.entries == []


# --- Which policy Parameter Store names

READ = "User: arn:aws:sts::123456789012:assumed-role/reader/me is not authorized to perform: ssm:GetParametersByPath on resource: arn:aws:ssm:us-east-1:123456789012:parameter/KMS/p "
ON = "ssm:GetParametersByPath on arn:aws:ssm:us-east-1:*:parameter/p"
KEY = "User: arn:aws:sts::123456789012:assumed-role/reader/me is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:us-east-1:123456789012:key/1 "

POLICIES: dict[str, str] = {
    READ + "because no identity-based policy allows the ssm:GetParametersByPath action": f"the role needs {ON} (on the path itself: .../* below it is not enough)",
    READ: f"the role needs {ON} (on the path itself",
    READ + "because no permissions boundary allows the ssm:GetParametersByPath action": f"the permissions boundary of the caller must allow {ON} (on the path itself",
    READ + "because no service control policy allows the ssm:GetParametersByPath action": f"a service control policy of the organization must allow {ON}",
    READ + "because no session policy allows the ssm:GetParametersByPath action": f"the session policy that the caller's role was assumed with must allow {ON}",
    READ + "because no VPC endpoint policy allows the ssm:GetParametersByPath action": f"the policy of the VPC endpoint that the request passes must allow {ON}",
    READ + "because no resource-based policy allows the ssm:GetParametersByPath action": f"the resource-based policy of the parameter (how it is shared) must allow {ON}",
    READ + "with an explicit deny": "a policy denies it explicitly: look at the role's policies",
    READ + "with an explicit deny in an identity-based policy": f"an identity-based policy of the caller denies it: look there for a Deny of {ON}",
    READ + "with an explicit deny in a service control policy": f"a service control policy of the organization denies it: look there for a Deny of {ON}; the account itself cannot change it",
    READ + "with an explicit deny in a resource control policy": "a resource control policy of the organization denies it: look there",
    READ + "with an explicit deny in a VPC endpoint policy": "the policy of the VPC endpoint that the request passes denies it: look there",
    KEY + "because no identity-based policy allows the kms:Decrypt action": "the role needs kms:Decrypt on the key of the parameters that are encrypted with it, and the key must be enabled",
    KEY + "because no resource-based policy allows the kms:Decrypt action": "the key's policy must allow kms:Decrypt on the key of the parameters",
    KEY + "with an explicit deny in a resource-based policy": "the key's policy denies it: look there for a Deny of kms:Decrypt",
    KEY + "because no VPC endpoint policy allows the kms:Decrypt action": "the policy of the VPC endpoint that the request passes must allow kms:Decrypt",
}


@pytest.mark.parametrize("sentence", POLICIES)
def test_the_hint_is_about_the_policy_that_is_in_the_way(chain: Chain, sentence: str) -> None:
    chain.store.faults.always(faults.ErrorAnswer("AccessDeniedException", sentence))
    expect(chain, f"error: /p: AccessDeniedException: {sentence.strip()}", f"hint: {POLICIES[sentence]}", env=chain.variables())
