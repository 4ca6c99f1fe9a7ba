"""Tables of the study's scores."""

import numpy as np
from made_samples import a_few
from stellar.crossvalidation import predictions
from stellar.crossvalidation.rounds import run_fold
from stellar.evaluation import study_tables

COSTS = 1 - np.eye(7)


def test_tables_of_a_summary():
    stars = a_few()

    def fit_predict(x, y, xv, yv, held_out):
        return np.eye(7, dtype=np.float32)[np.arange(len(held_out)) % 7]

    results = [run_fold(stars, k, 4, fit_predict, False, False) for k in range(4)]
    more = [{"best_epoch": k} for k in range(4)]
    table = predictions.probability_table(stars, results, more, name="perfect")
    document = study_tables.summarise([table], COSTS)
    assert document["over_folds"]["accuracy"]["mean"] == 1.0
    assert document["features"] == ["a", "b"]
    # In one table or in one a fold: the same scores.
    alone = [
        predictions.probability_table(stars, [r], [m]) for r, m in zip(results, more, strict=True)
    ]
    assert study_tables.summarise(alone, COSTS)["folds"] == document["folds"]
    folds = document["folds"]
    (row,) = study_tables.variant_rows([document], folds)
    assert row["accuracy_difference"] == 0.0
    assert [row["best_epoch"] for row in study_tables.fold_rows(folds)] == [0, 1, 2, 3]
    pooled = study_tables.pooled([table], folds, stars.ids[:10])
    assert pooled["locked"]["rows"] == 10
    assert np.trace(np.array(pooled["confusion"])) == len(stars.labels)


def test_a_skipped_classifier_has_a_reason_and_no_row():
    table = predictions.skipped_table("sspp", "no star has sppTeff")
    assert table.num_rows == 0
    document = study_tables.summarise([table], COSTS)
    assert document == {"name": "sspp", "skipped": "no star has sppTeff"}
    assert study_tables.variant_rows([document], []) == [
        dict.fromkeys(study_tables.VARIANT_COLUMNS)
    ]
