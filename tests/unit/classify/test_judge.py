import json

import numpy as np
from stellar.classify.judge import Judge
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
