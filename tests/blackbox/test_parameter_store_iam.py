"""The local Parameter Store enforces IAM policies: those of tests/policies, for whom they are meant, and single conditions."""

from __future__ import annotations

import json
from typing import Any

import policy_table
import pytest
from botocore.exceptions import ClientError
from parameter_store import Credentials, ParameterStore
from parameter_store.fixtures import *  # noqa: F403
from parameter_store.fixtures import botocore_client

Document = dict[str, Any]

PRODUCTION_KEY = "11111111-2222-3333-4444-555555555555"
OTHER_KEY = "66666666-7777-8888-9999-000000000000"
SECRETS_KEY = "33333333-4444-5555-6666-777777777777"
ARN = "arn:aws:ssm:us-east-1:123456789012"
RECURSIVE = {"Recursive": True}
DECRYPTED = {"WithDecryption": True}

pytestmark = pytest.mark.usefixtures("clean_aws_environment")


@pytest.fixture(autouse=True)
def contents(store: ParameterStore) -> None:
    store.limit_writes(None)
    store.add_key(PRODUCTION_KEY, "alias/prod")
    store.add_key(OTHER_KEY, "alias/other")
    store.put("/prod/api/port", "8080")
    store.put("/prod/api/password", "s3cret", "SecureString", key_id="alias/prod")
    store.put("/prod/web/port", "8081")
    store.put("/dev/api/port", "8082")


def policy(store: ParameterStore, name: str) -> Document:
    """A policy of tests/policies, for the store's region."""
    text = json.dumps(policy_table.load_policies()[name])
    document: Document = json.loads(text.replace("eu-west-1", store.region))
    return document


def statement(**members: Any) -> Document:
    document = {"Effect": "Allow", "Action": "*", "Resource": "*", **members}
    return {"Version": "2012-10-17", "Statement": [document]}


def client_of(store: ParameterStore, *documents: str | Document, role: str = "someone") -> Any:
    """A client of a role with these identity policies."""
    caller = credentials_of(store, role)
    for document in documents:
        attached = policy(store, document) if isinstance(document, str) else document
        store.attach(attached, caller.access_key_id)
    return botocore_client(store, caller)


def credentials_of(store: ParameterStore, role: str, **context: str) -> Credentials:
    return store.add_credentials(
        f"ASIA{role.upper()}",
        "secret",
        "token",
        principal_arn=f"arn:aws:sts::123456789012:assumed-role/{role}/session",
        context=context,
    )


def denied(method: Any, **members: Any) -> str:
    with pytest.raises(ClientError) as raised:
        method(**members)
    error = raised.value.response["Error"]
    assert error["Code"] == "AccessDeniedException"
    message: str = error["Message"]
    return message


def names_of(answer: Document) -> list[str]:
    return [parameter["Name"] for parameter in answer["Parameters"]]


# --- The roles


def test_an_application_reads_its_own_path_and_what_is_below(store: ParameterStore) -> None:
    client = client_of(store, "application")
    for path in ("/prod/api", "/prod/api/"):
        answer = client.get_parameters_by_path(Path=path, **RECURSIVE, **DECRYPTED)
        assert names_of(answer) == ["/prod/api/password", "/prod/api/port"]
    assert client.get_parameters_by_path(Path="/prod/api/db")["Parameters"] == []
    assert names_of(client.get_parameters(Names=["/prod/api/password"], **DECRYPTED))
    assert denied(client.get_parameters_by_path, Path="/prod", **RECURSIVE) == (
        "User: arn:aws:sts::123456789012:assumed-role/someone/session is not authorized to "
        f"perform: ssm:GetParametersByPath on resource: {ARN}:parameter/prod because no "
        "identity-based policy allows the ssm:GetParametersByPath action"
    )
    denied(client.get_parameters_by_path, Path="/", **RECURSIVE)
    denied(client.get_parameters, Names=["/prod/api/port", "/prod/web/port"])
    denied(client.get_parameter, Name="/prod/api/port")
    denied(client.put_parameter, Name="/prod/api/port", Value="v", Overwrite=True)
    denied(client.describe_parameters)


def test_an_application_decrypts_with_one_key_for_its_own_parameters(store: ParameterStore) -> None:
    client = client_of(store, "application")
    store.put("/prod/api/other", "v", "SecureString", key_id="alias/other")
    page = {"Path": "/prod/api"}
    assert len(client.get_parameters_by_path(**page)["Parameters"]) == 3
    message = denied(client.get_parameters_by_path, **page, **DECRYPTED)
    assert message.startswith("The ciphertext refers to a customer master key")
    web = statement(Action="ssm:GetParameters")
    store.put("/prod/web/token", "v", "SecureString", key_id="alias/prod")
    both = client_of(store, "application", web, role="both")
    names = ["/prod/web/token"]
    assert names_of(both.get_parameters(Names=names)) == names
    assert "ciphertext" in denied(both.get_parameters, Names=names, **DECRYPTED)


def test_names_and_metadata_without_values(store: ParameterStore) -> None:
    store.put("/prod/api/port", "8080", tags={"team": "red"})
    client = client_of(store, "human-names", "around/everything")
    assert len(client.describe_parameters()["Parameters"]) == 4
    about = {"ResourceType": "Parameter", "ResourceId": "/prod/api/port"}
    assert client.list_tags_for_resource(**about)["TagList"]
    explicit = "with an explicit deny in an identity-based policy"
    assert explicit in denied(client.get_parameter, Name="/prod/api/port")
    assert explicit in denied(client.get_parameter_history, Name="/prod/api/port")
    assert explicit in denied(client.get_parameters_by_path, Path="/prod")
    assert explicit in denied(client.put_parameter, Name="/dev/x", Value="v", Type="String")
    tags = {"Tags": [{"Key": "team", "Value": "blue"}]}
    assert explicit in denied(client.add_tags_to_resource, **about, **tags)
    assert explicit in denied(client.remove_tags_from_resource, **about, TagKeys=["team"])


def test_everything_but_secrets(store: ParameterStore) -> None:
    client = client_of(store, "human-config", "around/everything")
    store.put("/prod/api/managed", "v", "SecureString")
    page = {"Path": "/prod", **RECURSIVE}
    assert len(client.get_parameters_by_path(**page)["Parameters"]) == 4
    assert "ciphertext" in denied(client.get_parameters_by_path, **page, **DECRYPTED)
    assert "ciphertext" in denied(client.get_parameter, Name="/prod/api/managed", **DECRYPTED)
    client.get_parameter_history(Name="/prod/api/managed")
    denied(client.get_parameter_history, Name="/prod/api/managed", **DECRYPTED)
    denied(client.put_parameter, Name="/dev/x", Value="v", Type="String")
    denied(client.label_parameter_version, Name="/prod/api/port", Labels=["live"])
    denied(client.delete_parameters, Names=["/prod/api/port"])


def test_the_managed_key_decrypts_for_everybody_who_reads(store: ParameterStore) -> None:
    store.put("/prod/api/managed", "v", "SecureString")
    client = client_of(store, statement(Action="ssm:GetParameter"))
    assert client.get_parameter(Name="/prod/api/managed", **DECRYPTED)["Parameter"]["Value"] == "v"
    denied(client.get_parameter, Name="/prod/api/password", **DECRYPTED)


def test_an_incident_shows_production_secrets_and_changes_nothing(store: ParameterStore) -> None:
    client = client_of(store, "human-incident", "around/everything")
    answer = client.get_parameters_by_path(Path="/prod", **RECURSIVE, **DECRYPTED)
    assert "/prod/api/password" in names_of(answer)
    denied(client.put_parameter, Name="/prod/api/port", Value="v", Overwrite=True)
    denied(client.delete_parameter, Name="/prod/api/port")


def test_a_pipeline_writes_outside_production(store: ParameterStore) -> None:
    client = client_of(store, "ci", "around/everything")
    secure = {"Value": "v", "Type": "SecureString"}
    client.put_parameter(Name="/staging/api/a", KeyId="alias/other", **secure)
    client.put_parameter(
        Name="/staging/api/b", KeyId="alias/other", Tags=[{"Key": "a", "Value": "b"}], **secure
    )
    assert client.get_parameter(Name="/staging/api/a", **DECRYPTED)["Parameter"]["Value"] == "v"
    explicit = "with an explicit deny in an identity-based policy"
    message = denied(client.put_parameter, Name="/staging/api/c", KeyId="alias/prod", **secure)
    assert message.startswith(
        "User: arn:aws:sts::123456789012:assumed-role/someone/session is not authorized to "
        "perform: kms:Encrypt on resource: "
        f"arn:aws:kms:us-east-1:123456789012:key/{PRODUCTION_KEY} {explicit} (Service: AWSKMS;"
    )
    assert explicit in denied(client.put_parameter, Name="/prod/api/x", Value="v", Type="String")
    assert explicit in denied(client.get_parameters_by_path, Path="/", **RECURSIVE)
    assert explicit in denied(client.get_parameters_by_path, Path="/prod", **RECURSIVE)
    assert names_of(client.get_parameters_by_path(Path="/staging/api")) == [
        "/staging/api/a",
        "/staging/api/b",
    ]


def test_a_release_creates_and_never_changes(store: ParameterStore) -> None:
    client = client_of(store, "ci-production-release")
    secure = {"Value": "v", "Type": "SecureString", "KeyId": "alias/prod"}
    tags = [{"Key": "release", "Value": "42"}]
    client.put_parameter(Name="/prod/api/new", Tags=tags, **secure)
    client.put_parameter(Name="/prod/api/newer", Overwrite=False, **secure)
    client.put_parameter(Name="/prod/api/large", Tier="Advanced", **secure)
    client.label_parameter_version(Name="/prod/api/new", Labels=["release-42"])
    message = denied(client.put_parameter, Name="/prod/api/new", Overwrite=True, **secure)
    assert "explicit deny" in message
    denied(client.get_parameter, Name="/prod/api/new")
    denied(client.describe_parameters)
    with pytest.raises(ClientError, match="ParameterAlreadyExists"):
        client.put_parameter(Name="/prod/api/port", Value="v", Type="String")
    assert store.model.require("/prod/api/new").tags == {"release": "42"}


def test_an_advanced_parameter_needs_a_data_key(store: ParameterStore) -> None:
    client = client_of(
        store, statement(Action=["ssm:PutParameter", "kms:Encrypt"]), role="standard"
    )
    secure = {"Value": "v", "Type": "SecureString", "KeyId": "alias/prod"}
    client.put_parameter(Name="/a", **secure)
    message = denied(client.put_parameter, Name="/b", Tier="Advanced", **secure)
    assert "perform: kms:GenerateDataKey on resource" in message
    assert len(store.model.all()) == 5
    store.model.default_tier = "Advanced"
    denied(client.put_parameter, Name="/b", **secure)


def test_the_key_of_production_refuses_other_parameters_whoever_asks(
    store: ParameterStore, client: Any
) -> None:
    store.add_key(PRODUCTION_KEY, "alias/prod", policy=policy(store, "key-policy"))
    secure = {"Value": "v", "Type": "SecureString", "KeyId": "alias/prod"}
    client.put_parameter(Name="/prod/api/new", **secure)
    assert client.get_parameter(Name="/prod/api/new", **DECRYPTED)["Parameter"]["Value"] == "v"
    message = denied(client.put_parameter, Name="/dev/api/new", **secure)
    assert "with an explicit deny in a resource-based policy" in message
    store.put("/dev/api/new", "v", "SecureString", key_id="alias/prod")
    denied(client.get_parameter, Name="/dev/api/new", **DECRYPTED)
    client.get_parameter(Name="/dev/api/new")


def test_a_subtree_is_not_read_by_way_of_its_ancestors(store: ParameterStore) -> None:
    client = client_of(store, "subtree-guard", "around/everything")
    store.put("/prod/restricted/x", "v")
    denied(client.get_parameters_by_path, Path="/prod", **RECURSIVE)
    denied(client.get_parameters_by_path, Path="/", **RECURSIVE)
    denied(client.get_parameters_by_path, Path="/prod/restricted")
    denied(client.get_parameters, Names=["/prod/restricted/x"])
    client.get_parameters_by_path(Path="/prod")
    client.get_parameters_by_path(Path="/prod/api", **RECURSIVE)


def test_the_guard_of_an_organisation_holds_for_everybody_but_those_it_names(
    store: ParameterStore, client: Any
) -> None:
    store.attach(policy(store, "scp-production-guard"), kind="scp")
    release = client_of(store, "around/everything", role="prod-config-release")
    put = {"Name": "/prod/api/port", "Value": "v", "Overwrite": True}
    message = denied(client.put_parameter, **put)
    assert message.endswith("with an explicit deny in a service control policy")
    release.put_parameter(**put)
    client.put_parameter(Name="/dev/api/port", Value="v", Overwrite=True)
    denied(release.get_parameters_by_path, Path="/prod", **RECURSIVE)
    client.get_parameters_by_path(Path="/prod/api", **RECURSIVE)


def test_the_key_is_of_no_use_outside_the_organisation(store: ParameterStore) -> None:
    store.attach(policy(store, "rcp-oidc-guard"), kind="rcp")
    for organisation, may_decrypt in (("o-exampleorgid", True), ("o-other", False)):
        caller = credentials_of(store, "api", **{"aws:PrincipalOrgID": organisation})
        client = botocore_client(store, caller)
        client.get_parameter(Name="/prod/api/password")
        if may_decrypt:
            client.get_parameter(Name="/prod/api/password", **DECRYPTED)
        else:
            assert "ciphertext" in denied(client.get_parameter, Name="/prod/api/password", **DECRYPTED)


def test_a_boundary_limits_what_policies_allow(store: ParameterStore) -> None:
    caller = credentials_of(store, "pipeline")
    store.attach(policy(store, "permissions-boundary-write"), caller.access_key_id, "boundary")
    store.attach(policy(store, "around/everything"), caller.access_key_id)
    client = botocore_client(store, caller)
    client.put_parameter(Name="/dev/api/port", Value="v", Overwrite=True)
    denied(client.put_parameter, Name="/prod/api/port", Value="v", Overwrite=True)
    message = denied(client.delete_parameter, Name="/dev/api/port")
    assert "because no permissions boundary allows the ssm:DeleteParameter action" in message
    with pytest.raises(ValueError, match="one permissions boundary"):
        store.attach(policy(store, "around/everything"), caller.access_key_id, "boundary")


def test_a_secret_needs_the_key_of_secrets_manager(store: ParameterStore) -> None:
    store.add_key(SECRETS_KEY, "alias/secrets")
    store.put_secret("prod/db", "s3cret", key_id="alias/secrets")
    store.put_secret("prod/web", "s3cret")
    name = "/aws/reference/secretsmanager/prod/db"
    client = client_of(store, "application-secrets-manager")
    assert client.get_parameter(Name=name, **DECRYPTED)["Parameter"]["Value"] == "s3cret"
    denied(client.get_parameter, Name="/aws/reference/secretsmanager/prod/web", **DECRYPTED)
    store.put_secret("prod/db", "s3cret", key_id="alias/prod")
    assert "ciphertext" in denied(client.get_parameter, Name=name, **DECRYPTED)


# --- Condition keys


def test_tags_of_the_request(store: ParameterStore) -> None:
    writes = statement(Action=["ssm:PutParameter", "ssm:AddTagsToResource"])
    conditions: Document = {
        "StringEquals": {"aws:RequestTag/team": "red"},
        "ForAllValues:StringEquals": {"aws:TagKeys": ["team", "stage"]},
    }
    writes["Statement"][0]["Condition"] = conditions
    client = client_of(store, writes)

    def put(name: str, **tags: str) -> None:
        pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
        client.put_parameter(Name=name, Value="v", Type="String", Tags=pairs)

    put("/a", team="red")
    put("/b", team="red", stage="prod")
    denied(put, name="/c", team="blue")
    denied(put, name="/c", team="red", owner="me")
    denied(client.put_parameter, Name="/c", Value="v", Type="String")
    about = {"ResourceType": "Parameter", "ResourceId": "/dev/api/port"}
    client.add_tags_to_resource(**about, Tags=[{"Key": "team", "Value": "red"}])
    denied(client.add_tags_to_resource, **about, Tags=[{"Key": "team", "Value": "blue"}])


def test_tags_at_creation_are_an_action_of_their_own(store: ParameterStore) -> None:
    client = client_of(store, statement(Action="ssm:PutParameter"))
    members = {"Name": "/a", "Value": "v", "Type": "String"}
    tags = [{"Key": "team", "Value": "red"}]
    assert "ssm:AddTagsToResource" in denied(client.put_parameter, **members, Tags=tags)
    client.put_parameter(**members)


@pytest.mark.parametrize("key", ["aws:ResourceTag/team", "ssm:resourceTag/team"])
def test_tags_of_the_parameter(store: ParameterStore, key: str) -> None:
    store.put("/a", "v", tags={"team": "red"})
    store.put("/b", "v", tags={"team": "blue"})
    client = client_of(store, statement(Condition={"StringEquals": {key: "red"}}))
    client.get_parameter(Name="/a")
    client.get_parameters(Names=["/a"])
    client.get_parameter_history(Name="/a")
    client.label_parameter_version(Name="/a", Labels=["live"])
    for name in ("/b", "/dev/api/port", "/none"):
        denied(client.get_parameter, Name=name)
        denied(client.get_parameters, Names=["/a", name])
    # Neither knows the tags of what is there: reading by path, and writing a new version.
    denied(client.get_parameters_by_path, Path="/")
    denied(client.put_parameter, Name="/a", Value="w", Overwrite=True)
    for name in ("/a", "/b"):
        about = {"ResourceType": "Parameter", "ResourceId": name}
        calls = {
            client.list_tags_for_resource: about,
            client.add_tags_to_resource: {**about, "Tags": [{"Key": "note", "Value": "x"}]},
            client.remove_tags_from_resource: {**about, "TagKeys": ["note"]},
        }
        for method, members in calls.items():
            if name == "/a":
                method(**members)
            else:
                denied(method, **members)
    client.delete_parameter(Name="/a")


def test_tag_keys_of_a_removal(store: ParameterStore) -> None:
    store.put("/a", "v", tags={"team": "red", "note": "x"})
    notes = {"ForAllValues:StringEquals": {"aws:TagKeys": "note"}}
    client = client_of(
        store, statement(Action="ssm:RemoveTagsFromResource", Condition=notes)
    )
    about = {"ResourceType": "Parameter", "ResourceId": "/a"}
    denied(client.remove_tags_from_resource, **about, TagKeys=["note", "team"])
    client.remove_tags_from_resource(**about, TagKeys=["note"])
    assert store.model.require("/a").tags == {"team": "red"}


def test_overwrite_is_known_only_where_it_was_sent(store: ParameterStore) -> None:
    sent = {"Null": {"ssm:Overwrite": "false"}}
    client = client_of(store, statement(Condition=sent))
    denied(client.put_parameter, Name="/a", Value="v", Type="String")
    client.put_parameter(Name="/a", Value="v", Type="String", Overwrite=False)


def test_the_encryption_context_is_the_parameter(store: ParameterStore) -> None:
    reads = statement(Action="ssm:GetParameter")
    decrypts = statement(
        Action="kms:Decrypt",
        Condition={
            "StringEquals": {
                "kms:EncryptionContext:PARAMETER_ARN": f"{ARN}:parameter/prod/api/password",
                "kms:ViaService": "ssm.us-east-1.amazonaws.com",
                "kms:CallerAccount": "123456789012",
            },
            "ForAnyValue:StringEquals": {"kms:EncryptionContextKeys": "PARAMETER_ARN"},
        },
    )
    store.put("/prod/api/token", "v", "SecureString", key_id="alias/prod")
    client = client_of(store, reads, decrypts)
    client.get_parameter(Name="/prod/api/password", **DECRYPTED)
    denied(client.get_parameter, Name="/prod/api/token", **DECRYPTED)


def test_what_is_known_of_the_caller(store: ParameterStore) -> None:
    document = statement(
        Resource=f"{ARN}:parameter/${{aws:PrincipalTag/team}}/*",
        Condition={
            "Bool": {"aws:MultiFactorAuthPresent": "true", "aws:PrincipalIsAWSService": "false"},
            "StringEquals": {
                "aws:PrincipalAccount": "123456789012",
                "aws:RequestedRegion": "us-east-1",
            },
            "ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/person"},
            "DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"},
        },
    )
    store.attach(document)
    mfa = {"aws:MultiFactorAuthPresent": "true", "aws:PrincipalTag/team": "dev"}
    person = botocore_client(store, credentials_of(store, "person", **mfa))
    person.get_parameter(Name="/dev/api/port")
    denied(person.get_parameter, Name="/prod/api/port")
    denied(
        botocore_client(store, credentials_of(store, "other", **mfa)).get_parameter,
        Name="/dev/api/port",
    )
    without = {**mfa, "aws:MultiFactorAuthPresent": "false"}
    denied(
        botocore_client(store, credentials_of(store, "person", **without)).get_parameter,
        Name="/dev/api/port",
    )


# --- Beside each other


def test_policies_of_one_caller_do_not_concern_another(store: ParameterStore, client: Any) -> None:
    client_of(store, "human-names")
    client.get_parameter(Name="/prod/api/port")
    client.get_parameter(Name="/prod/api/password", **DECRYPTED)


def test_rules_count_beside_policies(store: ParameterStore) -> None:
    client = client_of(store, "around/everything")
    store.deny("ssm:GetParameter", "/prod/*")
    denied(client.get_parameter, Name="/prod/api/port")
    client.get_parameter(Name="/dev/api/port")


def test_reset_forgets_policies_and_keys(store: ParameterStore, client: Any) -> None:
    store.attach(statement(Effect="Deny"))
    denied(client.get_parameter, Name="/prod/api/port")
    store.reset()
    store.put("/a", "v", "SecureString", key_id="alias/any")
    client.get_parameter(Name="/a", **DECRYPTED)


@pytest.mark.parametrize("kind", ["Identity", "resource", ""])
def test_a_kind_of_policy_that_cannot_be_attached(store: ParameterStore, kind: str) -> None:
    with pytest.raises(ValueError, match="kind of policy"):
        store.attach(statement(), kind=kind)
