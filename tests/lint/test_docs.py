"""What the pages say about the tree: links, files and rooms."""

import re
from pathlib import Path

import pytest
from test_sources import LAYERS, ROOT

PAGES = sorted(path for pattern in ("*.md", "docs/*.md", "packaging/*.md", "packaging/*/*.md") for path in ROOT.glob(pattern))
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_and_path_of_a_page_leads_to_something(page: Path) -> None:
    text = page.read_text()
    links = [(page.parent / link).resolve() for link in re.findall(r"\]\((?!https?:)([^)#]+)", text)]
    paths = [ROOT / path for path in re.findall(r"`((?:src|cmd|tests|docs|packaging)/[\w./-]+)(?: [^`]*)?`", text)]
    assert links + paths
    assert [str(path) for path in links + paths if not path.exists()] == []


def test_the_architecture_page_has_the_rooms_and_layers_of_the_code() -> None:
    rows = re.findall(r"^\| `src/([\w/]+)` \|[^|]*\|([^|]*)\|$", ARCHITECTURE, re.MULTILINE)
    assert {room: set(re.findall(r"`src/([\w/]+)`", known)) for room, known in rows} == LAYERS
