"""Env files read by us, by dotenv and by dotenvx: every difference is listed here with its reason.

The man page, ENV FILES, tells the same in words. A new version of a loader that reads a case otherwise fails the test.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

LOADERS_FOLDER = Path(__file__).resolve().parents[1] / "support" / "dotenv-loaders"
CORPUS = {path.stem: path for path in sorted((LOADERS_FOLDER / "corpus").glob("*.env"))}
LOADERS = ("dotenv", "dotenvx")

Reading = dict[str, str] | None
"""The variables of a file; None where it is refused."""

NO_EXPANSION = "a value is text: a '$' in a password must survive, and reading a file must not run commands"
ESCAPES = "inside double quotes there has to be a way to write every character"
NOT_SKIPPED = "a line that is not an assignment is a mistake, and is reported with its line instead of skipped or guessed at"
NAMES = "the name is none that a shell or getenv in every language can use"
ONE_LINE = "an assignment is read from its line alone"
QUOTES = "quotes that do not pair up are a mistake; a guess would cut a password or put the quotes into it"
HASH = "a comment begins after a blank: a password such as ab#cd must survive"
LINE_ENDS = "a CR that ends no line would end up inside a value, or hide a line"
BLANKS = "only blank and tab are blanks; whatever else stands in a value was put there"
ENCODING = "a variable cannot contain a NUL, and replacing bytes that are not UTF-8 would change the value"

BOTH = LOADERS
DIFFERENCES: dict[str, tuple[tuple[str, ...], str]] = {
    "byte-order-mark-twice": (BOTH, BLANKS),
    "carriage-return-ends-line": (BOTH, LINE_ENDS),
    "carriage-return-in-quotes": (BOTH, LINE_ENDS),
    "command": (("dotenvx",), NO_EXPANSION),
    "command-in-backticks": (("dotenvx",), NO_EXPANSION),
    "command-in-double-quotes": (("dotenvx",), NO_EXPANSION),
    "dollar-in-password": (("dotenvx",), NO_EXPANSION),
    "encrypted": (("dotenvx",), "the value is dotenvx's ciphertext; here it is text like any other"),
    "equals-on-next-line": (BOTH, ONE_LINE),
    "escape-backslash": (BOTH, ESCAPES),
    "escape-backslash-before-n": (BOTH, ESCAPES),
    "escape-dollar": (("dotenv",), ESCAPES),
    "escape-dollar-unquoted": (("dotenvx",), "without double quotes a backslash is a character like others"),
    "escape-in-backticks": (BOTH, "backticks are literal: a backslash in front does not keep one from closing"),
    "escape-in-single-quotes": (BOTH, "single quotes are literal: a backslash in front does not keep one from closing"),
    "escape-quote": (BOTH, ESCAPES),
    "escape-tab": (("dotenv",), ESCAPES),
    "export-without-value": (BOTH, NOT_SKIPPED),
    "form-feed-behind-value": (BOTH, BLANKS),
    "hash-behind-quote": (BOTH, "a shell would make it part of the value: a comment needs a blank before it"),
    "hash-first": (BOTH, HASH),
    "hash-without-blank": (BOTH, HASH),
    "latin-1": (BOTH, ENCODING),
    "name-missing": (BOTH, NOT_SKIPPED),
    "name-no-ascii": (BOTH, NOT_SKIPPED),
    "name-quoted": (BOTH, NOT_SKIPPED),
    "name-with-blank": (BOTH, NOT_SKIPPED),
    "name-with-dash": (BOTH, NAMES),
    "name-with-digit-first": (BOTH, NAMES),
    "name-with-dot": (BOTH, NAMES),
    "no-break-space-around-value": (BOTH, BLANKS),
    "no-equals": (BOTH, NOT_SKIPPED),
    "nul": (BOTH, ENCODING),
    "own-setting": (BOTH, "settings of ssm-exec come from its environment, so that a file cannot change what it does"),
    "quote-closed-in-next-value": (BOTH, QUOTES),
    "quote-inside-its-kind": (BOTH, QUOTES),
    "quote-never-closed-backtick": (BOTH, QUOTES),
    "quote-never-closed-double": (BOTH, QUOTES),
    "quote-never-closed-single": (BOTH, QUOTES),
    "text-behind-quote": (BOTH, QUOTES),
    "two-quoted-texts": (BOTH, QUOTES),
    "utf-16": (BOTH, ENCODING),
    "value-on-next-line": (BOTH, ONE_LINE),
    "variable": (("dotenvx",), NO_EXPANSION),
    "variable-default": (("dotenvx",), NO_EXPANSION),
    "variable-in-backticks": (("dotenvx",), NO_EXPANSION),
    "variable-in-double-quotes": (("dotenvx",), NO_EXPANSION),
    "yaml": (BOTH, NOT_SKIPPED),
}


@pytest.fixture(scope="session")
def readings_of_loaders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Reading]]:
    """What each loader makes of each case, by case and loader."""
    assert (LOADERS_FOLDER / "node_modules").is_dir(), f"run: npm ci --ignore-scripts --prefix {LOADERS_FOLDER}"
    done = subprocess.run(
        ["node", LOADERS_FOLDER / "read.js", *CORPUS.values()],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path_factory.mktemp("home"))},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    by_file = json.loads(done.stdout)
    return {case: by_file[str(path)] for case, path in CORPUS.items()}


def read(program: Path, path: Path) -> Reading:
    """What we make of a file, by the library that the program was built from."""
    dump = program.parents[1] / "tests" / "dotenv-dump"
    assert dump.exists(), f"{dump} is missing: build with -Dtests=enabled"
    done = subprocess.run([dump, path], capture_output=True, timeout=60, check=False)
    if done.returncode == 1:
        assert (done.stdout, done.stderr.startswith(f"{path}:".encode())) == (b"", True), done
        return None
    assert (done.returncode, done.stderr) == (0, b""), done
    fields = [field.decode() for field in done.stdout.split(b"\0")[:-1]]
    return dict(zip(fields[::2], fields[1::2], strict=True))


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize("case", CORPUS)
def test_an_env_file_is_read_as_the_loader_does_unless_the_list_says_why_not(
    program: Path, readings_of_loaders: dict[str, dict[str, Reading]], case: str, loader: str
) -> None:
    ours = read(program, CORPUS[case])
    theirs = readings_of_loaders[case][loader]
    differing_loaders, reason = DIFFERENCES.get(case, ((), ""))
    if loader in differing_loaders:
        assert ours != theirs, f"no difference any more; the list says: {reason}"
    else:
        assert ours == theirs


def test_every_listed_difference_is_a_case_of_the_corpus() -> None:
    assert set(DIFFERENCES) <= set(CORPUS)
