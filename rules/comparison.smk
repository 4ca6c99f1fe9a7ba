"""The comparison: hyperparameters from folds that no score uses, tiers of features, rivals.

READS sample.parquet.
WRITES choose/, tier/, rival/, calibration/, audit_alone/, audit/ and tables in summary/.
"""

# The study's own features in the audit, by their set's name unless a tier has it.
NAMED = isinstance(config["features"], str) and config["features"] not in TIERS
STUDY = {config["features"] if NAMED else "features": config["features"]}
OWN = configuration.own_columns(config["survey"])
AUDITED = {"position": "position", **STUDY, **TIERS}
AUDITED |= {"own": ["photometry", "colours", *sorted(OWN)]} if OWN else {}
AUDITED |= {name: of for name, of in sorted(config["audit"]["sets"].items()) if of}
AUDIT = {
    "features": list(AUDITED.items()),
    "own": OWN,
    "trees": config["audit"]["trees"],
    "seed": config["seed"],
}


# Too short for jobs of their own on a cluster: they run where Snakemake runs.
localrules:
    compare,
    hammer,


use rule learn_job as choose with:
    """Select hyperparameters of {wildcards.learner} on folds that it is not scored on."""
    input:
        code=code("choose"),
        sample=rules.assign_folds.output.sample,
    output:
        chosen="<results>/choose/{learner}/{selection}.json",
    params:
        cfg=lambda wildcards: cfg(
            name=wildcards.learner,
            learner=config["learners"][wildcards.learner],
            selection=wildcards.selection,
            features=TIERS[TIER],
            label=config["label"],
            seed=config["seed"],
            cv=COMPARISON,
        ),


use rule learn_job as tier with:
    """Score the selected network: tier {wildcards.tier}, label {wildcards.scheme}."""
    input:
        code=code("network_on_folds"),
        sample=rules.assign_folds.output.sample,
        settings=each(
            rules.choose.output.chosen, learner="network", selection=SELECTIONS
        ),
    output:
        probabilities="<results>/tier/{scheme}/{tier}/probabilities.parquet",
        calibration="<results>/tier/{scheme}/{tier}/calibration.parquet",
    params:
        cfg=lambda wildcards: cfg(
            about={
                "name": f"{wildcards.scheme}/{wildcards.tier}",
                "scheme": wildcards.scheme,
                "tier": wildcards.tier,
            },
            label=wildcards.scheme,
            features=TIERS[wildcards.tier],
            seed=config["seed"],
            cv=COMPARISON,
        ),


use rule learn_job as rival with:
    """Score rival {wildcards.rival} of the network on the same folds."""
    input:
        code=code("classifier_on_folds"),
        sample=rules.assign_folds.output.sample,
        chosen=lambda wildcards: (
            each(
                rules.choose.output.chosen,
                learner="boosted_trees",
                selection=SELECTIONS,
            )
            if wildcards.rival == "boosted_trees"
            else []
        ),
    output:
        probabilities="<results>/rival/{rival}/probabilities.parquet",
    params:
        cfg=lambda wildcards: cfg(
            name=wildcards.rival,
            features=TIERS[TIER],
            label=config["label"],
            seed=config["seed"],
            cv=COMPARISON,
        ),


use rule small_job as hammer with:
    """Score The Hammer's own types on the same folds."""
    input:
        code=code("type_by_hammer"),
        sample=rules.assign_folds.output.sample,
    output:
        probabilities="<results>/rival/hammer/probabilities.parquet",
    conda:
        "../envs/comparison.yaml"
    resources:
        mem_mb=sample_memory,
        runtime=grown(10),
    params:
        cfg=cfg(label=config["label"], cv=COMPARISON),


use rule score_job as calibrate with:
    """Calibrate probabilities, make conformal sets, learn what to reject."""
    input:
        code=code("calibrate"),
        sample=rules.assign_folds.output.sample,
        probabilities=each(rules.tier.output.probabilities, scheme=SCHEMES, tier=TIERS),
        calibration=each(rules.tier.output.calibration, scheme=SCHEMES, tier=TIERS),
    output:
        calibration_table=table("calibration"),
        reliability="<results>/calibration/reliability.csv",
        risk="<results>/calibration/risk_coverage.csv",
        rejected="<results>/calibration/rejected.json",
        used="<results>/calibration/used.json",
    params:
        cfg=cfg(**config["calibration"], seed=config["seed"], cv=COMPARISON),


use rule score_job as audit_without_networks with:
    """Look for leaks in the feature sets of label {wildcards.scheme}, without a network."""
    input:
        code=code("audit_alone"),
        sample=rules.assign_folds.output.sample,
    output:
        entries="<results>/audit_alone/{scheme}.json",
    params:
        cfg=lambda wildcards: cfg(scheme=wildcards.scheme, **AUDIT),


use rule score_job as audit with:
    """Compare the rows that the run used with those that it may use, label {wildcards.scheme}."""
    input:
        code=code("audit"),
        sample=rules.assign_folds.output.sample,
        data=rules.audit_without_networks.output.entries,
        chosen=lambda wildcards: each(
            rules.choose.output.chosen,
            learner=LEARNERS if wildcards.scheme == config["label"] else ["network"],
            selection=SELECTIONS,
        ),
        probabilities=lambda wildcards: each(
            rules.tier.output.probabilities, scheme=wildcards.scheme, tier=TIERS
        ),
        calibration=lambda wildcards: each(
            rules.tier.output.calibration, scheme=wildcards.scheme, tier=TIERS
        ),
        used=rules.calibrate.output.used,
        rejected=rules.calibrate.output.rejected,
        settings=lambda wildcards: (
            each(rules.tune.output.best) if wildcards.scheme == config["label"] else []
        ),
        # What the networks of the study's own label are compared with.
        compared=lambda wildcards: (
            each(
                [
                    rules.rival.output.probabilities,
                    rules.baseline.output.probabilities,
                    rules.ablation.output.probabilities,
                    FOLD_FILES["probabilities"],
                ],
                rival=RIVALS,
                name=BASELINES,
                variant=VARIANTS,
                fold=FOLDS,
            )
            if wildcards.scheme == config["label"]
            else []
        ),
    output:
        entries="<results>/audit/{scheme}.json",
    params:
        cfg=lambda wildcards: cfg(
            scheme=wildcards.scheme,
            tier=TIER,
            study=next(iter(STUDY)),
            ablation_folds=config["cv"]["ablation_folds"],
            cv=COMPARISON,
        ),


use rule small_job as compare with:
    """Score tiers and rivals on the folds that chose nothing."""
    input:
        code=code("compare"),
        tiers=each(rules.tier.output.probabilities, scheme=SCHEMES, tier=TIERS),
        network=each(rules.tier.output.probabilities, scheme=config["label"], tier=TIER),
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
        cfg=cfg(costs=config["costs"], rope=config["compare"]["rope"]),
