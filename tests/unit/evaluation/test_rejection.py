"""The surest stars, and those that are rejected."""

import numpy as np
import pytest
from stellar.evaluation import rejection


def test_the_surest_stars_err_least():
    random = np.random.default_rng(0)
    confidence = random.random(4000)
    right = random.random(4000) < confidence
    rows = rejection.risk_coverage_table(confidence, right)
    assert rows[-1]["coverage"] == 1
    assert rows[-1]["risk"] == pytest.approx(1 - right.mean())
    assert rows[4]["risk"] < rows[24]["risk"] < rows[-1]["risk"]
    assert [r["confidence"] for r in rows] == sorted((r["confidence"] for r in rows), reverse=True)
