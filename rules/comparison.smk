"""The comparison: hyperparameters from folds that no score uses, tiers of features, rivals.

READS stars.parquet, folds.parquet, shards/shard-*.parquet.
WRITES schemes.parquet, choose/, tier/, rival/, calibration/, audit/ and tables in summary/.
"""

# The study's own features in the audit, by their set's name unless a tier has it.
NAMED = isinstance(config["features"], str) and config["features"] not in TIERS
STUDY = {config["features"] if NAMED else "features": config["features"]}


# Too short for jobs of their own on a cluster: they run where Snakemake runs.
localrules:
    label_schemes,
    compare,
    verdict,


use rule stream_job as label_schemes with:
    """The labelled stars under all label schemes, and the negatives among the rejects."""
    input:
        code=code("label_schemes"),
        stars=rules.label_stars.output.stars,
        folds=rules.assign_folds.output.folds,
        shards=expand("<results>/shards/shard-{shard}.parquet", shard=SHARDS),
    output:
        schemes="<results>/schemes.parquet",
    pathvars:
        job="label_schemes",
    message:
        "Label stars by all schemes"


use rule learn_job as choose with:
    """Choose a learner's hyperparameters on rows that its scores do not use."""
    input:
        code=code("choose"),
        schemes=rules.label_schemes.output.schemes,
    output:
        chosen="<results>/choose/{learner}/{part}.json",
    pathvars:
        job="choose/{learner}-{part}",
    params:
        cfg=lambda wildcards: cfg(
            name=wildcards.learner,
            learner=config["learners"][wildcards.learner],
            part=wildcards.part,
            features=TIERS[TIER],
            label=config["label"],
            seed=config["seed"],
            cv=PROTOCOL_CFG,
        ),
    message:
        "Choose the hyperparameters of {wildcards.learner}, {wildcards.part}"


use rule learn_job as tier with:
    """Score the chosen network on one tier of features, labels by one scheme."""
    input:
        code=code("tier"),
        schemes=rules.label_schemes.output.schemes,
        chosen=each(rules.choose.output.chosen, learner="network", part=PARTS),
    output:
        probabilities="<results>/tier/{scheme}/{tier}/probabilities.parquet",
        calibration="<results>/tier/{scheme}/{tier}/calibration.parquet",
    pathvars:
        job="tier/{scheme}-{tier}",
    params:
        cfg=lambda wildcards: cfg(
            scheme=wildcards.scheme,
            tier=wildcards.tier,
            features=TIERS[wildcards.tier],
            seed=config["seed"],
            cv=PROTOCOL_CFG,
        ),
    message:
        "Tier {wildcards.tier}, label {wildcards.scheme}"


use rule learn_job as rival with:
    """Score a rival of the network on the same folds."""
    input:
        code=code("rival"),
        schemes=rules.label_schemes.output.schemes,
        chosen=lambda wildcards: (
            each(rules.choose.output.chosen, learner="boosted_trees", part=PARTS)
            if wildcards.rival == "boosted_trees"
            else []
        ),
    output:
        probabilities="<results>/rival/{rival}/probabilities.parquet",
    pathvars:
        job="rival/{rival}",
    params:
        cfg=lambda wildcards: cfg(
            name=wildcards.rival,
            features=TIERS[TIER],
            label=config["label"],
            seed=config["seed"],
            cv=PROTOCOL_CFG,
        ),
    message:
        "Rival {wildcards.rival}"


use rule score_job as calibrate with:
    """Calibrate probabilities, make conformal sets, learn what to reject."""
    input:
        code=code("calibrate"),
        schemes=rules.label_schemes.output.schemes,
        probabilities=each(rules.tier.output.probabilities, scheme=SCHEMES, tier=TIERS),
        calibration=each(rules.tier.output.calibration, scheme=SCHEMES, tier=TIERS),
    output:
        calibration_table=table("calibration"),
        reliability="<results>/calibration/reliability.csv",
        risk="<results>/calibration/risk_coverage.csv",
        rejected="<results>/calibration/rejected.json",
    pathvars:
        job="calibrate",
    params:
        cfg=cfg(**config["cautious"], seed=config["seed"], cv=PROTOCOL_CFG),
    message:
        "Calibrate, make sets, reject"


use rule score_job as audit with:
    """Look for leaks in the feature sets of one label scheme."""
    input:
        code=code("audit"),
        schemes=rules.label_schemes.output.schemes,
        chosen=each(rules.choose.output.chosen, learner="network", part=PARTS),
        probabilities=lambda wildcards: each(
            rules.tier.output.probabilities, scheme=wildcards.scheme, tier=TIERS
        ),
    output:
        entries="<results>/audit/{scheme}.json",
    pathvars:
        job="audit/{scheme}",
    params:
        cfg=lambda wildcards: cfg(
            scheme=wildcards.scheme,
            features=list({"position": "position", **STUDY, **TIERS}.items()),
            **config["audit"],
            seed=config["seed"],
            cv=PROTOCOL_CFG,
        ),
    message:
        "Audit label {wildcards.scheme}"


use rule small_job as verdict with:
    """Gather the audits of all label schemes."""
    input:
        code=code("verdict"),
        entries=each(rules.audit.output.entries, scheme=SCHEMES),
    output:
        verdict="<results>/audit/verdict.json",
    pathvars:
        job="verdict",
    message:
        "Gather the audits"


use rule small_job as compare with:
    """Score tiers and rivals on the folds that chose nothing."""
    input:
        code=code("compare"),
        tiers=each(rules.tier.output.probabilities, scheme=SCHEMES, tier=TIERS),
        network=each(rules.tier.output.probabilities, scheme=config["label"], tier=TIER),
        rivals=each(rules.rival.output.probabilities, rival=RIVALS),
    output:
        tiers_table=table("tiers"),
        rivals_table=table("rivals"),
    pathvars:
        job="compare",
    conda:
        "../envs/comparison.yaml"
    params:
        cfg=cfg(costs=config["costs"], rope=config["compare"]["rope"]),
    message:
        "Compare tiers and rivals"
