"""The files of the site, read without a browser: they are complete, lead nowhere else, and are made the same anywhere."""

from __future__ import annotations

import filecmp
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from conftest import ROOT, SITE, names_of_pages, page_of

PAGES = names_of_pages()
CREDITS = {"https://www.sphinx-doc.org/", "https://pradyunsg.me", "https://github.com/pradyunsg/furo"}
"""What Furo says at the foot of each page."""
OF_OTHERS = re.compile(r"https?://[^\s)>\"`]+")

Make = Callable[..., subprocess.CompletedProcess[str]]


def is_elsewhere(link: str) -> bool:
    return bool(re.match(r"[a-z]+:|//", link))


@pytest.mark.parametrize("name", PAGES)
def test_every_link_and_every_fragment_exists(name: str) -> None:
    broken = []
    for link in page_of(name).links:
        if is_elsewhere(link):
            continue
        parts = urlsplit(link)
        path = (SITE / name).parent / unquote(parts.path) if parts.path else SITE / name
        target = path.resolve()
        if not target.is_file() or not target.is_relative_to(SITE):
            broken.append(link)
        elif parts.fragment and parts.fragment not in page_of(target.relative_to(SITE).as_posix()).anchors:
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("name", PAGES)
def test_no_anchor_occurs_twice(name: str) -> None:
    anchors = page_of(name).anchors
    assert sorted(set(anchors)) == sorted(anchors)


@pytest.mark.parametrize("name", PAGES)
def test_everything_that_a_page_loads_is_a_file_of_the_site(name: str) -> None:
    for address in page_of(name).loaded:
        if address.startswith("data:"):
            continue
        assert not is_elsewhere(address) and not address.startswith("/"), address
        assert ((SITE / name).parent / urlsplit(address).path).is_file(), address


def test_style_sheets_load_nothing() -> None:
    for sheet in SITE.rglob("*.css"):
        text = sheet.read_text()
        assert "@import" not in text, sheet
        assert [url for url in re.findall(r"url\(['\"]?([^'\")]{1,40})", text) if not url.startswith("data:")] == [], sheet


def test_links_to_other_hosts_are_those_of_the_texts() -> None:
    sources = "".join(path.read_text() for pattern in ("*.md", "docs/*.md", "packaging/**/*.md") for path in ROOT.glob(pattern))
    known = set(OF_OTHERS.findall(sources)) | CREDITS
    found = {link for name in PAGES for link in page_of(name).links if is_elsewhere(link)}
    assert found - known == set()


def test_every_page_can_be_reached_from_the_first() -> None:
    reached, waiting = set(), ["index.html"]
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        reached.add(name)
        for link in page_of(name).links:
            path = urlsplit(link).path
            if path and not is_elsewhere(link):
                waiting.append(((SITE / name).parent / path).resolve().relative_to(SITE).as_posix())
    assert sorted(reached) == PAGES


def test_every_option_of_the_programs_has_an_anchor() -> None:
    """An option stands in the source of its manual at the beginning of a line, with what it does indented below it."""
    for program in ("ssm-exec", "ssm-dotenv"):
        source = (ROOT / "packaging" / "man" / f"{program}.1.scd").read_text()
        options = re.findall(r"^(?:\*-\w\*, )?\*--([\w-]+)\*.*\n\t", source, re.MULTILINE)
        assert len(options) > 20
        anchors = page_of(f"{program}.1.html").anchors
        assert [option for option in options if not any(re.match(rf"(\w-)?{option}\b", anchor) for anchor in anchors)] == []


@pytest.mark.parametrize("program", ["ssm-exec", "ssm-dotenv"])
def test_a_manual_has_every_word_of_the_man_page(program: str) -> None:
    """And no other, but for its name as a heading. Numbers of lists are the browser's."""
    source = (ROOT / "packaging" / "man" / f"{program}.1.scd").read_text()
    roff = subprocess.run(["scdoc"], input=source, capture_output=True, text=True, check=True).stdout
    html = subprocess.run(["mandoc", "-T", "html", "-O", "fragment"], input=roff, capture_output=True, text=True, check=True).stdout
    man_page = BeautifulSoup(html, "html.parser").find(class_="manual-text")
    shown = BeautifulSoup((SITE / f"{program}.1.html").read_text(), "html.parser").find("article").section
    shown.h1.decompose()

    def words(tag: Tag) -> Counter[str]:
        return Counter(re.findall(r"\w+", tag.get_text(" ")))

    lost = words(man_page) - words(shown)
    assert [word for word in lost if not word.isdecimal()] == []
    assert words(shown) - words(man_page) == Counter()


def test_texts_of_the_search_have_no_markup() -> None:
    assert "<br" not in (SITE / "search-data.js").read_text()


def test_a_link_to_an_example_leads_to_that_file() -> None:
    """Two units differ by a character that anchors do not have."""
    page = BeautifulSoup((SITE / "examples" / "index.html").read_text(), "html.parser")
    for name in ("api.service", "api@.service"):
        (link,) = {link["href"] for link in page.find_all("a") if link.get_text().endswith(f"/{name}") or link.get_text() == name}
        path, _, fragment = link.partition("#")
        heading = BeautifulSoup((SITE / "examples" / path).read_text(), "html.parser").find(id=fragment)
        assert heading is not None and heading.find(["h1", "h2"]).get_text().startswith(name), link


def test_every_example_is_shown_whole() -> None:
    shown = "".join(path.read_text() for path in (SITE / "examples").glob("*.html"))
    text = re.sub(r"<[^>]+>", "", shown).replace("&quot;", '"').replace("&#39;", "'").replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&")
    for path in (ROOT / "packaging" / "examples").rglob("*"):
        if path.is_file() and path.name != "README.md":
            assert path.read_text().strip() in text, path


def everything(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_it_is_made_the_same_elsewhere(elsewhere: Path, tmp_path: Path, make: Make) -> None:
    again = tmp_path / "again"
    done = make(elsewhere, "--into", again)
    assert (done.returncode, done.stderr) == (0, "")
    files = [name for name in everything(SITE) if (SITE / name).is_file()]
    assert everything(again) == everything(SITE)
    assert filecmp.cmpfiles(SITE, again, files, shallow=False)[1:] == ([], [])
    assert str(elsewhere) not in "".join((again / name).read_text() for name in files)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[a source](../src/base/text.c)", "docs/iam.md: the site has no page for the link ../src/base/text.c"),
        ("[a heading](security.md#no-such-heading)", "no-such-heading"),
    ],
)
def test_a_link_that_leads_nowhere_is_an_error(elsewhere: Path, tmp_path: Path, make: Make, text: str, complaint: str) -> None:
    with (elsewhere / "docs" / "iam.md").open("a") as page:
        page.write(f"\n{text}\n")
    done = make(elsewhere, "--into", tmp_path / "site")
    assert done.returncode != 0
    assert complaint in done.stderr
    assert not (tmp_path / "site").exists()


def test_a_page_that_nobody_listed_is_an_error(elsewhere: Path, tmp_path: Path, make: Make) -> None:
    (elsewhere / "docs" / "new.md").write_text("# New\n")
    done = make(elsewhere, "--into", tmp_path / "site")
    assert (done.returncode, done.stderr) == (1, "packaging/site: error: not in the lists of packaging/web/stage.py: docs/new.md\n")


def test_a_folder_that_holds_something_else_is_kept(elsewhere: Path, tmp_path: Path, make: Make) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").write_text("mine")
    done = make(elsewhere, "--into", tmp_path / "mine")
    assert done.returncode == 1
    assert "is not a site" in done.stderr
    assert everything(tmp_path / "mine") == ["file"]


def test_a_picture_of_a_page_is_in_the_site(elsewhere: Path, tmp_path: Path, make: Make) -> None:
    """In Markdown, and as HTML that code hosts show for light and dark."""
    (elsewhere / "docs" / "one.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>\n')
    readme = elsewhere / "README.md"
    html = '<picture><source srcset="docs/one.svg"><img src="docs/one.svg" alt="two"></picture>'
    readme.write_text(readme.read_text().replace("# ssm-exec\n", f"# ssm-exec\n\n![one](docs/one.svg)\n\n{html}\n", 1))
    done = make(elsewhere, "--into", tmp_path / "site")
    assert (done.returncode, done.stderr) == (0, "")
    page = (tmp_path / "site" / "index.html").read_text()
    sources = re.findall(r'<(?:img|source) [^>]*?src(?:set)?="([^"]+)"', page)
    assert [Path(source).name for source in sources].count("one.svg") == 3
    assert all((tmp_path / "site" / source).is_file() for source in sources)
