"""What classifiers are called where people read of them: by the library that makes them."""

from __future__ import annotations

TREES = "LightGBM"  # boosted trees that are tuned as the network is
CALLED = {
    "boosted_trees": f"boosted trees ({TREES})",
    "gradient_boosting": "gradient boosting (scikit-learn)",
    "hammer": "The Hammer",
    "network_and_trees": f"network and {TREES}",
}


def called(name: str) -> str:
    """A classifier's name in words.

    >>> called("boosted_trees"), called("temperature_cut")
    ('boosted trees (LightGBM)', 'temperature cut')
    """
    return CALLED.get(name, name.replace("_", " "))
