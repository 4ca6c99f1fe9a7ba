"""The simulated survey: its form, its statistics and its flaws."""

import numpy as np
import pandas as pd
import pytest
import simulated_survey
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_survey import GR, STUDY_MIX, labelled, temperature_cut
from stellar.errors import UserError
from stellar.survey import catalogue
from stellar.survey.simulated.shard import simulate_shard

# Median u-g, g-r, r-i, i-z by the first letter of subClass of 500 SDSS stars (model magnitudes, not
# dereddened; A 132, F 224, G 77, K 36, M 14 stars): tests/bench/simulated_survey.py prints them.
REAL_COLOURS = {
    "A": (1.095, 0.101, 0.005, -0.026),
    "F": (1.094, 0.380, 0.153, 0.057),
    "G": (1.169, 0.438, 0.162, 0.067),
    "K": (1.828, 0.800, 0.269, 0.179),
    "M": (2.190, 1.170, 0.734, 0.497),
}
# Of 27,907 SEGUE stars: slope of u-g per dex of [Fe/H], and median u-g at [Fe/H] -0.75 to -0.25, by
# g-r, as observed: the same program.
REAL_SLOPES = {"0.3–0.4": (0.149, 1.125), "0.4–0.5": (0.190, 1.231), "0.5–0.6": (0.209, 1.434)}
ELODIE = ["elodieBV", "elodieTEff", "elodieLogG", "elodieFeH"]
TEXT = {"class", "subClass", "elodieObject", "elodieSpType", "sppFlag", "sppHammerType"}


@pytest.fixture(scope="module")
def survey() -> pd.DataFrame:
    return simulate_shard(seed=18, shard=0, n_stars=100_000)


@pytest.fixture(scope="module")
def large() -> pd.DataFrame:
    """Enough stars for medians good to 0.02 mag in the thinnest bins."""
    return simulate_shard(seed=18, shard=0, n_stars=200_000)


def test_columns_are_the_catalogues_in_order_and_type(survey):
    assert tuple(survey.columns) == catalogue.NAMES
    for column in catalogue.COLUMNS:
        found = survey[column.name].dtype
        if column.name in TEXT:
            assert isinstance(found, pd.StringDtype)
        else:
            assert found == column.type.to_pandas_dtype(), column.name
    assert survey.notna().all(axis=None)


def test_a_shard_depends_on_seed_and_number_alone():
    first = simulate_shard(seed=1, shard=2, n_stars=500)
    pd.testing.assert_frame_equal(first, simulate_shard(seed=1, shard=2, n_stars=500))
    assert not first["u"].equals(simulate_shard(seed=2, shard=2, n_stars=500)["u"])
    assert not first["u"].equals(simulate_shard(seed=1, shard=3, n_stars=500)["u"])


def test_ids_never_clash_across_shards():
    shards = [0, 1, 2, 52, 53, 54, 106, 855, 1709]  # the plates come round after 53 shards
    tables = [simulate_shard(seed=1, shard=k, n_stars=3000) for k in shards]
    assert pd.concat(tables)["specObjID"].is_unique
    objects = [set(table["bestObjID"]) - {0} for table in tables]
    assert len(set.union(*objects)) == sum(map(len, objects))


def test_spectrum_id_has_sdss_layout(survey):
    number = survey["specObjID"].to_numpy()
    assert survey["specObjID"].is_unique
    np.testing.assert_array_equal(number >> 50, survey["plate"])
    np.testing.assert_array_equal((number >> 38) & 0xFFF, survey["fiberID"])
    np.testing.assert_array_equal(((number >> 24) & 0x3FFF) + 50_000, survey["mjd"])
    assert not (number & 0x3FF).any()
    assert survey["fiberID"].between(1, 640).all()


def test_repeats_share_the_object_but_not_the_spectrum(survey):
    known = survey[survey["bestObjID"] != 0]
    again = known[known["bestObjID"].duplicated()]
    assert len(again) / len(known) == pytest.approx(0.03, abs=0.002)
    pairs = again.merge(known.drop(again.index), on="bestObjID", suffixes=("", "_first"))
    assert len(pairs) == len(again)
    for band in "ugriz":
        np.testing.assert_array_equal(pairs[band], pairs[f"{band}_first"])
    assert (pairs["plate"] != pairs["plate_first"]).all()
    assert (pairs["redshift"] != pairs["redshift_first"]).mean() > 0.999
    offset = np.hypot(
        (pairs["ra"] - pairs["ra_first"]) * np.cos(np.radians(pairs["dec"])),
        pairs["dec"] - pairs["dec_first"],
    )
    assert (offset * 3600).max() < 0.3
    assert simulate_shard(seed=1, shard=0, n_stars=900, repeats=0)["specObjID"].is_unique


def test_missing_values_are_marked_as_sdss_does(survey):
    unseen = survey["bestObjID"] == 0
    assert unseen.mean() == pytest.approx(0.005, abs=0.001)
    photometry = [name for name in survey if name in set("ugriz") or name.startswith("err_")]
    assert (survey.loc[unseen, photometry] == catalogue.MISSING).all(axis=None)
    assert (survey.loc[~unseen, "r"] == catalogue.MISSING).mean() == pytest.approx(4e-4, abs=3e-4)
    unfitted = survey["elodieTEff"] == 0
    assert unfitted.mean() == pytest.approx(0.18, abs=0.02)
    assert (survey.loc[unfitted, [*ELODIE, "elodieRChi2"]] == 0).all(axis=None)
    assert (survey.loc[unfitted, ["elodieObject", "elodieSpType"]] == "").all(axis=None)
    unmeasured = survey["sppTeff"] == catalogue.MISSING
    assert 0.3 < unmeasured.mean() < 0.7
    assert (survey.loc[unmeasured, ["sppLogG", "sppFeH"]] == catalogue.MISSING).all(axis=None)
    assert set(survey["sppHammerType"].str.lstrip("sd").str[:1]) <= {"", *"FGKML"}


def test_class_mix_is_the_studys(survey):
    counts = labelled(survey)["label"].value_counts()
    assert 70_000 < counts.sum() < 78_000
    for letter, expected in STUDY_MIX.items():
        assert counts[letter] == pytest.approx(expected, rel=0.15), letter


def test_temperature_cut_is_as_poor_as_the_studys(survey):
    known = labelled(survey)
    assert 0.55 < (temperature_cut(known) == known["label"]).mean() < 0.63
    teff = known.groupby("label")["elodieTEff"]
    assert teff.min()["O"] >= 6550
    assert teff.max()["O"] <= 9900
    assert teff.quantile(0.99)["G"] <= 6050
    assert teff.quantile(0.99)["M"] < 4000


def test_elodie_values_give_the_label_away(survey):
    known = labelled(survey)
    groups = known.groupby(ELODIE)["label"]
    assert 500 < groups.ngroups <= 1000
    assert (groups.transform(lambda x: x.mode()[0]) == known["label"]).mean() >= 0.98


def test_measured_elodie_values_do_not():
    table = simulate_shard(seed=18, shard=0, n_stars=5000, elodie="measured")
    known = labelled(table)
    assert known.drop_duplicates(ELODIE).shape[0] > 0.95 * len(known)
    copied = simulate_shard(seed=18, shard=0, n_stars=5000)
    assert (table["elodieObject"] != "").mean() == pytest.approx(
        (copied["elodieObject"] != "").mean(), abs=0.03
    )


def test_colours_by_subclass_are_sdss_s(survey):
    medians = simulated_survey.by_class(survey)["g-r"].median()
    for letter, expected in GR.items():
        assert medians[letter] == pytest.approx(expected, abs=0.16), letter


def test_colours_by_class_are_those_of_real_stars(large):
    medians = simulated_survey.by_class(large).median()
    for letter, expected in REAL_COLOURS.items():
        assert medians.loc[letter].to_list() == pytest.approx(expected, abs=0.15), letter


def test_some_rows_called_m_are_no_m_dwarfs(large):
    """6 of 14 real ones: 18 to 71 % at 95 % confidence (Clopper & Pearson)."""
    blue = simulated_survey.by_class(large).get_group("M")["g-r"] < 1
    assert 0.18 < blue.mean() < 0.71


def test_stars_lie_on_the_published_locus(large):
    offsets = simulated_survey.locus_offsets(large, simulated_survey.published_locus())
    assert len(offsets) == 12
    assert offsets["stars"].min() > 1000
    for colour in simulated_survey.COLOURS:
        assert offsets[colour].to_list() == pytest.approx([0] * 12, abs=0.05), colour


def test_errors_grow_with_magnitude_as_published(large):
    errors = simulated_survey.median_errors(large)
    assert len(errors) == 18
    assert errors["simulated"].to_list() == pytest.approx(errors["published"].to_list(), rel=0.3)


def test_u_is_the_worst_band_but_z(survey):
    near = {b: survey[(survey[b] - 20.5).abs() < 0.15] for b in "ugriz"}
    errors = {band: rows[f"err_{band}"].median() for band, rows in near.items()}
    assert max(errors["g"], errors["r"], errors["i"]) < errors["u"] < errors["z"]


def test_metal_poor_stars_are_blue_in_u_minus_g(large):
    effects = simulated_survey.metallicity_effects(simulated_survey.with_metallicity(large))
    for gr, (slope, ug) in REAL_SLOPES.items():
        assert effects.loc[gr, "slope"] == pytest.approx(slope, abs=0.03), gr
        assert effects.loc[gr, "rich"] == pytest.approx(ug, abs=0.05), gr


def test_redshifts_are_velocities(survey):
    assert survey["redshift"].abs().quantile(0.99) < 2e-3
    assert survey["redshift"].std() * 299_792 == pytest.approx(90, abs=40)  # km/s


@pytest.mark.parametrize(
    "wrong",
    [{"n_stars": 0}, {"shard": -1}, {"shard": 1710}, {"repeats": 0.9}, {"elodie": "guessed"}],
)
def test_impossible_surveys_are_refused(wrong):
    with pytest.raises(UserError, match="simulated survey"):
        simulate_shard(**{"seed": 1, "shard": 0, "n_stars": 10} | wrong)


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 2**63),
    shard=st.integers(0, 1709),
    n_stars=st.integers(1, 300),
    repeats=st.floats(0, 0.5),
    elodie=st.sampled_from(["template", "measured"]),
)
def test_any_shard_is_a_catalogue(seed, shard, n_stars, repeats, elodie):
    table = simulate_shard(seed=seed, shard=shard, n_stars=n_stars, repeats=repeats, elodie=elodie)
    assert tuple(table.columns) == catalogue.NAMES
    assert len(table) == n_stars
    assert table["specObjID"].is_unique
    assert table["ra"].between(0, 360).all()
    assert table["dec"].between(-90, 90).all()
    numbers = table.select_dtypes("number")
    assert np.isfinite(numbers.to_numpy(dtype=float)).all()
    for column in catalogue.COLUMNS:
        if column.name in numbers and column.low is not None:
            value = table[column.name]
            assert ((value >= column.low) | value.isin([0, catalogue.MISSING])).all(), column.name
