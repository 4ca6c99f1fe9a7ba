import numpy as np
import pyarrow as pa
import pytest
from stellar.crossvalidation.predictions import FoldResult, probability_table
from stellar.evaluation import comparison_tables
from stellar.evaluation.provenance import shared_origin
from stellar.experiments.suspects import COLUMNS, contradicting, expected_by_chance, suspects
from stellar.sample.arrays import Sample

COSTS = np.abs(np.subtract.outer(np.arange(7), np.arange(7))).astype(float)


def table(error: float, seed: int = 0, rows: slice = slice(None), **about):
    """Predictions of 1,400 stars in four folds, wrong at a rate."""
    random = np.random.default_rng(seed)
    labels = (np.arange(1400) % 7).astype(np.int8)
    sample = Sample(
        survey="test",
        ids=np.arange(1400, dtype=np.uint64),
        features=("u", "g"),
        table=np.zeros((1400, 2), np.float32),
        labels=labels,
        folds=(np.arange(1400) // 7 % 4).astype(np.int8),
    )
    called = np.where(random.random(1400) < error, (labels + 1) % 7, labels)
    shares = np.full((1400, 7), 0.05, np.float32)
    shares[np.arange(1400), called] = 0.7
    results = []
    for fold in range(4):
        mask = sample.folds == fold
        mask &= np.isin(np.arange(1400), np.arange(1400)[rows])
        results.append(FoldResult(fold, mask, shares[mask], 1050))
    return probability_table(sample, results, [{}] * 4, **about)


def test_equal_classifiers_are_equal_and_worse_ones_worse():
    network = table(0.2, name="network", scheme="elodie", tier="photometry")
    rows = comparison_tables.rival_rows(
        network, [table(0.2, seed=1, name="same"), table(0.5, name="worse")], COSTS, 0.05
    )
    ours, same, worse = rows
    assert ours["name"] == "network"
    assert ours["f1_macro_difference"] is None
    assert same["f1_macro_p_same"] > 0.8
    assert worse["f1_macro_p_network"] > 0.99
    assert worse["accuracy_difference"] == pytest.approx(0.3, abs=0.05)
    for row in (same, worse):
        chances = [row[f"f1_macro_p_{name}"] for name in ("network", "same", "rival")]
        assert sum(chances) == pytest.approx(1)


def test_a_classifier_equals_itself():
    network = table(0.2, name="network")
    _, itself = comparison_tables.rival_rows(network, [table(0.2, name="itself")], COSTS, 0.01)
    assert itself["f1_macro_p_same"] == 1


def test_rivals_of_few_stars_are_compared_on_these():
    network = table(0.2, name="network")
    _, few = comparison_tables.rival_rows(
        network, [table(0.0, rows=slice(0, 700), name="hammer")], COSTS, 0.01
    )
    assert few["rows"] == 700
    assert few["accuracy"] == 1
    assert few["accuracy_difference"] == pytest.approx(-0.2, abs=0.04)


def test_tiers_are_marked_where_label_and_features_share_an_origin():
    (row,) = comparison_tables.tier_rows(
        [table(0.2, name="a", scheme="elodie", tier="photometry")], COSTS
    )
    assert row["shares"] == "independent"
    assert row["accuracy"] == pytest.approx(0.8, abs=0.03)
    assert row["accuracy_ci95"] > 0
    assert row["low_B"] < row["recall_B"] < row["high_B"]
    assert sum(row[f"rows_{c}"] for c in "OBAFGKM") == 1400


def test_a_tier_is_paired_with_the_one_before():
    about = {"scheme": "elodie"}
    first, second = comparison_tables.tier_rows(
        [table(0.3, name="a", tier="one", **about), table(0.2, name="b", tier="two", **about)],
        COSTS,
    )
    assert first["accuracy_gain"] is None
    assert second["gain_over"] == "one"
    assert second["accuracy_gain"] == pytest.approx(second["accuracy"] - first["accuracy"])
    assert 0 < second["accuracy_gain_ci95"] < 0.1


@pytest.mark.parametrize(
    ("scheme", "features", "shared"),
    [
        ("elodie", ["u", "u_g"], ""),
        ("elodie", ["u", "redshift"], "spectrum"),
        ("elodie", ["u", "elodieTEff"], "template"),
        ("subclass", ["u", "elodieTEff"], "spectrum"),
        ("hammer", ["sppMeasured"], "spectrum"),
        ("subclass", ["ra", "dec", "dered_u"], ""),
    ],
)
def test_what_labels_and_features_share(scheme, features, shared):
    assert shared_origin(scheme, features) == shared


def test_wrong_labels_are_suspect_first():
    given = table(0.0, name="network")
    labels = given["label"].to_numpy().copy()
    wrong = np.arange(0, 1400, 100)
    labels[wrong] = (labels[wrong] + 3) % 7
    given = given.set_column(2, "label", [labels])
    ids = given["specObjID"].to_numpy()
    # In another order than the predictions.
    catalogue = pa.table({name: ids[::-1] for name in COLUMNS})
    rows = suspects(given, catalogue, most=50, release=18, seed=0)
    assert {row["specObjID"] for row in rows} == set(ids[wrong])
    assert all(row["plate"] == row["specObjID"] for row in rows)
    assert rows[0]["of"] == len(wrong)
    assert rows[0]["page"].endswith(f"sid={rows[0]['specObjID']}")
    assert suspects(given, catalogue, most=3, release=None, seed=0)[2]["page"] == ""


def test_right_labels_of_classes_that_overlap_contradict_as_often_as_by_chance():
    random = np.random.default_rng(0)
    logits = random.normal(0, 2, (4000, 3))
    shares = np.zeros((4000, 7), np.float32)
    shares[:, [0, 2, 5]] = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = np.array([random.choice(7, p=p / p.sum()) for p in shares.astype(float)])
    expected = expected_by_chance(shares, seed=1)
    right = len(contradicting(labels, shares))
    assert right > 200  # though no label is wrong
    assert right == pytest.approx(expected, rel=0.15)
    labels[:400] = np.array([0, 2, 5])[random.integers(3, size=400)]  # a tenth at random
    assert len(contradicting(labels, shares)) > 1.15 * expected
