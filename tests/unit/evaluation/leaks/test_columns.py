"""Columns of a table, their gaps and their repeated values."""

import numpy as np
import pytest
from made_stars import made_stars, with_column
from stellar import ELODIE
from stellar.evaluation.leaks.columns import Examination, traits, z_of
from stellar.evaluation.leaks.measurements import ranks
from stellar.sample.arrays import Sample, features_of
from stellar.sample.features import resolve
from stellar.sample.spectral_types import LABEL_COLUMN, LABEL_INPUTS, label_rows
from stellar.survey.conversion import to_catalogue
from stellar.survey.simulated.shard import simulate_shard


def of(values):
    table = np.asarray(values, np.float32)[:, None]
    return [trait.what for trait in traits(table, ranks(table), ["x"])]


def test_a_column_s_gaps_and_repeated_values_are_traits_of_it():
    values = np.random.default_rng(1).normal(size=2000)
    assert of(values) == [""]
    gaps = np.where(np.arange(2000) % 3 == 0, np.nan, values)
    assert of(gaps) == ["", "where it is missing,"]
    filled = np.where(np.arange(2000) % 3 == 0, 0.5, values)
    assert of(filled) == ["", "where it repeats a value,"]
    by_two = np.where(np.arange(2000) % 6 == 0, -0.5, filled)
    assert of(by_two)[1:] == ["where it repeats a value,", "the value that repeats in"]
    assert of(values.round(1)) == [""]  # published so, not filled
    assert of(np.ones(2000)) == []


def test_what_is_found_of_a_column_is_found_in_each_set_that_has_it():
    sample, _ = made_stars(4000)
    both = with_column(with_column(sample, sample.labels + 0.1, "copy"), sample.values[:, 0], "u2")
    examination = Examination(both, 0)
    assert examination.of_set(["u", "g", "r", "u_g", "u2"]) == []
    assert {f.verdict for f in examination.of_set(["copy"])} == {"leaks"}


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_values_missing_at_random_make_no_label_wrong(share):
    sample, _ = made_stars(4000)
    gaps = np.random.default_rng(4).random(sample.values.shape) < share
    values = np.where(gaps, np.nan, sample.values).astype(np.float32)
    holes = type(sample)(**{**vars(sample), "values": values})
    assert Examination(holes, 0).of_set(sample.feature_names) == []


def test_more_tests_ask_for_more():
    assert z_of(1) == pytest.approx(3.09, abs=0.01)
    assert z_of(100) > z_of(10) > z_of(1)


def test_columns_that_no_others_are_related_to_are_not_judged():
    sample, _ = made_stars(1000)
    noise = np.random.default_rng(2).normal(size=(1000, 4)).astype(np.float32)
    alone = type(sample)(**{**vars(sample), "values": noise})
    examined = Examination(alone, 0).examined
    assert examined.together == ()
    assert not any(examined.findings.values())


def test_codes_without_order_are_taken_by_their_mean_class():
    sample, _ = made_stars(4000)
    random = np.random.default_rng(3)
    codes = random.permutation(42).reshape(7, 6)[sample.labels, random.integers(6, size=4000)]
    mostly = np.where(random.random(4000) < 0.6, codes, random.integers(42, size=4000))
    found = Examination(with_column(sample, mostly, "code"), 0).of_set(["code"])
    assert any("the codes of code" in finding.reason for finding in found)
    assert found[0].worth > 0.02
    assert 3900 < found[0].rows <= 4000
    blind = with_column(sample, random.integers(42, size=4000), "code")
    assert Examination(blind, 0).of_set(["code"]) == []


def test_a_right_measurement_among_wrong_ones_is_no_leak():
    # In some rows all but one column are another star's, as of two stars in one image.
    sample, coordinate = made_stars(8000, wrong=0.0)
    random = np.random.default_rng(5)
    wrong, others = random.random(8000) < 0.05, random.permutation(8000)
    values = sample.values.copy()
    values[wrong] = values[others[wrong]]
    mixed = type(sample)(**{**vars(sample), "values": values})
    right = coordinate + random.normal(0, 1.0, 8000)
    examination = Examination(with_column(mixed, right, "colour"), 0)
    assert examination.of_set(["u", "g", "r", "u_g", "colour"]) == []


@pytest.mark.long
@pytest.mark.parametrize(("label", "n"), [("hammer", 60_000), ("subclass", 9000), ("elodie", 9000)])
def test_of_simulated_stars_what_carries_the_label_is_accused_and_nothing_else(label, n):
    """Library stars' values, some of them wrong, beside labels that they do not carry."""
    sets = ["photometry", "colours", "redshift", "sspp", "elodie"]
    sample = simulated_stars(label, n, sets)
    examined = Examination(sample, 42).examined
    accused = {name for name, found in examined.findings.items() if found}
    assert accused == (set(ELODIE) if label == "elodie" else set())


def simulated_stars(label: str, n: int, sets: list[str]) -> Sample:
    """The labelled ones of n simulated stars."""
    table = to_catalogue(simulate_shard(seed=3, shard=0, n_stars=n), "simulated")
    texts = table.select([LABEL_COLUMN[label], *LABEL_INPUTS]).to_pandas()
    labels, features = label_rows(texts, label).numbers, resolve(sets)
    return Sample(
        survey="simulated",
        ids=np.arange(len(labels), dtype=np.uint64),
        feature_names=tuple(features),
        values=features_of(table, features),
        labels=labels,
        folds=np.zeros(len(labels), np.int8),
    ).labelled()


@pytest.mark.parametrize("origin", ["image", "spectrum", "template", "unknown"])
def test_columns_are_held_against_what_is_of_the_star_by_the_user_s_word(origin):
    sample, _ = made_stars(4000)
    noise = np.random.default_rng(6).normal(0, 0.1, 4000)
    band = with_column(sample, sample.values[:, 1] + noise, "my_band")
    together = Examination(band, 0, {"my_band": origin}).examined.together
    assert {"u", "g", "r"} < set(together)
    assert ("my_band" in together) == (origin in ("image", "spectrum"))


def test_what_nothing_is_held_against_is_tested():
    sample, _ = made_stars(4000)
    examination = Examination(with_column(sample, sample.labels + 0.1, "elodieTEff"), 0)
    assert {f.verdict for f in examination.of_set(["elodieTEff"])} == {"leaks"}


def test_what_puts_measurements_right_is_no_leak():
    """Dust brings a star one class along the sequence; its label is right all the same."""
    sample, _ = made_stars(12_000, wrong=0.0)
    random = np.random.default_rng(7)
    dust = np.where(random.random(12_000) < 0.15, random.exponential(0.3, 12_000), 0)
    redder = sample.values + np.outer(dust, [1.6, 1.0, 0.7, 0.6])
    dusty = type(sample)(**{**vars(sample), "values": redder.astype(np.float32)})
    examination = Examination(with_column(dusty, dust, "extinction_r"), 0)
    assert examination.of_set(["u", "g", "r", "u_g", "extinction_r"]) == []
