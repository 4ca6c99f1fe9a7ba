"""Labels that out-of-fold probabilities contradict (confident learning)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar import CLASSES
from stellar.samples import Floats

PAGE = "https://skyserver.sdss.org/dr{release}/VisualTools/explore/summary?sid={specobjid}"


def suspects(
    truth: NDArray[np.int8],
    probabilities: Floats,
    beside: Sequence[Mapping[str, Any]],
    most: int,
    release: int | None,
) -> list[dict[str, Any]]:
    """Rows whose label is probably wrong, worst first.

    Parameters
    ----------
    truth : array of int8, shape (n_rows,)
        Labels.
    probabilities : array, shape (n_rows, 7)
        Out of fold.
    beside : sequence of mapping
        What else is known of each row, `specObjID` among it.
    most : int
        Rows at most.
    release : int or None
        SDSS data release of the stars' pages; None: they have none.

    Returns
    -------
    list of dict
        `rank`, `label`, `predicted`, `p_label`, `p_predicted`, `steps_off`, what stands `beside`,
        and `page`. Found by confident learning (Northcutt+ 2021, arXiv:1911.00068).
    """
    from cleanlab.filter import find_label_issues

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
            page = PAGE.format(release=release, specobjid=beside[i]["specObjID"])
        rows.append(
            {
                "rank": rank,
                "label": CLASSES[truth[i]],
                "predicted": CLASSES[called],
                "p_label": float(probabilities[i, truth[i]]),
                "p_predicted": float(probabilities[i, called]),
                "steps_off": abs(called - int(truth[i])),
                **beside[i],
                "page": page,
            }
        )
    return rows
