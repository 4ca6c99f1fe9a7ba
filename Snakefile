"""Hack or Hammer: can a network tell a star's spectral class from catalogue values?"""

from snakemake.utils import min_version

min_version("9.20")


configfile: "config/config.yaml"


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
include: "rules/reporting.smk"


complete_rules()


onstart:
    refuse_what_would_fail(Path(rules.label_stars.output.counts).parent)
    resume.note_run(Path.cwd(), workflow.local_exec, config)


rule all:
    default_target: True
    input:
        # Every fold, variant and figure, so that one deleted is one rebuilt.
        of_all_jobs(lambda rule: rule.output),
    # Or Snakemake would list all of these.
    message:
        "All results are made"


rule survey:
    input:
        rules.label_stars.output,
        rules.draw_survey.output,
    message:
        "The survey is made"


rule cross_validation:
    input:
        expand(list(FOLD_FILES.values()), fold=FOLDS),
    message:
        "The cross-validation is made"
