"""The files below ~/.aws that a client reads, written into a test's home directory."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from hashlib import sha1, sha256
from pathlib import Path
from typing import Any

from parameter_store import Credentials

from .issuing import timestamp

Section = Mapping[str, "str | Mapping[str, str]"]
"""Properties; a mapping is a nested one, as in a services section."""


def write_profiles(
    home: Path,
    config: Mapping[str, Section] | None = None,
    credentials: Mapping[str, Section] | None = None,
) -> None:
    """~/.aws/config and ~/.aws/credentials by section title, which is "profile x" in the first only."""
    for name, sections in (("config", config), ("credentials", credentials)):
        if sections is not None:
            _write(home / ".aws" / name, "\n".join(map(_section, sections.items())))


def write_sso_token(
    home: Path,
    key: str,
    access_token: str,
    expires_at: datetime | str | None = None,
    **members: Any,
) -> Path:
    """What "aws sso login" leaves behind.

    The key is the session's name, or the start URL of a profile without a session. The token
    expires in an hour unless something else is said, as text if the form matters. members are
    further members, or others.
    """
    document = {"accessToken": access_token, "expiresAt": _expiry(expires_at), **members}
    path = home / ".aws" / "sso" / "cache" / f"{sha1(key.encode()).hexdigest()}.json"
    return _write(path, json.dumps(document))


def write_login_session(
    home: Path,
    login_session: str,
    credentials: Credentials,
    expires_at: datetime | str | None = None,
) -> Path:
    """What "aws login" leaves behind for a profile with that login_session."""
    access_token = {
        "accessKeyId": credentials.access_key_id,
        "secretAccessKey": credentials.secret_access_key,
        "sessionToken": credentials.session_token,
        "accountId": credentials.principal_arn.split(":")[4],
        "expiresAt": _expiry(expires_at),
    }
    path = home / ".aws" / "login" / "cache" / f"{sha256(login_session.encode()).hexdigest()}.json"
    return _write(path, json.dumps({"accessToken": access_token}))


def _section(item: tuple[str, Section]) -> str:
    title, properties = item
    lines = [f"[{title}]"]
    for key, value in properties.items():
        if isinstance(value, str):
            lines.append(f"{key} = {value}")
        else:
            lines += [f"{key} =", *(f"  {name} = {text}" for name, text in value.items())]
    return "\n".join(lines) + "\n"


def _expiry(expires_at: datetime | str | None) -> str:
    if isinstance(expires_at, str):
        return expires_at
    return timestamp(expires_at or datetime.now(timezone.utc) + timedelta(hours=1))


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)
    return path
