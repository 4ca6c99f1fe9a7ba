"""Where labels and features share an origin."""

import pytest
from stellar.evaluation.provenance import SHARED, by_origin, disagreement, shared_origin


@pytest.mark.parametrize(
    ("scheme", "features", "shared"),
    [
        ("elodie", ["u", "u_g"], ""),
        ("elodie", ["u", "redshift"], "spectrum"),
        ("elodie", ["u", "elodieTEff"], "template"),
        ("subclass", ["u", "elodieTEff"], "spectrum"),
        ("hammer", ["sppMeasured"], "spectrum"),
        ("subclass", ["ra", "dec", "dered_u"], ""),
    ],
)
def test_what_labels_and_features_share(scheme, features, shared):
    assert shared_origin(scheme, features) == shared


OWN = {"colour": "image", "teff": "spectrum", "twin": "template", "score": "unknown"}


@pytest.mark.parametrize(
    ("scheme", "features", "shared"),
    [
        ("elodie", ["u", "colour"], ""),
        ("elodie", ["teff"], "spectrum"),
        ("elodie", ["twin", "score"], "template"),
        ("subclass", ["twin"], "spectrum"),
        ("hammer", ["colour", "score"], "unknown"),
        ("hammer", ["score", "redshift"], "spectrum"),
    ],
)
def test_a_user_s_columns_come_from_where_the_configuration_says(scheme, features, shared):
    assert shared_origin(scheme, features, OWN) == shared
    assert shared in SHARED


def test_columns_are_listed_by_where_they_come_from():
    found = by_origin(["dered_u", "sppMeasured", "score", "colour"], OWN)
    assert found == {
        "image": ["u", "extinction_u", "colour"],
        "spectrum": ["sppTeff"],
        "unknown": ["score"],
    }


@pytest.mark.parametrize(
    ("shared", "verdict", "said"),
    [
        ("template", "clean", "but the data acquit them"),
        ("template", "leaks", None),
        ("template", "undecided", None),
        ("", "leaks", "but the data say leaks: a column is not what it is said to be"),
        ("", "suspect", "but the data say suspect"),
        ("", "clean", None),
        ("spectrum", "leaks", "a column was made of the label"),
        ("spectrum", "suspect", None),
        ("unknown", "leaks", None),
    ],
)
def test_where_provenance_and_data_disagree_it_is_said(shared, verdict, said):
    found = disagreement(shared, verdict)
    assert (found is None) if said is None else (said in found)
