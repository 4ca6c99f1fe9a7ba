"""Planted leaks are found, and their honest twins acquitted; a verdict says what was tested."""

from dataclasses import asdict, replace

import numpy as np
import pytest
from made_stars import made_stars, with_column
from stellar.evaluation.leaks import audit
from stellar.evaluation.leaks.finding import Finding
from stellar.sample.arrays import Sample

pytestmark = pytest.mark.long

ROWS = 4000


@pytest.fixture(scope="module")
def clean() -> Sample:
    return made_stars(ROWS)[0]


@pytest.fixture(scope="module")
def coordinate() -> np.ndarray:
    return made_stars(ROWS)[1]


def verdict_on(sample: Sample, trees: int = 1, **groups):
    """What values and folds betray needs no more than a tree."""
    number = np.arange(len(sample.labels))
    groups = {"star": number, "plate": number % 50, "template": number % 80, **groups}
    return audit.entry(sample, groups, seed=0, trees=trees)


def leak_of(sample: Sample, **groups) -> str:
    found = verdict_on(sample, **groups)
    assert found["verdict"] == "leaks", found["reason"]
    return " ".join(finding["reason"] for finding in found["findings"])


def test_measured_features_are_acquitted_and_it_is_said_by_what(clean):
    found = verdict_on(clean, trees=20)
    assert found["verdict"] == "clean", found["findings"]
    assert found["random"] > found["chance"] + 0.2
    assert found["reason"].startswith("no leak found by: ")
    assert "columns held against 4 that measure the star" in found["tested"]
    assert "look-up of values: none repeat" in found["not_tested"]


@pytest.mark.parametrize("noise", [0.0, 0.3, 0.6, 1.0])
def test_a_label_with_noise_is_found_and_a_measurement_with_as_much_acquitted(
    clean, coordinate, noise
):
    error = noise * np.random.default_rng(2).normal(size=ROWS)
    assert "within a class, nothing of the star" in leak_of(
        with_column(clean, clean.labels + error)
    )
    found = verdict_on(with_column(clean, coordinate + error + 1e-3))
    assert found["verdict"] == "clean", found["findings"]


def test_a_column_with_the_label_s_errors_is_found(clean, coordinate):
    """It is related to the star within a class, as a library star's temperature is."""
    random = np.random.default_rng(3)
    astray = np.abs(np.floor(coordinate) - clean.labels) > 1
    follows = np.where(astray, clean.labels + random.random(ROWS), coordinate)
    assert "has the label's errors" in leak_of(with_column(clean, follows))


def test_a_gap_made_of_the_label_is_found_and_one_of_faint_stars_acquitted(clean):
    random = np.random.default_rng(4)
    measured = random.normal(size=ROWS)
    of_class = np.where((clean.labels >= 5) & (random.random(ROWS) < 0.5), np.nan, measured)
    assert "where it is missing, planted" in leak_of(with_column(clean, of_class))
    faint = clean.values[:, 0] + random.normal(0, 0.3, ROWS) > 20.5
    found = verdict_on(with_column(clean, np.where(faint, np.nan, measured)))
    assert found["verdict"] == "clean", found["findings"]


def test_a_gap_filled_by_the_class_s_mean_is_found_and_by_all_stars_mean_acquitted(clean):
    random = np.random.default_rng(5)
    gap, g = random.random(ROWS) < 0.4, clean.values[:, 1].astype(float)
    means = np.array([g[clean.labels == k].mean() for k in range(7)])
    assert "repeats" in leak_of(with_column(clean, np.where(gap, means[clean.labels], g)))
    found = verdict_on(with_column(clean, np.where(gap, g.mean(), g)))
    assert found["verdict"] == "clean", found["findings"]


def test_two_columns_that_give_the_label_together_are_found(clean):
    noise = 5 * np.random.default_rng(6).normal(size=ROWS)
    both = with_column(with_column(clean, noise, "one"), clean.labels - noise, "other")
    assert "one, other" in leak_of(both)


def test_a_name_that_carries_the_label_is_found(clean):
    """As in SDSS: the temperature of the library star whose type is the label."""
    random = np.random.default_rng(2)
    templates = random.permutation(3000)[: 7 * 60].reshape(7, 60)
    column = templates[clean.labels, random.integers(60, size=ROWS)]
    assert "identify the label" in leak_of(with_column(clean, column))


def test_a_rounded_measurement_is_no_name(clean, coordinate):
    """Its values repeat as often, but their neighbours tell as much."""
    random = np.random.default_rng(3)
    kelvin = 4000 + 900.0 * coordinate + 1500 * random.normal(size=ROWS)
    found = verdict_on(with_column(clean, (kelvin / 20).round() * 20))
    assert found["verdict"] == "clean", found["findings"]
    assert any(v["columns"] == "planted" and v["repeated"] > 0.9 for v in found["values"])


def test_a_target_encoded_column_is_found(clean):
    category = np.random.default_rng(4).integers(200, size=ROWS)
    means = np.bincount(category, weights=clean.labels) / np.bincount(category)
    assert "target encoding" in leak_of(with_column(clean, means[category]))


def test_a_share_of_one_class_is_a_target_encoding_too(clean):
    category = np.random.default_rng(5).integers(200, size=ROWS)
    share = np.bincount(category, weights=clean.labels == 3) / np.bincount(category)
    assert "target encoding" in leak_of(with_column(clean, share[category]))


def test_a_label_cut_from_a_column_is_found(clean, coordinate):
    cut = replace(clean, labels=np.floor(coordinate).astype(np.int8))
    assert "thresholds in planted" in leak_of(with_column(cut, coordinate))


def test_a_star_in_two_folds_is_found(clean):
    star = np.arange(ROWS)
    star[1] = 0
    assert "1 star has rows in several folds" in leak_of(clean, star=star)


def test_a_repeated_star_in_one_fold_is_fine(clean):
    star = np.arange(ROWS)
    star[6] = 0  # both rows stand in fold 0
    assert verdict_on(clean, star=star)["verdict"] == "clean"


@pytest.mark.parametrize("rows", [103, 150])
def test_too_few_rows_are_undecided_and_how_many_would_decide_is_said(rows):
    found = verdict_on(made_stars(rows, seed=3)[0])
    assert found["verdict"] == "undecided", found["reason"]
    assert rows < found["decisive"] < 1000
    assert f"{found['decisive']:,} of this mix" in found["reason"] or found["decisive"] < 100


def test_features_that_know_the_plate_are_suspect(clean):
    random = np.random.default_rng(6)
    plate = random.integers(60, size=ROWS)
    # What a plate was drilled for decides its stars' classes, and its place names the plate.
    labels = np.where(random.random(ROWS) < 0.5, plate % 7, clean.labels).astype(np.int8)
    place = random.permutation(60)[plate] + random.normal(0, 0.1, ROWS)
    found = verdict_on(with_column(replace(clean, labels=labels), place), trees=20, plate=plate)
    assert any("identify the plate" in finding["reason"] for finding in found["findings"])
    assert found["losses"]["plate"]["loss"] > 5 * found["losses"]["plate"]["ci95"]


def test_unknown_plates_are_left_out_and_it_is_said(clean):
    found = verdict_on(clean, plate=np.full(ROWS, -1))
    assert found["plate"] is None
    assert "folds disjoint in plate: not known" in found["not_tested"]
    assert found["verdict"] == "clean"


def test_the_same_seed_gives_the_same_entry(clean):
    assert verdict_on(clean) == verdict_on(clean)


@pytest.mark.parametrize("before", ["clean", "undecided", "suspect", "leaks"])
def test_what_a_run_did_counts_beside_the_data(before):
    """Too few rows for the data are enough for a run: what it used is known."""
    findings = [] if before == "clean" else [asdict(Finding(before, "the data do"))]
    entry = {"features": "study", "verdict": before, "reason": "as it is", "findings": findings}
    assert audit.with_run(entry, [], 0.8) == {**entry, "network": 0.8}
    found = audit.with_run(entry, [Finding("leaks", "it trained on all rows")], None)
    assert (found["verdict"], found["reason"]) == ("leaks", "it trained on all rows")
    said = [finding["reason"] for finding in found["findings"]]
    assert said == ["it trained on all rows", *["the data do"] * (before in ("suspect", "leaks"))]
    assert (found["features"], found["network"]) == ("study", None)
