"""Which folds choose hyperparameters, which are scored, and which one is kept out beside them.

A scored fold's rows are in no scaler, no training, no early stopping, no calibration and no choice
behind its score. The module imports nothing heavy: the workflow itself asks it for its jobs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stellar import files


@dataclass(frozen=True)
class Protocol:
    """Folds of a cross-validation.

    Parameters
    ----------
    n_folds : int
    scored : tuple of int
        Folds that are scored, in order.
    selections : mapping of str to tuple of int
        Choices of hyperparameters, and the folds whose rows each one sees.
    kept_out : {"for early stopping", "for calibration"}, optional
        What the fold beside a scored one is kept out of training for. Without it, a model trains on
        all folds but the scored one.

    Examples
    --------
    The study scores each fold, and may stop early by the next one.

    >>> study = Protocol.study(5, stops_early=True)
    >>> study.scored, study.away(4)
    ((0, 1, 2, 3, 4), (4, 0))

    The comparison scores folds that chose nothing, and calibrates by the next of these.

    >>> comparison = Protocol.comparison(folds=5, selection="held_out", selection_folds=2)
    >>> comparison.scored, comparison.away(4), comparison.selections
    ((2, 3, 4), (4, 2), {'held_out': (0, 1)})
    """

    n_folds: int
    scored: tuple[int, ...]
    selections: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    kept_out: str | None = None

    @classmethod
    def study(cls, n_folds: int, stops_early: bool) -> Protocol:
        """The study's own: all folds are scored, with hyperparameters that a split chose."""
        kept_out = "for early stopping" if stops_early else None
        return cls(n_folds, tuple(range(n_folds)), {"tuned": ()}, kept_out)

    @classmethod
    def comparison(cls, folds: int, selection: str, selection_folds: int | None) -> Protocol:
        """Models compared on folds that chose nothing for them.

        Parameters
        ----------
        folds : int
        selection : {"held_out", "nested"}
            `held_out`: the first `selection_folds` folds choose hyperparameters for all and are
            never scored. `nested`: every fold is scored, by hyperparameters that the
            `selection_folds` folds after its calibration fold chose for it.
        selection_folds : int, optional
            By default a fifth of the folds, two at least.
        """
        n = selection_folds or max(2, folds // 5)
        if selection == "held_out":
            chosen = {"held_out": tuple(range(n))}
            return cls(folds, tuple(range(n, folds)), chosen, "for calibration")
        nested = {
            _nested(fold): tuple((fold + 2 + k) % folds for k in range(n)) for fold in range(folds)
        }
        return cls(folds, tuple(range(folds)), nested, "for calibration")

    def selection_of(self, fold: int) -> str:
        """The selection whose hyperparameters a scored fold takes."""
        own = _nested(fold)
        return own if own in self.selections else next(iter(self.selections))

    def beside(self, fold: int) -> int:
        """The fold after a scored one, of those that are scored: kept out with it, if any is."""
        return self.scored[(self.scored.index(fold) + 1) % len(self.scored)]

    def away(self, fold: int) -> tuple[int, ...]:
        """Folds that the model of a scored fold never trains on."""
        return (fold, self.beside(fold)) if self.kept_out else (fold,)


def _nested(fold: int) -> str:
    return f"fold-{fold:02d}"


def chosen_settings(paths: Sequence[str | Path]) -> dict[str, Mapping[str, Any]]:
    """Settings by selection: of the study's own, by the rule `tune`, or of `choose`.

    Parameters
    ----------
    paths : sequence of path
        The one file of `tune`, or those of `choose`, each named by its selection.
    """
    found = {}
    for path in paths:
        known = files.read_json(path)
        if "network" in known:
            found["tuned"] = known["network"]
        else:
            found[Path(path).stem] = known["settings"]
    return found
