"""Real stars to stand beside the survey."""

import numpy as np
import pytest
from project import ROOT
from stellar import BANDS
from stellar.errors import UserError
from stellar.survey.real_stars import labelled


def test_stars_with_a_class_are_read():
    names = {"elodieSpType": "type", "elodieTEff": "teff"}
    path = ROOT / "tests/config/made_up_stars.csv"
    stars, numbers = labelled(path, BANDS, "elodie", names, {})
    assert np.bincount(numbers).tolist() == [3, 3, 12, 12, 12, 12, 12]  # a white dwarf is none
    assert len(stars) == len(numbers)
    assert set(BANDS) <= set(stars.column_names)


def test_mistakes_are_told_by_the_keys_of_the_configuration(tmp_path):
    table = tmp_path / "mine.csv"
    table.write_text("ra,dec,u,g,r,i,z,type\n10,10,18,18,18,18,18,WD\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"no star has .* label subclass .*real_stars\.path"):
        labelled(table, BANDS, "subclass", {"subClass": "type", "specObjID": None}, {})
    with pytest.raises(UserError, match=r"real_stars\.columns"):
        labelled(table, BANDS, "subclass", {"subClass": "kind", "specObjID": None}, {})
