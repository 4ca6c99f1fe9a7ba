"""Networks as learners of the honest protocol; those of one architecture share what is compiled.

TensorFlow is imported with this module: call `prepare_tensorflow` first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stellar.learning.learners import Learner
from stellar.learning.network import Network
from stellar.learning.training import Trainers
from stellar.sample.arrays import Floats, Rows, Sample

if TYPE_CHECKING:
    from stellar.learning.training import Trainer


def network_learner(trainer: Trainer, members: int) -> Learner:
    """An ensemble of networks trained by `trainer`; member m trains with seed + 1000 m."""

    def learn(train: Rows, seed: int, others: Sequence[Floats]) -> list[Floats]:
        fits = [trainer.fit(train, seed + 1000 * member) for member in range(members)]
        return [trainer.predict(fits, other) for other in others]

    return learn


class NetworkLearners:
    """Makes learners for the rows of one sample.

    Parameters
    ----------
    sample : Sample
    max_rows : int, optional
        Most training rows, if they can be more than the sample's.
    """

    def __init__(self, sample: Sample, max_rows: int | None = None) -> None:
        self._trainers = Trainers(len(sample.features), max_rows or len(sample.labels))

    def __call__(self, settings: Mapping[str, Any]) -> Learner:
        """An ensemble of the network that the settings describe."""
        network = Network.from_json(settings)
        return network_learner(self._trainers.get(network), network.members)
