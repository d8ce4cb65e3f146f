"""What is asked of the Parameter Store, in which calls, and what is taken from the answers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from typing import Any

import pytest
from conftest import Runner
from parameter_store import ParameterStore, faults

ENV = ("--", "env", "-0")
BY_PATH = "GetParametersByPath"
BY_NAME = "GetParameters"
SHARED_ARN = "arn:aws:ssm:us-east-1:210987654321:parameter/team/shared"


def put_numbered(store: ParameterStore, path: str, count: int) -> dict[str, str]:
    """Parameters below a path; gives back the variables that they become."""
    for number in range(count):
        store.put(f"{path}/p{number:04}", f"{path} value {number}")
    return {f"P{number:04}": f"{path} value {number}" for number in range(count)}


def bodies(store: ParameterStore, operation: str) -> list[Any]:
    return [entry.body for entry in store.journal.operations(operation)]


def asked_names(store: ParameterStore) -> list[str]:
    return [name for body in bodies(store, BY_NAME) for name in body["Names"]]


def subset(variables: dict[str, str], wanted: dict[str, str]) -> dict[str, str]:
    return {name: variables[name] for name in wanted if name in variables}


# --- A path


def test_a_path_is_asked_for_recursively_decrypted_and_ten_at_a_time(run: Runner, store: ParameterStore) -> None:
    store.put("/app/a", "1")
    assert run("/app", *ENV).variables["A"] == "1"
    assert bodies(store, BY_PATH) == [
        {"Path": "/app", "Recursive": True, "WithDecryption": True, "MaxResults": 10}
    ]


def test_all_levels_below_the_path_are_read(run: Runner, store: ParameterStore) -> None:
    store.put("/app/a", "1")
    store.put("/app/b/c", "2")
    store.put("/app/b/c/d", "3")
    store.put("/app-v2/other", "no")
    store.put("/app", "the path itself")
    variables = run("/app", *ENV).variables
    assert subset(variables, {"A": "", "B_C": "", "B_C_D": ""}) == {"A": "1", "B_C": "2", "B_C_D": "3"}
    assert not {name for name in variables if "OTHER" in name or "APP" in name}


def test_no_recursive_reads_the_first_level_only(run: Runner, store: ParameterStore) -> None:
    store.put("/app/a", "1")
    store.put("/app/b/c", "2")
    variables = run("--no-recursive", "/app", *ENV).variables
    assert variables["A"] == "1"
    assert "B_C" not in variables
    assert bodies(store, BY_PATH)[0]["Recursive"] is False


@pytest.mark.parametrize("path", ["/app/", "/app"])
def test_a_trailing_slash_means_nothing(run: Runner, store: ParameterStore, path: str) -> None:
    store.put("/app/a", "1")
    assert run(path, *ENV).variables["A"] == "1"
    assert bodies(store, BY_PATH)[0]["Path"] == "/app"


def test_the_path_slash_is_the_whole_store(run: Runner, store: ParameterStore) -> None:
    store.put("/app/a", "1")
    store.put("/b", "2")
    store.put("unslashed", "3")
    variables = run("/", "--allow-mixed", *ENV).variables
    assert (variables["APP_A"], variables["B"], variables["UNSLASHED"]) == ("1", "2", "3")
    assert bodies(store, BY_PATH)[0]["Path"] == "/"


def test_a_label_selects_versions_and_leaves_out_what_has_none(run: Runner, store: ParameterStore) -> None:
    store.put("/app/a", "old", labels=("release-1",))
    store.put("/app/a", "new")
    store.put("/app/b", "unlabelled")
    variables = run("--label", "release-1", "/app", *ENV).variables
    assert variables["A"] == "old"
    assert "B" not in variables
    assert bodies(store, BY_PATH)[0]["ParameterFilters"] == [
        {"Key": "Label", "Option": "Equals", "Values": ["release-1"]}
    ]


def test_a_label_that_nothing_carries_is_an_empty_path(run: Runner, store: ParameterStore) -> None:
    store.put("/app/a", "1")
    run("--label", "release-9", "/app", *ENV).expect_failure("error: /app:", "no parameter", "release-9")


def test_the_latest_version_is_read(run: Runner, store: ParameterStore) -> None:
    store.put("/app/a", "old")
    store.put("/app/a", "new")
    assert run("/app", *ENV).variables["A"] == "new"


# --- Pages


@pytest.mark.parametrize("count", [1, 9, 10, 11, 20, 25])
def test_pages_are_read_to_the_end(run: Runner, store: ParameterStore, count: int) -> None:
    wanted = put_numbered(store, "/app", count)
    assert subset(run("/app", *ENV).variables, wanted) == wanted
    requests = bodies(store, BY_PATH)
    assert len(requests) == (count + 9) // 10
    tokens = [request.pop("NextToken", None) for request in requests]
    assert tokens[0] is None and len(set(tokens)) == len(tokens)
    assert all(request == requests[0] for request in requests)


def test_the_label_is_repeated_with_every_page(run: Runner, store: ParameterStore) -> None:
    for number in range(12):
        store.put(f"/app/p{number}", "labelled", labels=("green",))
        store.put(f"/app/p{number}", "newer")
    variables = run("--label=green", "/app", *ENV).variables
    assert {variables[f"P{number}"] for number in range(12)} == {"labelled"}
    assert len(bodies(store, BY_PATH)) == 2


@pytest.mark.parametrize("empty_pages", [{0}, {1}, {0, 1, 2}, {1, 3}])
def test_an_empty_page_with_a_token_is_not_the_end(
    run: Runner, store: ParameterStore, empty_pages: set[int]
) -> None:
    wanted = put_numbered(store, "/app", 15)
    store.paging.page_size = 5
    store.paging.empty_pages = empty_pages
    assert subset(run("/app", *ENV).variables, wanted) == wanted


@pytest.mark.parametrize("end", ["absent", "null", "empty"])
@pytest.mark.parametrize("count", [3, 13])
def test_every_way_to_end_a_listing_is_understood(
    run: Runner, store: ParameterStore, end: str, count: int
) -> None:
    wanted = put_numbered(store, "/app", count)
    store.paging.end_of_listing = end
    assert subset(run("/app", *ENV).variables, wanted) == wanted
    assert len(bodies(store, BY_PATH)) == (count + 9) // 10


def test_a_token_that_comes_back_is_an_error(run: Runner, store: ParameterStore) -> None:
    put_numbered(store, "/app", 30)
    store.paging.repeat_token = True
    run("/app", *ENV).expect_failure("error: /app:", "NextToken", "twice")
    assert len(bodies(store, BY_PATH)) <= 3


def test_the_order_of_the_pages_means_nothing(run: Runner, store: ParameterStore) -> None:
    wanted = put_numbered(store, "/app", 35)
    store.paging.shuffle_seed = 7
    assert subset(run("/app", *ENV).variables, wanted) == wanted


def test_an_item_on_two_pages_does_not_collide_with_itself(run: Runner, store: ParameterStore) -> None:
    wanted = put_numbered(store, "/app", 25)
    store.paging.repeat_last_item = True
    assert subset(run("/app", *ENV).variables, wanted) == wanted


@pytest.mark.parametrize("versions", [(2, 3), (3, 2), (9, 10), (10, 9)])
def test_of_two_versions_on_two_pages_the_newer_one_is_taken(
    run: Runner, store: ParameterStore, versions: tuple[int, int]
) -> None:
    """It was changed while the listing was read."""
    items = [{"Name": "/app/a", "Type": "String", "Version": version, "Value": f"version {version}"} for version in versions]
    pages = [{"Parameters": items[:1], "NextToken": "second"}, {"Parameters": items[1:]}]
    for number, page in enumerate(pages):
        store.faults.always(
            faults.StatusAnswer(200, json.dumps(page).encode(), faults.JSON_TYPE),
            when=lambda _operation, body, number=number: ("NextToken" in body) == bool(number),
        )
    assert run("/app", *ENV).variables["A"] == f"version {max(versions)}"
    listed = json.loads(run("/app", "--dry-run", "--json").out)["variables"]
    assert [(row["name"], row["version"]) for row in listed] == [("A", max(versions))]


def test_a_thousand_parameters(run: Runner, store: ParameterStore) -> None:
    wanted = put_numbered(store, "/app", 1000)
    assert subset(run("/app", *ENV).variables, wanted) == wanted
    assert len(bodies(store, BY_PATH)) == 100
    assert store.journal.connections == 1


@pytest.mark.parametrize("page_size", [1, 2])
def test_small_pages(run: Runner, store: ParameterStore, page_size: int) -> None:
    wanted = put_numbered(store, "/app", 21)
    store.paging.page_size = page_size
    assert subset(run("/app", *ENV).variables, wanted) == wanted


# --- Answers that are unusual and right


def test_unknown_members_exponents_and_escapes_are_read(run: Runner, store: ParameterStore) -> None:
    store.put("/app/a", "é 𝄞 \" \\ / \t \x01")
    store.answers.extra_members = {"Nested": {"Value": "wrong", "Name": ["/x", {"Version": 9}]}, "Size": 1.5e3}
    store.answers.exponent_dates = True
    store.answers.escape_non_ascii = True
    assert run("/app", *ENV).variables["A"] == "é 𝄞 \" \\ / \t \x01"


def test_an_unasked_parameter_below_another_path_is_refused(run: Runner, store: ParameterStore) -> None:
    store.put("/app/a", "1")
    store.put("/elsewhere/b", "2")
    store.paging.unasked = ["/elsewhere/b"]
    run("/app", *ENV).expect_failure("error: /app:", "/elsewhere/b", "not requested")


@pytest.mark.parametrize("name", ["/app", "/app-v2/b", "/appendix", "/APP/b"])
def test_near_misses_of_the_path_are_unasked_too(run: Runner, store: ParameterStore, name: str) -> None:
    store.put("/app/a", "1")
    store.put(name, "2")
    store.paging.unasked = [name]
    run("/app", *ENV).expect_failure(f"{name}", "not requested")


def test_a_deeper_parameter_is_unasked_with_no_recursive(run: Runner, store: ParameterStore) -> None:
    store.put("/app/a", "1")
    store.put("/app/b/c", "2")
    store.paging.unasked = ["/app/b/c"]
    run("--no-recursive", "/app", *ENV).expect_failure("/app/b/c", "not requested")


def test_an_unasked_name_is_refused(run: Runner, store: ParameterStore) -> None:
    store.put("/one", "1")
    store.put("/two", "2")
    store.paging.unasked = ["/two"]
    run("ONE=/one", *ENV).expect_failure("/two", "not requested")


def test_another_version_than_the_one_asked_for_is_refused(run: Runner, store: ParameterStore) -> None:
    store.put("/one", "1")
    store.faults.always(faults.AlterBody(lambda body: body.replace(b'"Selector":":1"', b'"Selector":":2"')))
    run("ONE=/one:1", *ENV).expect_failure("not requested")


# --- Several at the same time


def test_several_paths_are_fetched_at_the_same_time(run: Runner, store: ParameterStore) -> None:
    for name in "abcd":
        store.put(f"/{name}/v", name)
    hold = store.faults.always(faults.Hold())
    process = run.start("/a=A_", "/b=B_", "/c=C_", "/d=D_", *ENV)
    store.journal.wait_for(lambda journal: journal.in_flight == 4)
    hold.release()
    variables = run.finish(process).variables
    assert [variables[f"{name}_V"] for name in "ABCD"] == ["a", "b", "c", "d"]


def test_paths_and_names_are_fetched_at_the_same_time(run: Runner, store: ParameterStore) -> None:
    store.put("/a/v", "a")
    store.put("/one", "1")
    hold = store.faults.always(faults.Hold())
    process = run.start("/a", "ONE=/one", *ENV)
    store.journal.wait_for(lambda journal: journal.in_flight == 2)
    hold.release()
    variables = run.finish(process).variables
    assert (variables["V"], variables["ONE"]) == ("a", "1")


def test_the_pages_of_a_path_use_one_connection(run: Runner, store: ParameterStore) -> None:
    put_numbered(store, "/app", 50)
    assert run("/app", *ENV).status == 0
    assert len(bodies(store, BY_PATH)) == 5
    assert (store.journal.connections, store.journal.tls_handshakes) == (1, 1)


def test_several_paths_reuse_their_connections(run: Runner, store: ParameterStore) -> None:
    for path in ("/a", "/b", "/c"):
        put_numbered(store, path, 50)
    assert run("/a=A_", "/b=B_", "/c=C_", *ENV).status == 0
    assert len(bodies(store, BY_PATH)) == 15
    assert store.journal.connections <= 3


class Together(faults.Fault):
    """Answers count requests while the program is stopped, so that it finds all the answers at once."""

    def __init__(self, count: int) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self._stopped = threading.Barrier(count, self._stop)
        self._answered = threading.Barrier(count, self._let_go_on)

    def _stop(self) -> None:
        self.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED)

    def _let_go_on(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def serve(self, exchange: Any) -> bool:
        self._stopped.wait()
        exchange.send(exchange.answer)
        self._answered.wait()
        return True

    def abandon(self) -> None:
        self._stopped.abort()
        self._answered.abort()


@pytest.mark.parametrize("names", [0, 25], ids=["paths", "paths and names"])
def test_replies_that_come_together_leave_their_connections_open(run: Runner, store: ParameterStore, names: int) -> None:
    paths = 12
    for number in range(paths):
        put_numbered(store, f"/p{number}", 20)
    put_numbered(store, "/names", names)
    calls = paths + (names + 9) // 10
    hold = store.faults.always(faults.Hold())
    together = store.faults.add(Together(calls), times=calls)
    hold_second_pages = store.faults.always(faults.Hold())
    together.process = run.start(
        *[f"/p{number}=P{number}_" for number in range(paths)],
        *[f"NAME_{number}=/names/p{number:04}" for number in range(names)], *ENV,
    )  # fmt: skip
    hold.release()
    store.journal.wait_for(lambda journal: len(journal.entries) == calls + paths)
    assert (store.journal.in_flight, store.journal.open_connections) == (paths, calls)
    hold_second_pages.release()
    assert run.finish(together.process).status == 0
    assert len(bodies(store, BY_PATH)) == 2 * paths
    assert store.journal.connections == calls


def test_many_paths_all_arrive(run: Runner, store: ParameterStore) -> None:
    for number in range(60):
        store.put(f"/p{number}/v", str(number))
    sources = [f"/p{number}=P{number}_" for number in range(60)]
    variables = run(*sources, *ENV).variables
    assert [variables[f"P{number}_V"] for number in range(60)] == [str(number) for number in range(60)]
    assert len(bodies(store, BY_PATH)) == 60


def test_a_path_that_is_named_twice_is_asked_for_once(run: Runner, store: ParameterStore) -> None:
    store.put("/app/a", "1")
    variables = run("/app", "/app=APP_", "/app/", *ENV).variables
    assert (variables["A"], variables["APP_A"]) == ("1", "1")
    assert len(bodies(store, BY_PATH)) == 1


def test_an_empty_prefix_adds_nothing(run: Runner, store: ParameterStore) -> None:
    store.put("/app/a", "1")
    assert run("/app=", *ENV).variables["A"] == "1"


def test_a_name_that_is_named_twice_is_asked_for_once(run: Runner, store: ParameterStore) -> None:
    store.put("/one", "1")
    variables = run("ONE=/one", "UNO=/one", *ENV).variables
    assert (variables["ONE"], variables["UNO"]) == ("1", "1")
    assert asked_names(store) == ["/one"]


# --- Names


def test_one_parameter_into_one_variable(run: Runner, store: ParameterStore) -> None:
    store.put("/shared/stripe_key", "sk", "SecureString")
    assert run("STRIPE_KEY=/shared/stripe_key", *ENV).variables["STRIPE_KEY"] == "sk"
    assert bodies(store, BY_NAME) == [{"Names": ["/shared/stripe_key"], "WithDecryption": True}]
    assert bodies(store, BY_PATH) == []


def test_names_go_ten_a_call_and_all_calls_at_once(run: Runner, store: ParameterStore) -> None:
    for number in range(25):
        store.put(f"/n/p{number}", f"value {number}")
    hold = store.faults.always(faults.Hold())
    process = run.start(*[f"V{number}=/n/p{number}" for number in range(25)], *ENV)
    store.journal.wait_for(lambda journal: journal.in_flight == 3)
    hold.release()
    variables = run.finish(process).variables
    assert [variables[f"V{number}"] for number in range(25)] == [f"value {number}" for number in range(25)]
    requests = bodies(store, BY_NAME)
    assert sorted(len(request["Names"]) for request in requests) == [5, 10, 10]
    assert sorted(asked_names(store)) == sorted(f"/n/p{number}" for number in range(25))


@pytest.mark.parametrize(("count", "calls"), [(1, 1), (10, 1), (11, 2), (20, 2), (21, 3)])
def test_batch_sizes(run: Runner, store: ParameterStore, count: int, calls: int) -> None:
    for number in range(count):
        store.put(f"/n/p{number}", str(number))
    store.paging.shuffle_seed = 3
    variables = run(*[f"V{number}=/n/p{number}" for number in range(count)], *ENV).variables
    assert [variables[f"V{number}"] for number in range(count)] == [str(number) for number in range(count)]
    assert len(bodies(store, BY_NAME)) == calls


def test_versions_and_labels_are_pinned(run: Runner, store: ParameterStore) -> None:
    store.put("/one", "first", labels=("release-42",))
    store.put("/one", "second")
    store.put("/one", "third")
    variables = run("LATEST=/one", "FIRST=/one:1", "SECOND=/one:2", "LABEL=/one:release-42", *ENV).variables
    assert [variables[name] for name in ("LATEST", "FIRST", "SECOND", "LABEL")] == [
        "third", "first", "second", "first",
    ]  # fmt: skip


def test_the_json_of_a_dry_run_tells_which_versions_were_read(run: Runner, store: ParameterStore) -> None:
    store.put("/one", "first")
    store.put("/one", "second")
    store.put("/app/a", "s", "SecureString")
    result = run("ONE=/one:1", "/app", "--dry-run", "--json")
    assert result.status == 0, result.err
    told = {item["name"]: item for item in json.loads(result.out)["variables"]}
    assert (told["ONE"]["version"], told["ONE"]["type"]) == (1, "String")
    assert (told["A"]["version"], told["A"]["type"], told["A"]["parameter"]) == (1, "SecureString", "/app/a")


def test_another_accounts_parameter_by_its_arn(run: Runner, store: ParameterStore) -> None:
    store.put_shared(SHARED_ARN, "first", labels=("stable",))
    store.put_shared(SHARED_ARN, "second")
    variables = run(
        f"KEY={SHARED_ARN}", f"PINNED={SHARED_ARN}:1", f"STABLE={SHARED_ARN}:stable", *ENV
    ).variables
    assert (variables["KEY"], variables["PINNED"], variables["STABLE"]) == ("second", "first", "first")


@pytest.mark.parametrize("order", [1, -1])
def test_the_same_name_in_two_accounts_where_the_reply_gives_the_plain_name(run: Runner, store: ParameterStore, order: int) -> None:
    """AWS puts the name, not the ARN, into Name in one of its forms; the order of a reply's parameters is not that of the request."""
    name = SHARED_ARN.partition(":parameter")[2]
    store.put(name, "own")
    store.put_shared(SHARED_ARN, "theirs")

    def plain(body: bytes) -> bytes:
        reply = json.loads(body)
        reply["Parameters"] = [{**parameter, "Name": name} for parameter in reply["Parameters"]][::order]
        return json.dumps(reply).encode()

    store.faults.always(faults.AlterBody(plain))
    variables = run(f"OWN={name}", f"THEIRS={SHARED_ARN}", *ENV).variables
    assert (variables["OWN"], variables["THEIRS"]) == ("own", "theirs")


def test_an_own_parameter_by_its_arn(run: Runner, store: ParameterStore) -> None:
    store.put("/team/own", "mine")
    arn = "arn:aws:ssm:us-east-1:123456789012:parameter/team/own"
    variables = run(f"KEY={arn}", f"PINNED={arn}:1", "NAMED=/team/own", *ENV).variables
    assert (variables["KEY"], variables["PINNED"], variables["NAMED"]) == ("mine", "mine", "mine")


def test_an_arn_of_another_region_is_an_error_before_anything_is_asked(run: Runner, store: ParameterStore) -> None:
    arn = "arn:aws:ssm:eu-west-1:210987654321:parameter/team/shared"
    run(f"KEY={arn}", *ENV).expect_failure("error: KEY=arn:", "eu-west-1", "us-east-1")
    assert store.journal.entries == []


@pytest.mark.parametrize(
    "reference",
    [
        "arn:aws:s3:::bucket", "arn:", "arn:aws:ssm:us-east-1:210987654321:document/x",
        "/a//b", "/a b", "/a:", "/a:1:2", "/é", "/",
    ],
)  # fmt: skip
def test_a_malformed_reference_is_a_usage_error(run: Runner, store: ParameterStore, reference: str) -> None:
    result = run(f"KEY={reference}", *ENV)
    result.expect_failure("KEY=...: expected /parameter/name or arn:... after '=': ")
    assert f"KEY={reference}" not in result.err
    assert store.journal.entries == []


def test_a_secret_through_parameter_store(run: Runner, store: ParameterStore) -> None:
    store.put_secret("prod/db", '{"password": "p w"}')
    variables = run("DB=/aws/reference/secretsmanager/prod/db", *ENV).variables
    assert variables["DB"] == '{"password": "p w"}'


def test_a_secret_by_stage_and_version(run: Runner, store: ParameterStore) -> None:
    reference = "/aws/reference/secretsmanager/prod/db"
    store.put_secret("prod/db", "old", version_id="11111111-2222-3333-4444-555555555555", stages=("AWSPREVIOUS",))
    store.put_secret("prod/db", "current")
    variables = run(
        f"CURRENT={reference}:AWSCURRENT",
        f"PREVIOUS={reference}:AWSPREVIOUS",
        f"PINNED={reference}:11111111-2222-3333-4444-555555555555",
        *ENV,
    ).variables
    assert (variables["CURRENT"], variables["PREVIOUS"], variables["PINNED"]) == ("current", "old", "old")


def test_a_large_secret(run: Runner, store: ParameterStore) -> None:
    value = "ß\n" * 20_000
    store.put_secret("big", value)
    assert run("BIG=/aws/reference/secretsmanager/big", *ENV).variables["BIG"] == value


def test_ten_large_secrets(run: Runner, store: ParameterStore) -> None:
    for number in range(10):
        store.put_secret(f"big{number}", "\x01" * 65_536)
    result = run(*[f"BIG{number}=/aws/reference/secretsmanager/big{number}" for number in range(10)], *ENV)
    assert {result.variables[f"BIG{number}"] for number in range(10)} == {"\x01" * 65_536}


def test_all_missing_names_are_reported_at_once(run: Runner, store: ParameterStore) -> None:
    store.put("/one", "1")
    store.put("/two", "2")
    references = ["A=/missing/a", "B=/missing/b", "ONE=/one", "V=/two:9", "L=/two:nope", "S=/aws/reference/secretsmanager/no"]
    result = run(*references, *ENV)
    result.expect_failure("ParameterNotFound", *[f"error: {reference}:" for reference in references if "/one" not in reference])
    assert "ONE=/one" not in result.err


def test_missing_names_and_empty_paths_are_reported_together(run: Runner, store: ParameterStore) -> None:
    run("A=/missing/a", "/nothing", *ENV).expect_failure("error: A=/missing/a:", "error: /nothing:")


def test_missing_names_of_several_batches_are_reported_together(run: Runner, store: ParameterStore) -> None:
    references = [f"V{number}=/missing/p{number:02}" for number in range(23)]
    run(*references, *ENV).expect_failure(*[f"error: {reference}:" for reference in references])


# --- What may be missing


def test_an_optional_name_may_be_missing(run: Runner, store: ParameterStore) -> None:
    store.put("/one", "1")
    variables = run("--optional", "A=/missing", "ONE=/one", *ENV).variables
    assert "A" not in variables
    assert variables["ONE"] == "1"


def test_an_optional_path_may_be_empty(run: Runner, store: ParameterStore) -> None:
    store.put("/one", "1")
    assert run("--optional=/nothing", "ONE=/one", *ENV).variables["ONE"] == "1"


def test_an_optional_source_that_is_there_is_used(run: Runner, store: ParameterStore) -> None:
    store.put("/app/a", "1")
    store.put("/one", "2")
    variables = run("--optional", "/app", "--optional", "ONE=/one", *ENV).variables
    assert (variables["A"], variables["ONE"]) == ("1", "2")


def test_only_missing_optional_sources_are_not_an_error(run: Runner, store: ParameterStore) -> None:
    assert run("--optional", "/nothing", "--optional", "A=/missing", *ENV).status == 0


@pytest.mark.parametrize("source", ["/app", "A=/one"])
def test_denied_is_never_the_same_as_missing(run: Runner, store: ParameterStore, source: str) -> None:
    store.deny("ssm:*")
    run("--optional", source, *ENV).expect_failure(f"error: {source}:", "AccessDeniedException")


@pytest.mark.parametrize("order", [("/nothing", "--optional", "/nothing"), ("--optional", "/nothing", "/nothing=P_")])
def test_a_source_that_is_optional_only_once_must_be_there(
    run: Runner, store: ParameterStore, order: tuple[str, ...]
) -> None:
    run(*order, *ENV).expect_failure("error: /nothing", "no parameter")


# --- What the requests look like


def test_every_request_is_well_formed(run: Runner, store: ParameterStore) -> None:
    store.put("/app/a", "1")
    store.put("/one", "1")
    assert run("/app", "ONE=/one", *ENV).status == 0
    for entry in store.journal.entries:
        assert (entry.method, entry.target, entry.status) == ("POST", "/", 200)
        assert entry.headers["content-type"] == "application/x-amz-json-1.1"
        assert entry.headers["host"] == f"127.0.0.1:{store.port}"
        assert entry.headers["user-agent"].startswith("ssm-exec/")
        assert "expect" not in entry.headers
        assert int(entry.headers["content-length"]) == len(entry.raw_body)


def test_an_endpoint_url_may_have_a_path(run: Runner, store: ParameterStore) -> None:
    store.put("/app/a", "1")
    assert run("--endpoint-url", f"{store.endpoint_url}/some/where", "/app", *ENV).variables["A"] == "1"
    assert store.journal.entries[0].target == "/some/where"


def test_the_store_over_http_on_loopback(run: Runner, certificates_directory: Any) -> None:
    with ParameterStore(tls=False) as plain:
        plain.put("/app/a", "1")
        assert run("/app", *ENV, store=plain).variables["A"] == "1"


def test_the_store_on_ipv6(run: Runner, certificates_directory: Any) -> None:
    with ParameterStore(ipv6=True, certificates_directory=certificates_directory) as store:
        store.put("/app/a", "1")
        url = f"https://[::1]:{store.port}"
        assert run("/app", *ENV, store=store, env={"AWS_ENDPOINT_URL": url}).variables["A"] == "1"


def test_the_store_by_host_name(run: Runner, store: ParameterStore) -> None:
    store.put("/app/a", "1")
    url = f"https://localhost:{store.port}"
    assert run("/app", *ENV, env={"AWS_ENDPOINT_URL": url}).variables["A"] == "1"
