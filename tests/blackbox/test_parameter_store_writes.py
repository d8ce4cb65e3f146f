"""The local Parameter Store as those meet it who write: tags, keys, tiers, refusals, the rate of writes, old reads."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from parameter_store import ParameterStore  # noqa: E402
from parameter_store.fixtures import *  # noqa: E402, F403

NAME = "/prod/api/db"


class Clock:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def writer(store: ParameterStore, client: Any) -> Any:
    """A client that may write as fast as it can."""
    store.limit_writes(None)
    return client


def refusal(method: Any, **members: Any) -> tuple[str, str]:
    """Code and message of the error that a request ends with."""
    with pytest.raises(ClientError) as raised:
        method(**members)
    error = raised.value.response["Error"]
    return error["Code"], error["Message"]


def tag_list(**tags: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def tags_of(client: Any, name: str = NAME) -> dict[str, str]:
    answer = client.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)
    return {tag["Key"]: tag["Value"] for tag in answer["TagList"]}


# --- Tags


def test_tags_are_added_replaced_listed_and_removed(store: ParameterStore, client: Any) -> None:
    store.put(NAME, "v")
    assert tags_of(client) == {}
    about = {"ResourceType": "Parameter", "ResourceId": NAME}
    client.add_tags_to_resource(**about, Tags=tag_list(team="red", stage="prod"))
    client.add_tags_to_resource(**about, Tags=tag_list(team="blue"))
    assert tags_of(client) == {"team": "blue", "stage": "prod"}
    client.remove_tags_from_resource(**about, TagKeys=["stage", "none"])
    assert tags_of(client) == {"team": "blue"}
    store.put(NAME, "w")
    assert tags_of(client) == {"team": "blue"}
    store.delete(NAME)
    store.put(NAME, "v")
    assert tags_of(client) == {}


def test_tags_at_creation(writer: Any) -> None:
    writer.put_parameter(Name=NAME, Value="v", Type="String", Tags=tag_list(team="red"))
    assert tags_of(writer) == {"team": "red"}
    code, message = refusal(
        writer.put_parameter, Name=NAME, Value="w", Overwrite=True, Tags=tag_list(team="blue")
    )
    assert (code, "AddTagsToResource" in message) == ("ValidationException", True)
    assert tags_of(writer) == {"team": "red"}
    assert writer.get_parameter(Name=NAME)["Parameter"]["Value"] == "v"


def test_fifty_tags(store: ParameterStore, writer: Any) -> None:
    store.put(NAME, "v")
    about = {"ResourceType": "Parameter", "ResourceId": NAME}
    fifty = {f"k{number}": "v" for number in range(50)}
    writer.add_tags_to_resource(**about, Tags=tag_list(**fifty))
    assert refusal(writer.add_tags_to_resource, **about, Tags=tag_list(more="v"))[0] == (
        "TooManyTagsError"
    )
    writer.add_tags_to_resource(**about, Tags=tag_list(k0="other"))
    assert tags_of(writer) == {**fifty, "k0": "other"}
    too_many = tag_list(**fifty, more="v")
    assert refusal(
        writer.put_parameter, Name="/a", Value="v", Type="String", Tags=too_many
    )[0] == "ValidationException"


@pytest.mark.parametrize(
    ("about", "code"),
    [
        ({"ResourceType": "Parameter", "ResourceId": "/none"}, "InvalidResourceId"),
        ({"ResourceType": "Document", "ResourceId": NAME}, "InvalidResourceId"),
        ({"ResourceType": "Cloud", "ResourceId": NAME}, "ValidationException"),
    ],
)
def test_what_cannot_be_tagged(
    store: ParameterStore, client: Any, about: dict[str, str], code: str
) -> None:
    store.put(NAME, "v")
    assert refusal(client.add_tags_to_resource, **about, Tags=tag_list(a="b"))[0] == code
    assert refusal(client.remove_tags_from_resource, **about, TagKeys=["a"])[0] == code
    assert refusal(client.list_tags_for_resource, **about)[0] == code


@pytest.mark.parametrize(
    "tag", [("aws:team", "red"), ("k" * 129, "v"), ("k", "v" * 257), ("k*", "v"), ("k", "v\n")]
)
def test_tags_that_are_refused(store: ParameterStore, client: Any, tag: tuple[str, str]) -> None:
    store.put(NAME, "v")
    tags = tag_list(**dict([tag]))
    about = {"ResourceType": "Parameter", "ResourceId": NAME}
    assert refusal(client.add_tags_to_resource, **about, Tags=tags)[0] == "ValidationException"
    assert refusal(client.put_parameter, Name="/b", Value="v", Type="String", Tags=tags)[0] == (
        "ValidationException"
    )
    assert tags_of(client) == {}


def test_parameters_are_described_by_tag(store: ParameterStore, client: Any) -> None:
    store.put("/a", "v", tags={"team": "red"})
    store.put("/b", "v", tags={"team": "blue"})
    store.put("/c", "v")
    wanted = [{"Key": "tag:team", "Values": ["red", "green"]}]
    described = client.describe_parameters(ParameterFilters=wanted)["Parameters"]
    assert [parameter["Name"] for parameter in described] == ["/a"]


# --- Keys


def test_every_key_exists_until_one_was_added(store: ParameterStore, writer: Any) -> None:
    secure = {"Value": "v", "Type": "SecureString"}
    writer.put_parameter(Name="/a", KeyId="alias/any", **secure)
    arn = store.add_key("1111-2222", "alias/prod")
    assert arn == "arn:aws:kms:us-east-1:123456789012:key/1111-2222"
    for number, key_id in enumerate(
        ("alias/prod", "1111-2222", arn, arn.replace("key/1111-2222", "alias/prod"), None)
    ):
        key = {} if key_id is None else {"KeyId": key_id}
        writer.put_parameter(Name=f"/b{number}", **key, **secure)
    code, message = refusal(writer.put_parameter, Name="/c", KeyId="alias/any", **secure)
    assert code == "InvalidKeyId"
    assert message.startswith(
        "Alias arn:aws:kms:us-east-1:123456789012:alias/any is not found. (Service: AWSKMS"
    )
    code, message = refusal(writer.put_parameter, Name="/c", KeyId="3333", **secure)
    assert (code, message.split(" (")[0]) == (
        "InvalidKeyId",
        "Key 'arn:aws:kms:us-east-1:123456789012:key/3333' does not exist",
    )
    assert writer.get_parameters(Names=["/c"])["InvalidParameters"] == ["/c"]
    assert refusal(writer.get_parameter, Name="/a", WithDecryption=True)[0] == "InvalidKeyId"


def test_only_a_secure_string_has_a_key(writer: Any) -> None:
    code, message = refusal(
        writer.put_parameter, Name="/a", Value="v", Type="String", KeyId="alias/prod"
    )
    assert (code, message) == (
        "ValidationException",
        "KeyId is required for SecureString type parameter only.",
    )


# --- Tiers and numbers of parameters


def tier_of(client: Any, name: str) -> str:
    (described,) = client.describe_parameters(
        ParameterFilters=[{"Key": "Name", "Values": [name]}]
    )["Parameters"]
    tier: str = described["Tier"]
    return tier


@pytest.mark.parametrize(
    ("default", "size", "created"),
    [
        ("Standard", 4096, "Standard"),
        ("Advanced", 1, "Advanced"),
        ("Advanced", 8192, "Advanced"),
        ("Intelligent-Tiering", 4096, "Standard"),
        ("Intelligent-Tiering", 4097, "Advanced"),
    ],
)
def test_the_default_tier_is_that_of_parameters_created_without_one(
    store: ParameterStore, writer: Any, default: str, size: int, created: str
) -> None:
    store.put("/old", "v")
    store.model.default_tier = default
    put = writer.put_parameter(Name="/new", Value="x" * size, Type="String")
    assert (put["Tier"], tier_of(writer, "/new")) == (created, created)
    sent = writer.put_parameter(Name="/sent", Value="v", Type="String", Tier="Standard")
    assert sent["Tier"] == "Standard"
    assert writer.put_parameter(Name="/old", Value="w", Overwrite=True)["Tier"] == "Standard"


def test_advanced_never_becomes_standard_again(store: ParameterStore, writer: Any) -> None:
    store.put("/a", "v", tier="Advanced")
    code, message = refusal(
        writer.put_parameter, Name="/a", Value="w", Overwrite=True, Tier="Standard"
    )
    assert (code, "can't downgrade" in message) == ("ValidationException", True)
    for tier in ({}, {"Tier": "Intelligent-Tiering"}, {"Tier": "Advanced"}):
        put = writer.put_parameter(Name="/a", Value="w", Overwrite=True, **tier)
        assert put["Tier"] == "Advanced"


def test_an_account_has_so_many_parameters_of_a_tier(store: ParameterStore, writer: Any) -> None:
    store.model.limits["Standard"] = 2
    store.put("/a", "v")
    store.put("/b", "v", tier="Advanced")
    store.put("/c", "v")
    assert refusal(writer.put_parameter, Name="/d", Value="v", Type="String")[0] == (
        "ParameterLimitExceeded"
    )
    writer.put_parameter(Name="/a", Value="w", Overwrite=True)
    writer.put_parameter(Name="/d", Value="v", Type="String", Tier="Advanced")


# --- Everything else that a write is refused for

REFUSED = {
    "empty": ({"Value": ""}, "ValidationException"),
    "4,097 bytes": ({"Value": "x" * 4097}, "ValidationException"),
    "4,097 bytes in fewer characters": ({"Value": "é" * 2048 + "x"}, "ValidationException"),
    "8,193 bytes": ({"Value": "x" * 8193, "Tier": "Advanced"}, "ValidationException"),
    "8,193 bytes for any tier": (
        {"Value": "x" * 8193, "Tier": "Intelligent-Tiering"},
        "ValidationException",
    ),
    "a reference": ({"Value": "a {{ssm:b}} c"}, "ValidationException"),
    "empty braces": ({"Value": "{{}}"}, "ValidationException"),
    "an umlaut in the name": ({"Name": "/ä"}, "ValidationException"),
    "a blank in the name": ({"Name": "/a b"}, "ValidationException"),
    "a selector in the name": ({"Name": "/a:1"}, "ValidationException"),
    "levels without a slash in front": ({"Name": "prod/x"}, "ValidationException"),
    "a slash at the end": ({"Name": "/prod/"}, "ValidationException"),
    "an empty level": ({"Name": "/prod//x"}, "ValidationException"),
    "16 levels": ({"Name": "/a" * 16}, "HierarchyLevelLimitExceededException"),
    "1,012 characters with the ARN": ({"Name": "/" + "a" * 967}, "ValidationException"),
    "/aws/": ({"Name": "/aws/x"}, "AccessDeniedException"),
    "aws": ({"Name": "awsx"}, "ValidationException"),
    "/AWS": ({"Name": "/AWSx"}, "ValidationException"),
    "/ssm": ({"Name": "/ssm/x"}, "ValidationException"),
    "Ssm": ({"Name": "Ssm"}, "ValidationException"),
    "no type": ({"Type": None}, "ValidationException"),
    "no type, to overwrite": ({"Type": None, "Overwrite": True}, "ValidationException"),
    "another type": ({"Type": "Secret"}, "ValidationException"),
    "another tier": ({"Tier": "Basic"}, "ValidationException"),
    "another data type": ({"DataType": "json"}, "ValidationException"),
    "a long description": ({"Description": "d" * 1025}, "ValidationException"),
    "a pattern not met": ({"AllowedPattern": "[0-9]+"}, "ParameterPatternMismatchException"),
    "a parameter that exists": ({"Name": "/there"}, "ParameterAlreadyExists"),
    "its type changed": (
        {"Name": "/there", "Type": "SecureString", "Overwrite": True},
        "HierarchyTypeMismatchException",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_writes(store: ParameterStore, writer: Any, case: str) -> None:
    store.put("/there", "v")
    changes, code = REFUSED[case]
    members = {"Name": "/new", "Value": "v", "Type": "String", **changes}
    given = {name: value for name, value in members.items() if value is not None}
    assert refusal(writer.put_parameter, **given)[0] == code
    found = writer.get_parameters_by_path(Path="/", Recursive=True)["Parameters"]
    assert [(parameter["Name"], parameter["Value"]) for parameter in found] == [("/there", "v")]


def test_the_longest_name_and_the_largest_values_are_accepted(writer: Any) -> None:
    writer.put_parameter(Name="/" + "a" * 966, Value="x" * 4096, Type="String")
    writer.put_parameter(Name="/b", Value="x" * 8192, Type="String", Tier="Advanced")
    writer.put_parameter(Name="/c", Value="{ {a}} }}{{ {", Type="String")


# --- The rate of writes


def put_results(client: Any, count: int) -> list[str]:
    results = []
    for _ in range(count):
        try:
            client.put_parameter(Name=NAME, Value="v", Type="String", Overwrite=True)
            results.append("ok")
        except ClientError as error:
            results.append(error.response["Error"]["Code"])
    return results


def test_three_writes_a_second(store: ParameterStore, client: Any) -> None:
    clock = Clock()
    store.limit_writes(3, clock)
    throttled = "ThrottlingException"
    assert put_results(client, 4) == ["ok", "ok", "ok", throttled]
    clock.now += 0.34
    assert put_results(client, 2) == ["ok", throttled]
    clock.now += 3600
    assert put_results(client, 4) == ["ok", "ok", "ok", throttled]
    assert client.get_parameter(Name=NAME)["Parameter"]["Version"] == 7
    client.delete_parameter(Name=NAME)


def test_three_a_second_is_the_default(store: ParameterStore, client: Any) -> None:
    """However slow the machine is, it writes more than three a second once in a thousand times."""
    store.limit_writes(None)
    store.reset()
    results: list[str] = []
    while "ThrottlingException" not in results and len(results) < 1000:
        results += put_results(client, 1)
    assert results[:3] == ["ok", "ok", "ok"]
    assert results[-1] == "ThrottlingException"


def test_what_a_test_puts_is_not_counted(store: ParameterStore, client: Any) -> None:
    store.limit_writes(3, Clock())
    for number in range(10):
        store.put(f"/a{number}", "v")
    assert put_results(client, 3) == ["ok", "ok", "ok"]


# --- Old reads


def test_reads_are_old_for_a_while_after_an_overwrite(store: ParameterStore, writer: Any) -> None:
    clock = Clock()
    store.consistency.clock = clock
    store.consistency.old_reads_seconds = 2.0
    store.put(NAME, "old")

    def put(value: str) -> int:
        version: int = writer.put_parameter(Name=NAME, Value=value, Overwrite=True)["Version"]
        return version

    def everywhere() -> set[tuple[str, int]]:
        read = [
            writer.get_parameter(Name=NAME)["Parameter"],
            *writer.get_parameters(Names=[NAME])["Parameters"],
            *writer.get_parameters_by_path(Path="/prod", Recursive=True)["Parameters"],
            writer.get_parameter_history(Name=NAME)["Parameters"][-1],
        ]
        (described,) = writer.describe_parameters()["Parameters"]
        assert described["Version"] == read[0]["Version"]
        return {(parameter["Value"], parameter["Version"]) for parameter in read}

    assert put("new") == 2
    assert everywhere() == {("old", 1)}
    assert refusal(writer.get_parameter, Name=f"{NAME}:2")[0] == "ParameterVersionNotFound"
    clock.now += 1.0
    assert put("newest") == 3
    clock.now += 0.5
    assert everywhere() == {("old", 1)}
    clock.now += 0.5
    assert everywhere() == {("new", 2)}
    clock.now += 1.0
    assert everywhere() == {("newest", 3)}


def test_a_parameter_is_not_found_for_a_while_after_its_creation(
    store: ParameterStore, writer: Any
) -> None:
    clock = Clock()
    store.consistency.clock = clock
    store.consistency.missing_after_creation_seconds = 1.0
    members = {"Name": NAME, "Value": "v", "Type": "String"}
    assert writer.put_parameter(**members)["Version"] == 1
    assert refusal(writer.get_parameter, Name=NAME)[0] == "ParameterNotFound"
    assert refusal(writer.get_parameter_history, Name=NAME)[0] == "ParameterNotFound"
    assert writer.get_parameters(Names=[NAME])["InvalidParameters"] == [NAME]
    assert writer.get_parameters_by_path(Path="/prod", Recursive=True)["Parameters"] == []
    assert writer.describe_parameters()["Parameters"] == []
    assert refusal(writer.put_parameter, **members)[0] == "ParameterAlreadyExists"
    assert writer.put_parameter(**{**members, "Overwrite": True})["Version"] == 2
    assert refusal(writer.get_parameter, Name=NAME)[0] == "ParameterNotFound"
    clock.now += 1.0
    assert writer.get_parameter(Name=NAME)["Parameter"]["Version"] == 2


def test_what_a_test_puts_is_seen_at_once(store: ParameterStore, client: Any) -> None:
    store.consistency.old_reads_seconds = 3600.0
    store.consistency.missing_after_creation_seconds = 3600.0
    store.put(NAME, "v")
    store.put(NAME, "w")
    assert client.get_parameter(Name=NAME)["Parameter"]["Value"] == "w"


def test_reset_ends_all_of_it(store: ParameterStore, client: Any) -> None:
    store.limit_writes(0.001, Clock())
    store.consistency.old_reads_seconds = 3600.0
    store.consistency.missing_after_creation_seconds = 3600.0
    store.model.default_tier = "Advanced"
    store.model.limits["Standard"] = 0
    store.add_key("k")
    store.reset()
    for value in ("v", "w"):
        put = client.put_parameter(
            Name=NAME, Value=value, Type="SecureString", KeyId="alias/x", Overwrite=True
        )
        assert put["Tier"] == "Standard"
        assert client.get_parameter(Name=NAME, WithDecryption=True)["Parameter"]["Value"] == value
