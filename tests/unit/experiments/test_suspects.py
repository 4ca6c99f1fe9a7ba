"""Suspected labels: the wrong ones first."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from made_predictions import predicted
from stellar.crossvalidation.predictions import Predictions
from stellar.experiments.suspects import COLUMNS, contradicting, expected_by_chance, suspects


def test_wrong_labels_are_suspect_first():
    given = predicted(0.0, name="network")
    labels = given.labels.copy()
    wrong = np.arange(0, 1400, 100)
    labels[wrong] = (labels[wrong] + 3) % 7
    given = replace(given, labels=labels)
    ids = given.ids
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


def test_a_network_that_was_skipped_suspects_none():
    none = Predictions.none("network", "no star has sppTeff")
    assert suspects(none, pa.table({}), 5, None, seed=0) == []
