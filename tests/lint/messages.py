"""The messages of ssm-exec, read from its sources.

A message is the format of a call that makes an error or an event, or a text that such a call gets as "%s": of the functions in
REPORTERS, or returned or kept by the code (then ASIDE lists the texts that are something else). "%s" and the like become "...".
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
OTHER_PROGRAM = ("src/migrate/", "src/policy/", "src/tree/", "src/aws/ssm_write/", "src/aws/ssm_describe/", "cmd/ssm-dotenv/", "cmd/completion-writer/")
"""What ssm-exec does not link."""

FORMATS = {"err_set": 3, "err_set_errno": 4, "err_list_add_new": 4, "err_add_why": 1, "event_emit": 3, "option_given_add_error": 3, "provider_absent": 1}
"""The functions that make messages, and which argument is the format."""
REPORTERS = {
    "add_error": 1, "add_unexpected": 2, "fail": None, "fail_at": 2, "fault": 1, "needs_login": 2, "read_property": 2, "refuse": 1, "warn": 1,
}  # fmt: skip
"""Functions of one file that hand a text on to one of those; None: any of the arguments."""
ASIDE = {
    "strcspn", "strstr", "strncmp", "span_is", "snprintf", "text_append_string", "text_append_format", "append_part", "append_remark", "put_text",
    "secret_check", "text_check", "secret_append_string", "settings_set_region", "err_set_hint", "credentials_set_origin", "credentials_set_renewal",
    
}  # fmt: skip
"""Functions whose texts are no messages: hints, names of things, output, and what is searched for in a reply."""

TOKEN = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|[A-Za-z_]\w*|\d+|\S", re.DOTALL)
CONVERSION = re.compile(r"%[-+ #0]*(?:\d+|\*)?(?:\.(?:\d+|\*))?(?:hh|h|ll|l|z|j|t)?[a-zA-Z]")


def sources() -> list[Path]:
    files = sorted(path for folder in ("src", "cmd") for pattern in ("*.c", "*.h") for path in (ROOT / folder).rglob(pattern))
    return [path for path in files if not path.relative_to(ROOT).as_posix().startswith(OTHER_PROGRAM)]


KEPT_ASIDE = {
    "cmd/options_shared.h": "",
    "cmd/ssm-exec/options_rows.c": "",
    "cmd/ssm-exec/app.c": "",
    "cmd/options_value.c": r"^, \\t",
    "cmd/ssm-exec/fetch.c": "^(AWS keeps|check)",
    "src/aws/config/endpoint.c": "^this is a FIPS",
    "src/aws/credentials.c": "^(access key id|secret access key|session token)$",
    "src/aws/config/profile_mistakes.c": "^sso_account_id",
    "src/aws/providers/": "^(container credentials|EC2 instance metadata|aws login|shared files|static keys|web identity|the role's trust policy)$",
    "src/aws/service/client.c": "^(application/|the account is not enabled|something between|the session|the secret|the access)",
    "src/aws/service/imds.c": "^EC2 instance metadata$",
    "src/aws/service/policy.c": "",
    "src/aws/ssm/diagnosis.c": r"^(not authorized| \(on|the resource-based|the key|directly)",
    "src/aws/ssm/path_call.c": "",
    "src/http/no_proxy.c": "",
    "src/http/outcome.c": "^(unexpected eof|The TLS connection)",
    "src/http/pem.c": "^(it looks like|PEM certificates|it is PKCS|it has no line|nothing may stand)",
    "src/vars/lock.c": "^(a|the) variable",
    "src/vars/merge.c": "^of no type",
    "src/vars/dotenv.c": "^(write |a name is made|set it in|close it|only a comment|is this a text|save the file|lines end)",
}
"""Texts of files or folders that are no messages, as a pattern: help, hints and names of things."""


def _tokens(text: str) -> list[str]:
    """Without comments and includes; adjacent strings are one."""
    tokens: list[str] = []
    for token in TOKEN.findall(re.sub(r"^\s*#\s*include.*$", "", text, flags=re.MULTILINE)):
        if token.startswith(("/*", "//")):
            continue
        if token.startswith('"') and tokens and tokens[-1].startswith('"'):
            tokens[-1] = tokens[-1][:-1] + token[1:]
        else:
            tokens.append(token)
    return tokens


def _strings(tokens: list[str]) -> Iterator[tuple[str, str, int]]:
    """Each string, with the function that it is an argument of ("" for none) and the number of the argument."""
    calls: list[list] = []  # bracket, function, argument
    for i, token in enumerate(tokens):
        if token in ("(", "{", "["):
            name = tokens[i - 1] if i > 0 and token == "(" and re.match(r"[A-Za-z_]", tokens[i - 1]) else ""
            calls.append([token, "" if name in ("return", "if", "while", "for", "switch") else name, 0])
        elif token in (")", "}", "]") and calls:
            calls.pop()
        elif token == "," and calls:
            calls[-1][2] += 1
        elif token.startswith('"'):
            call = next(((name, argument) for bracket, name, argument in reversed(calls) if name), ("", 0))
            yield token, call[0], call[1]


def _is_aside(text: str, file: str) -> bool:
    return any(file.startswith(place) and re.search(pattern, text) for place, pattern in KEPT_ASIDE.items())


def _is_message(text: str, file: str, function: str, argument: int) -> bool:
    if function in FORMATS and argument <= FORMATS[function]:
        return argument == FORMATS[function]
    if " " not in text.strip(" ,;") or (function not in REPORTERS and _is_aside(text, file)):
        return False
    if function in FORMATS:  # what "%s" stands for; a text that begins with a blank joins two others
        return not text.startswith((" ", ";"))
    if function in REPORTERS:
        return REPORTERS[function] in (None, argument)
    return function not in ASIDE


def normalised(text: str) -> str:
    text = text[1:-1].replace('\\"', '"').replace("\\n", "").replace("%%", "\0")
    text = re.sub(r"(?:\.\.\.)+", "...", CONVERSION.sub("...", text)).replace("\0", "%")
    return text.strip(" ,;:")


@functools.cache
def messages() -> dict[str, set[str]]:
    """Each message, with the files that have it."""
    found: dict[str, set[str]] = {}
    for path in sources():
        file = path.relative_to(ROOT).as_posix()
        for token, function, argument in _strings(_tokens(path.read_text())):
            text = normalised(token)
            if re.search("[a-z]", text) and _is_message(token[1:-1], file, function, argument):
                found.setdefault(text, set()).add(file)
    return found


if __name__ == "__main__":
    for text, files in sorted(messages().items(), key=lambda item: (sorted(item[1])[0], item[0])):
        print(sorted(files)[0], "|", text)
