"""Units of a file, and factors to the catalogue's."""

import pytest
from stellar.errors import UserError
from stellar.survey.catalogue import COLUMNS
from stellar.survey.units import factor_to

BY_NAME = {column.name: column for column in COLUMNS}


@pytest.mark.parametrize(
    ("unit", "name", "factor"),
    [
        ("deg", "ra", 1),
        (" degrees ", "ra", 1),
        ("rad", "dec", 57.29577951308232),
        ("hourangle", "ra", 15),
        ("kK", "sppTeff", 1000),
        ("mmag", "u", 0.001),
        ("mag(AB)", "u", 1),
        ("AB mag", "u", 1),
        ("millimag", "u", 0.001),
        ("dex(cm/s2)", "sppLogG", 1),
        ("[Fe/H]", "sppFeH", 1),
        ("percent", "redshift", 0.01),
        ("---", "u", None),
        ("unitless", "redshift", None),
        ("asinh", "u", None),
    ],
)
def test_factors(unit, name, factor):
    assert factor_to(unit, BY_NAME[name], "a.csv: column x") == factor


@pytest.mark.parametrize(
    ("unit", "name", "factor"),
    [
        ("h", "ra", 15),
        ("hours", "ra", 15),
        ("km/s", "redshift", 1 / 299_792.458),
        ("m s-1", "redshiftErr", 1 / 299_792_458),
    ],
)
def test_what_converts_only_if_the_user_says_so(unit, name, factor):
    assert factor_to(unit, BY_NAME[name], "a.csv: column x", said=True) == pytest.approx(factor)
    with pytest.raises(UserError, match=r"has the unit .* or `"):
        factor_to(unit, BY_NAME[name], "a.csv: column x")


@pytest.mark.parametrize(
    ("unit", "name"),
    [
        ("nmgy", "u"),
        ("maggies", "u"),
        ("counts", "u"),
        ("ADU", "u"),
        ("K", "redshift"),
        ("[K]", "sppTeff"),
        ("dex", "u"),
        ("s", "mjd"),
        ("h", "dec"),
    ],
)
def test_what_does_not_convert_is_refused_with_an_example(unit, name):
    with pytest.raises(UserError, match=f"a.csv: column x has the unit .*`{name}: "):
        factor_to(unit, BY_NAME[name], "a.csv: column x")
