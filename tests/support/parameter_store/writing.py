"""The operations that write: put, delete, label."""

from __future__ import annotations

from typing import Any

from . import names
from .credentials import Credentials
from .errors import ServiceError, validation_error
from .keys import DEFAULT_KEY_ID, Keys
from .model import TAGS_PER_PARAMETER, Model, Parameter
from .policy import Policy
from .tagging import request_context, resource_context, tags_of

Document = dict[str, Any]


class Writer:
    """Changes the model, as far as policy and keys let the caller."""

    def __init__(self, model: Model, policy: Policy, keys: Keys) -> None:
        self._model = model
        self._policy = policy
        self._keys = keys

    def put_parameter(self, caller: Credentials, request: Document) -> Document:
        name = request["Name"].strip()
        overwrite = request.get("Overwrite", False)
        tags = tags_of(request)
        self._check_put(caller, name, request, tags)
        if overwrite and tags:
            raise validation_error(
                "Invalid request: tags and overwrite can't be used together. To create a "
                "parameter with tags, please remove "
                "overwrite flag. To update tags for an existing parameter, please use "
                "AddTagsToResource or "
                "RemoveTagsFromResource."
            )
        if len(tags) > TAGS_PER_PARAMETER:
            raise validation_error(f"A parameter can have {TAGS_PER_PARAMETER} tags at most.")
        with self._model.lock:
            existing = self._model.find(names.Reference(name, name))
            kind = request.get("Type") or (existing.latest.type if existing and overwrite else None)
            if kind is None and existing is None:
                raise validation_error("A parameter type is required when you create a parameter.")
            if kind == "SecureString":
                self._check_key(caller, name, request, existing)
            elif "KeyId" in request:
                raise validation_error("KeyId is required for SecureString type parameter only.")
            version = self._model.put(
                name,
                request["Value"],
                kind,
                key_id=request.get("KeyId"),
                tier=request.get("Tier"),
                data_type=_data_type(request),
                description=request.get("Description"),
                allowed_pattern=request.get("AllowedPattern"),
                tags=tags,
                visible_from=self._model.consistency.visible_from(
                    existing.latest if existing else None
                ),
                overwrite=overwrite,
            )
        return {"Version": version.number, "Tier": version.tier}

    def delete_parameter(self, caller: Credentials, request: Document) -> Document:
        self._check("ssm:DeleteParameter", caller, request["Name"])
        if not self._model.delete(request["Name"]):
            raise ServiceError("ParameterNotFound")
        return {}

    def delete_parameters(self, caller: Credentials, request: Document) -> Document:
        for name in request["Names"]:
            self._check("ssm:DeleteParameters", caller, name)
        deleted = [name for name in request["Names"] if self._model.delete(name)]
        return {
            "DeletedParameters": deleted,
            "InvalidParameters": [name for name in request["Names"] if name not in deleted],
        }

    def label_parameter_version(self, caller: Credentials, request: Document) -> Document:
        self._check("ssm:LabelParameterVersion", caller, request["Name"])
        version, invalid = self._model.label(
            request["Name"], tuple(request["Labels"]), request.get("ParameterVersion")
        )
        return {"InvalidLabels": invalid, "ParameterVersion": version.number}

    def _check(self, action: str, caller: Credentials, name: str) -> None:
        found = self._model.find(names.Reference(name, name))
        context = resource_context(found.tags if found else {})
        self._policy.check(caller, action, self._arn(name), context)

    def _check_put(
        self, caller: Credentials, name: str, request: Document, tags: dict[str, str]
    ) -> None:
        """PutParameter knows nothing of the tags that a parameter has; to give it some is an action of its own."""
        context = request_context(tags)
        if "Overwrite" in request:
            context["ssm:Overwrite"] = str(request["Overwrite"]).lower()
        self._policy.check(caller, "ssm:PutParameter", self._arn(name), context)
        if tags:
            self._policy.check(
                caller, "ssm:AddTagsToResource", self._arn(name), request_context(tags)
            )

    def _check_key(
        self, caller: Credentials, name: str, request: Document, existing: Parameter | None
    ) -> None:
        tier = self._model.tier_of_put(existing, request.get("Tier"), request["Value"])
        key_id = request.get("KeyId", DEFAULT_KEY_ID)
        self._keys.check_encrypt(caller, key_id, tier, {"PARAMETER_ARN": self._arn(name)})

    def _arn(self, name: str) -> str:
        return names.parameter_arn(self._model.region, name)


def _data_type(request: Document) -> str:
    data_type: str = request.get("DataType", "text")
    if data_type not in ("text", "aws:ec2:image", "aws:ssm:integration"):
        raise validation_error(
            f"The following data type is not supported: {data_type} (Data type names are all "
            "lowercase.)"
        )
    return data_type
