from stellar.reporting.figures.intervals import bounded


def test_an_interval_ends_where_its_score_does_and_is_said_in_words():
    ends = {"value": 0.9, "low": 0.7, "high": 1.0}
    assert bounded(0.9, 0.2) == {**ends, "with_interval": "90.0 ± 20.0 %"}
    assert bounded(0.9, None)["with_interval"] == "90.0 %"
    assert bounded(0.1, 0.02, least=-1)["with_interval"] == "+10.0 ± 2.0 points"
