"""Hack or Hammer: can a network tell a star's spectral class from catalogue values?"""

from snakemake.exceptions import WorkflowError
from snakemake.utils import min_version

min_version("9.20")

if workflow.modifier.parent_modifier:
    raise WorkflowError(
        "Hack or Hammer cannot be a module of another workflow; run it in a folder of its own: "
        "snakemake --snakefile its/Snakefile --directory a_folder --cores 2"
    )


# With --directory this file lies elsewhere; what it says of places is of the working directory.
configfile: f"{workflow.basedir}/config/config.yaml"


pathvars:
    results="results",
    logs="<results>/logs",
    benchmarks="<results>/benchmarks",


report: "rules/captions/workflow.rst"


include: "rules/common.smk"
include: "rules/jobs.smk"
include: f"rules/survey/{config['survey']['source']}.smk"
include: "rules/sample.smk"
include: "rules/study.smk"
include: "rules/comparison.smk"
include: "rules/experiments.smk"
include: "rules/model.smk"
include: "rules/reporting.smk"
include: "rules/classify.smk"
include: "rules/audit_alone.smk"


EXTRA_RULES = MODEL_RULES + CLASSIFY_RULES + ALONE_RULES
RESULTS = Path(rules.label_stars.output.counts).parent


onstart:
    with one_sentence():
        environment.use()
        resume.check_writable(RESULTS)
        resume.check_times(RESULTS, BASE / "scripts")
    resume.note_run(Path.cwd(), workflow.local_exec, config)


onsuccess:
    outcome.say(log, RESULTS / "logs", config)


onerror:
    outcome.say(log, RESULTS / "logs", config)


rule all:
    """All results are made."""
    default_target: True
    input:
        # Every fold, variant and figure, so that one deleted is one rebuilt.
        graph.files(lambda rule: rule.output, but=EXTRA_RULES),


graph.complete()
graph.compare_replaced()
