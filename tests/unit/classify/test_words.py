from stellar.classify.words import CONFIGURATION, OPTIONS, PYTHON, said

NAME = "name yours under survey.table.columns, for example `u: my_u`"


def test_the_importers_advice_in_other_words():
    assert said(NAME, OPTIONS) == "name yours by --column u=my_u"
    assert said(NAME, PYTHON) == 'name yours by columns, for example {"u": "my_u"}'
    assert said(NAME, CONFIGURATION) == ("name yours under classify.columns, for example `u: my_u`")
    assert said("survey.table.units: 'x' is no unit", OPTIONS) == "--unit: 'x' is no unit"


def test_a_column_that_is_left_out():
    assert said("say `redshift: null`", PYTHON) == 'say {"redshift": None}'
