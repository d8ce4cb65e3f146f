"""The operations on tags."""

from __future__ import annotations

from typing import Any

from . import names
from .credentials import Credentials
from .errors import ServiceError, validation_error
from .model import Model, Parameter
from .policy import Policy, tag_context

Document = dict[str, Any]


class Tagger:
    """Reads and changes the tags of parameters, as far as the policy lets the caller."""

    def __init__(self, model: Model, policy: Policy) -> None:
        self._model = model
        self._policy = policy

    def add_tags_to_resource(self, caller: Credentials, request: Document) -> Document:
        tags = tags_of(request)
        parameter = self._parameter(caller, "ssm:AddTagsToResource", request, request_context(tags))
        self._model.tag(parameter.name, tags)
        return {}

    def remove_tags_from_resource(self, caller: Credentials, request: Document) -> Document:
        keys = {"aws:TagKeys": tuple(request["TagKeys"])}
        parameter = self._parameter(caller, "ssm:RemoveTagsFromResource", request, keys)
        self._model.untag(parameter.name, request["TagKeys"])
        return {}

    def list_tags_for_resource(self, caller: Credentials, request: Document) -> Document:
        parameter = self._parameter(caller, "ssm:ListTagsForResource", request, {})
        return {
            "TagList": [
                {"Key": key, "Value": value} for key, value in sorted(parameter.tags.items())
            ]
        }

    def _parameter(
        self,
        caller: Credentials,
        action: str,
        request: Document,
        context: dict[str, str | tuple[str, ...]],
    ) -> Parameter:
        """The parameter that a request is about, once the caller may do that to it."""
        name = request["ResourceId"]
        found = self._model.find(names.Reference(name, name))
        is_parameter = request["ResourceType"] == "Parameter"
        tags = found.tags if found and is_parameter else {}
        arn = names.parameter_arn(self._model.region, name)
        self._policy.check(caller, action, arn, {**resource_context(tags), **context})
        if found is None or not is_parameter:
            raise ServiceError("InvalidResourceId")
        return found


def tags_of(request: Document) -> dict[str, str]:
    """The tags that a request brings."""
    tags = {tag["Key"]: tag["Value"] for tag in request.get("Tags", [])}
    for key in tags:
        if key.lower().startswith("aws:"):
            raise validation_error(f"aws: prefixed tag key names are not allowed: {key}")
    return tags


def request_context(tags: dict[str, str]) -> dict[str, str | tuple[str, ...]]:
    """The condition keys of a request that brings tags."""
    if not tags:
        return {}
    return {**tag_context("aws:RequestTag", tags), "aws:TagKeys": tuple(tags)}


def resource_context(tags: dict[str, str]) -> dict[str, str | tuple[str, ...]]:
    """The condition keys of a request for a parameter that has tags."""
    return {
        **tag_context("aws:ResourceTag", tags),
        **tag_context("ssm:resourceTag", tags),
    }
