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


def percent(value: float | None, digits: int = 2) -> str:
    """A share as percent; a dash for None."""
    return "–" if value is None else f"{100 * value:.{digits}f}"


def points(value: float | None) -> str:
    """A difference of shares in percentage points, with its sign."""
    return "–" if value is None else f"{100 * value:+.2f}".replace("-", "−")


def half(value: float | None, score: str = "accuracy", digits: int = 2) -> str:
    """Half-width of a score's 95 % interval behind ±, a share's in percent, or "too few stars"."""
    if value is None:
        return ""
    if metrics.too_few(score, value):
        return "(too few stars)"
    shown = 100 * value if metrics.SCALES.get(score) == 1 else value
    return f"± {shown:.{digits}f}"


def inline(name: str, svg: str) -> Markup:
    """An SVG file as part of a page: without XML prolog, as wide as the page allows.

    Its ids (`clip0`) get the figure's name, for other figures of the page have the same.
    """
    body = svg[svg.index("<svg") :]
    width = re.search(r'viewBox="0 0 ([\d.]+)', body)
    body = re.sub(r'<svg ([^>]*?)width="[^"]*"', r"<svg \1", body, count=1)
    body = re.sub(r'<svg ([^>]*?)height="[^"]*"', r"<svg \1", body, count=1)
    points_wide = float(width.group(1)) if width else 500
    body = re.sub(r'(id="|url\(#)', rf"\1{name}-", body)
    sized = body.replace("<svg ", f'<svg style="max-width:{points_wide * 1.6:.0f}px" ', 1)
    return Markup(sized)  # noqa: S704  drawn by our own figures, which escape text


def caption(text: str, config: Mapping[str, Any]) -> str:
    """A caption as `snakemake --report` shows it too: a template that knows the configuration."""
    known = SimpleNamespace(config=config)
    return " ".join(jinja2.Template(text).render(snakemake=known).split())


def environment() -> jinja2.Environment:
    """What the template is rendered in: text escaped, our filters, nothing undefined."""
    made = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters |= {"percent": percent, "points": points, "half": half}
    return made


def render(
    template: str,
    config: Mapping[str, Any],
    results: Mapping[str, Any],
    figures: Mapping[str, str],
    captions: Mapping[str, str],
) -> str:
    """The report as HTML.

    Parameters
    ----------
    template : str
        Jinja2 template.
    config : mapping
        The whole configuration.
    results : mapping
        By name what the template shows: documents, the `answer` among them, rows of tables, and
        `origins`: where each fetched shard comes from.
    figures : mapping of str to str
        SVG files by name.
    captions : mapping of str to str
        By the same names, what `snakemake --report` shows too: reStructuredText without markup.

    Returns
    -------
    str
        HTML that refers to no other file.

    Raises
    ------
    jinja2.UndefinedError
        The template names a result, a figure or a caption that is not given.
    """
    by_name = {row["name"]: row for table in ("baselines", "ablation") for row in results[table]}
    return (
        environment()
        .from_string(template)
        .render(
            **results,
            classes=CLASSES,
            scores=metrics.SCORES,
            more_scores=metrics.MORE_SCORES,
            config=config,
            configuration=yaml.safe_dump(dict(config), sort_keys=False, allow_unicode=True),
            figures={name: inline(name, svg) for name, svg in figures.items()},
            captions={name: caption(text, config) for name, text in captions.items()},
            named=by_name,
            cpu=_cpu_of_learners(results["jobs"], f"{config['label']}-{config['compare']['tier']}"),
            study=published,
            simulated=results["labels"]["survey"] == "simulated",
            versions={name: version(name) for name in PACKAGES}
            | {"python": platform.python_version()},
        )
    )


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
