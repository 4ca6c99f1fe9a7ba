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
    Column("plate", pa.int32(), low=0, high=999_999, about="spectroscopic plate; SDSS-V: field"),
    Column("mjd", pa.int32(), "d", 15_000, 100_000, about="modified Julian date of the spectrum"),
    Column("fiberID", pa.int32(), low=0, high=10_000, about="fibre on the plate"),
    Column("ra", pa.float64(), "deg", 0, 360, required=True, known=True, about="right ascension"),
    Column("dec", pa.float64(), "deg", -90, 90, required=True, known=True, about="declination"),
    Column("class", pa.string(), about="STAR, GALAXY or QSO"),
    Column("subClass", pa.string(), about="best-fitting SDSS template"),
    Column("redshift", pa.float32(), "", -1, 10, about="radial velocity over c"),
    Column("redshiftErr", pa.float32(), "", 0, None, about="its standard deviation"),
    Column("zWarning", pa.int32(), about="warnings of the spectrum's fit; 0: none"),
    Column("snMedian", pa.float32(), "", -100, 10_000, about="median signal-to-noise ratio"),
    *_bands("", "model magnitude", -5, 40, True),
    *_bands("err_", "magnitude error", 0, None, False),
    *_bands("extinction_", "Galactic extinction", -0.1, 200, False),
    Column("elodieObject", pa.string(), about="best-matching star of the ELODIE library"),
    Column("elodieSpType", pa.string(), about="spectral type of that library star"),
    Column("elodieBV", pa.float32(), "mag", -5, 10, about="B-V of that library star"),
    Column("elodieTEff", pa.float32(), "K", 500, 200_000, about="its effective temperature"),
    Column("elodieLogG", pa.float32(), "dex", -5, 12, about="its log g"),
    Column("elodieFeH", pa.float32(), "dex", -10, 5, about="its [Fe/H]"),
    Column("elodieRChi2", pa.float32(), "", 0, None, about="reduced χ² of the match"),
    Column("sppTeff", pa.float32(), "K", 500, 200_000, about="TEFFADOP: T_eff by the SSPP"),
    Column("sppTeffUnc", pa.float32(), "K", 0, None, about="its standard deviation"),
    Column("sppLogG", pa.float32(), "dex", -5, 12, about="LOGGADOP: log g by the SSPP"),
    Column("sppLogGUnc", pa.float32(), "dex", 0, None, about="its standard deviation"),
    Column("sppFeH", pa.float32(), "dex", -10, 5, about="FEHADOP: [Fe/H] by the SSPP"),
    Column("sppFeHUnc", pa.float32(), "dex", 0, None, about="its standard deviation"),
    Column("sppSNR", pa.float32(), "", -100, 10_000, about="signal-to-noise ratio by the SSPP"),
    Column("sppFlag", pa.string(), about="flags of the SSPP; nnnnn is normal"),
    Column("sppHammerType", pa.string(), about="SPECTYPEHAMMER: The Hammer's spectral type"),
)
NAMES = tuple(column.name for column in COLUMNS)
SCHEMA = pa.schema([pa.field(c.name, c.type, nullable=not c.known) for c in COLUMNS])
