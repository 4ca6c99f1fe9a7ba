"""`make compare` on the shrunk study and a copy of it that differs in a known way."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright
from project import environment
from stellar.crossvalidation.predictions import Predictions
from stellar.two_runs.runs import Run

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
TIER = "tier/elodie/photometry/probabilities.parquet"
CHANGED = 0.1  # of the stars of each fold, at most


def compare(study: Path, a: str, b: str) -> subprocess.CompletedProcess[str]:
    # `-o setup`: the environment is the one that runs the tests.
    command = [
        "make",
        "--no-print-directory",
        "-o",
        "setup",
        f"BIN={Path(sys.executable).parent}",
        "compare",
    ]
    return subprocess.run(
        [*command, f"A={a}", f"B={b}"],
        cwd=study,
        env=environment(),
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )


def spoil(path: Path) -> float:
    """Miscall some rightly called stars of each fold; what that costs in accuracy."""
    whole = Predictions.read(path)
    shares, costs = whole.probabilities.copy(), []
    for fold in np.unique(whole.folds[whole.labels >= 0]):
        scored = (whole.folds == fold) & (whole.labels >= 0)
        right = np.flatnonzero(scored & (whole.classes == whole.labels))
        chosen = right[: int(CHANGED * scored.sum())]
        shares[chosen] = 0.05
        shares[chosen, (whole.labels[chosen] + 1) % 7] = 0.7
        costs.append(len(chosen) / scored.sum())
    replace(whole, probabilities=shares).write(path)
    return float(np.mean(costs))


@pytest.fixture(scope="module")
def pair(finished_study, tmp_path_factory):
    """The study's results, and a copy in which one model is worse, one setting another."""
    folder = tmp_path_factory.mktemp("a run's other name")
    for name in ("a", "b"):
        shutil.copytree(finished_study / "results", folder / name)
    cost = spoil(folder / "b" / TIER)
    for name, seed in (("a", 18), ("b", 19)):
        path = folder / name / "report/configuration.yaml"
        known = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
        path.write_text(yaml.safe_dump({**known, "seed": seed}), encoding="utf-8")
    return folder / "a", folder / "b", cost


@pytest.fixture(scope="module")
def run(finished_study, pair):
    return compare(finished_study, *map(str, pair[:2]))


def test_one_model_of_all_differs_by_what_was_changed(pair, run):
    assert run.returncode == 0, run.stdout + run.stderr
    a, _, cost = pair
    pairs, accuracies, besides, page = run.stdout.splitlines()
    models = len(Run.read(a).models)
    assert models > 15
    assert pairs == (
        f"{models} models are in both runs. {models} of them are paired by star and "
        f"fold. {models - 1} predict exactly the same."
    )
    assert "Of 1 model with other predictions" in accuracies
    assert "1 setting differs. 0 of " in besides
    assert page == f"The page: {a / 'compare/compare.html'}"
    html = (a / "compare/compare.html").read_text(encoding="utf-8")
    shown = re.search(r">elodie/photometry</th><td[^>]*>(\S+) ± ", html).group(1)
    assert float(shown.replace("−", "-")) == pytest.approx(-100 * cost, abs=0.006)
    assert "simulated" in html


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (Debian: chromium)")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 768, 1600])
def test_the_page_fits_asks_nothing_and_is_readable(pair, run, width, scheme):
    said, asked = [], []
    with sync_playwright() as playwright:
        root = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=root)
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page.on("console", lambda message: said.append(message.text))
        page.on("request", lambda request: asked.append(request.url))
        page.goto((pair[0] / "compare/compare.html").as_uri())
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator("figure svg").count() == 3
        for drawing in page.locator("figure svg").all():
            assert drawing.bounding_box()["width"] > 250
        violations = Axe().run(page).response["violations"]
        assert [(found["id"], found["nodes"][0]["html"]) for found in violations] == []
        browser.close()
    assert not said
    assert len(asked) == 1


def test_a_run_beside_itself_is_refused(finished_study):
    run = compare(finished_study, "results", "results/../results")
    assert run.returncode != 0
    assert "error: results and results/../results are the same folder" in run.stderr
    assert "Traceback" not in run.stderr


def test_two_runs_must_be_named(finished_study):
    run = compare(finished_study, "results", "")
    assert run.returncode != 0
    assert "type make compare A=results B=other/results" in run.stderr
