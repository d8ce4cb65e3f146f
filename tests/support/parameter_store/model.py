"""The contents of the store.

Parameters with versions and labels, parameters of other accounts, secrets.
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from . import names
from .errors import ServiceError, validation_error
from .keys import DEFAULT_KEY_ID

TYPES = ("String", "StringList", "SecureString")
TAGS_PER_PARAMETER = 50

_VERSIONS_KEPT = 100
_LABELS_PER_VERSION = 10
_VALUE_BYTES_MAX = {"Standard": 4096, "Advanced": 8192}
_PARAMETERS_MAX = {"Standard": 10_000, "Advanced": 100_000}
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
    visible_from: float = 0.0
    """By the clock of Consistency: reads before do not see the version."""


@dataclass
class Consistency:
    """How soon a read sees what PutParameter has written. At once unless set otherwise.

    Writes see every write.
    """

    old_reads_seconds: float = 0.0
    """For so long after an overwrite reads see the version before."""
    missing_after_creation_seconds: float = 0.0
    """For so long after its creation reads do not find a parameter."""
    clock: Callable[[], float] = time.monotonic

    def reset(self) -> None:
        self.__dict__.update(Consistency().__dict__)

    def visible_from(self, previous: Version | None) -> float:
        """When a version that is written now becomes visible; never before the one it follows."""
        if previous is None:
            return self.clock() + self.missing_after_creation_seconds
        return max(self.clock() + self.old_reads_seconds, previous.visible_from)


@dataclass
class Parameter:
    """A named parameter: its versions, oldest first, which label is on which of them, and its tags."""

    name: str
    arn: str
    versions: list[Version] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    def as_of(self, now: float) -> "Parameter | None":
        """As a read sees it; None if there is nothing to be seen yet."""
        if self.latest.visible_from <= now:
            return self
        visible = [version for version in self.versions if version.visible_from <= now]
        return replace(self, versions=visible) if visible else None

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
    key_id: str | None = None
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
        self.consistency = Consistency()
        self.default_tier = "Standard"
        """The account's tier for parameters that are created without one."""
        self.limits = dict(_PARAMETERS_MAX)
        """How many parameters of each tier there can be."""
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
        tags: dict[str, str] | None = None,
        modified: float | None = None,
        visible_from: float = 0.0,
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
            tier = self.tier_of_put(parameter, tier, value)
            if parameter is None:
                if not force:
                    self._check_limit(tier)
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
                visible_from,
            )
            self._parameters[names.canonical(name)] = parameter
            parameter.tags.update(tags or {})
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
                visible_from=0.0,
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
        key_id: str | None = None,
    ) -> SecretVersion:
        """Creates a Secrets Manager secret or adds a version to it.

        Stages move to the new version. Without a key of its own everybody can decrypt it who may
        read it.
        """
        with self.lock:
            suffix = hashlib.sha256(name.encode()).hexdigest()[:6]
            arn = f"{names.secret_arn_prefix(self.region, name)}-{suffix}"
            secret = self._secrets.setdefault(name, Secret(name, arn))
            secret.key_id = key_id or secret.key_id
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

    def tag(self, name: str, tags: dict[str, str]) -> None:
        """Adds tags to a parameter, or gives those that it has another value."""
        with self.lock:
            parameter = self.require(name)
            if len(parameter.tags | tags) > TAGS_PER_PARAMETER:
                raise ServiceError("TooManyTagsError")
            parameter.tags.update(tags)

    def untag(self, name: str, keys: list[str]) -> None:
        """Removes tags, as far as the parameter has them."""
        with self.lock:
            parameter = self.require(name)
            for key in keys:
                parameter.tags.pop(key, None)

    def tier_of_put(self, parameter: Parameter | None, wanted: str | None, value: str) -> str:
        """The tier of the version that a value makes: Standard or Advanced."""
        previous = parameter.latest if parameter else None
        if wanted is None and previous is None:
            wanted = self.default_tier
        return _tier(wanted, previous, value)

    def delete(self, name: str) -> bool:
        """Deletes a parameter with all its versions; False if there is none."""
        with self.lock:
            return self._parameters.pop(names.canonical(name), None) is not None

    def reset(self) -> None:
        with self.lock:
            self._parameters.clear()
            self._shared.clear()
            self._secrets.clear()
            self.consistency.reset()
            self.default_tier = "Standard"
            self.limits = dict(_PARAMETERS_MAX)

    def find(self, reference: names.Reference) -> Parameter | None:
        """The parameter as a write finds it; read() is for reads."""
        with self.lock:
            if reference.is_arn:
                return self._shared.get(reference.name)
            return self._parameters.get(names.canonical(reference.name))

    def read(self, reference: names.Reference) -> Parameter | None:
        """The parameter as a read sees it now."""
        with self.lock:
            parameter = self.find(reference)
            return parameter and parameter.as_of(self.consistency.clock())

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
                for parameter in self.all()
                if names.is_below(parameter.name, path, recursive)
            ]

    def all(self) -> list[Parameter]:
        """The parameters as reads see them now."""
        with self.lock:
            now = self.consistency.clock()
            seen = (parameter.as_of(now) for parameter in self._parameters.values())
            return [parameter for parameter in seen if parameter is not None]

    def _check_limit(self, tier: str) -> None:
        limit = self.limits[tier]
        if len(self._parameters) < limit:
            return
        if sum(other.latest.tier == tier for other in self._parameters.values()) >= limit:
            raise ServiceError(
                "ParameterLimitExceeded",
                "Parameter limit exceeded. You have exceeded the number of parameters for this AWS "
                "account. Delete one or more parameters and try again.",
            )

    def _add_version(
        self,
        parameter: Parameter,
        value: str,
        type: str | None,
        key_id: str | None,
        tier: str,
        data_type: str,
        description: str | None,
        allowed_pattern: str | None,
        modified: float | None,
        force: bool,
        visible_from: float,
    ) -> None:
        previous = parameter.latest if parameter.versions else None
        type = type or (previous.type if previous else "String")
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
                visible_from=visible_from,
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
    if previous is not None and previous.tier == "Advanced":
        if wanted == "Standard":
            raise validation_error(
                "This parameter uses the advanced-parameter tier. You can't downgrade a parameter "
                "from the "
                "advanced-parameter tier to the standard-parameter tier."
            )
        return "Advanced"
    if wanted == "Intelligent-Tiering":
        is_large = len(value.encode("utf-8", "replace")) > _VALUE_BYTES_MAX["Standard"]
        return "Advanced" if is_large else "Standard"
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
