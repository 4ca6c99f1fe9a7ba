"""Labels that out-of-fold probabilities contradict (confident learning)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from stellar import CLASSES
from stellar.evaluation import probabilities_of
from stellar.honest import rows_of

PAGE = "https://skyserver.sdss.org/dr{release}/VisualTools/explore/summary?sid={specobjid}"


COLUMNS = ("specObjID", "plate", "mjd", "fiberID", "subClass", "sppHammerType", "elodieSpType")


def beside(table: pa.Table, catalogue: pa.Table) -> list[dict[str, Any]]:
    """What the catalogue says of each row of a probability table: `COLUMNS`."""
    return catalogue.select(COLUMNS).take(pa.array(rows_of(table, catalogue))).to_pylist()


def suspects(
    table: pa.Table,
    known: Sequence[Mapping[str, Any]],
    most: int,
    release: int | None,
) -> list[dict[str, Any]]:
    """Rows whose label is probably wrong, worst first.

    Parameters
    ----------
    table : pyarrow.Table
        Out-of-fold probabilities of labelled rows.
    known : sequence of mapping
        What else is known of each row, `specObjID` among it.
    most : int
        Rows at most.
    release : int or None
        SDSS data release of the stars' pages; None: they have none.

    Returns
    -------
    list of dict
        `rank`, `label`, `predicted`, `p_label`, `p_predicted`, `steps_off`, what is `known`, and
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
    rows = []
    for rank, i in enumerate(found[:most], 1):
        called = int(probabilities[i].argmax())
        page = ""
        if release is not None:
            page = PAGE.format(release=release, specobjid=known[i]["specObjID"])
        rows.append(
            {
                "rank": rank,
                "of": len(found),
                "label": CLASSES[truth[i]],
                "predicted": CLASSES[called],
                "p_label": float(probabilities[i, truth[i]]),
                "p_predicted": float(probabilities[i, called]),
                "steps_off": abs(called - int(truth[i])),
                **known[i],
                "page": page,
            }
        )
    return rows
