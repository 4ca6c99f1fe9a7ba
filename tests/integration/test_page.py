"""The report in a real browser, as those read it who were sent the file."""

import csv
import json
import re

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import CHROMIUM, OPEN_ALL, chromium, opened
from stellar import BANDS, CLASSES
from stellar.classify.model import load
from stellar.reporting.names import called
from stellar.reporting.page.page import percent

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (Debian: chromium)"),
    pytest.mark.xdist_group("browser"),
]
LOOKS = [(390, "light"), (768, "light"), (1600, "dark")]
LOOKS += [pytest.param(*look, marks=pytest.mark.slow) for look in ((390, "dark"), (1600, "light"))]
FIGURES = "[...document.querySelectorAll('figure[data-figure]')]"


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def report(results):
    return results / "report/report.html"


@pytest.fixture(scope="module")
def wide(browser, report):
    """The page on a wide screen; what a test changes it puts back."""
    with opened(browser, report, 1600) as found:
        found.page.wait_for_selector("#try[data-ready]")
        yield found.page


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_the_page_is_whole_on_any_screen(browser, report, width, scheme):
    with opened(browser, report, width, scheme) as found:
        page = found.page
        assert found.complaints == []
        assert [
            url for url in found.requests if not url.startswith(("file:", "data:", "blob:"))
        ] == []
        page.evaluate(OPEN_ALL)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        drawn = page.evaluate(
            f"{FIGURES}.map((f) => {{ const p = f.querySelector('.plot :is(svg, canvas)');"
            " const r = p && p.getBoundingClientRect(); return [f.dataset.figure, r ? r.width : 0,"
            " r ? r.height : 0, f.querySelector('figcaption').textContent.trim().length]; })"
        )
        assert len(drawn) > 15
        assert [row for row in drawn if min(row[1:]) < 30] == []
        tables = page.locator("section[id^=table]").evaluate_all(
            "(all) => all.map((one) => [one.id, one.querySelectorAll('tbody tr').length])"
        )
        assert len(tables) > 15
        assert [row for row in tables if not row[1]] == []
        serious = [
            (fault["id"], fault["nodes"][0]["html"][:200])
            for fault in Axe().run(page).response["violations"]
            if fault["impact"] in ("serious", "critical")
        ]
        assert serious == []


@pytest.mark.parametrize("width", [390, 768, 1600])
def test_wide_tables_use_the_screen_and_keep_captions_and_names(browser, report, width):
    with opened(browser, report, width) as found:
        page = found.page
        page.evaluate(OPEN_ALL)
        cut = page.locator(".wide").evaluate_all(
            "(all) => all.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => {"
            " one.scrollLeft = 100; const left = one.getBoundingClientRect().left;"
            " const name = one.querySelector('tbody tr:not(.reason) > :first-child');"
            " const box = one.querySelector('caption div').getBoundingClientRect();"
            " const ends = [name, ...one.querySelectorAll('caption div, .reason div')];"
            " return [box.left - left, name.getBoundingClientRect().left - left,"
            " Math.max(...ends.map((end) => end.getBoundingClientRect().right))]; })"
        )
        assert (len(cut) > 5) == (width < 1000)
        for caption, name, right in cut:
            assert abs(caption) < 2 and abs(name) < 2 and right <= width


@pytest.mark.parametrize("width", [390, 768, 1600])
def test_numbers_of_the_audit_are_seen_without_scrolling(browser, report, width):
    with opened(browser, report, width) as found:
        found.page.evaluate(OPEN_ALL)
        table = found.page.locator("#table-audit .wide")
        assert table.evaluate("(one) => one.scrollWidth - one.clientWidth") <= 1
        cells = table.locator("[data-of]").evaluate_all(
            "(all) => all.map((one) => { const range = document.createRange();"
            " range.selectNodeContents(one); return [one.dataset.of, one.textContent.trim(),"
            " range.getBoundingClientRect().right]; })"
        )
        assert len(cells) > 100
        assert [cell for cell in cells if not cell[1] or cell[2] > width] == []
        network = table.locator("tr", has_text="study").first.locator("[data-of=network]")
        assert re.fullmatch(r"\d+\.\d", network.inner_text().rpartition(" ")[2])


@pytest.mark.parametrize("width", [390, 768, 1600])
def test_figures_are_as_wide_as_the_text(browser, report, width):
    with opened(browser, report, width) as found:
        found.page.evaluate(OPEN_ALL)
        rooms = found.page.evaluate(
            f"{FIGURES}.map((f) => [f.dataset.figure,"
            " f.querySelector('.plot .marks').getBoundingClientRect().width"
            " / Math.min(840, f.clientWidth),"
            " f.querySelector('.plot > details').getBoundingClientRect().right <="
            " f.querySelector('.plot').getBoundingClientRect().right + 1])"
        )
        assert [row for row in rooms if row[1] < 0.88 or not row[2]] == []


def test_every_table_says_what_it_is_and_of_what_its_rows_are(wide):
    tables = wide.locator("main table").evaluate_all(
        "(all) => all.map((one) => [one.caption ? one.caption.textContent.trim() : '',"
        " [...one.tBodies[0].rows].filter((row) => !row.matches('.reason') &&"
        " !row.querySelector('th[scope=row]')).length])"
    )
    assert len(tables) > 20
    assert [row for row in tables if len(row[0]) < 15 or row[1]] == []
    assert len({caption for caption, _ in tables}) == len(tables)


def test_evidence_is_a_link_away(wide, report):
    links = wide.locator("a[href^='../']").evaluate_all(
        "(all) => all.map((a) => a.getAttribute('href'))"
    )
    missing = [link for link in set(links) if not (report.parent / link).is_file()]
    assert missing == []
    assert len(set(links)) > 40
    bare = "section[id^=table], figure[data-figure], .findings > li"
    without = wide.locator(bare).evaluate_all(
        "(all) => all.filter((one) => !one.querySelector('a[href^=\"../\"]')).map((one) => one.id)"
    )
    assert without == ["table-origins"] * wide.locator("#table-origins").count()
    link = wide.locator("#figure-answer a[href^='../']")
    assert link.inner_text() == f"results/{link.get_attribute('href')[3:]}"


def texts_of(page, name):
    """What is written in a figure, whether as SVG or on a canvas."""
    return page.evaluate(
        "(name) => { const found = []; const look = (item) => { if (!item) return;"
        " if (item.text !== undefined && item.opacity !== 0) found.push([item.text].flat());"
        " (item.items || []).forEach(look); };"
        " look(pages.views.get(name).scenegraph().root); return found.flat().map(String); }",
        name,
    )


def test_the_graph_of_rules_has_their_times(wide, results):
    with (results / "summary/cost.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[:-1]
    texts = texts_of(wide, "dag")
    assert len(rows) > 25
    for row in rows:
        name = row["rule"].rpartition("_") if len(row["rule"]) > 14 else ("", "", row["rule"])
        assert {name[2], name[0] + name[1]} - {""} <= {*texts}, row["rule"]
        wall, cpu = (
            f"{of:.1f} s" if of < 10 else f"{int(of + 0.5)} s"
            for of in (round(float(row[key]), 1) for key in ("wall_s", "cpu_s"))
        )
        assert f"{wall} · {cpu}" in texts, row["rule"]
    lines = wide.evaluate("document.querySelectorAll('#figure-dag .mark-line path').length")
    assert len(rows) - 1 <= lines <= 2 * len(rows)


def test_real_stars_stand_beside_the_simulated(wide, results):
    with (results / "figures/real.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["of"] for row in rows} == {"simulated stars", "real stars"}
    assert {row["class"] for row in rows if row["of"] == "real stars"} == {*CLASSES}
    shown = wide.evaluate(
        "() => { const found = []; const look = (item) => { if (!item) return; if (item.datum &&"
        " item.datum.of && item.mark.marktype === 'symbol') found.push([item.datum.of,"
        " item.datum.value, item.datum.class, item.datum.median]);"
        " (item.items || []).forEach(look); };"
        " look(pages.views.get('real').scenegraph().root); return found; }"
    )
    known = [[row["of"], row["value"], row["class"], float(row["median"])] for row in rows]
    assert sorted(shown) == sorted(known)


def test_the_confusion_matrix_says_whose_it_is(wide):
    choice = wide.locator("#figure-confusion .vega-bindings select")
    choice.evaluate("(e) => { e.closest('details').open = true; }")
    models = choice.locator("option").all_inner_texts()
    assert len(models) > 5
    for model in (models[1], models[0]):
        choice.select_option(model)
        assert model in texts_of(wide, "confusion")
    wide.locator("#figure-confusion .vega-bindings input[value=counts]").check()
    assert "Confusion matrix, rows" in texts_of(wide, "confusion")
    wide.locator("#figure-confusion .vega-bindings input[value=recall]").check()


def test_a_class_is_switched_off_everywhere_at_once(wide):
    def shown():
        return wide.evaluate(
            "Object.fromEntries([...pages.views].filter(([, view]) => 'shown' in"
            " view.getState({signals: (name) => name === 'shown', data: () => false}).signals)"
            ".map(([name, view]) => [name, view.signal('shown').join('')]))"
        )

    before = shown()
    assert len(before) > 5
    assert set(before.values()) == {"OBAFGKM"}
    button = wide.locator("#classes button[value=M]")
    button.click()
    assert button.get_attribute("aria-pressed") == "false"
    assert set(shown().values()) == {"OBAFGK"}
    wide.locator("#classes button[value=all]").click()
    assert shown() == before


def test_a_mark_says_what_it_is(wide):
    bar = wide.locator("#figure-answer .plot svg path[aria-roledescription]").first
    bar.scroll_into_view_if_needed()
    bar.hover(force=True)
    wide.locator(".vg-tooltip.visible").wait_for(timeout=5000)
    assert "%" in wide.locator(".vg-tooltip").inner_text()


def test_links_of_the_contents_land(wide):
    links = wide.locator(".contents a").evaluate_all("(all) => all.map((a) => a.hash.slice(1))")
    assert len(links) >= 8
    for name in links:
        wide.locator(".contents summary").click()
        wide.locator(f".contents a[href='#{name}']").click()
        top = wide.locator(f"[id='{name}']").evaluate("(e) => e.getBoundingClientRect().top")
        assert -5 <= top < 900, name
        assert not wide.locator(".contents ol").is_visible()


@pytest.mark.parametrize("width", [390, 1600])
def test_the_contents_stand_below_their_button_and_close(browser, report, width):
    with opened(browser, report, width) as found:
        button, contents = (found.page.locator(f".contents {of}") for of in ("summary", "ol"))
        button.click()
        box = contents.bounding_box()
        assert abs(box["x"] - button.bounding_box()["x"]) < 2
        assert box["x"] + box["width"] <= width
        found.page.keyboard.press("Escape")
        assert not contents.is_visible()
        button.click()
        assert contents.is_visible()


def test_a_phone_shows_legends_subtitles_names_and_menus_whole(browser, report):
    with opened(browser, report, 390) as found:
        page = found.page
        page.evaluate(OPEN_ALL)
        inside = page.evaluate(
            f"{FIGURES}.filter((f) => f.dataset.figure !== 'dag').map((f) => f.querySelector("
            "'.plot')).filter((plot) => { plot.querySelector(':scope > details').open = true;"
            " return plot.scrollWidth > plot.clientWidth; }).length"
        )
        assert inside == 0
        subtitle = page.locator("#figure-dag .role-title-subtitle")
        assert subtitle.evaluate("(e) => e.getBoundingClientRect().right") <= 390
        table = page.locator("#table-cost table").first
        long = table.locator("th", has_text="audit_without_networks")
        assert long.evaluate("(e) => e.scrollWidth - e.clientWidth") <= 0


def test_a_link_into_a_finding_opens_it(wide):
    hidden = wide.locator(".findings section[id^=table]").first
    name = hidden.get_attribute("id")
    wide.evaluate("document.querySelectorAll('.findings details').forEach((d) => d.open = false)")
    assert not hidden.is_visible()
    wide.evaluate(f"location.hash = '{name}'")
    hidden.wait_for(state="visible")


def test_the_panel_answers_as_the_command_does(wide, results):
    model = load(results / "model/photometry")
    star = dict(zip(BANDS, (19.31, 18.04, 17.52, 17.31, 17.22), strict=True))
    for band, value in star.items():
        wide.fill(f"#number-{band}", str(value))
    ours = model({band: np.array([value]) for band, value in star.items()})
    exact = wide.evaluate(
        "(star) => { const {read, answer} = pages.network; const text = document"
        ".getElementById('network').textContent; return answer(read(JSON.parse(text)), star); }",
        star,
    )
    assert np.abs(np.array(exact["probabilities"]) - ours.probabilities[0]).max() < 1e-5
    assert wide.inner_text("[data-say=class]") == CLASSES[int(ours.probabilities[0].argmax())]
    shown = wide.locator("#try .share .said").all_inner_texts()
    wanted = [f"{100 * p:.1f} %" if p >= 0.001 else "< 0.1 %" for p in ours.probabilities[0]]
    assert shown == wanted
    flagged = ours.outside[0] or ours.another[0]
    assert ("No flag" in wide.inner_text("[data-say=flag]")) == (not flagged)
    assert all(c in wide.inner_text("[data-say=set]") for c in exact["set"])


def test_regions_move_with_the_star(wide):
    canvas = "document.querySelector('#try canvas').toDataURL()"
    wide.get_by_role("button", name="the surest K").click()
    wide.wait_for_timeout(100)  # the next picture of the screen
    before = wide.evaluate(canvas)
    assert wide.inner_text("[data-say=class]") == "K"
    wide.get_by_role("button", name="the surest M").click()
    wide.wait_for_timeout(100)
    assert wide.evaluate(canvas) != before


def test_regions_are_grey_where_no_star_lies(wide):
    """Lower right, u - g is large and g - r small; the ring is drawn where the star is."""
    wide.get_by_role("button", name="the surest K").click()
    wide.wait_for_timeout(100)
    corner, star = wide.evaluate(
        "() => { const canvas = document.querySelector('#try canvas');"
        " const pixel = (x, y) => [...canvas.getContext('2d').getImageData(x, y, 1, 1).data];"
        " const value = (band) => Number(document.getElementById(`number-${band}`).value);"
        " const x = (value('u') - value('g') + 0.8) / 4.4;"
        " const y = (value('g') - value('r') + 0.8) / 2.8;"
        " return [pixel(626, 500), pixel(56 + x * 576, 8 + (1 - y) * 500)]; }"
    )
    assert max(corner[:3]) - min(corner[:3]) < 40
    assert max(star[:3]) - min(star[:3]) > 60, star


def test_regions_are_grey_where_stars_have_other_magnitudes(wide):
    """The colours of this plane are a K star's, once with its r, once with one that no star has."""
    wide.get_by_role("button", name="the surest K").click()
    coloured = (
        "() => { const canvas = document.querySelector('#try canvas');"
        " const all = canvas.getContext('2d').getImageData(60, 12, 570, 490).data; let found = 0;"
        " for (let k = 0; k < all.length; k += 4) found += Math.max(all[k], all[k + 1], all[k + 2])"
        " - Math.min(all[k], all[k + 1], all[k + 2]) > 60; return found; }"
    )
    wide.wait_for_timeout(100)
    assert wide.evaluate(coloured) > 0
    for change in ({band: -6 for band in BANDS}, {"i": 3, "z": 3}):
        for band in BANDS:
            value = float(wide.input_value(f"#number-{band}"))
            wide.fill(f"#number-{band}", str(value + change.get(band, 0)))
        wide.wait_for_timeout(100)
        assert wide.evaluate(coloured) == 0, change
        wide.get_by_role("button", name="the surest K").click()


def test_regions_have_the_axes_of_the_diagrams(wide):
    planes = wide.locator("#try option").all_inner_texts()
    assert planes == ["g − r against u − g", "r − i against g − r", "i − z against r − i"]
    axes = [text for text in texts_of(wide, "colours") if " − " in text]
    assert [f"{y[:5]} against {x[:5]}" for x, y in zip(axes[::2], axes[1::2], strict=True)] == (
        planes[:2]
    )


def test_a_class_that_the_network_never_says_has_no_sure_star(browser, report, tmp_path):
    page = tmp_path / "report.html"
    text = report.read_text(encoding="utf-8")
    page.write_text(text.replace("of pages.stars().entries()", "of [].entries()"), encoding="utf-8")
    with opened(browser, page, 768) as found:
        found.page.wait_for_selector("#try[data-ready]")
        for name in CLASSES:
            button = found.page.get_by_role("button", name=f"the surest {name}")
            assert button.is_disabled()
            assert f"none of the diagrams’ stars {name} without" in button.get_attribute("title")


def test_the_surest_star_is_one_of_that_class(wide):
    found = ""
    for name in CLASSES:
        button = wide.get_by_role("button", name=f"the surest {name}")
        assert button.is_disabled() == bool(button.get_attribute("title"))
        if button.is_enabled():
            button.click()
            assert wide.inner_text("[data-say=class]") == name
            assert wide.inner_text("[data-say=flag]") == "No flag."
            found += name
    assert {*"KM"} <= {*found}


def test_what_is_no_magnitude_gets_no_type(wide):
    for value in ("", "99", "-3"):
        wide.get_by_role("button", name="the surest K").click()
        wide.fill("#number-g", value)
        assert wide.inner_text("[data-say=class]") == "–"
        assert "from 5 to 32: g" in wide.inner_text("[data-say=flag]")
        assert set(wide.locator("#try .share .said").all_inner_texts()) == {""}
    wide.get_by_role("button", name="the surest K").click()


def test_colours_that_hardly_any_star_has_are_said(browser, wide, report, tmp_path):
    """Beside the diagrams' stars a K star gets no word; where none is alike it does."""
    wide.get_by_role("button", name="the surest K").click()
    assert wide.inner_text("[data-say=flag]") == "No flag."
    star = {band: wide.input_value(f"#number-{band}") for band in BANDS}
    page = tmp_path / "report.html"
    text = report.read_text(encoding="utf-8")
    changed = text.replace("return pages.stars().filter((star)", "return [].filter((star)")
    assert changed != text
    page.write_text(changed, encoding="utf-8")
    with opened(browser, page, 768) as found:
        found.page.wait_for_selector("#try[data-ready]")
        for band, value in star.items():
            found.page.fill(f"#number-{band}", value)
        said = found.page.inner_text("[data-say=flag]")
    assert said.startswith("No flag, but hardly any of the diagrams’ stars")


def test_a_star_of_a_diagram_goes_to_the_panel(wide):
    figure = wide.locator("#figure-colour_magnitude")
    figure.evaluate("(e) => e.scrollIntoView({block: 'center'})")
    before = wide.input_value("#number-u")
    place = wide.evaluate(
        "() => { let found; const look = (item) => { if (found || !item) return;"
        " if (item.datum && Number.isFinite(item.datum.u) && item.mark.marktype === 'symbol' &&"
        " item.x > 60 && item.y > 60) found = item; else (item.items || []).forEach(look); };"
        " const view = pages.views.get('colour_magnitude'); look(view.scenegraph().root);"
        " const box = document.querySelector('#figure-colour_magnitude canvas')"
        ".getBoundingClientRect(); const [left, top] = view.origin();"
        " const around = view.padding();"
        " return [box.left + around.left + left + found.x, box.top + around.top + top + found.y]; }"
    )
    wide.mouse.click(*place)
    assert wide.input_value("#number-u") != before
    assert "by the network" in wide.inner_text("#taken")


def test_numbers_are_those_of_the_tables(wide, results):
    def cells(name):
        rows = wide.locator(f"#table-{name} table").first.locator("tbody tr")
        return rows.evaluate_all(
            "(all) => all.map((row) => [...row.cells].map((cell) => cell.textContent.trim()))"
        )

    def read(name):
        with (results / f"summary/{name}.csv").open(encoding="utf-8") as file:
            return list(csv.DictReader(file))

    for name, key in (("tiers", "tier"), ("rivals", "name")):
        shown, known = cells(name), read(name)
        assert len(shown) == len(known)
        for row, of in zip(shown, known, strict=True):
            text = " ".join(row)
            assert called(of[key]) in text
            for score in ("accuracy", "f1_macro"):
                if of[score]:
                    assert percent(float(of[score]), 1) in text
    variants = wide.locator("#table-ablation table").last.locator("tbody tr").all_inner_texts()
    assert [text.split("\t")[-1].strip() for text in variants] == [
        row["features"] for row in read("ablation") if row["name"]
    ]
    answer = json.loads((results / "summary/answer.json").read_text(encoding="utf-8"))
    page = re.sub(r"\s+", " ", wide.locator("main").text_content())
    for sentence in (answer["answer"], *(f["claim"] for f in answer["findings"])):
        assert sentence in page
    for number in answer["numbers"]:
        assert f"{number['value']}{number['what']} ({number['of']})" in page
    assert answer["hot"] in page
    for found in answer["findings"]:
        assert f"{found['number']} {found['of']}" in page
        inside = wide.locator(f"#finding-{found['id']} .inside")
        for kind in ("figure", "table"):
            links = inside.locator(f"[id^={kind}-], a[href^='#{kind}-']").evaluate_all(
                "(all) => all.map((one) => (one.id || one.hash.slice(1)).replace(/^[a-z]+-/, ''))"
            )
            assert {*found[f"{kind}s"]} == {*links}, found["id"]
        for path in found["files"]:
            assert (results / path).exists(), path


def test_the_dark_page_has_no_bright_places(browser, report):
    """Menus of figures and cells of the confusion matrix without stars are nearly as the page."""
    with opened(browser, report, 768, "dark") as found:
        page = found.page
        page.evaluate(OPEN_ALL)
        page.evaluate("document.querySelector('.plot summary').scrollIntoView()")
        assert (
            page.locator(".plot summary").evaluate_all(
                "(all) => all.filter((one) => getComputedStyle(one).backgroundColor !=="
                " 'rgb(29, 36, 45)').length"
            )
            == 0
        )
        fills = page.evaluate(
            "() => { const found = []; const look = (item) => { if (!item) return;"
            " if (item.datum && item.mark.marktype === 'rect')"
            " found.push([item.datum.share, item.fill]);"
            " (item.items || []).forEach(look); };"
            " look(pages.views.get('confusion').scenegraph().root); return found; }"
        )
        assert len(fills) == 49
        bright = [fill for share, fill in fills if max(map(int, re.findall(r"\d+", fill))) > 140]
        assert len(bright) == sum(share > 0.55 for share, _ in fills)


def test_light_and_dark_change_places(wide):
    paper = "getComputedStyle(document.body).backgroundColor"
    before = wide.evaluate(paper)
    wide.click("#theme")
    wide.wait_for_function("document.documentElement.dataset.figures === 'drawn'")
    assert wide.evaluate(paper) != before
    wide.click("#theme")
    wide.wait_for_function("document.documentElement.dataset.figures === 'drawn'")
    assert wide.evaluate(paper) == before


def test_the_choice_of_light_or_dark_stays(wide):
    theme = "document.documentElement.dataset.theme"
    wide.click("#theme")
    chosen = wide.evaluate(theme)
    wide.reload()
    wide.wait_for_function("document.documentElement.dataset.figures === 'drawn'")
    assert wide.evaluate(theme) == chosen == "dark"
    wide.click("#theme")
    wide.evaluate("localStorage.clear()")


def test_a_browser_that_keeps_nothing_shows_the_page_too(browser, report):
    with opened(browser, report, 768) as found:
        found.page.add_init_script(
            "Object.defineProperty(globalThis, 'localStorage',"
            " { get() { throw new DOMException('denied', 'SecurityError'); } })"
        )
        found.page.reload()
        found.page.wait_for_function("document.documentElement.dataset.figures === 'drawn'")
        found.page.click("#theme")
        assert found.page.evaluate("document.documentElement.dataset.theme") == "dark"
        assert found.complaints == []


def test_it_prints(browser, report):
    with opened(browser, report, 1600) as found:
        printed = found.page.pdf(format="A4")
        assert printed.startswith(b"%PDF") and len(printed) > 100_000
        assert 10 < len(re.findall(rb"/Type\s*/Page\b", printed)) < 45
        assert found.page.locator(".findings details[open]").count() == 0
