"""Where features and labels come from: what they share was not measured twice.

SDSS's pipeline (idlspec2d) fits each stellar spectrum with the ELODIE library and copies type,
B-V, temperature, gravity and metallicity from the header of the same best-fitting library star.
Redshift, SDSS's subclass, the SSPP's parameters and The Hammer's type are measured on that same
spectrum. Magnitudes come from images. Where a user's own columns come from, the configuration says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stellar.sample.features import columns_needed

LABEL_ORIGIN = {"elodie": "template", "subclass": "spectrum", "hammer": "spectrum"}
SHARED = {
    "template": "same library star: circular",
    "spectrum": "same spectrum",
    "unknown": "not known",
    "": "independent",
}
ACCUSED = ("leaks", "suspect")
NOTHING: Mapping[str, str] = {}


def origin(column: str, own: Mapping[str, str] = NOTHING) -> str:
    """Where a column comes from: `template`, `spectrum`, `image`, or `unknown` by the user's word.

    Parameters
    ----------
    column : str
        Of the catalogue, or of the user's table.
    own : mapping of str to str
        Where the user's columns come from.
    """
    if column in own:
        return own[column]
    if column.startswith("elodie"):
        return "template"
    if column.startswith(("spp", "redshift", "snMedian")):
        return "spectrum"
    return "image"


def of_the_star(column: str, own: Mapping[str, str] = NOTHING) -> bool:
    """Whether a column is known to be measured on the star itself, not on another one."""
    return origin(column, own) in ("image", "spectrum")


def shared_origin(scheme: str, features: Sequence[str], own: Mapping[str, str] = NOTHING) -> str:
    """What a label and features have in common: `template`, `spectrum`, `unknown`, or nothing."""
    origins = {origin(column, own) for column in columns_needed(features)}
    if LABEL_ORIGIN[scheme] == "template" and "template" in origins:
        return "template"
    if origins & {"template", "spectrum"}:
        return "spectrum"
    return "unknown" if "unknown" in origins else ""


def by_origin(features: Sequence[str], own: Mapping[str, str] = NOTHING) -> dict[str, list[str]]:
    """Columns that features are made of, by where they come from."""
    found: dict[str, list[str]] = {}
    for column in columns_needed(features):
        found.setdefault(origin(column, own), []).append(column)
    return found


def disagreement(shared: str, verdict: str) -> str | None:
    """Where provenance and data disagree, in a sentence; None where they do not.

    Parameters
    ----------
    shared : {"template", "spectrum", "unknown", ""}
        What label and features have in common.
    verdict : {"clean", "undecided", "suspect", "leaks"}
        What the data say.
    """
    if shared == "template" and verdict == "clean":
        return (
            "By provenance label and features are of the same library star, but the data acquit "
            "them: the values are measurements of the star itself, or what they tell of the label "
            "is worth too little to be seen in these rows."
        )
    if shared == "" and verdict in ACCUSED:
        return (
            "By provenance the features are independent of the label's spectrum, but the data say "
            f"{verdict}: a column is not what it is said to be, or rows are copies."
        )
    if shared == "spectrum" and verdict == "leaks":
        return (
            "By provenance the features are measured on the labelled spectrum, but the data say "
            "leaks: a column was made of the label, or rows are copies."
        )
    return None
