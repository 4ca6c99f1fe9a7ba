"""Hyperparameters chosen on rows that no score uses, the same way for networks and for trees."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar.crossvalidation.rounds import Training, learn_from
from stellar.learning.learners import Learner
from stellar.sample.arrays import Sample
from stellar.sample.columns import Floats
from stellar.sample.fingerprints import used_rows

Trial = dict[str, Any]


def candidates(space: Mapping[str, Sequence[Any]], trials: int, seed: int) -> list[Trial]:
    """Draw `trials` different settings of a space at random; all of them if there are fewer.

    Parameters
    ----------
    space : mapping of str to sequence
        The values that each hyperparameter can take.
    """
    from sklearn.model_selection import ParameterGrid, ParameterSampler

    known = {name: list(values) for name, values in space.items() if values is not None}
    n = min(trials, len(ParameterGrid(known)))
    return [dict(sorted(drawn.items())) for drawn in ParameterSampler(known, n, random_state=seed)]


@dataclass(frozen=True)
class HeldOut:
    """What is predicted of a fold by what the others teach.

    Attributes
    ----------
    truth : array of int8, shape (n_held_out,)
    probabilities : array, shape (n_held_out, 7)
    about : dict
        `scaler`, and `used`: fingerprints of all rows that it took.
    """

    truth: NDArray[np.int8]
    probabilities: Floats
    about: dict[str, Any]


def predictions(
    sample: Sample, folds: Sequence[int], learner: Learner, seed: int
) -> Iterator[HeldOut]:
    """What is predicted of each of some folds, by what the others teach alone.

    Parameters
    ----------
    sample : Sample
    folds : sequence of int
    learner : Learner
    seed : int
        Fold k is learnt with seed + k.

    Yields
    ------
    HeldOut
    """
    for fold in folds:
        train = sample.rows_in([other for other in folds if other != fold])
        held_out = sample.rows_in([fold])
        with used_rows() as used:
            (given,), scaler = learn_from(
                learner, sample, Training(train), [sample.values[held_out]], seed + fold
            )
        about = {"scaler": scaler and scaler.to_json(exact=True), "used": used.to_json()}
        yield HeldOut(sample.labels[held_out], given, about)


def ranked_trials(
    sample: Sample,
    folds: Sequence[int],
    settings: Sequence[Trial],
    learner_of: Callable[[Trial], Learner],
    seed: int,
    log: Callable[[str], None] = lambda text: None,
) -> tuple[list[Trial], list[dict[str, Any]]]:
    """Cross-validate settings on the rows of a selection's folds.

    Parameters
    ----------
    sample : Sample
    folds : sequence of int
        The folds whose rows may be seen; each is held out in turn.
    settings : sequence of dict
    learner_of : callable
        From a setting to its learner.
    seed : int
    log : callable
        Takes a sentence after each trial.

    Returns
    -------
    list of dict
        `values`, `log_loss` and `accuracy` (means over folds) of each setting; the one of least
        log-loss first. What it cost stands in the log: a file that gates others has no times.
    list of dict
        What was used, as in `HeldOut`: one a held-out fold, if all settings used the same.
    """
    rows: list[Trial] = []
    used: list[dict[str, Any]] = []
    for number, values in enumerate(settings):
        start = time.process_time()
        learn = learner_of(values)
        losses, hits = [], []
        for held_out in predictions(sample, folds, learn, seed):
            truth, given = held_out.truth, held_out.probabilities
            if held_out.about not in used:
                used.append(held_out.about)
            # Not by `metrics`: a score that changes chooses and trains nothing anew.
            of_truth = given[np.arange(len(truth)), truth]
            losses.append(-np.log(np.clip(of_truth, 1e-7, 1)).mean())
            hits.append(np.mean(given.argmax(axis=1) == truth))
        rows.append(
            {
                "values": values,
                "log_loss": float(np.mean(losses)),
                "accuracy": float(np.mean(hits)),
            }
        )
        log(
            f"trial {number + 1} of {len(settings)}: log-loss {rows[-1]['log_loss']:.4f}, "
            f"{time.process_time() - start:.1f} s of CPU, {values}"
        )
    return sorted(rows, key=lambda row: row["log_loss"]), used


def choice(
    sample: Sample,
    folds: Sequence[int],
    learner: Mapping[str, Any],
    learner_of: Callable[[Trial], Learner],
    seed: int,
    log: Callable[[str], None] = lambda text: None,
) -> dict[str, Any]:
    """Choose a learner's settings, as `ranked_trials` ranks them.

    Parameters
    ----------
    sample, folds, learner_of, seed, log
        As in `ranked_trials`.
    learner : mapping
        The configuration's: settings that are `fixed`, the `space` of others, `trials`.

    Returns
    -------
    dict
        The `settings` of the first of the `trials`, and what they were chosen by: `survey`,
        `features`, `folds`, the rows that were `used`.
    """
    fixed = learner["fixed"]
    trials, used = ranked_trials(
        sample,
        folds,
        candidates(learner["space"], learner["trials"], seed),
        lambda values: learner_of({**fixed, **values}),
        seed,
        log,
    )
    return {
        "survey": sample.survey,
        "features": sample.feature_names,
        "folds": folds,
        "used": used,
        "settings": {**fixed, **trials[0]["values"]},
        "trials": trials,
    }
