"""The simulated survey: its form, its statistics and its flaws.

`PYTHONPATH=scripts python tests/unit/test_simulation.py` prints the table of docs/simulation.md.
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stellar import catalogue, sequences
from stellar.errors import UserError
from stellar.simulation import library, simulate_shard

# Per 100,000 DR18 stars, by the first letter of elodieSpType: the study.
STUDY_MIX = {"O": 9195, "B": 480, "A": 1762, "F": 7559, "G": 19097, "K": 20413, "M": 15617}
STUDY_CUT = 0.5922
# Median g-r by the first letter of subClass, SDSS stars, not dereddened: the study's DR17 source.
GR = {"O": -0.31, "B": -0.05, "A": 0.11, "F": 0.39, "G": 0.44, "K": 0.78, "M": 1.29}
ELODIE = ["elodieBV", "elodieTEff", "elodieLogG", "elodieFeH"]
TEXT = {"class", "subClass", "elodieObject", "elodieSpType", "sppFlag", "sppHammerType"}
COLOURS = {"u-g": ("u", "g"), "g-r": ("g", "r"), "r-i": ("r", "i"), "i-z": ("i", "z")}


@pytest.fixture(scope="module")
def survey() -> pd.DataFrame:
    return simulate_shard(seed=18, shard=0, n_stars=100_000)


def labelled(table: pd.DataFrame) -> pd.DataFrame:
    """Rows whose elodieSpType gives a class, with it as `label`."""
    label = table["elodieSpType"].str[0].where(table["elodieTEff"] > 0)
    return table.assign(label=label)[label.isin(list(STUDY_MIX))]


def temperature_cut(table: pd.DataFrame) -> np.ndarray:
    """The study's three-class rule."""
    teff = table["elodieTEff"]
    return np.select([teff < 4000, teff <= 6000], ["M", "G"], "O")


def colours_by_letter(table: pd.DataFrame) -> pd.DataFrame:
    """Median colours by the first letter of subClass, over rows with all five magnitudes."""
    seen = table[(table[list("ugriz")] > catalogue.MISSING).all(axis=1)]
    colours = pd.DataFrame({name: seen[a] - seen[b] for name, (a, b) in COLOURS.items()})
    return colours.groupby(seen["subClass"].str[0]).median().loc[list(STUDY_MIX)]


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
    medians = colours_by_letter(survey)
    for letter, expected in GR.items():
        assert medians.loc[letter, "g-r"] == pytest.approx(expected, abs=0.16), letter


def test_metal_poor_stars_are_blue_in_u_minus_g(survey):
    near = survey[(survey["sppFeH"] > -5) & (survey["err_u"] < 0.1) & (survey["err_u"] > 0)]
    gr = (near["g"] - near["r"]) - (near["extinction_g"] - near["extinction_r"])
    ug = (near["u"] - near["g"]) - (near["extinction_u"] - near["extinction_g"])
    turnoff = gr.between(0.30, 0.35)
    poor = ug[turnoff & (near["sppFeH"] < -1.5)].median()
    rich = ug[turnoff & (near["sppFeH"] > -0.5)].median()
    # SDSS: 0.93 and 1.13 (27,911 stars with SSPP metallicities).
    assert poor == pytest.approx(0.93, abs=0.06)
    assert rich == pytest.approx(1.13, abs=0.06)


def test_errors_grow_with_magnitude_as_published(survey):
    for band in "ugriz":
        for magnitude in (17.5, 19.5, 20.5, 21.5):
            near = survey[(survey[band] - magnitude).abs() < 0.1]
            expected = sequences.ERRORS[band][sequences.ERRORS["mag"] == magnitude][0]
            assert near[f"err_{band}"].median() == pytest.approx(expected, rel=0.2)


def test_redshifts_are_velocities(survey):
    assert survey["redshift"].abs().quantile(0.99) < 2e-3
    assert survey["redshift"].std() * 299_792 == pytest.approx(90, abs=40)  # km/s


def test_library_is_the_same_for_each_survey():
    header = library().header
    assert 900 < len(header) < 1100
    assert header["elodieObject"].is_unique
    assert (~header.duplicated(ELODIE)).mean() > 0.99


@pytest.mark.parametrize(
    "wrong",
    [{"n_stars": 0}, {"shard": -1}, {"shard": 1710}, {"repeats": 0.9}, {"elodie": "guessed"}],
)
def test_impossible_surveys_are_refused(wrong):
    with pytest.raises(UserError, match="simulated survey"):
        simulate_shard(**{"seed": 1, "shard": 0, "n_stars": 10} | wrong)


@settings(max_examples=30, deadline=None)
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


def report(table: pd.DataFrame) -> str:
    """The comparison with published figures that docs/simulation.md shows."""
    known = labelled(table)
    counts, medians = known["label"].value_counts(), colours_by_letter(table)
    rows = [
        f"| {letter} | {counts[letter] * 100_000 / len(table):.0f} | {expected} | "
        + " | ".join(f"{value:.2f}" for value in medians.loc[letter])
        + f" | {GR[letter]:.2f} |"
        for letter, expected in STUDY_MIX.items()
    ]
    accuracy = (temperature_cut(known) == known["label"]).mean()
    return "\n".join(
        [
            "| class | simulated | study | u-g | g-r | r-i | i-z | g-r, SDSS |",
            "|---|---|---|---|---|---|---|---|",
            *rows,
            "",
            f"rows with a class: {len(known)} (study {sum(STUDY_MIX.values())}); temperature cut: "
            f"{accuracy:.4f} (study {STUDY_CUT}); ELODIE tuples: "
            f"{known.drop_duplicates(ELODIE).shape[0]}",
        ]
    )


if __name__ == "__main__":
    print(report(simulate_shard(seed=18, shard=0, n_stars=100_000)))
