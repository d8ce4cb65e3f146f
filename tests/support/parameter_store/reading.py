"""The operations that read: by path, by name, history, and the description without values."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from typing import Any

from . import filters, names
from .credentials import Credentials
from .errors import ServiceError, validation_error
from .json_text import AnswerStyle, write
from .keys import Keys
from .model import Model, Parameter, Secret, SecretVersion, Version
from .names import Reference
from .paging import Pager, Paging
from .policy import Policy
from .tagging import resource_context

Document = dict[str, Any]


class Reader:
    """Answers reads from the model, as far as policy and keys let the caller."""

    def __init__(
        self, model: Model, policy: Policy, keys: Keys, paging: Paging, style: AnswerStyle
    ) -> None:
        self._model = model
        self._policy = policy
        self._keys = keys
        self._paging = paging
        self._style = style
        self._pager = Pager()

    def get_parameters_by_path(self, caller: Credentials, request: Document) -> Document:
        path = request["Path"]
        names.check_path(path)
        recursive = request.get("Recursive", False)
        context = {"ssm:Recursive": str(recursive).lower()}
        self._policy.check(caller, "ssm:GetParametersByPath", self._arn(path), context)
        wanted = filters.parse_for_path(request.get("ParameterFilters", []))
        found = [
            (parameter, version)
            for parameter in self._model.below(path, recursive)
            if (version := filters.select(parameter, wanted)) is not None
        ]
        page = self._pager.page(
            "GetParametersByPath",
            request,
            found,
            lambda item: item[0].name,
            default_size=10,
            paging=self._paging,
        )
        items = [*page.items, *self._unasked()]
        decrypt = request.get("WithDecryption", False)
        self._check_keys(caller, decrypt, items)
        documents = [
            self._parameter(parameter, version, "", decrypt) for parameter, version in items
        ]
        return {"Parameters": documents, **page.token_members}

    def get_parameters(self, caller: Credentials, request: Document) -> Document:
        references = [
            names.parse_reference(text, self._model.region)
            for text in dict.fromkeys(request["Names"])
        ]
        decrypt = request.get("WithDecryption", False)
        self._check_references("ssm:GetParameters", caller, references, decrypt)
        documents: list[Document] = []
        invalid: list[str] = []
        for reference in references:
            document = self._read(caller, reference, decrypt)
            if document is None:
                invalid.append(reference.text)
            else:
                documents.append(document)
        documents += [
            self._parameter(parameter, version, "", decrypt)
            for parameter, version in self._unasked()
        ]
        documents.sort(key=lambda document: self._paging.order(document["Name"]))
        return {"Parameters": documents, "InvalidParameters": invalid}

    def get_parameter(self, caller: Credentials, request: Document) -> Document:
        reference = names.parse_reference(request["Name"], self._model.region)
        decrypt = request.get("WithDecryption", False)
        self._check_references("ssm:GetParameter", caller, [reference], decrypt)
        document = self._read(caller, reference, decrypt)
        if document is None:
            raise self._not_found(reference)
        return {"Parameter": document}

    def get_parameter_history(self, caller: Credentials, request: Document) -> Document:
        reference = names.parse_reference(request["Name"], self._model.region)
        if reference.selector or reference.is_secret:
            raise validation_error(
                "Parameter history takes a parameter's name or ARN, without version or label."
            )
        self._check_parameter("ssm:GetParameterHistory", caller, reference)
        parameter = self._model.read(reference)
        if parameter is None:
            raise ServiceError("ParameterNotFound")
        page = self._pager.page(
            "GetParameterHistory",
            request,
            list(parameter.versions),
            lambda version: f"{version.number:010}",
            default_size=50,
            paging=Paging(),
        )
        decrypt = request.get("WithDecryption", False)
        self._check_keys(caller, decrypt, ((parameter, version) for version in page.items))
        documents = [
            {
                **self._metadata(parameter, version),
                "Value": _value(parameter, version, decrypt),
                "Labels": parameter.labels_of(version),
            }
            for version in page.items
        ]
        return {"Parameters": documents, **page.token_members}

    def describe_parameters(self, caller: Credentials, request: Document) -> Document:
        self._policy.check(caller, "ssm:DescribeParameters", self._everything())
        wanted = filters.parse_for_describe(request.get("ParameterFilters", []))
        found = [
            (parameter, version)
            for parameter in self._model.all()
            if not request.get("Shared")
            and (version := filters.select(parameter, wanted)) is not None
        ]
        page = self._pager.page(
            "DescribeParameters",
            request,
            found,
            lambda item: item[0].name,
            default_size=50,
            paging=Paging(),
        )
        return {"Parameters": [self._metadata(*item) for item in page.items], **page.token_members}

    def _read(self, caller: Credentials, reference: Reference, decrypt: bool) -> Document | None:
        if reference.is_secret:
            secret = self._model.find_secret(reference)
            version = secret.select(reference.selector) if secret else None
            if secret is None or version is None:
                return None
            if secret.key_id is not None:
                context = {"SecretARN": secret.arn, "SecretVersionId": version.version_id}
                self._keys.check_decrypt(caller, secret.key_id, context, "secretsmanager")
            return self._secret(secret, version, reference)
        parameter = self._model.read(reference)
        selected = parameter.select(reference.selector) if parameter else None
        if parameter is None or selected is None:
            return None
        self._check_keys(caller, decrypt, [(parameter, selected)])
        return self._parameter(parameter, selected, reference.selector, decrypt)

    def _not_found(self, reference: Reference) -> ServiceError:
        if reference.is_secret or self._model.read(reference) is None:
            return ServiceError("ParameterNotFound")
        wanted = reference.selector[1:]
        kind = "version" if wanted.isdecimal() else "label"
        return ServiceError(
            "ParameterVersionNotFound",
            f"Systems Manager could not find {kind} {wanted} of {reference.name}. Verify the "
            f"{kind} and try again.",
        )

    def _check_references(
        self, action: str, caller: Credentials, references: list[Reference], decrypt: bool
    ) -> None:
        for reference in references:
            self._check_parameter(action, caller, reference)
            if reference.is_secret:
                if not decrypt:
                    raise validation_error(
                        "WithDecryption flag must be True for retrieving a Secret Manager secret."
                    )
                secret = self._model.find_secret(reference)
                arn = (
                    secret.arn
                    if secret
                    else names.secret_arn_prefix(self._model.region, reference.name)
                )
                self._policy.check(caller, "secretsmanager:GetSecretValue", arn)

    def _check_parameter(self, action: str, caller: Credentials, reference: Reference) -> None:
        """A missing parameter is not named to a caller who would not be allowed to read it."""
        found = None if reference.is_secret else self._model.read(reference)
        resource = reference.name if reference.is_arn else self._arn(reference.name)
        context = resource_context(found.tags if found else {})
        shown = None if found or reference.is_secret else self._everything()
        self._policy.check(caller, action, resource, context, shown)

    def _check_keys(
        self, caller: Credentials, decrypt: bool, items: Iterable[tuple[Parameter, Version]]
    ) -> None:
        for parameter, version in items:
            if decrypt and version.key_id is not None:
                self._keys.check_decrypt(caller, version.key_id, {"PARAMETER_ARN": parameter.arn})

    def _unasked(self) -> list[tuple[Parameter, Version]]:
        parameters = [self._model.require(name) for name in self._paging.unasked]
        return [(parameter, parameter.latest) for parameter in parameters]

    def _arn(self, name: str) -> str:
        return names.parameter_arn(self._model.region, name)

    def _everything(self) -> str:
        return f"arn:aws:ssm:{self._model.region}:{names.ACCOUNT_ID}:*"

    def _parameter(
        self, parameter: Parameter, version: Version, selector: str, decrypt: bool
    ) -> Document:
        return {
            "ARN": parameter.arn,
            "DataType": version.data_type,
            "LastModifiedDate": version.modified,
            "Name": parameter.name,
            **({"Selector": selector} if selector else {}),
            "Type": version.type,
            "Value": _value(parameter, version, decrypt),
            "Version": version.number,
            **self._style.extra_members,
        }

    def _secret(self, secret: Secret, version: SecretVersion, reference: Reference) -> Document:
        source = {
            "ARN": secret.arn,
            "name": secret.name,
            "versionId": version.version_id,
            "secretString": version.value,
            "versionStages": secret.stages_of(version),
            "createdDate": version.created,
        }
        return {
            "ARN": secret.arn,
            "DataType": "text",
            "LastModifiedDate": version.created,
            "Name": reference.name,
            **({"Selector": reference.selector} if reference.selector else {}),
            "SourceResult": write(source, AnswerStyle()).decode(),
            "Type": "SecureString",
            "Value": version.value,
            "Version": 0,
            **self._style.extra_members,
        }

    def _metadata(self, parameter: Parameter, version: Version) -> Document:
        optional = {
            "KeyId": version.key_id,
            "Description": version.description,
            "AllowedPattern": version.allowed_pattern,
        }
        return {
            "Name": parameter.name,
            "ARN": parameter.arn,
            "Type": version.type,
            **{name: value for name, value in optional.items() if value is not None},
            "LastModifiedDate": version.modified,
            "LastModifiedUser": f"arn:aws:iam::{names.ACCOUNT_ID}:root",
            "Version": version.number,
            "Tier": version.tier,
            "Policies": [],
            "DataType": version.data_type,
        }


def _value(parameter: Parameter, version: Version, decrypt: bool) -> str:
    if version.type != "SecureString" or decrypt:
        return version.value
    return _ciphertext(parameter, version)


def _ciphertext(parameter: Parameter, version: Version) -> str:
    """What KMS would have made of the value.

    The same each time, of a length that fits, and nothing to be read in it.
    """
    seed = f"{parameter.arn} {version.number} {version.value}".encode("utf-8", "replace")
    length = 100 + len(version.value.encode("utf-8", "replace"))
    return base64.b64encode(b"\x01\x02\x02\x00x" + hashlib.shake_256(seed).digest(length)).decode()
