"""Where features and labels come from: what they share was not measured twice.

SDSS's pipeline (idlspec2d) fits each stellar spectrum with the ELODIE library and copies type,
B-V, temperature, gravity and metallicity from the header of the same best-fitting library star.
Redshift, SDSS's subclass, the SSPP's parameters and The Hammer's type are measured on that same
spectrum. Magnitudes come from images.
"""

from __future__ import annotations

from collections.abc import Sequence

from stellar.sample.features import columns_needed

LABEL_ORIGIN = {"elodie": "template", "subclass": "spectrum", "hammer": "spectrum"}
SHARED = {
    "template": "same library star: circular",
    "spectrum": "same spectrum",
    "": "independent",
}


def origin(column: str) -> str:
    """Where a column of the catalogue comes from: `template`, `spectrum` or `image`."""
    if column.startswith("elodie"):
        return "template"
    if column.startswith(("spp", "redshift", "snMedian")):
        return "spectrum"
    return "image"


def shared_origin(scheme: str, features: Sequence[str]) -> str:
    """What a label and features have in common: `template`, `spectrum`, or nothing."""
    origins = {origin(column) for column in columns_needed(features)}
    if LABEL_ORIGIN[scheme] == "template" and "template" in origins:
        return "template"
    return "spectrum" if origins & {"template", "spectrum"} else ""
