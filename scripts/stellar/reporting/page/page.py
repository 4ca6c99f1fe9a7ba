"""The report page, rendered from results; text from data is escaped."""

from __future__ import annotations

import platform
import re
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from types import SimpleNamespace
from typing import Any

import jinja2
import yaml
from markupsafe import Markup

from stellar import CLASSES
from stellar.evaluation import metrics
from stellar.reporting import published
from stellar.reporting.answer import words
from stellar.reporting.answer.words import fine, in_percent
from stellar.reporting.figures import style
from stellar.reporting.names import TREES, called

PACKAGES = (
    "snakemake",
    "tensorflow",
    "keras",
    "keras-tuner",
    "scikit-learn",
    "pandas",
    "pyarrow",
    "numpy",
    "scipy",
    "astropy",
    "astroquery",
    "pandera",
    "altair",
    "vl-convert-python",
)
START = "K"  # class of the star that the panel shows first
TITLES = {  # of figures, where their names say it less well
    "tiers": "scores by features",
    "memorise": "accuracy by parameters",
    "risk_coverage": "risk by share of stars decided",
}
SCRIPTS = ("network.js", "page.js", "try_it.js")
# What stands below the findings: anchor, heading, a sentence, figures, tables; what a finding has
# shown already is only linked.
GROUPS: tuple[tuple[str, str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        "stars",
        "The stars",
        "What the survey holds. Click on a star to give its magnitudes to the network above.",
        (
            "classes",
            "colours",
            "colour_magnitude",
            "temperatures",
            "kiel",
            "sky",
            "magnitudes",
            "correlation",
            "real",
        ),
        ("labels", "origins"),
    ),
    (
        "comparison",
        "The comparison",
        "Models on folds that chose nothing.",
        ("tiers", "learning_curves", "reliability", "risk_coverage", "brightness", "importance"),
        ("tiers", "more_scores", "audit", "rivals", "ingredients", "calibration", "rejected"),
    ),
    (
        "questions",
        "Questions of the course study",
        "",
        ("memorise",),
        ("memorise", "absolute_magnitude", "input_errors", "suspects", "mistakes"),
    ),
    (
        "protocol",
        "The course study’s protocol",
        "The course study as it was published, and this run of it.",
        ("confusion", "recalls", "folds", "baselines", "ablation", "training", "trials"),
        ("study", "cv", "baselines", "ablation", "probabilities", "networks", "trials"),
    ),
    ("costs", "What it cost", "", ("dag", "resources", "schedule"), ("cost",)),
)


def percent(value: float | None, digits: int = 1) -> str:
    """A share as percent; a dash for None."""
    return "–" if value is None else in_percent(value, digits)


def within(value: float | None, interval: float | None, score: str = "accuracy") -> str:
    """A share in percent with its interval, with the digits that it has in the answer."""
    return "–" if value is None else words.within(value, interval, score).replace(" %", "")


def points(value: float | None, interval: float | None, score: str = "accuracy") -> str:
    """A difference of shares in percentage points with its interval, likewise."""
    return "–" if value is None else words.points(value, interval, score).replace(" points", "")


def differs(value: float | None, interval: float | None, score: str, digits: int) -> str:
    """A difference of other scores with its interval, likewise."""
    return "–" if value is None else words.differs(value, interval, digits, score=score)


def half(value: float | None, score: str = "accuracy", digits: int = 2) -> str:
    """Half-width of a score's 95 % interval behind ±, a share's in percent, or "too few stars"."""
    if value is None:
        return ""
    if metrics.too_few(score, value):
        return "(too few stars)"
    shown = 100 * value if metrics.SCALES.get(score) == 1 else value
    return f"± {shown:.{fine(shown, None, digits)}f}"


def tight(text: str) -> str:
    """A sentence whose numbers stay on one line with what follows them."""
    return re.sub(r"(?<=[\d±]) (?=[\d±%])", "\u00a0", text)


def caption(text: str, config: Mapping[str, Any]) -> str:
    """A caption as `snakemake --report` shows it too: a template that knows the configuration."""
    known = SimpleNamespace(config=config)
    return " ".join(jinja2.Template(text).render(snakemake=known).split())


def environment(templates: Mapping[str, str] | None = None) -> jinja2.Environment:
    """What templates are rendered in: text escaped, our filters, nothing undefined."""
    made = jinja2.Environment(
        loader=jinja2.DictLoader(dict(templates or {})),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"percent": percent, "half": half, "tight": tight, "called": called}
    made.filters |= {"within": within, "points": points, "differs": differs}
    return made


def render(
    texts: Mapping[str, str],
    config: Mapping[str, Any],
    results: Mapping[str, Any],
    figures: Mapping[str, Mapping[str, Any]],
) -> str:
    """The report as HTML.

    Parameters
    ----------
    texts : mapping of str to str
        By file name: the templates, the style and the scripts of this folder, and the figures'
        captions, which `snakemake --report` shows too: `<figure>.rst`, without markup.
    config : mapping
        The whole configuration.
    results : mapping
        By name what the page shows: documents, rows of tables, the `answer` as
        `stellar.reporting.answer` wrote it, `origins` (where each fetched shard comes from), and
        `network` as `packed` gave it, or None.
    figures : mapping of str to mapping
        Vega-Lite specifications by name.

    Returns
    -------
    str
        HTML that needs no other file; its links hold in the folder `report` of the results.

    Raises
    ------
    jinja2.UndefinedError
        A template names a result or a caption that is not given.
    """
    specs, datasets = shared(figures)
    themes = {"light": style.theme(dark=False), "dark": style.theme(dark=True)}
    captions = {name[:-4]: text for name, text in texts.items() if name.endswith(".rst")}
    return (
        environment(texts)
        .get_template("page.html.j2")
        .render(
            **results,
            **_known(config, results),
            specs=specs,
            drawn={"specs": specs, "datasets": datasets, "themes": themes},
            captions={name: caption(text, config) for name, text in captions.items()},
            titles={name: TITLES.get(name, name.replace("_", " ")) for name in specs},
            # Ours: no text of data is in them.
            style=Markup(texts["style.css"]),  # noqa: S704
            scripts=[Markup(vega()), *(Markup(texts[name]) for name in SCRIPTS)],  # noqa: S704
        )
    )


def _known(config: Mapping[str, Any], results: Mapping[str, Any]) -> dict[str, Any]:
    """What templates need beside the results, and what follows from these."""
    return {
        "classes": CLASSES,
        "colours": style.COLOURS,
        "scores": metrics.SCORES,
        "more_scores": metrics.MORE_SCORES,
        "config": config,
        "folder": folder_of(config),
        "configuration": as_yaml(config),
        "groups": GROUPS,
        "named": {row["name"]: row for of in ("baselines", "ablation") for row in results[of]},
        "cpu": _cpu_of_learners(results["jobs"], f"{config['label']}-{config['compare']['tier']}"),
        "study": published,
        "trees": TREES,
        "audited": config["features"] if isinstance(config["features"], str) else "features",
        "simulated": results["labels"]["survey"] == "simulated",
        "start": first_star(results["network"]),
        "versions": {of: version(of) for of in PACKAGES} | {"python": platform.python_version()},
    }


def folder_of(config: Mapping[str, Any]) -> str:
    """Where results lie, as the page names it: the configuration's folder or the Snakefile's.

    >>> folder_of({}), folder_of({"pathvars": {"results": "results/quick"}})
    ('results', 'results/quick')
    """
    return str(config.get("pathvars", {}).get("results", "results"))


def as_yaml(config: Mapping[str, Any]) -> str:
    """The configuration as a user would write it."""
    return yaml.safe_dump(dict(config), sort_keys=False, allow_unicode=True)


def vega() -> str:
    """Vega-Embed and all it needs as one script, of the versions that draw the figures."""
    import vl_convert

    return str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))


def shared(
    figures: Mapping[str, Mapping[str, Any]],
) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, list[Any]]]]:
    """Specifications without their data, and each set of data once, as lists of columns.

    Parameters
    ----------
    figures : mapping of str to mapping
        Vega-Lite specifications whose data stand under `datasets`, by the hash of their rows.
    """
    specs, datasets = {}, {}
    for name, figure in figures.items():
        for key, rows in figure.get("datasets", {}).items():
            columns = list(dict.fromkeys(column for row in rows for column in row))
            datasets[key] = {column: [row.get(column) for row in rows] for column in columns}
        specs[name] = {key: part for key, part in figure.items() if key != "datasets"}
    return specs, datasets


def first_star(network: Mapping[str, Any] | None) -> dict[str, float]:
    """Magnitudes that the panel shows first: the means of a class, or of all stars without it."""
    if network is None:
        return {}
    known = network["densities"]
    kinds = dict(zip(known["kinds"], known["means"], strict=True))
    mean = kinds.get(START, [0.0] * len(known["centre"]))
    return {
        column: round(centre + scale * value, 2)
        for column, centre, scale, value in zip(
            network["columns"], known["centre"], known["scale"], mean, strict=True
        )
    }


def _cpu_of_learners(
    jobs: Sequence[Mapping[str, Any]], network: str
) -> dict[str, dict[str, float]]:
    """CPU seconds of each learner: to choose its hyperparameters, to be trained and scored."""
    cpu: dict[str, dict[str, float]] = {}
    for job in jobs:
        rule, name = job["rule"], str(job["job"] or "")
        if rule == "choose":
            learner, kind = name.split("-", maxsplit=1)[0], "choosing"
        elif rule == "rival":
            learner, kind = name, "scoring"
        elif (rule, name) == ("tier", network):
            learner, kind = "network", "scoring"
        else:
            continue
        found = cpu.setdefault(learner, {"choosing": 0.0, "scoring": 0.0})
        found[kind] += job["cpu_s"]
    pair = [cpu[name] for name in ("network", "boosted_trees") if name in cpu]
    if len(pair) == 2:
        cpu["network_and_trees"] = {kind: sum(one[kind] for one in pair) for kind in pair[0]}
    return cpu
