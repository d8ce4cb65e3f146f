"""The local Parameter Store itself, on which the other tests rely.

botocore is the client where a proper client will do; a bare socket where the bytes matter.
"""

from __future__ import annotations

import base64
import errno
import http.client
import json
import re
import select
import signal
import socket
import ssl
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as SigningKey
from botocore.exceptions import ClientError

SUPPORT = Path(__file__).resolve().parents[1] / "support"
sys.path.insert(0, str(SUPPORT))

from parameter_store import Credentials, ParameterStore, faults, signature  # noqa: E402
from parameter_store.errors import ServiceError  # noqa: E402
from parameter_store.fixtures import *  # noqa: E402, F403
from parameter_store.fixtures import botocore_client  # noqa: E402
from parameter_store.wire import Request  # noqa: E402

pytestmark = pytest.mark.usefixtures("clean_aws_environment", "unlimited_writes")

TIMEOUT = 10.0
"""How long anything may take before a test fails; nothing waits that long on purpose."""

TEMPORARY = Credentials(
    "ASIATEMPORARY",
    "temporary-secret",
    "the/session+token==",
    principal_arn="arn:aws:iam::123456789012:role/app",
)


@pytest.fixture
def unlimited_writes(store: ParameterStore) -> None:
    """What writes are tested for here is not their rate, but for one test that sets it."""
    store.limit_writes(None)


# --- Talking to the store without a library


def signed(
    store: ParameterStore,
    operation: str,
    document: Any,
    *,
    credentials: Credentials | None = None,
    region: str | None = None,
    service: str = "ssm",
    path: str = "/",
    headers: dict[str, str] | None = None,
) -> bytes:
    """A whole request as bytes."""
    credentials = credentials or store.default_credentials
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    request = AWSRequest(
        "POST",
        f"{store.endpoint_url}{path}",
        {
            "Host": f"{store.host}:{store.port}",
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"AmazonSSM.{operation}",
            **(headers or {}),
        },
        body,
    )
    key = SigningKey(
        credentials.access_key_id, credentials.secret_access_key, credentials.session_token
    )
    SigV4Auth(key, service, region or store.region).add_auth(request)
    lines = [
        f"POST {path} HTTP/1.1",
        *(f"{name}: {value}" for name, value in request.headers.items()),
    ]
    lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def connect(
    store: ParameterStore, host: str = "127.0.0.1", server_name: str | None = None
) -> socket.socket:
    sock = socket.create_connection((host, store.port), TIMEOUT)
    if not store.tls:
        return sock
    context = ssl.create_default_context(cafile=str(store.ca_file))
    return context.wrap_socket(sock, server_hostname=server_name or host)


def receive(sock: socket.socket) -> tuple[http.client.HTTPResponse, bytes]:
    answer = http.client.HTTPResponse(sock)
    answer.begin()
    return answer, answer.read()


def ask(store: ParameterStore, request: bytes) -> tuple[http.client.HTTPResponse, bytes]:
    with connect(store) as sock:
        sock.sendall(request)
        return receive(sock)


def call(store: ParameterStore, operation: str, document: Any, **signing: Any) -> tuple[int, Any]:
    answer, body = ask(store, signed(store, operation, document, **signing))
    return answer.status, json.loads(body)


def everything_received(sock: socket.socket) -> bytes:
    """What arrives until the connection ends in good order."""
    received = b""
    while data := sock.recv(65536):
        received += data
    return received


def error_of(raised: pytest.ExceptionInfo[ClientError]) -> tuple[str, str]:
    error = raised.value.response["Error"]
    return error["Code"], error["Message"]


def names_of(answer: dict[str, Any]) -> list[str]:
    return [parameter["Name"] for parameter in answer["Parameters"]]


# --- Signatures

PUBLISHED_KEY = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
PUBLISHED_HEADERS = {
    "Content-Type": "application/x-amz-json-1.1",
    "Host": "ssm.us-east-1.amazonaws.com",
    "X-Amz-Date": "20150830T123600Z",
    "X-Amz-Target": "AmazonSSM.GetParametersByPath",
    "Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/ssm/aws4_request, "
    "SignedHeaders=content-type;host;x-amz-date;x-amz-target, "
    "Signature=6c9b79e6cfccf43c7283301d4ce0c588f68d1ad3a6341dd9a89764bf6ef5a33d",
}
PUBLISHED_BODY = b'{"Path":"/prod/api","Recursive":true,"WithDecryption":true,"MaxResults":10}'


def verify_published(
    headers: dict[str, str] | None = None,
    body: bytes = PUBLISHED_BODY,
    method: str = "POST",
    target: str = "/",
) -> Credentials:
    request = Request(method, target, tuple({**PUBLISHED_HEADERS, **(headers or {})}.items()), body)
    now = datetime(2015, 8, 30, 12, 36, tzinfo=timezone.utc)
    return signature.verify(request, {"AKIDEXAMPLE": PUBLISHED_KEY}, "us-east-1", now, "https")


def test_a_signature_computed_by_others_is_accepted() -> None:
    assert verify_published() is PUBLISHED_KEY


@pytest.mark.parametrize(
    "changed",
    [
        {"body": PUBLISHED_BODY.replace(b"prod", b"test")},
        {"method": "PUT"},
        {"target": "/x"},
        {"target": "/?a=b"},
        {"headers": {"Host": "ssm.us-east-1.amazonaws.co"}},
        {"headers": {"X-Amz-Target": "AmazonSSM.GetParameters"}},
        {"headers": {"Content-Type": "application/x-amz-json-1.0"}},
        {"headers": {"X-Amz-Date": "20150830T123601Z"}},
        {"headers": {"Authorization": PUBLISHED_HEADERS["Authorization"][:-1] + "e"}},
    ],
)
def test_whatever_is_signed_cannot_be_changed(changed: dict[str, Any]) -> None:
    with pytest.raises(ServiceError) as raised:
        verify_published(**changed)
    assert raised.value.code == "InvalidSignatureException"
    assert "The request signature we calculated does not match" in (raised.value.message or "")


def test_what_is_not_signed_can_be_changed() -> None:
    assert verify_published({"User-Agent": "anything", "Accept": "*/*"}) is PUBLISHED_KEY


def test_a_body_hash_that_the_client_claims_is_not_believed(store: ParameterStore) -> None:
    request = signed(
        store, "GetParameter", {"Name": "/a"}, headers={"X-Amz-Content-SHA256": "0" * 64}
    )
    answer, body = ask(store, request)
    assert answer.status == 400
    assert json.loads(body)["__type"] == "InvalidSignatureException"


def test_the_text_for_a_wrong_signature_quotes_canonical_request_and_string_to_sign(
    store: ParameterStore,
) -> None:
    store.add_credentials(
        TEMPORARY.access_key_id, TEMPORARY.secret_access_key, TEMPORARY.session_token
    )
    wrong = Credentials(TEMPORARY.access_key_id, "another-secret", TEMPORARY.session_token)
    status, error = call(store, "GetParameter", {"Name": "/a"}, credentials=wrong)
    sent = store.journal.entries[0].headers
    assert (status, error["__type"]) == (400, "InvalidSignatureException")
    assert (
        "The Canonical String for this request should have been\n'POST\n/\n\n"
        "content-type:application/x-amz-json-1.1\n"
        f"host:127.0.0.1:{store.port}\n"
        f"x-amz-date:{sent['x-amz-date']}\n"
        "x-amz-security-token:the/session+token==\n"
    ) in error["message"]
    assert (
        f"The String-to-Sign should have been\n'AWS4-HMAC-SHA256\n{sent['x-amz-date']}\n"
        in error["message"]
    )


@pytest.mark.parametrize(
    ("credentials", "code"),
    [
        (Credentials("AKIAUNKNOWN", "x"), "UnrecognizedClientException"),
        (
            Credentials(TEMPORARY.access_key_id, TEMPORARY.secret_access_key),
            "UnrecognizedClientException",
        ),
        (
            Credentials(TEMPORARY.access_key_id, TEMPORARY.secret_access_key, "another"),
            "UnrecognizedClientException",
        ),
        (Credentials("AKIAIOSFODNN7EXAMPLE", "wrong"), "InvalidSignatureException"),
        (Credentials("ASIAEXPIRED", "old", "old-token"), "ExpiredTokenException"),
    ],
)
def test_wrong_credentials_are_refused(
    store: ParameterStore, credentials: Credentials, code: str
) -> None:
    store.add_credentials(
        TEMPORARY.access_key_id, TEMPORARY.secret_access_key, TEMPORARY.session_token
    )
    store.add_credentials("ASIAEXPIRED", "old", "old-token", expired=True)
    with pytest.raises(ClientError) as raised:
        botocore_client(store, credentials).describe_parameters()
    assert error_of(raised)[0] == code
    assert store.journal.entries[-1].error_code == code
    assert store.journal.entries[-1].access_key_id is None


def test_temporary_credentials_are_accepted_with_their_token(store: ParameterStore) -> None:
    credentials = store.add_credentials(
        TEMPORARY.access_key_id, TEMPORARY.secret_access_key, TEMPORARY.session_token
    )
    botocore_client(store, credentials).describe_parameters()
    assert store.journal.entries[-1].access_key_id == "ASIATEMPORARY"


@pytest.mark.parametrize(
    ("old", "new", "code", "text"),
    [
        (
            rb"Authorization: [^\r]*\r\n",
            b"",
            "MissingAuthenticationTokenException",
            "Missing Authentication Token",
        ),
        (
            rb"AWS4-HMAC-SHA256 C",
            b"AWS4-HMAC-SHA1 C",
            "IncompleteSignatureException",
            "Unsupported AWS 'algorithm'",
        ),
        (
            rb", Signature=[0-9a-f]*",
            b"",
            "IncompleteSignatureException",
            "requires 'Signature' parameter",
        ),
        (
            rb"SignedHeaders=",
            b"SignedHeaders ",
            "IncompleteSignatureException",
            "missing equal-sign",
        ),
        (
            rb"/aws4_request,",
            b",",
            "IncompleteSignatureException",
            "exactly 5 slash-delimited elements",
        ),
        (
            rb"/aws4_request,",
            b"/aws5_request,",
            "InvalidSignatureException",
            "valid terminator: 'aws4_request'",
        ),
        (
            rb"X-Amz-Date: [^\r]*\r\n",
            b"",
            "IncompleteSignatureException",
            "existence of either a 'X-Amz-Date'",
        ),
        (
            rb"host;",
            b"",
            "InvalidSignatureException",
            "'Host' or ':authority' must be a 'SignedHeader'",
        ),
        (
            rb";x-amz-target",
            b"",
            "InvalidSignatureException",
            "'x-amz-target' must be a 'SignedHeader'",
        ),
        (
            rb"content-type;",
            b"",
            "InvalidSignatureException",
            "'content-type' must be a 'SignedHeader'",
        ),
        (
            rb"(EXAMPLE/)\d{8}",
            rb"\g<1>20150830",
            "InvalidSignatureException",
            "Date in Credential scope does not match",
        ),
    ],
)
def test_broken_authorization(
    store: ParameterStore, old: bytes, new: bytes, code: str, text: str
) -> None:
    request, changes = re.subn(old, new, signed(store, "GetParameter", {"Name": "/a"}))
    assert changes == 1
    answer, body = ask(store, request)
    assert (answer.status, json.loads(body)["__type"]) == (400, code)
    assert text in json.loads(body)["message"]


def test_another_region_is_refused(store: ParameterStore) -> None:
    with pytest.raises(ClientError) as raised:
        botocore_client(store, region_name="eu-west-1").describe_parameters()
    assert error_of(raised) == (
        "InvalidSignatureException",
        "Credential should be scoped to a valid region.",
    )


def test_another_service_is_refused(store: ParameterStore) -> None:
    _, error = call(store, "DescribeParameters", {}, service="sts")
    assert error["message"] == "Credential should be scoped to correct service: 'ssm'."


def test_a_path_in_the_endpoint_is_part_of_the_signature(store: ParameterStore) -> None:
    request = signed(store, "DescribeParameters", {}, path="/base/a%20b")
    assert ask(store, request)[0].status == 200
    assert ask(store, request.replace(b"/base/a%20b", b"/base/a%20c"))[0].status == 400


@pytest.mark.parametrize(
    ("offset", "text"),
    [
        (
            3600,
            r"Signature expired: TIME is now earlier than TIME \(TIME - 5 min\.\)",
        ),
        (
            -3600,
            r"Signature not yet current: TIME is still later than TIME \(TIME \+ 5 min\.\)",
        ),
    ],
)
def test_a_clock_that_is_off(store: ParameterStore, offset: int, text: str) -> None:
    store.clock_offset_seconds = offset
    answer, body = ask(store, signed(store, "DescribeParameters", {}))
    error = json.loads(body)
    assert error["__type"] == "InvalidSignatureException"
    assert re.fullmatch(text.replace("TIME", r"\d{8}T\d{6}Z"), error["message"])
    difference = parsedate_to_datetime(answer.headers["Date"]) - datetime.now(timezone.utc)
    assert abs(difference.total_seconds() - offset) < 60


@pytest.mark.parametrize("offset", [240, -240])
def test_a_clock_within_five_minutes_is_good_enough(
    store: ParameterStore, client: Any, offset: int
) -> None:
    store.clock_offset_seconds = offset
    client.describe_parameters()


# --- The shape of answers


def test_headers_of_an_answer(store: ParameterStore) -> None:
    answer, _ = ask(store, signed(store, "DescribeParameters", {}))
    assert answer.headers["Content-Type"] == "application/x-amz-json-1.1"
    assert re.fullmatch(r"[0-9a-f-]{36}", answer.headers["x-amzn-RequestId"])
    assert answer.headers["Date"].endswith(" GMT")


@pytest.mark.parametrize(
    ("operation", "document", "code"),
    [
        ("NoSuchOperation", {}, "UnknownOperationException"),
        ("GetParameter", b'{"Name":', "SerializationException"),
        ("GetParameter", [], "SerializationException"),
        ("GetParameter", {"Name": 7}, "SerializationException"),
        ("GetParameters", {"Names": "/a"}, "SerializationException"),
        ("GetParametersByPath", {"Path": "/a", "Recursive": "true"}, "SerializationException"),
        ("GetParametersByPath", {"Path": "/a", "MaxResults": True}, "SerializationException"),
    ],
)
def test_requests_that_are_not_understood(
    store: ParameterStore, operation: str, document: Any, code: str
) -> None:
    status, error = call(store, operation, document)
    assert (status, error["__type"]) == (400, code)


@pytest.mark.parametrize(
    ("operation", "document", "text"),
    [
        (
            "GetParameter",
            {},
            "1 validation error detected: Value null at 'name' failed to satisfy constraint: "
            "Member must not be null",
        ),
        (
            "GetParametersByPath",
            {"Path": "/a", "MaxResults": 11},
            "1 validation error detected: Value '11' at 'maxResults' failed to satisfy constraint: "
            "Member must have value less than or equal to 10",
        ),
        (
            "GetParametersByPath",
            {"Path": "/a", "MaxResults": 0},
            "Member must have value greater than or equal to 1",
        ),
        ("GetParametersByPath", {"Path": "", "MaxResults": 11}, "2 validation errors detected: "),
        (
            "GetParametersByPath",
            {"Path": "prod"},
            'The parameter name must begin with a forward slash "/".',
        ),
        (
            "GetParametersByPath",
            {"Path": "/pr od"},
            "The parameter doesn't meet the parameter name requirements.",
        ),
        (
            "GetParametersByPath",
            {"Path": "/prod//api"},
            "The parameter doesn't meet the parameter name requirements.",
        ),
        (
            "GetParameters",
            {"Names": []},
            "Value '[]' at 'names' failed to satisfy constraint: Member must have length greater",
        ),
        (
            "GetParameters",
            {"Names": [f"/{n}" for n in range(11)]},
            "Member must have length less than or equal to 10",
        ),
        (
            "GetParameters",
            {"Names": ["/a", ""]},
            "at 'names.2.member' failed to satisfy constraint",
        ),
        ("GetParameters", {"Names": ["a/b"]}, "Parameter name must be a fully qualified name."),
        (
            "GetParameters",
            {"Names": ["/a:b:c"]},
            "Please use correct syntax for referencing a version/label",
        ),
        (
            "GetParameters",
            {"Names": ["/a:"]},
            "Please use correct syntax for referencing a version/label",
        ),
        (
            "GetParameters",
            {"Names": ["arn:aws:ssm:us-east-1:1:parameter/a"]},
            "Invalid parameter ARN",
        ),
        ("GetParameterHistory", {"Name": "/a", "MaxResults": 51}, "less than or equal to 50"),
        (
            "PutParameter",
            {"Name": "/a", "Value": "", "Type": "String"},
            "Value at 'value' failed to satisfy constraint",
        ),
        (
            "PutParameter",
            {"Name": "/a", "Value": "v", "Type": "Text"},
            "enum value set: [SecureString, StringList, String]",
        ),
        ("PutParameter", {"Name": "/a", "Value": "v"}, "type is required"),
        (
            "PutParameter",
            {"Name": "/a", "Value": "v", "Type": "String", "KeyId": "alias/k"},
            "KeyId is required for SecureString",
        ),
        (
            "PutParameter",
            {"Name": "/a b", "Value": "v", "Type": "String"},
            "mix of letters, numbers",
        ),
        ("PutParameter", {"Name": "a/b", "Value": "v", "Type": "String"}, "fully qualified name"),
        (
            "PutParameter",
            {"Name": "/ssm-x", "Value": "v", "Type": "String"},
            'can\'t be prefixed with "ssm"',
        ),
        (
            "PutParameter",
            {"Name": "AWSx", "Value": "v", "Type": "String"},
            'can\'t be prefixed with "aws" or "ssm"',
        ),
        (
            "PutParameter",
            {"Name": "/" + "a" * 970, "Value": "v", "Type": "String"},
            "1011 characters",
        ),
        (
            "PutParameter",
            {"Name": "/a", "Value": "x" * 4097, "Type": "String"},
            "maximum parameter value of 4096",
        ),
        (
            "PutParameter",
            {"Name": "/a", "Value": "x" * 8193, "Type": "String", "Tier": "Advanced"},
            "value of 8192",
        ),
        (
            "PutParameter",
            {"Name": "/a", "Value": "{{ssm:x}}", "Type": "String"},
            "can't nest another parameter",
        ),
        (
            "PutParameter",
            {"Name": "/a", "Value": "v", "Type": "String", "DataType": "Text"},
            "data type is not supported",
        ),
        (
            "PutParameter",
            {
                "Name": "/a",
                "Value": "v",
                "Type": "String",
                "Overwrite": True,
                "Tags": [{"Key": "k", "Value": "v"}],
            },
            "tags and overwrite can't be used together",
        ),
    ],
)
def test_validation(store: ParameterStore, operation: str, document: Any, text: str) -> None:
    status, error = call(store, operation, document)
    assert (status, error["__type"]) == (400, "ValidationException")
    assert text in error["message"]


def test_members_that_are_null_or_unknown_are_ignored(store: ParameterStore) -> None:
    assert (
        call(store, "GetParametersByPath", {"Path": "/a", "NextToken": None, "Colour": {"a": 1}})[0]
        == 200
    )


def test_only_posts_with_a_target_are_operations(store: ParameterStore) -> None:
    request = signed(store, "DescribeParameters", {})
    assert ask(store, request.replace(b"POST / ", b"GET / "))[0].status == 404
    assert ask(store, re.sub(rb"X-Amz-Target: [^\r]*\r\n", b"", request))[0].status == 404


@pytest.mark.parametrize(
    "request_bytes", [b"nonsense\r\n\r\n", b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"]
)
def test_what_is_not_http_ends_the_connection(store: ParameterStore, request_bytes: bytes) -> None:
    with connect(store) as sock:
        sock.sendall(request_bytes)
        assert everything_received(sock).startswith(b"HTTP/1.1 400 ")


def test_a_client_that_expects_to_be_told_to_continue(store: ParameterStore) -> None:
    head, _, body = signed(store, "DescribeParameters", {}).partition(b"\r\n\r\n")
    with connect(store) as sock:
        sock.sendall(head + b"\r\nExpect: 100-continue\r\n\r\n")
        assert sock.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        sock.sendall(body)
        assert receive(sock)[0].status == 200


def test_answers_can_be_spelled_otherwise(store: ParameterStore) -> None:
    store.put("/a", 'é😀"', modified=1607453621.072)
    _, plain = ask(store, signed(store, "GetParameter", {"Name": "/a"}))
    store.answers.exponent_dates = True
    store.answers.escape_non_ascii = True
    store.answers.extra_members = {"New": {"in": [1, None]}}
    _, other = ask(store, signed(store, "GetParameter", {"Name": "/a"}))
    assert '"LastModifiedDate":1607453621.072,' in plain.decode() and 'é😀\\"' in plain.decode()
    assert b'"LastModifiedDate":1.607453621072E9,' in other and rb"\u00e9\ud83d\ude00" in other
    document = json.loads(other)
    assert document["New"] == document["Parameter"]["New"] == {"in": [1, None]}
    assert document["Parameter"]["Value"] == 'é😀"'


def test_a_lone_surrogate_and_a_nul_are_written_as_escapes(store: ParameterStore) -> None:
    store.put("/a", "x\ud800y\0z", force=True)
    _, body = ask(store, signed(store, "GetParameter", {"Name": "/a"}))
    assert rb'"Value":"x\ud800y\u0000z"' in body


# --- Putting, versions, labels, deleting


def test_put_and_get(client: Any) -> None:
    put = client.put_parameter(
        Name="/prod/Key", Value="s3cret é", Type="SecureString", KeyId="alias/prod"
    )
    assert (put["Version"], put["Tier"]) == (1, "Standard")
    parameter = client.get_parameter(Name="/prod/Key", WithDecryption=True)["Parameter"]
    del parameter["LastModifiedDate"]
    assert parameter == {
        "Name": "/prod/Key",
        "Type": "SecureString",
        "Value": "s3cret é",
        "Version": 1,
        "ARN": "arn:aws:ssm:us-east-1:123456789012:parameter/prod/Key",
        "DataType": "text",
    }


def test_without_decryption_a_secure_string_is_ciphertext(
    store: ParameterStore, client: Any
) -> None:
    store.put("/s", "s3cret", "SecureString")
    store.put("/t", "plain")
    answer = client.get_parameters(Names=["/s", "/t"])
    encrypted, plain = (parameter["Value"] for parameter in answer["Parameters"])
    assert plain == "plain"
    assert b"s3cret" not in base64.b64decode(encrypted, validate=True)


def test_one_name_is_one_parameter(store: ParameterStore, client: Any) -> None:
    client.put_parameter(Name="/Foo", Value="1", Type="String")
    with pytest.raises(ClientError) as raised:
        client.put_parameter(Name="Foo", Value="2", Type="String")
    assert error_of(raised)[0] == "ParameterAlreadyExists"
    assert client.get_parameter(Name="Foo")["Parameter"]["Value"] == "1"
    assert client.get_parameters(Names=["/foo", "/Foo"])["InvalidParameters"] == ["/foo"]


def test_blanks_around_a_new_name_are_removed(client: Any) -> None:
    client.put_parameter(Name=" /a ", Value=" v ", Type="String")
    assert client.get_parameter(Name="/a")["Parameter"]["Value"] == " v "


def test_fifteen_levels(client: Any) -> None:
    client.put_parameter(Name="/" + "/".join("abcdefghijklmno"), Value="v", Type="String")
    with pytest.raises(ClientError) as raised:
        client.put_parameter(Name="/" + "/".join("abcdefghijklmnop"), Value="v", Type="String")
    assert error_of(raised)[0] == "HierarchyLevelLimitExceededException"


def test_reserved_names(client: Any) -> None:
    with pytest.raises(ClientError) as raised:
        client.put_parameter(Name="/aws/x", Value="v", Type="String")
    assert error_of(raised) == (
        "AccessDeniedException",
        "No access to reserved parameter name: /aws/x.",
    )


def test_a_type_cannot_be_changed(client: Any) -> None:
    client.put_parameter(Name="/a", Value="v", Type="String")
    with pytest.raises(ClientError) as raised:
        client.put_parameter(Name="/a", Value="v", Type="SecureString", Overwrite=True)
    assert error_of(raised)[0] == "HierarchyTypeMismatchException"
    assert client.put_parameter(Name="/a", Value="w", Overwrite=True)["Version"] == 2


def test_tiers(client: Any) -> None:
    assert client.put_parameter(Name="/a", Value="x" * 4096, Type="String")["Tier"] == "Standard"
    assert (
        client.put_parameter(Name="/b", Value="x" * 8192, Type="String", Tier="Advanced")["Tier"]
        == "Advanced"
    )
    assert (
        client.put_parameter(
            Name="/c", Value="x" * 4097, Type="String", Tier="Intelligent-Tiering"
        )["Tier"]
        == "Advanced"
    )
    assert client.put_parameter(Name="/c", Value="x", Overwrite=True)["Tier"] == "Advanced"
    with pytest.raises(ClientError, match="can't downgrade"):
        client.put_parameter(Name="/c", Value="x", Overwrite=True, Tier="Standard")


def test_the_size_of_a_value_is_counted_in_bytes(client: Any) -> None:
    client.put_parameter(Name="/a", Value="é" * 2048, Type="String")
    with pytest.raises(ClientError, match="4096"):
        client.put_parameter(Name="/b", Value="é" * 2048 + "x", Type="String")


def test_allowed_patterns(client: Any) -> None:
    client.put_parameter(Name="/a", Value="123", Type="String", AllowedPattern=r"\d+")
    with pytest.raises(ClientError) as raised:
        client.put_parameter(Name="/b", Value="123x", Type="String", AllowedPattern=r"\d+")
    assert error_of(raised)[0] == "ParameterPatternMismatchException"
    with pytest.raises(ClientError) as raised:
        client.put_parameter(Name="/b", Value="1", Type="String", AllowedPattern="(")
    assert error_of(raised)[0] == "InvalidAllowedPatternException"


def test_force_puts_what_the_service_would_refuse(store: ParameterStore) -> None:
    with pytest.raises(ServiceError):
        store.put("/bad name", "x" * 5000)
    store.put("/bad name", "x" * 5000, force=True)
    _, answer = call(store, "GetParametersByPath", {"Path": "/"})
    assert answer["Parameters"][0]["Name"] == "/bad name"


def test_versions_and_labels(store: ParameterStore, client: Any) -> None:
    for value in ("one", "two", "three"):
        store.put("/a", value)
    assert client.label_parameter_version(
        Name="/a", ParameterVersion=2, Labels=["live", "1st", "AWSx"]
    )["InvalidLabels"] == ["1st", "AWSx"]
    answer = client.get_parameters(Names=["/a", "/a:1", "/a:live", "/a:4", "/a:1st", "/a:LIVE"])
    assert sorted(
        (p.get("Selector"), p["Value"], p["Version"])
        for p in answer["Parameters"]
        if "Selector" in p
    ) == [
        (":1", "one", 1),
        (":live", "two", 2),
    ]
    assert [p["Value"] for p in answer["Parameters"] if "Selector" not in p] == ["three"]
    assert answer["InvalidParameters"] == ["/a:4", "/a:1st", "/a:LIVE"]

    assert client.label_parameter_version(Name="/a", Labels=["live"])["ParameterVersion"] == 3
    assert client.get_parameter(Name="/a:live")["Parameter"]["Value"] == "three"


def test_at_most_ten_labels_on_a_version(client: Any) -> None:
    client.put_parameter(Name="/a", Value="v", Type="String")
    client.label_parameter_version(Name="/a", Labels=[f"l{n}" for n in range(10)])
    client.label_parameter_version(Name="/a", Labels=["l0"])
    with pytest.raises(ClientError) as raised:
        client.label_parameter_version(Name="/a", Labels=["one-more"])
    assert error_of(raised)[0] == "ParameterVersionLabelLimitExceeded"


@pytest.mark.parametrize(
    ("name", "version", "code"),
    [("/none", 1, "ParameterNotFound"), ("/a", 2, "ParameterVersionNotFound")],
)
def test_labels_need_a_version(
    store: ParameterStore, client: Any, name: str, version: int, code: str
) -> None:
    store.put("/a", "v")
    with pytest.raises(ClientError) as raised:
        client.label_parameter_version(Name=name, ParameterVersion=version, Labels=["l"])
    assert error_of(raised)[0] == code


def test_the_hundred_newest_versions_are_kept_unless_the_oldest_has_a_label(
    store: ParameterStore, client: Any
) -> None:
    for number in range(1, 102):
        store.put("/a", str(number))
    answer = client.get_parameters(Names=["/a:1", "/a:2", "/a:101"])
    assert [p["Value"] for p in answer["Parameters"]] == ["2", "101"]
    assert answer["InvalidParameters"] == ["/a:1"]
    client.label_parameter_version(Name="/a", ParameterVersion=2, Labels=["old"])
    with pytest.raises(ClientError, match="Version 2, the oldest version") as raised:
        client.put_parameter(Name="/a", Value="102", Overwrite=True)
    assert error_of(raised)[0] == "ParameterMaxVersionLimitExceeded"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("/b", "ParameterNotFound"),
        ("/a:2", "ParameterVersionNotFound"),
        ("/a:x", "ParameterVersionNotFound"),
    ],
)
def test_get_parameter_of_a_missing_parameter(
    store: ParameterStore, client: Any, name: str, code: str
) -> None:
    store.put("/a", "v")
    with pytest.raises(ClientError) as raised:
        client.get_parameter(Name=name)
    assert error_of(raised)[0] == code


def test_deleting(store: ParameterStore, client: Any) -> None:
    for name in ("/a", "/b", "/c"):
        store.put(name, "v")
    client.delete_parameter(Name="/a")
    answer = client.delete_parameters(Names=["/a", "/b"])
    assert (answer["DeletedParameters"], answer["InvalidParameters"]) == (["/b"], ["/a"])
    with pytest.raises(ClientError) as raised:
        client.delete_parameter(Name="/a")
    assert error_of(raised)[0] == "ParameterNotFound"
    assert names_of(client.describe_parameters()) == ["/c"]


def test_history(store: ParameterStore, client: Any) -> None:
    store.put("/a", "one", "SecureString", labels=("first",))
    store.put("/a", "two", description="second")
    store.put("/a", "three")
    first = client.get_parameter_history(Name="/a", WithDecryption=True, MaxResults=2)
    rest = client.get_parameter_history(
        Name="/a", WithDecryption=True, MaxResults=2, NextToken=first["NextToken"]
    )
    assert [(p["Version"], p["Value"], p["Labels"]) for p in first["Parameters"]] == [
        (1, "one", ["first"]),
        (2, "two", []),
    ]
    assert first["Parameters"][1]["Description"] == "second"
    assert [p["Value"] for p in rest["Parameters"]] == ["three"]
    assert "NextToken" not in rest
    assert client.get_parameter_history(Name="/a")["Parameters"][0]["Value"] != "one"


def test_describing(store: ParameterStore, client: Any) -> None:
    store.put("/prod/a", "v", "SecureString", key_id="alias/k", description="d")
    store.put("/prod/b/c", "v", "StringList")
    store.put("d", "v", tier="Advanced")

    def found(**condition: Any) -> list[str]:
        return names_of(client.describe_parameters(ParameterFilters=[condition]))

    described = client.describe_parameters()["Parameters"]
    assert [p["Name"] for p in described] == ["/prod/a", "/prod/b/c", "d"]
    assert (described[0]["KeyId"], described[0]["Description"], "Value" in described[0]) == (
        "alias/k",
        "d",
        False,
    )
    assert found(Key="Name", Values=["d", "/prod/a"]) == ["/prod/a", "d"]
    assert found(Key="Name", Option="BeginsWith", Values=["/prod"]) == ["/prod/a", "/prod/b/c"]
    assert found(Key="Name", Option="Contains", Values=["b/"]) == ["/prod/b/c"]
    assert found(Key="Path", Option="Recursive", Values=["/prod"]) == ["/prod/a", "/prod/b/c"]
    assert found(Key="Path", Values=["/prod"]) == ["/prod/a"]
    assert found(Key="Type", Option="BeginsWith", Values=["String"]) == ["/prod/b/c", "d"]
    assert found(Key="KeyId", Values=["alias/k"]) == ["/prod/a"]
    assert found(Key="Tier", Values=["Advanced"]) == ["d"]
    with pytest.raises(ClientError) as raised:
        found(Key="Label", Values=["x"])
    assert error_of(raised)[0] == "InvalidFilterKey"


# --- Reading by name


def test_get_parameters_answers_in_alphabetical_order_and_each_name_once(
    store: ParameterStore, client: Any
) -> None:
    for name in ("/b", "/a", "/c"):
        store.put(name, "v")
    answer = client.get_parameters(Names=["/c", "/x", "/b", "/c", "/a"])
    assert names_of(answer) == ["/a", "/b", "/c"]
    assert answer["InvalidParameters"] == ["/x"]


def test_arns(store: ParameterStore, client: Any) -> None:
    ours = "arn:aws:ssm:us-east-1:123456789012:parameter/a/b"
    theirs = "arn:aws:ssm:us-east-1:210987654321:parameter/shared/key"
    store.put("/a/b", "ours")
    store.put_shared(theirs, "old")
    store.put_shared(theirs, "theirs", labels=("live",))
    store.put("/shared/key", "not this one")
    answer = client.get_parameters(
        Names=[ours, theirs, f"{theirs}:1", f"{theirs}:live", f"{theirs}x"]
    )
    assert sorted((p["ARN"], p.get("Selector", ""), p["Value"]) for p in answer["Parameters"]) == [
        (ours, "", "ours"),
        (theirs, "", "theirs"),
        (theirs, ":1", "old"),
        (theirs, ":live", "theirs"),
    ]
    assert answer["InvalidParameters"] == [f"{theirs}x"]


def test_secrets(store: ParameterStore, client: Any) -> None:
    name = "/aws/reference/secretsmanager/prod/db"
    store.put_secret("prod/db", "old", version_id="v-1", stages=("AWSPREVIOUS",))
    store.put_secret("prod/db", '{"password":"new"}')
    parameter = client.get_parameter(Name=name, WithDecryption=True)["Parameter"]
    assert (parameter["Name"], parameter["Type"], parameter["Version"]) == (name, "SecureString", 0)
    assert parameter["Value"] == '{"password":"new"}'
    assert parameter["ARN"].startswith(
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-"
    )
    assert json.loads(parameter["SourceResult"])["secretString"] == parameter["Value"]

    answer = client.get_parameters(
        Names=[f"{name}:v-1", f"{name}:AWSPREVIOUS", f"{name}:none", f"{name}x"],
        WithDecryption=True,
    )
    assert [(p["Value"], p["Selector"]) for p in answer["Parameters"]] == [
        ("old", ":v-1"),
        ("old", ":AWSPREVIOUS"),
    ]
    assert answer["InvalidParameters"] == [f"{name}:none", f"{name}x"]

    with pytest.raises(
        ClientError,
        match="WithDecryption flag must be True for retrieving a Secret Manager secret.",
    ):
        client.get_parameter(Name=name)
    with pytest.raises(ClientError) as raised:
        client.get_parameter(Name=f"{name}x", WithDecryption=True)
    assert error_of(raised)[0] == "ParameterNotFound"
    assert client.describe_parameters()["Parameters"] == []


# --- Reading by path


def by_path(client: Any, path: str, **members: Any) -> list[dict[str, Any]]:
    """All pages."""
    pages = client.get_paginator("get_parameters_by_path").paginate(Path=path, **members)
    return [parameter for page in pages for parameter in page["Parameters"]]


@pytest.mark.parametrize(
    ("path", "recursive", "names"),
    [
        ("/prod/api", True, ["/prod/api/db", "/prod/api/db/user"]),
        ("/prod/api", False, ["/prod/api/db"]),
        ("/prod/api/", True, ["/prod/api/db", "/prod/api/db/user"]),
        ("/prod", False, ["/prod/api"]),
        ("/PROD", True, []),
        ("/prod/api/db/user", True, []),
        ("/none", True, []),
        ("/", False, ["plain"]),
        ("/", True, ["/prod/api", "/prod/api-v2/x", "/prod/api/db", "/prod/api/db/user", "plain"]),
    ],
)
def test_what_is_below_a_path(
    store: ParameterStore, client: Any, path: str, recursive: bool, names: list[str]
) -> None:
    for name in ("/prod/api", "/prod/api/db", "/prod/api/db/user", "/prod/api-v2/x", "plain"):
        store.put(name, "v")
    assert [p["Name"] for p in by_path(client, path, Recursive=recursive)] == names


def test_filters(store: ParameterStore, client: Any) -> None:
    store.put("/p/a", "old", labels=("live",))
    store.put("/p/a", "new")
    store.put("/p/b", "v", "SecureString", key_id="alias/prod-1")

    def found(*conditions: dict[str, Any]) -> list[tuple[str, int]]:
        return [
            (p["Name"], p["Version"])
            for p in by_path(client, "/p", ParameterFilters=list(conditions))
        ]

    label = {"Key": "Label", "Values": ["live"]}
    assert found(label) == [("/p/a", 1)]
    assert found({"Key": "Type", "Values": ["SecureString"]}) == [("/p/b", 1)]
    assert found({"Key": "KeyId", "Option": "BeginsWith", "Values": ["alias/prod"]}) == [
        ("/p/b", 1)
    ]
    assert found(label, {"Key": "Type", "Values": ["SecureString"]}) == []


@pytest.mark.parametrize(
    ("filters", "code"),
    [
        ([{"Key": "Name", "Values": ["x"]}], "InvalidFilterKey"),
        (
            [{"Key": "Label", "Values": ["x"]}, {"Key": "Label", "Values": ["y"]}],
            "InvalidFilterKey",
        ),
        ([{"Key": "Label", "Option": "BeginsWith", "Values": ["x"]}], "InvalidFilterOption"),
        ([{"Key": "Type", "Values": ["Text"]}], "InvalidFilterValue"),
        ([{"Key": "Label"}], "InvalidFilterValue"),
        ([{"Key": "Colour", "Values": ["x"]}], "ValidationException"),
    ],
)
def test_wrong_filters(store: ParameterStore, filters: list[dict[str, Any]], code: str) -> None:
    status, error = call(store, "GetParametersByPath", {"Path": "/p", "ParameterFilters": filters})
    assert (status, error["__type"]) == (400, code)


# --- Pages


@pytest.fixture
def twenty_five(store: ParameterStore) -> list[str]:
    names = [f"/p/n{number:02}" for number in range(25)]
    for name in names:
        store.put(name, "v")
    return names


def test_pages_hold_ten_unless_fewer_are_wanted(
    store: ParameterStore, client: Any, twenty_five: list[str]
) -> None:
    assert [p["Name"] for p in by_path(client, "/p")] == twenty_five
    assert [p["Name"] for p in by_path(client, "/p", MaxResults=9)] == twenty_five
    sizes = [
        entry.body.get("MaxResults") for entry in store.journal.operations("GetParametersByPath")
    ]
    assert sizes == [None] * 3 + [9] * 3
    assert "NextToken" not in client.get_parameters_by_path(Path="/p/n00")


@pytest.mark.parametrize(
    "changed",
    [
        {"Path": "/q"},
        {"Path": "/p/"},
        {"Recursive": True},
        {"WithDecryption": True},
        {"MaxResults": 9},
        {"ParameterFilters": [{"Key": "Type", "Values": ["String"]}]},
    ],
)
def test_a_token_is_good_only_for_the_same_request(
    store: ParameterStore, twenty_five: list[str], changed: dict[str, Any]
) -> None:
    request: dict[str, Any] = {"Path": "/p", "MaxResults": 10}
    token = call(store, "GetParametersByPath", request)[1]["NextToken"]
    status, error = call(store, "GetParametersByPath", {**request, "NextToken": token, **changed})
    assert (status, error["__type"]) == (400, "InvalidNextToken")
    assert call(store, "GetParametersByPath", {**request, "NextToken": token})[0] == 200


@pytest.mark.parametrize("token", ["", "x", "AAAA", "AAEAAbcd" * 20])
def test_a_made_up_token(store: ParameterStore, token: str) -> None:
    _, error = call(store, "GetParametersByPath", {"Path": "/p", "NextToken": token})
    assert error["__type"] == "InvalidNextToken"


def test_tokens_of_another_operation(store: ParameterStore, twenty_five: list[str]) -> None:
    token = call(store, "DescribeParameters", {"MaxResults": 5})[1]["NextToken"]
    _, error = call(
        store, "GetParametersByPath", {"Path": "/p", "MaxResults": 5, "NextToken": token}
    )
    assert error["__type"] == "InvalidNextToken"


def pages(store: ParameterStore, request: dict[str, Any]) -> list[dict[str, Any]]:
    """Each answer until one has no NextToken."""
    answers = [call(store, "GetParametersByPath", request)[1]]
    while answers[-1].get("NextToken"):
        answers.append(
            call(store, "GetParametersByPath", {**request, "NextToken": answers[-1]["NextToken"]})[
                1
            ]
        )
    return answers


def test_page_size(store: ParameterStore, twenty_five: list[str]) -> None:
    store.paging.page_size = 20
    assert [names_of(page) for page in pages(store, {"Path": "/p"})] == [
        twenty_five[:20],
        twenty_five[20:],
    ]


def test_empty_pages(store: ParameterStore, twenty_five: list[str]) -> None:
    store.paging.empty_pages = {0, 2, 3, 6}
    answers = pages(store, {"Path": "/p"})
    assert [len(page["Parameters"]) for page in answers] == [0, 10, 0, 0, 10, 5, 0]
    assert [name for page in answers for name in names_of(page)] == twenty_five


@pytest.mark.parametrize(
    ("kind", "last"), [("absent", {}), ("null", {"NextToken": None}), ("empty", {"NextToken": ""})]
)
def test_ends_of_a_listing(
    store: ParameterStore, twenty_five: list[str], kind: str, last: dict[str, Any]
) -> None:
    store.paging.end_of_listing = kind
    answers = pages(store, {"Path": "/p"})
    assert len(answers) == 3
    del answers[-1]["Parameters"]
    assert answers[-1] == last


def test_a_token_that_repeats(store: ParameterStore, twenty_five: list[str]) -> None:
    store.paging.repeat_token = True
    first = call(store, "GetParametersByPath", {"Path": "/p"})[1]["NextToken"]
    for _ in range(3):
        assert (
            call(store, "GetParametersByPath", {"Path": "/p", "NextToken": first})[1]["NextToken"]
            == first
        )


def test_shuffled_order_loses_nothing(
    store: ParameterStore, client: Any, twenty_five: list[str]
) -> None:
    store.paging.shuffle_seed = 1
    shuffled = [p["Name"] for p in by_path(client, "/p")]
    assert shuffled != twenty_five
    assert sorted(shuffled) == twenty_five
    assert names_of(client.get_parameters(Names=twenty_five[:10])) != twenty_five[:10]


def test_a_parameter_on_two_pages(store: ParameterStore, twenty_five: list[str]) -> None:
    store.paging.repeat_last_item = True
    first, second, third = pages(store, {"Path": "/p"})
    assert names_of(second) == twenty_five[9:19]
    assert names_of(third) == twenty_five[18:]


def test_a_parameter_that_nobody_asked_for(store: ParameterStore, client: Any) -> None:
    store.put("/p/a", "v")
    store.put("/other", "v")
    store.paging.unasked = ("/other",)
    assert names_of(client.get_parameters_by_path(Path="/p")) == ["/p/a", "/other"]
    assert names_of(client.get_parameters(Names=["/p/a"])) == ["/other", "/p/a"]


# --- Permissions and keys


def denied(client_call: Any, **members: Any) -> str:
    with pytest.raises(ClientError) as raised:
        client_call(**members)
    code, message = error_of(raised)
    assert code == "AccessDeniedException"
    return message


ARN = "arn:aws:ssm:us-east-1:123456789012"


def test_by_path_is_checked_against_the_path(store: ParameterStore, client: Any) -> None:
    store.allow("ssm:GetParametersByPath", "/prod/api/*")
    assert denied(client.get_parameters_by_path, Path="/prod/api") == (
        "User: arn:aws:iam::123456789012:user/tests is not authorized to perform: "
        "ssm:GetParametersByPath on resource: "
        f"{ARN}:parameter/prod/api because no identity-based policy allows the "
        "ssm:GetParametersByPath action"
    )
    client.get_parameters_by_path(Path="/prod/api/")
    client.get_parameters_by_path(Path="/prod/api/db")
    store.allow("ssm:GetParametersByPath", "/prod/api")
    client.get_parameters_by_path(Path="/prod/api")
    assert f"{ARN}:parameter/ because" in denied(client.get_parameters_by_path, Path="/")


def test_an_explicit_deny_wins(store: ParameterStore, client: Any) -> None:
    store.put("/prod/a", "v")
    store.allow("ssm:*", "*")
    store.deny("ssm:GetParameter*", f"{ARN}:parameter/prod/?")
    assert denied(client.get_parameter, Name="/prod/a").endswith(
        f"ssm:GetParameter on resource: {ARN}:parameter/prod/a with an explicit deny in an "
        "identity-based policy"
    )
    client.get_parameters_by_path(Path="/prod")
    client.put_parameter(Name="/prod/a", Value="w", Overwrite=True)


def test_a_deny_alone_leaves_the_rest_allowed(store: ParameterStore, client: Any) -> None:
    store.put("/a", "v")
    store.put("/b", "v")
    store.deny("ssm:GetParameters", "/a")
    client.get_parameters(Names=["/b"])
    assert "parameter/a with an explicit deny" in denied(client.get_parameters, Names=["/b", "/a"])


def test_a_missing_parameter_is_not_named_to_those_who_may_not_read_it(
    store: ParameterStore, client: Any
) -> None:
    store.deny("ssm:GetParameter*", "/secret*")
    assert f"on resource: {ARN}:* with" in denied(client.get_parameter, Name="/secret-none")


def test_each_operation_has_its_own_action(store: ParameterStore, client: Any) -> None:
    store.put("/a", "v")
    store.allow("ssm:None")
    calls = {
        "GetParameter": (client.get_parameter, {"Name": "/a"}),
        "GetParameters": (client.get_parameters, {"Names": ["/a"]}),
        "GetParametersByPath": (client.get_parameters_by_path, {"Path": "/"}),
        "GetParameterHistory": (client.get_parameter_history, {"Name": "/a"}),
        "DescribeParameters": (client.describe_parameters, {}),
        "PutParameter": (client.put_parameter, {"Name": "/a", "Value": "w", "Overwrite": True}),
        "LabelParameterVersion": (client.label_parameter_version, {"Name": "/a", "Labels": ["l"]}),
        "DeleteParameters": (client.delete_parameters, {"Names": ["/a"]}),
        "DeleteParameter": (client.delete_parameter, {"Name": "/a"}),
    }
    for action, (method, members) in calls.items():
        assert f"perform: ssm:{action} on resource: {ARN}:" in denied(method, **members)
        store.allow(f"ssm:{action}")
        if action != "DeleteParameters":
            method(**members)


def test_rules_for_one_caller_do_not_concern_another(store: ParameterStore, client: Any) -> None:
    store.put("/a", "v")
    limited = store.add_credentials(
        "AKIALIMITED", "secret", principal_arn="arn:aws:sts::123456789012:assumed-role/app/i-1"
    )
    store.allow("ssm:GetParametersByPath", "/a", access_key_id="AKIALIMITED")
    client.get_parameter(Name="/a")
    message = denied(botocore_client(store, limited).get_parameter, Name="/a")
    assert message.startswith(
        "User: arn:aws:sts::123456789012:assumed-role/app/i-1 is not authorized"
    )


def test_a_secret_needs_a_permission_of_its_own(store: ParameterStore, client: Any) -> None:
    name = "/aws/reference/secretsmanager/db"
    store.put_secret("db", "v")
    store.allow("ssm:GetParameter", name)
    assert "secretsmanager:GetSecretValue" in denied(
        client.get_parameter, Name=name, WithDecryption=True
    )
    store.allow("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:*:secret:db-*")
    assert client.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"] == "v"


def test_one_value_that_cannot_be_decrypted_fails_its_page(
    store: ParameterStore, client: Any
) -> None:
    for number in range(12):
        store.put(f"/p/{number:02}", "v", "SecureString")
    store.put("/p/11", "v", "SecureString", key_id="alias/secret")
    store.deny_key("alias/secret")
    first = client.get_parameters_by_path(Path="/p", WithDecryption=True)
    assert len(first["Parameters"]) == 10
    message = denied(
        client.get_parameters_by_path, Path="/p", WithDecryption=True, NextToken=first["NextToken"]
    )
    assert message.startswith(
        "The ciphertext refers to a customer master key that does not exist, does not exist in "
        "this region,"
    )
    assert "/p/11" not in message
    assert len(by_path(client, "/p")) == 12
    assert "ciphertext" in denied(
        client.get_parameters, Names=["/p/00", "/p/11"], WithDecryption=True
    )
    client.get_parameters(Names=["/p/00", "/p/11:1"], WithDecryption=True)


def test_a_disabled_key(store: ParameterStore, client: Any) -> None:
    store.put("/a", "v", "SecureString", key_id="alias/off")
    store.disable_key("alias/off")
    with pytest.raises(ClientError, match="is disabled. \\(Service: AWSKMS") as raised:
        client.get_parameter(Name="/a", WithDecryption=True)
    assert error_of(raised)[0] == "InvalidKeyId"
    with pytest.raises(ClientError, match="is disabled"):
        client.put_parameter(Name="/b", Value="v", Type="SecureString", KeyId="alias/off")


# --- Connections, TLS, journal


def test_requests_on_one_connection(store: ParameterStore) -> None:
    request = signed(store, "DescribeParameters", {})
    with connect(store) as sock:
        for _ in range(3):
            sock.sendall(request)
            assert receive(sock)[0].status == 200
        port = sock.getsockname()[1]
    entries = store.journal.operations("DescribeParameters")
    assert (store.journal.connections, store.journal.tls_handshakes) == (1, 1)
    assert [entry.client_port for entry in entries] == [port] * 3
    assert len({entry.connection for entry in entries}) == 1
    assert store.journal.max_in_flight == 1


def test_two_requests_sent_at_once_are_answered_in_order(store: ParameterStore) -> None:
    store.put("/a", "1")
    store.put("/b", "2")
    with connect(store) as sock:
        sock.sendall(
            signed(store, "GetParameter", {"Name": "/a"})
            + signed(store, "GetParameter", {"Name": "/b"})
        )
        received = b""
        while b'"Value":"2"' not in received:
            received += sock.recv(65536)
    assert received.index(b'"Value":"1"') < received.index(b'"Value":"2"')


def test_a_client_that_asks_for_the_end_of_the_connection_gets_it(store: ParameterStore) -> None:
    request = signed(store, "DescribeParameters", {}).replace(
        b"Content-Length", b"Connection: close\r\nContent-Length"
    )
    with connect(store) as sock:
        sock.sendall(request)
        assert everything_received(sock).endswith(b'{"Parameters":[]}')


def test_many_connections_at_the_same_time(store: ParameterStore) -> None:
    hold = store.faults.always(faults.Hold())
    with ThreadPoolExecutor(40) as pool:
        calls = [pool.submit(call, store, "DescribeParameters", {}) for _ in range(40)]
        store.journal.wait_for(lambda journal: journal.in_flight == 40, TIMEOUT)
        assert not any(entry.answered for entry in store.journal.entries)
        hold.release()
        assert [future.result()[0] for future in calls] == [200] * 40
    assert (store.journal.max_in_flight, store.journal.in_flight) == (40, 0)
    assert store.journal.connections == 40


def test_the_journal_tells_what_was_asked_and_answered(store: ParameterStore) -> None:
    call(store, "GetParameter", {"Name": "/none"})
    entry = store.journal.operations("GetParameter")[0]
    assert entry.body == {"Name": "/none"}
    assert entry.headers["x-amz-target"] == "AmazonSSM.GetParameter"
    assert (entry.status, entry.error_code, entry.method, entry.target) == (
        400,
        "ParameterNotFound",
        "POST",
        "/",
    )
    assert entry.answered is not None and entry.answered >= entry.received
    assert store.journal.operations("GetParameters") == []


def test_waiting_for_what_does_not_happen_fails(store: ParameterStore) -> None:
    with pytest.raises(TimeoutError):
        store.journal.wait_for(lambda journal: journal.entries, timeout=0.01)


def test_plain_http(certificates_directory: Path) -> None:
    with ParameterStore(tls=False) as plain:
        plain.put("/a", "v")
        assert botocore_client(plain).get_parameter(Name="/a")["Parameter"]["Value"] == "v"
        assert plain.endpoint_url == f"http://127.0.0.1:{plain.port}"
        assert plain.journal.tls_handshakes == 0
        assert "AWS_CA_BUNDLE" not in plain.environment()


def test_only_loopback_is_listened_on(store: ParameterStore) -> None:
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", store.port), TIMEOUT)


def test_ipv6_and_further_host_names(certificates_directory: Path) -> None:
    name = "ssm.eu-west-1.amazonaws.com"
    with ParameterStore(
        certificates_directory=certificates_directory, ipv6=True, host_names=(name,)
    ) as both:
        for host, server_name in (
            ("::1", None),
            ("127.0.0.1", None),
            ("127.0.0.1", "localhost"),
            ("127.0.0.1", name),
        ):
            connect(both, host, server_name).close()
        with pytest.raises(ssl.SSLCertVerificationError):
            connect(both, "127.0.0.1", "ssm.eu-west-2.amazonaws.com")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("expired", "certificate has expired"),
        ("other-host", "mismatch"),
        ("unknown-ca", "unable to get local issuer|self-signed"),
    ],
)
def test_bad_certificates(certificates_directory: Path, kind: str, text: str) -> None:
    with ParameterStore(certificates_directory=certificates_directory, certificate=kind) as bad:
        with pytest.raises(ssl.SSLCertVerificationError, match=text):
            connect(bad)
        bad.journal.wait_for(lambda journal: journal.tls_failures == 1, TIMEOUT)
        assert bad.journal.tls_handshakes == 0


def test_certificates_are_made_once(certificates_directory: Path) -> None:
    def files() -> dict[str, int]:
        return {path.name: path.stat().st_mtime_ns for path in certificates_directory.glob("*.pem")}

    ParameterStore(certificates_directory=certificates_directory, host_names=("a.example",))
    before = files()
    ParameterStore(certificates_directory=certificates_directory, host_names=("a.example",))
    assert files() == before
    assert "ca.pem" in before


def test_a_closed_port_refuses_and_opens_again(store: ParameterStore) -> None:
    with connect(store) as kept:
        with store.port_closed():
            assert kept.recv(1) == b""
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection((store.host, store.port), TIMEOUT)
        assert call(store, "DescribeParameters", {})[0] == 200


def test_dropped_connections(store: ParameterStore) -> None:
    with connect(store) as kept:
        kept.sendall(signed(store, "DescribeParameters", {}))
        receive(kept)
        store.drop_connections()
        assert kept.recv(1) == b""
    assert store.journal.open_connections == 0


def test_a_handshake_that_hangs(store: ParameterStore) -> None:
    store.handshake_hangs = True
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    handshake = ssl.create_default_context().wrap_bio(
        incoming, outgoing, server_hostname="localhost"
    )
    with pytest.raises(ssl.SSLWantReadError):
        handshake.do_handshake()
    with socket.create_connection((store.host, store.port), TIMEOUT) as sock:
        sock.sendall(outgoing.read())
        sock.shutdown(socket.SHUT_WR)
        assert everything_received(sock) == b""
    assert (store.journal.connections, store.journal.tls_handshakes) == (1, 0)


def test_latency_of_connections(store: ParameterStore) -> None:
    store.connection_latency_ms = 3_600_000
    with socket.create_connection((store.host, store.port), TIMEOUT) as sock:
        store.journal.wait_for(lambda journal: journal.open_connections == 1, TIMEOUT)
        store.drop_connections()
        assert sock.recv(1) == b""
    store.connection_latency_ms = 1
    assert call(store, "DescribeParameters", {})[0] == 200


def test_stopping_ends_every_thread_whatever_it_does(certificates_directory: Path) -> None:
    before = set(threading.enumerate())
    stopped = ParameterStore(certificates_directory=certificates_directory).start()
    kinds = [
        faults.Hang(),
        faults.Hold(),
        faults.EndlessBody(),
        faults.Latency(3_600_000),
        faults.Drip(3_600_000),
    ]
    sockets = [connect(stopped)]
    for number, fault in enumerate(kinds, start=1):
        stopped.faults.add(fault)
        sockets.append(connect(stopped))
        sockets[-1].sendall(signed(stopped, "DescribeParameters", {}))
        stopped.journal.wait_for(
            lambda journal, number=number: len(journal.entries) == number, TIMEOUT
        )
    assert set(threading.enumerate()) > before
    stopped.stop()
    assert set(threading.enumerate()) == before
    assert (stopped.journal.in_flight, stopped.journal.open_connections) == (0, 0)
    for sock in sockets:
        sock.close()


# --- Faults


def one_request(store: ParameterStore) -> bytes:
    store.put("/a", "the value")
    return signed(store, "GetParameter", {"Name": "/a"})


def test_faults_happen_as_often_as_planned_to_what_they_are_meant_for(
    store: ParameterStore,
) -> None:
    store.faults.add(
        faults.throttling({"x-amz-retry-after": "200"}),
        times=2,
        when=lambda operation, _: operation == "GetParameters",
    )
    store.faults.add(
        faults.ErrorAnswer("InternalServerError", status=500),
        when=lambda _, request: request.get("Name") == "/b",
    )
    assert call(store, "GetParameter", {"Name": "/a"})[1]["__type"] == "ParameterNotFound"
    answer, body = ask(store, signed(store, "GetParameters", {"Names": ["/a"]}))
    assert (answer.status, answer.headers["x-amz-retry-after"]) == (400, "200")
    assert json.loads(body) == {"__type": "ThrottlingException", "message": "Rate exceeded"}
    assert store.faults.pending() == 2
    assert call(store, "GetParameters", {"Names": ["/a"]})[1]["__type"] == "ThrottlingException"
    assert call(store, "GetParameters", {"Names": ["/a"]})[0] == 200
    assert call(store, "GetParameter", {"Name": "/b"}) == (500, {"__type": "InternalServerError"})
    assert store.faults.pending() == 0
    assert [entry.faults for entry in store.journal.entries] == [
        [],
        ["ErrorAnswer"],
        ["ErrorAnswer"],
        [],
        ["ErrorAnswer"],
    ]


def test_a_fault_for_ever_until_cleared(store: ParameterStore) -> None:
    store.faults.always(faults.StatusAnswer(503))
    request = signed(store, "DescribeParameters", {})
    for _ in range(3):
        answer, body = ask(store, request)
        assert (answer.status, answer.headers["Content-Type"]) == (503, "text/html")
        assert body.startswith(b"<html>")
        assert "x-amzn-RequestId" not in answer.headers
    store.faults.clear()
    assert ask(store, request)[0].status == 200


def test_token_bucket(store: ParameterStore) -> None:
    now = [100.0]
    store.faults.always(faults.TokenBucket(rate_per_second=2, burst=3, clock=lambda: now[0]))

    def statuses(count: int) -> list[int]:
        return [call(store, "DescribeParameters", {})[0] for _ in range(count)]

    assert statuses(4) == [200, 200, 200, 400]
    assert store.journal.entries[-1].error_code == "ThrottlingException"
    now[0] += 1.0
    assert statuses(3) == [200, 200, 400]
    now[0] += 3600.0
    assert statuses(4) == [200, 200, 200, 400]


@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        (faults.empty_body(), 200, b""),
        (faults.not_json(), 200, b'{"Parameters":[{"Name":"/oops'),
        (faults.wrong_shape(), 200, b'{"Parameters":{"Name":"/oops"}}'),
        (faults.redirect("https://example.invalid/"), 302, b""),
        (faults.StatusAnswer(502, b'{"message":"x"}', "application/json"), 502, b'{"message":"x"}'),
    ],
)
def test_answers_that_are_whole_but_wrong(
    store: ParameterStore, fault: faults.Fault, status: int, body: bytes
) -> None:
    request = one_request(store)
    store.faults.add(fault)
    with connect(store) as sock:
        sock.sendall(request)
        answer, received = receive(sock)
        assert (answer.status, received) == (status, body)
        sock.sendall(request)
        assert receive(sock)[0].status == 200


def test_an_altered_body(store: ParameterStore) -> None:
    store.faults.add(faults.AlterBody(lambda body: body.replace(b"the value", b"\xff")))
    answer, body = ask(store, one_request(store))
    assert answer.status == 200
    assert b'"Value":"\xff"' in body


def test_a_redirect_says_where_to(store: ParameterStore) -> None:
    store.faults.add(faults.redirect("https://example.invalid/x"))
    assert ask(store, one_request(store))[0].headers["Location"] == "https://example.invalid/x"


def test_chunked_answers(store: ParameterStore) -> None:
    store.faults.add(faults.Chunked(chunk_bytes=5))
    answer, body = ask(store, one_request(store))
    assert (
        answer.headers["Transfer-Encoding"] == "chunked" and "Content-Length" not in answer.headers
    )
    assert json.loads(body)["Parameter"]["Value"] == "the value"


def test_a_connection_for_each_answer(store: ParameterStore) -> None:
    store.faults.add(faults.CloseAfterAnswer())
    with connect(store) as sock:
        sock.sendall(one_request(store))
        answer, body = receive(sock)
        assert answer.headers["Connection"] == "close"
        assert json.loads(body)["Parameter"]["Value"] == "the value"
        assert sock.recv(1) == b""


def test_close_without_an_answer(store: ParameterStore) -> None:
    store.faults.add(faults.Close())
    with connect(store) as sock:
        sock.sendall(one_request(store))
        assert everything_received(sock) == b""
    assert store.journal.entries[0].status is None
    assert store.journal.entries[0].answered is not None


@pytest.mark.parametrize("when", ["before", "headers", "body"])
def test_resets(certificates_directory: Path, when: str) -> None:
    """Without TLS, where the end of a connection can be told from a reset."""
    with ParameterStore(tls=False) as plain:
        plain.faults.add(faults.Reset(when))
        with connect(plain) as sock:
            sock.sendall(one_request(plain))
            plain.journal.wait_for(lambda journal: journal.open_connections == 0, TIMEOUT)
            with pytest.raises(ConnectionResetError):
                everything_received(sock)
        assert plain.journal.entries[0].status is None
        assert plain.journal.entries[0].access_key_id == (
            None if when == "before" else plain.default_credentials.access_key_id
        )


def test_a_reset_under_tls(store: ParameterStore) -> None:
    """Asked of the kernel: Python's TLS takes a reset for a mere end."""
    store.faults.add(faults.Reset())
    with connect(store) as sock:
        sock.sendall(one_request(store))
        store.journal.wait_for(lambda journal: journal.open_connections == 0, TIMEOUT)
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == errno.ECONNRESET


@pytest.mark.parametrize("chunked", [False, True])
def test_truncated_answers(store: ParameterStore, chunked: bool) -> None:
    store.faults.add(faults.Truncate(chunked))
    with connect(store) as sock:
        sock.sendall(one_request(store))
        received = everything_received(sock)
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert b'{"Parameter"' in body and not body.endswith(b"}")
    if chunked:
        assert not body.endswith(b"0\r\n\r\n")
    else:
        promised = re.search(rb"Content-Length: (\d+)", head)
        assert promised is not None and int(promised[1]) > len(body)


def test_no_answer_at_all(store: ParameterStore) -> None:
    store.faults.add(faults.Hang())
    with connect(store) as sock:
        sock.sendall(one_request(store))
        store.journal.wait_for(lambda journal: journal.in_flight == 1, TIMEOUT)
        sock.setblocking(False)
        with pytest.raises(ssl.SSLWantReadError):
            sock.recv(1)
    store.journal.wait_for(lambda journal: journal.in_flight == 0, TIMEOUT)
    assert store.journal.entries[0].status is None


def test_a_waiting_request_ends_when_its_client_leaves(store: ParameterStore) -> None:
    store.faults.add(faults.Hold())
    with connect(store) as sock:
        sock.sendall(one_request(store))
        store.journal.wait_for(lambda journal: journal.in_flight == 1, TIMEOUT)
    store.journal.wait_for(lambda journal: journal.in_flight == 0, TIMEOUT)


def test_a_drip(store: ParameterStore) -> None:
    store.faults.add(faults.Drip(interval_ms=0.01, step_bytes=3))
    with connect(store) as sock:
        sock.sendall(one_request(store))
        pieces = []
        while not b"".join(pieces).endswith(b"}}"):
            pieces.append(sock.recv(65536))
    assert {len(piece) for piece in pieces[:-1]} == {3}
    assert (
        json.loads(b"".join(pieces).partition(b"\r\n\r\n")[2])["Parameter"]["Value"] == "the value"
    )


def test_garbage(store: ParameterStore) -> None:
    store.faults.add(faults.Garbage(b"\x00\x01 not HTTP"))
    with connect(store) as sock:
        sock.sendall(one_request(store))
        assert everything_received(sock) == b"\x00\x01 not HTTP"


def test_a_body_without_end(store: ParameterStore) -> None:
    store.faults.add(faults.EndlessBody())
    with connect(store) as sock:
        sock.sendall(one_request(store))
        answer = http.client.HTTPResponse(sock)
        answer.begin()
        assert len(answer.read(3_000_000)) == 3_000_000
        answer.close()
    store.journal.wait_for(lambda journal: journal.in_flight == 0, TIMEOUT)


def test_a_body_of_any_length(store: ParameterStore) -> None:
    store.faults.add(faults.EndlessBody(content_length=200_000))
    answer, body = ask(store, one_request(store))
    assert answer.headers["Content-Length"] == "200000"
    assert len(body) == 200_000


def test_headers_that_are_too_large(store: ParameterStore) -> None:
    store.faults.add(faults.HugeHeaders(500_000))
    with connect(store) as sock:
        sock.sendall(one_request(store))
        received = b""
        while not received.endswith(b"}}"):
            received += sock.recv(65536)
    assert received.index(b"\r\n\r\n") > 490_000


def test_latency_of_requests_leaves_the_answer_to_others(store: ParameterStore) -> None:
    store.faults.always(faults.Latency(20))
    store.faults.add(faults.throttling())
    assert call(store, "DescribeParameters", {})[0] == 400
    assert call(store, "DescribeParameters", {})[0] == 200
    for entry in store.journal.entries:
        assert entry.answered is not None and entry.answered - entry.received >= 0.02


def test_reset_makes_everything_as_new(store: ParameterStore) -> None:
    store.put("/a", "v", "SecureString", key_id="k")
    store.put_secret("s", "v")
    store.add_credentials("AKIAOTHER", "x")
    store.deny("*")
    store.deny_key("k")
    store.faults.always(faults.Close())
    store.clock_offset_seconds = 3600
    store.paging.page_size = 1
    store.answers.extra_members = {"x": 1}
    store.connection_latency_ms = 3_600_000
    port = store.port
    store.reset()
    answer = call(store, "GetParametersByPath", {"Path": "/"})
    assert answer == (200, {"Parameters": []})
    assert len(store.journal.entries) == 1
    assert store.port == port
    _, error = call(store, "DescribeParameters", {}, credentials=Credentials("AKIAOTHER", "x"))
    assert error["__type"] == "UnrecognizedClientException"


# --- As a program


@pytest.fixture
def seed_file(tmp_path: Path) -> Path:
    path = tmp_path / "seed.json"
    path.write_text(
        json.dumps(
            {
                "region": "eu-west-1",
                "credentials": [{"access_key_id": "AKIASEED", "secret_access_key": "seed"}],
                "parameters": [
                    {"name": "/prod/port", "value": "8080", "labels": ["live"]},
                    {"name": "/prod/port", "value": "9090"},
                    {
                        "name": "/prod/token",
                        "value": "s3cret",
                        "type": "SecureString",
                        "key_id": "alias/ops",
                    },
                ],
                "shared": [
                    {
                        "arn": "arn:aws:ssm:eu-west-1:210987654321:parameter/shared",
                        "value": "theirs",
                    }
                ],
                "secrets": [{"name": "db", "value": "pass", "stages": ["AWSCURRENT"]}],
                "policy": [
                    {
                        "effect": "deny",
                        "action": "ssm:*",
                        "resources": ["/other"],
                        "access_key_id": "AKIASEED",
                    }
                ],
                "denied_keys": ["alias/ops"],
                "policies": [
                    {
                        "document": {
                            "Version": "2012-10-17",
                            "Statement": {
                                "Effect": "Allow",
                                "NotAction": "ssm:DescribeParameters",
                                "Resource": "*",
                            },
                        },
                        "access_key_id": "AKIASEED",
                    }
                ],
                "keys": [
                    {"key_id": "1111-2222", "aliases": ["alias/ops"]},
                    {"key_id": "3333-4444"},
                ],
                "writes_per_second": 0.001,
            }
        )
    )
    return path


def wait_for_url(process: subprocess.Popen[bytes]) -> str:
    """Where a program that was started with --log listens."""
    assert process.stderr is not None
    assert select.select([process.stderr], [], [], TIMEOUT)[0], "the program says nothing"
    line = process.stderr.readline().decode()
    assert line.startswith("listening on "), line
    return line.removeprefix("listening on ").strip()


def test_the_program_serves_what_was_seeded(tmp_path: Path, seed_file: Path) -> None:
    directory = tmp_path / "store"
    process = subprocess.Popen(
        [SUPPORT / "parameter-store", "--directory", directory, "--log", "--seed", seed_file],
        stderr=subprocess.PIPE,
        bufsize=0,
    )
    url = wait_for_url(process)
    assert (directory / "endpoint").read_text() == f"{url}\n"
    try:
        seeded = botocore_client(
            ParameterStore(tls=False),
            Credentials("AKIASEED", "seed"),
            region_name="eu-west-1",
            endpoint_url=url,
            verify=str(directory / "ca.pem"),
        )
        names = [
            "/prod/port",
            "/prod/port:live",
            "arn:aws:ssm:eu-west-1:210987654321:parameter/shared",
            "/aws/reference/secretsmanager/db",
        ]
        answer = seeded.get_parameters(Names=names, WithDecryption=True)
        assert sorted(p["Value"] for p in answer["Parameters"]) == [
            "8080",
            "9090",
            "pass",
            "theirs",
        ]
        assert "explicit deny" in denied(seeded.get_parameters_by_path, Path="/other")
        assert "ciphertext" in denied(seeded.get_parameter, Name="/prod/token", WithDecryption=True)
        denied(seeded.describe_parameters)
        put = {"Name": "/new", "Value": "v", "Type": "SecureString", "KeyId": "alias/none"}
        for code in ("InvalidKeyId", "ThrottlingException"):
            with pytest.raises(ClientError) as raised:
                seeded.put_parameter(**put)
            assert error_of(raised)[0] == code
    finally:
        process.send_signal(signal.SIGTERM)
        log = process.communicate(timeout=TIMEOUT)[1].decode().splitlines()
    assert process.returncode == 0
    assert not (directory / "endpoint").exists()
    assert log == [
        f"GetParameters '{' '.join(names)}': 200",
        "GetParametersByPath '/other': AccessDeniedException",
        "GetParameter '/prod/token': AccessDeniedException",
        "DescribeParameters '': AccessDeniedException",
        "PutParameter '/new': InvalidKeyId",
        "PutParameter '/new': ThrottlingException",
    ]


def test_the_program_ends_with_its_parent(tmp_path: Path) -> None:
    program = f"'{SUPPORT}/parameter-store' --directory '{tmp_path}' --http --exit-with-parent"
    parent = subprocess.Popen(
        ["/bin/sh", "-c", f"{program} --log & read line"],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
    )
    wait_for_url(parent)
    assert parent.stdin is not None and parent.stderr is not None
    parent.stdin.close()
    assert parent.wait(TIMEOUT) != 0
    assert select.select([parent.stderr], [], [], TIMEOUT)[0], "the program goes on"
    assert parent.stderr.read() == b""


@pytest.mark.parametrize(
    "seed", ["{", '{"colour": []}', '{"parameters": [{"name": "/a b", "value": "v"}]}']
)
def test_the_program_refuses_a_bad_seed(tmp_path: Path, seed: str) -> None:
    path = tmp_path / "seed.json"
    path.write_text(seed)
    command = [SUPPORT / "parameter-store", "--directory", tmp_path, "--http", "--seed", path]
    result = subprocess.run(command, capture_output=True, timeout=TIMEOUT)
    assert result.returncode == 1
    assert result.stderr.startswith(b"parameter-store: ")
