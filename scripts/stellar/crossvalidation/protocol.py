"""The honest protocol: which folds choose hyperparameters, which are scored, which calibrate.

A scored fold's rows are in no scaler, no training, no calibration and no choice behind its score;
rows that calibrate have chosen nothing either.
The module imports nothing heavy, because the workflow itself asks it for its jobs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Protocol:
    """Folds of the honest cross-validation.

    Parameters
    ----------
    n_folds : int
    selection : {"held_out", "nested"}
        `held_out`: the first `selection_folds` folds choose hyperparameters for all and are never
        scored. `nested`: every fold is scored, by hyperparameters that the `selection_folds` folds
        after its calibration fold chose for it.
    selection_folds : int

    Examples
    --------
    Two of six folds choose hyperparameters. The model that fold 3 scores trains on four folds; its
    probabilities are calibrated by fold 4.

    >>> protocol = Protocol(n_folds=6, selection="held_out", selection_folds=2)
    >>> protocol.choosing("held_out"), protocol.scored, protocol.calibrating(3)
    ([0, 1], [2, 3, 4, 5], 4)
    """

    n_folds: int
    selection: str
    selection_folds: int

    @classmethod
    def from_json(cls, cv: Mapping[str, Any]) -> Protocol:
        """The protocol that the configuration's section `cv` describes.

        Without a number of `selection_folds` it is a fifth of the folds, two at least.
        """
        n_folds = cv["folds"]
        return cls(n_folds, cv["selection"], cv["selection_folds"] or max(2, n_folds // 5))

    @property
    def scored(self) -> list[int]:
        """Folds that are scored."""
        first = 0 if self.selection == "nested" else self.selection_folds
        return list(range(first, self.n_folds))

    @property
    def parts(self) -> list[str]:
        """Names of the selections: one for all folds, or one a fold."""
        if self.selection == "nested":
            return [f"fold-{fold:02d}" for fold in self.scored]
        return ["held_out"]

    def part_of(self, fold: int) -> str:
        """The selection whose hyperparameters a scored fold takes."""
        return self.parts[self.scored.index(fold) if self.selection == "nested" else 0]

    def choosing(self, part: str) -> list[int]:
        """Folds whose rows a selection sees."""
        start = int(part.removeprefix("fold-")) + 2 if self.selection == "nested" else 0
        return [(start + n) % self.n_folds for n in range(self.selection_folds)]

    def calibrating(self, fold: int) -> int:
        """The fold kept out of a scored fold's training, to calibrate its probabilities by.

        It is the next one that is scored.
        """
        scored = self.scored
        return scored[(scored.index(fold) + 1) % len(scored)]

    def away(self, fold: int) -> list[int]:
        """Folds that the model of a scored fold never trains on: it and its calibration fold."""
        return [fold, self.calibrating(fold)]
