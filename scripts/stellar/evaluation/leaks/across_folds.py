"""Whether anything crosses from the rows that a score uses to those that were learnt from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar.crossvalidation.predictions import Predictions
from stellar.crossvalidation.protocol import Protocol
from stellar.evaluation.leaks.finding import Finding
from stellar.sample.arrays import Sample
from stellar.sample.scaler import Scaler


def stars_on_both_sides(stars: NDArray[np.int64], folds: NDArray[np.int8]) -> list[Finding]:
    """Find stars with rows in several folds.

    Parameters
    ----------
    stars : array of int64, shape (n_rows,)
        Star behind each row, by its place and photometric object, not by the split's own numbers.
    folds : array of int8, shape (n_rows,)
    """
    order = np.lexsort((folds, stars))
    same = stars[order][1:] == stars[order][:-1]
    across = same & (folds[order][1:] != folds[order][:-1])
    n = len(np.unique(stars[order][1:][across]))
    if not n:
        return []
    what = "1 star has" if n == 1 else f"{n} stars have"
    return [Finding("leaks", f"{what} rows in several folds: what is trained on is scored")]


def scalers_of_training_rows(
    sample: Sample, about: Mapping[str, Any], protocol: Protocol
) -> list[Finding]:
    """Find scalers of folds that are not those of their training rows.

    Parameters
    ----------
    sample : Sample
        All rows that the scores come from, labelled or not.
    about : mapping
        What predictions tell of themselves.
    protocol : Protocol
    """
    for known in about["folds"]:
        if known["scaler"] is None:
            continue
        fold = known["fold"]
        train = sample.rows_outside(protocol.away(fold))
        right = Scaler.fit(sample.values[train], sample.feature_names)
        given = Scaler.from_json(known["scaler"])
        same = known["train_rows"] == len(train) and all(
            np.allclose(a, b, rtol=1e-9, atol=0)
            for a, b in ((right.mean, given.mean), (right.std, given.std))
        )
        if not same:
            return [
                Finding(
                    "leaks",
                    f"the scaler of fold {fold} is not that of its training rows: other rows, "
                    "scored ones perhaps, went into it",
                )
            ]
    return []


def selection_apart(chosen: Mapping[str, Mapping[str, Any]], protocol: Protocol) -> list[Finding]:
    """Find choices of hyperparameters that saw rows of a fold that is scored by them.

    Parameters
    ----------
    chosen : mapping of str to mapping
        The documents of the rule `choose` by selection.
    protocol : Protocol
    """
    for fold in protocol.scored:
        if fold in chosen[protocol.selection_of(fold)]["folds"]:
            return [
                Finding("leaks", f"hyperparameters were chosen on fold {fold}, which they score")
            ]
    return []


def scored_once(sample: Sample, predicted: Predictions, protocol: Protocol) -> list[Finding]:
    """Find rows that are scored twice or outside their fold."""
    rows = predicted.places_in(sample.ids)
    right = bool(np.isin(predicted.folds, protocol.scored).all())
    right &= (sample.folds[rows] == predicted.folds).all()
    if right and len(np.unique(predicted.ids)) == len(predicted.ids):
        return []
    return [Finding("leaks", "rows are scored twice, or outside the folds that may be scored")]
