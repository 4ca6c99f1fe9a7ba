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
include: "rules/acquire.smk"
include: "rules/prepare.smk"
include: "rules/baseline.smk"
include: "rules/tune.smk"
include: "rules/evaluate.smk"
include: "rules/honest.smk"
include: "rules/experiments.smk"
include: "rules/report.smk"


rule all:
    default_target: True
    input:
        # Every fold, variant and figure, so that one deleted is one rebuilt.
        rules.report.output,
        rules.label_stars.output,
        rules.explore.output,
        rules.evaluate_test.output,
        expand(rules.baseline.output, name=BASELINES),
        expand(list(FOLD_FILES.values()), fold=FOLDS),
        expand(rules.ablation.output, variant=VARIANTS),
        expand(rules.tier.output, scheme=SCHEMES, tier=TIERS),
        expand(rules.rival.output, rival=RIVALS),
        rules.cautious.output,
        rules.verdict.output,
        rules.answer.output,
        expand(rules.learning_curve.output, learner=config["learners"]),
        expand(rules.importance.output, tier=TIERS),
        rules.input_errors.output,
        rules.memorise.output,
        rules.absolute_magnitude.output,
        rules.suspects.output,
        rules.brightness.output,
        rules.honest_figures.output,
        rules.figures.output,


rule survey:
    input:
        rules.label_stars.output,
        rules.explore.output,


rule cross_validation:
    input:
        expand(list(FOLD_FILES.values()), fold=FOLDS),
