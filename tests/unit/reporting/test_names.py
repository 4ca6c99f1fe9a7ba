from pathlib import Path

import yaml
from stellar.reporting.names import CALLED, called

ROOT = Path(__file__).parents[3]


def test_a_classifier_goes_by_its_library():
    assert called("boosted_trees") == "boosted trees (LightGBM)"
    assert called("logistic_regression") == "logistic regression"


def test_no_two_classifiers_are_called_alike():
    config = yaml.safe_load((ROOT / "config" / "config.yaml").read_text(encoding="utf-8"))
    names = {*CALLED, *config["baselines"]}
    assert len({called(name) for name in names}) == len(names)
