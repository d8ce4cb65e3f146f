"""Makes the pages work from a folder: without scripts but for the search, and with nothing that another place has.

Debian's Furo is meant for a machine that serves /usr/share/javascript: in Debian 12 its style sheet is imported from there, and in 12
and 13 its script is a module that is loaded as if it were none, which browsers refuse. The pages do without it: it offers a button for
light and dark, where templates/base.html follows the reader's system, and marks the heading that is in view.
"""

from __future__ import annotations

import re
from pathlib import Path

JAVASCRIPT = Path("/usr/share/javascript")
IMPORT = re.compile(r"@import url\(/javascript/([\w./-]+)\);\n?")


def without_scripts(app, pagename: str, templatename: str, context: dict, doctree) -> None:
    context["script_files"] = []


def tidy(app, failure: Exception | None) -> None:
    if failure is not None:
        return
    site = Path(app.outdir)
    for sheet in site.rglob("*.css"):
        text = sheet.read_text()
        if IMPORT.search(text):
            sheet.write_text(IMPORT.sub(lambda found: (JAVASCRIPT / found[1]).read_text(), text))
    remove_unused(site)


def remove_unused(site: Path) -> None:
    """Files of the theme that no page and no used style sheet names."""
    used = "".join(page.read_text() for page in site.rglob("*.html"))
    files = [path for path in (site / "_static").rglob("*") if path.is_file()]
    sheets = [path for path in files if path.suffix == ".css" and path.name in used]
    used += "".join(sheet.read_text() for sheet in sheets)
    for path in files:
        if path.name not in used:
            path.unlink()
    for folder in sorted((path for path in (site / "_static").rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()


def setup(app) -> None:
    app.connect("html-page-context", without_scripts, priority=900)
    app.connect("build-finished", tidy)
