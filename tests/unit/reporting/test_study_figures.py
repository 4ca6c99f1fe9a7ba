"""What stands on the figures of the study's cross-validation."""

import pytest
from stellar import CLASSES
from stellar.reporting import study_figures


@pytest.fixture
def said(tmp_path):
    def drawn(draw, *given) -> str:
        draw(tmp_path / "figure.svg", "test", *given)
        return (tmp_path / "figure.svg").read_text(encoding="utf-8")

    return drawn


def test_a_confusion_matrix_has_counts_where_there_are_some(said):
    counts = [[0] * 7 for _ in CLASSES]
    counts[0][0], counts[0][1] = 3000, 1000
    svg = said(study_figures.confusion, counts)
    for text in ("75.0 %", "3,000", "25.0 %", "1,000"):
        assert text in svg
    assert svg.count(" % -->") + svg.count(" %\n") == 2


def test_recalls_name_the_rows_and_bear_a_class_without_a_star(said):
    one = {"rows": 1234, "recall": 0.5, "low": 0.4, "high": 0.6}
    none = {"rows": 0, "recall": None, "low": None, "high": None}
    svg = said(study_figures.recalls, {c: none if c == "O" else one for c in CLASSES})
    assert "1,234" in svg


def test_variants_stand_in_the_order_of_their_accuracy(said):
    rows = [
        {"name": name, "accuracy_mean": mean, "accuracy_ci95": 0.01, "f1_macro_mean": mean}
        for name, mean in (("best_one", 0.9), ("worst", 0.5), ("", 0.7), ("middle", 0.7))
    ]
    svg = said(study_figures.comparison, rows, 0.8, "the network")
    places = [svg.index(f"<!-- {name} -->") for name in ("worst", "middle", "best one")]
    assert places == sorted(places)


@pytest.mark.parametrize("known", ["val_log_loss", "loss"])
def test_training_draws_a_line_a_fit(said, known):
    history = [
        {"member": member, "epoch": epoch, "loss": 1 / epoch, "val_accuracy": 0.5}
        | {"val_log_loss": 1.2 / epoch}
        for member in (0, 1)
        for epoch in (1, 2, 3)
    ]
    folds = history
    if known == "loss":
        folds = [{k: v for k, v in row.items() if not k.startswith("val")} for row in history]
    svg = said(study_figures.training, history, [folds, folds])
    assert f"<!-- {known.replace('_', ' ')}, one line per fit -->" in svg
