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


if config["real_stars"]["path"]:

    include: "rules/real_stars.smk"


include: "rules/study.smk"
include: "rules/comparison.smk"
include: "rules/experiments.smk"
include: "rules/model.smk"
include: "rules/reporting.smk"
include: "rules/classify.smk"
include: "rules/audit_alone.smk"


EXTRA_RULES = [*MODEL_RULES, *CLASSIFY_RULES, *ALONE_RULES]  # not of the target all


complete_rules()
compare_replaced()


onstart:
    refuse_what_would_fail(Path(rules.label_stars.output.counts).parent)
    resume.note_run(Path.cwd(), workflow.local_exec, config)


onsuccess:
    say_how_it_ended(log)


onerror:
    say_how_it_ended(log)


rule all:
    default_target: True
    input:
        # Every fold, variant and figure, so that one deleted is one rebuilt.
        of_all_jobs(lambda rule: rule.output, but=EXTRA_RULES),
    # Or Snakemake would list all of these.
    message:
        "All results are made"


rule survey:
    input:
        rules.label_stars.output,
        rules.draw_survey.output,
    message:
        "The survey is made"


rule model:
    input:
        each(rules.train_model.output.model, tier=MODEL_TIERS),
    message:
        "The models are made"


rule classify:
    input:
        each(rules.classify_table.output.typed, table=list(TABLES)),
    message:
        "The tables are typed"


rule cross_validation:
    input:
        expand(list(FOLD_FILES.values()), fold=FOLDS),
    message:
        "The cross-validation is made"


rule audit_alone:
    input:
        rules.audit_page.output.html,
    message:
        "The audit is made: {input}"
