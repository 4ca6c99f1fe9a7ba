"""Functions and constants of the rules; no rule stands here."""

import json
import os
import sys
from pathlib import Path

from snakemake.logging import logger

BASE = Path(workflow.basedir)
sys.path.insert(0, str(BASE / "scripts"))

from stellar import user_settings
from stellar.workflow import config_files, configuration, environment
from stellar.workflow import jobs, named_tables, outcome, resume, sources
from stellar.workflow.graph import Graph, benchmark_of, content_of, one_sentence
from stellar.workflow.resources import grown, lasting, memory, sample_memory
from stellar.workflow.resources import search_memory

with one_sentence():
    for path in workflow.configfiles if workflow.is_main_process else ():
        config_files.read(path)
    configuration.check(config, config_files.read(BASE / "config" / "schema.yaml"))

if dropped := user_settings.drop(os.environ):  # before jobs inherit them
    logger.info(user_settings.sentence(dropped))

VALUES = jobs.values_of(config)  # of each wildcard in the names of files
FOLDS, VARIANTS, BASELINES = (VALUES[name] for name in ("fold", "variant", "name"))
SCHEMES, LEARNERS, SELECTIONS = jobs.SCHEMES, jobs.LEARNERS, VALUES["selection"]
TIERS, TIER = jobs.tiers_of(config), config["compare"]["tier"]  # that of the comparison
COMPARISON = jobs.comparison_of(config)
LABELLED = {key: config[key] for key in ("label", "seed")}
SHARDS = expand("<results>/shards/shard-{shard}.parquet", shard=VALUES["shard"])
# The number of workers is threads, no parameter: it changes no result and reruns nothing.
TUNING = {key: value for key, value in config["tuning"].items() if key != "workers"}
graph = Graph(workflow, rules, VALUES)
each = graph.expand


wildcard_constraints:
    **{name: "|".join(values) for name, values in VALUES.items()},


def cfg(*parts, **values):
    """A rule's slice of the configuration, as text that changes only when a value does.

    Keys of the configuration, mappings, and values by names of their own.
    """
    found = {}
    for part in parts:
        found |= {part: config[part]} if isinstance(part, str) else part
    return json.dumps({**found, **values}, sort_keys=True)


def shown(path, kind, category):
    """A table or figure that Snakemake's report shows, with its caption."""
    name = Path(path).stem
    about = {"category": category, "labels": {kind: name.replace("_", " ")}}
    return report(path, caption=f"captions/{name}.rst", **about)


def table(name):
    """A table in summary/ that is shown."""
    return shown(f"<results>/summary/{name}.csv", "table", "Tables")


def figures(category, *names):
    """Files of figures: of each the SVG, which is shown, PNG, data and definition."""
    found = []
    for path in (f"<results>/figures/{name}" for name in names):
        found.append(shown(f"{path}.svg", "figure", category))
        found += [f"{path}.{kind}" for kind in ("png", "csv", "vl.json")]
    return found


def of_study(pattern):
    """Files of the jobs of the study so far; of models it makes the report's own alone."""
    found = graph.files(pattern, but=MODEL_RULES)
    for name in MODEL_RULES if PAGE_TIERS else ():
        found += each(pattern(getattr(rules, name)), tier=PAGE_TIERS)
    return found


def of_tiers(scheme, tier=TIERS, kind="probabilities"):
    """The network's files of label schemes and tiers: of the rows that are scored, or others."""
    return each(getattr(rules.tier.output, kind), scheme=scheme, tier=tier)


def of_own_label(files, others=[]):
    """Files that the audit of the study's own label reads, and what that of another label does."""
    return lambda wildcards: files if wildcards.scheme == config["label"] else others


def code(script):
    """A rule's script and the modules it imports, to be listed as its inputs."""
    with one_sentence():
        found = sources.sources_of(BASE / "scripts" / f"{script}.py")
    return [source(path) for path in found]


def source(path):
    """A file of the project as an input; its name is short where Snakemake runs in the project."""
    return local(str(path.relative_to(BASE) if Path.cwd() == BASE else path))
