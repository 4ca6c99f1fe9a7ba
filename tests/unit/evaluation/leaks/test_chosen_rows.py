"""Choices, calibrations and rejections that saw scored rows are found, whatever their files say."""

from dataclasses import replace

import numpy as np
import pytest
from made_runs import (
    NOW,
    PROTOCOL,
    SETTINGS,
    calibrated,
    document,
    means_of,
    rejected,
    run_of,
    run_sample,
)
from stellar.crossvalidation.protocol import Protocol
from stellar.evaluation import calibration, rejection
from stellar.evaluation.leaks import chosen_rows
from stellar.sample.arrays import Rows, Sample


@pytest.fixture(scope="module")
def sample() -> Sample:
    return run_sample()


def verdicts(sample: Sample, document: dict) -> list[tuple[str, str]]:
    found = chosen_rows.selection_apart({"held_out": document}, PROTOCOL, lambda *_: sample)
    return [(finding.verdict, finding.reason) for finding in found]


def test_an_honest_choice_is_acquitted(sample):
    assert verdicts(sample, document(sample)) == []
    assert len(document(sample)["used"]) == 2  # the same for all settings


def test_a_choice_on_scored_folds_is_found_though_its_file_says_otherwise(sample):
    found = verdicts(sample, document(sample, folds=(0, 3)))
    assert {verdict for verdict, _ in found} == {"leaks"}
    assert "saw fold 3, which it may not see" in found[0][1]
    assert verdicts(sample, document(sample, folds=(2, 3)))[0][0] == "leaks"


def test_a_choice_that_says_it_saw_a_scored_fold_is_found(sample):
    found = verdicts(sample, document(sample, says=(1, 2)))
    assert found == [("leaks", "hyperparameters were chosen on fold 2, which they score")]


def test_one_trial_that_saw_scored_rows_is_found(sample):
    """The other trials saw what they should."""
    more = sample.rows_in([4])

    def learner_of(settings):
        def learn(train, beside, seed, others):
            values = np.concatenate([train.values, sample.values[more]])
            wider = Rows(values, np.concatenate([train.labels, sample.labels[more]]))
            return means_of(settings)(wider if settings is NOW[1] else train, beside, seed, others)

        return learn

    found = verdicts(sample, document(sample, learner_of=learner_of))
    assert [verdict for verdict, _ in found] == ["leaks"]
    assert "the training of the choice of hyperparameters" in found[0][1]


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.pop("used"),
        lambda d: d.pop("features"),
        lambda d: d["used"].pop(),
        lambda d: d["used"][0].update(scaler=None),
        lambda d: d["used"][0]["used"].pop("trained_on"),
    ],
)
def test_a_choice_without_its_fingerprints_is_never_acquitted(sample, change):
    said = document(sample)
    change(said)
    assert {verdict for verdict, _ in verdicts(sample, said)} <= {"suspect", "leaks"}
    assert verdicts(sample, said)


def test_settings_that_nobody_chose_are_suspect(sample):
    about = run_of(sample)[0].about
    chosen = {"held_out": {"settings": SETTINGS}}
    assert chosen_rows.settings_chosen(about, chosen, PROTOCOL) == []
    about["folds"][1]["settings"] = NOW[1]
    (found,) = chosen_rows.settings_chosen(about, chosen, PROTOCOL)
    assert (found.verdict, "fold 3" in found.reason) == ("suspect", True)


def by_what_is_scored(folds):
    own = {"calibration": folds[1].probabilities, "calibration_truth": folds[1].truth}
    known = own["calibration_truth"] >= 0
    return [folds[0], replace(folds[1], **{k: v[known] for k, v in own.items()}), *folds[2:]]


def test_an_honest_calibration_is_acquitted(sample):
    assert chosen_rows.calibration_apart(sample, *calibrated(sample), PROTOCOL) == []


def test_a_calibration_that_saw_what_it_scores_is_found(sample):
    seen = calibrated(sample, by_what_is_scored)
    (found,) = chosen_rows.calibration_apart(sample, *seen, PROTOCOL)
    assert found.verdict == "leaks"
    assert found.reason == "the calibration of fold 3 saw fold 3, which it may not see"


@pytest.mark.parametrize("name", ["fit_temperature", "conformal_sets"])
def test_thresholds_alone_that_saw_what_they_score_are_found(sample, monkeypatch, name):
    """The fingerprint is taken where they are fitted: who holds the right rows proves nothing."""
    fit, scored = getattr(calibration, name), run_of(sample)[0].of_fold(2).labelled()
    monkeypatch.setattr(
        calibration, name, lambda _t, _p, *more: fit(scored.labels, scored.probabilities, *more)
    )
    (found,) = chosen_rows.calibration_apart(sample, *calibrated(sample), PROTOCOL)
    assert (found.verdict, "calibration of fold 2 saw fold 2" in found.reason) == ("leaks", True)


def test_calibration_rows_of_another_fold_or_none_are_found(sample):
    scored, beside, used = calibrated(sample)

    def apart(calibration, said):
        found = chosen_rows.calibration_apart(sample, scored, calibration, said, PROTOCOL)
        return [finding.verdict for finding in found]

    assert apart(replace(beside, folds=np.roll(beside.folds, 100)), used) == ["leaks"]
    assert apart(replace(beside, labels=np.roll(beside.labels, 1)), used) == ["leaks"]
    assert apart(beside, used[1:]) == ["suspect"]


def test_an_honest_gate_is_acquitted(sample):
    assert chosen_rows.gate_apart(sample, *rejected(sample), PROTOCOL) == []


def test_a_gate_or_a_threshold_that_saw_scored_rows_is_found(sample, monkeypatch):
    scores = rejection.gate_scores

    def greedy(stars, negative, protocol, fold, seed):
        known = stars.folds != (fold + 1 if fold < 5 else 2)  # all but the one to calibrate by
        return scores(
            replace(stars, folds=np.where(known, 9, fold)), negative, protocol, fold, seed
        )

    monkeypatch.setattr(rejection, "gate_scores", greedy)
    (found,) = chosen_rows.gate_apart(sample, *rejected(sample), PROTOCOL)
    assert (found.verdict, found.reason[:29]) == ("leaks", "the gate of fold 2 saw fold 2")
    monkeypatch.undo()

    class Careless(Protocol):
        def beside(self, fold):
            return fold

    careless = Careless(6, PROTOCOL.scored, PROTOCOL.selections, PROTOCOL.kept_out)
    negative, beside, used = rejected(sample, careless)
    found = chosen_rows.gate_apart(sample, negative, beside, used, PROTOCOL)
    assert {finding.verdict for finding in found} == {"leaks"}
    assert "what fold 2 rejects was set by other rows" in found[-1].reason
