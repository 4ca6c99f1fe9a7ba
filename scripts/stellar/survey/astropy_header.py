"""What astropy writes beside a table's columns: units, arrays, and which were objects of its own.

The same YAML stands in ECSV's header, in Parquet's metadata and in comments of FITS. Masks need
none of it (`table_file.unfolded`); a sky position or a time does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stellar.survey.table_file import About

_J2000 = ("icrs", "fk5")  # the same within an arc second


@dataclass(frozen=True)
class AstropyHeader:
    """Units, arrays of five, what cannot be read as it stands, with the reason, and the rest."""

    separator: str = " "
    units: Mapping[str, str] = field(default_factory=dict)
    arrays: Sequence[str] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    about: About = field(default_factory=About)


def header_of(lines: Sequence[str]) -> AstropyHeader:
    """Read the YAML that astropy writes about a table, line by line."""
    from astropy.table.meta import get_header_from_yaml

    header = get_header_from_yaml(lines)
    columns = header["datatype"]
    refused: dict[str, str] = {}
    keywords = dict(header.get("meta") or {})
    for name, made_of in keywords.pop("__serialized_columns__", {}).items():
        why = _why_refused(name, made_of)
        if why:
            refused |= dict.fromkeys([name, *_stored(made_of)], why)
    return AstropyHeader(
        header.get("delimiter", " "),
        {c["name"]: str(c["unit"]) for c in columns if c.get("unit")},
        [c["name"] for c in columns if str(c.get("subtype", "")).endswith("[5]")],
        refused,
        About(
            {c["name"]: c["description"] for c in columns if c.get("description")},
            {c["name"]: c["meta"] for c in columns if c.get("meta")},
            keywords,
        ),
    )


def _why_refused(name: str, made_of: Mapping[str, Any]) -> str:
    """Empty where the stored numbers are those that astropy gives back."""
    kind = made_of["__class__"].rpartition(".")[2]
    if kind == "Time" and made_of.get("format") != "mjd":
        return f"is a Time of astropy's; write t[{name!r}] = t[{name!r}].mjd"
    if kind == "Time" and "jd1" in made_of:
        return f"is a Time of astropy's in two parts; write t[{name!r}] = t[{name!r}].mjd"
    frame = made_of.get("frame")
    if frame and (frame not in _J2000 or _other_equinox(made_of)):
        return f"is a position in the frame {frame}; write t[{name!r}] = t[{name!r}].icrs"
    shape = made_of.get("representation_type", "spherical")
    if frame and shape not in ("spherical", "unitspherical"):
        return (
            f"is a position in {shape} coordinates; write "
            f"t[{name!r}].representation_type = 'unitspherical'"
        )
    return ""


def _other_equinox(made_of: Mapping[str, Any]) -> bool:
    equinox = made_of.get("equinox")
    return equinox is not None and abs(equinox.jyear - 2000) > 1e-6


def _stored(made_of: Mapping[str, Any]) -> Iterator[str]:
    """Names of the columns that an object is stored in."""
    for part in made_of.values():
        if isinstance(part, Mapping):
            if isinstance(part.get("name"), str):
                yield part["name"]
            yield from _stored(part)


def comments_in_fits(comments: Sequence[str]) -> tuple[list[str], list[str]]:
    """The lines of the YAML among the comments of a FITS header, and the other comments."""
    marks = [f"--{word}-ASTROPY-SERIALIZED-COLUMNS--" for word in ("BEGIN", "END")]
    if not set(marks) <= set(comments):
        return [], list(comments)
    start, end = map(comments.index, marks)
    others = [*comments[:start], *comments[end + 1 :]]
    lines: list[str] = []
    goes_on = False
    for card in comments[start + 1 : end]:  # of 71 characters, the last says: more follows
        lines[-1:] = [lines[-1] + card[:70]] if goes_on else [*lines[-1:], card[:70]]
        goes_on = len(card) == 71
    return lines, others
