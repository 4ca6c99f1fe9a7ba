"""Scores against a star's magnitude and its spectrum's signal-to-noise ratio."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from stellar.crossvalidation.predictions import Predictions
from stellar.evaluation import metrics
from stellar.experiments.scores import brief_scores
from stellar.sample.columns import arrays_of, integers

COLUMNS = ("r", "snMedian")
BINS = 8


def brightness_table(predictions: Predictions, catalogue: pa.Table) -> list[dict[str, Any]]:
    """Scores of labelled rows in bins of equal numbers of stars.

    Parameters
    ----------
    predictions : Predictions
    catalogue : pyarrow.Table
        With specObjID and `COLUMNS` of the same rows.

    Returns
    -------
    list of dict
        `by` (column), `low`, `high` (least and greatest value), `middle` (median), all in
        the column's unit (mag for r, none for snMedian), `rows`, accuracy with Wilson's interval
        `low_ci95`, `high_ci95`, macro-F1 and log-loss. A column that no star has is left out.
    """
    truth, probabilities = predictions.labels, predictions.probabilities
    places = predictions.places_in(integers(catalogue, "specObjID"))
    values = arrays_of(catalogue.take(pa.array(places)), COLUMNS)
    rows = []
    for name, value in values.items():
        known = np.isfinite(value)
        if not known.any():
            continue
        edges = np.unique(np.quantile(value[known], np.linspace(0, 1, BINS + 1)))
        number = np.digitize(value, edges[1:-1])
        for n in np.unique(number[known]):
            here = known & (number == n)
            found = brief_scores(truth[here], probabilities[here])
            n_rows = int(here.sum())
            low, high = metrics.wilson(round(found["accuracy"] * n_rows), n_rows)
            rows.append(
                {
                    "by": name,
                    "low": float(value[here].min()),
                    "high": float(value[here].max()),
                    "middle": float(np.median(value[here])),
                    "rows": n_rows,
                    **found,
                    "low_ci95": low,
                    "high_ci95": high,
                }
            )
    return rows
