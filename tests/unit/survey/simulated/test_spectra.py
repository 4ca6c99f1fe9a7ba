"""Plates, fibres, ids."""

import numpy as np
import pandas as pd
import pytest
from stellar.survey.simulated import spectra, stars


def observed(shard: int, n: int = 1500, seed: int = 0) -> pd.DataFrame:
    """Spectra of n stars, and second ones of the first 50."""
    random = np.random.default_rng(seed)
    star = np.append(np.arange(n), np.arange(50))
    return spectra.take_spectra(random, stars.draw_stars(random, n), star, shard)


def test_an_id_says_plate_fibre_night_and_reduction():
    plugged = pd.DataFrame({"plate": [266], "fiberID": [640], "mjd": [51_630], "run2d": [26]})
    (number,) = spectra.spectrum_ids(plugged)
    assert number == 266 << 50 | 640 << 38 | 1630 << 24 | 26 << 10
    assert number.dtype == np.uint64


def test_no_id_stands_twice_within_or_across_shards():
    ids = np.concatenate([spectra.spectrum_ids(observed(shard)) for shard in (0, 1, 53)])
    assert len(np.unique(ids)) == len(ids)
    objects = np.concatenate([spectra.object_ids(7000, shard) for shard in (0, 1, 2)])
    assert len(np.unique(objects)) == len(objects)


def test_a_second_spectrum_is_of_another_plate():
    table = observed(0)
    assert (table["plate"][:50].to_numpy() != table["plate"][1500:].to_numpy()).all()


def test_bright_stars_have_better_spectra():
    random = np.random.default_rng(0)
    drawn = stars.draw_stars(random, 4000)
    table = spectra.take_spectra(random, drawn, np.arange(4000), 0)
    bright, faint = drawn["r"].to_numpy() < 16, drawn["r"].to_numpy() > 19
    assert table["sn"][bright].median() > 4 * table["sn"][faint].median()
    assert table["redshiftErr"][bright].median() < table["redshiftErr"][faint].median()
    assert table["poor"][bright].mean() < 0.1 < table["poor"][faint].mean()
    velocity = table["redshift"] * spectra.LIGHT
    assert (velocity - drawn["velocity"])[bright].abs().median() == pytest.approx(4, abs=3)
