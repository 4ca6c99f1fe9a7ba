"""Calibration and rejection."""

from made_results import calibration, rejected, study
from stellar.reporting.answer import doubt


def test_probabilities_are_right_below_a_calibration_error():
    found = doubt.calibration(study())
    assert found.number == "calibration error 1.00 points (by chance 0.20–0.50)"
    assert any("would have 0.20 to 0.50 by chance" in line for line in found.more)
    assert found.claim == "The network's probabilities are right about how sure it may be."
    assert "Right means a calibration error under 2 points." in found.more
    off = doubt.calibration(study(calibration=[calibration(error=0.03)]))
    assert "are not right" in off.claim
    assert "was not calibrated" in doubt.calibration(study(calibration=[])).claim


def test_number_figures_and_gate_are_of_one_model():
    """The configuration's calibration has a label and features of its own."""
    others = [calibration("elodie", "photometry", 0.5), calibration()]
    found = doubt.calibration(study(calibration=others))
    assert found.number.startswith("calibration error 1.00 points")
    assert found.of == "simulated stars, label subclass, features sspp"
    assert found.method.endswith("(label subclass, features sspp).")
    assert not any("label elodie" in line for line in found.more)
    alone = doubt.calibration(study(calibration=others[:1]))
    assert alone.claim == "The network was not calibrated on the features sspp."


def test_conformal_sets():
    said = doubt.calibration(study()).more
    assert "Of each class they hold at least 88.0 % (F)." in said
    assert "On average they have 1.20 classes." in said


def test_what_rejects_is_the_gate_and_not_the_network():
    said = doubt.calibration(study()).more
    kinds = "{0} % of the white dwarfs, {0} % of the cataclysmic variables and {0} % of the carbon"
    gate = said.index(f"The gate rejects {kinds.format('50.0')} stars.")
    assert "a separate classifier, the gate: LightGBM trained on such" in said[gate - 1]
    assert said[gate + 1] == "It also rejects 50.0 % of the stars O to M."
    assert said[gate + 2] == f"The network's own doubt rejects {kinds.format('6.0')} stars."
    assert said[gate + 3] == "It also rejects 6.0 % of the stars O to M."


def test_most_is_not_said_to_be_all():
    some = {"rows": 2259, "by_gate": 0.9964, "unsure": 0.3}
    said = doubt.calibration(study(rejected=rejected() | {"white dwarf": some})).more
    assert any("rejects 99.6 % of the white dwarfs" in line for line in said)


def test_two_calibration_errors_are_told_apart():
    found = doubt.calibration(study())
    assert "1.00 points are the error of all 57,050 scored stars together." in found.more
    assert any(line.startswith("The mean error of single folds") for line in found.more)


def test_nothing_to_reject_is_said():
    said = doubt.calibration(study(rejected=rejected(0))).more
    assert said[-1].startswith("The survey holds no white dwarf, ")
