"""Functions and constants of the rules; no rule stands here."""

import ast
import functools
import json
import sys
from itertools import accumulate
from pathlib import Path

import yaml
from snakemake.exceptions import WorkflowError

BASE = Path(workflow.basedir)
sys.path.insert(0, str(BASE / "scripts"))

from stellar.crossvalidation.protocol import Protocol
from stellar.errors import UserError
from stellar.sample import features
from stellar.workflow import configuration, environment, resume

try:
    configuration.check(
        config, yaml.safe_load((BASE / "config" / "schema.yaml").read_text())
    )
except UserError as error:
    raise WorkflowError(str(error)) from None

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
PARTS = list(
    Protocol.comparison(
        **{key: config["cv"][key] for key in ("folds", "selection", "selection_folds")}
    ).selections
)
LEARNERS = ["network", "boosted_trees"]
RIVALS = ["boosted_trees", "hammer", *BASELINES]


wildcard_constraints:
    shard=r"\d+",
    fold=r"\d\d",
    name="|".join(BASELINES),
    variant=r"[A-Za-z][A-Za-z0-9_]*",
    tier=r"[A-Za-z][A-Za-z0-9_]*",
    scheme="|".join(SCHEMES),
    rival="|".join(RIVALS),
    learner="|".join(LEARNERS),
    part=r"held_out|fold-\d\d",


def refuse_what_would_fail(folder):
    """End in one sentence, before any job, where jobs could not write, or by clock or set-up."""
    try:
        environment.use()
        resume.check_writable(folder)
        resume.check_times(folder, BASE / "scripts")
    except UserError as error:
        raise WorkflowError(str(error)) from None


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


def all_jobs():
    """Each rule but the survey's, the folds' and the report's own, and its wildcards' values."""
    once = [rules.label_stars, rules.split, rules.assign_folds, rules.explore]
    once += [rules.first_network, rules.tune, rules.final_model, rules.evaluate_test]
    once += [rules.collect, rules.figures, rules.label_schemes, rules.cautious]
    once += [rules.verdict, rules.compare, rules.ingredients, rules.input_errors]
    once += [rules.memorise, rules.absolute_magnitude, rules.suspects]
    once += [rules.brightness, rules.honest_figures, rules.answer]
    return [(rule, {}) for rule in once] + [
        (rules.baseline, {"name": BASELINES}),
        (rules.ablation, {"variant": VARIANTS}),
        (rules.choose, {"learner": LEARNERS, "part": PARTS}),
        (rules.tier, {"scheme": SCHEMES, "tier": TIERS}),
        (rules.rival, {"rival": RIVALS}),
        (rules.audit, {"scheme": SCHEMES}),
        (rules.learning_curve, {"learner": LEARNERS}),
        (rules.importance, {"tier": TIERS}),
    ]


def of_all_jobs(pattern):
    """Files of `all_jobs` and of the survey: their outputs, benchmarks or logs."""
    jobs = [(rule, {"shard": SHARDS}) for rule in SURVEY_RULES] + all_jobs()
    # A survey of one job has no wildcard: its file is named once.
    return list(
        dict.fromkeys(
            path for rule, values in jobs for path in each(pattern(rule), **values)
        )
    )


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


def benchmark_of(rule):
    """A rule's benchmark file; `rule.benchmark` forgets that it is an object in a store."""
    return rule.rule.benchmark if _stored(rule.rule.benchmark) else rule.benchmark


def code(script):
    """A rule's script and the modules it imports, to be listed as its inputs."""
    found, open_ends = [], [BASE / "scripts" / f"{script}.py"]
    while open_ends:
        path = open_ends.pop()
        if path in found:
            continue
        found.append(path)
        open_ends += _local_imports(path)
    return [
        local(str(path.relative_to(BASE))) for path in [found[0], *sorted(found[1:])]
    ]


@functools.cache
def _local_imports(path):
    nodes = _run(ast.parse(path.read_text()))
    return [found for node in nodes for found in _imported(node) if found.is_file()]


def _run(node):
    """What runs of a module: all but what only a type checker reads."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)):
            yield from _run(child)


def _imported(node):
    if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("stellar"):
        names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    elif isinstance(node, ast.Import):
        names = [alias.name for alias in node.names if alias.name.startswith("stellar")]
    else:
        names = []
    for name in names:
        for parent in accumulate(name.split("."), lambda *parts: ".".join(parts)):
            path = BASE / "scripts" / parent.replace(".", "/")
            yield path.with_suffix(".py")
            yield path / "__init__.py"
