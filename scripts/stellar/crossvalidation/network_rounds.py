"""Rounds of networks: each with the settings that its selection chose, and with its fits.

TensorFlow is imported with this module: call `prepare_tensorflow` first.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from stellar.crossvalidation.protocol import Protocol
from stellar.crossvalidation.rounds import Round, run_round
from stellar.learning.network_learners import NetworkLearners
from stellar.learning.training import Fit
from stellar.sample.arrays import Sample

log = logging.getLogger("stellar")


def network_rounds(
    sample: Sample,
    protocol: Protocol,
    folds: Iterable[int],
    settings: Mapping[str, Mapping[str, Any]],
    seed: int,
) -> tuple[list[Round], list[list[Fit]]]:
    """A round for each of some folds.

    Parameters
    ----------
    sample : Sample
    protocol : Protocol
    folds : iterable of int
    settings : mapping
        Networks by selection.
    seed : int

    Returns
    -------
    list of Round
        Each tells its `settings` if folds differ in them, else the members' median `best_epoch`.
    list of list of Fit
        Of each round, one a member.
    """
    learners, rounds, fits = NetworkLearners(sample), [], []
    for fold in folds:
        chosen = settings[protocol.selection_of(fold)]
        learner = learners(chosen)
        made = run_round(sample, protocol, fold, learner, seed)
        log.info("fold %d: accuracy %.4f", fold, made.accuracy(sample))
        epoch = int(np.median([fit.best_epoch for fit in learner.fits]))
        more = {"best_epoch": epoch} if "tuned" in settings else {"settings": chosen}
        rounds.append(replace(made, about={**made.about, **more}))
        fits.append(learner.fits)
    return rounds, fits
