"""Another mix of classes than that of training: probabilities adapted, shares estimated.

A model's probabilities hold the shares of classes that it was trained on. Where another sample
differs in its shares alone (prior shift: the stars of a class are alike in both), probabilities
follow from Bayes' rule: Saerens, Latinne & Decaestecker 2002, Neural Computation 14, 21.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stellar import CLASSES
from stellar.errors import UserError
from stellar.sample.columns import Floats

Shares = NDArray[np.float64]


def class_shares(labels: NDArray[np.int8]) -> Shares:
    """Share of each class among labelled rows, shape (7,).

    Parameters
    ----------
    labels : array of int8, shape (n_rows,)
        Class numbers.
    """
    return np.bincount(labels, minlength=len(CLASSES)) / len(labels)


def adapted(probabilities: Floats, trained: Shares, shares: Shares) -> Floats:
    """Probabilities for a sample of other shares of classes, shape (n_rows, 7).

    Parameters
    ----------
    probabilities : array, shape (n_rows, 7)
    trained, shares : array, shape (7,)
        Shares of the classes among the rows trained on, and in the sample.

    Raises
    ------
    UserError
        A share is negative or no number, or none is positive.

    Examples
    --------
    A star as likely F as G, where training had as many of both, is G in a sample of G stars:

    >>> even = np.array([[0, 0, 0, 0.5, 0.5, 0, 0]])
    >>> trained, only_g = np.eye(7)[3] + np.eye(7)[4], np.eye(7)[4]
    >>> adapted(even, trained / 2, only_g).round(2).tolist()
    [[0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0]]
    """
    if not np.isfinite(shares).all() or (shares < 0).any() or not shares.any():
        raise UserError(
            f"shares of classes {list(map(float, shares))}: give seven numbers of 0 or more, "
            "of O B A F G K M, not all 0"
        )
    known = trained > 0  # of a class without training rows nothing is learnt
    weights = np.divide(shares, trained, out=np.zeros(len(CLASSES)), where=known)
    weighted = probabilities * weights
    total = weighted.sum(axis=1, keepdims=True)
    # A row that fits no class of the sample keeps its probabilities.
    return np.where(total > 0, weighted / np.where(total > 0, total, 1), probabilities).astype(
        np.float32
    )


def estimated_shares(
    probabilities: Floats, trained: Shares, iterations: int = 1000, change: float = 1e-6
) -> Shares:
    """Shares of classes in an unlabelled sample, shape (7,), by expectation maximization.

    The shares of greatest likelihood: each step adapts the probabilities to the shares so far, and
    takes their mean.

    Parameters
    ----------
    probabilities : array, shape (n_rows, 7)
        Calibrated: overconfident ones overstate the commonest classes.
    trained : array, shape (7,)
        Shares of the classes among the rows trained on.
    iterations : int
        Steps at most.
    change : float
        Of a share, at which it ends.
    """
    shares = trained
    for _ in range(iterations):
        new = adapted(probabilities, trained, shares).mean(axis=0, dtype=np.float64)
        if np.abs(new - shares).max() < change:
            return new
        shares = new
    return shares
