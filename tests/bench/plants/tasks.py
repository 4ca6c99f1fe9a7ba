"""All plants by name, and their distribution to processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from typing import Any, NamedTuple, TypeVar

from plants.controls import controls
from plants.leaks import leaks
from plants.specs import Plant, Spec, plant
from plants.stars import Wanted

PART = 6  # plants of the same stars that one process makes in turn
Line = TypeVar("Line")


class Task(NamedTuple):
    """A plant to be tried; `rows` is for plants of the usual size."""

    name: str
    seed: int
    rows: int = Wanted.rows

    def spec(self) -> Spec:
        """What the plant is."""
        return specs()[self.name].resized(self.rows)

    def plant(self) -> Plant:
        """The plant, made."""
        return plant(self.spec(), self.seed)


@cache
def specs() -> dict[str, Spec]:
    """All specifications by name: leaks, then controls."""
    return {spec.name: spec for spec in (*leaks(), *controls())}


def tasks(
    only: Sequence[str] = (), rows: int = Wanted.rows, seeds: int | None = None
) -> list[Task]:
    """Plants with their seeds, or `seeds` of each; `only` those whose name has one of the texts."""
    return [
        Task(name, seed, rows)
        for name, spec in specs().items()
        for seed in range(1, 1 + (seeds or spec.seeds))
        if not only or any(text.lower() in name.lower() for text in only)
    ]


def together(wanted: Sequence[Task]) -> list[list[Task]]:
    """The tasks in parts that share their stars, and of six at most; the largest first."""
    of_stars: dict[Any, list[Task]] = {}
    for task in wanted:
        of_stars.setdefault((task.spec().wanted, task.seed), []).append(task)
    parts = [part[k : k + PART] for part in of_stars.values() for k in range(0, len(part), PART)]
    return sorted(parts, key=lambda part: -len(part) * part[0].spec().wanted.rows)


def in_turn(function: Callable[[Task], Line], part: Sequence[Task]) -> list[Line]:
    """Results of a part, in a process of its own."""
    return [function(task) for task in part]


def results(function: Callable[[Task], Line], wanted: Sequence[Task], jobs: int) -> Iterator[Line]:
    """Results of the tasks, as they are ready."""
    parts = together(wanted)
    if jobs == 1:
        for part in parts:
            yield from in_turn(function, part)
        return
    with ProcessPoolExecutor(jobs) as workers:
        for done in as_completed([workers.submit(in_turn, function, part) for part in parts]):
            yield from done.result()
