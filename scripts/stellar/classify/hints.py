"""What else a table says: no stars, dust, exchanged or shifted bands, ids that were cut."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from stellar import BANDS
from stellar.classify.judge import FAR, exchanges
from stellar.classify.model import Model
from stellar.survey.conversion import parsed
from stellar.survey.whole_file import FAINT, FILTER

MUCH_DUST = 0.2  # mag in r, from which on types are worse (docs/limits.md)
# Extinction in r for a reddening E(B-V) (Schlafly & Finkbeiner 2011, arXiv:1012.4804, table 6).
_R_OF_REDDENING = 2.285
_REDDENING = ("ebv", "ebvsfd", "sfdebv")
_EXTINCTION = ("extinctionr", "ar")

LOOKED_AT, _FEWEST = 1000, 20  # rows by which bands are told, at most and at least
_NEARER = 0.5  # of the distance: exchanging i and z of stars makes it three times as large
_SHIFTS = (0.25, 0.5, 1.0, 2.0, 4.0)  # mag, in both directions
# A table looks shifted where its median squared distance is more than the first for each column,
# and a shift leaves less than the second of it. The margins are for other surveys and for tables
# of one class, of bright or of faint stars: with all bands shifted stars look much like those.
_ONE_BAND, _ALL_BANDS = (0.5, 0.7), (1.0, 0.5)

# Not sourceType and objType: they say why a spectrum was taken, not what it shows.
_KINDS = ("class", "cl", "spclass", "spectype", "objecttype", "type", "objctype")
# Words of SDSS, and shapes of the DESI Legacy Surveys that are no point.
_NO_STARS = pa.array(
    ["GALAXY", "GAL", "QSO", "QUASAR", "AGN", "REX", "EXP", "DEV", "SER", "COMP", "SIMP"]
)
_SHAPES = ("type", "objctype")  # SDSS's numbers: 3 is a galaxy, 6 a star
_VIZIERS = ("class", "cl")  # the same numbers in VizieR's tables of SDSS
_GALAXY = 3
_POINT = ("probpsf",)  # SDSS: 1 for a point, 0 for what is none
_EXTENDED = re.compile("(base|[ugrizy])?(classification)?extendedness(value)?")  # Rubin, HSC

_ID = re.compile(
    "(.*[^a-z])?ids?|.*(obj|spec|source|object|star|catalog|target)ids?", re.IGNORECASE
)
# 1.24e18 and 1237645876861272206.0, and what a spreadsheet makes of 19 digits: it keeps 15.
_FLOATING = r"^[+-]?[0-9](\.[0-9]*)?[eE]\+?(1[1-9]|[2-9][0-9])$|^[+-]?[0-9]{16,}\.0*$"
_CUT = r"^[1-9][0-9]{14}0{3,}$"
# u0, u_0, umag0, psfMag_u_0, (u)0, u_dered
_CORRECTED = re.compile(
    r"(^|[^a-z])[ugriz](_?mag)?[)_]?0($|[^0-9])|dered|unred|intrinsic|corr", re.IGNORECASE
)
_COMMAS = "^[1-9][0-9]?,[0-9]{3}$"
_EXACT = 2.0**53  # above, floating point has no room for each whole number


def no_star_columns(names: Sequence[str]) -> tuple[str, ...]:
    """Columns that may call an object a galaxy or a quasar, or a thing that is no point."""
    known = (*_KINDS, *_POINT)
    return tuple(n for n in names if _plain(n) in known or _EXTENDED.fullmatch(_plain(n)))


def called_no_star(column: pa.ChunkedArray, name: str, viziers: bool = False) -> NDArray[np.bool_]:
    """Where such a column, perhaps of a table of VizieR's, says that an object is no star.

    Returns
    -------
    array of bool, shape (n_rows,)
    """
    plain = _plain(name)
    if plain in _POINT:
        values = _numbers(column)
        return np.asarray((values >= 0) & (values < 0.5))
    if _EXTENDED.fullmatch(plain):
        return np.asarray(_numbers(column) > 0.5)
    text = pc.utf8_upper(pc.utf8_trim_whitespace(column.cast(pa.string())))
    found = np.asarray(pc.is_in(text, _NO_STARS))
    of_shapes = plain in _SHAPES or (viziers and plain in _VIZIERS)
    return found | (_numbers(column) == _GALAXY) if of_shapes else found


def id_columns(names: Sequence[str]) -> list[str]:
    """Columns that are called ids."""
    return [name for name in names if _ID.fullmatch(name)]


def cut_ids(column: pa.ChunkedArray) -> tuple[int, int]:
    """How many ids are floating-point numbers, and how many whole ones end in zeros from digit 16.

    A single id may end so by chance; where most do, they are cut.
    """
    if pa.types.is_floating(column.type):
        sizes = pc.abs(column.cast(pa.float64()))
        return pc.sum(pc.greater_equal(sizes, _EXACT)).as_py() or 0, 0
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return 0, 0
    text = pc.utf8_trim_whitespace(column)
    floating, cut = (pc.match_substring_regex(text, pattern) for pattern in (_FLOATING, _CUT))
    return pc.sum(floating).as_py() or 0, pc.sum(cut).as_py() or 0


def dust_of(names: Sequence[str]) -> tuple[str, float] | None:
    """The column of extinction or reddening, and what makes an extinction in r of it."""
    by_plain = {_plain(name): name for name in reversed(names)}
    for known, factor in ((_EXTINCTION, 1.0), (_REDDENING, _R_OF_REDDENING)):
        for plain in known:
            if plain in by_plain:
                return by_plain[plain], factor
    return None


def dusty(column: pa.ChunkedArray, factor: float) -> int:
    """How many objects lie behind much dust."""
    return int((_numbers(column) * factor > MUCH_DUST).sum())


def is_corrected(name: str) -> bool:
    """Whether a column's name says that dust is corrected for."""
    return bool(_CORRECTED.search(name))


def corrected_in_words(columns: Mapping[str, str]) -> str:
    """A warning of magnitudes whose columns' names say that dust is corrected for, "" if none."""
    found = [own for band, own in columns.items() if band in BANDS and is_corrected(own)]
    if not found:
        return ""
    return (
        f"{', '.join(found)}: names like these mean magnitudes corrected for dust; the models want "
        "them as observed"
    )


def has_commas(column: pa.ChunkedArray) -> str | None:
    """A value of a column of magnitudes all of which may be thousands: 19,846; None elsewhere."""
    if not pa.types.is_string(column.type):
        return None
    text = pc.utf8_trim_whitespace(column)
    text = text.filter(pc.not_equal(text, ""))
    every = len(text) and pc.all(pc.match_substring_regex(text, _COMMAS)).as_py()
    return text[0].as_py() if every else None


def is_redshift(values: Mapping[str, NDArray[np.float64]]) -> bool:
    """Whether what should be the z band is one of redshifts, as the survey's importer sees it.

    Parameters
    ----------
    values : mapping of str to array, shape (n_rows,)
        Columns of the catalogue, r and z among them; NaN where there is none.
    """
    z = values["z"][(values["r"] > FAINT) & np.isfinite(values["z"])]
    return bool(2 * (np.abs(z) < FILTER).sum() > len(z))


def exchanged_bands(values: Mapping[str, NDArray[np.float64]], model: Model) -> dict[str, str]:
    """Which bands stand in each other's columns, if stars look so: band to the one in its place.

    The given order, each exchange of two bands and the reverse order are compared by the median
    distance of the rows from what the model was trained on. Most rows have to be near to it with
    the bands exchanged: colours, or a band of one number, are near in no order.

    Parameters
    ----------
    values : mapping of str to array, shape (n_rows,)
        Columns of the catalogue, all that the model needs; NaN where there is none.
    model : Model
    """
    rows = _rows(values, model)
    if len(rows) < _FEWEST:
        return {}

    def distance(order: Mapping[str, str]) -> float:
        return float(np.median(model.judge.distances(rows, model.columns, order)))

    best = min(exchanges(model.columns), key=distance)
    near = min(_NEARER * distance({}), FAR * len(model.columns))
    found = best if distance(best) < near else {}
    return {name: other for name, other in found.items() if name != other}


def shifted_bands(values: Mapping[str, NDArray[np.float64]], model: Model) -> dict[str, float]:
    """What to add to a band, or to all, for a whole table to look like stars: band to mag.

    Empty where the table looks like stars as it is. Size and band are rough: where u is too
    bright, a slightly brighter g may do as well.

    Parameters
    ----------
    values : mapping of str to array, shape (n_rows,)
        As `exchanged_bands` has it.
    model : Model
    """
    rows = _rows(values, model)
    if len(rows) < _FEWEST:
        return {}

    def distance(bands: Sequence[str], step: float) -> float:
        moved = rows + step * np.isin(model.columns, bands)
        return float(np.median(model.judge.distances(moved, model.columns, {})))

    bands = [band for band in BANDS if band in model.columns]
    own, width = distance([], 0), len(model.columns)
    for choices, (far, nearer) in (([[b] for b in bands], _ONE_BAND), ([bands], _ALL_BANDS)):
        if own > far * width:
            tried = [(c, sign * s) for c in choices for s in _SHIFTS for sign in (1, -1)]
            best = min(tried, key=lambda one: distance(*one))
            if distance(*best) < nearer * own:
                return dict.fromkeys(*best)
    return {}


def shift_in_words(shifts: Mapping[str, float]) -> str:
    """A warning of what `shifted_bands` found."""
    what = " ".join(shifts) if len(shifts) == 1 else "all magnitudes"
    step = next(iter(shifts.values()))
    way = "fainter" if step > 0 else "brighter"
    return (
        f"magnitudes look shifted: the whole table is far more like stars with {what} some "
        f"{abs(step):g} mag {way}; are these SDSS's AB magnitudes, as observed?"
    )


def _rows(values: Mapping[str, NDArray[np.float64]], model: Model) -> NDArray[np.float64]:
    """The first rows, those that have all that a model needs, shape (n_rows, n_columns)."""
    rows = np.column_stack([values[name][:LOOKED_AT] for name in model.columns])
    return np.asarray(rows[np.isfinite(rows).all(axis=1)])


def _numbers(column: pa.ChunkedArray) -> NDArray[np.float64]:
    found, _ = parsed(column, pa.float64())
    return np.asarray(found.to_numpy(zero_copy_only=False))


def _plain(name: str) -> str:
    return re.sub(r"[_\s().-]", "", name.lower())
