"""Tables of simulated stars into which leaks are planted, and what their authors cannot see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from stellar.evaluation.leaks.audit import as_numbers
from stellar.sample.arrays import Sample
from stellar.sample.columns import arrays_of
from stellar.sample.features import DERIVED, matrix
from stellar.sample.identity import stars_of
from stellar.sample.spectral_types import LABEL_COLUMN, LABEL_INPUTS, label_rows
from stellar.sample.splits import folds_of_rows
from stellar.survey.catalogue import COLUMNS
from stellar.survey.conversion import to_catalogue
from stellar.survey.simulated import sequences
from stellar.survey.simulated.photometry import photograph
from stellar.survey.simulated.shard import simulate_shard
from stellar.survey.simulated.stars import PARAMETERS, draw_stars

LABELLED = {
    "elodie": 0.74,
    "subclass": 0.93,
    "hammer": 0.37,
}  # share of simulated rows that have it
NUMBERS = [c.name for c in COLUMNS if c.type not in (pa.string(), pa.uint64(), pa.int64())]
FOLDS, FEW_ROWS, FEW_FOLDS = 20, 1000, 5


@dataclass(frozen=True)
class Stars:
    """A table with labels, as a user has it, and the truth that no user has.

    Attributes
    ----------
    columns : mapping of str to array, shape (n_rows,)
        The features, in order.
    labels, folds : array of int8, shape (n_rows,)
    star, plate, template : array of int64, shape (n_rows,)
        Which rows are one star, of one plate, labelled by one library star.
    known : mapping of str to array of float64, shape (n_rows,)
        Numbers of the catalogue; also `teff`, `logg`, `feh` and `code` (the place in the sequence
        O B A F G K M, whose classes' middles are 0 to 6) of the star itself.
    """

    columns: Mapping[str, NDArray[np.float64]]
    labels: NDArray[np.int8]
    folds: NDArray[np.int8]
    star: NDArray[np.int64]
    plate: NDArray[np.int64]
    template: NDArray[np.int64]
    known: Mapping[str, NDArray[np.float64]]

    def __len__(self) -> int:
        return len(self.labels)

    def with_columns(self, **columns: NDArray[np.float64]) -> Stars:
        """Columns added or, of the same name, replaced."""
        return replace(self, columns={**self.columns, **columns})

    def only(self, names: Sequence[str]) -> Stars:
        """These columns alone."""
        return replace(self, columns={name: self.columns[name] for name in names})

    def without(self, names: Sequence[str]) -> Stars:
        """All columns but these."""
        return self.only([name for name in self.columns if name not in names])

    def rows(self, rows: NDArray[np.int64]) -> Stars:
        """Some rows, or rows several times."""
        return replace(
            self,
            columns={name: column[rows] for name, column in self.columns.items()},
            known={name: column[rows] for name, column in self.known.items()},
            **{name: getattr(self, name)[rows] for name in ARRAYS},
        )

    def anonymous(self) -> Stars:
        """Without the library stars' names."""
        return replace(self, template=np.zeros(len(self), np.int64))

    def from_catalogue(self, features: Sequence[str]) -> Stars:
        """With features made from the catalogue's columns, magnitudes as they now are."""
        given = {**self.known, **self.columns}
        made = matrix(given, features).astype(np.float64)
        return self.with_columns(**dict(zip(features, made.T, strict=True)))

    def remade(self) -> Stars:
        """With the colours that the magnitudes, which were changed, now give."""
        return self.from_catalogue([name for name in self.columns if name in DERIVED])

    def folded(self, seed: int) -> Stars:
        """With folds assigned anew, each star in one."""
        n = FOLDS if len(self) >= FEW_ROWS else FEW_FOLDS
        return replace(self, folds=folds_of_rows(self.labels, self.star, n, seed))

    def sample(self) -> Sample:
        """What the audit reads."""
        return Sample(
            survey="simulated",
            ids=np.arange(len(self), dtype=np.uint64),
            feature_names=tuple(self.columns),
            values=np.column_stack(list(self.columns.values())).astype(np.float32),
            labels=self.labels,
            folds=self.folds,
        )

    def groups(self) -> dict[str, NDArray[np.int64]]:
        """Which rows have a star, a plate, a library star in common."""
        return {"star": self.star, "plate": self.plate, "template": self.template}


ARRAYS = ("labels", "folds", "star", "plate", "template")


@dataclass(frozen=True)
class Wanted:
    """Which stars: how many, by which label, with which features, in which survey."""

    rows: int = 6000
    features: tuple[str, ...] = ()
    label: str = "elodie"
    repeats: float = 0.03
    elodie: str = "template"


@lru_cache(maxsize=3)
def simulated(wanted: Wanted, seed: int) -> tuple[Stars, Stars]:
    """The stars wanted, and as many others of the same survey and plates: no star is in both."""
    n = int(2.05 * wanted.rows / LABELLED[wanted.label]) + 100
    raw = simulate_shard(
        seed=seed, shard=0, n_stars=n, repeats=wanted.repeats, elodie=wanted.elodie
    )
    table = to_catalogue(raw, "simulated")
    texts = table.select([LABEL_COLUMN[wanted.label], *LABEL_INPUTS]).to_pandas()
    labels = label_rows(texts, wanted.label).numbers
    kept = np.flatnonzero(labels >= 0)
    truth = {name: column[kept] for name, column in _truth(seed, n, wanted.repeats).items()}
    table, labels = table.take(kept), labels[kept]
    known = arrays_of(table, NUMBERS) | truth
    star = stars_of(table)
    stars = Stars(
        columns={},
        labels=labels,
        folds=np.zeros(len(labels), np.int8),
        star=star,
        plate=known["plate"].astype(np.int64),
        template=as_numbers(table["elodieObject"].fill_null("").to_pylist()),
        known=known,
    ).from_catalogue(wanted.features)
    # Stars in random order, the first ones' rows, then the next ones'; rows in no order.
    random = np.random.default_rng(seed)
    order = np.argsort(random.permutation(star.max() + 1)[star], kind="stable")
    ours, others = order[: wanted.rows], order[wanted.rows :]
    others = others[~np.isin(star[others], star[ours])][: wanted.rows]
    if len(ours) < wanted.rows:
        raise ValueError(f"{n} simulated stars gave {len(ours)} labelled rows")
    ours, others = random.permutation(ours), random.permutation(others)
    return stars.rows(ours).folded(seed), stars.rows(others).folded(seed)


def _truth(seed: int, n: int, repeats: float) -> dict[str, NDArray[np.float64]]:
    """Temperature, gravity, metallicity of the stars behind the rows that `simulate_shard` gives.

    Its first three draws are made again: stars, photometry, which star is observed again.
    """
    random = np.random.default_rng(np.random.SeedSequence([seed, 0]))
    again = int(repeats * n)
    objects = draw_stars(random, n - again)
    photograph(random, objects)
    star = np.append(
        np.arange(len(objects)), random.choice(len(objects), again, replace=False)
    ).astype(np.int64)
    truth = {name: objects[name].to_numpy()[star] for name in (*PARAMETERS, "boss", "ra")}
    truth["true_ra"] = truth.pop("ra")
    giant = (truth["logg"] < 3.5) & (truth["teff"] < 5300)
    truth["code"] = (sequences.spectral_code(truth["teff"], giant) / 10 - 0.5).clip(-0.5, 6.49)
    return {name: column.astype(np.float64) for name, column in truth.items()}
