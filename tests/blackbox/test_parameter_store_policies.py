"""The store's IAM engine and the policies of tests/policies.

Each request of the table is decided as it says, by our engine and by npm's @cloud-copilot/iam-simulate, and no
statement, operator or condition key of a policy can be left out unnoticed. tests/policies/run compares more.
"""

from __future__ import annotations

from typing import Any

import policy_table
import pytest
from parameter_store.policies import Attached, Policy, Request, denial

Document = dict[str, Any]

POLICIES = policy_table.load_policies()
ROWS = policy_table.load_rows()
MUTANTS = list(policy_table.mutants(POLICIES))


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
def test_a_request_is_decided_as_the_table_says(row: Document) -> None:
    assert policy_table.is_allowed(row, POLICIES) == row["allowed"]


def test_names_of_requests_are_distinct_and_every_policy_is_used() -> None:
    assert len({row["name"] for row in ROWS}) == len(ROWS)
    unused = [name for name in POLICIES if not any(policy_table.uses(row, name) for row in ROWS)]
    assert unused == ["around/everything-from-anyone"]  # stands beside each policy for resources


def test_the_simulator_decides_every_request_as_the_table_says() -> None:
    """It checks the form of the policies, too."""
    (decisions,) = policy_table.simulate([(POLICIES, ROWS)], validate=True)
    wrong = [
        row["name"]
        for row, allowed in zip(ROWS, decisions, strict=True)
        if allowed != row["allowed"]
    ]
    assert wrong == []


def test_nothing_can_be_left_out_of_a_policy_unnoticed() -> None:
    unnoticed = [
        mutant.name
        for mutant in MUTANTS
        if all(
            policy_table.is_allowed(row, {**POLICIES, mutant.policy: mutant.document})
            == row["allowed"]
            for row in ROWS
            if policy_table.uses(row, mutant.policy)
        )
    ]
    assert (len(MUTANTS) > 100, unnoticed) == (True, [])


def test_the_simulator_agrees_about_changed_policies() -> None:
    """A sample; tests/policies/run takes all of them."""
    sample = MUTANTS[::5]
    runs = [
        (
            {**POLICIES, mutant.policy: mutant.document},
            [row for row in ROWS if policy_table.uses(row, mutant.policy)],
        )
        for mutant in sample
    ]
    for mutant, (policies, rows), decisions in zip(
        sample, runs, policy_table.simulate(runs), strict=True
    ):
        ours = [policy_table.is_allowed(row, policies) for row in rows]
        assert decisions == ours, mutant.name
        assert decisions != [row["allowed"] for row in rows], mutant.name


# --- Single statements

ARN = "arn:aws:ssm:eu-west-1:123456789012:parameter"
SESSION = "arn:aws:sts::123456789012:assumed-role/api/session"
ROLE = "arn:aws:iam::123456789012:role/api"


def policy_of(**members: Any) -> Document:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", **members}
    return {"Version": "2012-10-17", "Statement": [{k: v for k, v in statement.items() if v}]}


def allows(
    document: Document,
    action: str = "ssm:GetParameter",
    resource: str = f"{ARN}/a",
    **context: Any,
) -> bool:
    request = Request(action, resource, SESSION, context.get("context", {}))
    return denial(request, Attached(identity=(Policy(document),))) is None


STATEMENTS: list[tuple[str, Document, str, str, bool]] = [
    ("an action in another case", {"Action": "SSM:getparameter"}, "ssm:GetParameter", f"{ARN}/a", True),
    ("a wildcard in an action", {"Action": "ssm:Get*"}, "ssm:GetParameter", f"{ARN}/a", True),
    ("a prefix is not the action", {"Action": "ssm:GetParameter"}, "ssm:GetParameters", f"{ARN}/a", False),
    ("one character", {"Action": "ssm:GetParameter?"}, "ssm:GetParameters", f"{ARN}/a", True),
    ("one character is not none", {"Action": "ssm:GetParameter?"}, "ssm:GetParameter", f"{ARN}/a", False),
    ("NotAction allows others", {"Action": None, "NotAction": "ssm:Put*"}, "ssm:GetParameter", f"{ARN}/a", True),
    ("NotAction leaves out", {"Action": None, "NotAction": "ssm:Put*"}, "ssm:PutParameter", f"{ARN}/a", False),
    ("NotResource allows others", {"Resource": None, "NotResource": f"{ARN}/p/*"}, "ssm:GetParameter", f"{ARN}/a", True),
    ("NotResource leaves out", {"Resource": None, "NotResource": f"{ARN}/p/*"}, "ssm:GetParameter", f"{ARN}/p/a", False),
    ("a resource in another case", {"Resource": f"{ARN}/A"}, "ssm:GetParameter", f"{ARN}/a", False),
    ("below a path", {"Resource": f"{ARN}/p/*"}, "ssm:GetParameter", f"{ARN}/p/q/r", True),
    ("the path itself is not below it", {"Resource": f"{ARN}/p/*"}, "ssm:GetParametersByPath", f"{ARN}/p", False),
    ("a path that ends in a slash is", {"Resource": f"{ARN}/p/*"}, "ssm:GetParametersByPath", f"{ARN}/p/", True),
    ("any region", {"Resource": "arn:aws:ssm:*:*:parameter/a"}, "ssm:GetParameter", f"{ARN}/a", True),
    ("fields that are missing", {"Resource": "arn:aws:ssm"}, "ssm:GetParameter", f"{ARN}/a", True),
    ("no wildcard reaches over a colon", {"Resource": "arn:aws:ssm:*:parameter/a"}, "ssm:GetParameter", f"{ARN}/a", False),
    ("a variable in a resource", {"Resource": f"{ARN}/${{aws:PrincipalTag/team}}/*"}, "ssm:GetParameter", f"{ARN}/red/a", True),
    ("its value is another", {"Resource": f"{ARN}/${{aws:PrincipalTag/team}}/*"}, "ssm:GetParameter", f"{ARN}/blue/a", False),
    ("a variable without a value", {"Resource": f"{ARN}/${{aws:PrincipalTag/none}}*"}, "ssm:GetParameter", f"{ARN}/a", False),
    ("its default", {"Resource": f"{ARN}/${{aws:PrincipalTag/none, 'a'}}"}, "ssm:GetParameter", f"{ARN}/a", True),
]
TEAM = {"aws:PrincipalTag/team": "red"}


@pytest.mark.parametrize(
    ("members", "action", "resource", "allowed"),
    [row[1:] for row in STATEMENTS],
    ids=[row[0] for row in STATEMENTS],
)
def test_statements(members: Document, action: str, resource: str, allowed: bool) -> None:
    assert allows(policy_of(**members), action, resource, context=TEAM) == allowed


CONDITIONS: list[tuple[str, Any, Any, bool]] = [
    ("StringEquals", "a", "a", True),
    ("StringEquals", "a", "A", False),
    ("StringEquals", ["b", "a"], "a", True),
    ("StringEquals", "a*", "ab", False),
    ("StringEquals", "a", None, False),
    ("StringEqualsIfExists", "a", None, True),
    ("StringEqualsIfExists", "a", "b", False),
    ("StringEqualsIgnoreCase", "a", "A", True),
    ("StringNotEquals", "a", "b", True),
    ("StringNotEquals", "a", "a", False),
    ("StringNotEquals", ["a", "b"], "b", False),
    ("StringNotEquals", "a", None, True),
    ("StringNotEqualsIfExists", "a", None, True),
    ("StringNotEqualsIgnoreCase", "a", "A", False),
    ("StringLike", "a*c?", "abbcd", True),
    ("StringLike", "a*", "ba", False),
    ("StringLike", "A*", "ab", False),
    ("StringNotLike", "a*", "ab", False),
    ("StringNotLike", "a*", None, True),
    ("ArnLike", "arn:aws:iam::*:role/*", ROLE, True),
    ("ArnLike", "arn:aws:iam::*:role/b*", ROLE, False),
    ("ArnEquals", "arn:aws:iam::*:role/api", ROLE, True),
    ("ArnNotLike", "arn:aws:iam::*:role/api", ROLE, False),
    ("ArnNotEquals", "arn:aws:iam::*:role/other", ROLE, True),
    ("ArnNotLike", "arn:aws:iam::*:role/api", None, True),
    ("Bool", "true", "true", True),
    ("Bool", "true", "false", False),
    ("Bool", "true", None, False),
    ("BoolIfExists", "true", None, True),
    ("NumericEquals", "10", "10", True),
    ("NumericNotEquals", "10", "10", False),
    ("NumericLessThan", "10", "9", True),
    ("NumericLessThan", "10", "10", False),
    ("NumericLessThanEquals", "10", "10", True),
    ("NumericGreaterThan", "9", "10", True),
    ("NumericGreaterThanEquals", "10", "9", False),
    ("NumericLessThan", "10", None, False),
    ("DateGreaterThan", "2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z", True),
    ("DateLessThan", "2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z", False),
    ("IpAddress", "10.0.0.0/8", "10.1.2.3", True),
    ("IpAddress", "10.0.0.0/8", "11.1.2.3", False),
    ("IpAddress", "10.1.2.3/8", "10.9.9.9", True),
    ("NotIpAddress", "10.0.0.0/8", "11.1.2.3", True),
    ("Null", "true", None, True),
    ("Null", "true", "a", False),
    ("Null", "false", "a", True),
    ("Null", "false", None, False),
    ("ForAllValues:StringEquals", ["a", "b"], ["a"], True),
    ("ForAllValues:StringEquals", ["a", "b"], ["a", "c"], False),
    ("ForAllValues:StringEquals", ["a", "b"], None, True),
    ("ForAnyValue:StringEquals", ["a", "b"], ["c", "a"], True),
    ("ForAnyValue:StringEquals", ["a", "b"], ["c"], False),
    ("ForAnyValue:StringEquals", ["a", "b"], None, False),
    ("ForAnyValue:StringLike", "a*", ["c", "ab"], True),
    ("ForAllValues:StringNotEquals", "a", ["b", "c"], True),
    ("ForAllValues:StringNotEquals", "a", ["b", "a"], False),
    ("ForAnyValue:StringNotEquals", "a", ["a", "b"], True),
    ("ForAnyValue:StringNotEquals", "a", None, False),
]


def key_for(operator: str) -> str:
    """A condition key of the operator's type."""
    name = operator.rpartition(":")[2]
    if operator.startswith("For"):
        return "aws:TagKeys"
    if name.startswith("Arn"):
        return "aws:PrincipalArn"
    if name.startswith("Bool"):
        return "aws:MultiFactorAuthPresent"
    if name.startswith("Numeric"):
        return "aws:MultiFactorAuthAge"
    if name.startswith("Date"):
        return "aws:CurrentTime"
    return "aws:SourceIp" if "IpAddress" in name else "aws:RequestTag/team"


def conditional(operator: str, wanted: Any) -> Document:
    return policy_of(Condition={operator: {key_for(operator): wanted}})


@pytest.mark.parametrize(("operator", "wanted", "actual", "allowed"), CONDITIONS)
def test_conditions(operator: str, wanted: Any, actual: Any, allowed: bool) -> None:
    value = tuple(actual) if isinstance(actual, list) else actual
    context = {} if actual is None else {key_for(operator).upper(): value}
    assert allows(conditional(operator, wanted), context=context) == allowed


def test_the_simulator_agrees_about_statements_and_conditions() -> None:
    def request(action: str, resource: str, context: Document) -> Document:
        asked = {"action": action, "resource": resource, "context": context}
        return {"identity": ["it"], "principal": SESSION, **asked}

    runs = [
        ({"it": policy_of(**members)}, [request(action, resource, TEAM)])
        for _, members, action, resource, _ in STATEMENTS
    ]
    runs += [
        (
            {"it": conditional(operator, wanted)},
            [
                request(
                    "ssm:PutParameter",
                    f"{ARN}/a",
                    {} if actual is None else {key_for(operator): actual},
                )
            ],
        )
        for operator, wanted, actual, _ in CONDITIONS
    ]
    expected = [row[-1] for row in (*STATEMENTS, *CONDITIONS)]
    decisions = [allowed for (allowed,) in policy_table.simulate(runs)]
    differing = [
        run for run, ours, theirs in zip(runs, expected, decisions, strict=True) if ours != theirs
    ]
    assert differing == []


def test_all_keys_of_all_operators_have_to_hold() -> None:
    document = policy_of(
        Condition={"StringEquals": {"a:x": "1", "a:y": "2"}, "Bool": {"a:z": "true"}}
    )
    right = {"a:x": "1", "a:y": "2", "a:z": "true"}
    assert allows(document, context=right)
    for key in right:
        assert not allows(document, context={**right, key: "false"}), key


def reason(action: str, **attached: Any) -> str | None:
    return denial(Request(action, "arn:aws:kms:eu-west-1:123456789012:key/k", SESSION), Attached(**attached))


def test_a_denial_says_which_kind_of_policy_it_comes_from() -> None:
    everything, nothing = Policy(policy_of()), Policy(policy_of(Action="x:y"))
    deny = Policy(policy_of(Effect="Deny"))
    anyone = Policy(policy_of(Principal="*"))
    allowing = {"identity": (everything,)}
    words = {
        "an identity-based policy": {"identity": (everything, deny)},
        "a permissions boundary": {**allowing, "boundary": deny},
        "a resource-based policy": {**allowing, "resource": Policy(policy_of(Effect="Deny", Principal="*"))},
        "a service control policy": {**allowing, "scp": (everything, deny)},
        "a resource control policy": {**allowing, "rcp": (anyone, deny)},
    }
    for kind, attached in words.items():
        assert reason("ssm:GetParameter", **attached) == f"with an explicit deny in {kind}"
    words = {
        "identity-based policy": {"identity": (nothing,)},
        "permissions boundary": {**allowing, "boundary": nothing},
        "service control policy": {**allowing, "scp": (nothing,)},
        "resource control policy": {**allowing, "rcp": ()},
    }
    for kind, attached in words.items():
        assert reason("ssm:GetParameter", **attached) == (
            f"because no {kind} allows the ssm:GetParameter action"
        )
    assert reason("kms:Decrypt", **allowing) == (
        "because no resource-based policy allows the kms:Decrypt action"
    )


@pytest.mark.parametrize(
    ("principal", "alone", "beside_an_identity_policy"),
    [
        ("*", True, True),
        ({"AWS": "*"}, True, True),
        ({"AWS": ROLE}, True, True),
        ({"AWS": ["arn:aws:iam::123456789012:role/other", SESSION]}, True, True),
        ({"AWS": "arn:aws:iam::123456789012:root"}, False, True),
        ({"AWS": "123456789012"}, False, True),
        ({"AWS": "arn:aws:iam::210987654321:root"}, False, False),
        ({"AWS": "arn:aws:iam::123456789012:role/other"}, False, False),
        ({"Service": "ecs-tasks.amazonaws.com"}, False, False),
    ],
)
def test_a_key_is_used_by_those_whom_its_policy_names(
    principal: Any, alone: bool, beside_an_identity_policy: bool
) -> None:
    key = Policy(policy_of(Principal=principal))
    everything = Policy(policy_of())
    assert (reason("kms:Decrypt", resource=key) is None) == alone
    assert (
        reason("kms:Decrypt", resource=key, identity=(everything,)) is None
    ) == beside_an_identity_policy


def test_a_variable_with_several_values_matches_nothing() -> None:
    document = policy_of(Resource=f"{ARN}/${{aws:PrincipalTag/team}}")
    assert allows(document, resource=f"{ARN}/a", context={"aws:PrincipalTag/team": ("a",)})
    assert not allows(document, resource=f"{ARN}/a", context={"aws:PrincipalTag/team": ("a", "b")})


def test_an_identity_provider_is_not_the_account() -> None:
    provider = "arn:aws:iam::123456789012:oidc-provider/gitlab.com"
    trust = Policy(policy_of(Principal={"AWS": "123456789012"}))
    request = Request("sts:AssumeRoleWithWebIdentity", ROLE, provider)
    attached = Attached(resource=trust, identity=(Policy(policy_of()),))
    assert denial(request, attached) is not None


def test_a_deny_for_all_but_those_named() -> None:
    everything = Policy(policy_of())
    account = policy_of(Principal={"AWS": "123456789012"})["Statement"]
    for named, is_denied in ((ROLE, False), ("arn:aws:iam::123456789012:role/other", True)):
        deny = policy_of(Effect="Deny", NotPrincipal={"AWS": named})["Statement"]
        key = Policy({"Version": "2012-10-17", "Statement": account + deny})
        denied = reason("kms:Decrypt", resource=key, identity=(everything,)) is not None
        assert denied == is_denied, named


@pytest.mark.parametrize(
    ("document", "text"),
    [
        (policy_of(Condition={"BinaryEquals": {"a:b": "eA=="}}), "condition operator BinaryEquals"),
        (policy_of(Condition={"SomeValue:Bool": {"a:b": "true"}}), "condition operator SomeValue:Bool"),
        (policy_of(Condition={"ArnLike": {"a:b": "*"}}), "ArnLike wants ARNs"),
        (policy_of(Actions="ssm:*"), "no member Actions"),
        (policy_of(NotAction="ssm:*"), "Action and NotAction"),
        (policy_of(Action=None), "Action or NotAction"),
        (policy_of(Effect="allow"), "Effect 'allow'"),
        (policy_of(Resource="${*}"), "not known here"),
        ({"Statement": []}, "Version None"),
    ],
)
def test_a_policy_that_cannot_be_evaluated_is_refused(document: Document, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        Policy(document)
