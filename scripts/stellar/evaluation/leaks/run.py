"""What a run says that it used, compared with what it was allowed to use."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar import files
from stellar.crossvalidation.predictions import Predictions
from stellar.crossvalidation.protocol import Protocol
from stellar.evaluation.leaks.across_folds import scalers_of_training_rows, scored_once
from stellar.evaluation.leaks.allowed_rows import Hashed
from stellar.evaluation.leaks.audit import with_run
from stellar.evaluation.leaks.chosen_rows import (
    calibration_apart,
    gate_apart,
    selection_apart,
    settings_chosen,
)
from stellar.evaluation.leaks.compared import Compared, findings_on, named
from stellar.evaluation.leaks.finding import Finding
from stellar.sample.arrays import Sample, kinds_of_negatives, load_sample

log = logging.getLogger("stellar")


@dataclass(frozen=True)
class Run:
    """What a run wrote beside its predictions.

    Attributes
    ----------
    protocol : Protocol
    chosen : mapping of str to mapping
        The documents of the rule `choose` by selection, of the network.
    calibrated : sequence of mapping
        Of each `label` and `tier` the `folds`, and which rows calibrated them.
    rejected : mapping
        What was rejected of one `label` and `tier`, and which rows were `used` for it.
    negative : array of bool, shape (n_rows,)
        Rows known to be of another kind than O to M.
    sample_of : callable
        From a label scheme and features to their sample.
    trees : mapping of str to mapping
        As `chosen`, of the boosted trees, if they are compared with the network.
    """

    protocol: Protocol
    chosen: Mapping[str, Mapping[str, Any]]
    calibrated: Sequence[Mapping[str, Any]]
    rejected: Mapping[str, Any]
    negative: NDArray[np.bool_]
    sample_of: Callable[[str, Sequence[str]], Sample]
    trees: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def read(
        cls, protocol: Protocol, sample: Path, chosen: Sequence[Path], used: Path, rejected: Path
    ) -> Run:
        """From what the rules `assign_folds`, `choose` and `calibrate` wrote.

        Parameters
        ----------
        protocol : Protocol
        sample : Path
        chosen : sequence of Path
            Each named by its selection, in a folder of its learner's name.
        used, rejected : Path
            Of `calibrate`: which rows calibrated, and what was rejected.
        """
        choices: dict[str, dict[str, Any]] = {}
        for path in chosen:
            choices.setdefault(path.parent.name, {})[path.stem] = files.read_json(path)
        return cls(
            protocol,
            choices["network"],
            files.read_json(used),
            files.read_json(rejected),
            kinds_of_negatives(sample) != "",
            partial(load_sample, sample),
            choices.get("boosted_trees", {}),
        )

    @cached_property
    def selection(self) -> list[Finding]:
        """Findings on the choice of hyperparameters."""
        return selection_apart(self.chosen, self.protocol, self.sample_of)

    def findings(
        self, sample: Sample, predicted: Predictions, calibration: Predictions
    ) -> list[Finding]:
        """What was seen that should not be by what stands behind one tier's scores.

        Parameters
        ----------
        sample : Sample
            All rows.
        predicted, calibration : Predictions
            Of the scored rows, and of those to calibrate by.
        """
        of = (predicted.about["scheme"], predicted.about["tier"])
        used = [u for document in self.calibrated if _of(document) == of for u in document["folds"]]
        found = [
            *self.selection,
            *settings_chosen(predicted.about, self.chosen, self.protocol),
            *scalers_of_training_rows(Hashed(sample), predicted.about, self.protocol),
            *scored_once(sample, predicted, self.protocol.scored),
            *calibration_apart(sample, predicted, calibration, used, self.protocol),
        ]
        if _of(self.rejected) == of:
            given = self.rejected.get("used", [])
            found += gate_apart(sample, self.negative, calibration, given, self.protocol)
        return found

    def audited(
        self,
        entry: Mapping[str, Any],
        predicted: tuple[Predictions, Predictions] | None,
        compared: Sequence[Compared],
        with_trees: bool,
    ) -> dict[str, Any]:
        """A feature set's entry with what is known of the run.

        Parameters
        ----------
        entry : mapping
            Of the data alone.
        predicted : pair of Predictions, optional
            Of the network, where it was trained on the set: of scored rows, and of those to
            calibrate by.
        compared : sequence of Compared
            What else was trained on it.
        with_trees : bool
            Whether the boosted trees' settings were chosen on it, if they were.
        """
        sample_of = partial(self.sample_of, entry["label"])
        found, network = [], None
        if predicted:
            scored, _ = predicted
            found, network = self.findings(sample_of(entry["columns"]), *predicted), scored.accuracy
        if compared:
            log.info("%s: compared with %d models", entry["features"], len(compared))
        found += findings_on(compared, sample_of)
        if with_trees and self.trees:
            chosen = selection_apart(self.trees, self.protocol, self.sample_of)
            found += [named("rival boosted_trees", one) for one in chosen]
        return with_run(entry, found, network)


def _of(document: Mapping[str, Any]) -> tuple[str, str]:
    return document["label"], document["tier"]
