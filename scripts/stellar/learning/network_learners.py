"""Networks as learners; those of one architecture share what is compiled.

TensorFlow is imported with this module: call `prepare_tensorflow` first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stellar.learning.network import Network
from stellar.learning.training import Fit, Trainer, Trainers
from stellar.sample.arrays import Rows, Sample
from stellar.sample.columns import Floats

STEP = 1000  # between the seeds of an ensemble's members: more than there are folds


class NetworkLearner:
    """An ensemble of networks trained by one trainer; member m trains with seed + `STEP` m.

    Attributes
    ----------
    fits : list of Fit
        Of the last training, one a member.
    """

    def __init__(self, trainer: Trainer, members: int) -> None:
        self.trainer = trainer
        self.members = members
        self.fits: list[Fit] = []

    def __call__(
        self, train: Rows, beside: Rows | None, seed: int, others: Sequence[Floats]
    ) -> list[Floats]:
        """Train, and predict other tables: the mean of the members' probabilities."""
        self.fits = [
            self.trainer.fit(train, seed + STEP * member, beside) for member in range(self.members)
        ]
        return [self.trainer.predict(self.fits, other) for other in others]


class NetworkLearners:
    """Makes learners for the rows of one sample.

    Parameters
    ----------
    sample : Sample
    max_rows : int, optional
        Most training rows, if they can be more than the sample's.
    """

    def __init__(self, sample: Sample, max_rows: int | None = None) -> None:
        self._trainers = Trainers(len(sample.feature_names), max_rows or len(sample.labels))

    def __call__(self, settings: Mapping[str, Any]) -> NetworkLearner:
        """An ensemble of the network that the settings describe."""
        network = Network.from_json(settings)
        return NetworkLearner(self._trainers.get(network), network.members)
