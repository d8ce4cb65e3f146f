"""Pages of the manual: scdoc makes the man page, as for the packages, mandoc makes HTML of it, and this makes nodes of docutils of
that, so that options have anchors, sections stand in the navigation, and the pages look like all others."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from bs4 import BeautifulSoup, NavigableString, Tag
from docutils import nodes
from sphinx import addnodes
from sphinx.parsers import Parser as SphinxParser

CORRECTIONS = Path(__file__).resolve().parents[1] / "man" / "page.sed"
BULLET = re.compile(r"^\s*(•|[0-9]+\.)\s*")
PAGES = ("ssm-exec", "ssm-dotenv")
LINE_BREAK = "<br/>"


def html_of(source: str) -> Tag:
    text = source
    for command in (["scdoc"], ["sed", "-E", "-f", str(CORRECTIONS)], ["mandoc", "-T", "html", "-O", "fragment"]):
        text = subprocess.run(command, input=text, stdout=subprocess.PIPE, text=True, check=True).stdout
    return BeautifulSoup(text, "html.parser").find(class_="manual-text")


def plain(tag: Tag) -> str:
    return re.sub(r"\s+", " ", tag.get_text())


class Builder:
    def __init__(self, document: nodes.document, page: Tag) -> None:
        self.document = document
        self.sections = {plain(heading): nodes.make_id(plain(heading)) for heading in page.find_all("h1")}

    def text(self, parent: Tag) -> Iterator[nodes.Node]:
        """What stands in a line."""
        children = list(parent.children)
        for index, child in enumerate(children):
            if isinstance(child, NavigableString):
                yield nodes.Text(re.sub(r"\s+", " ", child))
            elif child.name == "br":
                yield nodes.raw("", LINE_BREAK, format="html")
            elif child.name in ("b", "i"):
                following = str(children[index + 1]) if index + 1 < len(children) else ""
                yield self.marked(child, following)
            else:
                raise ValueError(f"mandoc wrote <{child.name}> in a line")

    def marked(self, mark: Tag, following: str) -> nodes.Node:
        text = plain(mark)
        if mark.name == "i":
            return nodes.emphasis(text, text)
        strong = nodes.strong(text, text)
        if text in self.sections and text != "NAME":
            return nodes.reference("", "", strong, refid=self.sections[text], internal=True)
        if text in PAGES and following.startswith("(1)"):
            link = addnodes.pending_xref("", strong, refdomain="std", reftype="doc", reftarget=f"/{text}.1", refexplicit=True, refwarn=True)
            link["refdoc"] = self.document.settings.env.docname
            return link
        return strong

    def blocks(self, parent: Tag) -> list[nodes.Node]:
        """Paragraphs and what is indented below them. mandoc says neither which paragraph is a term nor what is a list."""
        made: list[nodes.Node] = []
        loose: list[Tag | NavigableString] = []

        def end_loose() -> None:
            line = BeautifulSoup("", "html.parser").new_tag("p")
            for part in loose:
                line.append(part.extract())
            loose.clear()
            if line.get_text(strip=True):
                made.append(self.paragraph(line))

        for child in list(parent.children):
            if not (isinstance(child, Tag) and child.name in ("p", "div", "pre", "ul", "dl")):
                loose.append(child)
                continue
            end_loose()
            if child.name == "div":
                self.add_indented(child, made)
            elif child.name in ("ul", "dl"):
                self.add_list(child, made)
            elif child.name == "pre":
                made.append(nodes.literal_block(child.get_text(), child.get_text(), language="text"))
            elif child.get_text(strip=True):
                made.append(self.paragraph(child))
        end_loose()
        return made

    def paragraph(self, tag: Tag) -> nodes.paragraph:
        return nodes.paragraph("", "", *trimmed(list(self.text(tag))))

    def add_item(self, bullet: str, item: Tag, made: list[nodes.Node]) -> None:
        kind = nodes.bullet_list if bullet == "•" else nodes.enumerated_list
        if not (made and isinstance(made[-1], kind)):
            made.append(kind(bullet="-") if kind is nodes.bullet_list else kind(enumtype="arabic", prefix="", suffix="."))
        made[-1].append(nodes.list_item("", *self.blocks(item)))

    def add_list(self, tag: Tag, made: list[nodes.Node]) -> None:
        """From the macros that scdoc writes since 1.11.3; with a <dl> for numbers."""
        for item in tag.find_all(["li", "dd"], recursive=False):
            mark = "•" if item.name == "li" else item.find_previous_sibling("dt").get_text(strip=True)
            if not BULLET.match(mark):
                raise ValueError(f"mandoc wrote a list with the mark {mark}")
            self.add_item(mark, item, made)

    def add_indented(self, div: Tag, made: list[nodes.Node]) -> None:
        bullet = BULLET.match(div.get_text())
        if bullet:
            cut_bullet(div)
            self.add_item(bullet[1], div, made)
            return
        inner = self.blocks(div)
        before = made[-1] if made else None
        if isinstance(before, nodes.paragraph) and not before.astext().endswith(":"):
            term = nodes.term("", "", *made.pop().children)
            if not (made and isinstance(made[-1], nodes.definition_list)):
                made.append(nodes.definition_list())
            made[-1].append(nodes.definition_list_item("", term, nodes.definition("", *inner)))
        else:
            made.extend(inner)


def trimmed(line: list[nodes.Node]) -> list[nodes.Node]:
    """Without blanks at its ends and beside line breaks."""
    made: list[nodes.Node] = []
    for index, node in enumerate(line):
        if isinstance(node, nodes.Text):
            text = str(node)
            if index == 0 or isinstance(line[index - 1], nodes.raw):
                text = text.lstrip()
            if index == len(line) - 1 or isinstance(line[index + 1], nodes.raw):
                text = text.rstrip()
            node = nodes.Text(text)
        made.append(node)
    return made


def cut_bullet(div: Tag) -> None:
    first = next(part for part in div.find_all(string=True) if part.strip())
    first.replace_with(NavigableString(BULLET.sub("", first)))


class Parser(SphinxParser):
    supported = ("scdoc",)

    def parse(self, inputstring: str, document: nodes.document) -> None:
        page = html_of(inputstring)
        builder = Builder(document, page)
        name = inputstring.partition("\n")[0]
        top = nodes.section("", nodes.title(name, name), names=[name])
        document.note_implicit_target(top, top)
        for part in page.find_all("section", recursive=False):
            heading = plain(part.h1.extract())
            section = nodes.section("", nodes.title(heading, heading), names=[heading.lower()])
            document.note_implicit_target(section, section)
            assert section["ids"] == [builder.sections[heading]], section["ids"]
            section.extend(builder.blocks(part))
            top.append(section)
        document.append(top)
