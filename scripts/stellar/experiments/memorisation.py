"""Can networks memorize all data? Real and permuted labels against the width of the network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from stellar import NO_LABEL
from stellar.learning.network import Network
from stellar.learning.training import Trainer, Trainers
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
    """Train networks of two equal layers on few stars, with their labels and with permuted ones.

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
        `labels` (`real`, `permuted`), `width`, `parameters`, `stars`, `parameters_per_star`,
        `training_accuracy` (best epoch), `epochs` (until that of 99 %; None: never reached),
        `held_out_accuracy` (against the true labels) and `chance`.
    """
    random = np.random.default_rng(seed)
    known = random.permutation(np.flatnonzero(sample.labels != NO_LABEL))
    stars = min(stars, len(known) // 2)
    chosen = known[:stars], known[stars : 2 * stars]
    scaler = Scaler.fit(sample.values[chosen[0]], sample.feature_names)
    train, held_out = (
        Rows(scaler.transform(sample.values[rows]), sample.labels[rows]) for rows in chosen
    )
    permuted = replace(train, labels=random.permutation(train.labels))
    trainers = Trainers(len(sample.feature_names), stars)
    found = []
    for width in widths:
        made = _patient(network, width, epochs)
        trainer = trainers.get(made)
        parameters = made.parameters(len(sample.feature_names))
        for labels, given in (("real", train), ("permuted", permuted)):
            row = {
                "labels": labels,
                "width": width,
                "parameters": parameters,
                "stars": stars,
                "parameters_per_star": parameters / stars,
                **_accuracies(trainer, given, held_out, seed),
            }
            found.append(row)
            log(f"width {width}, {labels} labels: training accuracy {row['training_accuracy']:.3f}")
    return found


def _patient(network: Network, width: int, epochs: int) -> Network:
    """Two layers that memorize, if they can: it takes small steps and hundreds of epochs."""
    return replace(
        network,
        hidden=(width, width),
        learning_rate=0.002,
        schedule="constant",
        batch=50,
        epochs=epochs,
        steps=0,
        patience=100,
        dropout=0.0,
        members=1,
    )


def _accuracies(trainer: Trainer, train: Rows, held_out: Rows, seed: int) -> dict[str, Any]:
    """Accuracy of a network on its training rows, and on held-out ones."""
    # Its own training rows as "validation": their accuracy after each epoch.
    fit = trainer.fit(train, seed, validation=train, objective="val_accuracy", enough=LEARNT)
    reached = [scores["val_accuracy"] for scores in fit.history]
    truth = held_out.labels
    called = trainer.predict([fit], held_out.values).argmax(axis=1)
    return {
        "training_accuracy": max(reached),
        "epochs": next((n for n, a in enumerate(reached, 1) if a >= LEARNT), None),
        "held_out_accuracy": float(np.mean(called == truth)),
        "chance": float(np.bincount(truth).max() / len(truth)),
    }
