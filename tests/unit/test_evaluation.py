import numpy as np
import pytest
from stellar.crossvalidation import predictions
from stellar.crossvalidation.rounds import rows_of_fold, run_fold
from stellar.evaluation import study_tables
from stellar.sample import arrays

COSTS = 1 - np.eye(7)


def sample(rows: int = 60) -> arrays.Sample:
    random = np.random.default_rng(0)
    labels = (np.arange(rows) % 7).astype(np.int8)
    return arrays.Sample(
        survey="test",
        ids=np.arange(rows, dtype=np.uint64),
        features=("a", "b"),
        table=random.normal(5, 3, (rows, 2)).astype(np.float32),
        labels=labels,
        folds=(np.arange(rows) // 7 % 4).astype(np.int8),
    )


@pytest.mark.parametrize("stops_early", [False, True])
def test_the_rows_of_a_fold_do_not_meet(stops_early):
    folds = sample().folds
    seen = np.zeros(len(folds), int)
    for fold in range(4):
        rows = rows_of_fold(folds, fold, 4, stops_early)
        assert (rows.train.astype(int) + rows.validation + rows.test == 1).all()
        assert rows.validation.any() == stops_early
        seen += rows.test
    assert (seen == 1).all()


def test_the_scaler_sees_training_rows_alone():
    stars = sample()
    stars.table[stars.folds == 2] = 1e6  # would drag a scaler that saw the scored rows

    def fit_predict(x, y, x_validation, y_validation, held_out):
        np.testing.assert_allclose(x.mean(axis=0), 0, atol=1e-5)
        np.testing.assert_allclose(x.std(axis=0), 1, atol=1e-5)
        assert held_out.min() > 1e4
        return np.eye(7, dtype=np.float32)[np.zeros(len(held_out), int)]

    result = run_fold(stars, 2, 4, fit_predict, stops_early=False, scale=True)
    assert result.fold == 2
    assert result.train_rows == (stars.folds != 2).sum()


def test_tables_of_a_summary():
    stars = sample()

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
