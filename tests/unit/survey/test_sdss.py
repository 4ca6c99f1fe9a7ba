from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import expressions as exp
from stellar.errors import UserError
from stellar.survey import sdss
from stellar.survey.catalogue import NAMES
from stellar.survey.sdss import MODULUS, Shard, WrongTableError
from stellar.survey.simulated.shard import simulate_shard

CUTS = {"min_sn": 0, "zwarning_zero": False, "clean": False, "magnitudes": {}}
SHARD = Shard(0, 96, 1000)


def test_every_catalogue_column_is_asked_for_under_its_own_name():
    query = sqlglot.parse_one(sdss.shard_query(SHARD, CUTS), read="tsql")
    assert tuple(column.alias for column in query.selects) == (*NAMES, sdss.CHECKSUM)
    assert tuple(sdss.SHARD_TYPES) == (*NAMES, sdss.CHECKSUM)
    assert all(isinstance(column, exp.Alias) for column in query.selects)


def test_cuts_stand_in_both_queries_only_when_asked_for():
    for plain in (sdss.shard_query(SHARD, CUTS), sdss.count_query(CUTS)):
        assert "zWarning =" not in plain
        assert "BETWEEN" not in plain
    cuts = {
        "min_sn": 10,
        "zwarning_zero": True,
        "clean": True,
        "magnitudes": {"r": [14, 20.5], "g": None},
    }
    for cut in (sdss.shard_query(SHARD, cuts), sdss.count_query(cuts)):
        assert "AND s.snMedian >= 10.0\n" in cut
        assert "AND s.zWarning = 0\n" in cut
        assert "AND p.clean = 1\n" in cut
        assert "AND p.modelMag_r BETWEEN 14.0 AND 20.5\n" in cut
        assert "modelMag_g BETWEEN" not in cut
        assert cut.count("JOIN PhotoObj") == 1


def test_the_queries_survive_astroquerys_cleaning():
    for sql in (sdss.shard_query(SHARD, CUTS), sdss.count_query(CUTS)):
        assert "--" not in sql
        assert ";" not in sql
        assert sql.count("SELECT") == 1
        assert "TOP" not in sql


def test_the_checksum_is_the_servers():
    query = sdss.shard_query(SHARD, CUTS)
    assert f"{MODULUS} + (s.specObjID + s.bestObjID) % {MODULUS} AS checksum" in query


# The plan -----------------------------------------------------------------------------

counts_of_residues = st.lists(st.integers(0, 9), min_size=1, max_size=60).filter(sum)


@given(counts_of_residues, st.integers(1, 600), st.integers(1, 8))
@settings(max_examples=300, deadline=None)
def test_a_plan_is_a_partition_with_the_counted_rows(counts, n_stars, shards):
    counts = np.array(counts)
    try:
        plan = sdss.plan(counts, n_stars, shards)
    except UserError as error:
        assert n_stars > counts.sum() or "lower survey.shards" in str(error)
        return
    assert len(plan) == shards
    assert plan[0].low == 0
    assert all(a.high == b.low for a, b in pairwise(plan))
    assert all(shard.rows == counts[shard.low : shard.high].sum() > 0 for shard in plan)
    total = sum(shard.rows for shard in plan)
    # The sample ends with the residue that reaches n_stars.
    assert total - counts[plan[-1].high - 1] < n_stars <= total


@pytest.mark.long
def test_shards_are_evenly_filled_from_ids_as_sdss_makes_them():
    spectra = simulate_shard(seed=3, shard=0, n_stars=200_000)["specObjID"].to_numpy()
    counts = np.bincount(spectra % MODULUS, minlength=MODULUS)
    assert (counts == 0).mean() < 0.01  # every residue is reached
    rows = [shard.rows for shard in sdss.plan(counts, 100_000, 10)]
    assert 100_000 <= sum(rows) < 100_100
    assert max(rows) / min(rows) < 1.01
    everything = sdss.plan(counts, "all", 10)
    assert sum(shard.rows for shard in everything) == 200_000


@pytest.mark.parametrize(
    ("counts", "n_stars", "shards", "said"),
    [
        ([5, 5], 11, 1, "survey.n_stars is 11, but SDSS has 10 stars with these cuts"),
        ([5, 5], 4, 3, "do not fill 3 shards; lower survey.shards"),
        ([400_000, 200_000, 400_000], "all", 1, "raise survey.shards to 3 or more"),
    ],
)
def test_a_sample_that_cannot_be_fetched_ends_in_a_sentence(counts, n_stars, shards, said):
    with pytest.raises(UserError, match=said.replace(".", r"\.")):
        sdss.plan(np.array(counts), n_stars, shards)


def counted(residue, stars, total):
    return pa.table({"residue": residue, "stars": stars, "total": [total] * len(stars)})


def test_a_whole_count_is_taken():
    counts = sdss.stars_by_residue(counted([0, 7], [3, 4], 7))
    assert counts[0] == 3
    assert counts[7] == 4
    assert counts.sum() == 7


@pytest.mark.parametrize(
    "table",
    [
        counted([0], [3], 7),
        counted([0, 0], [3, 4], 7),
        counted([7, 0], [4, 3], 7),
        counted([0, MODULUS], [3, 4], 7),
        counted([-1, 7], [3, 4], 7),
        counted([0, 7], [7, 0], 7),
        counted([0, None], [3, 4], 7),
        counted(np.empty(0, int), np.empty(0, int), 0),
    ],
)
def test_a_count_that_is_not_whole_is_refused(table):
    with pytest.raises(WrongTableError):
        sdss.stars_by_residue(table)


@given(st.integers(1, 2**64 - 1), st.integers(0, 2**63 - 1), st.integers(0, 18))
@settings(max_examples=300, deadline=None)
def test_an_id_that_lost_digits_never_passes(spectrum, photometry, digits):
    shard = Shard(spectrum % MODULUS, spectrum % MODULUS + 1, 1)

    def answer(s, p):
        checksum = MODULUS + (spectrum + photometry) % MODULUS
        return pa.table(
            {
                "specObjID": pa.array([s], pa.uint64()),
                "bestObjID": pa.array([p], pa.int64()),
                "checksum": [checksum],
            }
        )

    sdss.check_shard(answer(spectrum, photometry), shard)
    unit = 10**digits
    for rounded in (spectrum // unit * unit, int(float(spectrum))):
        if (rounded - spectrum) % MODULUS and rounded < 2**64:
            with pytest.raises(WrongTableError):
                sdss.check_shard(answer(rounded, photometry), shard)
    rounded = photometry // unit * unit
    if (rounded - photometry) % MODULUS:
        with pytest.raises(WrongTableError):
            sdss.check_shard(answer(spectrum, rounded), shard)


# What may be null ---------------------------------------------------------------------

OF_SPECOBJ = (*NAMES[:7], *NAMES[9:13], "elodieBV", "elodieTEff", "elodieLogG", "elodieFeH")
OF_PHOTOOBJ = tuple(f"{kind}{band}" for kind in ("", "err_", "extinction_") for band in "ugriz")
OF_SPPPARAMS = ("sppTeff", "sppTeffUnc", "sppLogG", "sppLogGUnc", "sppFeH", "sppFeHUnc", "sppSNR")


def of_nulls(absent: dict[str, list[int]], rows: int = 10) -> pa.Table:
    """An answer that is null where `absent` says so."""

    def value(name, kind, row):
        if row in absent.get(name, ()):
            return None
        return "STAR" if kind == pa.string() else 1

    return pa.table(
        {
            name: pa.array([value(name, kind, row) for row in range(rows)], kind)
            for name, kind in sdss.SHARD_TYPES.items()
        }
    )


@pytest.mark.parametrize("name", [*OF_SPECOBJ, "elodieRChi2", "class", "checksum"])
def test_a_number_that_sdss_has_for_each_star_is_never_null(name):
    said = f"{name} is null in 2 of 10 rows, but SDSS has it for each of these stars"
    with pytest.raises(WrongTableError, match=said):
        sdss.check_nulls(of_nulls({name: [2, 7]}))


@pytest.mark.parametrize("columns", [OF_PHOTOOBJ, OF_SPPPARAMS])
def test_what_one_join_finds_is_null_together(columns):
    sdss.check_nulls(of_nulls(dict.fromkeys(columns, (0, 4))))
    for name in columns:
        alone = dict.fromkeys(columns, (0, 4)) | {name: [0, 4, 5]}
        lacking = dict.fromkeys(columns, (0, 4)) | {name: [0]}
        for absent in (alone, lacking):
            with pytest.raises(WrongTableError, match="one is null and the other is not"):
                sdss.check_nulls(of_nulls(absent))


def test_text_may_be_empty_where_the_numbers_beside_it_are_there():
    texts = ("subClass", "elodieObject", "elodieSpType", "sppFlag", "sppHammerType")
    sdss.check_nulls(of_nulls(dict.fromkeys(texts, (0, 1))))


def test_a_nan_is_no_number_either():
    table = of_nulls({})
    place = table.column_names.index("redshiftErr")
    column = pa.array([float("nan"), *[0.1] * 9], pa.float32())
    with pytest.raises(WrongTableError, match="redshiftErr is null in 1 of 10 rows"):
        sdss.check_nulls(table.set_column(place, "redshiftErr", column))


def test_a_cut_on_photometry_leaves_no_star_without():
    absent = of_nulls(dict.fromkeys(OF_PHOTOOBJ, (0, 4)))
    cut = {**CUTS, "magnitudes": {"r": [14, 20]}}
    plain, cut = (sdss.shard_query(SHARD, cuts) for cuts in (CUTS, cut))
    sdss.check_nulls(absent, sdss.cuts_photometry(plain))
    with pytest.raises(WrongTableError, match="u is null in 2 of 10 rows"):
        sdss.check_nulls(absent, sdss.cuts_photometry(cut))


def test_a_plan_is_read_as_it_was_written():
    shards = [Shard(0, 96, 1000), Shard(96, 200, 900)]
    table = sdss.plan_table(shards)
    assert [row["shard"] for row in table] == [0, 1]
    assert sdss.planned(table) == shards
    said = f"1900 stars, residues 0 to 199 of {MODULUS}, in 2 shards of 900 to 1000 rows"
    assert sdss.in_words(shards) == said
