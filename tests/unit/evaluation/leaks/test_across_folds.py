"""Nothing crosses from scored rows to learning."""

from stellar.crossvalidation.protocol import Protocol
from stellar.evaluation.leaks import across_folds

PROTOCOL = Protocol.comparison(6, "held_out", 2)


def test_selection_on_a_scored_fold_is_found():
    assert across_folds.selection_apart({"held_out": {"folds": [0, 1]}}, PROTOCOL) == []
    found = across_folds.selection_apart({"held_out": {"folds": [1, 2]}}, PROTOCOL)
    assert [f.verdict for f in found] == ["leaks"]
