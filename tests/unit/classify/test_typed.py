import numpy as np
import pyarrow as pa
import pytest
from made_models import star_columns
from stellar.classify import model
from stellar.classify.model import load_all
from stellar.classify.rows import CONTRADICTED, OUTSIDE
from stellar.classify.typed import Tally, Typist, in_order, plan_of
from stellar.classify.words import OPTIONS, said
from stellar.errors import UserError
from stellar.survey.matching import Plan
from stellar.survey.table_file import TableFile


def table_with(*names: str) -> TableFile:
    return TableFile("stars.csv", "csv", names, lambda columns: iter(()))


def test_columns_are_found_without_ids_and_places(models):
    plan = plan_of(
        table_with("psfMag_u", *(f"psfMag_{b}" for b in "griz")), load_all(models), {}, {}
    )
    assert plan.columns["u"] == "psfMag_u"
    assert "redshift" not in plan.columns


def test_columns_that_tell_galaxies_apart_are_read(models):
    table = table_with(*"ugriz", "mine", "probPSF", "type", "class", "note")
    added = plan_of(table, load_all(models), {"class": "mine"}, {}).added
    assert added == ("mine", "probPSF", "type", "class")
    assert plan_of(table, load_all(models), {"class": None}, {}).added == ("probPSF", "type")


def test_a_missing_band_is_named(models):
    with pytest.raises(UserError, match=r"no column u, which every model.*`u: my_u`"):
        plan_of(table_with("g", "r", "i", "z"), load_all(models), {}, {})


def test_dereddened_magnitudes_alone_are_refused(models):
    names = [f"dered_{band}" for band in "ugriz"]
    with pytest.raises(UserError, match="corrected for dust"):
        plan_of(table_with(*names), load_all(models), {}, {})


@pytest.mark.parametrize("names", ["ugriz", ["dered_u"]])
def test_dereddened_magnitudes_that_are_asked_for_are_refused(models, names):
    table = table_with(*names, *(f"dered_{band}" for band in "ugriz"))
    with pytest.raises(UserError, match="dered_u is corrected for dust, the models want") as end:
        plan_of(table, load_all(models), {"u": "dered_u"}, {})
    assert said(str(end.value), OPTIONS).endswith(
        "magnitudes as observed; name yours by --column u=modelMag_u"
    )


def test_fluxes_are_named(models):
    names = [f"modelFlux_{band}" for band in "ugriz"]
    with pytest.raises(UserError, match="modelFlux_u is a flux, the models want magnitudes"):
        plan_of(table_with(*names), load_all(models), {}, {})


def batch_of(rows: int) -> pa.Table:
    columns, _, _ = star_columns(rows, seed=3)
    return pa.table({"id": np.arange(rows), **columns})


@pytest.fixture
def typist(models):
    return Typist(Plan({n: n for n in ("u", "g", "r", "i", "z", "redshift")}), load_all(models))


def test_new_columns_stand_behind_the_own(typist):
    batch = batch_of(50)
    typed = typist.typed(batch)
    assert typed.select(batch.column_names).equals(batch)
    assert typed.column_names[len(batch.column_names) :] == typist.schema.names
    assert typed["type_tier"].to_pylist() == ["redshift"] * 50
    row = typed.slice(0, 1).to_pylist()[0]
    shares = [row[f"type_p_{c}"] for c in "OBAFGKM"]
    assert row["type"] == "OBAFGKM"[int(np.argmax(shares))]


def test_a_row_without_type_has_nulls_and_a_reason(typist):
    batch = batch_of(3).set_column(1, "u", pa.array([None, 18.0, 17.0], pa.float64()))
    row = typist.typed(batch).to_pylist()[0]
    assert row["type"] is None
    assert row["type_p_O"] is None
    assert row["type_set"] is None
    assert row["type_flag"].startswith("no type")


@pytest.mark.long
def test_batches_of_any_size_and_threads_give_the_same(typist, monkeypatch):
    whole = batch_of(1000)
    expected = typist.typed(whole)
    monkeypatch.setattr(model, "_TILE", 100)
    for rows, threads in ((1, 1), (7, 2), (333, 3), (1000, 2)):
        parts = (whole.slice(start, rows) for start in range(0, 1000, rows))
        found = list(in_order(typist.typed, parts, threads))
        for name in expected.column_names:
            cells = [cell for part in found for cell in part[name].to_pylist()]
            assert cells == expected[name].to_pylist(), (name, rows)


def test_a_tally_counts(typist):
    tally = Tally()
    tally.add(typist.typed(batch_of(100)), "type")
    assert tally.rows == 100
    assert sum(tally.classes.values()) == 100
    assert tally.tiers == {"redshift": 100}


def test_an_error_in_a_batch_is_raised():
    def fails(batch):
        raise UserError("no")

    with pytest.raises(UserError, match="no"):
        list(in_order(fails, iter([batch_of(2)]), 2))


def test_rows_that_a_mix_contradicts_are_no_wrong_columns():
    tally = Tally(rows=100)
    tally.flags.update({"": 50, CONTRADICTED: 50})
    assert not tally.much_flagged
    tally.flags.update({CONTRADICTED: -30, f"{OUTSIDE}; {CONTRADICTED}": 30})
    assert tally.much_flagged
