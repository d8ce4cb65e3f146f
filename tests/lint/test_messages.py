"""docs/operations.md lists the messages that the sources of ssm-exec have, each with what to do."""

from __future__ import annotations

import re

import pytest
from messages import ROOT, messages, normalised

PAGE = (ROOT / "docs" / "operations.md").read_text()
ROWS = re.findall(r"^\| (`.+`) \| (.*) \|$", PAGE.split("\n## Messages\n")[1], re.MULTILINE)
"""The rows of the tables: messages, and what to do about them."""
LISTED = [message for cell, _ in ROWS for message in re.findall(r"`([^`]+)`", cell)]


def test_the_page_has_every_message_of_the_sources() -> None:
    missing = {text: sorted(files) for text, files in messages().items() if text not in LISTED}
    assert missing == {}, "add a row, or the text to a row, in docs/operations.md"


def test_the_page_has_no_message_that_the_sources_lack() -> None:
    assert [text for text in LISTED if text not in messages()] == []


def test_a_message_is_listed_once() -> None:
    assert sorted(text for text in set(LISTED) if LISTED.count(text) > 1) == []


def test_each_row_says_what_to_do() -> None:
    assert [cell for cell, remedy in ROWS if len(remedy.split()) < 3] == []


@pytest.mark.parametrize("literal,text", [
    (r'"\"%s\" is not a region name"', '"..." is not a region name'),
    ('"%zu bytes in %lld ms"', "... bytes in ... ms"),
    ('"%s%.*s, 100%% of %-3d; "', "..., 100% of ..."),
    ('" (error -0x%04x)"', "(error -0x...)"),
])  # fmt: skip
def test_formats_are_shown_as_patterns(literal: str, text: str) -> None:
    assert normalised(literal) == text


@pytest.mark.parametrize("text", [
    "there is no such setting",  # an option's
    "there is nothing to read: no SOURCE was given",  # in a list
    "cannot wait until it is readable",  # with errno
    "source_profile forms a loop",  # through a function of one file
    "the token file is empty",
    "a colon was expected",  # in a table
    "the connection was closed before the answer was complete",  # returned
    "still waiting for ... after ... s: no answer yet",  # an event
])  # fmt: skip
def test_every_kind_of_message_is_found(text: str) -> None:
    assert text in messages()


def test_the_options_and_tests_that_the_page_names_exist() -> None:
    rows = "".join((ROOT / "cmd" / path).read_text() for path in ("ssm-exec/options_rows.c", "options_shared.h"))
    named = set(re.findall(r"(?<![-\w])--([a-z][-a-z]+)", PAGE))
    assert named and {option for option in named if f'"{option}"' not in rows} == set()
    tests = "".join(path.read_text() for folder in ("blackbox", "packaging") for path in (ROOT / "tests" / folder).glob("*.py"))
    names = re.findall(r"`(test_\w+)`", PAGE)
    assert names and [name for name in names if f"def {name}(" not in tests] == []


def test_no_message_of_the_other_program_is_taken_for_one() -> None:
    assert not any(file.startswith(("src/migrate/", "cmd/ssm-dotenv/")) for files in messages().values() for file in files)
