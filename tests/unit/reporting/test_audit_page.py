"""The audit's page: verdicts, numbers, what was not tested; and text from data stays text."""

import re

import jinja2
import pytest
from project import ROOT
from stellar.reporting import audit_page

TEMPLATE = (ROOT / "scripts/stellar/reporting/audit.html.j2").read_text(encoding="utf-8")
CONFIG = {"label": "subclass", "seed": 18}
NASTY = "<script>alert('a&b')</script>"


def entry(**changes):
    return {
        "label": "subclass",
        "features": "photometry",
        "columns": ["u", "g"],
        "survey": "stars.csv",
        "shares": "independent",
        "origins": {"image": ["u", "g"]},
        "disagrees": None,
        "verdict": "clean",
        "reason": "no leak found by: thresholds in single columns",
        "findings": [],
        "tested": ["thresholds in single columns"],
        "not_tested": ["look-up of values: none repeat"],
        "rows": 6000,
        "decisive": 700,
        "values": [],
        "repeats": {"pairs": 90, "agree": 0.81, "ceiling": 0.9, "error": 0.02},
        "network": None,
        "lookup": 0.3,
        "random": 0.765,
        "plate": 0.76,
        "template": None,
        "chance": 0.274,
        "losses": {"plate": {"loss": -0.003, "ci95": 0.008, "least": 0.012}},
        **changes,
    }


def found(verdict, reason, **changes):
    return {"verdict": verdict, "reason": reason, "worth": None, "rows": None, **changes}


def page(*entries, config=CONFIG):
    return audit_page.render(TEMPLATE, config, entries)


def shown(html):
    """What a reader sees: no tags, single blanks."""
    body = html[html.index("<main>") :]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body))


def test_a_clean_set_is_one_without_a_detected_leak_and_says_what_was_not_tested():
    text = shown(page(entry()))
    assert "photometry no leak detected Trees score 76.5 %, chance 27.4 %." in text
    assert "No finding. That is no proof" in text
    assert "not tested look-up of values: none repeat" in text
    assert "6,000. Some 700 rows of this mix show a column" in text
    assert "these 6,000 are enough" in text
    assert "lost on new plates −0.3 ± 0.8 points (95 %); from 1.20 on it is a finding" in text
    assert "in 81.0 % of 90 pairs, so that what is not from the labelled spectrum" in text
    assert "no column repeats its values" in text
    assert "Simulated" not in text


def test_findings_stand_with_their_worth_and_the_rows_they_touch():
    leak = found("leaks", "score knows the class", worth=0.1234, rows=5987)
    weak = found("suspect", "plates are known")
    text = shown(page(entry(verdict="leaks", reason=leak["reason"], findings=[leak, weak])))
    assert "leaks : score knows the class. Adds 12.3 points. 5,987 of 6,000 rows." in text
    assert "suspect : plates are known. Where label and columns come from" in text


def test_an_undecided_set_says_how_many_rows_would_decide():
    reason = "300 rows are too few; some 700 would do"
    changes = {"verdict": "undecided", "reason": reason, "rows": 300}
    text = shown(page(entry(**changes, findings=[found("undecided", reason)])))
    assert "undecided 300 rows are too few; some 700 would do." in text
    assert "Some 700 rows of this mix show" in text
    assert "these 300 are too few" in text
    assert "What was found" not in text


@pytest.mark.parametrize(
    ("decisive", "said"),
    [
        (0, "could not be held against others"),
        (10**9, "No number of rows of this mix"),
        (40, "Some 100 rows"),
    ],
)
def test_how_many_rows_decide(decisive, said):
    assert said in audit_page.decides(entry(decisive=decisive))


def test_the_worst_verdict_and_the_configured_label_come_first():
    html = page(
        entry(label="elodie", features="first"),
        entry(features="fine"),
        entry(features="bad", verdict="leaks", reason="it does", findings=[found("leaks", "so")]),
    )
    order = [html.index(f">{name}</a>") for name in ("bad", "fine", "first")]
    assert order == sorted(order)


def test_text_from_data_stays_text():
    html = page(
        entry(
            features=NASTY,
            survey=NASTY,
            columns=[NASTY],
            origins={"unknown": [NASTY]},
            reason=NASTY,
            verdict="suspect",
            findings=[found("suspect", NASTY)],
            tested=[NASTY],
            not_tested=[NASTY],
            disagrees=NASTY,
        )
    )
    assert "<script" not in html
    assert html.count("&lt;script&gt;alert(&#39;a&amp;b&#39;)") == 10


def test_the_page_needs_nothing_else_and_follows_the_reader_s_colours():
    html = page(entry())
    assert not re.findall(r"<(?:script|link|img|iframe)|url\(|@import|https?://", html)
    assert "prefers-color-scheme: dark" in html
    anchors = set(re.findall(r'href="#([^"]+)"', html))
    assert anchors <= set(re.findall(r'id="([^"]+)"', html))


def test_a_simulated_survey_says_so():
    assert "Every number on this page comes from simulated stars" in page(entry(survey="simulated"))


def test_provenance_that_the_data_contradict_is_said():
    text = shown(page(entry(disagrees="By provenance so, but not by the data.")))
    assert "Provenance and data disagree. By provenance so, but not by the data." in text


def test_without_a_label_of_two_classes_it_is_said_that_nothing_was_audited():
    assert "nothing was audited" in page()


def test_an_entry_that_lacks_something_is_an_error():
    lacking = {key: value for key, value in entry().items() if key != "shares"}
    with pytest.raises(jinja2.UndefinedError):
        page(lacking)
