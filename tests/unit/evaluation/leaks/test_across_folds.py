"""Nothing crosses from scored rows to learning: each plant is found, and honest runs pass."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from made_runs import PROTOCOL, Means, as_written, means_of, run_of, run_sample
from stellar.crossvalidation import rounds
from stellar.crossvalidation.protocol import Protocol
from stellar.evaluation.leaks import across_folds
from stellar.evaluation.leaks.allowed_rows import Hashed
from stellar.learning.learners import classifier_learner
from stellar.sample.arrays import Rows, Sample
from stellar.sample.fingerprints import VALIDATED_ON, note
from stellar.sample.scaler import Scaler


def found_in(about, sample: Sample, protocol: Protocol = PROTOCOL) -> list[tuple[str, str]]:
    found = across_folds.scalers_of_training_rows(Hashed(sample), as_written(about), protocol)
    return [(finding.verdict, finding.reason) for finding in found]


@pytest.fixture(scope="module")
def sample() -> Sample:
    return run_sample()


@pytest.mark.parametrize(
    ("protocol", "options"),
    [
        (PROTOCOL, {}),
        (PROTOCOL, {"scale": False}),
        (Protocol.comparison(6, "nested", 2), {}),
        (Protocol.study(6, stops_early=False), {}),
        (Protocol.study(6, stops_early=True), {}),
    ],
)
def test_an_honest_run_is_acquitted(sample, protocol, options):
    stars = sample.labelled() if protocol.selections == {"tuned": ()} else sample
    scored, _ = run_of(stars, protocol=protocol, **options)
    assert found_in(scored.about, stars, protocol) == []


def planted(sample: Sample, learner) -> dict:
    """What a run says whose model of fold 3 is learnt by another learner."""
    return run_of(sample, lambda fold: learner if fold == 3 else means_of())[0].about


def with_rows(sample: Sample, chosen: Callable[[Sample], np.ndarray]):
    """A learner that trains on more rows than it is given: those of the whole sample `chosen`."""
    scaler = Scaler.fit(sample.values[sample.rows_outside((3, 4))], sample.feature_names)
    rows = np.flatnonzero(chosen(sample) & (sample.labels >= 0))

    def learn(train, beside, seed, others):
        values = np.concatenate([train.values, scaler.transform(sample.values[rows])])
        labels = np.concatenate([train.labels, sample.labels[rows]])
        return means_of()(Rows(values, labels), beside, seed, others)

    return learn


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [
        (lambda s: s.folds == 3, "the training of fold 3 saw fold 3 too, which it may not see"),
        (lambda s: s.folds == 4, "the training of fold 3 saw fold 4 too, which it may not see"),
        (lambda s: np.isin(s.folds, (3, 4)), "saw the rows of all folds; it may not see folds 3"),
        (lambda s: s.ids == s.ids[s.rows_in([3])[5]], "rows that are not the"),  # one row
    ],
)
def test_training_that_saw_scored_or_calibration_rows_is_found(sample, chosen, reason):
    ((verdict, said),) = found_in(planted(sample, with_rows(sample, chosen)), sample)
    assert verdict == "leaks"
    assert reason in said


def test_training_on_other_labels_is_found(sample):
    def learn(train, beside, seed, others):
        turned = Rows(train.values, np.roll(train.labels, 1))
        return means_of()(turned, beside, seed, others)

    assert [verdict for verdict, _ in found_in(planted(sample, learn), sample)] == ["leaks"]


def test_a_second_training_is_found(sample):
    """One on the right rows does not hide another on the scored ones."""

    def learn(train, beside, seed, others):
        means_of()(train, beside, seed, others)
        return with_rows(sample, lambda s: s.folds == 3)(train, beside, seed, others)

    ((verdict, said),) = found_in(planted(sample, learn), sample)
    assert (verdict, "the training of fold 3 saw fold 3 too" in said) == ("leaks", True)


def test_training_without_a_fingerprint_is_suspect(sample):
    def learn(train, beside, seed, others):
        classifier = Means()
        classifier.fit(train.values, train.labels)
        return [classifier.predict_proba(other) for other in others]

    ((verdict, said),) = found_in(planted(sample, learn), sample)
    assert (verdict, said[:36]) == ("suspect", "the training of fold 3 left no finge")


def test_early_stopping_on_scored_rows_is_found(sample):
    def learn(train, beside, seed, others):
        rows = sample.rows_in([3])
        scaler = Scaler.fit(sample.values[sample.rows_outside((3, 4))], sample.feature_names)
        note(VALIDATED_ON, scaler.transform(sample.values[rows]), sample.labels[rows])
        return means_of()(train, beside, seed, others)

    ((verdict, said),) = found_in(planted(sample, learn), sample)
    assert verdict == "leaks"
    assert said == "the early stopping of fold 3 saw fold 3, which it may not see"


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (lambda entry, s: entry.update(scaler=None), "suspect"),
        (lambda entry, s: entry.pop("scaler"), "suspect"),
        (lambda entry, s: entry.pop("used"), "suspect"),
        (lambda entry, s: entry["used"].pop("scaled_by"), "suspect"),
        (lambda entry, s: entry["used"].pop("trained_on"), "suspect"),
        (lambda entry, s: entry["used"].pop("predicted"), "suspect"),
        (lambda entry, s: entry.update(fold=9), "suspect"),  # none of fold 3
        (
            lambda entry, s: entry.update(scaler=Scaler.fit(s.values, s.feature_names).to_json()),
            "leaks",
        ),
        (lambda entry, s: entry["used"]["scaled_by"][0].update(rows=1), "leaks"),
        (lambda entry, s: entry["used"]["predicted"].pop(), "leaks"),
    ],
)
def test_what_is_missing_or_wrong_in_the_file_is_found(sample, change, verdict):
    about = as_written(run_of(sample)[0].about)
    change(next(entry for entry in about["folds"] if entry["fold"] == 3), sample)
    assert verdict in [found for found, _ in found_in(about, sample)]


def test_a_scaler_of_all_rows_is_found_whatever_it_says(sample, monkeypatch):
    class Greedy(Scaler):
        @classmethod
        def fit(cls, table, features):
            return Scaler.fit(sample.values[sample.labels >= 0], features)

    monkeypatch.setattr(rounds, "Scaler", Greedy)
    found = found_in(run_of(sample)[0].about, sample)
    assert {verdict for verdict, _ in found} == {"leaks"}
    assert found[0][1].startswith("the scaler of fold 2 saw the rows of all folds")


def test_a_protocol_that_trains_on_what_it_scores_is_found(sample):
    class Careless(Protocol):
        def away(self, fold):
            return (fold, self.scored[0])  # and not the one to calibrate by

    careless = Careless(6, PROTOCOL.scored, PROTOCOL.selections, PROTOCOL.kept_out)
    found = found_in(run_of(sample)[0].about, sample, careless)
    assert ("leaks", "the protocol of fold 2 lets fold 3 be trained on") in found


def test_predictions_of_other_rows_are_found(sample):
    def learn(train, beside, seed, others):
        return means_of()(train, beside, seed, [others[0][::-1] + 1, *others[1:]])

    ((verdict, said),) = found_in(planted(sample, learn), sample)
    assert (verdict, said) == (
        "leaks",
        "the model of fold 3 predicted other rows than it is scored on",
    )


def test_rows_are_scored_once_in_their_fold_against_their_label(sample):
    scored, _ = run_of(sample)

    def verdicts(predicted):
        return [f.verdict for f in across_folds.scored_once(sample, predicted, PROTOCOL.scored)]

    assert verdicts(scored) == []
    assert verdicts(scored.of(np.arange(len(scored.ids)) != 7)) == ["suspect"]
    assert verdicts(scored.of(np.append(np.arange(len(scored.ids)), 7))) == ["leaks"]
    assert verdicts(replace(scored, folds=np.roll(scored.folds, 1))) == ["leaks"]
    assert verdicts(replace(scored, labels=np.roll(scored.labels, 1))) == ["leaks"]
    assert verdicts(replace(scored, ids=scored.ids + 10_000)) == ["leaks"]


def test_ensembles_of_one_set_of_rows_are_one_fingerprint(sample):
    def learn(train, beside, seed, others):
        one = classifier_learner(lambda seed: Means())
        one(train, beside, seed, others)
        return one(train, beside, seed + 1, others)

    assert found_in(planted(sample, learn), sample) == []
