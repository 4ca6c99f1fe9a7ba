"""The figures of docs/tutorial.md and docs/limits.md, by the models of `make model` itself."""

import csv
import re
import subprocess
import sys

import pytest
from project import ROOT, copy_project, environment, snakemake
from stellar import BANDS, CLASSES, files
from stellar.classify.hints import shifted_bands
from stellar.classify.model import load

pytestmark = pytest.mark.slow  # a survey of 100,000 stars, and three trainings


def text_of(name: str) -> str:
    """A document without its line ends."""
    return re.sub(r"\s+", " ", (ROOT / "docs" / name).read_text(encoding="utf-8"))


TUTORIAL, LIMITS = text_of("tutorial.md"), text_of("limits.md")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = copy_project(tmp_path_factory.mktemp("documented") / "project")
    run = snakemake(place, "model", configfile=None, timeout=1800)
    assert run.returncode == 0, run.stderr[-3000:]
    return place


@pytest.fixture(scope="module")
def cards(folder):
    tiers = ("photometry", "redshift", "sspp")
    return {t: files.read_json(folder / "results/model" / t / "card.json") for t in tiers}


def percent(share: float, digits: int = 0) -> str:
    return f"{100 * share:.{digits}f} %"


def rows_of(text: str, columns: int) -> list[list[str]]:
    """Cells of the rows of a document's tables that have so many columns."""
    lines = (ROOT / "docs" / text).read_text(encoding="utf-8").splitlines()
    rows = [[c.strip() for c in line[1:-1].split("|")] for line in lines if line.startswith("|")]
    return [row for row in rows if len(row) == columns]


def test_the_tutorials_stars_have_the_types_that_it_shows(folder):
    words = ["classify", "docs/examples/stars.csv", "-o", "typed.csv"]
    run = subprocess.run(
        [sys.executable, "-m", "stellar.classify.program", *words],
        cwd=folder,
        env={**environment(), "PYTHONPATH": "scripts"},
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    assert " ".join(run.stderr.split()) in TUTORIAL
    shown = rows_of("tutorial.md", 6)[2:]  # below the head
    typed = list(csv.DictReader((folder / "typed.csv").read_text(encoding="utf-8").splitlines()))
    assert len(shown) == len(typed) == 10
    for row, (truth, kind, shares, classes, flag, tier) in zip(typed, shown, strict=True):
        own = ("subClass", "type", "type_set", "type_flag", "type_tier")
        assert [row[name] for name in own] == [truth, kind, classes, flag, tier]
        given = dict(re.findall(r"([A-Z]) (\d+)", shares))
        for name in CLASSES if kind else ():
            share = 100 * float(row[f"type_p_{name}"])
            assert share == pytest.approx(float(given.get(name, 0)), abs=1 if name in given else 2)


def test_the_classes_of_limits_are_those_of_the_card(cards):
    scores = cards["photometry"]["held_out"]
    shown = {row[0]: row[1:] for row in rows_of("limits.md", 4)}
    for name in CLASSES:
        rows, *shares = (float(cell.replace(",", "")) for cell in shown[name])
        assert rows == scores["rows_by_class"][name]
        card = [100 * scores[key][name] for key in ("recall", "precision")]
        assert shares == pytest.approx(card, abs=0.51)
    said = f"{scores['rows']:,} simulated stars that it has not seen; accuracy"
    assert f"{said} {percent(scores['accuracy'], 1)}:" in LIMITS


def test_a_table_of_shifted_stars_is_said_to_be_shifted_and_a_good_one_is_not(folder):
    stars = files.read_table(folder / "results/model/sample.parquet", list(BANDS)).to_pandas()
    model = load(folder / "results/model/photometry")
    drawn = stars.dropna().sample(189, random_state=3)
    columns = {band: drawn[band].to_numpy(float) for band in BANDS}
    assert shifted_bands(columns, model) == {}
    for step in (-0.9, 0.9):
        assert shifted_bands(columns | {"u": columns["u"] + step}, model) != {}
    bright = {band: values - 4 for band, values in columns.items()}
    assert shifted_bands(bright, model) == dict.fromkeys(BANDS, 4)


def test_what_limits_say_of_sets_and_flags_is_on_the_cards(cards):
    by_colours, by_sspp = (cards[tier]["held_out"] for tier in ("photometry", "sspp"))
    for tier, scores in (("photometry", by_colours), ("sspp", by_sspp)):
        size = f"with {scores['set_size']:.1f} classes"
        assert f"{percent(scores['coverage'], 1)} (`{tier}`), {size}" in LIMITS
    few = cards["sspp"]["training_data"]["calibration_rows_by_class"]
    assert f"O, B and M, with {few['O']}, {few['B']} and {few['M']} calibration stars" in LIMITS
    assert f"of {by_sspp['rows_by_class']['M']} M stars unseen the set holds M for none" in LIMITS
    assert by_sspp["coverage_by_class"]["M"] == 0
    for kind, found in by_colours["negatives"].items():
        plural = f"{percent(found['flagged'])} of {found['rows']} {kind}s"
        assert plural in LIMITS, plural
    assert f"and {percent(by_colours['flagged'])} of the good stars (its card)" in LIMITS
    assert f"It flags {percent(by_colours['flagged_by_class']['O'])} of the O stars" in LIMITS
