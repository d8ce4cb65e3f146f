"""Common to the tests of the site: what its pages have, a server on loopback below a path, and Chromium."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

ROOT = Path(__file__).resolve().parents[2]
SITE = Path(os.environ.get("SSM_EXEC_SITE", ROOT / "build-site")).resolve()
"""Where packaging/site has made it."""
WIDTHS = {"desktop": 1280, "phone": 390}
BELOW = "/some/path/"
"""Where the server has the site: nothing may depend on the root of a host."""

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")  # fmt: skip


class Page(HTMLParser):
    """Anchors and links of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attributes}
        if "id" in named:
            self.anchors.append(named["id"])
        if "action" in named:
            self.links.append(named["action"])
        if tag == "a" and "href" in named:
            self.links.append(named["href"])
        elif "href" in named and tag == "link" and named.get("rel") in ("stylesheet", "icon", "shortcut icon"):
            self.loaded.append(named["href"])
        elif "href" in named:
            self.links.append(named["href"])
        self.loaded += [named[name] for name in ("src", "srcset", "data", "poster") if name in named]


def names_of_pages() -> list[str]:
    names = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
    assert names, f"{SITE} has no page: packaging/site makes the site"
    return names


@functools.cache
def page_of(name: str) -> Page:
    return Page((SITE / name).read_text())


class Handler(SimpleHTTPRequestHandler):
    def translate_path(self, path: str) -> str:
        return super().translate_path(path.removeprefix(BELOW.rstrip("/"))) if path.startswith(BELOW) else "/nothing"

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=SITE))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}{BELOW}"
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Browser:
    """A Chromium of a given width."""

    driver: webdriver.Chrome
    width: int

    def open(self, address: str) -> None:
        self.take_requests()
        self.driver.get_log("browser")
        self.driver.get(address)

    def run(self, script: str, *arguments: object) -> object:
        return self.driver.execute_script(script, *arguments)

    def take_requests(self) -> list[str]:
        """The addresses that were asked for since the last call."""
        lines = [entry["message"] for entry in self.driver.get_log("performance")]
        return [url for line in lines if '"Network.requestWillBeSent"' in line for url in re.findall(r'"request":\{.*?"url":"([^"]+)"', line)]

    def complaints(self) -> list[str]:
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def prefer(self, scheme: str) -> None:
        features = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", features)


@contextlib.contextmanager
def chromium(folder: Path, width: int) -> Iterator[Browser]:
    options = Options()
    for flag in (*FLAGS, f"--user-data-dir={folder}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
    try:
        screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        yield Browser(driver, width)
    finally:
        driver.quit()


@pytest.fixture(scope="session", params=list(WIDTHS))
def browser(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("chromium"), WIDTHS[request.param]) as started:
        yield started


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """The sources in another folder."""
    copy = tmp_path / "another" / "place"
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z", "-co", "--exclude-standard"], check=True, capture_output=True, text=True).stdout
    for name in listed.split("\0")[:-1]:
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
        target.chmod((ROOT / name).stat().st_mode)
    return copy


@pytest.fixture
def make() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Makes the site of a copy of the sources."""

    def run(sources: Path, *args: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sources / "packaging" / "site", *args], capture_output=True, text=True, check=False, timeout=600)

    return run
