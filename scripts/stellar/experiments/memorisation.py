"""Can networks memorize all data? Real and shuffled labels against the width of the network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from stellar import NO_LABEL
from stellar.learning.network import Network
from stellar.learning.training import Trainers
from stellar.sample.arrays import Rows, Sample
from stellar.sample.scaler import Scaler

LEARNT = 0.99  # training accuracy from which data count as memorized


def memorise(
    sample: Sample,
    network: Network,
    widths: Sequence[int],
    stars: int,
    epochs: int,
    seed: int,
    log: Callable[[str], None],
) -> list[dict[str, Any]]:
    """Train networks of two equal layers on few stars, with their labels and with shuffled ones.

    Parameters
    ----------
    sample : Sample
    network : Network
        Activation, loss and penalties.
    widths : sequence of int
    stars : int
        Trained on; as many others are held out. At most half of those with a label.
    epochs : int
        At most; training stops before where 99 % are learnt, or its accuracy gains no more.
    seed : int
    log : callable
        Takes a sentence after each network.

    Returns
    -------
    list of dict
        `labels` (`real`, `shuffled`), `width`, `parameters`, `stars`, `parameters_per_star`,
        `training_accuracy` (best epoch), `epochs` (until that of 99 %; None: never reached),
        `held_out_accuracy` (against the true labels) and `chance`.
    """
    random = np.random.default_rng(seed)
    known = random.permutation(np.flatnonzero(sample.labels != NO_LABEL))
    stars = min(stars, len(known) // 2)
    train, held_out = known[:stars], known[stars : 2 * stars]
    scaler = Scaler.fit(sample.table[train], sample.features)
    x, others = (scaler.transform(sample.table[rows]) for rows in (train, held_out))
    labels = {"real": sample.labels[train]}
    labels["shuffled"] = random.permutation(labels["real"])
    truth = sample.labels[held_out]
    trainers = Trainers(len(sample.features), stars)
    rows = []
    for width in widths:
        # Slow and patient: to learn by heart takes small steps and hundreds of epochs.
        made = replace(
            network,
            hidden=(width, width),
            learning_rate=0.002,
            schedule="constant",
            batch=50,
            epochs=epochs,
            patience=100,
            dropout=0.0,
            members=1,
        )
        trainer = trainers.get(made)
        for name, y in labels.items():
            given = Rows(x, y)
            # Its own training rows as "validation": their accuracy after each epoch.
            fit = trainer.fit(
                given, seed, validation=given, objective="val_accuracy", enough=LEARNT
            )
            reached = [h["val_accuracy"] for h in fit.history]
            learnt = next((n for n, a in enumerate(reached, 1) if a >= LEARNT), None)
            called = trainer.predict([fit], others).argmax(axis=1)
            rows.append(
                {
                    "labels": name,
                    "width": width,
                    "parameters": made.parameters(len(sample.features)),
                    "stars": len(train),
                    "parameters_per_star": made.parameters(len(sample.features)) / len(train),
                    "training_accuracy": max(reached),
                    "epochs": learnt,
                    "held_out_accuracy": float(np.mean(called == truth)),
                    "chance": float(np.bincount(truth).max() / len(truth)),
                }
            )
            log(f"width {width}, {name} labels: training accuracy {max(reached):.3f}")
    return rows
