"""The study's first network: what it is, and what it scores on the validation rows."""

from __future__ import annotations

from typing import Any

from stellar.crossvalidation.predictions import most_probable
from stellar.evaluation.metrics import scores
from stellar.learning.network import Network, build, summary
from stellar.learning.training import Fit, trained
from stellar.sample.arrays import Rows


def first_network(
    network: Network, train: Rows, validation: Rows, seed: int
) -> tuple[dict[str, Any], list[Fit]]:
    """Train the network, and score it.

    Returns
    -------
    dict
        `network`, its `parameters` and `layers`, `train_rows`, what its `first_epoch` gave, and
        scores of the `validation` rows.
    list of Fit
        One a member.
    """
    trainer, fits = trained(network, train, validation, seed)
    n_features = train.values.shape[1]
    predicted = most_probable(trainer.predict(fits, validation.values))
    document = {
        "network": network.to_json(),
        "parameters": network.parameters(n_features),
        "layers": summary(build(network, n_features, seed)),
        "train_rows": len(train.labels),
        "first_epoch": fits[0].history[0],
        "validation": scores(validation.labels, predicted),
    }
    return document, fits
