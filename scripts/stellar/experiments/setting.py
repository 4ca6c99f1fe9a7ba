"""The chosen learners, fold by fold; what they need is imported when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stellar import command, files
from stellar.crossvalidation.protocol import Protocol
from stellar.errors import MissingFeatureError
from stellar.learning.tuned import learner_of, prepare
from stellar.sample.features import resolve

if TYPE_CHECKING:
    from stellar.learning.learners import Learner
    from stellar.sample.arrays import Sample


@dataclass(frozen=True)
class Experiment:
    """What a script has that trains the chosen learner anew on a few folds.

    `settings` are the chosen ones by selection.
    """

    config: Mapping[str, Any]
    schemes: str
    sample: Sample
    protocol: Protocol
    folds: Sequence[int]
    settings: Mapping[str, Mapping[str, Any]]
    threads: int

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

    def changed(self, part: str, sample: Sample, change: Mapping[str, Any]) -> Learner:
        """The learner that a selection chose, with some settings changed."""
        return self._made(sample)({**self.settings[part], **change})

    def _made(self, sample: Sample, copies: int = 1) -> Callable[[Mapping[str, Any]], Learner]:
        return learner_of(self.config["learner"], sample, self.threads, copies)


def experiment(
    about: str | None,
    output: str,
    measure: Callable[[Experiment], list[dict[str, Any]]],
    argv: Sequence[str] | None,
) -> None:
    """The `main` of an experiment's script: what `measure` finds, as CSV.

    A survey that lacks the features gives a table without a row.

    Parameters
    ----------
    about : str
        The script's docstring.
    output : str
        Name of the option that takes the CSV's path.
    measure : callable
    argv : sequence of str, optional
    """
    parser = command.parser(about)
    parser.add_argument("--schemes", required=True)
    parser.add_argument("--chosen", nargs="+", required=True)
    parser.add_argument(f"--{output}", required=True, dest="output")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args(argv)
    cfg = args.config
    prepare(cfg["learner"], args.threads)

    from stellar.crossvalidation.selection import chosen_settings
    from stellar.sample.arrays import load_sample

    protocol = Protocol.comparison(**cfg["cv"])
    try:
        sample = load_sample(args.schemes, cfg["label"], resolve(cfg["features"]))
    except MissingFeatureError as error:
        command.log.warning("skipped: %s", error)
        files.write_text(args.output, "skipped\n")
        return
    rows = measure(
        Experiment(
            config=cfg,
            schemes=args.schemes,
            sample=sample,
            protocol=protocol,
            folds=protocol.scored[: cfg.get("folds")],
            settings=chosen_settings(args.chosen),
            threads=args.threads,
        )
    )
    files.write_text(args.output, files.csv_text(rows))
