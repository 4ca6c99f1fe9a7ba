"""The mistakes that cost most, by the configuration's costs: a ranking."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stellar import CLASSES
from stellar.crossvalidation.predictions import Predictions
from stellar.experiments.suspects import PAGE
from stellar.sample.columns import integers

MOST = 100  # mistakes that are listed
COLUMNS = ("specObjID", "ra", "dec")


def mistakes(
    predictions: Predictions,
    catalogue: pa.Table,
    costs: NDArray[np.float64],
    release: int | None,
    most: int = MOST,
) -> list[dict[str, Any]]:
    """Stars that are called by a wrong class: the dearest first, of equals the surest.

    Parameters
    ----------
    predictions : Predictions
        Of labelled rows, or skipped.
    catalogue : pyarrow.Table
        What else is known of these stars: `COLUMNS`.
    costs : array, shape (7, 7)
        Of calling a star of the row's class by the column's.
    release : int or None
        SDSS data release of the stars' pages; None: they have none.
    most : int
        Rows at most.

    Returns
    -------
    list of dict
        `rank`, `of` (how many are wrong), `specObjID`, `label`, `predicted`, `probability` of the
        predicted class, `cost`, `ra` and `dec` (degrees), and `page`.
    """
    if predictions.skipped:
        return []
    truth, called = predictions.labels, predictions.classes
    wrong = np.flatnonzero(called != truth)
    cost, sure = costs[truth, called][wrong], predictions.probabilities[wrong, called[wrong]]
    found = wrong[np.lexsort((predictions.ids[wrong], -sure, -cost))][:most]
    places = predictions.of(found).places_in(integers(catalogue, "specObjID"))
    known = catalogue.select(COLUMNS).take(pa.array(places)).to_pylist()
    rows = []
    for rank, (i, about) in enumerate(zip(found, known, strict=True), 1):
        page = ""
        if release is not None:
            page = PAGE.format(release=release, specobjid=about["specObjID"])
        rows.append(
            {
                "rank": rank,
                "of": len(wrong),
                "specObjID": about["specObjID"],
                "label": CLASSES[truth[i]],
                "predicted": CLASSES[called[i]],
                "probability": float(predictions.probabilities[i, called[i]]),
                "cost": float(costs[truth[i], called[i]]),
                "ra": about["ra"],
                "dec": about["dec"],
                "page": page,
            }
        )
    return rows
