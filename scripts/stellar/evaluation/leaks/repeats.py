"""How far repeated spectra agree in the label, and what that allows any feature to know.

Let p be the probabilities of a star's labels over its spectra. Two spectra agree with probability
sum p², and what is known of the star alone names the label of a spectrum with at most max p, which
is at most the root of sum p². So no feature that is not from the label's own spectrum is right more
often than the root of the share of agreeing pairs (by Jensen's inequality, over all stars).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar.evaluation.leaks.finding import SURE, Finding

FEWEST = 50  # pairs to speak of


def ceiling(labels: NDArray[np.int8], stars: NDArray[np.int64]) -> dict[str, float] | None:
    """The greatest accuracy of what is known of a star apart from the labelled spectrum.

    Parameters
    ----------
    labels : array of int8, shape (n_rows,)
        Of labelled rows.
    stars : array of int64, shape (n_rows,)

    Returns
    -------
    dict or None
        `pairs` (two spectra of a star), `agree` (their share with one label), `ceiling` and its
        standard `error`; None of fewer than `FEWEST` pairs.
    """
    order = np.argsort(stars, kind="stable")
    star, label = stars[order], labels[order]
    same = star[1:] == star[:-1]
    # The first two spectra of each star: pairs are independent.
    first = same & np.append(True, ~same[:-1])
    n = int(first.sum())
    if n < FEWEST:
        return None
    agree = float(np.mean(label[1:][first] == label[:-1][first]))
    bound = float(np.sqrt(agree))
    error = float(np.sqrt(max(agree * (1 - agree), 1 / n) / n) / (2 * max(bound, 0.1)))
    return {"pairs": n, "agree": agree, "ceiling": bound, "error": error}


def above_the_ceiling(
    accuracy: float, n_rows: int, found: Mapping[str, Any] | None
) -> list[Finding]:
    """Whether features know more of the label than the star can tell."""
    from scipy.stats import norm

    if found is None:
        return []
    error = np.hypot(found["error"], np.sqrt(accuracy * (1 - accuracy) / n_rows))
    if accuracy - found["ceiling"] <= norm.isf(1 - SURE) * error:
        return []
    return [
        Finding(
            "suspect",
            f"two spectra of one star agree in the label in {100 * found['agree']:.1f} % of "
            f"{found['pairs']} pairs, so that what is known of the star names it at most in "
            f"{100 * found['ceiling']:.1f} %; trees reach {100 * accuracy:.1f} %: the features "
            "share the spectrum's own errors",
            accuracy - found["ceiling"],
        )
    ]
