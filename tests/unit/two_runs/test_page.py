"""The page of two runs: what it says, in which words, and that text stays text."""

import re
from dataclasses import replace

import numpy as np
import pytest
from made_folders import complete, made_results
from made_predictions import predicted
from stellar.two_runs.page import Compared, difference, findings, render, surveys
from stellar.two_runs.page import shown as score
from stellar.two_runs.runs import Run

NASTY = "<script>alert('a&b')</script>"


def shown(html):
    """What a reader sees: no tags, single blanks."""
    body = html[html.index("<main>") :]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body))


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    same = {"rival__lookup": predicted(0.05), "baseline__majority": predicted(0.7)}
    a = made_results(folder / "a", tier__elodie__photometry=predicted(0.1), **same)
    b = made_results(folder / "b", tier__elodie__photometry=predicted(0.4, seed=1), **same)
    return Run.read(complete(a)), Run.read(complete(b, verdict="leaks", seed=7))


@pytest.fixture(scope="module")
def found(runs):
    return Compared.of(*runs)


def test_three_lines_say_what_was_found(found):
    pairs, accuracies, besides = findings(found)
    assert pairs == (
        "3 models are in both runs. 3 of them are paired by star and fold. "
        "2 predict exactly the same."
    )
    row = next(row for row in found.rows if row["kind"] == "tier")
    assert accuracies == (
        "Of 1 model with other predictions, 1 differ in accuracy by more than the 95 % interval; "
        "by chance 0.1 would. Most: tier elodie/photometry, "
        f"B − A = {difference(row, 'accuracy')} points."
    )
    assert besides == "1 setting differs. 1 of 2 verdicts of the audit differ."


def test_a_run_beside_its_equal_differs_in_nothing(runs):
    a, _ = runs
    equal = Compared.of(a, a)
    assert findings(equal)[1:] == [
        "No model's accuracy can be told apart.",
        "0 settings differ. 0 of 2 verdicts of the audit differ.",
    ]
    assert "None: both runs had the same configuration." in shown(render(equal))


def test_numbers_of_the_page_are_those_of_the_rows(found):
    text = shown(render(found))
    row = next(row for row in found.rows if row["kind"] == "tier")
    a, b = (f"{100 * row[f'accuracy_{of}']:.2f}" for of in "ab")
    apart = 100 * row["accuracy_difference"]
    half = 100 * row["accuracy_difference_ci95"]
    assert apart < -20
    assert f"elodie/photometry −{-apart:.2f} ± {half:.2f} {a} {b} paired 4 1,400 1,400" in text
    assert f"+{row['log_loss_difference']:.4f} ± {row['log_loss_difference_ci95']:.4f}" in text
    assert "lookup 0.00 ± 0.00" in text and "identical" in text
    assert "seed 18 7" in text
    assert text.index("elodie study no leak detected look-up") < text.index("elodie photometry")
    assert "tier 8.0 8.0 1.00" in text


def test_a_page_says_simulated_and_refers_to_nothing_else(found):
    html = render(found)
    assert "every number on this page comes from a simulated survey" in shown(html)
    assert "http" not in re.sub(r'xmlns(:xlink)?="[^"]*"', "", html)
    assert "<script" not in html
    assert html.count("<svg") == html.count('role="img" aria-label="') == 3
    real = replace(found, b=replace(found.b, labels={**found.b.labels, "survey": "sdss"}))
    assert "A's survey: simulated. B's survey: sdss." in render(real).replace("&#39;", "'")


def test_other_labels_are_said(found):
    other = replace(found, b=replace(found.b, labels={**found.b.labels, "label": "hammer"}))
    assert "The labels differ: elodie in A, hammer in B." in shown(render(other))
    assert "The labels differ" not in shown(render(found))


def test_what_is_missing_is_said_in_a_sentence(runs):
    a, b = runs
    bare = replace(b, configuration=None, labels={}, audits=(), costs=())
    found = Compared.of(a, bare)
    said = "Settings are not compared: B has no report/configuration.yaml."
    assert findings(found)[2] == f"{said} Verdicts are not compared, for a run has no audit."
    text = shown(render(found))
    assert f"Settings that differ {said}" in text
    assert "Not compared: a run has no labels.json." in text
    assert "Not compared: a run has no summary/cost.csv." in text
    assert "not audited" in text
    both = Compared.of(replace(a, configuration=None), bare)
    assert "A and B have no report/configuration.yaml" in findings(both)[2]
    assert "Neither run has an audit." in shown(render(Compared.of(replace(a, audits=()), bare)))


def test_runs_without_a_common_model(tmp_path, runs):
    other = Run.read(complete(made_results(tmp_path, ablation__colours=predicted(0.1))))
    found = Compared.of(runs[0], other)
    assert findings(found)[:2] == [
        "No model is in both runs.",
        "No model's accuracy can be told apart.",
    ]
    assert "ablation colours, of B alone: no such model in the other." in shown(render(found))


def test_other_stars_are_unpaired(runs, tmp_path):
    stars = predicted(0.4, seed=1)
    moved = replace(stars, ids=stars.ids + np.uint64(9))
    other = Run.read(complete(made_results(tmp_path, tier__elodie__photometry=moved)))
    found = Compared.of(runs[0], other)
    assert findings(found)[0] == (
        "1 model is in both runs. None is paired: stars, labels or folds differ."
    )
    assert "unpaired 4 1,400 1,400" in shown(render(found))


def test_text_of_data_is_escaped(tmp_path, runs):
    nasty = replace(
        runs[1],
        name=NASTY,
        configuration={NASTY: NASTY},
        audits=[{"label": NASTY, "features": NASTY, "verdict": NASTY, "reason": NASTY}],
        costs=[{"rule": NASTY, "cpu_s": 1.0}],
        labels={**runs[1].labels, "survey": NASTY, "label": NASTY},
    )
    found = Compared.of(runs[0], nasty)
    named = [{**row, "name": NASTY, "kind": row["kind"]} for row in found.rows]
    alone = [{"kind": "tier", "name": NASTY, "run": "A", "why": NASTY}]
    html = render(replace(found, rows=named, alone=alone))
    assert "<script" not in html
    assert html.count("&lt;script&gt;") > 10


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [
        ("simulated", "simulated", "Simulated stars: every number on this page"),
        ("sdss", "simulated", "B's survey: simulated. Simulated stars are no real ones"),
        ("sdss", "sdss", "Both surveys: sdss."),
        ("sdss", "table", "A's survey: sdss. B's survey: table."),
    ],
)
def test_where_the_stars_are_from_is_said(found, a, b, said):
    runs = (replace(run, labels={"survey": kind}) for run, kind in ((found.a, a), (found.b, b)))
    assert said in surveys(replace(found, **dict(zip("ab", runs, strict=True))))


def test_scores_that_are_not_there_are_a_dash():
    assert [score(None, "accuracy"), score(0.5, "accuracy"), score(0.5, "log_loss")] == [
        "–",
        "50.00",
        "0.5000",
    ]


def test_runs_without_audits_compare_no_verdicts(found):
    without = replace(found, a=replace(found.a, audits={}))
    assert findings(without)[2].endswith("Verdicts are not compared, for a run has no audit.")
