"""The local credential services themselves, on which the other tests rely.

botocore is the client where a proper client will do; bare HTTP where it is about what is refused.
"""

from __future__ import annotations

import functools
import http.client
import json
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from hashlib import sha1, sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import botocore.config
import botocore.configloader
import botocore.session
import pytest
from botocore import UNSIGNED
from botocore.credentials import ContainerProvider, SSOProvider
from botocore.exceptions import ClientError, UnauthorizedSSOTokenError
from botocore.utils import ContainerMetadataFetcher, InstanceMetadataFetcher, JSONFileCache

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from credential_services import (  # noqa: E402
    ContainerCredentials,
    InstanceMetadata,
    SecurityTokenService,
    SsoPortal,
    make_credentials,
    write_login_session,
    write_profiles,
    write_sso_token,
)
from credential_services.credential_service import CredentialService  # noqa: E402
from credential_services.fixtures import *  # noqa: E402, F403
from credential_services.security_token import idp_communication_error  # noqa: E402
from parameter_store import Credentials, ParameterStore, faults  # noqa: E402
from parameter_store.credentials import DEFAULT_CREDENTIALS  # noqa: E402
from parameter_store.fixtures import *  # noqa: E402, F403
from parameter_store.fixtures import botocore_client  # noqa: E402

pytestmark = pytest.mark.usefixtures("clean_aws_environment")

TIMEOUT = 10.0
"""How long anything may take before a test fails; nothing waits that long on purpose."""

ROLE = "arn:aws:iam::123456789012:role/team/reader"
SESSION = "arn:aws:sts::123456789012:assumed-role/reader/tests"
WEB_TOKEN = "eyJfake.web.identity-token"
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
PAST = datetime(2020, 1, 1, tzinfo=timezone.utc)
TTL = "x-aws-ec2-metadata-token-ttl-seconds"
ROLES = "/latest/meta-data/iam/security-credentials/"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    """By lower-case name."""
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body)


def ask(
    service: CredentialService,
    method: str,
    target: str,
    headers: dict[str, str] | None = None,
    body: str | None = None,
    host: str = "127.0.0.1",
) -> Reply:
    """One request with exactly these headers, besides Host and Content-Length."""
    connection: http.client.HTTPConnection
    if service.tls:
        context = ssl.create_default_context(cafile=str(service.ca_file))
        connection = http.client.HTTPSConnection(host, service.port, timeout=TIMEOUT, context=context)
    else:
        connection = http.client.HTTPConnection(host, service.port, timeout=TIMEOUT)
    try:
        connection.putrequest(method, target, skip_accept_encoding=True)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        connection.endheaders(None if body is None else body.encode())
        answer = connection.getresponse()
        names = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(answer.status, names, answer.read())
    finally:
        connection.close()


@functools.cache
def session() -> botocore.session.Session:
    """One for all clients: it keeps the descriptions of the APIs, which take long to load."""
    return botocore.session.Session()


def client(
    service: CredentialService, name: str, credentials: Credentials | None = None, **config: Any
) -> Any:
    key: dict[str, Any] = {}
    if credentials is not None:
        key = {
            "aws_access_key_id": credentials.access_key_id,
            "aws_secret_access_key": credentials.secret_access_key,
            "aws_session_token": credentials.session_token,
        }
    return session().create_client(
        name,
        region_name="us-east-1",
        endpoint_url=service.endpoint_url,
        verify=str(service.ca_file),
        config=botocore.config.Config(
            retries={"total_max_attempts": 1}, parameter_validation=False, **config
        ),
        **key,
    )


def assume(
    sts: SecurityTokenService, credentials: Credentials | None = None, **parameters: Any
) -> dict[str, Any]:
    wanted = {"RoleArn": ROLE, "RoleSessionName": "tests", **parameters}
    return client(sts, "sts", credentials or DEFAULT_CREDENTIALS).assume_role(**wanted)


def assume_web(sts: SecurityTokenService, **parameters: Any) -> dict[str, Any]:
    wanted = {"RoleArn": ROLE, "RoleSessionName": "tests", "WebIdentityToken": WEB_TOKEN, **parameters}
    return client(sts, "sts", signature_version=UNSIGNED).assume_role_with_web_identity(**wanted)


def refusal(call: Callable[[], Any]) -> tuple[int, str, str]:
    with pytest.raises(ClientError) as raised:
        call()
    response = raised.value.response
    error = response["Error"]
    return response["ResponseMetadata"]["HTTPStatusCode"], error["Code"], error["Message"]


def check_accepted(store: ParameterStore, credentials: Credentials) -> None:
    """SSM takes requests that these credentials signed."""
    store.put("/app/a", "1")
    botocore_client(store, credentials).get_parameters_by_path(Path="/app")
    assert store.journal.entries[-1].access_key_id == credentials.access_key_id


def web_form(**changes: str | None) -> str:
    form = {
        "Action": "AssumeRoleWithWebIdentity",
        "Version": "2011-06-15",
        "RoleArn": ROLE,
        "RoleSessionName": "tests",
        "WebIdentityToken": WEB_TOKEN,
        **changes,
    }
    return urlencode({name: value for name, value in form.items() if value is not None})


def xml_error(reply: Reply) -> tuple[int, str]:
    namespace = {"s": "https://sts.amazonaws.com/doc/2011-06-15/"}
    root = ElementTree.fromstring(reply.body)
    code = root.findtext("s:Error/s:Code", namespaces=namespace)
    assert root.findtext("s:RequestId", namespaces=namespace) == reply.headers["x-amzn-requestid"]
    return reply.status, code or ""


# --- Issued credentials


def test_issued_credentials_are_unlike_each_other_and_can_be_searched_for(sts: SecurityTokenService) -> None:
    sts.add_role(ROLE)
    assume(sts), assume(sts)
    first, second = sts.issued
    for text in (
        first.credentials.access_key_id,
        first.credentials.secret_access_key,
        first.credentials.session_token or "",
    ):
        assert first.marker in text and second.marker not in text
        assert "fake" in text.lower()
    assert len(first.credentials.access_key_id) == 20
    assert len(first.credentials.secret_access_key) == 40


# --- AssumeRole


def test_assume_role_gives_credentials_that_ssm_accepts(
    sts: SecurityTokenService, store: ParameterStore
) -> None:
    sts.add_role(ROLE)
    answer = assume(sts)
    (issued,) = sts.issued
    assert answer["AssumedRoleUser"]["Arn"] == SESSION
    assert answer["Credentials"]["SessionToken"] == issued.credentials.session_token
    assert answer["Credentials"]["Expiration"] == issued.expiration.replace(microsecond=0)
    assert issued.role_arn == ROLE
    assert issued.session_name == "tests"
    assert issued.duration_seconds is None
    assert issued.source_access_key_id == store.default_credentials.access_key_id
    check_accepted(store, issued.credentials)


def test_the_journal_holds_the_request(sts: SecurityTokenService, store: ParameterStore) -> None:
    sts.add_role(ROLE)
    assume(sts, DurationSeconds=900)
    (entry,) = sts.journal.operations("AssumeRole")
    assert (entry.method, entry.target, entry.status) == ("POST", "/", 200)
    assert entry.access_key_id == store.default_credentials.access_key_id
    assert entry.body["DurationSeconds"] == "900"
    assert entry.headers["content-type"] == FORM["Content-Type"]
    assert sts.issued[0].duration_seconds == 900


def test_assume_role_answers_element_by_element_as_documented(sts: SecurityTokenService) -> None:
    sts.add_role(ROLE)
    assume(sts)
    bodies: list[bytes] = []
    sts.faults.add(faults.AlterBody(lambda body: bodies.append(body) or body))
    assume(sts)
    names = [element.tag.partition("}")[2] for element in ElementTree.fromstring(bodies[0]).iter()]
    assert names == [
        "AssumeRoleResponse",
        "AssumeRoleResult",
        "AssumedRoleUser",
        "Arn",
        "AssumedRoleId",
        "Credentials",
        "AccessKeyId",
        "SecretAccessKey",
        "SessionToken",
        "Expiration",
        "ResponseMetadata",
        "RequestId",
    ]


def test_expiration_with_a_fraction(sts: SecurityTokenService) -> None:
    sts.add_role(ROLE)
    sts.settings.fractional_seconds = True
    expiration = assume(sts)["Credentials"]["Expiration"]
    assert sts.issued[0].expiration - expiration < timedelta(milliseconds=1)


def test_how_long_a_session_lasts(sts: SecurityTokenService) -> None:
    sts.add_role(ROLE, session_seconds=60, max_duration=43200)
    for wanted, seconds in (({}, 60), ({"DurationSeconds": 43200}, 43200)):
        assume(sts, **wanted)
        lasts = sts.issued[-1].expiration - datetime.now(timezone.utc)
        assert abs(lasts.total_seconds() - seconds) < TIMEOUT


def test_a_session_that_is_over_is_refused_by_ssm(sts: SecurityTokenService, store: ParameterStore) -> None:
    sts.add_role(ROLE, session_seconds=-10)
    assume(sts)
    ssm = botocore_client(store, sts.issued[0].credentials)
    assert refusal(lambda: ssm.get_parameters_by_path(Path="/app"))[1] == "ExpiredTokenException"
    again = refusal(lambda: assume(sts, sts.issued[0].credentials))
    assert again[:2] == (403, "ExpiredToken")


def test_an_external_id_has_to_be_right(sts: SecurityTokenService) -> None:
    sts.add_role(ROLE, external_id="partner:7")
    for parameters in ({}, {"ExternalId": "partner:8"}):
        assert refusal(lambda: assume(sts, **parameters))[:2] == (403, "AccessDenied")
    assume(sts, ExternalId="partner:7")
    assert len(sts.issued) == 1


def test_only_whom_the_role_trusts_may_take_it(sts: SecurityTokenService, store: ParameterStore) -> None:
    other = sts.add_credentials("AKIAOTHER", "other-secret", principal_arn="arn:aws:iam::123456789012:user/o")
    sts.add_role(ROLE, trusts=["AKIAOTHER"])
    status, code, message = refusal(lambda: assume(sts))
    assert (status, code) == (403, "AccessDenied")
    assert message == (
        f"User: {store.default_credentials.principal_arn} is not authorized to perform: "
        f"sts:AssumeRole on resource: {ROLE}"
    )
    assume(sts, other)


def test_a_role_that_nobody_knows_is_refused(sts: SecurityTokenService) -> None:
    assert refusal(lambda: assume(sts))[:2] == (403, "AccessDenied")


def test_a_chain_of_roles_is_limited_to_an_hour(sts: SecurityTokenService) -> None:
    last = "arn:aws:iam::210987654321:role/last"
    sts.add_role(ROLE)
    sts.add_role(last, trusts=[SESSION], session_seconds=7200, max_duration=43200)
    assert refusal(lambda: assume(sts, RoleArn=last))[:2] == (403, "AccessDenied")
    assume(sts)
    source = sts.issued[0].credentials
    status, code, message = refusal(lambda: assume(sts, source, RoleArn=last, DurationSeconds=3601))
    assert (status, code) == (400, "ValidationError") and "1 hour session limit" in message
    assume(sts, source, RoleArn=last, DurationSeconds=3600)
    assert sts.issued[1].source_access_key_id == source.access_key_id
    assume(sts, source, RoleArn=last)
    assert sts.issued[2].expiration - datetime.now(timezone.utc) < timedelta(seconds=3601)


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        ({"RoleSessionName": "a b"}, "'roleSessionName' failed to satisfy constraint"),
        ({"RoleSessionName": "x" * 65}, "length less than or equal to 64"),
        ({"RoleSessionName": "é" * 3}, "regular expression"),
        ({"DurationSeconds": 899}, "greater than or equal to 900"),
        ({"DurationSeconds": 43201}, "less than or equal to 43200"),
        ({"DurationSeconds": 3601}, "MaxSessionDuration"),
        ({"ExternalId": "a b"}, "'externalId'"),
        ({"RoleArn": "arn:aws:iam::123456789012:user/x"}, "is invalid"),
        ({"SourceIdentity": "somebody"}, "Unknown parameters: SourceIdentity"),
    ],
)
def test_bad_parameters_are_refused(sts: SecurityTokenService, parameters: dict[str, Any], text: str) -> None:
    sts.add_role(ROLE)
    status, code, message = refusal(lambda: assume(sts, **parameters))
    assert (status, code) == (400, "ValidationError")
    assert text in message
    assert not sts.issued


def test_signatures_are_checked(sts: SecurityTokenService) -> None:
    sts.add_role(ROLE)
    known = sts.add_credentials("ASIAKNOWN", "known-secret", "known-token")
    sts.add_credentials("ASIAOLD", "old-secret", "old-token", expired=True)
    for credentials, code in (
        (Credentials("AKIAUNKNOWN", "secret"), "InvalidClientTokenId"),
        (Credentials("ASIAKNOWN", "known-secret", "other-token"), "InvalidClientTokenId"),
        (Credentials("ASIAKNOWN", "other-secret", "known-token"), "SignatureDoesNotMatch"),
        (Credentials("ASIAOLD", "old-secret", "old-token"), "ExpiredToken"),
    ):
        assert refusal(lambda: assume(sts, credentials))[:2] == (403, code)
    assume(sts, known)


def test_a_signature_from_another_time_is_refused(sts: SecurityTokenService) -> None:
    sts.add_role(ROLE)
    sts.clock_offset_seconds = 3600
    status, code, message = refusal(lambda: assume(sts))
    assert (status, code) == (403, "SignatureDoesNotMatch")
    assert "Signature expired" in message


def test_an_unsigned_assume_role_is_refused(sts: SecurityTokenService) -> None:
    sts.add_role(ROLE)
    body = web_form(Action="AssumeRole", WebIdentityToken=None)
    assert xml_error(ask(sts, "POST", "/", FORM, body)) == (403, "MissingAuthenticationToken")


# --- AssumeRoleWithWebIdentity


def test_a_web_identity_gives_credentials_that_ssm_accepts(
    sts: SecurityTokenService, store: ParameterStore
) -> None:
    sts.add_role(ROLE)
    sts.add_web_identity(WEB_TOKEN, ROLE, subject="<a & b>")
    answer = assume_web(sts)
    assert answer["AssumedRoleUser"]["Arn"] == SESSION
    assert answer["SubjectFromWebIdentityToken"] == "<a & b>"
    (issued,) = sts.issued
    assert answer["Credentials"]["SecretAccessKey"] == issued.credentials.secret_access_key
    assert issued.source_access_key_id is None
    check_accepted(store, issued.credentials)


@pytest.mark.parametrize(
    "header",
    [
        {"Authorization": "AWS4-HMAC-SHA256 Credential=x"},
        {"X-Amz-Date": "20261124T080000Z"},
        {"x-amz-security-token": "t"},
    ],
)
def test_a_signed_web_identity_request_is_refused(
    sts: SecurityTokenService, header: dict[str, str]
) -> None:
    sts.add_role(ROLE)
    sts.add_web_identity(WEB_TOKEN, ROLE)
    assert ask(sts, "POST", "/", FORM, web_form()).status == 200
    assert xml_error(ask(sts, "POST", "/", {**FORM, **header}, web_form())) == (400, "ValidationError")
    assert len(sts.issued) == 1


def test_a_web_identity_token_in_the_url_is_refused(sts: SecurityTokenService) -> None:
    sts.add_role(ROLE)
    sts.add_web_identity(WEB_TOKEN, ROLE)
    assert ask(sts, "GET", f"/?{web_form()}").status == 400
    assert ask(sts, "POST", f"/?{web_form()}", FORM, "").status == 400
    assert ask(sts, "POST", f"/?WebIdentityToken={WEB_TOKEN}", FORM, web_form()).status == 400
    assert not sts.issued


@pytest.mark.parametrize(
    ("headers", "body", "code"),
    [
        ({}, web_form(), "MissingAction"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, web_form(), "MissingAction"),
        (FORM, web_form(Action=None), "MissingAction"),
        (FORM, web_form(Action="GetCallerIdentity"), "InvalidAction"),
        (FORM, web_form(Version=None), "InvalidAction"),
        (FORM, web_form(Version="2014-11-06"), "InvalidAction"),
        (FORM, web_form(RoleArn=None), "ValidationError"),
        (FORM, web_form(RoleSessionName=None), "ValidationError"),
        (FORM, web_form(WebIdentityToken=None), "ValidationError"),
        (FORM, web_form(WebIdentityToken="x" * 20001), "ValidationError"),
        (FORM, web_form(DurationSeconds="1e3"), "ValidationError"),
        (FORM, web_form(ExternalId="partner"), "ValidationError"),
        (FORM, web_form() + "&RoleArn=again", "MalformedQueryString"),
        (FORM, web_form() + "&ExternalId=%zz", "MalformedQueryString"),
        (FORM, "{}", "MalformedQueryString"),
    ],
)
def test_malformed_requests_are_refused(
    sts: SecurityTokenService, headers: dict[str, str], body: str, code: str
) -> None:
    sts.add_role(ROLE)
    sts.add_web_identity(WEB_TOKEN, ROLE)
    reply = ask(sts, "POST", "/", headers, body)
    assert xml_error(reply) == (400, code)
    assert WEB_TOKEN.encode() not in reply.body


def test_web_identities_that_are_not_good(sts: SecurityTokenService) -> None:
    sts.add_role(ROLE)
    sts.add_web_identity("expired-token", ROLE, expired=True)
    sts.add_web_identity("others-token", f"{ROLE}-of-others")
    for token, expected in (
        (WEB_TOKEN, (400, "InvalidIdentityToken")),
        ("expired-token", (400, "ExpiredTokenException")),
        ("others-token", (403, "AccessDenied")),
    ):
        assert refusal(lambda: assume_web(sts, WebIdentityToken=token))[:2] == expected


def test_the_identity_provider_can_be_out_of_reach_for_a_while(sts: SecurityTokenService) -> None:
    sts.add_role(ROLE)
    sts.add_web_identity(WEB_TOKEN, ROLE)
    sts.faults.add(idp_communication_error(), times=1)
    assert refusal(lambda: assume_web(sts))[:2] == (400, "IDPCommunicationError")
    assume_web(sts)


# --- Instance metadata


@pytest.fixture
def metadata_token(metadata: InstanceMetadata) -> str:
    return ask(metadata, "PUT", "/latest/api/token", {TTL: "60"}, "").body.decode()


def fetch_metadata(metadata: InstanceMetadata) -> dict[str, Any]:
    fetcher = InstanceMetadataFetcher(timeout=TIMEOUT, base_url=metadata.endpoint_url, env={})
    return fetcher.retrieve_iam_role_credentials()


def get_metadata(metadata: InstanceMetadata, target: str, token: str) -> Reply:
    return ask(metadata, "GET", target, {"x-aws-ec2-metadata-token": token})


def test_botocore_gets_the_instance_role(
    metadata: InstanceMetadata, sts: SecurityTokenService, store: ParameterStore
) -> None:
    answer = fetch_metadata(metadata)
    (issued,) = metadata.issued
    assert answer["role_name"] == "instance-role"
    assert answer["token"] == issued.credentials.session_token
    check_accepted(store, issued.credentials)
    assert [entry.operation for entry in metadata.journal.entries] == [
        "PutToken",
        "GetRole",
        "GetRoleCredentials",
    ]
    sts.add_role(ROLE, max_duration=7200)
    assume(sts, issued.credentials)
    chained = refusal(lambda: assume(sts, issued.credentials, DurationSeconds=7200))
    assert chained[1] == "ValidationError"


def test_the_first_version_of_the_metadata_service_is_not_there(metadata: InstanceMetadata) -> None:
    for target in (ROLES, f"{ROLES}instance-role", "/latest/meta-data/placement/region", "/anything"):
        assert ask(metadata, "GET", target).status == 401
        assert get_metadata(metadata, target, "no-such-token").status == 401
    assert not metadata.issued


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, "", 400),
        ({TTL: "0"}, "", 400),
        ({TTL: "21601"}, "", 400),
        ({TTL: "soon"}, "", 400),
        ({TTL: "60"}, None, 400),
        ({TTL: "60"}, "body", 400),
        ({TTL: "60", "X-Forwarded-For": "127.0.0.1"}, "", 403),
        ({TTL: "1"}, "", 200),
        ({TTL: "21600"}, "", 200),
    ],
)
def test_a_metadata_token_takes_a_proper_request(
    metadata: InstanceMetadata, headers: dict[str, str], body: str | None, status: int
) -> None:
    reply = ask(metadata, "PUT", "/latest/api/token", headers, body)
    assert reply.status == status
    if status == 200:
        assert reply.headers[TTL] == headers[TTL]
    assert ask(metadata, "POST", "/latest/api/token", headers, "").status in (401, 403)


def test_a_metadata_token_ends(metadata: InstanceMetadata, metadata_token: str) -> None:
    assert get_metadata(metadata, ROLES, metadata_token).body == b"instance-role"
    metadata.clock_offset_seconds = 61
    assert get_metadata(metadata, ROLES, metadata_token).status == 401
    metadata.settings.token_ttl = 0
    useless = ask(metadata, "PUT", "/latest/api/token", {TTL: "60"}, "").body.decode()
    assert get_metadata(metadata, ROLES, useless).status == 401


def test_an_instance_without_a_role(metadata: InstanceMetadata, metadata_token: str) -> None:
    assert get_metadata(metadata, f"{ROLES}other-role", metadata_token).status == 404
    metadata.settings.role = None
    assert get_metadata(metadata, ROLES, metadata_token).status == 404
    assert get_metadata(metadata, f"{ROLES}None", metadata_token).status == 404
    assert fetch_metadata(metadata) == {}


def test_the_region(metadata: InstanceMetadata, metadata_token: str) -> None:
    metadata.settings.region = "eu-west-1"
    region = get_metadata(metadata, "/latest/meta-data/placement/region", metadata_token)
    document = get_metadata(metadata, "/latest/dynamic/instance-identity/document", metadata_token)
    assert (region.body, document.document["region"]) == (b"eu-west-1", "eu-west-1")
    metadata.settings.region = None
    assert get_metadata(metadata, "/latest/meta-data/placement/region", metadata_token).status == 404


def test_another_code_than_success(metadata: InstanceMetadata, metadata_token: str) -> None:
    metadata.settings.code = "AssumeRoleUnauthorizedAccess"
    metadata.settings.message = "EC2 cannot assume the role instance-role."
    reply = get_metadata(metadata, f"{ROLES}instance-role", metadata_token)
    assert reply.status == 200
    assert reply.document.keys() == {"Code", "LastUpdated", "Message"}
    assert fetch_metadata(metadata) == {}
    assert not metadata.issued


def test_expired_metadata_credentials_are_extended(
    metadata: InstanceMetadata, metadata_token: str, store: ParameterStore
) -> None:
    metadata.settings.expiration = PAST
    reply = get_metadata(metadata, f"{ROLES}instance-role", metadata_token)
    assert reply.document["Expiration"] == "2020-01-01T00:00:00Z"
    check_accepted(store, metadata.issued[0].credentials)


def test_a_metadata_token_that_never_arrives(metadata: InstanceMetadata) -> None:
    metadata.settings.hop_limit_drop = True
    connection = http.client.HTTPConnection("127.0.0.1", metadata.port, timeout=TIMEOUT)
    connection.request("PUT", "/latest/api/token", headers={TTL: "60"})
    entry = metadata.journal.wait_for(lambda journal: journal.operations("PutToken"))[0]
    assert entry.answered is None
    connection.close()
    metadata.journal.wait_for(lambda journal: not journal.open_connections)
    assert entry.status is None


def test_metadata_over_ipv6() -> None:
    with InstanceMetadata(ipv6=True) as both:
        assert both.ipv6_endpoint_url == f"http://[::1]:{both.port}"
        for host in ("::1", "127.0.0.1"):
            assert ask(both, "PUT", "/latest/api/token", {TTL: "60"}, "", host).status == 200


# --- Container credentials


def fetch_container(container: ContainerCredentials) -> Any:
    fetcher = ContainerMetadataFetcher(sleep=lambda seconds: None)
    return ContainerProvider(container.environment(), fetcher).load()


def test_botocore_gets_the_container_credentials(
    container: ContainerCredentials, store: ParameterStore
) -> None:
    container.settings.authorization = "Basic fake-pod-token"
    container.settings.path = "/v1/credentials?id=7"
    loaded = fetch_container(container).get_frozen_credentials()
    (issued,) = container.issued
    assert loaded.secret_key == issued.credentials.secret_access_key
    assert loaded.token == issued.credentials.session_token
    check_accepted(store, issued.credentials)
    (entry,) = container.journal.operations("GetCredentials")
    assert entry.headers["authorization"] == "Basic fake-pod-token"
    assert entry.target == "/v1/credentials?id=7"


@pytest.mark.parametrize(
    ("method", "target", "headers", "status"),
    [
        ("GET", "/v2/credentials/fake", {}, 400),
        ("GET", "/v2/credentials/fake", {"Accept": "*/*"}, 400),
        ("GET", "/v2/credentials/fake", {"Accept": "application/json", "Authorization": "x"}, 401),
        ("GET", "/v2/credentials/other", {"Accept": "application/json"}, 404),
        ("POST", "/v2/credentials/fake", {"Accept": "application/json"}, 404),
        ("GET", "/v2/credentials/fake", {"Accept": "application/json"}, 200),
    ],
)
def test_container_requests_that_are_refused(
    container: ContainerCredentials, method: str, target: str, headers: dict[str, str], status: int
) -> None:
    reply = ask(container, method, target, headers)
    assert reply.status == status
    assert status == 200 or reply.document.keys() == {"code", "message"}
    assert len(container.issued) == (status == 200)


@pytest.mark.parametrize("sent", [None, "", "Bearer fake-pod-token", "fake-pod-toke"])
def test_the_container_token_has_to_be_exact(container: ContainerCredentials, sent: str | None) -> None:
    container.settings.authorization = "fake-pod-token"
    headers = {"Accept": "application/json"}
    if sent is not None:
        headers["Authorization"] = sent
    assert ask(container, "GET", container.settings.path, headers).status == 401


def test_container_answers_that_lack_something_or_are_too_long(container: ContainerCredentials) -> None:
    container.settings.omit = {"Token", "RoleArn"}
    container.settings.expiration = PAST
    container.settings.padding_bytes = 20000
    reply = ask(container, "GET", container.settings.path, {"Accept": "application/json"})
    assert reply.document.keys() == {"AccessKeyId", "SecretAccessKey", "Expiration", "Padding"}
    assert reply.document["Expiration"] == "2020-01-01T00:00:00Z"
    assert len(reply.body) > 20000


def test_expired_container_credentials_are_refused_by_ssm(
    container: ContainerCredentials, store: ParameterStore
) -> None:
    container.settings.expiration = PAST
    ask(container, "GET", container.settings.path, {"Accept": "application/json"})
    ssm = botocore_client(store, container.issued[0].credentials)
    assert refusal(lambda: ssm.get_parameters_by_path(Path="/app"))[1] == "ExpiredTokenException"


def test_container_credentials_over_https(certificates_directory: Path) -> None:
    with ContainerCredentials(tls=True, certificates_directory=certificates_directory) as secure:
        assert secure.full_uri.startswith("https://127.0.0.1:")
        assert secure.environment()["AWS_CA_BUNDLE"] == str(secure.ca_file)
        reply = ask(secure, "GET", secure.settings.path, {"Accept": "application/json"})
        assert reply.document["AccessKeyId"] == secure.issued[0].credentials.access_key_id


# --- The SSO portal

START_URL = "https://example.awsapps.com/start"
SSO_TARGET = "/federation/credentials?role_name=Reader&account_id=123456789012"
BEARER = {"x-amz-sso_bearer_token": "fake-sso-token"}


def sso_provider(portal: SsoPortal, home: Path) -> SSOProvider:
    write_profiles(
        home,
        config={
            "profile dev": {
                "sso_start_url": START_URL,
                "sso_region": "us-east-1",
                "sso_account_id": "123456789012",
                "sso_role_name": "Reader",
            }
        },
    )

    def create(name: str, config: botocore.config.Config) -> Any:
        return session().create_client(
            name, endpoint_url=portal.endpoint_url, verify=str(portal.ca_file), config=config
        )

    return SSOProvider(
        lambda: botocore.configloader.load_config(str(home / ".aws" / "config")),
        create,
        "dev",
        token_cache=JSONFileCache(str(home / ".aws" / "sso" / "cache")),
    )


def test_botocore_gets_sso_credentials(sso_portal: SsoPortal, store: ParameterStore, tmp_path: Path) -> None:
    sso_portal.sign_in("fake-sso-token", ("123456789012", "Reader"))
    write_sso_token(tmp_path, START_URL, "fake-sso-token", startUrl=START_URL, region="us-east-1")
    loaded = sso_provider(sso_portal, tmp_path).load().get_frozen_credentials()
    (issued,) = sso_portal.issued
    assert loaded.token == issued.credentials.session_token
    check_accepted(store, issued.credentials)
    (entry,) = sso_portal.journal.operations("GetRoleCredentials")
    assert entry.body == {"role_name": "Reader", "account_id": "123456789012"}


def test_botocore_is_told_of_an_sso_token_that_is_not_good(sso_portal: SsoPortal, tmp_path: Path) -> None:
    write_sso_token(tmp_path, START_URL, "fake-sso-token")
    with pytest.raises(UnauthorizedSSOTokenError):
        sso_provider(sso_portal, tmp_path).load().get_frozen_credentials()


def test_sso_expiration_is_in_milliseconds(sso_portal: SsoPortal) -> None:
    sso_portal.sign_in("fake-sso-token", ("123456789012", "Reader"))
    sso_portal.settings.expiration = datetime(2030, 1, 1, tzinfo=timezone.utc)
    reply = ask(sso_portal, "GET", SSO_TARGET, BEARER)
    assert reply.document["roleCredentials"]["expiration"] == 1893456000000


@pytest.mark.parametrize(
    ("target", "headers", "status", "code"),
    [
        (SSO_TARGET, {}, 401, "UnauthorizedException"),
        (SSO_TARGET, {"x-amz-sso_bearer_token": "other"}, 401, "UnauthorizedException"),
        (SSO_TARGET.replace("Reader", "Admin"), BEARER, 403, "ForbiddenException"),
        (SSO_TARGET, {**BEARER, "Authorization": "x"}, 400, "InvalidRequestException"),
        (SSO_TARGET, {**BEARER, "X-Amz-Date": "20261124T080000Z"}, 400, "InvalidRequestException"),
        (SSO_TARGET + "&region=x", BEARER, 400, "InvalidRequestException"),
        (SSO_TARGET.replace("&account_id=123456789012", ""), BEARER, 400, "InvalidRequestException"),
        (SSO_TARGET.replace("1234", ""), BEARER, 400, "InvalidRequestException"),
        ("/federation/other", BEARER, 404, "ResourceNotFoundException"),
    ],
)
def test_sso_requests_that_are_refused(
    sso_portal: SsoPortal, target: str, headers: dict[str, str], status: int, code: str
) -> None:
    sso_portal.sign_in("fake-sso-token", ("123456789012", "Reader"))
    reply = ask(sso_portal, "GET", target, headers)
    assert reply.status == status
    assert reply.headers["x-amzn-errortype"].startswith(f"{code}:")
    assert not sso_portal.issued


# --- Files


def test_profiles_are_written_as_botocore_reads_them(tmp_path: Path) -> None:
    write_profiles(
        tmp_path,
        config={
            "default": {"region": "eu-west-1", "services": "local"},
            "sso-session corp": {"sso_start_url": START_URL},
            "services local": {"sts": {"endpoint_url": "http://127.0.0.1:1"}},
        },
        credentials={"default": {"aws_access_key_id": "AKIAEXAMPLE"}},
    )
    config = botocore.configloader.load_config(str(tmp_path / ".aws" / "config"))
    assert config["profiles"]["default"] == {"region": "eu-west-1", "services": "local"}
    assert config["sso_sessions"]["corp"] == {"sso_start_url": START_URL}
    raw = botocore.configloader.raw_config_parse(str(tmp_path / ".aws" / "config"))
    assert raw["services local"]["sts"] == {"endpoint_url": "http://127.0.0.1:1"}
    credentials = tmp_path / ".aws" / "credentials"
    assert credentials.read_text() == "[default]\naws_access_key_id = AKIAEXAMPLE\n"
    assert credentials.stat().st_mode & 0o777 == 0o600


def test_cache_files_lie_where_clients_look(tmp_path: Path) -> None:
    token = write_sso_token(tmp_path, "corp", "fake-sso-token", "2030-01-01T00:00:00UTC", clientId="c")
    assert token == tmp_path / ".aws/sso/cache" / f"{sha1(b'corp').hexdigest()}.json"
    assert json.loads(token.read_text()) == {
        "accessToken": "fake-sso-token",
        "expiresAt": "2030-01-01T00:00:00UTC",
        "clientId": "c",
    }
    credentials = make_credentials("login", SESSION)
    arn = "arn:aws:iam::123456789012:user/somebody"
    login = write_login_session(tmp_path, arn, credentials, PAST)
    assert login == tmp_path / ".aws/login/cache" / f"{sha256(arn.encode()).hexdigest()}.json"
    assert json.loads(login.read_text())["accessToken"] == {
        "accessKeyId": credentials.access_key_id,
        "secretAccessKey": credentials.secret_access_key,
        "sessionToken": credentials.session_token,
        "accountId": "123456789012",
        "expiresAt": "2020-01-01T00:00:00Z",
    }


# --- What all of them have in common

Request = tuple[CredentialService, str, str, dict[str, str], "str | None"]


@pytest.fixture(params=["sts", "metadata", "container", "sso_portal"])
def proper(request: pytest.FixtureRequest) -> Iterator[Request]:
    """A service and the members of a request that it grants."""
    service = request.getfixturevalue(request.param)
    if request.param == "sts":
        service.add_role(ROLE)
        service.add_web_identity(WEB_TOKEN, ROLE)
        yield service, "POST", "/", FORM, web_form()
    elif request.param == "metadata":
        yield service, "PUT", "/latest/api/token", {TTL: "60"}, ""
    elif request.param == "container":
        yield service, "GET", service.settings.path, {"Accept": "application/json"}, None
    else:
        service.sign_in("fake-sso-token", ("123456789012", "Reader"))
        yield service, "GET", SSO_TARGET, BEARER, None


def test_throttling_in_words_of_its_own(proper: Request) -> None:
    service = proper[0]
    service.faults.add(faults.throttling(), times=1)
    reply = ask(*proper)
    expected = {"sts": 400, "metadata": 503, "container": 429, "sso": 429}[service.label]
    assert reply.status == expected
    assert service.label == "metadata" or b"Rate exceeded" in reply.body
    assert ask(*proper).status == 200
    throttled, granted = service.journal.entries
    assert throttled.error_code == service.own_errors["ThrottlingException"][0]
    assert (throttled.faults, granted.faults) == (["ErrorAnswer"], [])


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.Reset(), ConnectionResetError),
        (faults.Reset("body"), (ConnectionResetError, http.client.IncompleteRead)),
        (faults.Truncate(), http.client.IncompleteRead),
        (faults.Garbage(), http.client.BadStatusLine),
        (faults.Close(), http.client.RemoteDisconnected),
    ],
)
def test_answers_that_fail_on_the_way(
    proper: Request, fault: faults.Fault, error: type[Exception] | tuple[type[Exception], ...]
) -> None:
    proper[0].faults.add(fault)
    with pytest.raises(error):
        ask(*proper)
    assert ask(*proper).status == 200


def test_answers_that_come_differently(proper: Request) -> None:
    for fault in (faults.Drip(interval_ms=0), faults.Latency(1), faults.Chunked()):
        proper[0].faults.add(fault)
        assert ask(*proper).status == 200
    proper[0].faults.add(faults.StatusAnswer(502))
    assert ask(*proper).status == 502


def test_a_held_request_waits(proper: Request) -> None:
    service = proper[0]
    hold = service.faults.always(faults.Hold())
    replies: list[Reply] = []
    thread = threading.Thread(target=lambda: replies.append(ask(*proper)))
    thread.start()
    service.journal.wait_for(lambda journal: journal.in_flight == 1)
    assert not replies
    hold.release()
    thread.join(TIMEOUT)
    assert replies[0].status == 200


def test_reset_forgets_everything(
    proper: Request, store: ParameterStore, sts: SecurityTokenService
) -> None:
    service = proper[0]
    port, settings = service.port, type(service.settings)()
    service.clock_offset_seconds = 100
    service.accepted_by.clear()
    ask(*proper)
    service.faults.always(faults.Hang())
    service.reset()
    assert service.port == port
    assert service.settings == settings
    assert service.clock_offset_seconds == 0
    assert (service.issued, service.journal.entries, service.journal.open_connections) == ([], [], 0)
    assert store in service.accepted_by and sts in service.accepted_by
    reply = ask(*proper)
    assert reply.status == {"sts": 400, "metadata": 200, "container": 200, "sso": 401}[service.label]


def test_stopping_ends_every_thread_whatever_it_does(certificates_directory: Path) -> None:
    before = set(threading.enumerate())
    services: list[CredentialService] = [
        SecurityTokenService(certificates_directory=certificates_directory),
        InstanceMetadata(),
        ContainerCredentials(),
        SsoPortal(certificates_directory=certificates_directory),
    ]
    connections = []
    for service in services:
        service.start()
        service.faults.always(faults.Hang())
        connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=TIMEOUT)
        if not service.tls:
            connection.request("GET", "/")
            service.journal.wait_for(lambda journal: journal.in_flight == 1)
        else:
            connection.connect()
            service.journal.wait_for(lambda journal: journal.open_connections == 1)
        connections.append(connection)
    assert set(threading.enumerate()) > before
    started = time.monotonic()
    for service in services:
        service.stop()
    assert set(threading.enumerate()) == before
    assert time.monotonic() - started < TIMEOUT
    for connection in connections:
        connection.close()
