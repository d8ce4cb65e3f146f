"""Parameter names.

What the service accepts, which names are the same, how names and ARNs are referred to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .errors import ServiceError, validation_error

ACCOUNT_ID = "123456789012"
SECRET_PREFIX = "/aws/reference/secretsmanager/"

_LEVELS_MAX = 15
_NAME_AND_ARN_PREFIX_MAX = 1011
_NAME_CHARACTERS = re.compile(r"[A-Za-z0-9_./-]+")
_SECRET_CHARACTERS = re.compile(r"[A-Za-z0-9/_+=.@-]+")
_SELECTOR_CHARACTERS = re.compile(r"[A-Za-z0-9_.-]+")
_PARAMETER_ARN = re.compile(
    r"arn:[a-z0-9-]+:ssm:(?P<region>[a-z0-9-]+):(?P<account>[0-9]{12}):parameter(?P<name>/.+)"
)

_PATH_REQUIREMENTS = (
    "The parameter doesn't meet the parameter name requirements. The parameter name must begin "
    'with a forward slash "/". '
    'It can\'t be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, '
    "numbers, or the following "
    "symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All "
    "sub-paths, if specified, must "
    'use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.'
)
_NAME_REQUIREMENTS = (
    'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it '
    "can consist of sub-paths "
    "divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the "
    "following 3 symbols .-_"
)
_SELECTOR_REQUIREMENTS = (
    "Invalid parameter name. Please use correct syntax for referencing a version/label  "
    "<name>, <name:version>, <name:label>"
)


@dataclass(frozen=True)
class Reference:
    """What a read asks for: a name or the ARN of a parameter, and which version of it."""

    text: str
    """As requested, selector included."""
    name: str
    """A name, or the whole ARN without its selector when the parameter is another account's."""
    selector: str = ""
    """"" or ":7" or ":label"."""

    @property
    def is_secret(self) -> bool:
        return self.name.startswith(SECRET_PREFIX)

    @property
    def is_arn(self) -> bool:
        return self.name.startswith("arn:")


def canonical(name: str) -> str:
    """Two names are the same parameter if this is the same for both: /Foo and Foo are."""
    return name.removeprefix("/")


def levels(name: str) -> list[str]:
    return canonical(name).split("/")


def parameter_arn(region: str, name: str) -> str:
    """The ARN of a parameter, or of a path.

    One slash after "parameter", whether the name begins with one or not.
    """
    return f"arn:aws:ssm:{region}:{ACCOUNT_ID}:parameter/{canonical(name)}"


def secret_arn_prefix(region: str, name: str) -> str:
    return f"arn:aws:secretsmanager:{region}:{ACCOUNT_ID}:secret:{name}"


def is_below(name: str, path: str, recursive: bool) -> bool:
    """Whether GetParametersByPath for the path returns the name.

    Whole levels count, the path itself does not.
    """
    inside = path.strip("/")
    prefix = f"{inside}/" if inside else ""
    candidate = canonical(name)
    if not candidate.startswith(prefix):
        return False
    return recursive or "/" not in candidate[len(prefix) :]


def check_path(path: str) -> None:
    if not path.startswith("/") or "//" in path or not _NAME_CHARACTERS.fullmatch(path):
        raise validation_error(_PATH_REQUIREMENTS)


def check_new_name(name: str, region: str) -> None:
    """Refuses a name that PutParameter refuses."""
    _check_name_form(name)
    lowered = canonical(name).lower()
    if lowered.startswith("aws/"):
        raise ServiceError(
            "AccessDeniedException", f"No access to reserved parameter name: {name}."
        )
    if lowered.startswith("aws"):
        raise validation_error(
            'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).'
        )
    if lowered.startswith("ssm"):
        raise validation_error(_NAME_REQUIREMENTS)
    if len(levels(name)) > _LEVELS_MAX:
        raise ServiceError(
            "HierarchyLevelLimitExceededException",
            f"Hierarchy level limit exceeded: a parameter name can have {_LEVELS_MAX} levels at "
            "most.",
        )
    if len(parameter_arn(region, name)) > _NAME_AND_ARN_PREFIX_MAX:
        raise validation_error(
            f"Parameter name: can't be longer than {_NAME_AND_ARN_PREFIX_MAX} characters, its "
            "ARN's included."
        )


def parse_reference(text: str, region: str) -> Reference:
    """Takes apart a member of Names. An ARN of this account and region becomes the plain name."""
    if text.startswith("arn:"):
        return _parse_arn(text, region)
    name, selector = _split_selector(text)
    if name.startswith(SECRET_PREFIX):
        if not _SECRET_CHARACTERS.fullmatch(name.removeprefix(SECRET_PREFIX)):
            raise validation_error(_NAME_REQUIREMENTS)
    else:
        _check_name_form(name)
    return Reference(text, name, selector)


def _parse_arn(text: str, region: str) -> Reference:
    prefix, separator, rest = text.partition(":parameter/")
    name, selector = _split_selector(rest)
    parsed = _PARAMETER_ARN.fullmatch(f"{prefix}{separator}{name}")
    if parsed is None:
        raise validation_error(f"Invalid parameter ARN: {text}")
    _check_name_form(parsed["name"])
    if parsed["account"] == ACCOUNT_ID and parsed["region"] == region:
        return Reference(text, parsed["name"], selector)
    return Reference(text, parsed[0], selector)


def _split_selector(text: str) -> tuple[str, str]:
    name, colon, selector = text.partition(":")
    if colon and not _SELECTOR_CHARACTERS.fullmatch(selector):
        raise validation_error(_SELECTOR_REQUIREMENTS)
    return name, colon + selector


def _check_name_form(name: str) -> None:
    if "/" in name and not name.startswith("/"):
        raise validation_error("Parameter name must be a fully qualified name.")
    if not _NAME_CHARACTERS.fullmatch(name) or "//" in name or name.endswith("/"):
        raise validation_error(_NAME_REQUIREMENTS)
