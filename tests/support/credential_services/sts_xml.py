"""The Security Token Service's answers as AWS spells them, element by element."""

from __future__ import annotations

from xml.sax.saxutils import escape

from parameter_store import Credentials

_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"

Element = tuple[str, "str | list[Element]"]
"""A name with its text or its children."""


def assumed_role(role_id: str, principal_arn: str) -> Element:
    return ("AssumedRoleUser", [("Arn", principal_arn), ("AssumedRoleId", role_id)])


def role_credentials(credentials: Credentials, expiration: str) -> Element:
    return (
        "Credentials",
        [
            ("AccessKeyId", credentials.access_key_id),
            ("SecretAccessKey", credentials.secret_access_key),
            ("SessionToken", credentials.session_token or ""),
            ("Expiration", expiration),
        ],
    )


def web_identity_credentials(credentials: Credentials, expiration: str) -> Element:
    """The same; only the order is another one here."""
    return (
        "Credentials",
        [
            ("SessionToken", credentials.session_token or ""),
            ("SecretAccessKey", credentials.secret_access_key),
            ("Expiration", expiration),
            ("AccessKeyId", credentials.access_key_id),
        ],
    )


def result(action: str, elements: list[Element], request_id: str) -> bytes:
    return _document(
        (
            f"{action}Response",
            [
                (f"{action}Result", elements),
                ("ResponseMetadata", [("RequestId", request_id)]),
            ],
        )
    )


def error(code: str, message: str, status: int, request_id: str) -> bytes:
    kind = "Sender" if status < 500 else "Receiver"
    return _document(
        (
            "ErrorResponse",
            [
                ("Error", [("Type", kind), ("Code", code), ("Message", message)]),
                ("RequestId", request_id),
            ],
        )
    )


def _document(root: Element) -> bytes:
    name, _ = root
    return _text(root, 0).replace(f"<{name}>", f'<{name} xmlns="{_NAMESPACE}">', 1).encode()


def _text(element: Element, depth: int) -> str:
    name, content = element
    indent = "  " * depth
    if isinstance(content, str):
        return f"{indent}<{name}>{escape(content)}</{name}>\n"
    children = "".join(_text(child, depth + 1) for child in content)
    return f"{indent}<{name}>\n{children}{indent}</{name}>\n"
