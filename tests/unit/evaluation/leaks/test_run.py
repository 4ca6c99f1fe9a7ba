"""What stands behind the scores of a tier, told all together."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from made_runs import PROTOCOL, calibrated, document, rejected, run_sample
from stellar import files
from stellar.evaluation.leaks.run import Run


def test_a_run_tells_all_of_it_for_the_tier_that_it_is_of():
    sample = run_sample()
    scored, beside, used = calibrated(sample)
    negative, _, by_gate = rejected(sample)
    name = {"label": "elodie", "tier": "two"}
    run = Run(
        PROTOCOL,
        {"held_out": document(sample)},
        [{"label": "elodie", "tier": "one", "folds": []}, {**name, "folds": used}],
        {**name, "used": by_gate},
        negative,
        lambda *_: sample,
    )
    assert run.findings(sample, scored, beside) == []
    for part in (
        {"chosen": {"held_out": document(sample, folds=(2, 3))}},
        {"calibrated": []},
        {"rejected": name},
    ):
        assert replace(run, **part).findings(sample, scored, beside)
    other = {"rejected": {**name, "tier": "one"}}  # nothing was rejected of this tier
    assert replace(run, **other).findings(sample, scored, beside) == []


CHOICE = {"label": "elodie", "folds": [0, 1], "settings": {}}


@pytest.fixture
def run(tmp_path) -> Run:
    """A run read from what its rules wrote; nothing was calibrated."""
    sample = run_sample()
    columns = {
        "specObjID": sample.ids,
        "fold": sample.folds,
        "label_elodie": sample.labels,
        "negative": pa.array([None] * (len(sample.ids) - 1) + ["CV"]),
        **dict(zip("ug", sample.values.T, strict=True)),
    }
    files.write_table(tmp_path / "sample", pa.table(columns))
    chosen = [tmp_path / f"{learner}/held_out.json" for learner in ("network", "boosted_trees")]
    for path in chosen:
        files.write_json(path, {**CHOICE, "learner": path.parent.name})
    files.write_json(tmp_path / "used.json", [])
    files.write_json(tmp_path / "rejected.json", {"label": "elodie", "tier": "two"})
    used, by_gate = tmp_path / "used.json", tmp_path / "rejected.json"
    return Run.read(PROTOCOL, tmp_path / "sample", chosen, used, by_gate)


def test_a_run_is_read_from_what_its_rules_wrote(run):
    assert run.chosen == {"held_out": {**CHOICE, "learner": "network"}}
    assert run.trees == {"held_out": {**CHOICE, "learner": "boosted_trees"}}
    assert (run.calibrated, run.rejected["tier"]) == ([], "two")
    assert np.flatnonzero(run.negative).tolist() == [len(run_sample().ids) - 1]
    assert run.sample_of("elodie", ["u"]).ids.tolist() == run_sample().ids.tolist()


ENTRY = {
    "label": "elodie",
    "features": "two",
    "columns": ["u", "g"],
    "findings": [],
    "reason": "nothing was found",
}


def of_the_tier(run: Run):
    """A run that wrote the predictions of the tier `two`, and these."""
    sample = run_sample()
    scored, beside, used = calibrated(sample)
    calibrating = [{"label": "elodie", "tier": "two", "folds": used}]
    whole = replace(
        run,
        trees={},
        chosen={"held_out": document(sample)},
        calibrated=calibrating,
        rejected={"label": "elodie", "tier": "one"},
        sample_of=lambda *_: sample,
    )
    return whole, (scored, beside)


def test_an_entry_has_what_is_known_of_its_network(run):
    none = replace(run, trees={})
    assert none.audited(ENTRY, None, [], with_trees=True) == {**ENTRY, "network": None}
    whole, pair = of_the_tier(run)
    assert whole.audited(ENTRY, pair, [], with_trees=True) == {
        **ENTRY,
        "network": pair[0].accuracy,
    }
    found = replace(whole, calibrated=[]).audited(ENTRY, pair, [], with_trees=True)
    assert found["network"] == pair[0].accuracy
    assert found["verdict"] != "clean"


def test_trees_that_were_chosen_by_scored_rows_are_named(run):
    whole, pair = of_the_tier(run)
    choice = document(run_sample(), folds=(2, 3))
    whole = replace(whole, trees={"held_out": choice})
    assert whole.audited(ENTRY, pair, [], with_trees=False)["reason"] == ENTRY["reason"]
    found = whole.audited(ENTRY, pair, [], with_trees=True)
    assert found["reason"].startswith("rival boosted_trees: ")
