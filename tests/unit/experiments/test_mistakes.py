"""The mistakes that cost most."""

import numpy as np
import pyarrow as pa
from made_predictions import predicted
from stellar.crossvalidation.predictions import Predictions
from stellar.experiments.mistakes import mistakes

COSTS = np.abs(np.subtract.outer(np.arange(7.0), np.arange(7.0)))


def catalogue() -> pa.Table:
    ids = np.random.default_rng(0).permutation(1400)
    columns = {"specObjID": pa.array(ids, pa.uint64()), "ra": ids * 0.1, "dec": ids * -0.01}
    return pa.table(columns)


def test_the_dearest_come_first_and_of_equals_the_surest():
    given = predicted(0.2)
    rows = mistakes(given, catalogue(), COSTS, None, most=50)
    wrong = int((given.classes != given.labels).sum())
    assert {row["of"] for row in rows} == {wrong}
    assert [row["rank"] for row in rows] == list(range(1, 51))
    assert (rows[0]["label"], rows[0]["predicted"], rows[0]["cost"]) == ("M", "O", 6.0)
    assert [row["cost"] for row in rows] == sorted((row["cost"] for row in rows), reverse=True)
    for row in rows:
        assert row["ra"] == row["specObjID"] * 0.1
        assert row["page"] == ""
    given.probabilities[given.ids == rows[20]["specObjID"]] += 0.01
    assert mistakes(given, catalogue(), COSTS, None)[0]["specObjID"] == rows[20]["specObjID"]


def test_costs_of_ones_own_rank_anew():
    costs = np.ones((7, 7))
    costs[0, 1] = 9
    rows = mistakes(predicted(0.2), catalogue(), costs, None)
    assert (rows[0]["label"], rows[0]["predicted"]) == ("O", "B")


def test_stars_of_sdss_have_a_page():
    row = mistakes(predicted(0.2), catalogue(), COSTS, 18)[0]
    assert row["page"].startswith("https://skyserver.sdss.org/dr18/")
    assert row["page"].endswith(f"sid={row['specObjID']}")


def test_without_a_mistake_no_row():
    assert mistakes(predicted(0.0), catalogue(), COSTS, None) == []


def test_a_network_that_was_skipped_makes_none():
    none = Predictions.none("network", "no star has sppTeff")
    assert mistakes(none, catalogue(), COSTS, None) == []
