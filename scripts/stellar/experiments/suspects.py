"""Labels that out-of-fold probabilities contradict (confident learning): a ranking.

Where classes overlap, many right labels contradict good probabilities. So the count means nothing
by itself; beside it stands how many there would be if no label were wrong.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stellar import CLASSES
from stellar.crossvalidation.predictions import Predictions
from stellar.sample.columns import Floats, integers

PAGE = "https://skyserver.sdss.org/dr{release}/VisualTools/explore/summary?sid={specobjid}"
DRAWS = 10  # of labels from the probabilities, to count how many contradict them by chance
COLUMNS = ("specObjID", "plate", "mjd", "fiberID", "subClass", "sppHammerType", "elodieSpType")


def suspects(
    predictions: Predictions, catalogue: pa.Table, most: int, release: int | None, seed: int
) -> list[dict[str, Any]]:
    """Rows whose label is most likely wrong, worst first.

    Parameters
    ----------
    predictions : Predictions
        Of labelled rows, or skipped.
    catalogue : pyarrow.Table
        What else is known of these stars: `COLUMNS`.
    most : int
        Rows at most.
    release : int or None
        SDSS data release of the stars' pages; None: they have none.
    seed : int

    Returns
    -------
    list of dict
        `rank`, `of` (labels that contradict the probabilities), `expected` (how many would if
        labels were drawn from these very probabilities: mean over draws), `label`, `predicted`,
        `p_label`, `p_predicted`, `steps_off`, `COLUMNS`, and `page`. Found by confident learning
        (Northcutt+ 2021, arXiv:1911.00068).
    """
    if predictions.skipped:
        return []
    truth, probabilities = predictions.labels, predictions.probabilities
    found = contradicting(truth, probabilities)
    expected = expected_by_chance(probabilities, seed)
    found, n = found[:most], len(found)
    places = predictions.places_in(integers(catalogue, "specObjID"))[found]
    known = catalogue.select(COLUMNS).take(pa.array(places)).to_pylist()
    rows = []
    for rank, (i, about) in enumerate(zip(found, known, strict=True), 1):
        called = int(probabilities[i].argmax())
        page = ""
        if release is not None:
            page = PAGE.format(release=release, specobjid=about["specObjID"])
        rows.append(
            {
                "rank": rank,
                "of": n,
                "expected": expected,
                "label": CLASSES[truth[i]],
                "predicted": CLASSES[called],
                "p_label": float(probabilities[i, truth[i]]),
                "p_predicted": float(probabilities[i, called]),
                "steps_off": abs(called - int(truth[i])),
                **about,
                "page": page,
            }
        )
    return rows


def contradicting(labels: NDArray[np.integer[Any]], probabilities: Floats) -> NDArray[np.int64]:
    """Rows whose labels contradict the probabilities, the least probable label first.

    Parameters
    ----------
    labels : array, shape (n_rows,)
        Class numbers.
    probabilities : array, shape (n_rows, 7)

    Returns
    -------
    array of int64, shape (n_found,)
    """
    from cleanlab.filter import find_label_issues

    present = np.unique(labels)  # of a class without a label nothing can be said
    shares = probabilities[:, present].astype(np.float64)
    shares /= shares.sum(axis=1, keepdims=True)
    numbers = np.searchsorted(present, labels)
    found = find_label_issues(numbers, shares, return_indices_ranked_by="self_confidence", n_jobs=1)
    return np.asarray(found, np.int64)


def expected_by_chance(probabilities: Floats, seed: int) -> float:
    """How many labels would contradict the probabilities if they were drawn from them.

    Parameters
    ----------
    probabilities : array, shape (n_rows, 7)
    seed : int

    Returns
    -------
    float
        Mean over `DRAWS` draws.
    """
    random = np.random.default_rng(seed)
    edges = probabilities.astype(np.float64).cumsum(axis=1)
    edges /= edges[:, -1:]
    counts = []
    for _ in range(DRAWS):
        drawn = (random.random((len(edges), 1)) > edges[:, :-1]).sum(axis=1)
        counts.append(len(contradicting(drawn, probabilities)))
    return float(np.mean(counts))
