"""The comparison: hyperparameters from folds that no score uses, tiers of features, rivals.

READS sample.parquet.
WRITES choose/, tier/, rival/, calibration/, audit_alone/, audit/ and tables in summary/.
"""

AUDIT = jobs.audit_of(config, TIERS)
# Where learners are compared.
ON_TIER = {**LABELLED, "features": TIERS[TIER], "cv": COMPARISON}


use rule learn_job as choose with:
    """Select hyperparameters of {wildcards.learner} on folds that it is not scored on."""
    input:
        code=code("choose"),
        sample=rules.assign_folds.output.sample,
    output:
        chosen="<results>/choose/{learner}/{selection}.json",
    params:
        cfg=lambda wildcards: cfg(
            ON_TIER,
            name=wildcards.learner,
            learner=config["learners"][wildcards.learner],
            selection=wildcards.selection,
        ),


CHOSEN = {
    learner: each(rules.choose.output.chosen, learner=learner, selection=SELECTIONS)
    for learner in LEARNERS
}


use rule learn_job as tier with:
    """Score the selected network: tier {wildcards.tier}, label {wildcards.scheme}."""
    input:
        code=code("network_on_folds"),
        sample=rules.assign_folds.output.sample,
        settings=CHOSEN["network"],
    output:
        probabilities="<results>/tier/{scheme}/{tier}/probabilities.parquet",
        calibration="<results>/tier/{scheme}/{tier}/calibration.parquet",
    params:
        cfg=lambda wildcards: cfg(
            ON_TIER,
            about={"name": f"{wildcards.scheme}/{wildcards.tier}", **wildcards},
            label=wildcards.scheme,
            features=TIERS[wildcards.tier],
        ),


use rule learn_job as rival with:
    """Score rival {wildcards.rival} of the network on the same folds."""
    input:
        code=code("classifier_on_folds"),
        sample=rules.assign_folds.output.sample,
        chosen=lambda wildcards: CHOSEN.get(wildcards.rival, []),
    output:
        probabilities="<results>/rival/{rival}/probabilities.parquet",
    params:
        cfg=lambda wildcards: cfg(ON_TIER, name=wildcards.rival),


use rule score_job as hammer with:
    """Score The Hammer's own types on the same folds."""
    input:
        code=code("type_by_hammer"),
        sample=rules.assign_folds.output.sample,
    output:
        probabilities="<results>/rival/hammer/probabilities.parquet",
    params:
        cfg=cfg("label", cv=COMPARISON),


use rule score_job as calibrate with:
    """Calibrate probabilities, make conformal sets, learn what to reject."""
    input:
        code=code("calibrate"),
        sample=rules.assign_folds.output.sample,
        probabilities=of_tiers(SCHEMES),
        calibration=of_tiers(SCHEMES, kind="calibration"),
    output:
        calibration_table=table("calibration"),
        reliability="<results>/calibration/reliability.csv",
        risk="<results>/calibration/risk_coverage.csv",
        rejected="<results>/calibration/rejected.json",
        used="<results>/calibration/used.json",
    params:
        cfg=cfg(config["calibration"], "seed", cv=COMPARISON),


use rule score_job as audit_without_networks with:
    """Look for leaks in the feature sets of label {wildcards.scheme}, without a network."""
    input:
        code=code("audit_alone"),
        sample=rules.assign_folds.output.sample,
    output:
        entries="<results>/audit_alone/{scheme}.json",
    params:
        cfg=lambda wildcards: cfg(AUDIT, scheme=wildcards.scheme),


# What the networks of the study's own label are compared with.
BESIDE_NETWORK = [
    *each(rules.rival.output.probabilities, rival=VALUES["rival"]),
    *each(rules.baseline.output.probabilities, name=BASELINES),
    *each(rules.ablation.output.probabilities, variant=VARIANTS),
    *each(rules.collect.input.folds),
]


use rule score_job as audit with:
    """Compare the rows that the run used with those that it may use, label {wildcards.scheme}."""
    input:
        code=code("audit"),
        sample=rules.assign_folds.output.sample,
        data=rules.audit_without_networks.output.entries,
        chosen=of_own_label(sum(CHOSEN.values(), []), CHOSEN["network"]),
        probabilities=lambda wildcards: of_tiers(wildcards.scheme),
        calibration=lambda wildcards: of_tiers(wildcards.scheme, kind="calibration"),
        used=rules.calibrate.output.used,
        rejected=rules.calibrate.output.rejected,
        settings=of_own_label(each(rules.tune.output.best)),
        compared=of_own_label(BESIDE_NETWORK),
    output:
        entries="<results>/audit/{scheme}.json",
    params:
        cfg=lambda wildcards: cfg(
            scheme=wildcards.scheme,
            tier=TIER,
            study=jobs.studied(config, TIERS),
            ablation_folds=config["cv"]["ablation_folds"],
            cv=COMPARISON,
        ),


use rule small_job as compare with:
    """Score tiers and rivals on the folds that chose nothing."""
    input:
        code=code("compare"),
        tiers=of_tiers(SCHEMES),
        network=of_tiers(config["label"], TIER),
        rivals=[
            *each(rules.rival.output.probabilities, rival=["boosted_trees"]),
            *each(rules.hammer.output.probabilities),
            *each(rules.rival.output.probabilities, rival=BASELINES),
        ],
    output:
        tiers_table=table("tiers"),
        rivals_table=table("rivals"),
        confusions_table="<results>/summary/confusions.csv",
    conda:
        "../envs/comparison.yaml"
    params:
        cfg=cfg("costs", rope=config["compare"]["rope"]),
