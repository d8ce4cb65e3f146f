"""Who may sign requests.

Access keys, their secrets and session tokens, and the principals behind them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .names import ACCOUNT_ID


@dataclass(frozen=True)
class Credentials:
    """One set of credentials.

    A session token makes them temporary; expired ones are known but refused.
    """

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None
    expired: bool = False
    principal_arn: str = f"arn:aws:iam::{ACCOUNT_ID}:user/tests"
    context: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Further condition keys of each request: aws:MultiFactorAuthPresent, aws:PrincipalTag/team."""


DEFAULT_CREDENTIALS = Credentials(
    "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
)
