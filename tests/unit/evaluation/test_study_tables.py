"""Tables of the study's scores."""

from dataclasses import replace

import numpy as np
from made_predictions import predicted
from stellar.crossvalidation.predictions import Predictions
from stellar.evaluation import study_tables

COSTS = 1 - np.eye(7)


def test_tables_of_a_summary():
    perfect = predicted(0.0, name="perfect")
    for number, fold in enumerate(perfect.about["folds"]):
        fold["best_epoch"] = number
    document = study_tables.summarise(perfect, COSTS)
    assert document["over_folds"]["accuracy"]["mean"] == 1.0
    assert document["features"] == ["u", "g"]
    # In one file or in one a fold: the same scores.
    alone = [perfect.of_fold(fold) for fold in range(4)]
    about = [{**perfect.about, "folds": [known]} for known in perfect.about["folds"]]
    alone = [replace(one, about=known) for one, known in zip(alone, about, strict=True)]
    together = Predictions.together(alone)
    assert study_tables.summarise(together, COSTS) == document
    folds = document["folds"]
    (row,) = study_tables.variant_table([document], folds)
    assert row["accuracy_difference"] == 0.0
    assert [row["best_epoch"] for row in study_tables.fold_table(folds)] == [0, 1, 2, 3]
    pooled = study_tables.pooled(perfect, folds, perfect.ids[:10])
    assert pooled["locked"]["rows"] == 10
    assert np.trace(np.array(pooled["confusion"])) == len(perfect.labels)


def test_a_variant_of_some_folds_is_paired_with_these():
    folds = study_tables.summarise(predicted(0.2, name="all"), COSTS)["folds"]
    better = predicted(0.1, seed=1, name="some")
    some = replace(better, about={**better.about, "folds": better.about["folds"][1:3]})
    found = study_tables.summarise(some, COSTS)
    (row,) = study_tables.variant_table([found], folds)
    assert row["folds"] == 2
    expected = [
        a["accuracy"] - b["accuracy"] for a, b in zip(found["folds"], folds[1:3], strict=True)
    ]
    assert row["accuracy_difference"] == np.mean(expected)


def test_a_skipped_classifier_has_a_reason_and_no_row():
    skipped = Predictions.none("sspp", "no star has sppTeff")
    document = study_tables.summarise(skipped, COSTS)
    assert document == {"name": "sspp", "skipped": "no star has sppTeff"}
    assert study_tables.variant_table([document], []) == [
        dict.fromkeys(study_tables.VARIANT_COLUMNS)
    ]


def test_all_tables_are_those_of_their_predictions():
    network = predicted(0.1, name="network")
    for number, fold in enumerate(network.about["folds"]):
        fold["best_epoch"] = number
    skipped = Predictions.none("sspp", "no star has sppTeff")
    given = [predicted(0.2, seed=1, name="lookup")], [skipped, predicted(0.3, name="photometry")]
    tables, document = study_tables.all_tables(network, *given, network.ids[:10], COSTS)
    folds = study_tables.summarise(network, COSTS)["folds"]
    assert tables["cv"] == study_tables.fold_table(folds)
    assert [row["name"] for row in tables["baselines"]] == ["lookup"]
    assert [row["name"] for row in tables["ablation"]] == ["photometry"]
    assert document["skipped"] == {"sspp": "no star has sppTeff"}
    assert document["locked"]["rows"] == 10
