"""Each column of a table, and what is missing or repeated in it, held against other measurements.

A column is examined once for a label, with all columns of the table to hold it against; what is
found concerns every feature set that has the column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from stellar.evaluation.leaks import label_errors, measurements
from stellar.evaluation.leaks.finding import LEVEL, MOST_ROWS, Finding
from stellar.evaluation.provenance import NOTHING, of_the_star
from stellar.sample.arrays import Sample
from stellar.sample.columns import Floats

FOLDS = 4
MISSING = "where it is missing,"
MOST_CODES, FEWEST_OF_CODE = 100, 20  # values of a column of codes, and rows of each on average
LEAST = 0.001  # of accuracy: what adds less is not worth a word
# Where others are wrong (two stars in one image, a saturated band, dust) a right measurement
# follows the label as well, but adds less accuracy than this.
LEAST_OF_ERRORS = 0.015
SOME = 0.005  # share of rows from which missing or repeated values are a column of their own


@dataclass(frozen=True)
class Trait:
    """Something about a column: its values, or where they are missing, or where they repeat.

    Attributes
    ----------
    column, what : str
        Name of the column, and which trait of it.
    values : array, shape (n_rows,)
    """

    column: str
    what: str
    values: NDArray[np.float64]


@dataclass(frozen=True)
class Examined:
    """What is known of a table's columns under a label.

    Attributes
    ----------
    findings : dict of str to list of Finding
        By column.
    together : tuple of str
        Columns that measure the star together: others are held against these. Perhaps none.
    rows, decisive : int
        Labelled rows, and how many of them would show a label known to within a class.
    """

    findings: dict[str, list[Finding]]
    together: tuple[str, ...]
    rows: int
    decisive: int


class Examination:
    """The columns of a table held against each other.

    Parameters
    ----------
    sample : Sample
        Labelled rows.
    seed : int
        Of the rows that are drawn from more than `MOST_ROWS`, and of the folds.
    own : mapping of str to str
        Where the user's columns come from. What is no measurement of the star itself, by its
        provenance, is tested, and nothing is held against it: a library star's temperature
        contradicts a right label where the library star is a wrong one.
    """

    def __init__(self, sample: Sample, seed: int, own: Mapping[str, str] = NOTHING) -> None:
        random = np.random.default_rng(seed)
        rows = np.sort(random.permutation(len(sample.labels))[:MOST_ROWS])
        self.names = sample.feature_names
        self.n_rows = len(sample.labels)
        labels = sample.labels[rows]
        self.classes = np.unique(labels, return_inverse=True)[1].astype(np.int64)
        self.folds = random.integers(FOLDS, size=len(rows))
        raw = sample.values[rows]
        self.missing = ~np.isfinite(raw)
        # A gap that was filled is no measurement: it contradicts a label that is right.
        self.unmeasured = self.missing | np.column_stack([repeated_often(c) > 0 for c in raw.T])
        self.ranks = measurements.ranks(raw)
        self.labels = labels
        self.moments = measurements.Moments.of(self.ranks, labels)
        self.within = self.moments.within()
        vouched = np.flatnonzero([of_the_star(name, own) for name in self.names])
        among = self.within[np.ix_(vouched, vouched)]
        self.together = vouched[measurements.measured_together(among)]
        self.traits = [
            *traits(raw, self.ranks, self.names),
            *categories(raw, self.names, self.classes, self.folds),
        ]
        self.z = z_of(2 * len(self.traits) + 5)
        self._known: dict[tuple[int, ...], NDArray[np.float64]] = {}
        self._around: dict[tuple[int, ...], label_errors.Neighbourhood] = {}

    @cached_property
    def examined(self) -> Examined:
        """Findings of each column, and what they were held against."""
        findings: dict[str, list[Finding]] = {name: [] for name in self.names}
        decisive = 0
        if len(self.together):
            for trait in self.traits:
                findings[trait.column] += self._trait(trait)
            against = measurements.references(self.within, self.together, [])
            decisive = measurements.rows_that_decide(self.moments, against)
        names = tuple(self.names[j] for j in self.together)
        return Examined(findings, names, self.n_rows, decisive)

    def of_set(self, names: Sequence[str]) -> list[Finding]:
        """Findings of the columns of a set, each alone, and of those that others know together."""
        alone = [f for name in names for f in self.examined.findings[name]]
        tested = [
            j for j, name in enumerate(self.names) if name in names and j not in self.together
        ]
        against = measurements.references(self.within, self.together, tested)
        if len(tested) < 2 or not len(against):
            return alone
        gain = self._gain(self.ranks[:, tested], against)
        listed = ", ".join(self.names[j] for j in tested)
        return alone + self._shared(listed, gain, self.n_rows)

    def _trait(self, trait: Trait) -> list[Finding]:
        column = self.names.index(trait.column)
        together = self.together
        if trait.what == MISSING:
            # What is missing with the column says of its gaps what they say themselves.
            shared = self.missing[self.missing[:, column]].mean(axis=0)
            together = together[shared[together] < 0.5]
        against = measurements.references(self.within, together, [column])
        if not len(against):
            return []
        gain = self._gain(trait.values[:, None], against)
        table = np.column_stack([self.ranks[:, against], trait.values])
        moments = measurements.Moments.of(table, self.labels)
        size = len(against)
        found = measurements.silence(moments, size, np.arange(size), float(trait.values.var()))
        name = f"{trait.what} {trait.column}".strip()
        touched = int(np.mean(trait.values != 0) * self.n_rows)
        findings = self._shared(name, gain, touched)
        if not findings and trait.what == "":
            findings = self._in_sample(column, against, gain)
        level = LEVEL / len(self.traits)
        if gain.worth > LEAST and found and found.silent(level, gain.won(self.z, LEAST_OF_ERRORS)):
            findings.append(
                Finding(
                    "leaks",
                    f"{name} knows the class (adds {100 * gain.worth:.1f} points) and, within a "
                    f"class, nothing of the star: {found.ratio:.2f} ± {2 * found.error:.2f} of "
                    "what a measurement would, so it was made of the label",
                    gain.worth,
                    touched,
                )
            )
        return findings

    def _shared(self, name: str, gain: label_errors.Gain, rows: int) -> list[Finding]:
        if not (gain.won(self.z, LEAST_OF_ERRORS) and gain.shares_errors(self.z)):
            return []
        return [
            Finding(
                "leaks",
                f"of {gain.contradicted:,} stars whose label other measurements contradict, "
                f"{name} agrees with the label in {100 * gain.siding:.0f} % (a measurement in half "
                f"or fewer) and adds {100 * gain.worth:.1f} points: it has the label's errors",
                gain.worth,
                rows,
            )
        ]

    def _in_sample(
        self, column: int, against: NDArray[np.int64], gain: label_errors.Gain
    ) -> list[Finding]:
        """Whether a column follows each row's own label, as a prediction made in sample does."""
        if gain.worth < LEAST_OF_ERRORS:
            return []
        key = tuple(against)
        if key not in self._around:
            whole = np.asarray(~self.unmeasured[:, against].any(axis=1))
            self._around[key] = label_errors.Neighbourhood(
                self.ranks[:, against], self.classes, self._known[key], whole
            )
        share, error, rows = self._around[key].siding(
            self.ranks[:, column], ~self.unmeasured[:, column]
        )
        if share - label_errors.SURE * error < label_errors.COPIES:
            return []
        return [
            Finding(
                "suspect",  # where other measurements are wrong, a right one sides with the label
                f"{self.names[column]} differs from its value in the most similar stars as the "
                f"label does: in {100 * share:.0f} ± {200 * error:.0f} % of {rows:,} stars whose "
                "label other measurements contradict (a measurement in half or little more); it "
                "follows each star's own label, as a prediction does that was trained on it",
                gain.worth,
                self.n_rows,
            )
        ]

    def _gain(self, tested: NDArray[np.float64], against: NDArray[np.int64]) -> label_errors.Gain:
        key = tuple(against)
        if key not in self._known:
            self._known[key] = label_errors.log_posterior(
                self.ranks[:, against], self.classes, self.folds
            )
        joint = label_errors.log_posterior(
            np.column_stack([self.ranks[:, against], tested]), self.classes, self.folds
        )
        whole = np.asarray(~self.missing[:, against].any(axis=1))
        return label_errors.gain(self._known[key], joint, self.classes, whole)


def traits(raw: Floats, ranks: NDArray[np.float64], names: Sequence[str]) -> list[Trait]:
    """The columns, and where they are missing or have one value often, as columns of their own.

    Parameters
    ----------
    raw : array, shape (n_rows, n_columns)
    ranks : array, shape (n_rows, n_columns)
    names : sequence of str
    """
    found = []
    for j, name in enumerate(names):
        missing = ~np.isfinite(raw[:, j])
        if np.ptp(ranks[:, j]) > 0:
            found.append(Trait(name, "", ranks[:, j]))
        if SOME < missing.mean() < 1 - SOME:
            found.append(Trait(name, MISSING, missing.astype(float)))
        found += _often(raw[:, j], name)
    return found


def categories(
    raw: Floats,
    names: Sequence[str],
    classes: NDArray[np.int64],
    folds: NDArray[np.int64],
) -> list[Trait]:
    """Columns of few values as codes without order: each one's mean class in the other folds.

    Parameters
    ----------
    raw : array, shape (n_rows, n_columns)
    names : sequence of str
    classes, folds : array of int64, shape (n_rows,)
    """
    found = []
    for j, name in enumerate(names):
        _, code, rows = np.unique(raw[:, j], return_inverse=True, return_counts=True)
        if not 3 <= len(rows) <= min(MOST_CODES, len(code) / FEWEST_OF_CODE):
            continue
        mean = np.full(len(code), classes.mean())
        for fold in range(FOLDS):
            away, here = folds != fold, folds == fold
            n = np.bincount(code[away], minlength=len(rows))
            sums = np.bincount(code[away], weights=classes[away], minlength=len(rows))
            mean[here] = np.where(n > 0, sums / np.maximum(n, 1), classes[away].mean())[code[here]]
        found.append(Trait(name, "the codes of", mean))
    return found


def repeated_often(values: Floats) -> NDArray[np.float64]:
    """Number from 1 of each row's value if it repeats often in a column of many values; else 0.

    Parameters
    ----------
    values : array, shape (n_rows,)

    Returns
    -------
    array, shape (n_rows,)
    """
    place = np.zeros(len(values))
    distinct, of_row, counts = np.unique(
        values[np.isfinite(values)], return_inverse=True, return_counts=True
    )
    often = counts > SOME * len(values)
    if often.any() and len(distinct) >= 20 * often.sum():
        place[np.isfinite(values)] = np.where(often, np.cumsum(often), 0)[of_row]
    return place


def _often(values: Floats, name: str) -> list[Trait]:
    """Where a column of many values has some of them often, as gaps that were filled have."""
    place = repeated_often(values)
    if not place.any():
        return []
    found = [Trait(name, "where it repeats a value,", (place > 0).astype(float))]
    if place.max() > 1:
        middle = place[place > 0].mean()
        which = np.where(place > 0, place - middle, 0.0)
        found.append(Trait(name, "the value that repeats in", which))
    return found


def z_of(tests: int) -> float:
    """Standard errors that chance exceeds in `LEVEL` of audits of so many tests (Bonferroni)."""
    from scipy.stats import norm

    return float(norm.isf(LEVEL / max(tests, 1)))
