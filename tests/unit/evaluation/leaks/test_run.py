"""What stands behind the scores of a tier, told all together."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from made_runs import PROTOCOL, calibrated, document, rejected, run_sample
from stellar import files
from stellar.crossvalidation.predictions import Predictions
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
    files.write_json(tmp_path / "held_out.json", CHOICE)
    files.write_json(tmp_path / "used.json", [])
    files.write_json(tmp_path / "rejected.json", {"label": "elodie", "tier": "two"})
    chosen = [tmp_path / "held_out.json"]
    used, by_gate = tmp_path / "used.json", tmp_path / "rejected.json"
    return Run.read(PROTOCOL, tmp_path / "sample", chosen, used, by_gate)


def test_a_run_is_read_from_what_its_rules_wrote(run):
    assert run.chosen == {"held_out": CHOICE}
    assert (run.calibrated, run.rejected["tier"]) == ([], "two")
    assert np.flatnonzero(run.negative).tolist() == [len(run_sample().ids) - 1]
    assert run.sample_of("elodie", ["u"]).ids.tolist() == run_sample().ids.tolist()


def test_what_is_known_of_a_tier_is_found_by_its_name(run):
    sample = run_sample()
    scored, beside, _ = calibrated(sample)
    scored = replace(scored, about={**scored.about, "scheme": "elodie", "tier": "two"})
    none = Predictions.none("elodie/one", "no star has sppTeff")
    ran = run.of_tiers([(none, none), (scored, beside)])
    assert ran("one", sample) == ran("position", sample) == ([], None)
    findings, accuracy = ran("two", sample)
    assert findings == run.findings(sample, scored, beside)
    assert accuracy == scored.accuracy
