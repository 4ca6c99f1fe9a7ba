"""Where labels and features share an origin."""

import pytest
from stellar.evaluation.provenance import shared_origin


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
