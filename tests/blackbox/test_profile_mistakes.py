"""A mistake in a shared file must not silently make the program use the role of the machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from chain import Chain, chain, role  # noqa: F401

KEYS = b"aws_access_key_id = AKIAFILE\naws_secret_access_key = secret/of+file/must-not-be-seenxxxxxxxxx\n"
ID, SECRET = KEYS.splitlines(keepends=True)
UNREAD = "must-not-be-seen"


@dataclass(frozen=True)
class Case:
    """Files, and what the program says of them on a machine that has a role."""

    config: bytes = b""
    credentials: bytes = b""
    error: str = ""
    """With its place, "config:3: ..."; "": there is none, and the machine's role or the file's keys are used."""
    warning: str = ""
    """With -v."""
    winner: str = "metadata"
    env: tuple[tuple[str, str], ...] = ()


MEANT = "did you mean "
UNUSED = "credentials that look like those of profile"

CASES: dict[str, Case] = {
    # Read as intended
    "line ends of CR alone": Case(credentials=(b"[default]\n" + KEYS).replace(b"\n", b"\r"), winner="file"),
    "line ends of CR alone behind a comment": Case(credentials=(b"# mine\n[default]\n" + KEYS).replace(b"\n", b"\r"), winner="file"),
    "line ends of CR LF": Case(credentials=(b"[default]\n" + KEYS).replace(b"\n", b"\r\n"), winner="file"),
    "a byte order mark": Case(credentials=b"\xef\xbb\xbf[default]\n" + KEYS, winner="file"),
    "keys in capitals": Case(credentials=b"[default]\n" + ID.upper() + SECRET, winner="file"),
    # Not a text
    "UTF-16 with a mark": Case(credentials=("[default]\n" + KEYS.decode()).encode("utf-16"), error="credentials:1: a NUL byte"),
    "UTF-16": Case(credentials=("[default]\n" + KEYS.decode()).encode("utf-16-le"), error="credentials:1: a NUL byte"),
    "UTF-16, the other way round": Case(credentials=("[default]\n" + KEYS.decode()).encode("utf-16-be"), error="credentials:1: a NUL byte"),
    "UTF-32": Case(credentials=("[default]\n" + KEYS.decode()).encode("utf-32"), error="credentials:1: a NUL byte"),
    "a NUL in a comment": Case(credentials=b"[default]\n#\0\n" + KEYS, error="credentials:2: a NUL byte"),
    "no text at all": Case(credentials=b"PK\x03\x04\x14", error="credentials:1: property before any [section]"),
    # Not the grammar
    "keys before a section": Case(credentials=KEYS, error="credentials:1: property before any [section]"),
    "variables": Case(credentials=b"export AWS_ACCESS_KEY_ID=AKIAFILE\n", error="credentials:1: property before any [section]"),
    "a key without =": Case(credentials=b"[default]\naws_access_key_id AKIAFILE\n", error="credentials:2: neither a [section] nor key = value"),
    "a colon": Case(credentials=b"[default]\naws_access_key_id: AKIAFILE\n", error="credentials:2: neither a [section] nor key = value"),
    "an = of another alphabet": Case(credentials="[default]\naws_access_key_id \uff1d AKIAFILE\n".encode(), error="credentials:2: neither a [section] nor key = value"),
    "no closing bracket": Case(credentials=b"[default\n" + KEYS, error="credentials:1: section without a closing ]"),
    "all on one line": Case(credentials=b"[default] " + KEYS, error="credentials:1: text after the ] of the section"),
    "words behind the bracket": Case(credentials=b"[default] my own\n" + KEYS, warning="credentials:1: text after the ]", winner="file"),
    "an indented file": Case(credentials=b"  [default]\n  " + ID + b"  " + SECRET, error="credentials:1: indented line"),
    "keys indented below a region": Case(config=b"[default]\nregion = us-east-1\n  " + ID, error="config:3: indented line, which continues the value above it"),
    "keys indented below another key": Case(config=b"[default]\noutput = json\n  " + ID + b"  " + SECRET, error="config:3: indented line, which continues the value above it"),
    "keys indented below an empty key": Case(config=b"[default]\ns3 =\n  " + ID + b"  " + SECRET, error="config:3: indented line, which continues the value above it"),
    "a second mark in the middle": Case(credentials=b"[default]\n\xef\xbb\xbf" + KEYS, error=f"credentials:2: profile \"default\" has an unknown key: {MEANT}aws_access_key_id?"),
    # Sections that are not used
    "a type in the credentials file": Case(credentials=b"[profile default]\n" + KEYS, error=f'credentials:1: {UNUSED} "default" are not used: in the credentials file it is [NAME]'),
    "the same beside a region": Case(b"[default]\nregion = us-east-1\n", b"[profile default]\n" + KEYS, error=f"credentials:1: {UNUSED}"),
    "default in capitals": Case(credentials=b"[DEFAULT]\n" + KEYS, error='credentials:1: credentials are not used: this section is not named "default"'),
    "default with a slip": Case(credentials=b"[defualt]\n" + KEYS, error='credentials:1: credentials are not used: this section is not named "default"'),
    "default in capitals in the config file": Case(b"[Default]\n" + KEYS, error=f'config:1: {UNUSED} "default" are not used: in the config file a profile is [profile NAME]'),
    "a type in capitals": Case(b"[PROFILE default]\n" + KEYS, error=f"config:1: {UNUSED}"),
    "a type with a slip": Case(b"[profiles default]\n" + KEYS, error=f"config:1: {UNUSED}"),
    "no blank behind the type": Case(b"[profile:default]\n" + KEYS, error=f"config:1: {UNUSED}"),
    "a blank of another alphabet": Case("[profile\u00a0default]\n".encode() + KEYS, error=f"config:1: {UNUSED}"),
    "an accent in the name": Case(credentials="[d\u00e9fault]\n".encode() + KEYS, warning="credentials:1: section ignored: its name"),
    "a control character in the name": Case(credentials=b"[default\x0b]\n" + KEYS, error=f"credentials:1: {UNUSED}"),
    "quotes in the credentials file": Case(credentials=b'["default"]\n' + KEYS, error=f"credentials:1: {UNUSED}"),
    "keys that [profile default] replaces": Case(b"[default]\n" + KEYS + b"[profile default]\nregion = us-east-1\n", error="config:1: credentials that look like"),
    "a plain section of a profile": Case(b"[dev]\n" + KEYS + b"[profile dev]\nregion = us-east-1\n", env=(("AWS_PROFILE", "dev"),), error=f'config:1: {UNUSED} "dev"'),
    "another profile": Case(b"[dev]\n" + KEYS, b"[profile dev]\n" + KEYS + b"[ops]\n" + KEYS, warning="section ignored: in the credentials file it is [NAME]"),
    "another name that begins so": Case(credentials=b"[default2]\n" + KEYS + b"[default-old]\n" + KEYS),
    "a wrong section without keys": Case(b"[Default]\noutput = json\n", warning="config:1: section ignored"),
    "sections of other tools": Case(b"[plugins]\ncli_legacy_plugin_path = /x\n[default]\nregion = us-east-1\n"),
    "an unknown kind of section": Case(b"[thing default]\n" + KEYS, warning="config:1: section ignored"),
    # Keys that are not used
    "a slip in the key id's key": Case(credentials=b"[default]\naws_acces_key_id = AKIAFILE\n" + SECRET, error=f"credentials:2: profile \"default\" has an unknown key: {MEANT}aws_access_key_id?"),
    "slips in both": Case(credentials=b"[default]\naws_acces_key_id = AKIAFILE\naws_secret_acess_key = x\n", error=f"credentials:3: profile \"default\" has an unknown key: {MEANT}aws_secret_access_key?"),
    "other tools' names": Case(credentials=b"[default]\naws_access_key = AKIAFILE\naws_secret_key = x\n", error=f"unknown key: {MEANT}aws_secret_access_key?"),
    "dashes": Case(credentials=b"[default]\naws-access-key-id = AKIAFILE\naws-secret-access-key = x\n", error="unknown key"),
    "a blank of another alphabet in a key": Case(credentials=b"[default]\naws_access_key_id\xc2\xa0= AKIAFILE\n", error=f"credentials:2: profile \"default\" has an unknown key: {MEANT}aws_access_key_id?"),
    "variables in a section": Case(credentials=b"[default]\nexport AWS_ACCESS_KEY_ID=AKIAFILE\n", error="credentials:2: profile \"default\" has an unknown key"),
    "a secret alone": Case(credentials=b"[default]\n" + SECRET, error="credentials:2: profile \"default\" has aws_secret_access_key but no aws_access_key_id"),
    "a token alone": Case(credentials=b"[default]\naws_session_token = x\n", error="credentials:2: profile \"default\" has aws_session_token but no aws_access_key_id"),
    "a key id alone": Case(credentials=b"[default]\n" + ID, error="credentials:2: profile \"default\" has aws_access_key_id but no aws_secret_access_key"),
    "a source without a role": Case(b"[default]\nsource_profile = base\n", error="config:2: profile \"default\" has source_profile but no role_arn"),
    "a slip in a role": Case(b"[default]\nrole-arn = x\ncredential_source = Environment\n", error=f"config:2: profile \"default\" has an unknown key: {MEANT}role_arn?"),
    "a slip in a process": Case(b"[default]\ncredentials_process = helper\n", error=f"unknown key: {MEANT}credential_process?"),
    "a start URL alone": Case(b"[default]\nsso_start_url = https://x/\n", error="config:2: profile \"default\" has sso_start_url but no sso_account_id and sso_role_name"),
    "keys that an empty one hides": Case(b"[default]\n" + KEYS, b"[default]\naws_access_key_id =\n", error="config:2: aws_access_key_id is not used: a later line sets the same key to an empty value"),
    "empty keys": Case(credentials=b"[default]\naws_access_key_id =\naws_secret_access_key =\n"),
    "a session alone": Case(b"[default]\nsso_session = corp\n", warning="config:2: sso_session gives no credentials without"),
    "a credential source alone": Case(b"[default]\ncredential_source = Ec2InstanceMetadata\n", warning="config:2: credential_source gives no credentials without role_arn"),
    "keys of other tools": Case(b"[default]\noutput = json\ns3 =\n  max_concurrent_requests = 2\ncli_pager =\nregion = us-east-1\nmfa_serial = x\n"),
    "a key with a blank": Case(b"[default]\nmy own = x\n", warning="config:2: property ignored"),
    "an unselected profile's slip": Case(credentials=b"[dev]\naws_acces_key_id = AKIAFILE\n"),
    # A file that is not there
    "a file that a variable names": Case(env=(("AWS_SHARED_CREDENTIALS_FILE", "/no/such/file"),), warning="/no/such/file: AWS_SHARED_CREDENTIALS_FILE names it, but there is no such file"),
}


@pytest.mark.parametrize("name", CASES)
def test_nothing_of_a_file_is_dropped_in_silence(chain: Chain, name: str) -> None:
    case = CASES[name]
    chain.static("file")
    folder = chain.home / ".aws"
    folder.mkdir()
    (folder / "config").write_bytes(case.config)
    (folder / "credentials").write_bytes(case.credentials)
    chain.write = lambda: None  # type: ignore[method-assign]
    env = {**chain.metadata_env(), **dict(case.env)}
    if case.error:
        result = chain.fail(case.error, env=env)
        assert chain.metadata.journal.entries == []
    else:
        result = chain.run("-v", env=env)
        assert result.status == 0, result.err
        assert chain.winner() == case.winner
        assert case.warning in result.err
        assert ("warning: " in result.err) == bool(case.warning), result.err
    assert UNREAD not in result.err and "AKIAFILE" not in result.err


def test_a_named_profile_that_is_missing_is_looked_for_in_wrong_sections(chain: Chain) -> None:
    (chain.home / ".aws").mkdir()
    config = Path(chain.home / ".aws" / "config")
    config.write_bytes(b"\n[dev]\n" + KEYS)
    chain.write = lambda: None  # type: ignore[method-assign]
    chain.fail('AWS_PROFILE: there is no profile "dev"', f"hint: {config}:2: {UNUSED} \"dev\" are not used: in the config file a profile is [profile NAME]",
               env={"AWS_PROFILE": "dev", **chain.metadata_env()})


def test_a_source_profile_with_a_slip_says_so(chain: Chain) -> None:
    chain.config = {"profile app": {"role_arn": role("app"), "source_profile": "base"}, "profile base": {"aws_acces_key_id": "AKIAX"}}
    chain.fail("config:6: profile \"base\" has an unknown key: did you mean aws_access_key_id?", env={"AWS_PROFILE": "app", **chain.metadata_env()})
