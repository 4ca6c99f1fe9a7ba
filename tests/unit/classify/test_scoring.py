import numpy as np
import pytest
from made_models import star_columns
from stellar import CLASSES, files
from stellar.classify.commands import Request, evaluate
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
