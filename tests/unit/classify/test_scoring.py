from dataclasses import replace

import numpy as np
import pytest
from made_models import star_columns
from stellar import CLASSES, files
from stellar.classify import commands
from stellar.classify.commands import MOST_FLAGGED, SIMULATED, Request, evaluate
from stellar.classify.model import load_all
from stellar.classify.scoring import in_words, interval
from stellar.errors import UserError
from stellar.evaluation import metrics


@pytest.fixture
def stars(tmp_path):
    """Stars of known types, in a CSV; the white dwarfs are DA."""
    columns, labels, _ = star_columns(400, seed=8)
    types = ["DA" if k < 0 else f"{CLASSES[k]}5" for k in labels]
    rows = zip(*(columns[band].tolist() for band in "ugriz"), types, strict=True)
    path = tmp_path / "stars.csv"
    text = "\n".join(",".join(map(str, row)) for row in rows)
    path.write_text(f"u,g,r,i,z,subClass\n{text}\n", encoding="utf-8")
    return path


def test_scores_and_their_words(models, stars, tmp_path):
    request = Request(str(stars), str(tmp_path / "scores.json"), models)
    said = evaluate(request, "subClass")
    found = files.read_json(tmp_path / "scores.json")
    assert found["rows"] == 400
    assert found["no_known_type"] == {"white dwarf": 20}
    assert found["all"]["rows"] == 380
    table = np.array(found["all"]["confusion"])
    assert table.sum() == 380
    assert found["all"]["accuracy"] == pytest.approx(np.trace(table) / 380)
    assert found["all"]["recall"]["F"] == pytest.approx(table[3, 3] / table[3].sum())
    assert 0.8 < found["all"]["coverage"] <= 1
    assert found["unflagged"]["rows"] < 380
    assert found["tiers"]["photometry"]["rows"] == 380
    assert found["tiers"]["redshift"] is None
    assert sum(row["rows"] for row in found["all"]["reliability"]) == 380
    assert found["simulated"] is True
    assert found["warnings"] == []
    assert "380 by photometry, accuracy" in said
    low, high = interval(found["all"])
    assert f"(95 % interval {low:.1%} to {high:.1%}), mean recall" in said
    assert "20 without a known type: white dwarf" in said
    with pytest.raises(UserError, match="exists"):
        evaluate(request, "subClass")


@pytest.mark.parametrize(("hits", "rows"), [(0, 1), (1, 1), (2, 4), (8, 10), (380, 400)])
def test_an_accuracy_of_few_rows_has_a_wide_interval(hits, rows):
    own = {"accuracy": hits / rows, "rows": rows}
    assert interval(own) == pytest.approx(metrics.wilson(hits, rows), abs=1e-12)


def test_a_column_that_is_not_there_or_no_types(models, stars):
    with pytest.raises(UserError, match="has no column sptype"):
        evaluate(Request(str(stars), model=models), "sptype")
    with pytest.raises(UserError, match="no spectral class"):
        evaluate(Request(str(stars), model=models), "u")


def test_the_column_of_types_by_another_case_or_a_close_name(models, stars):
    expected = evaluate(Request(str(stars), model=models), "subClass")
    head, rows = stars.read_text(encoding="utf-8").split("\n", 1)
    assert "subClass" in head
    stars.write_text(head.replace("subClass", "subclass") + "\n" + rows, encoding="utf-8")
    assert evaluate(Request(str(stars), model=models), "subClass") == expected
    stars.write_text(head.replace("subClass", "my subCl") + "\n" + rows, encoding="utf-8")
    with pytest.raises(UserError, match=r"no column subClass; .* by --truth 'my subCl'; it has"):
        evaluate(Request(str(stars), model=models), "subClass")
    assert evaluate(Request(str(stars), model=models), "my subCl") == expected


def test_words_where_no_row_has_a_type():
    found = {"rows": 3, "no_known_type": {}, "no_type": 3, "all": None, "unflagged": None}
    found["tiers"] = {"photometry": None}
    assert in_words(found) == "3 rows\n3 that the models give no type"


def test_a_redshift_called_z_is_refused_and_exchanged_bands_are_flagged(models, stars):
    lines = stars.read_text(encoding="utf-8").splitlines()
    stars.write_text("\n".join([lines[0].replace("z,", "zmag,"), *lines[1:]]), encoding="utf-8")
    text = stars.read_text(encoding="utf-8").splitlines()
    low = [
        text[0].replace("zmag", "zmag,z"),
        *(f"{','.join(row.split(',')[:5])},0.001,{row.split(',')[5]}" for row in text[1:]),
    ]
    stars.write_text("\n".join(low), encoding="utf-8")
    with pytest.raises(UserError, match="a redshift, no z band"):
        evaluate(Request(str(stars), model=models), "subClass")
    columns = {"z": "zmag", "g": "r", "r": "g"}
    said = evaluate(Request(str(stars), model=models, columns=columns), "subClass")
    assert "all: 380 rows" in said and "unflagged" not in said


def test_the_words_have_precision_beside_recall_and_say_that_stars_are_simulated(models, stars):
    said = evaluate(Request(str(stars), model=models), "subClass").splitlines()
    assert said[-1] == SIMULATED
    heads = [k for k, line in enumerate(said) if line.startswith("true \\ called")]
    assert len(heads) == 2  # of all rows, and of those without a flag
    assert all(said[k].endswith("M   recall  precision") for k in heads)
    counts, shown = [], []
    for line in said[heads[0] + 1 :][: len(CLASSES)]:
        *own, recall, precision = line.split()[1:]
        counts.append([int(n) for n in own])
        shown.append((recall, precision))
    table = np.array(counts)
    for k, (recall, precision) in enumerate(shown):
        for text, rows in ((recall, table[k].sum()), (precision, table[:, k].sum())):
            assert text == (f"{table[k, k] / rows:.1%}" if rows else "–")


def test_words_of_models_of_real_stars_say_nothing_of_simulated_ones(
    models, stars, tmp_path, monkeypatch
):
    loaded = [replace(m, about=m.about | {"simulated": False}) for m in load_all(models)]
    monkeypatch.setattr(commands, "load_all", lambda _: loaded)
    assert SIMULATED not in evaluate(Request(str(stars), model=tmp_path), "subClass")


def warned(models, stars, tmp_path, capsys, **columns):
    """What evaluate warns of: lines on the error channel, and those of the JSON file."""
    made = tmp_path / "scores.json"
    said = evaluate(Request(str(stars), str(made), models, columns=columns), "subClass")
    lines = capsys.readouterr().err.splitlines()
    assert not set(lines) & set(said.splitlines())
    return lines, files.read_json(made)["warnings"]


def test_exchanged_bands_and_many_flags_are_said(models, stars, tmp_path, capsys):
    lines, kept = warned(models, stars, tmp_path, capsys, g="i", i="g")
    assert lines == kept
    assert kept == [
        "bands look exchanged: the rows are far more like stars with --column g=g --column i=i",
        MOST_FLAGGED,
    ]


def test_a_good_table_has_no_warning(models, stars, tmp_path, capsys):
    assert warned(models, stars, tmp_path, capsys) == ([], [])


def test_shifted_magnitudes_are_said(models, stars, tmp_path, capsys):
    head, *rows = stars.read_text(encoding="utf-8").splitlines()
    cells = [row.split(",", 1) for row in rows]
    text = "\n".join([head, *(f"{float(u) - 1},{rest}" for u, rest in cells)])
    stars.write_text(text, encoding="utf-8")
    lines, kept = warned(models, stars, tmp_path, capsys)
    assert lines == kept
    assert kept[0].startswith("magnitudes look shifted: the whole table is far more like stars")


def test_names_of_corrected_magnitudes_are_said(models, stars, tmp_path, capsys):
    text = stars.read_text(encoding="utf-8").replace("u,g", "u0,g", 1)
    stars.write_text(text, encoding="utf-8")
    lines, (kept,) = warned(models, stars, tmp_path, capsys, u="u0")
    assert lines == [kept]
    assert kept.startswith("u0: names like these mean magnitudes corrected for dust")


def test_rows_without_a_type_count_as_flagged(models, stars, tmp_path, capsys):
    head, *rows = stars.read_text(encoding="utf-8").splitlines()
    bare = [row if k % 2 else row[row.index(",") :] for k, row in enumerate(rows)]
    stars.write_text("\n".join([head, *bare]), encoding="utf-8")
    lines, kept = warned(models, stars, tmp_path, capsys)
    assert lines == kept == [MOST_FLAGGED]


def test_a_table_no_star_of_which_can_be_typed_is_refused(models, tmp_path):
    path = tmp_path / "fluxes.csv"
    # A white dwarf that can be typed has no known type O to M, and scores nothing.
    rows = ["-9999,-9999,-9999,-9999,-9999,G2"] * 30 + ["18,18,18,18,18,DA"]
    path.write_text("\n".join(["u,g,r,i,z,subClass", *rows]), encoding="utf-8")
    request = Request(str(path), str(tmp_path / "scores.json"), models)
    with pytest.raises(UserError) as error:
        evaluate(request, "subClass", str(tmp_path / "scores.html"))
    assert str(error.value) == (
        f"{path}: no row with a known type has a value that can be in each of u, g, r, i, z; "
        "name the right columns by --column"
    )
    assert [own.name for own in tmp_path.iterdir()] == ["fluxes.csv"]
