"""A user's own table of stars: CSV, Parquet, FITS or VOTable, whatever its columns are called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stellar.catalogue import MISSING, NAMES
from stellar.errors import UserError
from stellar.features import BANDS

# Catalogue column: names under which SDSS and the study have it, best first; case is ignored.
ALIASES: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in NAMES if name not in BANDS and not name.startswith("err_")},
    "bestObjID": ("bestobjid", "objid"),
    "fiberID": ("fiberid", "fiber"),
    "redshift": ("redshift", "rv_z"),
    "redshiftErr": ("redshifterr", "zerr", "z_err"),
    "snMedian": ("snmedian", "sn_median", "sn_median_all"),
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
# Names of magnitudes and their errors, best first; a table's five bands come from one family.
FAMILIES = (
    ("modelmag_", "modelmagerr_"),
    ("", "err_"),
    ("psfmag_", "psfmagerr_"),
    ("mag_", "magerr_"),
)
_READERS = {
    ".csv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".fits": "fits",
    ".fit": "fits",
    ".vot": "votable",
    ".xml": "votable",
}


def read(path: Path) -> pd.DataFrame:
    """Read a table by the ending of its name; `.gz` may follow.

    Raises
    ------
    UserError
        No such file, an unknown ending, or a file that is not what its name says.
    """
    suffixes = [s.lower() for s in path.suffixes if s.lower() != ".gz"]
    kind = _READERS.get(suffixes[-1] if suffixes else "")
    if kind is None:
        raise UserError(f"{path}: unknown kind of table; use .csv, .parquet, .fits or .vot")
    if not path.is_file():
        raise UserError(f"there is no file {path}; correct survey.table.path")
    readers: dict[str, Callable[[Path], pd.DataFrame]] = {
        "csv": _csv,
        "parquet": pd.read_parquet,
        "fits": partial(_astropy, kind="fits"),
        "votable": partial(_astropy, kind="votable"),
    }
    try:
        return readers[kind](path)
    except (ValueError, OSError, TypeError, IndexError) as error:
        first_line = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UserError(f"{path} cannot be read as {kind}: {first_line}") from None


def _csv(path: Path) -> pd.DataFrame:
    import gzip

    opened = gzip.open if path.suffix.lower() == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig") as file:
        skipped = 1 if file.readline().startswith("#Table") else 0
        header = file.readline() if skipped else ""
    names = pd.read_csv(path, skiprows=skipped, nrows=0).columns
    ids = {name: str for name in names if str(name).strip().lower().endswith("objid")}
    if skipped and not header.strip():
        raise UserError(f"{path} has no header after #Table1")
    frame = pd.read_csv(path, skiprows=skipped, dtype=ids, low_memory=False, index_col=False)
    return frame.rename(columns=lambda name: str(name).strip())


def _astropy(path: Path, kind: str) -> pd.DataFrame:
    from astropy.table import Table

    table = Table.read(path, format=kind)
    table.convert_bytestring_to_unicode()
    flat = [name for name in table.colnames if table[name].ndim == 1]
    return table[flat].to_pandas()


def rename(raw: pd.DataFrame, chosen: Mapping[str, str], path: str = "table") -> pd.DataFrame:
    """Give a table the catalogue's column names and what follows from its own.

    Parameters
    ----------
    raw : pandas.DataFrame
        As read; with the study's 28 columns, SDSS names, or others.
    chosen : mapping
        The user's own: catalogue column to column of the table.
    path : str
        Name of the table, for error texts.

    Returns
    -------
    pandas.DataFrame
        Catalogue columns that the table has. `dered_*` becomes extinction; specObjID is put
        together from plate, mjd and fiberID where the table has none.
    """
    unknown = [name for name in chosen if name not in NAMES]
    if unknown:
        raise UserError(
            f"survey.table.columns: {unknown[0]!r} is no catalogue column; "
            f"use one of {', '.join(NAMES)}"
        )
    absent = [own for own in chosen.values() if own not in raw.columns]
    if absent:
        raise UserError(
            f"survey.table.columns: {path} has no column {absent[0]!r}; "
            f"it has {', '.join(map(str, raw.columns))}"
        )
    by_lower = {str(name).lower(): name for name in raw.columns}
    found = {name: chosen[name] for name in chosen}
    for name, column in _bands(raw, by_lower, chosen).items():
        found.setdefault(name, column)
    for name, aliases in ALIASES.items():
        own = next((by_lower[a.lower()] for a in aliases if a.lower() in by_lower), None)
        if own is not None and own not in found.values():
            found.setdefault(name, own)
    frame = pd.DataFrame({name: raw[own] for name, own in found.items()})
    _add_extinction(frame, raw, by_lower)
    if "specObjID" not in frame.columns:
        frame["specObjID"] = _spectrum_ids(frame, path)
    return frame


def _bands(
    raw: pd.DataFrame, by_lower: Mapping[str, str], chosen: Mapping[str, str]
) -> dict[str, str]:
    """Columns of magnitudes and their errors, and of a redshift that is called z."""
    wanted = [band for band in BANDS if band not in chosen]
    families = [
        (_plain_bands(raw, by_lower), "err_")
        if not magnitude
        else ({band: magnitude + band for band in BANDS}, error)
        for magnitude, error in FAMILIES
    ]
    complete = (f for f in families if all(f[0][band] in by_lower for band in wanted))
    columns, error = next(complete, families[1])
    found = {band: by_lower[columns[band]] for band in wanted if columns[band] in by_lower}
    found |= {f"err_{b}": by_lower[error + b] for b in BANDS if error + b in by_lower}
    taken = {*found.values(), *chosen.values()}
    spare = [by_lower[n] for n in ("z", "z1") if n in by_lower and by_lower[n] not in taken]
    if spare and "redshift" not in by_lower:
        found["redshift"] = spare[0]
    return found


def _plain_bands(raw: pd.DataFrame, by_lower: Mapping[str, str]) -> dict[str, str]:
    """The bands' plain names; the z band may be called z1.

    SkyServer answers s.z (redshift) and p.z (z band) side by side as z and z1, in the order in
    which they were asked for: which is which shows in the values.
    """
    size: dict[str, float] = {}
    for name in [name for name in ("z", "z1") if name in by_lower]:
        values = pd.to_numeric(raw[by_lower[name]], errors="coerce")
        size[name] = float(values[values > MISSING].abs().median())
    z_band = max(size, key=lambda name: size[name]) if len(size) > 1 else "".join(size) or "z"
    return {**{band: band for band in BANDS}, "z": z_band}


def _add_extinction(frame: pd.DataFrame, raw: pd.DataFrame, by_lower: Mapping[str, str]) -> None:
    for band in BANDS:
        if f"extinction_{band}" in frame or f"dered_{band}" not in by_lower or band not in frame:
            continue
        magnitude = pd.to_numeric(frame[band], errors="coerce")
        dereddened = pd.to_numeric(raw[by_lower[f"dered_{band}"]], errors="coerce")
        known = (magnitude > -5) & (dereddened > -5)
        frame[f"extinction_{band}"] = np.where(known, magnitude - dereddened, np.nan)


def _spectrum_ids(frame: pd.DataFrame, path: str) -> pd.Series:
    if not {"plate", "mjd", "fiberID"} <= set(frame.columns):
        raise UserError(
            f"{path}: neither specObjID nor plate, mjd and fiberID; name a column of whole "
            "numbers under survey.table.columns, for example `specObjID: my_id`"
        )
    plate, mjd, fiber = (_whole(frame[name], path) for name in ("plate", "mjd", "fiberID"))
    # SDSS's own layout, with an unknown reduction (run2d 0).
    return pd.Series(plate << 50 | fiber << 38 | mjd - 50_000 << 24, index=frame.index)


_ID_LIMITS = {"plate": (0, 2**14), "mjd": (50_000, 50_000 + 2**14), "fiberID": (0, 2**12)}


def _whole(values: pd.Series, path: str) -> NDArray[np.uint64]:
    low, high = _ID_LIMITS[str(values.name)]
    number = pd.to_numeric(values, errors="coerce")
    wrong = ~((number >= low) & (number < high) & (number % 1 == 0))
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        raise UserError(
            f"{path}: column {values.name}, row {row + 1}: {str(values.iloc[row])!r} gives no "
            f"specObjID; it must be a whole number from {low} to {high - 1}"
        )
    return number.to_numpy(np.uint64)
