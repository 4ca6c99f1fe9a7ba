"""The chosen learners, fold by fold; what they need is imported when they are asked for."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stellar import files
from stellar.command import Slice
from stellar.crossvalidation.protocol import Protocol, chosen_settings
from stellar.errors import MissingFeatureError
from stellar.learning.tuned import learner_of, prepare
from stellar.sample.features import resolve

if TYPE_CHECKING:
    from stellar.experiments.scores import Columns
    from stellar.learning.learners import Learner
    from stellar.sample.arrays import Sample


log = logging.getLogger("stellar")


@dataclass(frozen=True)
class Experiment:
    """What a script has that trains the chosen learner anew on a few folds.

    `path` is the file behind `sample`, `settings` are the chosen ones by selection, `results` what
    else the rule gives.
    """

    config: Mapping[str, Any]
    path: Path
    sample: Sample
    protocol: Protocol
    folds: Sequence[int]
    settings: Mapping[str, Mapping[str, Any]]
    threads: int
    results: Mapping[str, Path]

    def columns(self, features: Sequence[str] | None = None) -> Columns:
        """Columns behind some features, by default the sample's: arrays, shape (n_rows,)."""
        from stellar.experiments.scores import load_columns

        return load_columns(self.path, features or self.sample.feature_names)

    def learner_of(self, sample: Sample | None = None, copies: int = 1) -> Callable[[int], Learner]:
        """From a scored fold to the learner that its selection chose.

        Parameters
        ----------
        sample : Sample, optional
            By default the experiment's own.
        copies : int
            How often a row may stand among the training rows.
        """
        made = self._made(sample or self.sample, copies)
        return lambda fold: made(self.settings[self.protocol.selection_of(fold)])

    def changed(self, selection: str, sample: Sample, change: Mapping[str, Any]) -> Learner:
        """The learner that a selection chose, with some settings changed."""
        return self._made(sample)({**self.settings[selection], **change})

    def _made(self, sample: Sample, copies: int = 1) -> Callable[[Mapping[str, Any]], Learner]:
        return learner_of(self.config["learner"], sample, self.threads, copies)


def experiment(measure: Callable[[Experiment], list[dict[str, Any]]]) -> Callable[..., None]:
    """The `main` of a script that writes what `measure` finds as CSV.

    The table has no row if the survey lacks the features. The configuration has `learner`, `label`,
    `features`, `cv`, perhaps `folds`, and what `measure` needs.
    """

    def main(
        config: Slice,
        sample: Path,
        chosen: list[Path],
        table: Path,
        threads: int = 1,
        **results: Path,
    ) -> None:
        prepare(config["learner"], threads)

        from stellar.sample.arrays import load_sample

        protocol = Protocol.comparison(**config["cv"])
        rows: list[dict[str, Any]] = []
        try:
            stars = load_sample(sample, config["label"], resolve(config["features"]))
        except MissingFeatureError as error:
            log.warning("skipped: %s", error)
        else:
            folds = protocol.scored[: config.get("folds")]
            settings = chosen_settings(chosen)
            rows = measure(
                Experiment(config, sample, stars, protocol, folds, settings, threads, results)
            )
        files.write_csv(table, rows)

    main.__module__ = measure.__module__  # whose docstring is the help
    return main
