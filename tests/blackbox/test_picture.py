"""The picture at the top of README.md is the session of tests/demo, drawn by packaging/picture."""

from __future__ import annotations

import os
import re
import subprocess
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest
from conftest import PATH, ROOT

PICTURE = ROOT / "docs" / "terminal.svg"
SVG = "{http://www.w3.org/2000/svg}"
pytestmark = pytest.mark.release_only


def load() -> ModuleType:
    loader = SourceFileLoader("picture", str(ROOT / "packaging" / "picture"))
    module = module_from_spec(spec_from_loader("picture", loader))
    loader.exec_module(module)
    return module


picture = load()


def start(program: Path, *words: str | Path) -> str:
    environment = {"PATH": PATH, "SSM_EXEC_PROGRAM": str(program), "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": os.environ.get("TMPDIR", "/tmp")}
    done = subprocess.run(words, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout


def test_the_picture_is_what_the_program_says_today(program: Path, tmp_path: Path) -> None:
    assert start(program, ROOT / "packaging" / "picture", "--output", tmp_path / "new.svg") == ""
    assert (tmp_path / "new.svg").read_bytes() == PICTURE.read_bytes(), "packaging/picture makes it again"


def test_the_demo_shows_the_session_of_the_picture_and_goes_on_to_its_end(program: Path) -> None:
    session = start(program, ROOT / "tests" / "demo", "--session")
    shown = start(program, ROOT / "tests" / "demo")
    assert session.count("\n$ ssm-exec ") == 3
    assert re.sub(r"\AA local Parameter Store answers at https://\S+, .*\n", "", shown).startswith(session)
    assert shown.endswith("\n\n$ ssm-exec --env-file shop.map -- sh shop.sh\nI am the shop: port 8080, a password of 24 characters\n")
    for value in ("correct horse", "first of two", "sk_live", "MIIB"):
        assert value not in shown


def test_the_picture_needs_nothing_but_itself_and_says_what_it_shows() -> None:
    text = PICTURE.read_text()
    assert len(text.encode()) < 30_000
    assert text.count("http") == text.count('xmlns="http://www.w3.org/2000/svg"') == 1
    root = ElementTree.fromstring(text)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} == {"svg", "title", "desc", "rect", "g", "circle", "text"}
    assert {name for element in root.iter() for name in element.attrib if name.startswith("on") or "href" in name or name == "style"} == set()
    assert root.attrib["aria-labelledby"].split() == [root[0].attrib["id"], root[1].attrib["id"]]
    (link,) = re.findall(r"^!\[(.*)\]\(docs/terminal\.svg\)$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert link == root[1].text


def texts(drawn: str) -> list[str]:
    return [element.text.replace("\u00a0", " ") for element in ElementTree.fromstring(drawn).iter(f"{SVG}text")]


def test_every_character_is_drawn_where_a_terminal_has_it() -> None:
    drawn = picture.draw("\n$ cat <a & b\nA   <&>\n\n  B\n")
    assert texts(drawn) == ["$", "cat <a & b", "A   <&>", "  B"]
    places = [(element.attrib["x"], element.attrib["y"], element.attrib["textLength"]) for element in ElementTree.fromstring(drawn).iter(f"{SVG}text")]
    assert places == [("22", "52", "9.6"), ("41.2", "52", "96"), ("22", "74", "67.2"), ("22", "118", "28.8")]


def test_a_long_message_goes_on_in_the_next_row_and_loses_no_word() -> None:
    message = "ssm-exec: hint: " + "check the spelling-and-more, " * 9 + "end"
    rows = texts(picture.draw(message))
    assert len(rows) == 4 and max(map(len, rows)) <= picture.COLUMNS
    assert " ".join(rows) == message


@pytest.mark.parametrize("line", ["$ " + "x" * 87, "ssm-exec: error:\ta", "A" * 89, "ssm-exec: error: " + "x" * 89, "\033[1mA", "a\tb"])
def test_what_does_not_fit_is_an_error(line: str) -> None:
    with pytest.raises(ValueError):
        picture.draw(line)
