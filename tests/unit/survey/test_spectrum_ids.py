"""Ids where a table's own are missing or broken."""

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stellar.survey import spectrum_ids
from stellar.survey.conversion import ValueProblem

spectra = st.tuples(
    st.integers(266, 2**14 - 1),  # plate
    st.integers(51_600, 60_000),  # mjd
    st.integers(1, 1000),  # fiberID
    st.integers(0, 2**14 - 1),  # reduction
)


def sdss_id(plate, mjd, fiber, reduction=0):
    return plate << 50 | fiber << 38 | (mjd - 50_000) << 24 | reduction << 10


def chunked(**columns):
    return {name: pa.chunked_array([_array(values)]) for name, values in columns.items()}


def _array(values):
    large = all(isinstance(value, int) for value in values) and max(values, default=0) >= 2**63
    return pa.array(values, pa.uint64() if large else None)


def mended(ids, *parts):
    columns = dict(zip(("plate", "mjd", "fiberID"), parts, strict=True)) if parts else {}
    notes = Counter()
    found = spectrum_ids.mended(chunked(specObjID=ids, **columns), notes)
    return found.to_pylist(), sum(notes.values())


@given(spectra)
def test_exact_ids_stay_whatever_their_reduction(spectrum):
    plate, mjd, fiber, _ = spectrum
    whole = sdss_id(*spectrum)
    assert mended([whole], [plate], [mjd], [fiber]) == ([whole], 0)
    assert mended([str(whole)], [str(plate)], [f"{mjd}.0"], [str(fiber)]) == ([whole], 0)


@given(
    spectra, st.sampled_from(["E", "zeros", "single", "signed", "blank", "V", "int32", "filler"])
)
def test_a_broken_id_gives_way_to_plate_mjd_and_fiber(spectrum, how):
    plate, mjd, fiber, _ = spectrum
    whole = sdss_id(*spectrum)
    broken = {
        "E": f"{whole:.5E}",
        "zeros": str(int(float(f"{whole:.2E}"))),
        "single": str(int(np.float32(whole))),
        "signed": str(-whole),
        "blank": " ",
        "V": f"{plate:09}{plate:07}{mjd}00060103",
        "int32": str(np.uint64(whole).astype(np.int32)),
        "filler": "2147483647",
    }[how]
    [found], count = mended([broken], [plate], [mjd], [fiber])
    assume(how != "int32" or count)  # of a night whose last bits are 0, a small number stays
    assert found >> 24 == whole >> 24
    # In single precision a number may stay what it was, but for the reduction.
    assert count == 1 or how in ("zeros", "single", "int32")


@pytest.mark.parametrize("ids", [[1, 2], [75094094447116288, 9], [2**63 + 5, 7]])
def test_numbers_of_ones_own_stay_beside_plate_mjd_and_fiber(ids):
    assert mended(ids, [266, 3000], [51_602, 54_000], [1, 640]) == (ids, 0)


def test_only_rows_that_need_it_are_mended():
    good = sdss_id(266, 51_602, 1, 103)
    [one, two], count = mended([str(good), ""], [266, 267], [51_602, 51_603], [1, 2])
    assert (one, two, count) == (good, sdss_id(267, 51_603, 2), 1)


def test_ids_of_sdss_v_keep_their_star_field_and_night():
    # The example of SDSS's own encoder: sdss_id 1, field 16000, night 59999, daily, v6_1_3.
    [first, second], count = mended(["100160005999900060103", "123456789010107660001" + "02060103"])
    assert first == 1 << 34 | 16_000 << 14 | 9_999
    assert second == 123_456_789 << 34 | 101_076 << 14 | 10_001
    assert count == 2
    assert mended(["123456789012345678901234567890"])[0] == ["123456789012345678901234567890"]


@given(
    st.lists(
        st.tuples(st.integers(0, 10**6 - 1), st.integers(0, 2**12 - 1)), min_size=1, unique=True
    )
)
def test_no_two_spectra_of_a_night_share_an_id(pairs):
    plates, fibers = ([p for p, _ in pairs], [f for _, f in pairs])
    columns = chunked(plate=plates, mjd=[57_000] * len(pairs), fiberID=fibers)
    ids = spectrum_ids.from_parts(columns, "a", 1).to_pylist()
    # No plate has the number 0: its ids are those of SDSS-V's fields.
    real = [i for i, (plate, _) in zip(ids, pairs, strict=True) if plate]
    assert len(set(real)) == len(real)


@pytest.mark.parametrize("plate", [None, "", "x", -1, 10**6])
def test_a_row_without_its_plate_is_named(plate):
    columns = chunked(plate=["1", plate and str(plate)], mjd=["51000"] * 2, fiberID=["1", "2"])
    with pytest.raises(ValueProblem, match=r"column plate, row 12: .* from 0 to 999999; correct"):
        spectrum_ids.from_parts(columns, "a", 11)
