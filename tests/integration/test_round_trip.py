"""Whatever a table holds, in each format and out again: nothing of it changes but what is added."""

import functools
import tempfile
import warnings
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
import pytest
from astropy.table import MaskedColumn, Table
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from made_models import make_model, star_columns
from stellar.classify import commands
from stellar.classify.model import load_all
from stellar.classify.typed import Typist
from stellar.survey.matching import Plan

FORMATS = ("csv", "ecsv", "parquet", "fits", "vot")
ASTROPY = {"ecsv": "ascii.ecsv", "vot": "votable", "fits": "fits"}
BANDS = ("u", "g", "r", "i", "z")
ABOUT = {"u": "of a fitted profile", "ucd": "phot.mag;em.opt.U", "table": "stars of ours"}
# Text that each format can hold; what one cannot is a sentence, which test_output.py has.
TEXT = st.text(st.sampled_from("ab 'Z0,;|\"#<&>"), max_size=6).map(lambda t: f"x{t}x")


@st.composite
def tables(draw):
    """A table of stars with ids of 64 bits, and columns that the models do not read."""
    rows = draw(st.integers(1, 12))
    columns, _, _ = star_columns(rows, seed=draw(st.integers(0, 99)))

    def several(values):
        return draw(st.lists(values, min_size=rows, max_size=rows))

    def some(values):
        return several(st.none() | values)

    bands = {b: pa.array(columns[b], mask=np.array(several(st.booleans()))) for b in BANDS}
    return pa.table(
        {
            "specObjID": pa.array(several(st.integers(2**53, 2**63 - 1)), pa.int64()),
            **bands,
            "count": pa.array(some(st.integers(-(2**31), 2**31 - 1)), pa.int64()),
            "x": pa.array(some(st.floats(-1e300, 1e300)), pa.float64()),
            "my name": pa.array(several(TEXT), pa.string()),
        }
    )


def save(table, path):
    """Write a table as others do: by pyarrow and astropy."""
    kind = path.suffix[1:]
    if kind == "parquet":
        said = {"unit": "mag", "description": ABOUT["u"]}
        unit = pa.field("u", pa.float64(), metadata=said)
        place = table.column_names.index("u")
        table = table.set_column(place, unit, table["u"])
        pq.write_table(table.replace_schema_metadata({"made": "here"}), path)
    elif kind == "csv":
        arrow_csv.write_csv(table, path)
    else:
        made = Table()
        for name, column in zip(table.column_names, table.columns, strict=True):
            values = column.to_pylist()
            mask = [value is None for value in values]
            plain = [0 if gone else value for value, gone in zip(values, mask, strict=True)]
            if pa.types.is_floating(column.type):  # no format of astropy's tells NaN from a mask
                plain = np.where(mask, np.nan, np.array(plain, float))
                mask = np.zeros(len(mask), bool)
            made[name] = MaskedColumn(plain, mask=mask)
        made["u"].unit = "mag"
        made["u"].description = ABOUT["u"]
        made["u"].meta["ucd"] = ABOUT["ucd"]
        made.meta["description" if kind == "vot" else "SURVEY"] = ABOUT["table"]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a VOTable has no ID "my name"
            made.write(path, format=ASTROPY[kind])


def read_by_astropy(path):
    more = {"use_names_over_ids": True} if path.suffix == ".vot" else {}
    return Table.read(path, format=ASTROPY[path.suffix[1:]], **more)


def cells(path):
    """A table's cells as others read them, by column; None for what is missing."""
    kind = path.suffix[1:]
    if kind == "parquet":
        return {n: c.to_pylist() for n, c in zip(*_of(pq.read_table(path)), strict=True)}
    if kind == "csv":
        options = arrow_csv.ConvertOptions(strings_can_be_null=True)
        read = arrow_csv.read_csv(path, convert_options=options)
        return {n: c.to_pylist() for n, c in zip(*_of(read), strict=True)}
    read = read_by_astropy(path)
    found = {}
    for name in read.colnames:
        values, mask = read[name].tolist(), np.ma.getmaskarray(np.ma.asarray(read[name]))
        values = [v.decode() if isinstance(v, bytes) else v for v in values]
        found[name] = [None if gone else v for v, gone in zip(values, mask, strict=True)]
    return found


def _of(table):
    return table.column_names, table.columns


def plain(values):
    """Cells whose missing values are None, whatever the format had for them."""
    return [None if v is None or v != v or v == "" else v for v in values]


def rounded(values, name):
    """Probabilities as numbers of 32 bits, which they are; text has them as such numbers, too."""
    if "_p_" not in name:
        return values
    return [None if v is None else float(np.float32(v)) for v in values]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """A folder with a model, which is read once."""
    models = tmp_path_factory.mktemp("models")
    make_model(models)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(commands, "load_all", functools.cache(load_all))
        yield models


@pytest.mark.parametrize("source", FORMATS)
@settings(
    max_examples=3,
    deadline=None,
    phases=[Phase.generate],  # to shrink an example takes a minute
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(table=tables(), rows=st.sampled_from([1, 3, 5, 1000]), threads=st.integers(1, 3))
def test_all_stays_but_what_is_added(loaded, source, table, rows, threads):
    typist = Typist(Plan({b: b for b in BANDS}), load_all(loaded))
    expected = {n: c.to_pylist() for n, c in zip(*_of(typist.new(table)), strict=True)}
    with tempfile.TemporaryDirectory() as place:
        given_path = Path(place) / f"in.{source}"
        save(table, given_path)
        for target in FORMATS:
            path = Path(place) / f"out.{target}"
            words = (str(given_path), str(path), loaded)
            commands.classify(commands.Request(*words, rows=rows, threads=threads))
            found = cells(path)
            assert list(found) == [*table.column_names, *expected], target
            for name in table.column_names:
                assert plain(found[name]) == plain(table[name].to_pylist()), (target, name)
            for name, values in expected.items():
                assert plain(rounded(found[name], name)) == plain(rounded(values, name)), (
                    target,
                    name,
                )
            if source != "csv" and target != "csv":
                assert unit_and_description(path) == ("mag", ABOUT["u"]), target
            if target == source:
                assert kept_of_the_table(path), target


def unit_and_description(path):
    if path.suffix == ".parquet":
        about = pq.read_schema(path).field("u").metadata or {}
        return tuple(about.get(key, b"").decode() for key in (b"unit", b"description"))
    column = read_by_astropy(path)["u"]
    return str(column.unit), column.description


def kept_of_the_table(path):
    """Whether what the file said of its table is still said."""
    if path.suffix == ".csv":
        return True
    if path.suffix == ".parquet":
        return (pq.read_schema(path).metadata or {}).get(b"made") == b"here"
    read = read_by_astropy(path)
    keywords, ucd = read.meta, read["u"].meta.get("ucd")
    word = keywords.get("description" if path.suffix == ".vot" else "SURVEY")
    return (word, ucd) == (ABOUT["table"], ABOUT["ucd"])
