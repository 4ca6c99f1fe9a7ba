"""The catalogue: one typed table of stars, whatever survey it comes from.

`COLUMNS` is the only list of columns; `conversion` turns raw tables into it.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from stellar import BANDS

MISSING = -9999.0  # PhotoObj's and sppParams' mark for "not measured"


@dataclass(frozen=True)
class Column:
    """A column of the catalogue: its Arrow type, unit, physical range and what it is."""

    name: str
    type: pa.DataType
    unit: str = ""
    low: float | None = None
    high: float | None = None
    required: bool = False  # a raw table must have it
    known: bool = False  # and have it for each star
    about: str = ""


def _bands(prefix: str, about: str, low: float, high: float | None, required: bool) -> list[Column]:
    return [
        Column(f"{prefix}{band}", pa.float32(), "mag", low, high, required, about=f"{band} {about}")
        for band in BANDS
    ]


COLUMNS: tuple[Column, ...] = (
    Column("specObjID", pa.uint64(), required=True, known=True, about="spectrum"),
    Column("bestObjID", pa.int64(), about="photometric object of the star; null: none known"),
    Column("plate", pa.int32(), low=0, high=999_999, about="SDSS-V: field"),
    Column("mjd", pa.int32(), "d", 15_000, 100_000),
    Column("fiberID", pa.int32(), low=0, high=10_000),
    Column("ra", pa.float64(), "deg", 0, 360, required=True, known=True),
    Column("dec", pa.float64(), "deg", -90, 90, required=True, known=True),
    Column("class", pa.string(), about="STAR, GALAXY or QSO"),
    Column("subClass", pa.string(), about="best-fitting SDSS template"),
    Column("redshift", pa.float32(), "", -1, 10, about="radial velocity over c"),
    Column("redshiftErr", pa.float32(), "", 0, None),
    Column("zWarning", pa.int32()),
    Column("snMedian", pa.float32(), "", -100, 10_000, about="median signal-to-noise ratio"),
    *_bands("", "model magnitude", -5, 40, True),
    *_bands("err_", "magnitude error", 0, None, False),
    *_bands("extinction_", "Galactic extinction", -0.1, 200, False),
    Column("elodieObject", pa.string(), about="best-matching star of the ELODIE library"),
    Column("elodieSpType", pa.string(), about="spectral type of that library star"),
    Column("elodieBV", pa.float32(), "mag", -5, 10),
    Column("elodieTEff", pa.float32(), "K", 500, 200_000),
    Column("elodieLogG", pa.float32(), "dex", -5, 12),
    Column("elodieFeH", pa.float32(), "dex", -10, 5),
    Column("elodieRChi2", pa.float32(), "", 0, None),
    Column("sppTeff", pa.float32(), "K", 500, 200_000, about="TEFFADOP"),
    Column("sppTeffUnc", pa.float32(), "K", 0, None),
    Column("sppLogG", pa.float32(), "dex", -5, 12, about="LOGGADOP"),
    Column("sppLogGUnc", pa.float32(), "dex", 0, None),
    Column("sppFeH", pa.float32(), "dex", -10, 5, about="FEHADOP"),
    Column("sppFeHUnc", pa.float32(), "dex", 0, None),
    Column("sppSNR", pa.float32(), "", -100, 10_000),
    Column("sppFlag", pa.string(), about="'nnnnn' is normal"),
    Column("sppHammerType", pa.string(), about="SPECTYPEHAMMER: The Hammer's spectral type"),
)
NAMES = tuple(column.name for column in COLUMNS)
SCHEMA = pa.schema([pa.field(c.name, c.type, nullable=not c.known) for c in COLUMNS])
