"""The bench of plants: a leak holds what its clean twin does not, and a line is judged rightly."""

import numpy as np
import pytest
from audit_plants import verdict_of
from plants.lines import CLEAN, LEAK, right, summary
from plants.tasks import Task, specs, tasks
from plants.worth import accuracy

ROWS = 600
SMALL = [name for name, spec in specs().items() if spec.wanted.rows == 6000]
# One of each kind that has the usual size.
ONE_EACH = list({name.split(":")[0]: name for name in SMALL}.values())


def test_there_are_as_many_as_a_referee_wants():
    every = specs().values()
    leaks = [spec for spec in every if spec.expected == LEAK]
    assert len(leaks) >= 100
    assert len({spec.kind for spec in leaks}) >= 12
    assert sum(spec.expected == CLEAN for spec in every) >= 50
    assert min(spec.seeds for spec in leaks if spec.wanted.rows == 6000) >= 2


@pytest.mark.parametrize("name", ONE_EACH)
def test_a_plant_is_the_same_each_time_and_other_than_its_twin(name):
    given, again = (Task(name, 1, ROWS).plant() for _ in range(2))
    assert np.array_equal(given.sample.values, again.sample.values, equal_nan=True)
    assert np.isfinite(given.sample.values).any(axis=0).all()
    assert all(len(group) == len(given.sample.labels) for group in given.groups.values())
    assert set(given.origins) == set(given.sample.feature_names)
    if given.expected == CLEAN:
        assert given.twin is None
        return
    assert np.array_equal(given.sample.labels, given.twin.labels)
    same = given.sample.values.shape == given.twin.values.shape and np.array_equal(
        given.sample.values, given.twin.values, equal_nan=True
    )
    assert not same or (given.sample.folds != given.twin.folds).any()


@pytest.mark.parametrize(
    "name", ["label + noise: 0.3 class", "row number of a sorted table: sorted"]
)
def test_trees_gain_by_a_leak(name):
    given = Task(name, 1, ROWS).plant()
    assert accuracy(given.sample) > accuracy(given.twin) + 0.1


def test_stars_of_a_table_stand_in_one_fold():
    given = Task("base: 6,000 rows", 1, ROWS).plant()
    pairs = {*zip(given.groups["star"].tolist(), given.sample.folds.tolist(), strict=True)}
    assert len(pairs) == len(np.unique(given.groups["star"]))


def test_copies_are_stars_of_their_own_in_any_fold():
    given = Task("near-copies: 30% at 1e-05 mag", 1, ROWS).plant()
    r = given.sample.values[:, list(given.sample.feature_names).index("r")]
    order = np.argsort(r)
    near = np.diff(r[order]) < 1e-3
    folds, star = given.sample.folds[order], given.groups["star"][order]
    assert (near & (folds[1:] != folds[:-1]) & (star[1:] != star[:-1])).sum() > 100


def test_the_audit_is_asked():
    assert verdict_of(Task("star in several folds: 50% repeats", 1, ROWS).plant())[0] == "leaks"


def line(**given):
    usual = {"kind": "k", "plant": "p", "worth": 5.0, "rows": 6000, "cpu_s": 1.0, "seed": 1}
    return {**usual, **given}


def test_what_counts_as_right():
    assert right(line(expected=LEAK, got="suspect"))
    assert not right(line(expected=LEAK, got="undecided"))
    assert not right(line(expected=CLEAN, got="suspect"))
    assert right(line(expected=CLEAN, got="undecided", rows=999))
    assert not right(line(expected=CLEAN, got="undecided", rows=1000))


def test_the_summary_leaves_out_leaks_that_harm_nothing():
    lines = [
        line(expected=LEAK, got="clean", worth=1.9),
        line(expected=LEAK, got="leaks"),
        line(expected=CLEAN, got="leaks", worth=0.0),
    ]
    text = "\n".join(summary(lines))
    assert "leaks found: 1 of 2 (50 %); of 2 points or more: 1 of 1 (100 %)" in text
    assert "acquitted: 0 of 1 (0 %) (wanted: 95 %); called leaks: 1" in text


def test_plants_are_chosen_by_a_text():
    asked = tasks(["near-copies", "exact"])
    assert {task.name.split(":")[0] for task in asked} == {"near-copies", "exact copies"}
    assert len(tasks(seeds=1)) == len(specs())
