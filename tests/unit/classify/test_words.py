from stellar.classify.words import CONFIGURATION, OPTIONS, PYTHON, QUERY, said

NAME = "name yours under survey.table.columns, for example `u: my_u`"


def test_the_importers_advice_in_other_words():
    assert said(NAME, OPTIONS) == "name yours by --column u=my_u"
    assert said(NAME, PYTHON) == 'name yours by columns, for example {"u": "my_u"}'
    assert said(NAME, CONFIGURATION) == ("name yours under classify.columns, for example `u: my_u`")
    unit = "or say its right unit, for example `u: mag` or `u: mmag` under survey.table.units"
    assert said(unit, OPTIONS) == "or say its right unit, for example `u=mag` or `u=mmag` by --unit"
    assert said("survey.table.units: 'x' is no unit", OPTIONS) == "--unit: 'x' is no unit"


def test_a_column_that_is_left_out():
    assert said("say `redshift: null`", PYTHON) == 'say {"redshift": None}'


def test_what_skyserver_refuses():
    assert said("refuses the query: 'x'; check survey.sdss", QUERY).endswith(
        "; correct or shorten the query"
    )
    assert said("correct survey.sdss.url or survey.sdss.release", QUERY) == (
        "correct --url or --release"
    )
    slow = "later; raise survey.shards if that lasts (or drop photometric cuts if it is the count)"
    assert said(slow, QUERY) == "later; ask for less at a time if that lasts"
