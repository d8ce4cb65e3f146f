"""The contents of the store.

Parameters with versions and labels, parameters of other accounts, secrets.
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
from dataclasses import dataclass, field

from . import names
from .errors import ServiceError, validation_error

TYPES = ("String", "StringList", "SecureString")
DEFAULT_KEY_ID = "alias/aws/ssm"

_VERSIONS_KEPT = 100
_LABELS_PER_VERSION = 10
_VALUE_BYTES_MAX = {"Standard": 4096, "Advanced": 8192}
_LABEL = re.compile(r"(?!aws|ssm|[0-9])[A-Za-z0-9_.-]{1,100}", re.IGNORECASE)


@dataclass(frozen=True)
class Version:
    """One version of a parameter; nothing in it ever changes."""

    number: int
    value: str
    type: str
    key_id: str | None
    tier: str
    data_type: str
    description: str | None
    allowed_pattern: str | None
    modified: float


@dataclass
class Parameter:
    """A named parameter: its versions, oldest first, and which label is on which of them."""

    name: str
    arn: str
    versions: list[Version] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)

    @property
    def latest(self) -> Version:
        return self.versions[-1]

    def version(self, number: int) -> Version | None:
        return next((version for version in self.versions if version.number == number), None)

    def select(self, selector: str) -> Version | None:
        """The version that a selector means: "" the latest, ":7" by number, ":label" by label."""
        if not selector:
            return self.latest
        wanted = selector[1:]
        return self.version(int(wanted)) if wanted.isdecimal() else self.labelled(wanted)

    def labelled(self, label: str) -> Version | None:
        number = self.labels.get(label)
        return None if number is None else self.version(number)

    def labels_of(self, version: Version) -> list[str]:
        return sorted(label for label, number in self.labels.items() if number == version.number)


@dataclass(frozen=True)
class SecretVersion:
    """One version of a Secrets Manager secret."""

    version_id: str
    value: str
    created: float


@dataclass
class Secret:
    """A Secrets Manager secret: versions by id, and which stage is on which of them."""

    name: str
    arn: str
    versions: dict[str, SecretVersion] = field(default_factory=dict)
    stages: dict[str, str] = field(default_factory=dict)

    def select(self, selector: str) -> SecretVersion | None:
        """The version that a selector means: "" the current one, else by version id or by stage."""
        wanted = selector[1:] or "AWSCURRENT"
        return self.versions.get(wanted) or self.versions.get(self.stages.get(wanted, ""))

    def stages_of(self, version: SecretVersion) -> list[str]:
        return sorted(
            stage for stage, version_id in self.stages.items() if version_id == version.version_id
        )


class Model:
    """The store's contents. Every method may be called from any thread."""

    def __init__(self, region: str) -> None:
        self.region = region
        self.lock = threading.RLock()
        self._parameters: dict[str, Parameter] = {}
        self._shared: dict[str, Parameter] = {}
        self._secrets: dict[str, Secret] = {}

    def put(
        self,
        name: str,
        value: str,
        type: str | None = None,
        *,
        key_id: str | None = None,
        labels: tuple[str, ...] = (),
        tier: str | None = None,
        data_type: str = "text",
        description: str | None = None,
        allowed_pattern: str | None = None,
        modified: float | None = None,
        overwrite: bool = True,
        force: bool = False,
    ) -> Version:
        """Creates a parameter or adds a version to it.

        Without a type a new parameter is a String and an old one stays what it is. force skips
        every rule about names and values, so that tests can have what PutParameter never lets in.
        """
        with self.lock:
            parameter = self._parameters.get(names.canonical(name))
            if not force:
                names.check_new_name(name, self.region)
                _check_change(parameter, type, overwrite)
            if parameter is None:
                parameter = Parameter(name, names.parameter_arn(self.region, name))
            self._add_version(
                parameter,
                value,
                type,
                key_id,
                tier,
                data_type,
                description,
                allowed_pattern,
                modified,
                force,
            )
            self._parameters[names.canonical(name)] = parameter
            if labels:
                self.label(name, labels)
            return parameter.latest

    def put_shared(
        self,
        arn: str,
        value: str,
        type: str | None = None,
        *,
        key_id: str | None = None,
        labels: tuple[str, ...] = (),
        modified: float | None = None,
    ) -> Version:
        """Creates a parameter that another account shares, or adds a version to it.

        Only its full ARN reads it.
        """
        with self.lock:
            name = arn.partition(":parameter")[2]
            parameter = self._shared.setdefault(arn, Parameter(name, arn))
            self._add_version(
                parameter,
                value,
                type,
                key_id,
                "Advanced",
                "text",
                None,
                None,
                modified,
                force=False,
            )
            parameter.labels.update((label, parameter.latest.number) for label in labels)
            return parameter.latest

    def put_secret(
        self,
        name: str,
        value: str,
        *,
        version_id: str | None = None,
        stages: tuple[str, ...] = ("AWSCURRENT",),
        created: float | None = None,
    ) -> SecretVersion:
        """Creates a Secrets Manager secret or adds a version to it.

        Stages move to the new version.
        """
        with self.lock:
            suffix = hashlib.sha256(name.encode()).hexdigest()[:6]
            arn = f"{names.secret_arn_prefix(self.region, name)}-{suffix}"
            secret = self._secrets.setdefault(name, Secret(name, arn))
            if version_id is None:
                version_id = f"11111111-2222-3333-4444-{len(secret.versions) + 1:012d}"
            version = SecretVersion(version_id, value, time.time() if created is None else created)
            secret.versions[version_id] = version
            secret.stages.update((stage, version_id) for stage in stages)
            return version

    def label(
        self, name: str, labels: tuple[str, ...], number: int | None = None
    ) -> tuple[Version, list[str]]:
        """Moves labels to a version (the latest by default).

        Returns the version and the labels that are none.
        """
        with self.lock:
            parameter = self.require(name)
            version = parameter.latest if number is None else parameter.version(number)
            if version is None:
                raise ServiceError(
                    "ParameterVersionNotFound",
                    f"Systems Manager could not find version {number} of {name}. Verify the "
                    "version and try again.",
                )
            valid = [label for label in labels if _LABEL.fullmatch(label)]
            if len(set(parameter.labels_of(version)) | set(valid)) > _LABELS_PER_VERSION:
                raise ServiceError(
                    "ParameterVersionLabelLimitExceeded",
                    f"A parameter version can have maximum {_LABELS_PER_VERSION} labels."
                    "Move one or more labels to another version and try again.",
                )
            parameter.labels.update((label, version.number) for label in valid)
            return version, [label for label in labels if label not in valid]

    def delete(self, name: str) -> bool:
        """Deletes a parameter with all its versions; False if there is none."""
        with self.lock:
            return self._parameters.pop(names.canonical(name), None) is not None

    def reset(self) -> None:
        with self.lock:
            self._parameters.clear()
            self._shared.clear()
            self._secrets.clear()

    def find(self, reference: names.Reference) -> Parameter | None:
        with self.lock:
            if reference.is_arn:
                return self._shared.get(reference.name)
            return self._parameters.get(names.canonical(reference.name))

    def find_secret(self, reference: names.Reference) -> Secret | None:
        with self.lock:
            return self._secrets.get(reference.name.removeprefix(names.SECRET_PREFIX))

    def require(self, name: str) -> Parameter:
        with self.lock:
            parameter = self._parameters.get(names.canonical(name))
            if parameter is None:
                raise ServiceError("ParameterNotFound")
            return parameter

    def below(self, path: str, recursive: bool) -> list[Parameter]:
        with self.lock:
            return [
                parameter
                for parameter in self._parameters.values()
                if names.is_below(parameter.name, path, recursive)
            ]

    def all(self) -> list[Parameter]:
        with self.lock:
            return list(self._parameters.values())

    def _add_version(
        self,
        parameter: Parameter,
        value: str,
        type: str | None,
        key_id: str | None,
        tier: str | None,
        data_type: str,
        description: str | None,
        allowed_pattern: str | None,
        modified: float | None,
        force: bool,
    ) -> None:
        previous = parameter.latest if parameter.versions else None
        type = type or (previous.type if previous else "String")
        tier = _tier(tier, previous, value)
        if not force:
            _check_value(value, tier, allowed_pattern)
        if len(parameter.versions) == _VERSIONS_KEPT:
            oldest = parameter.versions[0]
            if parameter.labels_of(oldest):
                raise ServiceError(
                    "ParameterMaxVersionLimitExceeded",
                    f"You attempted to create a new version of {parameter.name} by calling the "
                    "PutParameter API with the "
                    f"overwrite flag. Version {oldest.number}, the oldest version, can't be "
                    "deleted because it has a label "
                    "associated with it. Move the label to another version of the parameter, and "
                    "try again.",
                )
            del parameter.versions[0]
        parameter.versions.append(
            Version(
                number=previous.number + 1 if previous else 1,
                value=value,
                type=type,
                key_id=(key_id or DEFAULT_KEY_ID) if type == "SecureString" else None,
                tier=tier,
                data_type=data_type,
                description=description,
                allowed_pattern=allowed_pattern,
                modified=round(time.time(), 3) if modified is None else float(modified),
            )
        )


def _check_change(parameter: Parameter | None, type: str | None, overwrite: bool) -> None:
    if parameter is None:
        return
    if not overwrite:
        raise ServiceError(
            "ParameterAlreadyExists",
            "The parameter already exists. To overwrite this value, set the overwrite option in "
            "the request to true.",
        )
    if type is not None and type != parameter.latest.type:
        raise ServiceError(
            "HierarchyTypeMismatchException",
            "Parameter Store doesn't support changing a parameter type in a hierarchy. For "
            "example, you can't change a "
            "parameter from a String type to a SecureString type. You must create a new, unique "
            "parameter.",
        )


def _tier(wanted: str | None, previous: Version | None, value: str) -> str:
    if wanted == "Intelligent-Tiering":
        wanted = (
            "Advanced"
            if len(value.encode("utf-8", "replace")) > _VALUE_BYTES_MAX["Standard"]
            else "Standard"
        )
    if previous is not None and previous.tier == "Advanced":
        if wanted == "Standard":
            raise validation_error(
                "This parameter uses the advanced-parameter tier. You can't downgrade a parameter "
                "from the "
                "advanced-parameter tier to the standard-parameter tier."
            )
        return "Advanced"
    return wanted or "Standard"


def _check_value(value: str, tier: str, allowed_pattern: str | None) -> None:
    limit = _VALUE_BYTES_MAX[tier]
    if len(value.encode()) > limit:
        raise validation_error(
            f"{tier} tier parameters support a maximum parameter value of {limit} characters."
        )
    if re.search(r"\{\{.*?\}\}", value):
        raise validation_error(
            'Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.'
        )
    if allowed_pattern:
        try:
            matches = re.fullmatch(allowed_pattern, value)
        except re.error as error:
            raise ServiceError(
                "InvalidAllowedPatternException",
                f"The pattern is not a regular expression: {error}",
            ) from None
        if not matches:
            raise ServiceError(
                "ParameterPatternMismatchException",
                f"Parameter value, cannot be validated against allowedPattern: {allowed_pattern}",
            )
