"""Networks as learners of the honest protocol; those of one architecture share what is compiled.

TensorFlow is imported with this module: call `prepare_tensorflow` first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stellar.honest import Learner, network_learner
from stellar.network import Network
from stellar.samples import Sample
from stellar.training import Trainers


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
