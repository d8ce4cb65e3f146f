"""The site as a reader sees it, in Chromium, as wide as a desk and as wide as a phone."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from conftest import ROOT, SITE, Browser, names_of_pages
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

MESSAGE = "ssm-exec: error: /prod/web: there is no parameter below this path in eu-central-1"

# What reaches beyond the window's right edge, besides what lies in a block that scrolls by itself.
TOO_WIDE = """
const scrolls = element => element.closest("pre, .table-wrapper, .highlight, p:has(> img)");
return [...document.querySelectorAll("article *, header *, footer *")]
    .filter(element => !scrolls(element) && element.getBoundingClientRect().right > innerWidth + 1)
    .map(element => element.outerHTML.slice(0, 100));
"""
# A block whose content is wider than itself has to scroll.
CUT = """
return [...document.querySelectorAll("article pre, article .table-wrapper, article p:has(> img)")]
    .filter(block => block.scrollWidth > block.clientWidth + 1 && !/auto|scroll/.test(getComputedStyle(block).overflowX))
    .map(block => block.outerHTML.slice(0, 100));
"""
# An option that a line ends in the middle of: behind its hyphens.
BROKEN = """
return [...document.querySelectorAll("article strong, article code .pre")]
    .filter(word => /^--[a-z-]{1,28}$/.test(word.textContent) && word.getClientRects().length > 1)
    .map(word => word.outerHTML);
"""
SEARCH = """
const field = document.querySelector("#search input");
field.value = arguments[0];
field.dispatchEvent(new Event("input"));
return [...document.querySelectorAll("#search-results a")].map(link => link.getAttribute("href"));
"""


@pytest.mark.parametrize("name", names_of_pages())
def test_a_page_fits_loads_nothing_from_elsewhere_and_has_no_errors(browser: Browser, address: str, name: str) -> None:
    browser.open(address + name)
    assert browser.run("return document.documentElement.scrollWidth") <= browser.width
    assert browser.run(TOO_WIDE) == []
    assert browser.run(CUT) == []
    assert browser.run(BROKEN) == []
    assert browser.complaints() == []
    assert [url for url in browser.take_requests() if not url.startswith((address, "data:"))] == []


def results(browser: Browser, query: str) -> list[str]:
    return browser.run(SEARCH, query)


@pytest.mark.parametrize("name", ["index.html", "operations.html", "examples/docker.html"])
def test_a_page_has_a_search_box_that_leads_to_the_results(browser: Browser, address: str, name: str) -> None:
    browser.open(address + name)
    boxes = [box for box in browser.driver.find_elements(By.CSS_SELECTOR, "input[name=q]") if box.is_displayed() and box.rect["x"] >= 0]
    assert len(boxes) == 1
    assert boxes[0].rect["y"] < 200
    boxes[0].send_keys("--lock", Keys.ENTER)
    WebDriverWait(browser.driver, 60).until(lambda driver: driver.find_elements(By.CSS_SELECTOR, "#search-results a"))
    first = browser.driver.find_element(By.CSS_SELECTOR, "#search-results a")
    assert first.get_attribute("href") == f"{address}ssm-exec.1.html#lock-file"
    first.click()
    WebDriverWait(browser.driver, 60).until(lambda driver: driver.current_url.endswith("#lock-file"))
    assert browser.run("return document.querySelector(':target').textContent").startswith("--lock FILE")
    assert browser.complaints() == []


@pytest.mark.parametrize(
    ("query", "wanted", "place"),
    [
        ("run my container with /prod/api", "examples/docker.html", 3),
        ("why did my unit fail", "operations.html#why-did-my-unit-fail", 1),
        ("check that prod has not drifted", "operations.html#has-the-store-drifted", 1),
        ("check that prod has not drifted", "ssm-exec.1.html#lock-files", 3),
        ("what may my role do", "iam.html", 2),
        ("I use chamber", "coming-from.html#chamber", 1),
        ("chamber", "coming-from.html#chamber", 1),
        ("drift", "operations.html#has-the-store-drifted", 3),
        ("drift", "examples/ci.html", 5),
        ("125", "ssm-exec.1.html#125", 2),
        ("125", "operations.html#exit-status-125", 3),
        ("systemctl", "operations.html", 3),
        ("kms:Decrypt", "iam.html", 5),
        (MESSAGE, "operations.html#there-is-no-parameter", 1),
        ("--lock", "ssm-exec.1.html#lock-file", 1),
        ("--apply", "ssm-dotenv.1.html#apply", 1),
        ("AWS_CA_BUNDLE", "ssm-exec.1.html#aws-ca-bundle", 2),
        ("hop limit", "operations.html#hop-limit", 2),
        ("checksum", "releases.html", 2),
        ("verify signature", "releases.html#to-check-a-release", 2),
        ("public key", "releases.html", 3),
    ],
)
def test_the_search_finds(browser: Browser, address: str, query: str, wanted: str, place: int) -> None:
    browser.open(f"{address}search.html?q={quote(query)}")
    shown = [link.get_attribute("href").removeprefix(address) for link in browser.driver.find_elements(By.CSS_SELECTOR, "#search-results a")]
    assert any(link.startswith(wanted) for link in shown[:place]), shown[:8]


def messages() -> list[str]:
    """The messages of docs/operations.md, with a name in place of what varies."""
    page = (ROOT / "docs" / "operations.md").read_text().partition("\n## Messages\n")[2]
    cells = re.findall(r"^\| (`[^|]*(?:\\\|[^|]*)*) \|", page, re.MULTILINE)
    found = [message.replace("\\|", "|").replace("...", "/prod/web") for cell in cells for message in re.findall(r"`([^`]+)`", cell)]
    assert len(found) > 150
    return found


def test_each_message_leads_to_its_row(browser: Browser, address: str) -> None:
    """As it is copied from a terminal. Messages of less than three words are parts of others."""
    browser.open(f"{address}search.html")
    data = json.loads((SITE / "search-data.js").read_text().removeprefix("const SEARCH_DATA = ").removesuffix(";\n"))
    row_of = {
        message.replace("...", "/prod/web"): f"{data['pages'][page][0]}#{anchor}"
        for page, anchor, _, _, exact, above, _ in data["entries"]
        for message in exact
        if above[:2] == ["Operations", "Messages"]
    }
    missed = {}
    for message in messages():
        if len(re.findall(r"[a-z]+", message.replace("/prod/web", ""))) < 3:
            continue
        shown = results(browser, f"ssm-exec: error: {message}")
        if row_of[message] not in shown[:3]:
            missed[message] = shown[:3]
    assert missed == {}


@pytest.mark.parametrize("program", ["ssm-exec", "ssm-dotenv"])
def test_each_option_leads_to_its_place_in_the_manual(browser: Browser, address: str, program: str) -> None:
    browser.open(f"{address}search.html")
    source = (ROOT / "packaging" / "man" / f"{program}.1.scd").read_text()
    options = set(re.findall(r"^(?:\*-\w\*, )?\*(--[\w-]+)\*.*\n\t", source, re.MULTILINE))
    wanted = {option: re.compile(rf"ssm-(exec|dotenv)\.1\.html#(\w-)?{option.strip('-')}\b") for option in options}
    assert {option for option in options if not any(wanted[option].match(link) for link in results(browser, option)[:2])} == set()


def test_what_a_reader_types_is_text(browser: Browser, address: str) -> None:
    browser.open(f"{address}search.html?q={quote('<img src=x onerror=alert(1)> chamber (')}")
    assert browser.run("return document.querySelectorAll('#search-results img').length") == 0
    assert browser.run("return document.querySelector('#search input').value") == "<img src=x onerror=alert(1)> chamber ("
    assert browser.complaints() == []


def test_nothing_is_found_where_nothing_is(browser: Browser, address: str) -> None:
    browser.open(f"{address}search.html?q=xyzzyplugh")
    assert browser.driver.find_element(By.ID, "search-state").text == "Nothing was found."
    assert results(browser, "") == []
    assert browser.driver.find_element(By.ID, "search-state").text == ""


def test_it_works_from_a_folder(browser: Browser) -> None:
    folder = f"{Path(SITE).as_uri()}/"
    browser.open(f"{folder}index.html")
    assert browser.run("return getComputedStyle(document.querySelector('article h1')).fontWeight") == "700"
    browser.open(f"{folder}search.html?q=--lock")
    assert browser.driver.find_element(By.CSS_SELECTOR, "#search-results a").get_attribute("href") == f"{folder}ssm-exec.1.html#lock-file"
    assert results(browser, "chamber")[0] == "coming-from.html#chamber"
    assert browser.complaints() == []
    assert [url for url in browser.take_requests() if not url.startswith((folder, "data:"))] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_light_or_dark_as_the_system_is(browser: Browser, address: str, scheme: str) -> None:
    """And text is readable on its background: a contrast of at least 4.5, as WCAG asks."""
    browser.prefer(scheme)
    browser.open(f"{address}operations.html")
    contrast = """
    const channels = text => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
    const light = text => {
        const [r, g, b] = channels(text).map(value => value / 255).map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = element => {
        const color = getComputedStyle(element).backgroundColor;
        return /, 0\\)$/.test(color) ? behind(element.parentElement) : color;
    };
    const shown = document.querySelectorAll("article p, article a, article td, article code, article pre, .sidebar-drawer a");
    const ratios = [...shown].map(element => {
        const [one, two] = [light(getComputedStyle(element).color), light(behind(element))].sort((a, b) => b - a);
        return (one + 0.05) / (two + 0.05);
    });
    return [Math.min(...ratios), light(behind(document.querySelector("article")))];
    """
    least, background = browser.run(contrast)
    browser.prefer("light")
    assert (background > 0.5) == (scheme == "light")
    assert least >= 4.5
