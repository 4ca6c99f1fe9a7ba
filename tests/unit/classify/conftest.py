"""Models that are made once for all tests here."""

import pytest
from made_models import make_model


@pytest.fixture(scope="session")
def models(tmp_path_factory):
    """A folder with models of two tiers; not to be changed."""
    place = tmp_path_factory.mktemp("models")
    make_model(place, "photometry")
    make_model(place, "redshift")
    return place
