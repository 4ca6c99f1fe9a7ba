import re
from urllib.parse import urlencode

import numpy as np
import pyarrow as pa
import pytest
from stellar.errors import UserError
from stellar.survey import lookup
from stellar.survey.sdss import WrongTableError
from stellar.survey.skyserver import LONGEST_QUERY

BIG = 1237648720693755918


def length(question: lookup.Question) -> int:
    query = " ".join(question.sql.split())
    return len(urlencode({"cmd": query, "format": "csv", "searchtool": "SQL"}))


def test_a_cone_is_one_select():
    asked = lookup.cone(150.1, -2.2, 10)
    assert "dbo.fGetNearbyObjEq(150.1, -2.2, 10) AS n" in asked.sql
    assert asked.sql.count("SELECT") == 1
    assert length(asked) <= LONGEST_QUERY
    assert list(asked.types)[-1] == "checksum"


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ((361, 0, 1), "ra 361, dec 0 is none of the sky"),
        ((0, -91, 1), "none of the sky"),
        ((float("nan"), 0, 1), "none of the sky"),
        ((1, 1, 0), "radius 0 arcmin"),
        ((1, 1, 61), "radius 61 arcmin"),
    ],
)
def test_a_cone_that_is_none(place, said):
    with pytest.raises(UserError, match=said):
        lookup.cone(*place)


@pytest.mark.parametrize("name", ["specObjID", "bestObjID"])
def test_ids_are_asked_for_once_in_questions_that_are_short_enough(name):
    ids = np.concatenate([BIG + np.arange(200), [BIG]])
    questions = list(lookup.by_ids(name, ids))
    assert max(map(length, questions)) <= LONGEST_QUERY
    found = [int(i) for q in questions for i in re.findall(r"\d{19}", q.sql)]
    assert sorted(found) == sorted(set(ids.tolist()))
    assert np.concatenate([q.asked for q in questions]).tolist() == sorted(set(ids.tolist()))
    assert 3 < len(questions) < 20


def test_places_are_numbered():
    places = np.column_stack([np.linspace(0, 350, 90), np.linspace(-80, 80, 90)])
    questions = list(lookup.by_places(places, 2.0))
    assert max(map(length, questions)) <= LONGEST_QUERY
    assert np.concatenate([q.asked for q in questions]).tolist() == list(range(1, 91))
    assert "(90, 350.0, 80.0)" in questions[-1].sql
    with pytest.raises(UserError, match="place 2: ra -5"):
        list(lookup.by_places(np.array([[0.0, 0.0], [-5.0, 0.0]]), 2.0))
    with pytest.raises(UserError, match="radius 99 arcsec"):
        list(lookup.by_places(places, 99))


def test_the_rows_of_a_users_select_are_counted():
    text = "SELECT p.u, LEFT(s.x, 2) AS [from] -- note\nFROM PhotoObj AS p WHERE s = 'a from b';\n"
    assert lookup.by_sql(text).sql == (
        "SELECT p.u, LEFT(s.x, 2) AS [from] , COUNT(*) OVER () AS rows_in_all "
        "FROM PhotoObj AS p WHERE s = 'a from b'"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "DROP TABLE x",
        "SELECT 1",
        "SELECT TOP 5 u FROM p",
        "SELECT DISTINCT u FROM p",
        "SELECT u FROM p GROUP BY u",
        "SELECT u FROM p UNION SELECT u FROM q",
        "SELECT u INTO mydb FROM p",
        "SELECT u FROM p; DROP TABLE p",
    ],
)
def test_what_cannot_be_counted_is_refused(text):
    with pytest.raises(UserError, match="one plain SELECT"):
        lookup.by_sql(text)


def answer(question: lookup.Question, **changes) -> pa.Table:
    """Two right rows of an answer."""
    ids = [BIG, BIG + 1]
    values = {name: [1.5, 2.5] if pa.types.is_floating(k) else [1, 2] for name, k in
              question.types.items()}  # fmt: skip
    values |= {"bestObjID": ids, "checksum": [10_007 + i % 10_007 for i in ids]}
    values |= {"rows_in_all": [2, 2], "class": ["STAR"] * 2, "subClass": ["F5"] * 2}
    columns = {**values, **changes}
    return pa.table({n: pa.array(columns[n], k) for n, k in question.types.items()})


ASKED = next(lookup.by_ids("bestObjID", np.array([BIG, BIG + 1])))


def test_a_right_answer_passes():
    lookup.check(answer(ASKED), ASKED)
    without_spectra = {name: [None, 1] for name in ("specObjID", "redshift", "zWarning")}
    without_spectra |= {name: [None, "STAR"] for name in ("class", "subClass")}
    lookup.check(answer(ASKED, **without_spectra), ASKED)


def test_numbers_that_sdss_has_are_null_in_no_row_or_together():
    asked = {
        "bestObjID": ASKED,
        "specObjID": next(lookup.by_ids("specObjID", np.array([1, 2], np.uint64))),
        "place": next(lookup.by_places(np.array([[10.0, 10.0]] * 2), 2.0)),
        "cone": lookup.cone(10, 10, 1),
    }
    for key, question in asked.items():
        checked = [1 + 10_007, 2 + 10_007] if key == "specObjID" else None
        right = answer(question, **({"checksum": checked} if checked else {}))
        lookup.check(right, question)
        for number, name in enumerate(question.types):
            if name == "subClass":  # a text that may be empty
                continue
            kind = question.types[name]
            column = pa.array([None, right[name][1].as_py()], kind)
            with pytest.raises(WrongTableError):
                lookup.check(right.set_column(number, name, column), question)
    bands = {band: [None, 1.0] for band in "ugriz"}
    right = answer(asked["specObjID"], checksum=[1 + 10_007, 2 + 10_007], **bands)
    lookup.check(right, asked["specObjID"])  # of no photometric object


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rows_in_all": [3, 3]}, "2 of 3 rows"),
        ({"bestObjID": [BIG, BIG + 2]}, "lost digits"),
        ({"bestObjID": [None, BIG]}, "bestObjID is null"),
        ({"u": [None, 1.0]}, "u is null"),
        ({"redshift": [None, 1.0]}, "not null in the same rows"),
        ({"sppFeH": [None, 1.0]}, "not null in the same rows"),
    ],
)
def test_a_wrong_answer_does_not(changes, said):
    with pytest.raises(WrongTableError, match=said):
        lookup.check(answer(ASKED, **changes), ASKED)


def test_what_was_not_asked_for():
    other = next(lookup.by_ids("bestObjID", np.array([BIG])))
    with pytest.raises(WrongTableError, match="not asked for"):
        lookup.check(answer(ASKED), other)
