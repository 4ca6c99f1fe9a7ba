"""What stands behind the scores of a tier, told all together."""

from dataclasses import replace

from made_runs import PROTOCOL, calibrated, document, rejected, run_sample
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
