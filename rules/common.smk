"""Functions and constants of the rules; no rule stands here."""

import json
import os
import sys
from datetime import datetime
from itertools import product
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.io import IOFile
from snakemake.iocontainers import Wildcards
from snakemake.logging import logger
from snakemake.persistence.file import FilePersistence

BASE = Path(workflow.basedir)
sys.path.insert(0, str(BASE / "scripts"))

from stellar import user_settings
from stellar.crossvalidation.protocol import Protocol
from stellar.errors import UserError
from stellar.sample import features
from stellar.workflow import config_files, configuration, contents, costs
from stellar.workflow import (
    environment,
    named_tables,
    outcome,
    progress,
    resume,
    sources,
)

try:
    for path in workflow.configfiles if workflow.is_main_process else ():
        config_files.read(path)
    configuration.check(config, config_files.read(BASE / "config" / "schema.yaml"))
except UserError as error:
    raise WorkflowError(str(error)) from None

if dropped := user_settings.drop(os.environ):  # before jobs inherit them
    logger.info(user_settings.sentence(dropped))

SHARDS = [
    f"{n:0{len(str(config['survey']['shards'] - 1))}d}"
    for n in range(config["survey"]["shards"])
]
FOLDS = [f"{n:02d}" for n in range(config["cv"]["folds"])]
BASELINES = config["baselines"]
VARIANTS = sorted(name for name, choice in config["ablation"].items() if choice)
# In the order of how much they know; that of the configuration's keys says nothing.
TIERS = dict(
    sorted(
        ((name, names) for name, names in config["tiers"].items() if names),
        key=lambda tier: (len(features.resolve(tier[1])), tier[0]),
    )
)
SCHEMES = ["elodie", "subclass", "hammer"]
COMPARISON = {
    key: config["cv"][key] for key in ("folds", "selection", "selection_folds")
}
SELECTIONS = list(Protocol.comparison(**COMPARISON).selections)
LEARNERS = ["network", "boosted_trees"]
RIVALS = ["boosted_trees", *BASELINES]
# The values of each wildcard in the names of files.
VALUES = {"shard": SHARDS, "fold": FOLDS, "name": BASELINES, "variant": VARIANTS}
VALUES |= {"tier": list(TIERS), "scheme": SCHEMES, "rival": RIVALS}
VALUES |= {"learner": LEARNERS, "selection": SELECTIONS}

TIER = config["compare"]["tier"]  # on which learners are tuned and compared
# The number of workers is threads, no parameter: it changes no result and reruns nothing.
TUNING = {key: value for key, value in config["tuning"].items() if key != "workers"}
FOLD_FILES = {
    "probabilities": "<results>/cv/fold-{fold}/probabilities.parquet",
    "history": "<results>/cv/fold-{fold}/history.csv",
}


wildcard_constraints:
    **{name: "|".join(values) for name, values in VALUES.items()},


def refuse_what_would_fail(folder):
    """End in one sentence, before any job, where jobs could not write, or by clock or set-up."""
    try:
        environment.use()
        resume.check_writable(folder)
        resume.check_times(folder, BASE / "scripts")
    except UserError as error:
        raise WorkflowError(str(error)) from None


def say_how_it_ended(texts):
    """Say which tables were typed and why jobs failed, below all else that Snakemake says."""
    text = "".join(Path(log).read_text(encoding="utf-8") for log in texts)
    logs = Path(rules.label_stars.output.counts).parent / "logs"
    if found := progress.progress(text, datetime.now(), config):
        for line in outcome.sentences(found, logs):
            print(line, file=sys.stderr)


def cfg(**values):
    """A rule's slice of the configuration, as text that changes only when a value does."""
    return json.dumps(values, sort_keys=True)


def grown(amount):
    """Memory in MB or minutes of run time, twice as much with each attempt at a job."""
    return lambda wildcards, attempt: amount * 2 ** (attempt - 1)


def memory(wildcards, input, attempt):
    """Memory in MB of a rule that reads its input piece by piece; measured in docs/scale.md."""
    return grown(600 + 2 * int(input.size_mb))(wildcards, attempt)


def sample_memory(wildcards, input, attempt):
    """Memory in MB of a rule that reads all stars as arrays; measured in docs/scale.md."""
    return grown(1500 + 12 * int(input.size_mb))(wildcards, attempt)


def lasting(minutes):
    """Run time in minutes of a rule that reads all stars, ample for a million of them."""
    return lambda wildcards, input, attempt: grown(
        minutes * (1 + int(input.size_mb) // 100)
    )(wildcards, attempt)


def options(wildcards, input, output):
    """A job's files as options of its script, by the names that its rule gives them."""
    return [
        word
        for files in (input, output)
        for name, given in files.items()
        if name != "code"
        for word in (
            f"--{name.replace('_', '-')}",
            *([given] if isinstance(given, str) else given),
        )
    ]


def table(name):
    """A table that Snakemake's report shows, with its caption."""
    return report(
        f"<results>/summary/{name}.csv",
        caption=f"captions/{name}.rst",
        category="Tables",
        labels={"table": name.replace("_", " ")},
    )


def figure(name, category):
    """A figure's files: the SVG, shown with its caption in Snakemake's report, PNG, data, definition."""
    path = f"<results>/figures/{name}"
    shown = report(
        f"{path}.svg",
        caption=f"captions/{name}.rst",
        category=category,
        labels={"figure": name.replace("_", " ")},
    )
    return [shown, *(f"{path}.{kind}" for kind in ("png", "csv", "vl.json"))]


def complete_rules():
    """Give the rules so far what follows from them, where they do not say it themselves.

    Log and benchmark have the name of the rule and of its wildcards; what Snakemake says when
    a job starts is the rule's docstring. What no job makes (code, a table) counts by its content.
    """
    for known in workflow.rules:
        if known.norun:
            continue
        by_place = lambda wildcard: known.output[0].index(f"{{{wildcard}")
        job = "-".join(f"{{{w}}}" for w in sorted(known.wildcard_names, key=by_place))
        name = f"{known.name}/{job}" if job else known.name
        known.log_modifier = known.benchmark_modifier = workflow.modifier.path_modifier
        if not known.log:
            known.set_log(f"<logs>/{name}.log")
        if not known.benchmark:
            known.benchmark = f"<benchmarks>/{name}.tsv"
        known.message = known.message or (known.docstring or "").rstrip(".")
        for kind, given in known.input.items():
            paths = [given] if isinstance(given, str) or callable(given) else given
            if all("local" in getattr(path, "flags", ()) for path in paths):
                known.set_params(**{f"content_of_{kind}": content_of(kind, paths)})


def content_of(kind, paths):
    """A parameter that changes with the content of files."""

    def value(wildcards):
        try:
            return f"content of {kind}: {contents.digest(paths)[:16]}"
        except UserError as error:
            raise WorkflowError(str(error)) from None

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
    try:
        contents.renew_replaced(of_all_jobs(lambda rule: rule.output), time_of)
    except UserError as error:
        raise WorkflowError(str(error)) from None


def of_all_jobs(pattern, but=()):
    """Files of the jobs of all rules so far but some: their outputs, benchmarks or logs."""
    found = []
    for known in list(workflow.rules):
        if known.output and known.name not in but:
            values = {name: VALUES[name] for name in known.wildcard_names}
            found += each(pattern(getattr(rules, known.name)), **values)
    return list(dict.fromkeys(found))


def of_page_model(pattern):
    """Files of the jobs that make the report's own network (rules/model.smk)."""
    made = [pattern(getattr(rules, name)) for name in MODEL_RULES if PAGE_TIERS]
    return [file for files in made for file in each(files, tier=PAGE_TIERS)]


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


def read_by_rules():
    """Of each rule so far the rules whose files its jobs read, as Snakemake will find them."""
    made, read = {}, {}
    for known in workflow.rules:
        if known.output:
            values = {name: VALUES[name] for name in known.wildcard_names}
            files = each([*getattr(rules, known.name).output], **values)
            made |= dict.fromkeys(files, known.name)
            jobs = [dict(zip(values, job)) for job in product(*values.values())]
            read[known.name] = {file for job in jobs for file in _read_by(known, job)}
    return {
        name: sorted({made[file] for file in files & made.keys()})
        for name, files in read.items()
    }


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
    path = BASE / "scripts" / f"{script}.py"
    if not path.is_file():
        raise WorkflowError(
            f'there is no {path}; write it, or correct code("{script}")'
        )
    return [source(path) for path in sources.sources_of(path)]


def source(path):
    """A file of the project as an input; its name is short where Snakemake runs in the project."""
    return local(str(path.relative_to(BASE) if Path.cwd() == BASE else path))
