"""Which folds choose, are scored, and calibrate."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stellar import files
from stellar.crossvalidation.protocol import Protocol, chosen_settings


@st.composite
def protocols(draw) -> Protocol:
    n = draw(st.integers(4, 30))
    selection = draw(st.sampled_from(["held_out", "nested"]))
    return Protocol.comparison(n, selection, draw(st.integers(2, n - 2)))


@given(protocols())
def test_no_fold_is_scored_by_what_it_chose(protocol):
    assert protocol.scored
    for fold in protocol.scored:
        choosing = protocol.selections[protocol.selection_of(fold)]
        beside = protocol.beside(fold)
        assert beside != fold
        assert beside in protocol.scored
        assert set(protocol.away(fold)) == {fold, beside}
        assert not {fold, beside} & set(choosing)
    assert {protocol.selection_of(fold) for fold in protocol.scored} == set(protocol.selections)
    assert len({len(set(folds)) for folds in protocol.selections.values()}) == 1


def test_a_fifth_of_the_folds_choose_unless_told():
    assert Protocol.comparison(20, "held_out", None).scored == tuple(range(4, 20))
    assert Protocol.comparison(20, "held_out", 6).scored == tuple(range(6, 20))
    assert Protocol.comparison(20, "nested", None).scored == tuple(range(20))


@pytest.mark.parametrize("stops_early", [False, True])
def test_the_study_scores_each_fold_and_stops_by_the_next(stops_early):
    protocol = Protocol.study(4, stops_early)
    assert protocol.scored == (0, 1, 2, 3)
    assert [protocol.away(fold) for fold in range(4)] == (
        [(0, 1), (1, 2), (2, 3), (3, 0)] if stops_early else [(0,), (1,), (2,), (3,)]
    )


def test_settings_are_those_of_the_study_or_of_each_selection(tmp_path):
    tuned = tmp_path / "best_hyperparameters.json"
    files.write_json(tuned, {"network": {"units": 8}, "val_accuracy": 0.9})
    assert chosen_settings([tuned]) == {"tuned": {"units": 8}}
    for fold in (0, 1):
        path = tmp_path / f"fold-0{fold}.json"
        files.write_json(path, {"settings": {"units": fold}, "trials": []})
    paths = [tmp_path / "fold-00.json", tmp_path / "fold-01.json"]
    assert chosen_settings(paths) == {"fold-00": {"units": 0}, "fold-01": {"units": 1}}
