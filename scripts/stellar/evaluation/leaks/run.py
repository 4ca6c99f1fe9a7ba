"""What a run says that it used, compared with what it was allowed to use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar.crossvalidation.predictions import Predictions
from stellar.crossvalidation.protocol import Protocol
from stellar.evaluation.leaks.across_folds import scalers_of_training_rows, scored_once
from stellar.evaluation.leaks.allowed_rows import Hashed
from stellar.evaluation.leaks.chosen_rows import (
    calibration_apart,
    gate_apart,
    selection_apart,
    settings_chosen,
)
from stellar.evaluation.leaks.finding import Finding
from stellar.sample.arrays import Sample


@dataclass(frozen=True)
class Run:
    """What a run wrote beside its predictions.

    Attributes
    ----------
    protocol : Protocol
    chosen : mapping of str to mapping
        The documents of the rule `choose` by selection.
    calibrated : sequence of mapping
        Of each `label` and `tier` the `folds`, and which rows calibrated them.
    rejected : mapping
        What was rejected of one `label` and `tier`, and which rows were `used` for it.
    negative : array of bool, shape (n_rows,)
        Rows known to be of another kind than O to M.
    sample_of : callable
        From a label scheme and features to their sample.
    """

    protocol: Protocol
    chosen: Mapping[str, Mapping[str, Any]]
    calibrated: Sequence[Mapping[str, Any]]
    rejected: Mapping[str, Any]
    negative: NDArray[np.bool_]
    sample_of: Callable[[str, Sequence[str]], Sample]

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


def _of(document: Mapping[str, Any]) -> tuple[str, str]:
    return document["label"], document["tier"]
