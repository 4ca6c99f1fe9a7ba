"""Rivals, baselines, variants and the cross-validation: an honest one passes, a plant is named."""

from dataclasses import replace

import numpy as np
import pytest
from made_runs import PROTOCOL, means_of, run_of, run_sample
from stellar import files
from stellar.crossvalidation import rounds
from stellar.crossvalidation.predictions import Predictions
from stellar.crossvalidation.protocol import Protocol
from stellar.errors import MissingFeatureError
from stellar.evaluation.leaks import allowed_rows, compared
from stellar.sample.arrays import Rows, Sample
from stellar.sample.scaler import Scaler

NEVER, NETWORK = (Protocol.study(6, stops_early=stops) for stops in (False, True))
PROTOCOLS = {"rival": PROTOCOL, "baseline": NEVER, "ablation": NETWORK, "cv": NETWORK}
NAMES = {
    "rival": "rival lookup",
    "baseline": "baseline lookup",
    "ablation": "variant lookup",
    "cv": "the cross-validation",
}
SCORED = 3  # folds of a variant


@pytest.fixture(scope="module")
def sample() -> Sample:
    return run_sample()


def rows_of(kind: str, sample: Sample) -> Sample:
    return sample if kind == "rival" else sample.labelled()


def written(folder, kind: str, sample: Sample, learner=None, change=lambda predicted: predicted):
    """Files of a model of which one fold's is learnt by another learner."""
    protocol = PROTOCOLS[kind]
    scored, _ = run_of(
        rows_of(kind, sample),
        lambda fold: learner if learner and fold == 2 else means_of(),
        protocol=protocol,
    )
    scored, paths = change(scored), []
    parts = [[fold] for fold in protocol.scored] if kind == "cv" else [protocol.scored]
    if kind == "ablation":
        parts = [protocol.scored[:SCORED]]
    for number, folds in enumerate(parts):
        about = {"folds": [e for e in scored.about["folds"] if e["fold"] in folds]}
        part = replace(scored, about={**scored.about, **about}).of(np.isin(scored.folds, folds))
        paths.append(folder / kind / f"fold-{number}" / "probabilities.parquet")
        if kind != "cv":
            paths[-1] = folder / kind / "lookup" / "probabilities.parquet"
        part.write(paths[-1])
    return paths


def found_in(paths, sample: Sample, sample_of=None) -> list[tuple[str, str]]:
    models = compared.models(paths, PROTOCOLS, SCORED)
    found = compared.findings_on(models, sample_of or (lambda features: sample))
    return [(finding.verdict, finding.reason) for finding in found]


@pytest.mark.parametrize("kind", NAMES)
def test_an_honest_model_is_acquitted(tmp_path, sample, kind):
    assert found_in(written(tmp_path, kind, sample), sample) == []


@pytest.mark.parametrize("kind", NAMES)
def test_one_that_was_trained_on_scored_rows_is_named(tmp_path, sample, kind):
    away = PROTOCOLS[kind].away(2)
    scaler = Scaler.fit(sample.values[sample.rows_outside(away)], sample.feature_names)
    rows = sample.rows_in([2])

    def learn(train, beside, seed, others):
        values = np.concatenate([train.values, scaler.transform(sample.values[rows])])
        labels = np.concatenate([train.labels, sample.labels[rows]])
        return means_of()(Rows(values, labels), beside, seed, others)

    ((verdict, said),) = found_in(written(tmp_path, kind, sample, learn), sample)
    seen = "the rows of all folds; it" if len(away) == 1 else "fold 2 too, which it"
    assert verdict == "leaks"
    assert said.startswith(f"{NAMES[kind]}: the training of fold 2 saw {seen} may not see")


@pytest.mark.parametrize("kind", NAMES)
def test_one_that_was_scaled_by_all_rows_is_named(tmp_path, sample, kind, monkeypatch):
    class Greedy(Scaler):
        @classmethod
        def fit(cls, table, features):
            return Scaler.fit(sample.values[sample.labels >= 0], features)

    monkeypatch.setattr(rounds, "Scaler", Greedy)
    said = found_in(written(tmp_path, kind, sample), sample)
    assert {verdict for verdict, _ in said} == {"leaks"}
    first = PROTOCOLS[kind].scored[0]
    assert said[0][1].startswith(
        f"{NAMES[kind]}: the scaler of fold {first} saw the rows of all folds"
    )


@pytest.mark.parametrize("kind", NAMES)
def test_one_that_predicted_or_scored_other_rows_is_named(tmp_path, sample, kind):
    def learn(train, beside, seed, others):
        return means_of()(train, beside, seed, [others[0] + 1, *others[1:]])

    ((verdict, said),) = found_in(written(tmp_path / "a", kind, sample, learn), sample)
    assert verdict == "leaks"
    assert said == f"{NAMES[kind]}: the model of fold 2 predicted other rows than it is scored on"

    def turned(predicted):
        return replace(predicted, labels=np.roll(predicted.labels, 1))

    paths = written(tmp_path / "b", kind, sample, change=turned)
    reason = f"{NAMES[kind]}: rows are scored against labels that are not theirs"
    assert found_in(paths, sample) == [("leaks", reason)]


def test_one_that_does_not_scale_and_saw_scored_rows_is_named(tmp_path, sample):
    """A look-up table, say."""
    known, paths = sample.labelled(), []
    for name, rows in (("honest", known.folds != 2), ("greedy", known.folds >= 0)):

        def learn(train, beside, seed, others, rows=rows):
            return means_of()(Rows(known.values[rows], known.labels[rows]), beside, seed, others)

        learners = lambda fold, learn=learn: learn if fold == 2 else means_of()  # noqa: E731
        scored, _ = run_of(known, learners, protocol=NEVER, scale=False)
        paths.append(tmp_path / "baseline" / name / "probabilities.parquet")
        scored.write(paths[-1])
    reason = "the training of fold 2 saw the rows of all folds; it may not see fold 2"
    assert found_in(paths, sample) == [("leaks", f"baseline greedy: {reason}")]


def test_a_fold_that_is_missing_is_suspect(tmp_path, sample):
    of_variant = compared.models(written(tmp_path, "ablation", sample), PROTOCOLS, SCORED + 1)
    of_study = compared.models(written(tmp_path, "cv", sample)[1:], PROTOCOLS, SCORED)
    for models, fold in ((of_variant, SCORED), (of_study, 0)):
        said = compared.findings_on(models, lambda features: sample)
        assert [finding.verdict for finding in said] == ["suspect", "suspect"]
        assert f": the model of fold {fold} left no fingerprint" in said[0].reason
        assert "rows of the folds that are scored are left out" in said[1].reason


def test_one_that_says_it_used_other_features_is_found(tmp_path, sample):
    """The rows are made of the features it names: other values have other fingerprints."""
    other = replace(sample, values=sample.values[:, ::-1])
    said = found_in(written(tmp_path, "rival", sample), other)
    assert ("leaks", "rival lookup: the scaler of fold 2") in [(v, s[:34]) for v, s in said]

    def lacking(features):
        raise MissingFeatureError("no star has a")

    ((verdict, said),) = found_in(written(tmp_path, "rival", sample), sample, lacking)
    assert verdict == "suspect"
    assert said.startswith("rival lookup: its training left no fingerprint")


def test_what_could_not_be_fed_is_passed_over(tmp_path, sample):
    path = tmp_path / "rival/lookup/probabilities.parquet"
    Predictions.none("lookup", "no star has elodieBV").write(path)
    assert found_in([path], sample) == []


def test_rows_are_read_and_hashed_once_for_all_models(tmp_path, sample, monkeypatch):
    asked, hashed = [], []
    by_fold = allowed_rows.by_fold

    def counted(folds, *columns):
        hashed.append(len(columns))
        return by_fold(folds, *columns)

    monkeypatch.setattr(allowed_rows, "by_fold", counted)
    paths = []
    for name in "ab":
        paths += written(tmp_path / name, "baseline", sample)
    found_in(paths, sample, lambda features: asked.append(features) or sample)
    assert asked == [sample.feature_names]
    assert len(hashed) == 1 + len(NEVER.scored)  # as they are, and by each fold's scaler


def test_the_study_is_compared_where_it_was_tuned(tmp_path, sample):
    paths = [path for kind in PROTOCOLS for path in written(tmp_path, kind, sample)]
    cv = {"folds": 6, "selection": "held_out", "selection_folds": 2}
    config = {"cv": cv, "ablation_folds": SCORED}
    assert compared.beside_network(config, [], paths) == []
    for patience, stops_early in ((None, False), (3, True)):
        tuned = tmp_path / "best_hyperparameters.json"
        files.write_json(tuned, {"network": {"patience": patience}})
        found = {m.kind: m for m in compared.beside_network(config, [tuned], paths)}
        assert {kind: model.name for kind, model in found.items()} == NAMES
        assert found["rival"].protocol == PROTOCOL
        assert found["baseline"].protocol == NEVER
        for kind in ("ablation", "cv"):
            assert found[kind].protocol == Protocol.study(6, stops_early)
        assert found["ablation"].folds == (0, 1, 2)
