"""The documentation's site: built from the documents, whole, and readable without internet."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from browser import CHROMIUM, chromium
from project import ROOT, copy_project

DOCS = ROOT / "docs"
FETCHED = {"src", "srcset", "poster", "data"}  # attributes of what a browser fetches by itself


class Links(HTMLParser):
    """What a page links to, what it fetches, and the places in it that links may name."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.places: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        self.places |= {given[name] for name in ("id", "name") if name in given}
        self.fetched += [value for name, value in given.items() if name in FETCHED]
        if "href" in given:
            (self.fetched if tag == "link" else self.links).append(given["href"])


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The site, built as `make docs` does."""
    folder = copy_project(tmp_path_factory.mktemp("docs") / "project")
    (made,) = re.findall(r"zensical (.+)", (ROOT / "Makefile").read_text(encoding="utf-8"))
    run = subprocess.run(
        [sys.executable, "-m", "zensical.main", *made.split()],
        cwd=folder,
        check=False,
        capture_output=True,
        encoding="utf-8",
    )
    assert "--strict" in made
    assert run.returncode == 0, run.stdout + run.stderr[-3000:]
    assert "Warning" not in run.stdout + run.stderr
    return folder / "site"


@pytest.fixture(scope="module")
def pages(site) -> dict[Path, Links]:
    return {path: Links(path) for path in site.glob("**/*.html") if path.name != "404.html"}


def named(entry) -> Iterator[str]:
    """Pages that an entry of the navigation names."""
    for value in entry.values():
        yield from (value,) if isinstance(value, str) else (p for e in value for p in named(e))


def test_every_page_stands_once_in_the_navigation():
    project = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]
    listed = [page for entry in project["nav"] for page in named(entry)]
    assert sorted(listed) == sorted(p.relative_to(DOCS).as_posix() for p in DOCS.glob("**/*.md"))


def test_links_land(site, pages):
    assert len(pages) > 25
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme:
                assert parts.scheme == "https", f"{path.name}: {link}"
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert target.is_relative_to(site) and target.exists(), f"{path.name}: {link}"
            if parts.fragment and target in pages:
                assert unquote(parts.fragment) in pages[target].places, f"{path.name}: {link}"


def test_nothing_is_fetched_from_elsewhere(site, pages):
    for path, page in pages.items():
        assert page.fetched, path
        for address in page.fetched:
            parts = urlsplit(address)
            assert not parts.scheme or parts.scheme == "data", f"{path.name}: {address}"
            assert not parts.netloc, f"{path.name}: {address}"
    for sheet in site.glob("**/*.css"):
        text = sheet.read_text(encoding="utf-8")
        assert not re.search(r"@import|url\([\"']?(https?:|//)", text), sheet


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (Debian: chromium)")
def test_the_search_works_from_disk_without_internet(site):
    asked, complaints = [], []
    with chromium() as browser:
        page = browser.new_context(offline=True).new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else 0)
        page.goto((site / "index.html").as_uri())
        page.keyboard.press("Control+k")
        page.keyboard.type("lopsided")
        page.get_by_text("1 result", exact=True).wait_for()
        page.keyboard.press("Enter")
        page.wait_for_url("**/limits.html*")
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert complaints == []


def test_markup_was_read(pages):
    """What a document writes as Markdown is not on its page as it was written."""
    code = re.compile(r"<(pre|code|script)\b.*?</\1>", re.S)
    for path in pages:
        text = code.sub("", path.read_text(encoding="utf-8"))
        for mark in ("](", ":::", "--8<--", "|---", "**"):
            assert mark not in text, f"{path.name}: {text[text.index(mark) - 60 :][:120]}"


@pytest.mark.parametrize("path", sorted(DOCS.glob("**/*.md")), ids=lambda path: path.stem)
def test_lists_are_lists_in_the_site_too(path):
    """Its Markdown nests by four blanks, and starts a list behind an empty line alone."""
    prose = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    item = r"(?:[-*]|\d+\.) "
    assert not re.search(rf"^ {{1,3}}{item}", prose, re.M)
    assert not re.search(rf"^(?! *{item}|[ #|>-]).+\n{item}", prose, re.M)


def test_the_reference_holds_what_users_import(pages):
    places = set().union(*(page.places for page in pages.values()))
    assert {
        "stellar.classify.tables.classify",
        "stellar.sample.features.resolve",
        "stellar.sample.spectral_types.parse_type",
        "stellar.crossvalidation.protocol.Protocol",
        "stellar.crossvalidation.predictions.Predictions",
        "stellar.evaluation.metrics.scores",
        "stellar.evaluation.mix.adapted",
    } <= places


def test_the_readme_fits_two_screens():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 120
