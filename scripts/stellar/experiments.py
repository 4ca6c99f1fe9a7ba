"""What the experiments share: a few folds, a few scores, their means and intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar import files, metrics
from stellar.evaluation import predicted_class
from stellar.features import Scaler, columns_needed, matrix
from stellar.honest import Learner, score_fold
from stellar.labels import NO_LABEL
from stellar.protocol import Protocol
from stellar.samples import Floats, Rows, Sample, columns_of

Columns = Mapping[str, NDArray[Any]]
Scores = dict[str, float]

BRIEF = ("accuracy", "f1_macro", "log_loss")
# Columns that come with an uncertainty (one standard deviation, same unit).
UNCERTAINTY = {
    **{band: f"err_{band}" for band in "ugriz"},
    "redshift": "redshiftErr",
    "sppTeff": "sppTeffUnc",
    "sppLogG": "sppLogGUnc",
    "sppFeH": "sppFeHUnc",
}


def brief(truth: NDArray[np.int8], probabilities: Floats) -> Scores:
    """Accuracy, macro-F1 and log-loss of rows that have a label."""
    known = truth != NO_LABEL
    found = metrics.scores(truth[known], predicted_class(probabilities[known]))
    return {
        "accuracy": found["accuracy"],
        "f1_macro": found["f1_macro"],
        "log_loss": metrics.log_loss(truth[known], probabilities[known]),
    }


def averaged(folds: Sequence[Scores], test_share: float) -> Scores:
    """Mean of each score over folds, and `_ci95`, the half-width of its corrected interval.

    Parameters
    ----------
    folds : sequence of dict
    test_share : float
        Rows tested over rows trained on.
    """
    row: Scores = {}
    for name in folds[0]:
        values = [fold[name] for fold in folds]
        row[name] = float(np.mean(values))
        if len(values) > 1:
            row[f"{name}_ci95"] = metrics.corrected_interval(values, test_share)[0]
    return row


def differences(ours: Sequence[Scores], theirs: Sequence[Scores]) -> list[Scores]:
    """Score by score, fold by fold: ours minus theirs."""
    return [
        {f"{name}_difference": a[name] - b[name] for name in a}
        for a, b in zip(ours, theirs, strict=True)
    ]


def few_folds(protocol: Protocol, most: int) -> list[int]:
    """The first scored folds, `most` at most."""
    return protocol.scored[:most]


def load_columns(path: str, features: Sequence[str]) -> Columns:
    """The catalogue's columns behind features, and their uncertainties, as float64."""
    needed = columns_needed(features)
    errors = [UNCERTAINTY[name] for name in needed if name in UNCERTAINTY]
    names = list(dict.fromkeys([*needed, *errors]))
    return columns_of(files.read_table(path, names), names)


def noisy(columns: Columns, random: np.random.Generator) -> Columns:
    """Columns as another measurement with the same errors might have given them.

    A value whose error is unknown stays as it is.
    """
    drawn = dict(columns)
    for name, error in UNCERTAINTY.items():
        if name in columns:
            sigma = np.nan_to_num(columns[error], nan=0.0)
            drawn[name] = columns[name] + sigma * random.standard_normal(len(sigma))
    return drawn


def permuted(
    columns: Columns, names: Sequence[str], rows: NDArray[np.int64], random: np.random.Generator
) -> Columns:
    """Columns with some of them dealt out anew, together, among some rows."""
    dealt = random.permutation(rows)
    changed = dict(columns)
    for name in names:
        column = columns[name].copy()
        column[rows] = columns[name][dealt]
        changed[name] = column
    return changed


def learning_curve(
    sample: Sample,
    protocol: Protocol,
    folds: Sequence[int],
    sizes: Sequence[int],
    learner_of: Callable[[int], Learner],
    seed: int,
) -> list[dict[str, Any]]:
    """Scores against the number of stars trained on; the last size is all of them.

    Returns
    -------
    list of dict
        `stars`, and each score with `_ci95`.
    """
    rows = []
    # Drawn from the same stars, few of them overlap less: the share of all is on the safe side.
    share = 1 / (protocol.n_folds - 2)
    for size in [*sizes, None]:
        scores, trained = [], 0
        for fold in folds:
            result = score_fold(sample, protocol, fold, learner_of(fold), seed, n_train=size)
            scored = result.scored
            scores.append(brief(sample.labels[scored.rows], scored.probabilities))
            trained = scored.train_rows
        rows.append({"stars": trained, **averaged(scores, share)})
        if size is not None and trained < size:  # all stars are fewer
            break
    return rows


def importance(
    sample: Sample,
    columns: Columns,
    groups: Mapping[str, Sequence[str]],
    protocol: Protocol,
    folds: Sequence[int],
    learner_of: Callable[[int], Learner],
    repeats: int,
    seed: int,
) -> list[dict[str, Any]]:
    """What is lost where a group of columns is dealt out anew among the held-out rows.

    Features are made again from the changed columns, so that a colour follows its magnitude
    (permutation importance: Breiman 2001, Machine Learning 45, 5).

    Returns
    -------
    list of dict
        `group`, and of each score the loss with `_ci95`; log-loss is what it gains.
    """
    losses: dict[str, list[Scores]] = {name: [] for name in groups}
    share = 0.0
    for fold in folds:
        held_out = np.flatnonzero((sample.folds == fold) & (sample.labels != NO_LABEL))
        random = np.random.default_rng(seed + fold)
        changed: list[tuple[str, Floats]] = []
        for name, members in groups.items():
            for _ in range(repeats):
                dealt = permuted(columns, members, held_out, random)
                some = {key: dealt[key][held_out] for key in columns_needed(sample.features)}
                changed.append((name, matrix(some, sample.features)))
        train = _training_rows(sample, protocol, fold)
        scaler = Scaler.fit(sample.table[train], sample.features)
        rows = Rows(scaler.transform(sample.table[train]), sample.labels[train])
        tables = [sample.table[held_out], *(table for _, table in changed)]
        whole, *others = learner_of(fold)(rows, seed + fold, [scaler.transform(t) for t in tables])
        truth = sample.labels[held_out]
        reference = brief(truth, whole)
        share = len(held_out) / len(train)
        for name in groups:
            found = [
                brief(truth, given)
                for (group, _), given in zip(changed, others, strict=True)
                if group == name
            ]
            losses[name].append(
                {
                    score: reference[score] - float(np.mean([f[score] for f in found]))
                    for score in BRIEF
                }
            )
    rows_of = [{"group": name, **averaged(found, share)} for name, found in losses.items()]
    return sorted(rows_of, key=lambda row: -row["accuracy"])


def _training_rows(sample: Sample, protocol: Protocol, fold: int) -> NDArray[np.int64]:
    away = np.isin(sample.folds, [fold, protocol.calibrating(fold)])
    return np.flatnonzero(~away & (sample.labels != NO_LABEL))


def input_errors(
    sample: Sample,
    columns: Columns,
    protocol: Protocol,
    folds: Sequence[int],
    learner_of: Callable[[int], Learner],
    copies: int,
    draws: int,
    seed: int,
) -> list[dict[str, Any]]:
    """Training with noise drawn from the errors, and probabilities averaged over draws.

    Returns
    -------
    list of dict
        `training` (`measured`: as it is; `noisy`: with `copies` noisy copies beside), `prediction`
        (`measured`; `averaged` over `draws`), scores with `_ci95`, and the paired differences from
        measured on measured.
    """
    ways = [(a, b) for a in ("measured", "noisy") for b in ("measured", "averaged")]
    scores: dict[tuple[str, str], list[Scores]] = {way: [] for way in ways}
    share = 0.0
    for fold in folds:
        random = np.random.default_rng(seed + fold)
        held_out = np.flatnonzero((sample.folds == fold) & (sample.labels != NO_LABEL))
        train = _training_rows(sample, protocol, fold)
        share = len(held_out) / len(train)

        def drawn(
            rows: NDArray[np.int64], n: int, random: np.random.Generator = random
        ) -> list[Floats]:
            here = {name: column[rows] for name, column in columns.items()}
            return [matrix(noisy(here, random), sample.features) for _ in range(n)]

        scaler = Scaler.fit(sample.table[train], sample.features)
        others = [sample.table[held_out], *drawn(held_out, draws)]
        others = [scaler.transform(table) for table in others]
        for training in ("measured", "noisy"):
            tables = [sample.table[train]]
            if training == "noisy":
                tables += drawn(train, copies)
            rows = Rows(
                scaler.transform(np.concatenate(tables)),
                np.tile(sample.labels[train], len(tables)),
            )
            measured, *averaging = learner_of(fold)(rows, seed + fold, others)
            truth = sample.labels[held_out]
            scores[training, "measured"].append(brief(truth, measured))
            scores[training, "averaged"].append(brief(truth, np.mean(averaging, axis=0)))
    reference = scores["measured", "measured"]
    return [
        {
            "training": training,
            "prediction": prediction,
            **averaged(found, share),
            **averaged(differences(found, reference), share),
        }
        for (training, prediction), found in scores.items()
    ]


def with_permuted(sample: Sample, feature: str, seed: int) -> Sample:
    """The sample with one feature dealt out anew among all rows: a control that says nothing."""
    table = sample.table.copy()
    j = sample.features.index(feature)
    table[:, j] = np.random.default_rng(seed).permutation(table[:, j])
    return replace(sample, table=table)


def groups_of(columns: Sequence[str]) -> dict[str, list[str]]:
    """Groups of columns whose importance is asked: each band, redshift, the SSPP's, ELODIE's."""
    groups: dict[str, list[str]] = {}
    for name in columns:
        family = next((f for f in ("spp", "elodie") if name.startswith(f)), name)
        groups.setdefault({"spp": "sspp"}.get(family, family), []).append(name)
    return groups


def readings_of_redshift(
    sample: Sample,
    spectroscopic: Columns,
    protocol: Protocol,
    folds: Sequence[int],
    learner_by_fold: Callable[[Sample], Callable[[int], Learner]],
    seed: int,
) -> dict[str, Any]:
    """Does m + z give M? The class, and the absolute magnitude, from magnitudes and redshift.

    Parameters
    ----------
    sample : Sample
        Features with `redshift` as the last.
    spectroscopic : mapping
        `sppTeff` and `sppLogG`, from which the absolute magnitude is made.
    protocol : Protocol
    folds : sequence of int
    learner_by_fold : callable
        From a sample to the learner of each fold.
    seed : int

    Returns
    -------
    dict
        `class` and `magnitude`: scores with `_ci95` for `magnitudes`, `with_redshift` and
        `with_permuted_redshift`, and paired differences of the last two; `stars` and `spread`
        (standard deviation, mag) of the absolute magnitudes. Without the SSPP's parameters
        `magnitude` is None.
    """
    parts = {
        "magnitudes": replace(
            sample, features=sample.features[:-1], table=np.ascontiguousarray(sample.table[:, :-1])
        ),
        "with_redshift": sample,
        "with_permuted_redshift": with_permuted(sample, "redshift", seed),
    }
    share = 1 / (protocol.n_folds - 2)
    by_class: dict[str, list[Scores]] = {}
    for name, part in parts.items():
        learner = learner_by_fold(part)
        by_class[name] = []
        for fold in folds:
            scored = score_fold(part, protocol, fold, learner(fold), seed).scored
            by_class[name].append(brief(part.labels[scored.rows], scored.probabilities))
    target = bolometric_magnitude(spectroscopic["sppTeff"], spectroscopic["sppLogG"])
    target[sample.labels == NO_LABEL] = np.nan
    known = np.isfinite(target)
    found: dict[str, Any] = {
        "class": {
            name: {
                **averaged(scores, share),
                **averaged(differences(scores, by_class["magnitudes"]), share),
            }
            for name, scores in by_class.items()
        },
        "magnitude": None,
        "stars": int(known.sum()),
    }
    if known.sum() < LEAST_STARS:
        return found
    found["spread"] = float(np.std(target[known]))
    found["magnitude"] = {
        name: regression(part.table, target, sample.folds, folds) for name, part in parts.items()
    }
    return found


LEAST_STARS = 200  # with an absolute magnitude, or there is no regression
SUN_TEMPERATURE = 5772.0  # K, IAU 2015 Resolution B3
SUN_LOG_G = 4.438  # cm/s², the same
SUN_MAGNITUDE = 4.74  # absolute bolometric, IAU 2015 Resolution B2


def bolometric_magnitude(
    temperature: NDArray[np.float64], log_g: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Absolute bolometric magnitude of a star of one solar mass.

    Parameters
    ----------
    temperature : array
        Effective temperature, K.
    log_g : array
        Of g in cm/s².

    Returns
    -------
    array
        Magnitude, from L = 4πσR²T⁴ and g = GM/R². A factor two in mass is 0.75 mag.
    """
    radius_squared = 10 ** (SUN_LOG_G - log_g)
    luminosity = radius_squared * (temperature / SUN_TEMPERATURE) ** 4
    return np.asarray(SUN_MAGNITUDE - 2.5 * np.log10(luminosity))


def regression(
    table: Floats, target: NDArray[np.float64], folds: NDArray[np.int8], held_out: Sequence[int]
) -> Scores:
    """Boosted trees' error for a continuous target, folds as elsewhere.

    Returns
    -------
    dict
        Root mean square error in the target's unit and r², means over folds, with `_ci95`.
    """
    from lightgbm import LGBMRegressor

    known = np.isfinite(target)
    scores: list[Scores] = []
    share = 0.0
    for fold in held_out:
        train, test = known & (folds != fold), known & (folds == fold)
        share = test.sum() / train.sum()
        trees = LGBMRegressor(
            n_estimators=200,
            learning_rate=0.05,
            num_leaves=31,
            random_state=0,
            n_jobs=1,
            deterministic=True,
            force_row_wise=True,
            verbose=-1,
        )
        trees.fit(table[train], target[train])
        error = np.asarray(trees.predict(table[test])) - target[test]
        scores.append(
            {
                "rmse": float(np.sqrt(np.mean(error**2))),
                "r2": float(1 - np.mean(error**2) / np.var(target[test])),
            }
        )
    return averaged(scores, share)
