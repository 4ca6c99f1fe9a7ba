"""Differences of two runs: known ones, paired and not."""

from dataclasses import replace

import numpy as np
import pytest
from made_folders import complete, made_results
from made_predictions import predicted
from scipy.stats import t
from stellar.crossvalidation.predictions import Predictions
from stellar.two_runs import differences
from stellar.two_runs.runs import Run

MODEL = ("tier", "elodie/photometry")
SHARE = 350 / 1050  # rows of a fold over those trained on


def row(first, second):
    return differences.model_row(MODEL, first, second)


def by_fold(predictions):
    parts = [predictions.of_fold(fold) for fold in range(4)]
    return np.array([np.mean(part.classes == part.labels) for part in parts])


def by_hand(values, share=SHARE):
    error = np.sqrt((1 / len(values) + share) * np.var(values, ddof=1))
    return t.ppf(0.975, len(values) - 1) * error


def spoiled(predictions, stars):
    """The same predictions, but some stars are called what they are not."""
    shares = predictions.probabilities.copy()
    shares[stars] = 0.05
    shares[stars, (predictions.labels[stars] + 3) % 7] = 0.7
    return replace(predictions, probabilities=shares)


def test_paired_differences_are_those_of_the_folds():
    a, b = predicted(0.1), predicted(0.3, seed=1)
    found = row(a, b)
    assert found["paired"] and not found["same"]
    assert (found["folds_a"], found["rows_b"]) == (4, 1400)
    apart = by_fold(b) - by_fold(a)
    assert found["accuracy_a"] == pytest.approx(by_fold(a).mean())
    assert found["accuracy_difference"] == pytest.approx(apart.mean())
    assert found["accuracy_difference_ci95"] == pytest.approx(by_hand(apart))
    assert differences.tells(found, "accuracy")


def test_a_known_number_of_changed_stars_is_the_difference():
    a = predicted(0.0)
    # 14 of each fold's 350 stars.
    changed = np.concatenate([np.flatnonzero(a.folds == fold)[:14] for fold in range(4)])
    found = row(a, spoiled(a, changed))
    assert found["accuracy_difference"] == pytest.approx(-14 / 350)
    assert found["accuracy_difference_ci95"] == pytest.approx(0, abs=1e-12)
    assert found["log_loss_difference"] == pytest.approx(14 / 350 * np.log(0.7 / 0.05), rel=1e-5)
    assert found["f1_macro_difference"] < 0


def test_the_order_of_rows_is_nothing():
    a = predicted(0.2)
    found = row(a, a.of(np.random.default_rng(0).permutation(1400)))
    assert found["paired"] and found["same"]
    for score in differences.SCORES:
        assert found[f"{score}_difference"] == found[f"{score}_difference_ci95"] == 0
        assert not differences.tells(found, score)


def test_other_stars_labels_or_folds_are_not_paired():
    a, b = predicted(0.1), predicted(0.3, seed=1)
    label = b.labels.copy()
    label[7] = (label[7] + 1) % 7
    others = {
        "stars": replace(b, ids=b.ids + 1),
        "labels": replace(b, labels=label),
        "folds": replace(b, folds=(b.folds + 1) % 4),
        "fewer": b.of(np.arange(1399)),
    }
    for name, other in others.items():
        found = row(a, other)
        assert not found["paired"] and not found["same"], name
        halves = by_hand(by_fold(a)), by_hand(by_fold(other), len(other.ids) / 4 / 1050)
        assert found["accuracy_difference_ci95"] == pytest.approx(np.hypot(*halves)), name
        assert found["accuracy_difference"] == pytest.approx(
            by_fold(other).mean() - by_fold(a).mean()
        )


def test_only_folds_of_both_are_paired():
    a, b = predicted(0.1), predicted(0.3, seed=1)
    some = b.of(b.folds != 0)
    found = row(a, some)
    assert found["paired"]
    assert (found["folds_a"], found["folds_b"], found["rows_a"]) == (3, 3, 1050)
    apart = (by_fold(b) - by_fold(a))[1:]
    assert found["accuracy_difference_ci95"] == pytest.approx(by_hand(apart))


def test_fewer_training_rows_in_one_run_widen_the_interval():
    a = predicted(0.1)
    b = predicted(0.3, seed=1, folds=[{"fold": fold, "train_rows": 700} for fold in range(4)])
    apart = by_fold(b) - by_fold(a)
    assert row(a, b)["accuracy_difference_ci95"] == pytest.approx(by_hand(apart, 0.5))
    assert row(b, a)["accuracy_difference_ci95"] == pytest.approx(by_hand(apart, 0.5))


def test_one_fold_has_no_interval():
    a, b = (predicted(rate).of_fold(2) for rate in (0.1, 0.3))
    found = row(a, b)
    assert found["accuracy_difference_ci95"] is None
    assert differences.few(found, "accuracy") and not differences.tells(found, "accuracy")


def test_stars_without_a_label_are_not_scored():
    a = predicted(0.1)
    unlabelled = replace(a, labels=np.where(np.arange(1400) < 70, -1, a.labels).astype(np.int8))
    assert row(unlabelled, unlabelled)["rows_a"] == 1330


def test_models_of_one_run_are_named_with_the_reason(tmp_path):
    a = made_results(
        tmp_path / "a",
        rival__lookup=predicted(0.1),
        ablation__colours=predicted(0.3),
        baseline__cut=predicted(0.3),
    )
    b = made_results(
        tmp_path / "b",
        rival__lookup=predicted(0.1),
        ablation__colours=Predictions.none("colours", "no star has u"),
        tier__elodie__sspp=predicted(0.3),
    )
    rows, alone = differences.models(Run.read(a), Run.read(b))
    assert [(r["kind"], r["name"], r["same"]) for r in rows] == [("rival", "lookup", True)]
    assert {(r["kind"], r["run"], r["why"]) for r in alone} == {
        ("ablation", "A", "skipped: no star has u"),
        ("baseline", "A", "no such model"),
        ("tier", "B", "no such model"),
    }


@pytest.fixture
def runs(tmp_path):
    return [
        Run.read(complete(made_results(tmp_path / name), **about))
        for name, about in (("a", {}), ("b", {"verdict": "leaks", "seed": 7, "labelled": 1500}))
    ]


def test_settings_that_differ_or_stand_in_one_run(runs):
    a, b = runs
    more = replace(b, configuration={**b.configuration, "tiers": {"all": ["u", "g"], "none": None}})
    assert differences.configurations(a, more) == [
        {"key": "seed", "a": "18", "b": "7"},
        {"key": "tiers.all", "a": "", "b": '["u", "g"]'},
        {"key": "tiers.none", "a": "", "b": "null"},
    ]
    assert differences.configurations(a, a) == []
    assert differences.configurations(a, replace(b, configuration=None)) is None


def test_verdicts_that_differ_come_first(runs):
    changed, equal = differences.verdicts(*runs)
    assert (changed["features"], changed["a"], changed["b"]) == ("study", "clean", "leaks")
    assert changed["reason_b"] == "look-up"
    assert (equal["features"], equal["a"], equal["b"]) == ("photometry", "clean", "clean")
    alone, _ = differences.verdicts(runs[0], replace(runs[1], audits=()))
    assert alone["b"] is None


def test_stars_by_class_in_the_order_of_classes(runs):
    rows = differences.classes(*runs)
    assert [r["class"] for r in rows] == [*"OBAFGKM", "all with a class", "all"]
    assert rows[0] == {"class": "O", "a": 200, "b": 200}
    assert (rows[-2]["a"], rows[-2]["b"]) == (1400, 1500)
    assert differences.classes(runs[0], replace(runs[1], labels={})) == []


def test_cpu_by_rule(runs):
    a, b = runs
    dearer = replace(b, costs=[{"rule": "all jobs", "cpu_s": 18.0}, {"rule": "new", "cpu_s": 1.0}])
    assert differences.times(a, dearer) == [
        {"rule": "tier", "a": 8.0, "b": None, "ratio": None},
        {"rule": "new", "a": None, "b": 1.0, "ratio": None},
        {"rule": "all jobs", "a": 9.0, "b": 18.0, "ratio": 2.0},
    ]
    assert differences.times(a, replace(b, costs=())) == []
