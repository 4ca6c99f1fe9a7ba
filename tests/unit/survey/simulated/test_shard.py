"""The simulated survey: its form, its statistics and its flaws."""

import numpy as np
import pandas as pd
import pytest
import real_stars
import simulated_survey
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from simulated_survey import GR, STUDY_MIX, labelled, temperature_cut
from stellar.errors import UserError
from stellar.survey import catalogue
from stellar.survey.simulated import spectra
from stellar.survey.simulated.shard import simulate_shard

# Median u-g, g-r, r-i, i-z (model magnitudes, not dereddened) and r by the letter of subClass,
# and shares of the letters, of 401 spectra of a natural mix of SDSS's stars (docs/simulation.md).
NATURAL = {
    "A": (1.10, 0.19, 0.06, 0.00, 18.5),
    "F": (1.13, 0.40, 0.15, 0.07, 17.8),
    "G": (1.30, 0.53, 0.20, 0.11, 18.3),
    "K": (2.28, 0.94, 0.37, 0.21, 17.7),
    "M": (2.44, 1.44, 1.11, 0.62, 19.9),
}
LETTERS = {"A": 48, "F": 130, "G": 24, "K": 79, "M": 95, "B": 3, "O": 1}
# Median u-g and g-r of real white dwarfs, as observed, by T_eff (K): Montreal White Dwarf Database.
WHITE_DWARFS = {8500: (0.42, 0.02), 10500: (0.42, -0.11), 15000: (0.25, -0.29), 21000: (0.0, -0.38)}
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
    assert unfitted.mean() == pytest.approx(0.15, abs=0.02)
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
        assert counts[letter] == pytest.approx(expected, rel=0.1), letter


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
    """Of 93,628 stars of DR17 with SSPP values; B and O are other stars there."""
    medians = simulated_survey.by_class(survey)["g-r"].median()
    for letter in simulated_survey.HELD:
        assert medians[letter] == pytest.approx(GR[letter], abs=0.16), letter


def test_stars_are_those_of_a_natural_mix(large):
    groups = simulated_survey.by_class(large)
    for letter, expected in NATURAL.items():
        own = groups.get_group(letter)
        ug, *others = own.median().to_list()
        assert others == pytest.approx(expected[1:4], abs=0.15), letter
        noise = 0.3 if letter == "M" else 0.15  # half of M have u fainter than its limit
        assert ug == pytest.approx(expected[0], abs=noise), letter
        r = large.loc[own.index, "r"].median()
        assert r == pytest.approx(expected[4], abs=0.7), letter  # half of G are BOSS's: faint


def test_the_letters_are_those_of_a_natural_mix(large):
    """Each within four standard errors of the shares of 401 stars."""
    shares = large["subClass"].str.match("(?!WD)[OBAFGKM]") & ~large["subClass"].str.match("CV")
    letters = large.loc[shares, "subClass"].str[0].value_counts() / len(large)
    for letter, n in LETTERS.items():
        error = np.sqrt(max(n, 3)) / 401
        assert letters[letter] == pytest.approx(n / 401, abs=4 * error), letter


def test_some_rows_called_m_are_no_m_dwarfs(large):
    """9 of 54 real ones: 8 to 29 % at 95 % confidence (Clopper & Pearson)."""
    blue = simulated_survey.by_class(large).get_group("M")["g-r"] < 1
    assert 0.08 < blue.mean() < 0.29


@pytest.mark.parametrize(
    ("letter", "gr", "ug", "real"),
    [
        ("A", (0.2, 0.3), (0.0, 1.0), (14, 23)),
        ("A", (0.3, 0.4), (0.8, 1.05), (4, 36)),
        ("F", (0.3, 0.4), (0.8, 1.05), (30, 36)),
        ("F", (0.45, 0.6), (1.2, 1.5), (29, 41)),
        ("G", (0.35, 0.5), (1.0, 1.3), (34, 67)),
    ],
)
def test_old_plates_name_turnoff_stars_as_real_ones_do(large, letter, gr, ug, real):
    """Shares of a letter among A, F and G of some colours: those of the fitted half, at 95 %."""
    old = large[(large["plate"] < spectra.BOSS.first) & large["r"].between(15, 18.4)]
    own = (old["g"] - old["r"]).between(*gr) & (old["u"] - old["g"]).between(*ug)
    letters = old.loc[own, "subClass"].str[0]
    letters = letters[letters.isin(list("AFG"))]
    low, high = binomtest(*real).proportion_ci(method="exact")
    assert low < (letters == letter).mean() < high


@pytest.mark.long
def test_white_dwarfs_have_the_colours_of_real_ones():
    kinds = real_stars.simulated_kinds(200_000, 1)
    dwarfs = kinds[kinds["kind"] == "white dwarf"]
    for teff, expected in WHITE_DWARFS.items():
        near = dwarfs[dwarfs["teff"].between(0.95 * teff, 1.05 * teff)]
        ug, gr = (near["u"] - near["g"]).median(), (near["g"] - near["r"]).median()
        assert (ug, gr) == pytest.approx(expected, abs=0.05), teff


@pytest.mark.long
def test_sdss_labels_of_hot_stars_are_wrong_as_real_ones_are():
    """White dwarfs with helium and hot subdwarfs are labelled O and B; most others are not."""
    kinds = real_stars.simulated_kinds(200_000, 1)
    o = kinds.loc[kinds["subClass"].str.match("O"), "kind"]
    compact = o.isin(["helium white dwarf", "hot subdwarf"])
    assert compact.mean() > 0.5
    subdwarfs = kinds.loc[kinds["kind"] == "hot subdwarf", "subClass"].str[0].value_counts()
    assert set(subdwarfs.index[:3]) == {"A", "B", "O"}


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


@pytest.mark.long
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
