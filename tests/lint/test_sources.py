"""Rules of the source tree that no compiler checks: layers, who may see secrets, refused calls."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
C_FOLDERS = ("src", "cmd", "tests/unit", "tests/fuzz", "tests/bench", "tests/static", "tests/allocation", "tests/packaging")
C_FILES = sorted(path for folder in C_FOLDERS for path in (ROOT / folder).rglob("*.[ch]"))
PRODUCT_FILES = [path for path in C_FILES if path.relative_to(ROOT).parts[0] in ("src", "cmd")]

# Which rooms of src, by folder, a room may include from, besides itself.
LAYERS = {
    "base": set(),
    "json": {"base"},
    "http": {"base"},
    "aws": {"base"},
    "aws/sign": {"base", "aws"},
    "aws/config": {"base", "http", "aws"},
    "aws/service": {"base", "json", "http", "aws", "aws/sign", "aws/config"},
    "aws/providers": {"base", "json", "http", "aws", "aws/sign", "aws/config", "aws/service"},
    "aws/ssm": {"base", "json", "http", "aws", "aws/config", "aws/service"},
    "aws/ssm_describe": {"base", "json", "http", "aws/service", "aws/ssm"},
    "aws/ssm_write": {"base", "json", "http", "aws/service", "aws/ssm"},
    "policy": {"base", "json", "aws"},
    "vars": {"base", "json"},
    "launch": {"base"},
    "migrate": {"base", "vars"},
    "tree": {"base"},
}

# A third-party library has few users, all in one folder; so has what only Linux has.
LIBRARY_USERS = {
    r"<curl/": {"src/http/curl_trust.h", "src/http/transfer.h"},
    r"<mbedtls/(md|sha256|version)": {"src/aws/sign/digest.c"},
    r"<mbedtls/(platform|ssl|x509)": {"src/http/mbedtls_trust.c"},
    r"<mbedtls/asn1": {"src/http/mbedtls_trust.c", "src/http/pem.c"},
    r"<jsmn.h>": {"src/json/json.c"},
    r"<dlfcn.h>": {"src/http/tls_memory.c"},
    r"<sys/prctl.h>": {"src/launch/process.c"},
}

# Who may look into a secret, and why.
EXPOSERS = {
    "src/base/secret.c": "the type itself",
    "src/http/http.c": "checks that a header is one line",
    "src/http/early_connect.c": "compares the bodies of requests",
    "src/http/transfer.c": "hands headers and bodies to libcurl",
    "src/json/json.c": "parses reply bodies",
    "src/aws/service/client.c": "signs, and cuts our own secrets out of what AWS echoes",
    "src/aws/credentials.c": "checks fields for control characters",
    "src/aws/providers/provider.c": "takes the region from the metadata service's reply",
    "src/aws/providers/instance_role.c": "reads the role's name, and why there are no credentials for it",
    "src/aws/providers/process.c": "splits the line of credential_process into words",
    "src/aws/config/profile_parse.c": "parses the shared files",
    "src/aws/config/profile_section.c": "hands out values of the keys that it lists as public",
    "src/aws/service/service_error.c": "cuts our own secrets out of what AWS echoes",
    "src/aws/providers/sso.c": "checks the cached token for line breaks",
    "src/aws/service/imds.c": "checks that the session token can be part of a header",
    "src/aws/ssm_write/write_call.c": "looks for the value that is written in what AWS answers",
    "src/aws/ssm_write/write_request.c": "writes the value into the request's body",
    "src/aws/sign/sigv4.c": "hashes keys and requests",
    "src/aws/service/xml.c": "parses reply bodies",
    "src/aws/providers/sts.c": "encodes the web identity token into the form",
    "src/aws/providers/token_file.c": "trims the token",
    "src/vars/dotenv.c": "parses env files",
    "src/vars/envblock.c": "writes NAME=value",
    "src/vars/merge.c": "looks for NULs",
    "src/vars/source.c": "recognises references in env files",
    "src/launch/memfd.c": "writes the file in memory",
    "cmd/ssm-dotenv/retire_git.c": "reads the ids of commits from what git prints",
    "src/migrate/classify.c": "looks at the shape of a value, of which it returns enumerations",
    "src/migrate/compare.c": "compares the file's values with the stored ones",
    "src/migrate/inventory.c": "compares values of several files",
    "src/migrate/map_make.c": "copies a value that somebody wants to stay in the map",
    "src/migrate/push_check.c": "looks for what a loader would expand",
    "src/migrate/map_read.c": "parses maps, in place of which an env file may have been named",
    "src/migrate/needles.c": "looks for values in files",
}

# Other versions lay out some lines differently.
FORMATTER = 14

# Who may call realloc, which leaves copies behind: not for bytes of secrets.
ALLOCATORS = {"src/base/array.c", "src/base/text.c", "src/base/locked.c", "src/base/locked.h", "src/json/json.c"}

REFUSED_CALLS = re.compile(
    r"\b(system|popen|setenv|putenv|strcpy|strcat|sprintf|vsprintf|atoi|atol|strtok|gets|alloca|exit)\("
)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def includes(path: Path) -> list[str]:
    return re.findall(r'^#include (["<][^">]+[">])', path.read_text(), re.MULTILINE)


def test_layers_are_kept() -> None:
    wrong = []
    for path in PRODUCT_FILES:
        if path.is_relative_to(ROOT / "src"):
            room = path.parent.relative_to(ROOT / "src").as_posix()
            wrong += [
                f"{name(path)} includes {include}"
                for include in includes(path)
                if include.startswith('"') and include.strip('"').rpartition("/")[0] not in {room, *LAYERS[room]}
            ]
    assert not wrong


def test_vars_names_nothing_of_aws() -> None:
    """Names of its variables, types and paths come in as data."""
    text = "".join(path.read_text() for path in (ROOT / "src/vars").iterdir())
    assert not re.findall(r"AWS_|/aws/|SecureString", text)


def test_third_party_and_linux_headers_have_the_users_that_the_list_names() -> None:
    using = {
        pattern: {name(path) for path in PRODUCT_FILES if any(re.match(pattern, include) for include in includes(path))}
        for pattern in LIBRARY_USERS
    }
    assert using == LIBRARY_USERS


def test_each_third_party_library_is_used_in_one_folder() -> None:
    assert all(len({Path(user).parent for user in users}) == 1 for users in LIBRARY_USERS.values())


def test_secrets_are_exposed_where_the_list_says_and_nowhere_else() -> None:
    exposing = {
        name(path)
        for path in PRODUCT_FILES
        if path.suffix == ".c" and re.search(r"secret_expose|[.>]bytes_\b", path.read_text())
    }
    assert exposing == set(EXPOSERS)


def test_no_key_that_may_hold_a_secret_is_public() -> None:
    """profile_property_text hands out what PUBLIC_KEYS lists, and nothing else."""
    source = (ROOT / "src/aws/config/profile_section.c").read_text()
    (table,) = re.findall(r"PUBLIC_KEYS\[\] = \{(.*?)\};", source, re.DOTALL)
    keys = set(re.findall(r'"(\w+)"', table))
    assert "region" in keys
    assert not keys & {"aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_security_token", "credential_process"}
    assert source.count("assert(profile_key_is_public(property->key));") == source.count("secret_expose(&property->value)") == 1


def test_every_test_that_the_security_page_names_exists() -> None:
    """And each sentence on what ssm-exec protects against names one."""
    page = (ROOT / "docs" / "security.md").read_text()
    defined = set()
    for path in (ROOT / "tests").rglob("*.py"):
        defined.update(re.findall(r"^def (test_\w+)\(", path.read_text(), re.MULTILINE))
    for path in (ROOT / "tests/unit").rglob("test_*.c"):
        defined.update(re.findall(r"^static void (\w+)\(void \*\*state\)", path.read_text(), re.MULTILINE))
    named = set(re.findall(r"`([a-z0-9]+(?:_[a-z0-9]+){2,})`", page)) - {"credential_process"}
    assert len(named) > 40
    assert named - defined == set()
    files = set(re.findall(r"`((?:tests|src)/[\w/.]+)`", page))
    assert [file for file in files if not (ROOT / file).exists()] == []
    (protected,) = re.findall(r"## What it protects against\n(.*?)\n## ", page, re.DOTALL)
    sentences = re.split(r"\n- ", protected)[1:]
    assert [sentence for sentence in sentences if not re.search(r"`\w*_\w+`", sentence)] == []


def test_no_refused_calls() -> None:
    wrong = []
    for path in PRODUCT_FILES:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            code = re.sub(r'"([^"\\]|\\.)*"|/\*.*?\*/', "", line)
            if REFUSED_CALLS.search(code) and not line.lstrip().startswith(("*", "/*")):
                wrong.append(f"{name(path)}:{number}: {line.strip()}")
            if "realloc(" in code and name(path) not in ALLOCATORS:
                wrong.append(f"{name(path)}:{number}: {line.strip()}")
    assert not wrong


def test_the_library_neither_prints_nor_exits() -> None:
    wrong = []
    for path in PRODUCT_FILES:
        if path.relative_to(ROOT).parts[0] != "src":
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if re.search(r"\b(printf|puts|fputs|fprintf|perror|abort)\(|std(out|err)\b", line):
                wrong.append(f"{name(path)}:{number}: {line.strip()}")
    assert not wrong


def test_no_function_has_more_than_six_parameters() -> None:
    heads = re.compile(r"^[a-z][\w ]*[ *](\w+)\(([^;{}]*)\)\n\{", re.MULTILINE)
    wrong = [
        f"{name(path)}: {function}"
        for path in PRODUCT_FILES
        for function, parameters in heads.findall(path.read_text())
        if parameters.count(",") >= 6
    ]
    assert not wrong


def test_every_header_compiles_on_its_own() -> None:
    for path in PRODUCT_FILES:
        if path.suffix == ".h":
            source = f'#include "{path}"\n'
            command = ["gcc", "-std=c17", "-D_GNU_SOURCE", "-Wall", "-Werror", "-fsyntax-only", "-x", "c",
                       "-I", str(ROOT / "src"), "-I", str(ROOT / "cmd"), "-I", str(path.parent), "-"]
            result = subprocess.run(command, input=source, text=True, capture_output=True, check=False)
            assert result.returncode == 0, f"{name(path)}: {result.stderr}"


def test_every_file_says_its_licence() -> None:
    assert [name(path) for path in C_FILES if "SPDX-License-Identifier: MIT" not in path.read_text()] == []


def test_the_code_is_formatted() -> None:
    version = subprocess.run(["clang-format", "--version"], text=True, capture_output=True, check=True).stdout
    if f"version {FORMATTER}." not in version:
        pytest.skip(f"the format is that of clang-format {FORMATTER}, and this is {version.strip()}")
    result = subprocess.run(
        ["clang-format", "--dry-run", "--Werror", *map(str, C_FILES)], text=True, capture_output=True, check=False
    )
    assert result.returncode == 0, result.stderr[:4000]


def test_meson_can_read_what_each_unit_test_says() -> None:
    """Without TAP, meson takes a program for one that was skipped."""
    programs = sorted((ROOT / "tests" / "unit").rglob("test_*.c"))
    assert programs and [str(path) for path in programs if "CM_OUTPUT_TAP" not in path.read_text()] == []
