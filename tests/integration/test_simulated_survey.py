"""The comparison of simulated stars with real ones sees what is wrong."""

import numpy as np
import pandas as pd
import pytest
import simulated_survey
from project import ROOT
from stellar.errors import UserError
from stellar.survey.simulated.shard import simulate_shard


@pytest.fixture(scope="module")
def survey() -> pd.DataFrame:
    return simulate_shard(seed=18, shard=0, n_stars=100_000)


def test_the_comparison_sees_a_wrong_survey(survey):
    """Each check fails on a survey that is off in the quantity it looks at."""
    wrong = survey.assign(u=survey["u"] + 0.2, err_g=survey["err_g"] * 1.5)
    known = survey[:3000]
    assert simulated_survey.class_table(known, survey)[1] == []
    found = simulated_survey.class_table(known, wrong)[1]
    assert [text.split(":")[0] for text in found] == [f"u-g of {x}" for x in "AFGKM"]
    locus = simulated_survey.locus_offsets(wrong, simulated_survey.published_locus())
    found = simulated_survey.locus_table(locus)[1]
    assert len(found) == 12
    assert all("u-g" in text for text in found)
    found = simulated_survey.error_table(simulated_survey.median_errors(wrong))[1]
    assert len(found) == 7
    assert all("error of g" in text for text in found)
    empty = simulated_survey.locus_offsets(survey[:50], simulated_survey.published_locus())
    assert simulated_survey.locus_table(empty)[1]  # a bin without stars is no agreement


@pytest.mark.slow
def test_the_comparison_is_a_program(tmp_path, capsys, survey):
    """On files in the form of the real ones, here made of simulated stars."""
    real, segue, locus = (tmp_path / name for name in ("real.csv", "segue.csv", "locus.tbl"))
    survey[:3000][[*"ugriz", "subClass"]].to_csv(real, index=False)
    stars = simulated_survey.with_metallicity(survey)[["u-g", "g-r", "r-i", "i-z", "feh"]]
    stars.set_axis(["ug", "gr", "ri", "iz", "feh"], axis=1).to_csv(segue, index=False)
    gi = np.arange(0.1, 4.2, 0.02)
    table = simulated_survey.published_locus()
    columns = [np.interp(gi, table["gi"], table[c]) for c in simulated_survey.COLOURS]
    rows = np.stack([gi, *(x for c in columns for x in (c, c))], axis=1)
    lines = [f"{r[0]:.2f} 100 " + " ".join(f"{x:.2f}" for x in [*r[1:], *[0.1] * 6]) for r in rows]
    locus.write_text("A heading\n" + "\n".join(lines), encoding="utf-8")
    arguments = [f"--real-stars={real}", f"--segue={segue}", f"--locus={locus}"]
    arguments += ["--stars=100000", f"--figures={tmp_path / 'figures'}"]
    assert simulated_survey.main(arguments) == []
    printed = capsys.readouterr().out
    assert printed.count("###") == 6
    assert "nan" not in printed
    drawn = sorted(path.name for path in (tmp_path / "figures").iterdir())
    assert len(drawn) == 5
    for name in drawn:
        assert f"figures/{name}" in (ROOT / "docs/simulation.md").read_text(encoding="utf-8")
        assert (ROOT / "docs/figures" / name).exists()
    real.write_text("u,g\n1,2\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"real\.csv has no column r, i, z, subClass"):
        simulated_survey.main(arguments)
    locus.write_text("no table", encoding="utf-8")
    with pytest.raises(UserError, match=r"is not table 1 of Covey"):
        simulated_survey.read_locus(locus)
