"""Labels that out-of-fold probabilities contradict (confident learning)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from stellar import CLASSES
from stellar.evaluation import probabilities_of
from stellar.honest import rows_of

PAGE = "https://skyserver.sdss.org/dr{release}/VisualTools/explore/summary?sid={specobjid}"


COLUMNS = ("specObjID", "plate", "mjd", "fiberID", "subClass", "sppHammerType", "elodieSpType")


def suspects(
    table: pa.Table, catalogue: pa.Table, most: int, release: int | None
) -> list[dict[str, Any]]:
    """Rows whose label is probably wrong, worst first.

    Parameters
    ----------
    table : pyarrow.Table
        Out-of-fold probabilities of labelled rows.
    catalogue : pyarrow.Table
        What else is known of these stars: `COLUMNS`.
    most : int
        Rows at most.
    release : int or None
        SDSS data release of the stars' pages; None: they have none.

    Returns
    -------
    list of dict
        `rank`, `label`, `predicted`, `p_label`, `p_predicted`, `steps_off`, `COLUMNS`, and
        `page`. Found by confident learning (Northcutt+ 2021, arXiv:1911.00068).
    """
    from cleanlab.filter import find_label_issues

    truth, probabilities = probabilities_of(table)
    present = np.unique(truth)
    shares = probabilities[:, present].astype(np.float64)
    shares /= shares.sum(axis=1, keepdims=True)
    found = find_label_issues(
        np.searchsorted(present, truth),
        shares,
        return_indices_ranked_by="self_confidence",
        n_jobs=1,
    )
    found, n = found[:most], len(found)
    known = catalogue.select(COLUMNS).take(pa.array(rows_of(table, catalogue)[found])).to_pylist()
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
