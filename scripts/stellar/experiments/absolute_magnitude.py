"""Whether redshift helps to tell the class of a star, and its absolute magnitude."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar import NO_LABEL
from stellar.crossvalidation.protocol import Protocol
from stellar.evaluation.metrics import marked
from stellar.experiments.scores import (
    Columns,
    Scores,
    differences,
    mean_scores,
    scores_of_folds,
    test_share,
)
from stellar.learning.learners import Learner
from stellar.learning.trees import REPEATABLE
from stellar.phases import phase
from stellar.sample.arrays import Sample
from stellar.sample.columns import Floats

LEAST_STARS = 200  # with an absolute magnitude, or there is no regression
SUN_TEMPERATURE = 5772.0  # K, IAU 2015 Resolution B3
SUN_LOG_G = 4.438  # cm/s², the same
SUN_MAGNITUDE = 4.74  # absolute bolometric, IAU 2015 Resolution B2


def absolute_magnitude(
    sample: Sample,
    spectroscopic: Columns,
    protocol: Protocol,
    folds: Sequence[int],
    learner_by_fold: Callable[[Sample], Callable[[int], Learner]],
    seed: int,
) -> list[dict[str, Any]]:
    """Both readings, for magnitudes alone, with redshift, and with redshift permuted.

    Parameters
    ----------
    sample : Sample
        Features with `redshift` as the last.
    spectroscopic : mapping of str to array, shape (n_rows,)
        `sppTeff` (K) and `sppLogG` (dex, cgs), from which the absolute magnitude is made.
    protocol : Protocol
    folds : sequence of int
        Scored folds to predict.
    learner_by_fold : callable
        From a sample to the learner of each fold.
    seed : int

    Returns
    -------
    list of dict
        One row each for `features` `magnitudes`, `with_redshift`, `with_permuted_redshift`: how
        many `folds`, the
        class's scores, `rmse` (mag) and `r2` of the absolute magnitude, with `_ci95`, and their
        paired differences from the first; the `stars` that have one, and their `spread` (standard
        deviation, mag). Without the SSPP's parameters these are None.
    """
    target = bolometric_magnitude(spectroscopic["sppTeff"], spectroscopic["sppLogG"])
    target[sample.labels == NO_LABEL] = np.nan
    known = np.isfinite(target)
    enough = known.sum() >= LEAST_STARS
    share = test_share(protocol)
    rows, reference, reference_errors = [], None, None
    for name, part in _samples(sample, seed).items():
        scores = scores_of_folds(part, protocol, folds, learner_by_fold(part), seed)
        reference = reference or scores
        errors: list[Scores] = [{"rmse": None, "r2": None}]
        if enough:
            errors = regression(part.values, target, protocol, sample.folds, folds)
        reference_errors = reference_errors or errors
        rows.append(
            {
                "features": name,
                "folds": len(folds),
                **mean_scores(scores, share),
                **mean_scores(differences(scores, reference), share),
                **mean_scores(errors, share),
                **mean_scores(differences(errors, reference_errors), share),
                "stars": int(known.sum()),
                "spread": float(np.std(target[known])) if enough else None,
            }
        )
    return marked(rows)


def _samples(sample: Sample, seed: int) -> dict[str, Sample]:
    """The sample without its last feature, redshift; as it is; and with redshift permuted."""
    magnitudes = replace(
        sample,
        feature_names=sample.feature_names[:-1],
        values=np.ascontiguousarray(sample.values[:, :-1]),
    )
    return {
        "magnitudes": magnitudes,
        "with_redshift": sample,
        "with_permuted_redshift": with_permuted(sample, "redshift", seed),
    }


def with_permuted(sample: Sample, feature: str, seed: int) -> Sample:
    """The sample with one feature permuted among all rows: a control without information."""
    table = sample.values.copy()
    j = sample.feature_names.index(feature)
    table[:, j] = np.random.default_rng(seed).permutation(table[:, j])
    return replace(sample, values=table)


def bolometric_magnitude(
    temperature: NDArray[np.float64], log_g: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Absolute bolometric magnitude of a star of one solar mass.

    Parameters
    ----------
    temperature : array, shape (n_stars,)
        Effective temperature, K.
    log_g : array, shape (n_stars,)
        Of g in cm/s², dex.

    Returns
    -------
    array, shape (n_stars,)
        Magnitude, from L = 4πσR²T⁴ and g = GM/R². A factor two in mass is 0.75 mag.
    """
    radius_squared = 10 ** (SUN_LOG_G - log_g)
    luminosity = radius_squared * (temperature / SUN_TEMPERATURE) ** 4
    return np.asarray(SUN_MAGNITUDE - 2.5 * np.log10(luminosity))


def regression(
    table: Floats,
    target: NDArray[np.float64],
    protocol: Protocol,
    folds: NDArray[np.int8],
    scored: Sequence[int],
) -> list[Scores]:
    """Boosted trees' error for a continuous target, trained as classifiers are.

    Parameters
    ----------
    table : array, shape (n_rows, n_features)
    target : array, shape (n_rows,)
        NaN where it is unknown.
    protocol : Protocol
    folds : array of int8, shape (n_rows,)
    scored : sequence of int

    Returns
    -------
    list of dict
        Of each scored fold: root mean square error in the target's unit, and r².
    """
    from lightgbm import LGBMRegressor

    known = np.isfinite(target)
    scores: list[Scores] = []
    for fold in scored:
        train = known & ~np.isin(folds, protocol.away(fold))
        test = known & (folds == fold)
        trees = LGBMRegressor(
            n_estimators=60,
            learning_rate=0.15,
            num_leaves=15,
            random_state=0,
            n_jobs=1,
            **REPEATABLE,
        )
        with phase("train", int(train.sum())):
            trees.fit(table[train], target[train])
        error = np.asarray(trees.predict(table[test])) - target[test]
        scores.append(
            {
                "rmse": float(np.sqrt(np.mean(error**2))),
                "r2": float(1 - np.mean(error**2) / np.var(target[test])),
            }
        )
    return scores
