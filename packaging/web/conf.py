"""How Sphinx makes the site. packaging/site starts it; the pages are those that stage.py collects."""

import sys
from pathlib import Path

from docutils import nodes

sys.path.insert(0, str(Path(__file__).parent))
import manual  # noqa: E402
import search_data  # noqa: E402
import self_contained  # noqa: E402

project = "ssm-exec"
html_title = "ssm-exec"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown", ".scd": "scdoc"}
exclude_patterns = ["_extra"]
templates_path = ["templates"]

# Links to headings are those of code hosts, and what looks like an option stays one: no dash is made of --lock.
myst_heading_anchors = 4
smartquotes = False
highlight_language = "text"

html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_additional_pages = {"search": "search.html"}
html_copy_source = False
html_use_index = False
html_domain_indices = False
html_show_copyright = False


def keep_words_whole(app, document: nodes.document) -> None:
    """A browser may end a line behind the hyphens of --lock. A long word, such as an ARN, has to be broken on a phone."""
    for node in document.findall(lambda node: isinstance(node, nodes.literal | nodes.strong)):
        words = node.astext().split()
        if max(map(len, words), default=99) <= 30 and (len(words) == 1 or isinstance(node, nodes.literal)):
            node["classes"].append("whole-words")


def setup(app) -> None:
    extra = Path(app.srcdir, "_extra")
    if extra.is_dir():
        app.config.html_extra_path = [str(extra)]
    app.add_source_parser(manual.Parser)
    app.connect("doctree-read", keep_words_whole)
    search_data.setup(app)
    self_contained.setup(app)
