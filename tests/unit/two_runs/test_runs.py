"""What is read of a finished run, and what is no run."""

from dataclasses import replace

import numpy as np
import pytest
from made_folders import complete, made_results
from made_predictions import predicted
from stellar.errors import UserError
from stellar.two_runs.runs import Run


def test_all_models_are_found_by_what_they_are(tmp_path):
    run = Run.read(
        made_results(
            tmp_path,
            tier__elodie__photometry=predicted(0.2),
            rival__lookup=predicted(0.1),
            baseline__lookup=predicted(0.1),
            ablation__colours=predicted(0.3),
        )
    )
    assert list(run.models) == [
        ("tier", "elodie/photometry"),
        ("rival", "lookup"),
        ("ablation", "colours"),
        ("baseline", "lookup"),
    ]


def test_folds_of_the_cross_validation_are_one_model(tmp_path):
    whole = predicted(0.2, name="network")
    for fold in range(4):
        about = {**whole.about, "folds": [whole.about["folds"][fold]]}
        replace(whole.of_fold(fold), about=about).write(
            tmp_path / f"cv/fold-{fold:02d}/probabilities.parquet"
        )
    run = Run.read(tmp_path)
    assert list(run.models) == [("network", "all folds")]
    together = run.predictions(("network", "all folds"))
    assert [known["fold"] for known in together.about["folds"]] == [0, 1, 2, 3]
    np.testing.assert_array_equal(np.sort(together.ids), np.arange(1400))


def test_what_a_run_lacks_is_empty(tmp_path):
    run = Run.read(made_results(tmp_path))
    assert run.configuration is None
    assert not run.labels and not run.audits and not run.costs
    whole = Run.read(complete(tmp_path))
    assert whole.configuration == {"seed": 18, "cv": {"folds": 4}}
    assert whole.labels["labelled"] == 1400
    assert [entry["features"] for entry in whole.audits] == ["photometry", "study"]
    assert whole.costs[0]["cpu_s"] == 8


def test_what_is_no_run_says_what_to_give(tmp_path):
    with pytest.raises(UserError, match=r"there is no folder .*/none; give a folder of results"):
        Run.read(tmp_path / "none")
    with pytest.raises(UserError, match=r"holds no results of a study; give the folder that"):
        Run.read(tmp_path)
    made_results(tmp_path / "results")
    with pytest.raises(UserError, match=r"is no folder of results; give .*/results"):
        Run.read(tmp_path)
    (tmp_path / "labels.json").write_text("{}", encoding="utf-8")
    (tmp_path / "results").rename(tmp_path / "other")
    with pytest.raises(UserError, match="holds no predictions yet; run its study to the end"):
        Run.read(tmp_path)


def test_damage_is_named(tmp_path):
    made_results(tmp_path)
    (tmp_path / "labels.json").write_text('{"rows": ', encoding="utf-8")
    with pytest.raises(UserError, match=r"labels\.json is damaged"):
        Run.read(tmp_path)
