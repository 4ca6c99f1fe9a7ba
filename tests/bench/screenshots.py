"""Pictures of the report for README and docs, from the page itself.

PYTHONPATH=scripts:tests/helpers python tests/bench/screenshots.py [--report PAGE]

Writes docs/figures/report-*.png: the opening, the panel, the diagrams in the dark, and a phone.
"""

import argparse
from pathlib import Path

from browser import chromium, opened

PLACE = Path(__file__).parents[2] / "docs/figures"
# Name, width, light or dark, what is brought to the top.
SHOTS = (
    ("opening", 1200, "light", None),
    ("panel", 1200, "light", "#try-it"),
    ("stars", 1200, "dark", "#figure-colours"),
    ("phone", 390, "light", None),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--report", type=Path, default=Path("results/report/report.html"))
    report = parser.parse_args().report
    with chromium() as browser:
        for name, width, scheme, anchor in SHOTS:
            with opened(browser, report, width, scheme) as found:
                found.page.wait_for_selector("[data-ready=yes]")  # the panel's buttons
                if anchor:
                    found.page.locator(anchor).evaluate("(e) => e.scrollIntoView()")
                    found.page.wait_for_timeout(200)  # the next picture of the screen
                found.page.screenshot(path=PLACE / f"report-{name}.png")
                print(PLACE / f"report-{name}.png")


if __name__ == "__main__":
    main()
