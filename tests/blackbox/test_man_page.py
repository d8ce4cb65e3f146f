"""The man pages as they are rendered: names that can be read, copied and searched for at every width."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT

pytestmark = pytest.mark.release_only

PAGES = {"ssm-exec": ("--env-file-if-exists", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/shared/stripe_key"), "ssm-dotenv": ("--log-format", "DB_PASSWORD", "/prod/api")}
"""And some names of each."""
NAME = re.compile(r"(?<![\w-])(?:--?[a-z][a-z-]*[a-z]|[A-Z][A-Z0-9]*_[A-Z0-9_]*[A-Z0-9]|/[\w/-]+\w)(?![\w-])")
"""Options, variables, and names of parameters."""


@pytest.fixture(scope="session", params=PAGES)
def page(program: Path, request: pytest.FixtureRequest) -> Path:
    """A page that was built together with the program."""
    page = program.parent.parent / "packaging" / "man" / f"{request.param}.1"
    assert page.is_file(), f"there is no man page {page}: was it built without scdoc?"
    return page


def groff(page: Path, columns: int) -> str:
    command = ["groff", "-man", "-Tutf8", "-P-c", "-P-b", "-P-u", "-ww", f"-rLL={columns}n", str(page)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    # An ARN is longer than the narrowest line. (The words are those of groff 1.22 and 1.23.)
    harmless = re.compile(r"(can't|cannot) (break|adjust) line")
    assert [line for line in done.stderr.splitlines() if not harmless.search(line)] == []
    assert done.returncode == 0
    return done.stdout


def mandoc(page: Path, columns: int) -> str:
    command = ["mandoc", "-T", "utf8", "-O", f"width={columns}", str(page)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return re.sub(".\b", "", done.stdout)


@pytest.mark.parametrize("render", [groff, mandoc])
def test_no_name_is_broken_or_changed_at_any_width(page: Path, render: Callable[[Path, int], str]) -> None:
    source = (ROOT / "packaging" / "man" / f"{page.name}.scd").read_text()
    names = set(NAME.findall(source.replace("\\_", "_")))
    assert set(PAGES[page.stem]) <= names
    for columns in range(60, 101, 4):
        shown = render(page, columns)
        assert [name for name in sorted(names) if name not in shown] == [], columns
        assert [line for line in shown.splitlines() if line.endswith("\u2010")] == [], columns


def test_what_is_to_be_typed_has_minus_signs(page: Path) -> None:
    """Newer versions of groff show a plain '-' as a hyphen, which no shell knows."""
    text = page.read_text()
    literal = re.findall(r"^\.nf$.*?^\.fi$", text, re.MULTILINE | re.DOTALL) + re.findall(r"\\f[BI].*?\\fR", text)
    assert len(literal) > 90
    assert [part for part in literal if re.search(r"(?<!\\)-", part)] == []


@pytest.mark.parametrize("render", [groff, mandoc])
def test_a_placeholder_has_no_underscores_of_markup(page: Path, render: Callable[[Path, int], str]) -> None:
    shown = render(page, 80)
    assert page.stem != "ssm-exec" or re.search(r"^ +SSM_EXEC_OPTION$", shown, re.MULTILINE)
    assert re.findall(r"\*\w+\*|\b_[A-Z]+_\b|`", shown.partition("ENV FILES")[0]) == []


def test_every_section_that_readers_look_for_is_there(page: Path) -> None:
    sections = re.findall(r"^\.SH (.*)$", page.read_text(), re.MULTILINE)
    of_both = ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "EXAMPLES", "SEE ALSO"]
    of_the_launcher = [*of_both[:4], "ENVIRONMENT", of_both[4], "FILES", *of_both[5:]]
    wanted = of_the_launcher if page.stem == "ssm-exec" else of_both
    assert [section for section in sections if section in wanted] == wanted


def test_mandoc_has_nothing_to_say_but_on_the_spacing_of_scdoc(page: Path) -> None:
    done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", str(page)], capture_output=True, text=True, check=False)
    said = done.stdout.splitlines() + done.stderr.splitlines()
    assert [line for line in said if "skipping paragraph macro" not in line] == []
