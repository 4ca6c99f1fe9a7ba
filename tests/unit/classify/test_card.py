from stellar import files
from stellar.classify import folder
from stellar.classify.card import card, card_text, unpromised


def test_a_card_has_use_data_scores_and_limits(models):
    data = files.read_json(models / "photometry" / folder.CARD)
    assert data["training_data"]["simulated"] is True
    assert "simulated" in data["limits"][0]
    assert data["held_out"]["recall"]["F"] > 0.8
    assert data["held_out"]["negatives"]["white dwarf"]["flagged"] > 0.8
    text = card_text(data)
    assert "| F |" in text
    assert all(share > 0.7 for share in data["held_out"]["coverage_by_class"].values())
    assert "simulated" in text
    assert (models / "photometry" / folder.CARD_TEXT).read_text(encoding="utf-8") == text


def test_a_card_names_classes_of_which_sets_promise_nothing(models):
    document = files.read_json(models / "photometry" / folder.MODEL)
    assert document["unpromised"] == []
    assert unpromised(document) == []
    document["calibration_rows_by_class"]["O"] = 4
    document["unpromised"] = ["O"]
    made = card(document, {"rows": 0})
    assert made["limits"][-1].startswith("Sets promise nothing of O (4): so few stars calibrate")
    assert made["limits"][-1] in card_text(made)


def test_a_card_of_no_held_out_star_has_no_scores(models):
    data = files.read_json(models / "photometry" / folder.CARD)
    assert "Accuracy" not in card_text({**data, "held_out": {"rows": 0}})
