"""docs/columns.md: each column of each table that the workflow or the command writes.

python -m stellar.documentation.columns
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from stellar import CLASSES, files
from stellar.sample.features import DERIVED, FEATURE_SETS
from stellar.survey.catalogue import COLUMNS, Column

PAGE = Path(__file__).parents[3] / "docs/columns.md"
ORDER = "number of a class, 0 to 6 in the order O B A F G K M"


# More than the catalogue says: as code of the survey it would let all run again for a word.
ABOUT = {
    "plate": "spectroscopic plate; SDSS-V: field",
    "mjd": "modified Julian date of the spectrum",
    "fiberID": "fibre on the plate",
    "ra": "right ascension",
    "dec": "declination",
    "redshiftErr": "standard deviation of redshift",
    "zWarning": "warnings of the spectrum's fit; 0: none",
    "elodieBV": "B-V of that library star",
    "elodieTEff": "its effective temperature",
    "elodieLogG": "its log g",
    "elodieFeH": "its [Fe/H]",
    "elodieRChi2": "reduced χ² of the match",
    "sppTeff": "TEFFADOP: T_eff by the SSPP",
    "sppTeffUnc": "standard deviation of sppTeff",
    "sppLogG": "LOGGADOP: log g by the SSPP",
    "sppLogGUnc": "standard deviation of sppLogG",
    "sppFeH": "FEHADOP: [Fe/H] by the SSPP",
    "sppFeHUnc": "standard deviation of sppFeH",
    "sppSNR": "signal-to-noise ratio by the SSPP",
    "sppFlag": "flags of the SSPP; nnnnn is normal",
}


@dataclass(frozen=True)
class Table:
    """A kind of table: where it lies, what a row is, its columns."""

    title: str
    where: str
    row: str
    columns: Sequence[Column]


ID = Column("specObjID", pa.uint64(), known=True, about="spectrum")
LABELLED = (
    Column("label", pa.int8(), known=True, about=f"{ORDER}, by the configured label scheme"),
    Column("star", pa.int64(), known=True, about="number of the star: the same in all its rows"),
)
SAMPLE = (
    *(
        Column(f"label_{scheme}", pa.int8(), known=True, about=f"{ORDER}, by {of}; -1: none")
        for scheme, of in (
            ("elodie", "the ELODIE library star's type"),
            ("subclass", "SDSS's template"),
            ("hammer", "The Hammer's type"),
        )
    ),
    Column("fold", pa.int8(), known=True, about="fold of the row, the same for all of a star"),
    Column(
        "negative",
        pa.string(),
        about="white dwarf, cataclysmic variable or carbon star: no class, to be rejected; "
        "null: none of these",
    ),
)
PREDICTIONS = (
    ID,
    Column("fold", pa.int8(), known=True, about="fold of the row, which its model has not seen"),
    Column("label", pa.int8(), known=True, about=f"{ORDER}; -1: no label"),
    *(
        Column(f"p_{c}", pa.float32(), "", 0, 1, known=True, about=f"probability of {c}")
        for c in CLASSES
    ),
)
TYPED = (
    Column("type", pa.string(), about="most probable class; null: no type"),
    *(
        Column(f"type_p_{c}", pa.float32(), "", 0, 1, about=f"calibrated probability of {c}")
        for c in CLASSES
    ),
    Column("type_set", pa.string(), about="conformal set of classes, such as FG"),
    Column("type_flag", pa.string(), about="why not to trust the type; null: no reason known"),
    Column("type_tier", pa.string(), about="tier of the model that typed the row"),
    Column("type_model", pa.string(), about="that model: label, tier, survey, version"),
)
TABLES = (
    Table(
        "Catalogue",
        "`shards/shard-N.parquet`, from any source",
        "a spectrum",
        [replace(column, about=ABOUT.get(column.name, column.about)) for column in COLUMNS],
    ),
    Table(
        "Labelled stars",
        "`stars.parquet`: the columns of the catalogue, and",
        "a spectrum with a class by the configured label scheme",
        LABELLED,
    ),
    Table(
        "Sample",
        "`sample.parquet`: the columns of the catalogue, and",
        "a labelled spectrum, or one of a negative",
        SAMPLE,
    ),
    Table(
        "Predictions",
        "`probabilities.parquet` of `cv/`, `ablation/`, `baseline/`, `tier/`, `rival/`",
        "a spectrum, predicted by a model that has not seen its star",
        PREDICTIONS,
    ),
    Table(
        "Typed tables",
        "what `stellar-types classify` writes: the columns of your table, and",
        "a row of your table",
        TYPED,
    ),
)
INTRODUCTION = """# Columns

Written by `make config-docs` from `scripts/stellar/survey/catalogue.py`,
`scripts/stellar/sample/features.py` and `scripts/stellar/documentation/columns.py`. Paths are under
`results/`. No unit: a number without one, or text. *May lack*: the value may be missing (null in
Parquet). A value out of its range is an error when a table is read ([tables](tables.md)). Names are
SDSS's. Each Parquet file says its survey in the metadata of its schema (`survey`: `simulated`, a
file's name, or the release); predictions also say of which learner and features they are (`about`).
"""
FEATURES = """## Features

What networks and trees read is made of columns of the catalogue, in the same units. A name in
`features`, `tiers` or `ablation` of the [configuration](configuration.md) is a set, or a single
feature. `splits/*.parquet` hold `specObjID`, the features of the configured sets – standardized, by
the means and deviations in `splits/scaler.json` – and the class as `is_O` to `is_M` (1 or 0).
"""


def rows(columns: Sequence[Column]) -> list[str]:
    """Rows of a Markdown table, one a column."""
    head = ["| column | type | unit | range | may lack | what |", "|---|---|---|---|---|---|"]
    return head + [
        f"| `{c.name}` | {c.type} | {c.unit} | {_range(c)} | {'' if c.known else 'yes'} "
        f"| {c.about} |"
        for c in columns
    ]


def _range(column: Column) -> str:
    low, high = (
        "" if limit is None else f"{limit:,}".replace("-", "−").removesuffix(".0")
        for limit in (column.low, column.high)
    )
    if low and high:
        return f"{low} to {high}"
    return f"from {low}" if low else f"to {high}" if high else ""


def made_of(feature: str) -> str:
    """How a feature is made of columns, in Markdown.

    Examples
    --------
    >>> made_of("dered_u_g")
    '`u` − `extinction_u` − (`g` − `extinction_g`)'
    """
    parts = [f"`{part}`" for part in DERIVED[feature]]
    if len(parts) == 1:
        return f"1 where {parts[0]} is measured, else 0"
    if len(parts) == 2:
        return f"{parts[0]} − {parts[1]}"
    return f"{parts[0]} − {parts[1]} − ({parts[2]} − {parts[3]})"


def page() -> str:
    """The page as the code wants it."""
    lines = [INTRODUCTION]
    for table in TABLES:
        lines += [f"## {table.title}\n", f"{table.where}. A row is {table.row}.\n"]
        lines += [*rows(table.columns), ""]
    lines += [FEATURES, "| feature set | features |", "|---|---|"]
    lines += [
        f"| `{name}` | {', '.join(f'`{f}`' for f in of)} |" for name, of in FEATURE_SETS.items()
    ]
    lines += ["", "| derived feature | what it is |", "|---|---|"]
    lines += [f"| `{name}` | {made_of(name)} |" for name in DERIVED]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    files.write_text(PAGE, page())
