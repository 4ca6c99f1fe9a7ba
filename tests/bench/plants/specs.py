"""What a plant is, and how one is made of a specification and a seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from stellar.evaluation.provenance import origin
from stellar.sample.arrays import Sample
from stellar.sample.features import FEATURES, columns_needed, resolve

from plants.lines import CLEAN, LEAK
from plants.stars import Stars, Wanted, simulated

TIER = tuple(resolve(["photometry", "colours"]))  # the base: tier photometry of config/config.yaml
REDSHIFT = (*TIER, "redshift")
SSPP = tuple(resolve(["photometry", "colours", "redshift", "sspp"]))


class Made(NamedTuple):
    """A table with a leak, and its clean twin: the same without the leak. Controls have none."""

    planted: Stars
    twin: Stars | None = None


class Others(NamedTuple):
    """What a maker may use beside the table: stars that are not in it, and the seed's numbers."""

    stars: Stars
    random: np.random.Generator


Maker = Callable[[Stars, Others], Made]


@dataclass(frozen=True)
class Spec:
    """A kind of leak, or of clean table, at one strength.

    Attributes
    ----------
    kind, strength : str
    make : callable
        From the base's stars, and others of the same survey, to what is planted.
    wanted : Wanted
        The base.
    expected : {"leaks", "clean"}
    seeds : int
        How many seeds it is tried with.
    """

    kind: str
    strength: str
    make: Maker
    wanted: Wanted
    expected: str
    seeds: int

    @property
    def name(self) -> str:
        """Kind and strength."""
        return f"{self.kind}: {self.strength}"

    def resized(self, rows: int) -> Spec:
        """The same on another number of rows, where it has the usual one."""
        if self.wanted.rows != Wanted.rows:
            return self
        return replace(self, wanted=replace(self.wanted, rows=rows))


@dataclass(frozen=True)
class Plant:
    """A leak in a table, or a clean table: what an audit is given, and what it should say.

    Attributes
    ----------
    kind, strength : str
    seed : int
    expected : {"leaks", "clean"}
    sample : Sample
    groups : mapping of str to array of int64, shape (n_rows,)
        `star`, `plate`, `template`.
    origins : mapping of str to str
        Where each column is said to come from: `image`, `spectrum`, `template`; `unknown` of
        columns that no catalogue has.
    twin : Sample, optional
        The clean twin of a leak.
    """

    kind: str
    strength: str
    seed: int
    expected: str
    sample: Sample
    groups: Mapping[str, NDArray[np.int64]]
    origins: Mapping[str, str]
    twin: Sample | None

    @property
    def name(self) -> str:
        """Kind and strength."""
        return f"{self.kind}: {self.strength}"


def leak(kind: str, strength: object, make: Maker, seeds: int = 2, **wanted: object) -> Spec:
    """A leak."""
    base = Wanted(**{"features": TIER, **wanted})  # type: ignore[arg-type]
    return Spec(kind, str(strength), make, base, LEAK, seeds)


def control(kind: str, strength: object, make: Maker, seeds: int = 2, **wanted: object) -> Spec:
    """A clean table."""
    base = Wanted(**{"features": TIER, **wanted})  # type: ignore[arg-type]
    return Spec(kind, str(strength), make, base, CLEAN, seeds)


def plant(spec: Spec, seed: int) -> Plant:
    """The plant of a specification; the same seed gives the same bytes."""
    stars, others = simulated(spec.wanted, seed)
    # Twins and kinds are not to share their numbers; the seed of text must not depend on a run.
    random = np.random.default_rng([seed, crc32(spec.name.encode())])
    planted, twin = spec.make(stars, Others(others, random))
    if spec.expected == LEAK and twin is None:
        twin = stars
    return Plant(
        spec.kind,
        spec.strength,
        seed,
        spec.expected,
        planted.sample(),
        planted.groups(),
        {name: _origin(name) for name in planted.columns},
        twin.sample() if twin else None,
    )


def _origin(name: str) -> str:
    if name not in FEATURES:
        return "unknown"
    origins = {origin(column) for column in columns_needed([name])}
    return origins.pop() if len(origins) == 1 else "unknown"
