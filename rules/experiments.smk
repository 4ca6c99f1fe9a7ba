"""Experiments on the comparison's folds: each answers one question of the study.

READS sample.parquet, choose/, tier/, rival/.
WRITES a folder each, or a table in summary/.
"""

EXPERIMENTS = config["experiments"]
# What all have that train the chosen network anew, on the folds that chose it or on others.
ANEW = {**ON_TIER, "learner": "network"}
SETTING = {**ANEW, "folds": EXPERIMENTS["folds"]}
# What the tuned learners predict when they are trained on all stars.
ON_ALL_STARS = {
    "network": of_tiers(config["label"], TIER),
    "boosted_trees": each(rules.rival.output.probabilities, rival="boosted_trees"),
}


use rule learn_job as learning_curve with:
    """Score {wildcards.learner} against the number of stars that it is trained on."""
    input:
        code=code("learning_curve"),
        sample=rules.assign_folds.output.sample,
        chosen=lambda wildcards: CHOSEN[wildcards.learner],
        whole=lambda wildcards: ON_ALL_STARS[wildcards.learner],
    output:
        table="<results>/learning_curve/{learner}.csv",
    params:
        cfg=lambda wildcards: cfg(
            SETTING, learner=wildcards.learner, sizes=EXPERIMENTS["learning_curve"]
        ),


use rule learn_job as importance with:
    """Measure what tier {wildcards.tier} loses when each group of columns is permuted."""
    input:
        code=code("importance"),
        sample=rules.assign_folds.output.sample,
        chosen=CHOSEN["network"],
    output:
        table="<results>/importance/{tier}.csv",
    params:
        cfg=lambda wildcards: cfg(
            SETTING,
            EXPERIMENTS["importance"],
            tier=wildcards.tier,
            features=TIERS[wildcards.tier],
        ),


use rule learn_job as ingredients with:
    """Score the selected network with one change at a time, on the folds that selected it."""
    input:
        code=code("ingredients"),
        sample=rules.assign_folds.output.sample,
        chosen=CHOSEN["network"],
    output:
        table=table("ingredients"),
    params:
        cfg=cfg(
            ANEW,
            changes={n: of for n, of in EXPERIMENTS["ingredients"].items() if of},
        ),


use rule learn_job as input_errors with:
    """Train with noise drawn from the errors of the inputs; average over draws."""
    input:
        code=code("input_errors"),
        sample=rules.assign_folds.output.sample,
        chosen=CHOSEN["network"],
    output:
        table="<results>/input_errors/input_errors.csv",
    params:
        cfg=cfg(
            SETTING,
            EXPERIMENTS["input_errors"],
            features=TIERS[EXPERIMENTS["input_errors"]["tier"]],
        ),


use rule learn_job as memorise with:
    """Train networks of all widths on real and on permuted labels."""
    input:
        code=code("memorise"),
        sample=rules.assign_folds.output.sample,
    output:
        memorised="<results>/memorise/memorise.csv",
    params:
        cfg=cfg(
            LABELLED,
            EXPERIMENTS["memorise"],
            features=TIERS[TIER],
            network=config["learners"]["network"]["fixed"],
        ),


use rule learn_job as absolute_magnitude with:
    """Test whether magnitudes and redshift give the class, or the absolute magnitude."""
    input:
        code=code("absolute_magnitude"),
        sample=rules.assign_folds.output.sample,
        chosen=CHOSEN["network"],
    output:
        table="<results>/absolute_magnitude/absolute_magnitude.csv",
    params:
        # Redshift the last, as the script wants it.
        cfg=cfg(SETTING, features=jobs.with_last(TIERS[TIER], "redshift")),


use rule score_job as suspects with:
    """List the stars whose labels the cross-validated probabilities contradict."""
    input:
        code=code("suspects"),
        sample=rules.assign_folds.output.sample,
        probabilities=of_tiers(config["label"], EXPERIMENTS["suspects"]["tier"]),
    output:
        suspects=table("suspects"),
    params:
        cfg=cfg("seed", most=EXPERIMENTS["suspects"]["most"], release=RELEASE),


use rule score_job as brightness with:
    """Score the network against magnitude and signal-to-noise ratio."""
    input:
        code=code("brightness"),
        sample=rules.assign_folds.output.sample,
        network=ON_ALL_STARS["network"],
        trees=ON_ALL_STARS["boosted_trees"],
    output:
        brightness="<results>/brightness/brightness.csv",


use rule score_job as mistakes with:
    """List the network's most expensive mistakes."""
    input:
        code=code("mistakes"),
        sample=rules.assign_folds.output.sample,
        network=ON_ALL_STARS["network"],
    output:
        mistakes=table("mistakes"),
    params:
        cfg=cfg("costs", release=RELEASE),


# Figures of experiments, and the tables that each is drawn from.
DRAWN_EXPERIMENTS = {
    "learning_curves": each(rules.learning_curve.output, learner=LEARNERS),
    "memorise": rules.memorise.output.memorised,
    "importance": each(rules.importance.output, tier=TIERS),
    "brightness": rules.brightness.output.brightness,
}
