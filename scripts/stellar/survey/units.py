"""From a table's units to the catalogue's, where that is exact and leaves no doubt."""

from __future__ import annotations

import re
from typing import Any

from stellar.errors import UserError
from stellar.survey.catalogue import Column

# What files have, and astropy does not read.
_SPELLINGS = {
    "degrees": "deg",
    "radians": "rad",
    "hours": "h",
    "ab": "mag",
    "abmag": "mag",
    "mags": "mag",
    "magnitude": "mag",
    "magnitudes": "mag",
    "ab mag": "mag",
    "millimag": "mmag",
    "millimagnitudes": "mmag",
    "nanomaggies": "nmgy",
    "maggies": "mgy",
    "maggy": "mgy",
    "counts": "count",
    "adu": "adu",
    "dn": "adu",
    "kelvins": "K",
    "days": "d",
    "mjd": "d",
}
PLAIN = "unitless"  # how a user says that a column is a plain number
_NONE = re.compile(r"[-\s]*|none|null|n/?a|unitless|dimensionless", re.IGNORECASE)
_HOURS = re.compile(r"h|hr|hrs|hours?", re.IGNORECASE)
_LIGHT = 299_792.458  # km/s
# log(cm/s2), [K], dex(cm/s2), log10 (cgs): a logarithm, whatever stands inside.
_LOGARITHM = re.compile(r"\[.*\]|(log|lg|dex)\b.*|log10.*", re.IGNORECASE)


def factor_to(unit: str, column: Column, place: str, said: bool = False) -> float | None:
    """Factor from a unit to that of a column of the catalogue.

    Parameters
    ----------
    unit : str
        As a file writes it: FITS, VOTable or CDS style.
    column : Column
        What the values are to become.
    place : str
        File and column, for the error text.
    said : bool
        Whether the user says so. Only then a redshift may be a velocity, to be divided by that of
        light, and right ascension in hours: files that say so often hold something else.

    Returns
    -------
    float or None
        None for a unit that says nothing, or that astropy does not know.

    Raises
    ------
    UserError
        The units measure different things, or a whole number would have to be scaled.
    """
    unit = unit.strip()
    if _NONE.fullmatch(unit):
        return None
    wanted = column.unit or PLAIN
    if _LOGARITHM.fullmatch(unit):
        factor = 1.0 if column.unit == "dex" else 0.0
    elif column.name == "ra" and _HOURS.fullmatch(unit):
        factor, wanted = 15.0 * said, "hourangle` or `ra: deg"
    else:
        found = _parsed(unit)
        if found is None:
            return None
        factor = _factor(found, column.unit)
        velocity = _factor(found, "km/s") if column.name.startswith("redshift") else 0.0
        if velocity:
            factor, wanted = said * velocity / _LIGHT, f"{unit}` or `{column.name}: {PLAIN}"
    if factor <= 0 or (factor != 1 and column.type.to_pandas_dtype()(0.5) == 0):
        raise UserError(
            f"{place} has the unit {unit!r}, which does not convert to {column.unit or PLAIN}; "
            f"convert it, or say its right unit, for example `{column.name}: {wanted}` under "
            "survey.table.units"
        )
    return factor


def _parsed(unit: str) -> Any:
    from astropy import units

    known = units.Unit(_SPELLINGS.get(unit.lower(), unit), parse_strict="silent")
    return None if isinstance(known, units.UnrecognizedUnit) else known


def _factor(found: Any, wanted: str) -> float:
    """Factor, 0 if there is none. Linear alone: no dex to mag, no dex(K) to K."""
    from astropy import units

    if isinstance(found, units.function.FunctionUnitBase):  # mag(AB)
        return float(isinstance(found, units.MagUnit) and wanted == "mag")
    target = units.Unit(wanted)
    if not found.is_equivalent(target):
        return 0.0
    factor = float(found.to(target))
    return float(round(factor)) if abs(factor - round(factor)) < 1e-12 else factor
