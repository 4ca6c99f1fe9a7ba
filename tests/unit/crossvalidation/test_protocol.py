"""Which folds choose, are scored, and calibrate."""

from hypothesis import given
from hypothesis import strategies as st
from stellar.crossvalidation.protocol import Protocol


@st.composite
def protocols(draw) -> Protocol:
    n = draw(st.integers(4, 30))
    selection = draw(st.sampled_from(["held_out", "nested"]))
    return Protocol(n, selection, draw(st.integers(2, n - 2)))


@given(protocols())
def test_no_fold_is_scored_by_what_it_chose(protocol):
    assert protocol.scored
    for fold in protocol.scored:
        choosing = protocol.choosing(protocol.part_of(fold))
        assert fold not in choosing
        assert len(set(choosing)) == protocol.selection_folds
        calibrating = protocol.calibrating(fold)
        assert calibrating != fold
        assert calibrating not in choosing
        assert calibrating in protocol.scored
    assert {protocol.part_of(fold) for fold in protocol.scored} == set(protocol.parts)


def test_a_fifth_of_the_folds_choose_unless_told():
    cv = {"folds": 20, "selection": "held_out", "selection_folds": None}
    assert Protocol.from_json(cv).scored == list(range(4, 20))
    assert Protocol.from_json({**cv, "selection_folds": 6}).scored == list(range(6, 20))
    assert Protocol.from_json({**cv, "selection": "nested"}).scored == list(range(20))
