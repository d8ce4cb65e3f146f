"""The program under the IAM policy for applications: what it can read, and what it says about the rest."""

from __future__ import annotations

import json

import policy_table
import pytest
from conftest import Runner
from parameter_store import Credentials, ParameterStore

KEY = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
def application(store: ParameterStore) -> Credentials:
    """The role of /prod/api, under the policy and the key's policy of tests/policies."""
    policies = policy_table.load_policies()

    def policy(name: str) -> policy_table.Document:
        document: policy_table.Document = json.loads(
            json.dumps(policies[name]).replace("eu-west-1", store.region)
        )
        return document

    store.add_key(KEY, "alias/prod", policy=policy("key-policy"))
    store.put("/prod/api/port", "8080")
    store.put("/prod/api/db/password", "s3cret", "SecureString", key_id="alias/prod")
    store.put("/prod/web/token", "t0ken", "SecureString", key_id="alias/prod")
    caller = store.add_credentials(
        "ASIAAPPLICATION",
        "secret",
        "token",
        principal_arn="arn:aws:sts::123456789012:assumed-role/api/session",
    )
    store.attach(policy("application"), caller.access_key_id)
    return caller


@pytest.mark.parametrize("source", ["/prod/api", "/prod/api/"])
def test_its_own_path(run: Runner, application: Credentials, source: str) -> None:
    result = run(source, "--pristine", "--", "env", "-0", credentials=application)
    assert result.variables == {"DB_PASSWORD": "s3cret", "PORT": "8080"}


def test_its_own_names(run: Runner, application: Credentials) -> None:
    result = run("A=/prod/api/db/password", "--pristine", "--", "env", "-0", credentials=application)
    assert result.variables == {"A": "s3cret"}


@pytest.mark.parametrize(
    ("source", "action", "parameter"),
    [
        ("/prod", "ssm:GetParametersByPath", "/prod"),
        ("/prod/web", "ssm:GetParametersByPath", "/prod/web"),
        ("A=/prod/web/token", "ssm:GetParameters", "/prod/web/token"),
    ],
)
def test_other_parameters(
    run: Runner, application: Credentials, source: str, action: str, parameter: str
) -> None:
    result = run(source, "--", "env", credentials=application)
    result.expect_failure("AccessDeniedException", action, f"parameter{parameter}", "hint:")


def test_a_value_under_another_key(
    run: Runner, store: ParameterStore, application: Credentials
) -> None:
    store.add_key("66666666-7777-8888-9999-000000000000", "alias/other")
    store.put("/prod/api/other", "v", "SecureString", key_id="alias/other")
    result = run("/prod/api", "--", "env", credentials=application)
    result.expect_failure("AccessDeniedException", "kms:Decrypt", "hint:")
