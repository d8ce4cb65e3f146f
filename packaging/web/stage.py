"""Collects the pages of the site in a folder, from which Sphinx makes it.

  stage.py FOLDER

The texts stay where they are in the repository. Here it says which of them are pages, in what order, and what their links lead to
in the site. A link to anything that the site does not have is an error.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = "packaging/examples"


@dataclass(frozen=True)
class Page:
    source: str
    """Its file in the repository."""
    name: str
    """What it is called in the site, without .html."""
    label: str
    """In the navigation."""

    @property
    def staged(self) -> str:
        return self.name + Path(self.source).suffix


PARTS = {
    "Begin": (
        Page("README.md", "index", "Start"),
        Page("packaging/README.md", "releases", "Releases and packages"),
        Page(f"{EXAMPLES}/README.md", "examples/index", "Examples"),
    ),
    "Use": (
        Page("docs/operations.md", "operations", "Operations: when something fails"),
        Page("docs/coming-from.md", "coming-from", "Coming from another tool"),
        Page("docs/migration.md", "migration", "From .env files to Parameter Store"),
        Page("docs/iam.md", "iam", "IAM: who may do what"),
        Page("docs/security.md", "security", "Security"),
        Page("docs/performance.md", "performance", "Performance"),
        Page("docs/herd.md", "herd", "Many starts at once"),
    ),
    "Manuals": (
        Page("packaging/man/ssm-exec.1.scd", "ssm-exec.1", "ssm-exec(1)"),
        Page("packaging/man/ssm-dotenv.1.scd", "ssm-dotenv.1", "ssm-dotenv(1)"),
    ),
    "Versions": (
        Page("docs/upgrades.md", "upgrades", "Upgrades: what stays the same"),
        Page("CHANGELOG.md", "changelog", "Changelog"),
    ),
    "Development": (
        Page("docs/architecture.md", "architecture", "Architecture"),
        Page("CONTRIBUTING.md", "contributing", "Contributing"),
        Page("SECURITY.md", "security-policy", "Security policy"),
        Page("packaging/static/README.md", "static", "The static program"),
    ),
}
PAGES = {page.source: page for pages in PARTS.values() for page in pages}

PLATFORMS = {
    "docker": "Container images",
    "compose": "Compose",
    "ecs": "ECS",
    "eks": "EKS",
    "lambda": "Lambda",
    "systemd": "systemd",
    "supervisors": "supervisord, s6, runit",
    "ci": "GitHub Actions, GitLab CI",
    "terraform": "Terraform",
    "policies": "Policies and trust",
}
"""The folders of the examples, each of which is a page that shows its files."""
INTRODUCTION = (
    "The [examples](index.md) of this platform; their first lines say what was checked. The files of `policies` that they name are on the page "
    "[Policies and trust](policies.md), Dockerfiles on [Container images](docker.md), and [releases](../releases.md) have the packages and the image."
)

LANGUAGES = {".Dockerfile": "dockerfile", ".service": "ini", ".conf": "ini", ".yaml": "yaml", ".yml": "yaml", ".json": "json",
             ".tf": "terraform", ".map": "sh", "": "sh"}  # fmt: skip


class Refused(Exception):
    """Why the site cannot be made."""


def files_of(platform: str) -> list[Path]:
    return sorted(path for path in (ROOT / EXAMPLES / platform).rglob("*") if path.is_file())


def heading_of(path: Path, platform: str) -> str:
    return path.relative_to(ROOT / EXAMPLES / platform).as_posix()


def anchors_of(platform: str) -> dict[str, str]:
    """The anchor of each file of the platform, as code hosts and MyST make it of a heading: api.service and api@.service differ."""
    anchors: dict[str, str] = {}
    for path in files_of(platform):
        heading = heading_of(path, platform)
        name = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        same = sum(re.fullmatch(rf"{re.escape(name)}(-\d+)?", other) is not None for other in anchors.values())
        anchors[heading] = f"{name}-{same}" if same else name
    return anchors


class Stage:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def target(self, source: str, link: str, in_html: bool) -> str:
        """What a link of the page that is made of source leads to, relative to it."""
        path, _, fragment = link.partition("#")
        found = os.path.normpath(os.path.join(os.path.dirname(source), path))
        where = os.path.dirname(PAGES[source].staged)
        if found in PAGES:
            staged = PAGES[found].staged
        elif Path(found).is_relative_to(EXAMPLES) and (ROOT / found).exists():
            platform, *rest = Path(found).relative_to(EXAMPLES).parts or ("index",)
            staged = f"examples/{platform}.md"
            fragment = anchors_of(platform).get("/".join(rest), "")
        elif Path(found).suffix in (".svg", ".png") and (ROOT / found).is_file():
            staged = f"images/{Path(found).name}"
            # Sphinx passes HTML on as it is, and puts what is below _extra beside the pages.
            copy = self.folder / ("_extra" if in_html else ".") / staged
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / found, copy)
        else:
            raise Refused(f"{source}: the site has no page for the link {link}; packaging/web/stage.py lists the pages")
        return os.path.relpath(staged, where or ".") + (f"#{fragment}" if fragment else "")

    def with_links(self, source: str, text: str) -> str:
        """The Markdown of a page with links that fit the site. Blocks of code stay as they are."""

        def replace(match: re.Match[str]) -> str:
            before, link, after = match.groups()
            return match[0] if re.match(r"[a-z]+:|#", link) else before + self.target(source, link, before.startswith("<")) + after

        def replace_with_label(match: re.Match[str]) -> str:
            """A text that is the name of the file fits a code host only."""
            found = os.path.normpath(os.path.join(os.path.dirname(source), match[1]))
            return f"[{PAGES[found].label}]({match[1]})" if found in PAGES else match[0]

        parts = re.split(r"(^```.*?^```$)", text, flags=re.MULTILINE | re.DOTALL)
        for index in range(0, len(parts), 2):
            parts[index] = re.sub(r"\[[\w./-]+\.(?:md|scd)\]\(([^)\s#]+)\)", replace_with_label, parts[index])
            parts[index] = re.sub(r"(\]\()([^)\s]+)(\))", replace, parts[index])
            parts[index] = re.sub(r'(<(?:img|source)\b[^>]*?\bsrc(?:set)?=")([^"]+)(")', replace, parts[index])
        return "".join(parts)

    def add_page(self, page: Page) -> None:
        text = (ROOT / page.source).read_text()
        if page.source.endswith(".scd"):
            self.write(page.staged, text)
            return
        if page.name == "examples/index":
            text = with_links_to_files(text) + table_of_contents("", [(f"/examples/{name}", label) for name, label in PLATFORMS.items()])
        text = self.with_links(page.source, text)
        if page.name == "index":
            for caption, pages in PARTS.items():
                entries = [("self" if page.name == "index" else f"/{page.name}", page.label) for page in pages]
                text += table_of_contents(caption, entries)
        self.write(page.staged, text)

    def add_platform(self, platform: str) -> None:
        text = f"# {PLATFORMS[platform]}\n\n{INTRODUCTION}\n"
        for path in files_of(platform):
            language = LANGUAGES.get(path.suffix, "text")
            text += f"\n## {heading_of(path, platform)}\n\n````{language}\n{path.read_text().rstrip()}\n````\n"
        self.write(f"examples/{platform}.md", text)

    def fill(self) -> None:
        """Nothing is forgotten: every page of docs and every folder of examples has its place."""
        missing = {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("*.md")} - set(PAGES)
        missing |= {path.name for path in (ROOT / EXAMPLES).iterdir() if path.is_dir()} - set(PLATFORMS)
        if missing:
            raise Refused(f"not in the lists of packaging/web/stage.py: {', '.join(sorted(missing))}")
        for page in PAGES.values():
            self.add_page(page)
        for platform in PLATFORMS:
            self.add_platform(platform)


def with_links_to_files(text: str) -> str:
    """The list of examples, whose first column names files: `docker/node.Dockerfile`, `python.Dockerfile`."""

    def link(name: str, folder: str) -> str:
        path = name if "/" in name and (ROOT / EXAMPLES / name).exists() else f"{folder}/{name}"
        return f"[`{name}`]({path})"

    def replace(match: re.Match[str]) -> str:
        folder = match[1].partition("/")[0].strip("`")
        return "| " + re.sub(r"`([^`]+)`", lambda name: link(name[1], folder), match[1]) + " |"

    return re.sub(r"^\| (`[^|]+) \|", replace, text, flags=re.MULTILINE)


def table_of_contents(caption: str, entries: list[tuple[str, str]]) -> str:
    """In MyST's syntax, which only the staged copies of pages have."""
    lines = "".join(f"{label} <{name}>\n" for name, label in entries)
    title = f":caption: {caption}\n" if caption else ""
    return f"\n```{{toctree}}\n:hidden:\n{title}\n{lines}```\n"


if __name__ == "__main__":
    try:
        Stage(Path(sys.argv[1])).fill()
    except Refused as refusal:
        sys.exit(f"packaging/site: error: {refusal}")
