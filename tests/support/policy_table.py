"""The policies of tests/policies, the requests that show what they do, and changed policies that some request must notice.

requests.json has a request a line: who asks, by which policies, for what, and whether it is allowed.
"""

from __future__ import annotations

import copy
import json
import os
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parameter_store.policies import Attached, Policy, Request, denial

Document = dict[str, Any]

FOLDER = Path(__file__).resolve().parents[1] / "policies"
SIMULATOR_FOLDER = Path(__file__).resolve().parent / "policy-simulator"
ACCOUNT = "123456789012"
ORGANISATION = "o-exampleorgid"


@dataclass(frozen=True)
class Mutant:
    """A policy with one thing left out."""

    policy: str
    change: str
    document: Document

    @property
    def name(self) -> str:
        return f"{self.policy} without {self.change}"


def load_policies() -> dict[str, Document]:
    """By path below the folder without .json. around/ has what only the tests need."""
    return {
        str(path.relative_to(FOLDER).with_suffix("")): json.loads(path.read_text())
        for path in sorted(FOLDER.rglob("*.json"))
        if path.name != "requests.json"
    }


def load_rows() -> list[Document]:
    """The requests, completed by what every request of a role says about it."""
    return [_completed(row) for row in json.loads((FOLDER / "requests.json").read_text())]


def _completed(row: Document) -> Document:
    if "principal" in row:
        return {"context": {}, **row}
    role = row.get("role", "someone")
    of_role = {
        "aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/{role}",
        "aws:PrincipalAccount": ACCOUNT,
        "aws:PrincipalIsAWSService": "false",
        "aws:PrincipalOrgID": ORGANISATION,
    }
    principal = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/session"
    return {**row, "principal": principal, "context": {**of_role, **row.get("context", {})}}


def uses(row: Document, policy: str) -> bool:
    return policy in row["identity"] or policy in (
        row.get(member) for member in ("boundary", "resource_policy", "scp", "rcp")
    )


def is_allowed(row: Document, policies: dict[str, Document]) -> bool:
    """What our engine says."""

    def policy(name: str | None) -> Policy | None:
        return Policy(policies[name]) if name else None

    def guard(everything: str, name: str | None) -> tuple[Policy, ...] | None:
        return (Policy(policies[everything]), Policy(policies[name])) if name else None

    attached = Attached(
        identity=tuple(Policy(policies[name]) for name in row["identity"]),
        boundary=policy(row.get("boundary")),
        resource=policy(row.get("resource_policy")),
        scp=guard("around/everything", row.get("scp")),
        rcp=guard("around/everything-from-anyone", row.get("rcp")),
    )
    request = Request(
        row["action"],
        row["resource"],
        row["principal"],
        {
            key: tuple(value) if isinstance(value, list) else value
            for key, value in row["context"].items()
        },
    )
    return denial(request, attached) is None


def mutants(policies: dict[str, Document]) -> Iterator[Mutant]:
    """Each policy without each of its statements, condition operators and condition keys."""
    for name, document in policies.items():
        if name.startswith("around/"):
            continue
        for number, statement in enumerate(document["Statement"]):
            title = statement.get("Sid", f"statement {number}")
            yield Mutant(name, title, _without(document, number))
            for operator, keys in statement.get("Condition", {}).items():
                yield Mutant(name, f"{operator} in {title}", _without(document, number, operator))
                for key in keys if len(keys) > 1 else ():
                    yield Mutant(
                        name, f"{key} in {title}", _without(document, number, operator, key)
                    )


def _without(
    document: Document, number: int, operator: str | None = None, key: str | None = None
) -> Document:
    changed = copy.deepcopy(document)
    if operator is None:
        del changed["Statement"][number]
    elif key is None:
        del changed["Statement"][number]["Condition"][operator]
    else:
        del changed["Statement"][number]["Condition"][operator][key]
    return changed


def validators(policies: Iterable[str]) -> dict[str, str]:
    """How the simulator has to check each policy's form."""
    kinds = {"trust": "trust", "scp": "scp", "rcp": "rcp", "key": "resource"}
    return {
        name: kinds.get(name.partition("-")[0], "identity")
        for name in policies
        if not name.startswith("around/")
    }


def simulate(
    runs: Iterable[tuple[dict[str, Document], list[Document]]], validate: bool = False
) -> list[list[bool]]:
    """What npm's simulator says: for each set of policies, whether each of the requests is allowed."""
    if not (SIMULATOR_FOLDER / "node_modules").is_dir():
        raise RuntimeError(f"run: npm ci --ignore-scripts --prefix {SIMULATOR_FOLDER}")
    results = []
    documents = [
        {
            "policies": policies,
            "requests": rows,
            "validate": validators(policies) if validate else {},
        }
        for policies, rows in runs
    ]
    done = subprocess.run(
        ["node", SIMULATOR_FOLDER / "simulate.js"],
        input=json.dumps(documents),
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    for result in json.loads(done.stdout):
        if result["invalid"]:
            raise RuntimeError("\n".join(result["invalid"]))
        results.append([decision == "Allowed" for decision in result["decisions"]])
    return results
