"""Planted leaks are found, each by the check that is made for it; clean features are acquitted."""

from dataclasses import replace

import numpy as np
import pytest
from made_runs import PROTOCOL, run_of
from stellar.crossvalidation.predictions import Predictions
from stellar.evaluation.leaks import audit
from stellar.sample.arrays import Sample
from stellar.sample.scaler import Scaler

ROWS = 3000
TREES = 20  # half of the study's: they see what is planted here


@pytest.fixture(scope="module")
def clean() -> Sample:
    """Six measured quantities that know something of the class; one is rounded."""
    random = np.random.default_rng(1)
    labels = random.choice(7, ROWS, p=[0.1, 0.05, 0.05, 0.2, 0.2, 0.2, 0.2]).astype(np.int8)
    table = labels[:, None] + random.normal(0, 1.2, (ROWS, 6))
    table[:, 5] = table[:, 5].round(2)
    return Sample(
        survey="test",
        ids=np.arange(ROWS, dtype=np.uint64) * 7,
        feature_names=("a", "b", "c", "d", "e", "rounded"),
        values=table.astype(np.float32),
        labels=labels,
        folds=(np.arange(ROWS) % 6).astype(np.int8),
    )


def with_column(sample: Sample, values: np.ndarray) -> Sample:
    return replace(
        sample,
        feature_names=(*sample.feature_names, "planted"),
        values=np.column_stack([sample.values, values.astype(np.float32)]),
    )


def groups_of(sample: Sample) -> dict[str, np.ndarray]:
    number = np.arange(len(sample.labels))
    return {"star": number, "plate": number % 50, "template": number % 80}


def verdict_on(sample: Sample, predicted: Predictions | None = None, trees: int = TREES, **groups):
    groups = {**groups_of(sample), **groups}
    return audit.entry(sample, groups, PROTOCOL, predicted, [], seed=0, trees=trees)


def leak_of(*sample, **groups) -> str:
    """The reason for "leaks": what values, folds and files betray needs no more than a tree."""
    found = verdict_on(*sample, trees=1, **groups)
    assert found["verdict"] == "leaks"
    return found["reason"]


def test_measured_features_are_acquitted(clean):
    found = verdict_on(clean)
    assert found["verdict"] == "clean", found["findings"]
    assert found["permuted"] == pytest.approx(found["chance"], abs=0.03)
    assert found["random"] > found["chance"] + 0.2


def test_a_copied_label_is_found(clean):
    reason = leak_of(with_column(clean, clean.labels * 10.0))
    assert "planted" in reason


def test_a_name_that_carries_the_label_is_found(clean):
    """As in SDSS: the temperature of the library star whose type is the label."""
    random = np.random.default_rng(2)
    templates = random.permutation(3000)[: 7 * 60].reshape(7, 60)
    column = templates[clean.labels, random.integers(60, size=ROWS)]
    reason = leak_of(with_column(clean, column))
    assert "identify the label" in reason


def test_a_rounded_measurement_is_no_name(clean):
    """Its values repeat as often, but their neighbours tell as much."""
    random = np.random.default_rng(3)
    kelvin = 4000 + 900.0 * clean.labels + 1500 * random.normal(size=ROWS)
    found = verdict_on(with_column(clean, (kelvin / 20).round() * 20))
    assert found["verdict"] == "clean", found["findings"]
    assert any(v["columns"] == "planted" and v["repeated"] > 0.9 for v in found["values"])


def test_a_target_encoded_column_is_found(clean):
    random = np.random.default_rng(4)
    category = random.integers(200, size=ROWS)
    means = np.bincount(category, weights=clean.labels) / np.bincount(category)
    reason = leak_of(with_column(clean, means[category]))
    assert "target encoding" in reason


def test_a_share_of_one_class_is_a_target_encoding_too(clean):
    random = np.random.default_rng(5)
    category = random.integers(200, size=ROWS)
    share = np.bincount(category, weights=clean.labels == 3) / np.bincount(category)
    assert leak_of(with_column(clean, share[category]))


def test_a_duplicate_across_folds_is_found(clean):
    """The copy has an id, a place and a star of its own; only its values betray it."""
    table = clean.values.copy()
    table[1], table[2] = table[0], table[9]
    labels = clean.labels.copy()
    labels[1], labels[2] = labels[0], labels[9]
    reason = leak_of(replace(clean, values=table, labels=labels))
    assert "duplicates" in reason


def test_a_star_in_two_folds_is_found(clean):
    star = np.arange(ROWS)
    star[1] = 0
    reason = leak_of(clean, star=star)
    assert reason.startswith("1 star has rows in several folds")


def test_a_repeated_star_in_one_fold_is_fine(clean):
    star = np.arange(ROWS)
    star[6] = 0  # both rows stand in fold 0
    assert verdict_on(clean, star=star)["verdict"] == "clean"


def predicted(sample: Sample, fitted_on_all: bool = False, **change) -> Predictions:
    about = run_of(sample)[0].about
    if fitted_on_all:
        whole = Scaler.fit(sample.values, sample.feature_names).to_json()
        about["folds"] = [{**entry, "scaler": whole} for entry in about["folds"]]
    rows = np.isin(sample.folds, PROTOCOL.scored)
    labels = sample.labels[rows]
    called = np.where(np.arange(len(labels)) % 10 < 7, labels, (labels + 1) % 7)
    certain = np.eye(7, dtype=np.float32)[called]
    right = Predictions(sample.ids[rows], sample.folds[rows], labels, certain, about, "test")
    return replace(right, **change)


def test_a_scaler_of_the_training_rows_is_right(clean):
    assert verdict_on(clean, predicted(clean))["verdict"] == "clean"


def test_a_scaler_fitted_on_everything_is_found(clean):
    reason = leak_of(clean, predicted(clean, fitted_on_all=True))
    assert "scaler" in reason


def test_rows_scored_outside_their_fold_are_found(clean):
    rows = np.isin(clean.folds, PROTOCOL.scored)
    wrong = predicted(clean, folds=np.roll(clean.folds[rows], 1))
    assert leak_of(clean, wrong)


def test_features_that_know_the_plate_are_suspect(clean):
    random = np.random.default_rng(6)
    plate = random.integers(60, size=ROWS)
    # What a plate was drilled for decides its stars' classes, and its place names the plate.
    labels = np.where(random.random(ROWS) < 0.8, plate % 7, clean.labels).astype(np.int8)
    place = random.permutation(60)[plate] + random.normal(0, 0.1, ROWS)
    sample = with_column(replace(clean, labels=labels), place)
    found = verdict_on(sample, plate=plate)
    assert found["verdict"] == "suspect"
    assert "plate" in found["reason"]
    assert found["losses"]["plate"]["loss"] > 5 * found["losses"]["plate"]["ci95"]
    assert abs(found["losses"]["star"]["loss"]) < 0.03


def test_a_small_loss_on_new_templates_is_said_though_clean(clean):
    random = np.random.default_rng(7)
    template = random.integers(300, size=ROWS)
    # A fifth of the templates carries whims: the label of the template, not of the star.
    whims = template < 60
    labels = np.where(whims, template % 7, clean.labels).astype(np.int8)
    place = random.permutation(300)[template] + random.normal(0, 0.1, ROWS)
    sample = with_column(replace(clean, labels=labels), place)
    found = verdict_on(sample, template=template)
    loss = found["losses"]["template"]
    assert 0 < loss["ci95"] < loss["loss"]
    assert found["verdict"] == "clean"
    assert f"{100 * loss['loss']:.1f} ±" in found["reason"]


def test_unknown_plates_are_left_out(clean):
    found = verdict_on(clean, plate=np.full(ROWS, -1))
    assert found["plate"] is None
    assert found["verdict"] == "clean"
