"""The chosen learners, fold by fold; what they need is imported when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stellar.phases import phase

if TYPE_CHECKING:
    from stellar.honest import Learner
    from stellar.protocol import Protocol
    from stellar.samples import Sample


def prepare(name: str, threads: int) -> None:
    """Import TensorFlow, before all else, if the learner is the network."""
    if name == "network":
        from stellar.network import prepare_tensorflow

        with phase("import"):
            prepare_tensorflow(threads)


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
        from stellar.network_learners import NetworkLearners

        return NetworkLearners(sample, copies * len(sample.labels))

    from stellar.honest import classifier_learner
    from stellar.trees import boosted_trees

    return lambda settings: classifier_learner(lambda seed: boosted_trees(settings, seed, threads))


def learner_by_fold(
    name: str,
    sample: Sample,
    protocol: Protocol,
    chosen: Sequence[str],
    threads: int,
    copies: int = 1,
) -> Callable[[int], Learner]:
    """From a scored fold to the learner that its selection chose, of the files `chosen`."""
    from stellar.honest import chosen_by_part

    made, settings = learner_of(name, sample, threads, copies), chosen_by_part(chosen)
    return lambda fold: made(settings[protocol.part_of(fold)])
