import json

import numpy as np
from made_models import star_columns
from stellar import files
from stellar.classify import folder
from stellar.classify.judge import Judge, exchanges
from stellar.classify.model import load


def test_a_judge_is_the_same_after_json(models):
    judge = load(models / "redshift").judge
    again = Judge.from_json(json.loads(json.dumps(judge.to_json())))
    assert again.to_json() == judge.to_json()


def test_a_class_without_calibration_star_is_in_no_set(models):
    judge = load(models / "photometry").judge
    judge.thresholds[0] = np.inf
    assert judge.to_json()["thresholds"]["O"] is None
    certain = np.eye(7, dtype=np.float32)[:1]
    assert (
        not Judge.from_json(judge.to_json())
        .answers(certain, judge.densities.centre[None])
        .sets[0, 0]
    )


def test_magnitudes_beyond_the_training_are_outside(models):
    model = load(models / "photometry")
    columns, _, _ = star_columns(300, seed=6)
    assert model(columns).outside.mean() < 0.02
    for off in (-10, 10):  # of all bands: the colours stay those of stars
        assert model({name: values + off for name, values in columns.items()}).outside.all()
    assert list(model.judge.limits) == list(model.columns)
    assert Judge.from_json(files.read_json(models / "photometry" / folder.MODEL)).limits == (
        model.judge.limits
    )


def test_a_star_with_two_bands_exchanged_is_outside(models):
    model = load(models / "photometry")
    columns, labels, _ = star_columns(300, seed=6)
    cool = labels == 6  # whose colours are large
    for pair in ("ug", "gr", "gi"):
        given = columns | dict(zip(pair, (columns[band] for band in pair[::-1]), strict=True))
        assert model(given).outside[cool].mean() > 0.9, pair


def test_bands_that_a_model_has_not_are_not_exchanged():
    assert exchanges(["g", "redshift"]) == [{"g": "g"}]
    assert {"u": "z", "g": "i", "r": "r", "i": "g", "z": "u"} in exchanges([*"ugriz"])
