"""The chosen learners by name; what they need is imported when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stellar.learning.learners import Learner
    from stellar.sample.arrays import Sample


def prepare(name: str, threads: int) -> None:
    """Import TensorFlow, before all else, if the learner is the network."""
    if name == "network":
        from stellar.learning.tensorflow_setup import tensorflow

        with tensorflow(threads):
            pass


def learner_of(
    name: str, sample: Sample, threads: int, copies: int = 1
) -> Callable[[Mapping[str, Any]], Learner]:
    """From settings to the `network` or the `boosted_trees`.

    Parameters
    ----------
    name : {"network", "boosted_trees"}
    sample : Sample
    threads : int
    copies : int
        How often a row may stand among the training rows.
    """
    if name == "network":
        from stellar.learning.network_learners import NetworkLearners

        return NetworkLearners(sample, copies * len(sample.labels))

    from stellar.learning.learners import classifier_learner
    from stellar.learning.trees import boosted_trees

    return lambda settings: classifier_learner(lambda seed: boosted_trees(settings, seed, threads))
