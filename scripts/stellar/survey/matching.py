"""Which column of a table is which of the catalogue's: by the user's names, SDSS's, and values."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stellar import BANDS, LABEL_COLUMN
from stellar.errors import UserError
from stellar.survey import spectrum_ids
from stellar.survey.catalogue import COLUMNS, MISSING, NAMES
from stellar.survey.conversion import parsed
from stellar.survey.label_column import listed, typed
from stellar.survey.table_file import TableFile
from stellar.survey.units import PLAIN, factor_to

log = logging.getLogger("stellar")

_LONG_RA = ("alpha_j2000", "alphawin_j2000", "right_ascension")
_LONG_DEC = ("de", "dec_j2000", "delta_j2000", "deltawin_j2000", "declination")
# Catalogue column: names under which SDSS, VizieR and class projects have it, best first. Case and
# underscores are ignored: TEFF_ADOP of SDSS's files is TEFFADOP of its database.
ALIASES: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in NAMES if name not in BANDS and not name.startswith("err_")},
    "specObjID": ("specobjid", "spobjid"),
    "bestObjID": ("bestobjid", "objid", "sdss_id", "catalogid"),
    "fiberID": ("fiberid", "fiber"),
    "ra": (
        "ra",
        "_raj2000",
        "raj2000",
        "ra_icrs",
        "radeg",
        "ra_deg",
        "plug_ra",
        "ramean",
        "alpha",
        *_LONG_RA,
    ),
    "dec": (
        "dec",
        "_dej2000",
        "dej2000",
        "de_icrs",
        "dedeg",
        "dec_deg",
        "plug_dec",
        "decmean",
        "delta",
        *_LONG_DEC,
    ),
    "class": ("spcl", "class"),
    "subClass": ("subclass", "subcl"),
    "redshift": ("redshift", "rv_z", "zsp", "spec_z", "z_spec"),
    "redshiftErr": ("redshifterr", "zerr", "e_zsp"),
    "snMedian": ("snmedian", "sn_median_all"),
    "sppTeff": ("teffadop", "sppteff"),
    "sppTeffUnc": ("teffadopunc", "sppteffunc"),
    "sppLogG": ("loggadop", "spplogg"),
    "sppLogGUnc": ("loggadopunc", "spploggunc"),
    "sppFeH": ("fehadop", "sppfeh"),
    "sppFeHUnc": ("fehadopunc", "sppfehunc"),
    "sppSNR": ("snr", "sppsnr"),
    "sppFlag": ("flag", "sppflag"),
    "sppHammerType": ("spectypehammer", "spphammertype"),
}
SDSS_V = {"plate": ("plate", "field")}  # beside sdss_id; elsewhere a field is one of the imaging
# Names of magnitudes and their errors, best first; a table's five bands come from one family.
FAMILIES = (
    ("modelmag_{}", "modelmagerr_{}"),
    ("{}", "err_{}"),
    ("psfmag_{}", "psfmagerr_{}"),
    ("mag_{}", "magerr_{}"),
    ("{}mag", "e_{}mag"),  # VizieR
    ("{}_sdss_mag", "{}_sdss_mag_error"),  # Gaia's synthetic photometry
)
_BY_NAME = {column.name: column for column in COLUMNS}
# What later rules add to the catalogue.
TAKEN = ("label", "star", "fold", "negative", *(f"label_{scheme}" for scheme in LABEL_COLUMN))
_NO_MAGNITUDE = re.compile("flux|ivar|err|unc|sig|mask|^e_", re.IGNORECASE)


@dataclass(frozen=True)
class Plan:
    """Which column of a table becomes which of the catalogue, decided once for the file.

    `dereddened` maps bands to the columns that extinction follows from; `factors` turn the
    units that are known into the catalogue's; `told_apart` are the columns of z band and redshift
    where only their values say which is which; `numbered` says that the rows' numbers are the ids;
    `added` are columns of numbers that are kept as they are; `z_band` is a column that is named
    like one and stands for nothing yet; `unread` are columns of the catalogue that the table has
    and no model reads; `beside` are magnitudes of bands that SDSS has not.
    """

    columns: Mapping[str, str]
    dereddened: Mapping[str, str] = field(default_factory=dict)
    factors: Mapping[str, float] = field(default_factory=dict)
    told_apart: tuple[str, str] | None = None
    numbered: bool = False
    added: tuple[str, ...] = ()
    z_band: str | None = None
    unread: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()

    @property
    def own(self) -> list[str]:
        """The table's columns that are needed, each once."""
        known = [*self.columns.values(), *self.dereddened.values()]
        return list(dict.fromkeys([*known, *self.added]))


def match(
    table: TableFile,
    choices: Mapping[str, str | None],
    units: Mapping[str, str],
    for_a_survey: bool = True,
    added: Sequence[str] = (),
) -> Plan:
    """Find the catalogue's columns in a table, by the user's names and by SDSS's.

    `dered_*` gives extinction; specObjID is put together from plate, mjd and fiberID where the
    table has none, and is the row's number where the user calls it null. What else is called null
    is left out, whatever the table has. Only a table that is to be a survey needs ids and places.
    `added` are the user's further columns.

    Raises
    ------
    UserError
        The user names a column that is not there, a needed one is missing, two differ only in
        upper and lower case, one stands for two, or a unit does not fit.
    """
    chosen = {name: own for name, own in choices.items() if own is not None}
    _check_choices(table, choices, units)
    _check_added(table, added)
    by_lower: dict[str, str] = {}
    for name in table.names:
        by_lower.setdefault(name.lower(), name)
    found = dict(chosen)
    for name, column in _bands(table, by_lower, chosen).items():
        found.setdefault(name, column)
    for name, column in _position(table, by_lower).items():
        found.setdefault(name, column)
    aliases_of = ALIASES | (SDSS_V if {"sdss_id", "catalogid"} & set(by_lower) else {})
    for name, aliases in aliases_of.items():
        own = _called([alias.lower() for alias in aliases], by_lower)
        if own is not None and own not in found.values():
            found.setdefault(name, own)
    dereddened = {
        band: by_lower[f"dered_{band}"]
        for band in BANDS
        if f"dered_{band}" in by_lower
        and band in found
        and f"extinction_{band}" not in {*found, *choices}
    }
    found = {name: own for name, own in found.items() if choices.get(name, own) is not None}
    if for_a_survey:
        _check_needed(table, found, choices)
    _check_readable(table, found)
    _refuse_shared(found, dereddened)
    guessed = [own for name, own in found.items() if name.removeprefix("err_") not in BANDS]
    _refuse_cases(table, {*guessed, *dereddened.values()} - {*chosen.values()})
    factors = _factors(table, found, dereddened, units)
    both = (found.get("z", ""), found.get("redshift", ""))
    by_value = {own.lower() for own in both} == {"z", "z1"} and not {"z", "redshift"} & set(chosen)
    numbered = choices.get("specObjID", "") is None
    spare = [n for n in table.names if n not in found.values() and "mag" in n.lower()]
    z_band = next(iter(similar("z", spare, close=False)), None)
    told_apart = both if by_value else None
    return Plan(found, dereddened, factors, told_apart, numbered, tuple(added), z_band)


def _check_choices(
    table: TableFile, choices: Mapping[str, str | None], units: Mapping[str, str]
) -> None:
    for key, names in (("columns", choices), ("units", units)):
        unknown = [name for name in names if name not in NAMES]
        if unknown:
            raise UserError(
                f"survey.table.{key}: {unknown[0]!r} is no catalogue column; "
                f"use one of {', '.join(NAMES)}"
            )
    absent = [own for own in choices.values() if own is not None and own not in table.names]
    if absent:
        close = get_close_matches(absent[0], table.names, n=1)
        raise UserError(
            f"survey.table.columns: {table.path} has no column {absent[0]!r}"
            f"{f' (is it {close[0]!r}?)' if close else ''}; it has {listed(table.names)}"
        )


def _check_added(table: TableFile, added: Sequence[str]) -> None:
    for name in added:
        if name in NAMES or name in TAKEN:
            raise UserError(
                f"survey.table.own: {name!r} is a name of the catalogue's; rename your column"
            )
        if name not in table.names:
            close = get_close_matches(name, table.names, n=1)
            raise UserError(
                f"survey.table.own: {table.path} has no column {name!r}"
                f"{f' (is it {close[0]!r}?)' if close else ''}; it has {listed(table.names)}"
            )
        if name in table.refused:
            raise UserError(f"{table.path}: column {name} {table.refused[name]}")


def _check_needed(
    table: TableFile, found: Mapping[str, str], choices: Mapping[str, str | None]
) -> None:
    if not found and len(table.names) == 1:
        raise UserError(
            f"{table.path}: no column of it is known; separate columns by commas, tabs, "
            f"semicolons, bars or blanks: {table.names[0]}"
        )
    if not found:
        raise UserError(
            f"{table.path}: no column of it is known; name yours under survey.table.columns, or, "
            "if these are no names, let the line with the names be the first, separated by commas "
            f"as the rows are: {listed(table.names)}"
        )
    needed = [c.name for c in COLUMNS if c.required and c.name != "specObjID"]
    absent = [name for name in needed if name not in found]
    if absent:
        for own, why in table.refused.items():
            if {"ra", "dec"} & set(absent) and "position" in why:
                raise UserError(f"{table.path}: column {own} {why}")
        if {"ra", "dec"} & set(absent) and {"rah", "ded"} <= {n.lower() for n in table.names}:
            raise UserError(
                f"{table.path}: no column {', '.join(absent)}, but RAh, RAm, RAs and DEd, DEm, "
                "DEs; give degrees in columns ra and dec"
            )
        spare = [name for name in table.names if name not in found.values()]
        close = {name: own for name in absent for own in similar(name, spare)[:1]}
        they, them = ("they are", "them") if len(absent) > 1 else ("it is", "it")
        advice = (
            f"say which of yours {they} under survey.table.columns, or give a table that has {them}"
        )
        if close:
            example = typed(*next(iter(close.items())))
            advice = f"name yours under survey.table.columns, for example `{example}`"
        raise UserError(
            f"{table.path}: no column {', '.join(absent)}; {advice}; looked for "
            f"{'; '.join(', '.join(_names_of(name)) for name in absent)}; "
            f"the table has {listed(table.names)}"
        )
    if not {"specObjID"} & {*found, *choices} and not set(spectrum_ids.PARTS) <= set(found):
        raise UserError(
            f"{table.path}: neither specObjID nor plate, mjd and fiberID; name a column of whole "
            "numbers under survey.table.columns, or number the rows by `specObjID: null`; the "
            f"table has {listed(table.names)}"
        )


def _check_readable(table: TableFile, found: Mapping[str, str]) -> None:
    for own in found.values():
        if own in table.refused:
            raise UserError(f"{table.path}: column {own} {table.refused[own]}")


def _refuse_cases(table: TableFile, guessed: Collection[str]) -> None:
    """Raise UserError if one of the names that nobody chose stands for two columns."""
    cases = Counter(name.lower() for name in set(table.names))
    for own in guessed:
        if cases[own.lower()] > 1:
            raise UserError(
                f"{table.path}: columns differ from {own!r} only in upper and lower case; rename "
                "one, or choose yours under survey.table.columns"
            )


def _refuse_shared(found: Mapping[str, str], dereddened: Mapping[str, str]) -> None:
    """Raise UserError if one of the table's columns is to be two of the catalogue's."""
    taken: dict[str, str] = {}
    for name, own in (*found.items(), *((f"dered_{b}", own) for b, own in dereddened.items())):
        if own in taken:
            if name not in _BY_NAME:
                band = name.removeprefix("dered_")
                raise UserError(
                    f"survey.table.columns: the column {own!r} would be both {taken[own]} as "
                    f"observed and {band} corrected for dust; name another one for {taken[own]}, "
                    f"or say `extinction_{band}: null` if there is none"
                )
            needed = _BY_NAME[name].required
            raise UserError(
                f"survey.table.columns: the column {own!r} would be both {taken[own]} and {name}; "
                f"name another one for {name}"
                + ("" if needed else f", or say `{name}: null` if there is none")
            )
        taken[own] = name


def _names_of(name: str) -> list[str]:
    if name in BANDS:
        return [magnitude.format(name) for magnitude, _ in FAMILIES]
    return list(ALIASES[name])


def similar(name: str, names: Sequence[str], close: bool = True) -> list[str]:
    """Names that are close to a column's, or have it as a word: RA2000, u_mag, gmag."""
    word = re.compile(rf"(^|[\W\d_]){name}([\W\d_]|j2000|mag|$)", re.IGNORECASE)
    names = [own for own in names if not _NO_MAGNITUDE.search(own)]
    found = [own for own in names if word.search(own)]
    return found or (get_close_matches(name, names) if close and len(name) > 1 else [])


def _called(aliases: Sequence[str], by_lower: Mapping[str, str]) -> str | None:
    """The column with one of these names, or with one that differs in underscores alone."""
    plain: dict[str, str] = {}
    for name, own in by_lower.items():
        if not name.endswith("-"):  # DE-, a sign in tables of CDS and AAS
            plain.setdefault(_plain(name), own)
    exact = (by_lower[alias] for alias in aliases if alias in by_lower)
    return next(exact, next((plain[a] for a in map(_plain, aliases) if a in plain), None))


def _plain(name: str) -> str:
    return re.sub(r"[_\s-]", "", name.lower())


def _position(table: TableFile, by_lower: Mapping[str, str]) -> dict[str, str]:
    """The parts of astropy's SkyCoord, which may have any name, where the table has just one."""
    stems = [n.removesuffix(".ra") for n in by_lower if n.endswith(".ra")]
    stems = [stem for stem in stems if f"{stem}.dec" in by_lower]
    if len(stems) != 1 or {"ra", "dec"} & set(by_lower):
        return {}
    return {name: by_lower[f"{stems[0]}.{name}"] for name in ("ra", "dec")}


def _bands(
    table: TableFile, by_lower: Mapping[str, str], chosen: Mapping[str, str]
) -> dict[str, str]:
    """Columns of magnitudes and their errors, and of a redshift that is called z."""
    wanted = [band for band in BANDS if band not in chosen]
    plain_z = ""
    if "z" in wanted and not {"u", "g", "r", "i"} - {*by_lower, *chosen}:
        plain_z = _plain_z_band(table, by_lower)
    families = [
        (_in_case(table, magnitude, wanted, lower, plain_z), magnitude, error, lower)
        for magnitude, error in FAMILIES
        for lower in (True, False)
    ]
    found, magnitude, error, lower = max(families, key=lambda family: len(family[0]))
    complete = [f for f in families if f[1] == magnitude and len(f[0]) == len(wanted)]
    place = magnitude.index("{")
    twins = Counter((own.lower(), own[place : place + 1]) for own in set(table.names))
    unclear = (n for n in found.values() if len(complete) > 1 or twins[n.lower(), n[place]] > 1)
    _refuse_cases(table, list(unclear))
    if len(found) == 1 and len(wanted) == len(BANDS):  # z alone is a redshift, G is Gaia's
        found = {}
    errors = _in_case(table, error, BANDS, lower)
    found |= {f"err_{band}": own for band, own in errors.items()}
    taken = {*found.values(), *chosen.values()}
    spare = [by_lower[n] for n in ("z", "z1") if n in by_lower and by_lower[n] not in taken]
    if spare and "redshift" not in by_lower:
        found["redshift"] = spare[0]
    return found


def _in_case(
    table: TableFile, pattern: str, bands: Collection[str], lower: bool, plain_z: str = ""
) -> dict[str, str]:
    """A family's columns in which the band's letter is of lower case, or all in which it is not.

    Gaia's G and Johnson's U, R and I stand beside SDSS's bands, and differ from them in case alone.
    `plain_z` is the z band's plain name, where it is not z.
    """
    place = pattern.index("{")
    names = {pattern.format(band): band for band in bands}
    if pattern == "{}" and plain_z:
        names = {name: band for name, band in names.items() if band != "z"} | {plain_z: "z"}
    found = {
        names[own.lower()]: own
        for own in reversed(table.names)
        if own.lower() in names and own[place].islower() == lower
    }
    return {band: found[band] for band in bands if band in found}


def _plain_z_band(table: TableFile, by_lower: Mapping[str, str]) -> str:
    """The z band's plain name: z, or z1.

    SkyServer answers s.z (redshift) and p.z (z band) side by side as z and z1, in the order in
    which they were asked for: which is which shows in the values.
    """
    both = [name for name in ("z", "z1") if name in by_lower]
    if len(both) < 2:
        return "".join(both) or "z"
    sizes: dict[str, float | None] = {}
    for batch in table.batches([by_lower[name] for name in both]):
        sizes = {name: median_size(batch[by_lower[name]]) for name in both}
        if None not in sizes.values():
            break
    known = {name: value for name, value in sizes.items() if value is not None}
    if len(known) == 1 and min(known.values()) < 1:  # the redshift: the other is the z band
        return next(name for name in both if name not in known)
    return max(known, key=lambda name: known[name], default="z")


def median_size(values: pa.ChunkedArray) -> float | None:
    """Median distance from zero of what is known."""
    numbers, _ = parsed(values, pa.float64())
    known = numbers.filter(pc.greater(numbers, MISSING)).to_numpy()
    return float(np.median(np.abs(known))) if len(known) else None


def _factors(
    table: TableFile,
    found: Mapping[str, str],
    dereddened: Mapping[str, str],
    units: Mapping[str, str],
) -> dict[str, float]:
    """Factors to the catalogue's units, of columns whose unit is known."""
    pairs = [(_BY_NAME[name], name, own) for name, own in found.items()]
    pairs += [(_BY_NAME[band], f"dered_{band}", own) for band, own in dereddened.items()]
    factors = {}
    for column, name, own in pairs:
        unit = units.get(column.name) or table.units.get(own, "")
        if column.type == pa.string() or not unit:
            continue
        factor = factor_to(unit, column, f"{table.path}: column {own}", column.name in units)
        if factor is None and column.name in units:
            if unit != PLAIN or column.unit:
                raise UserError(
                    f"survey.table.units: {unit!r} is no unit; give {column.name} one such as "
                    f"{column.unit or PLAIN}"
                )
            factor = 1.0
        if factor is None:
            log.info("column %s: unit %r says nothing to us; taken as it is", own, unit)
            continue
        if factor != 1:
            log.info("column %s: %s to %s, times %.10g", own, unit, column.unit, factor)
        factors[name] = factor
    return factors
