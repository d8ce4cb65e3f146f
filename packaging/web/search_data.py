"""What static/search.js looks through: sections, and rows of tables, options and items of lists by themselves.

Sphinx's own search knows whole pages only. It leaves numbers out, so that it has no answer for an exit status, wants every word of a
message that was copied from a terminal, with the name of a parameter in it, and reads pages again to show where the words are, which a
browser refuses for a page that was opened as a file.

lunr (Debian's libjs-lunr 2.3.9) was tried for the ranking, with documents, terms and weights of our own: search.js had 92 lines in place
of 148. It has no bonus for a text that holds most words of the query. With weights tuned until each of the 397 queries of
tests/site/test_browser.py was answered, an ordinary revision of the texts put three of them out of place, and none with search.js.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from manual import LINE_BREAK

ABOUT_THE_CODE = ("architecture", "contributing", "static", "changelog", "performance", "herd")
"""What a reader who looks for something wants to see last."""
NAVIGATION = "what-are-you-looking-for"
"""The section of the front page that has links only (README.md)."""


def text_of(node: nodes.Node) -> str:
    return re.sub(r"\s+", " ", node.astext().replace(LINE_BREAK, " ")).strip()


def head_of(node: nodes.Element) -> nodes.Element | None:
    """What names a node that is found by itself: the first cell, the term, or the words in bold that begin an item."""
    if isinstance(node, nodes.row) and not isinstance(node.parent, nodes.thead) and len(node) > 1 and text_of(node[0]):
        return node[0]
    if isinstance(node, nodes.definition_list_item):
        return node[0]
    if isinstance(node, nodes.list_item) and isinstance(node[0], nodes.paragraph):
        first = next((part for part in node[0].children if part.astext()), None)
        return first if isinstance(first, nodes.strong) else None
    return None


def add_anchors(app, document: nodes.document) -> None:
    for node in document.findall(nodes.Element):
        head = head_of(node)
        if head is None:
            continue
        carrier = head if isinstance(head, nodes.term) else node
        wanted = re.sub(r"[^a-z0-9]+", "-", text_of(head).lower()).strip("-")[:40].rstrip("-") or "item"
        name, number = wanted, 1
        while name in document.ids:
            number += 1
            name = f"{wanted}-{number}"
        document.ids[name] = carrier
        carrier["ids"].append(name)


def own_text(node: nodes.Element) -> Iterator[str]:
    """Without what is found by itself."""
    for child in node.children:
        if isinstance(child, nodes.section | nodes.title | nodes.thead | nodes.raw) or head_of(child) is not None:
            continue
        if not isinstance(child, nodes.TextElement) and child.children:
            yield from own_text(child)
        else:
            yield text_of(child)


def rest_of(node: nodes.Element, head: nodes.Element) -> str:
    if isinstance(node, nodes.list_item):
        return text_of(node).removeprefix(text_of(head))
    return " ".join(text_of(child) for child in node.children if child is not head)


def entries(page: int, document: nodes.document) -> Iterator[list]:
    """Page, anchor, title, whether it is a section, what else names it exactly, the headings above it, text."""
    for node in document.findall(nodes.Element):
        sections = []
        above = node.parent
        while above is not None:
            if isinstance(above, nodes.section):
                sections.insert(0, text_of(above[0]))
            above = above.parent
        if isinstance(node, nodes.section):
            if NAVIGATION in node["ids"]:
                continue
            whole_page = isinstance(node.parent, nodes.document)
            yield [page, "" if whole_page else node["ids"][0], text_of(node[0]), 1, [], sections, " ".join(own_text(node))]
            continue
        head = head_of(node)
        if head is not None:
            carrier = head if isinstance(head, nodes.term) else node
            exact = [text_of(mark) for mark in head.findall(lambda part: isinstance(part, nodes.literal | nodes.strong))]
            yield [page, carrier["ids"][-1], text_of(head), 0, exact, sections, rest_of(node, head)]


def write(app, failure: Exception | None) -> None:
    if failure is not None:
        return
    pages, found = [], []
    for name in sorted(app.env.found_docs):
        document = app.env.get_doctree(name)
        pages.append([app.builder.get_target_uri(name), 0 if name in ABOUT_THE_CODE else 1])
        found += entries(len(pages) - 1, document)
    data = json.dumps({"pages": pages, "entries": found}, ensure_ascii=False, separators=(",", ":"))
    Path(app.outdir, "search-data.js").write_text(f"const SEARCH_DATA = {data};\n")


def setup(app) -> None:
    app.connect("builder-inited", lambda app: setattr(app.builder, "search", False))
    app.connect("doctree-read", add_anchors)
    app.connect("build-finished", write)
