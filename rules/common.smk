"""Functions and constants of the rules; no rule stands here."""

import json
import os
import sys
from contextlib import contextmanager
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.io import IOFile
from snakemake.iocontainers import Wildcards
from snakemake.logging import logger
from snakemake.persistence.file import FilePersistence

BASE = Path(workflow.basedir)
sys.path.insert(0, str(BASE / "scripts"))

from stellar import user_settings
from stellar.errors import UserError
from stellar.workflow import config_files, configuration, contents, costs, environment
from stellar.workflow import jobs, named_tables, outcome, resume, sources
from stellar.workflow.jobs import options
from stellar.workflow.resources import grown, lasting, memory
from stellar.workflow.resources import sample_memory, search_memory


@contextmanager
def one_sentence():
    """A block whose mistakes by users Snakemake says in one sentence."""
    try:
        yield
    except UserError as error:
        raise WorkflowError(str(error)) from None


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


def complete_rules():
    """Give the rules so far what follows from them, where they do not say it themselves.

    Log and benchmark have the name of the rule and of its wildcards; what Snakemake says when
    a job starts is the rule's docstring. What no job makes (code, a table) counts by its content.
    """
    for known in workflow.rules:
        known.message = known.message or (known.docstring or "").rstrip(".")
        if known.norun:
            continue
        name = jobs.name_of(known.name, known.output[:1], known.wildcard_names)
        known.log_modifier = known.benchmark_modifier = workflow.modifier.path_modifier
        if not known.log:
            known.set_log(f"<logs>/{name}.log")
        if not known.benchmark:
            known.benchmark = f"<benchmarks>/{name}.tsv"
        for kind, given in known.input.items():
            paths = [given] if isinstance(given, str) or callable(given) else given
            if all("local" in getattr(path, "flags", ()) for path in paths):
                known.set_params(**{f"content_of_{kind}": content_of(kind, paths)})


def content_of(kind, paths):
    """A parameter that changes with the content of files, given or found by wildcards."""

    def value(wildcards):
        given = paths(wildcards) if callable(paths) else paths
        with one_sentence():
            return f"content of {kind}: {contents.digest(given)[:16]}"

    return value


def compare_replaced():
    """Have results that others were put in place of compared by content, whatever their time."""
    if (
        not workflow.is_main_process
        or workflow.storage_settings.default_storage_provider
        or any(Path(".snakemake/locks").glob("*"))  # jobs are at work
    ):
        return
    notes = FilePersistence(nolock=True)
    time_of = lambda path: getattr(notes.metadata(IOFile(path)), "endtime", None)
    with one_sentence():
        contents.renew_replaced(of_all_jobs(lambda rule: rule.output), time_of)


def with_values():
    """The rules so far that write files, with the values of their wildcards."""
    for known in list(workflow.rules):
        if known.output:
            yield known, {name: VALUES[name] for name in known.wildcard_names}


def of_all_jobs(pattern, but=()):
    """Files of the jobs of all rules so far but some: their outputs, benchmarks or logs."""
    found = []
    for known, values in with_values():
        if known.name not in but:
            found += each(pattern(getattr(rules, known.name)), **values)
    return list(dict.fromkeys(found))


def of_study(pattern):
    """Files of the jobs of the study so far; of models it makes the report's own alone."""
    found = of_all_jobs(pattern, but=MODEL_RULES)
    for name in MODEL_RULES if PAGE_TIERS else ():
        found += each(pattern(getattr(rules, name)), tier=PAGE_TIERS)
    return found


def each(files, **values):
    """`expand` for other rules' files, which refuses objects in a store (Snakemake issue 3027)."""
    files = [files] if isinstance(files, str) else files
    return expand([_path(file) for file in files], **values)


def _path(file):
    stored = _stored(file)
    prefix = workflow.storage_settings.default_storage_prefix
    return stored.query.removeprefix(prefix).lstrip("/") if stored else file


def _stored(file):
    return getattr(file, "flags", {}).get("storage_object")


def of_tiers(scheme, tier=TIERS, kind="probabilities"):
    """The network's files of label schemes and tiers: of the rows that are scored, or others."""
    return each(getattr(rules.tier.output, kind), scheme=scheme, tier=tier)


def of_own_label(files, others=[]):
    """Files that the audit of the study's own label reads, and what that of another label does."""
    return lambda wildcards: files if wildcards.scheme == config["label"] else others


def read_by_rules():
    """Of each rule so far the rules whose files its jobs read, as Snakemake will find them."""
    made, read = {}, {}
    for known, values in with_values():
        files = each([*getattr(rules, known.name).output], **values)
        made |= dict.fromkeys(files, known.name)
        every = jobs.combined(values)
        read[known.name] = {file for job in every for file in _read_by(known, job)}
    return costs.after(made, read)


def _read_by(known, job):
    """Files that a job reads and others make; code and a user's table are none."""
    for _, given in getattr(rules, known.name).input.items():
        found = given(Wildcards(fromdict=job)) if callable(given) else given
        paths = [found] if isinstance(found, str) else found
        made = [path for path in paths if "local" not in getattr(path, "flags", ())]
        yield from each(made, **job)


def benchmark_of(rule):
    """A rule's benchmark file; `rule.benchmark` forgets that it is an object in a store."""
    return rule.rule.benchmark if _stored(rule.rule.benchmark) else rule.benchmark


def code(script):
    """A rule's script and the modules it imports, to be listed as its inputs."""
    with one_sentence():
        found = sources.sources_of(BASE / "scripts" / f"{script}.py")
    return [source(path) for path in found]


def source(path):
    """A file of the project as an input; its name is short where Snakemake runs in the project."""
    return local(str(path.relative_to(BASE) if Path.cwd() == BASE else path))
