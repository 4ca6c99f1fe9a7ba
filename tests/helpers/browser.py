"""Debian's Chromium, driven by Playwright: opens a page, and keeps what goes wrong on it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
HEIGHT = 900
DRAWN = "document.documentElement.dataset.figures === 'drawn'"
OPEN_ALL = (
    "document.querySelectorAll('main details:not(.plot details)')"
    ".forEach((one) => { one.open = true; })"
)


@dataclass
class Opened:
    """A page, what it asked of other places, and what it complained of."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without window."""
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=root)
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, path: Path, width: int, scheme: str = "light") -> Iterator[Opened]:
    """A page of files, all its figures drawn."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHT}, color_scheme=scheme, reduced_motion="reduce"
    )
    found = Opened(context.new_page())
    found.page.on("request", lambda request: found.requests.append(request.url))
    found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
    found.page.on(
        "console",
        lambda said: found.complaints.append(said.text) if said.type in ("error", "warning") else 0,
    )
    found.page.goto(path.resolve().as_uri())
    found.page.wait_for_function(DRAWN)
    yield found
    context.close()
