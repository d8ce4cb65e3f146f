"""AWS's own command line client works with the local Parameter Store, over HTTPS and signed."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from parameter_store import ParameterStore  # noqa: E402
from parameter_store.fixtures import *  # noqa: E402, F403

AWS = "/usr/bin/aws"

pytestmark = [
    pytest.mark.usefixtures("clean_aws_environment"),
    pytest.mark.skipif(
        not os.access(AWS, os.X_OK), reason=f"Debian's awscli is not installed ({AWS})"
    ),
]


def run_aws(store: ParameterStore, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [AWS, "ssm", *arguments, "--endpoint-url", store.endpoint_url, "--output", "json"]
    environment = {**os.environ, **store.environment()}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


def aws(store: ParameterStore, *arguments: str) -> Any:
    """What the client prints, decoded."""
    result = run_aws(store, *arguments)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout) if result.stdout else None


def test_put_label_and_read_a_version(store: ParameterStore) -> None:
    put = (
        "put-parameter",
        "--name",
        "/prod/api/token",
        "--type",
        "SecureString",
        "--key-id",
        "alias/prod",
    )
    assert aws(store, *put, "--value", "old é\nline")["Version"] == 1
    labelled = aws(
        store, "label-parameter-version", "--name", "/prod/api/token", "--labels", "live", "2nd"
    )
    assert labelled == {"InvalidLabels": ["2nd"], "ParameterVersion": 1}
    assert aws(store, *put, "--value", "new", "--overwrite")["Version"] == 2

    names = ["/prod/api/token", "/prod/api/token:live", "/prod/api/none"]
    answer = aws(store, "get-parameters", "--with-decryption", "--names", *names)
    assert sorted(p["Value"] for p in answer["Parameters"]) == ["new", "old é\nline"]
    assert answer["InvalidParameters"] == ["/prod/api/none"]
    encrypted = aws(store, "get-parameter", "--name", "/prod/api/token")["Parameter"]
    assert encrypted["Value"] not in ("old é\nline", "new")


def test_list_more_than_a_page(store: ParameterStore) -> None:
    names = [f"/prod/api/{kind}/n{number:02}" for kind in ("a", "b") for number in range(12)]
    for name in names:
        store.put(name, f"value of {name}")
    listed = aws(store, "get-parameters-by-path", "--path", "/prod", "--recursive")["Parameters"]
    assert {p["Name"]: p["Value"] for p in listed} == {name: f"value of {name}" for name in names}
    assert len(store.journal.operations("GetParametersByPath")) == 3
    described = aws(store, "describe-parameters", "--max-items", "60")["Parameters"]
    assert [p["Name"] for p in described] == names


def test_tags(store: ParameterStore) -> None:
    put = ("put-parameter", "--name", "/a", "--value", "v", "--type", "String")
    aws(store, *put, "--tags", "Key=team,Value=red", "Key=stage,Value=prod")
    about = ("--resource-type", "Parameter", "--resource-id", "/a")
    assert not aws(store, "add-tags-to-resource", *about, "--tags", "Key=team,Value=blue")
    assert not aws(store, "remove-tags-from-resource", *about, "--tag-keys", "stage")
    listed = aws(store, "list-tags-for-resource", *about)
    assert listed == {"TagList": [{"Key": "team", "Value": "blue"}]}


def test_refused_by_a_policy_and_for_a_key(store: ParameterStore) -> None:
    deny = {"Effect": "Deny", "Action": "ssm:PutParameter", "Resource": "arn:aws:ssm:*:*:parameter/prod/*"}
    store.attach({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, deny]})
    store.add_key("1111-2222", "alias/prod")
    put = ("put-parameter", "--value", "v", "--type", "SecureString", "--key-id")
    assert aws(store, *put, "alias/prod", "--name", "/dev/a")["Version"] == 1
    refused = run_aws(store, *put, "alias/prod", "--name", "/prod/a")
    assert "(AccessDeniedException) when calling the PutParameter operation: User: " in refused.stderr
    unknown = run_aws(store, *put, "alias/none", "--name", "/dev/b")
    assert "(InvalidKeyId) when calling the PutParameter operation: Alias arn:" in unknown.stderr


def test_the_rate_of_writes_is_waited_for(store: ParameterStore) -> None:
    """The client tries again after ThrottlingException."""
    seconds = itertools.count(0, 0.5)
    store.limit_writes(1, lambda: next(seconds))
    put = ("put-parameter", "--name", "/a", "--value", "v", "--type", "String", "--overwrite")
    assert [aws(store, *put)["Version"] for _ in range(2)] == [1, 2]
    codes = [entry.error_code for entry in store.journal.entries]
    assert codes == [None, "ThrottlingException", None]


def test_delete(store: ParameterStore) -> None:
    store.put("/a", "v")
    assert not aws(store, "delete-parameter", "--name", "/a")
    missing = run_aws(store, "delete-parameter", "--name", "/a")
    assert missing.returncode == 254
    assert (
        "An error occurred (ParameterNotFound) when calling the DeleteParameter" in missing.stderr
    )


def test_denied(store: ParameterStore) -> None:
    store.deny("ssm:GetParametersByPath", "/prod", "/prod/*")
    result = run_aws(store, "get-parameters-by-path", "--path", "/prod/api")
    assert result.returncode == 254
    assert (
        "An error occurred (AccessDeniedException) when calling the GetParametersByPath"
        in result.stderr
    )
    assert (
        "User: arn:aws:iam::123456789012:user/tests is not authorized to perform: "
        "ssm:GetParametersByPath on resource: "
        "arn:aws:ssm:us-east-1:123456789012:parameter/prod/api with an explicit deny"
    ) in result.stderr
