"""The operations that write: put, delete, label."""

from __future__ import annotations

from typing import Any

from . import names
from .credentials import Credentials
from .errors import ServiceError, validation_error
from .model import DEFAULT_KEY_ID, Model
from .policy import Keys, Policy

Document = dict[str, Any]


class Writer:
    """Changes the model, as far as policy and keys let the caller."""

    def __init__(self, model: Model, policy: Policy, keys: Keys) -> None:
        self._model = model
        self._policy = policy
        self._keys = keys

    def put_parameter(self, caller: Credentials, request: Document) -> Document:
        name = request["Name"].strip()
        self._check("ssm:PutParameter", caller, name)
        overwrite = request.get("Overwrite", False)
        if overwrite and request.get("Tags"):
            raise validation_error(
                "Invalid request: tags and overwrite can't be used together. To create a "
                "parameter with tags, please remove "
                "overwrite flag. To update tags for an existing parameter, please use "
                "AddTagsToResource or "
                "RemoveTagsFromResource."
            )
        with self._model.lock:
            existing = self._model.find(names.Reference(name, name))
            kind = request.get("Type") or (existing.latest.type if existing and overwrite else None)
            if kind is None and existing is None:
                raise validation_error("A parameter type is required when you create a parameter.")
            if kind == "SecureString":
                self._keys.check_enabled(request.get("KeyId", DEFAULT_KEY_ID))
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
        self._policy.check(caller, action, names.parameter_arn(self._model.region, name))


def _data_type(request: Document) -> str:
    data_type: str = request.get("DataType", "text")
    if data_type not in ("text", "aws:ec2:image", "aws:ssm:integration"):
        raise validation_error(
            f"The following data type is not supported: {data_type} (Data type names are all "
            "lowercase.)"
        )
    return data_type
