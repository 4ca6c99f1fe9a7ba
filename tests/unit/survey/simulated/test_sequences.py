"""Published sequences, interpolated."""

import numpy as np
import pytest
from stellar.survey.simulated import sequences

SUN = np.array([5770.0])
TABLES = [name for name in dir(sequences) if isinstance(getattr(sequences, name), np.ndarray)]


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_finite_and_nobody_changes_them(name):
    table = getattr(sequences, name)
    with pytest.raises(ValueError, match="read-only"):
        table[0] = 0
    for column in table.dtype.names or ():
        assert np.isfinite(table[column]).all()
    if table.dtype.names:
        assert (np.diff(table[table.dtype.names[0]]) > 0).all()


def test_the_sun():
    assert sequences.main_sequence_logg(SUN)[0] == pytest.approx(4.438, abs=0.03)
    assert sequences.johnson_bv(SUN)[0] == pytest.approx(0.65, abs=0.01)
    assert sequences.spectral_code(SUN)[0] == 42  # G2
    assert sequences.dwarf_mass(SUN)[0] == pytest.approx(1)
    logg, mass = sequences.main_sequence_logg(SUN), sequences.dwarf_mass(SUN)
    dwarf = sequences.absolute_r(SUN, logg, mass)[0]
    assert dwarf == pytest.approx(4.64, abs=0.05)
    # A hundredth of the gravity at the same mass is ten times the radius: five magnitudes.
    assert sequences.absolute_r(SUN, logg - 2, mass)[0] == pytest.approx(dwarf - 5)


def test_giants_have_cooler_types_of_their_own_below_7150_k():
    teff = np.array([4500.0, 8000.0])
    giant, dwarf = (
        sequences.spectral_code(teff, np.full(2, is_giant)) for is_giant in (True, False)
    )
    assert giant[0] < dwarf[0]
    assert giant[1] == dwarf[1]


def test_the_locus_and_the_hot_stars_meet():
    below, above = sequences.star_colours(np.array([7219.9, 7220.1]))
    np.testing.assert_allclose(below, above, atol=0.01)
    hot, cool = sequences.star_colours(np.array([30000.0, 3500.0]))
    assert (hot[:2] < cool[:2]).all()


def test_errors_grow_with_magnitude():
    found = sequences.magnitude_error(np.array([14.0, 16.0, 19.0, 22.0]), "r")
    assert (np.diff(found) > 0)[1:].all()
    assert found[0] == pytest.approx(sequences.ERRORS["r"][0])
