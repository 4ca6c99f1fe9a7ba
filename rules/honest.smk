"""The comparison: hyperparameters from folds that no score uses, tiers of features, rivals."""

PROTOCOL_CFG = {
    key: config["cv"][key] for key in ("folds", "selection", "selection_folds")
}
TIER = config["compare"]["tier"]  # on which learners are tuned and compared
# The study's own features in the audit, by their set's name unless a tier has it.
NAMED = isinstance(config["features"], str) and config["features"] not in TIERS
STUDY = {config["features"] if NAMED else "features": config["features"]}


# Too short for jobs of their own on a cluster: they run where Snakemake runs.
localrules:
    label_schemes,
    compare,
    verdict,


rule label_schemes:
    """The labelled stars under all label schemes, and the negatives among the rejects."""
    input:
        code=code("label_schemes"),
        stars=rules.label_stars.output.stars,
        folds=rules.assign_folds.output.folds,
        shards=expand("<results>/shards/shard-{shard}.parquet", shard=SHARDS),
    output:
        schemes="<results>/schemes.parquet",
    log:
        "<logs>/label_schemes.log",
    benchmark:
        "<benchmarks>/label_schemes.tsv"
    conda:
        "../envs/honest.yaml"
    resources:
        mem_mb=memory,
        runtime=grown(20),
    message:
        "Label stars by all label schemes"
    shell:
        "python {input.code[0]:q} --stars {input.stars:q} --folds {input.folds:q}"
        " --shards {input.shards:q} --schemes {output.schemes:q} 2> {log:q}"


rule choose:
    """Select a learner's hyperparameters on rows that its scores do not use."""
    input:
        code=code("choose"),
        schemes=rules.label_schemes.output.schemes,
    output:
        chosen="<results>/choose/{learner}/{part}.json",
    log:
        "<logs>/choose/{learner}-{part}.log",
    benchmark:
        "<benchmarks>/choose/{learner}-{part}.tsv"
    conda:
        "../envs/honest.yaml"
    threads: 1
    resources:
        mem_mb=sample_memory,
        runtime=lasting(60),
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
        "Select hyperparameters of {wildcards.learner}, {wildcards.part}"
    shell:
        "python {input.code[0]:q} --config {params.cfg:q} --schemes {input.schemes:q}"
        " --chosen {output.chosen:q} --threads {threads} 2> {log:q}"


rule tier:
    """Score the selected network on one tier of features, labels by one scheme."""
    input:
        code=code("tier"),
        schemes=rules.label_schemes.output.schemes,
        chosen=each(rules.choose.output.chosen, learner="network", part=PARTS),
    output:
        probabilities="<results>/tier/{scheme}/{tier}/probabilities.parquet",
        calibration="<results>/tier/{scheme}/{tier}/calibration.parquet",
    log:
        "<logs>/tier/{scheme}-{tier}.log",
    benchmark:
        "<benchmarks>/tier/{scheme}-{tier}.tsv"
    conda:
        "../envs/honest.yaml"
    threads: 1
    resources:
        mem_mb=sample_memory,
        runtime=lasting(60),
    params:
        cfg=lambda wildcards: cfg(
            scheme=wildcards.scheme,
            tier=wildcards.tier,
            features=TIERS[wildcards.tier],
            seed=config["seed"],
            cv=PROTOCOL_CFG,
        ),
    message:
        "Score tier {wildcards.tier}, label {wildcards.scheme}"
    shell:
        "python {input.code[0]:q} --config {params.cfg:q} --schemes {input.schemes:q}"
        " --chosen {input.chosen:q} --probabilities {output.probabilities:q}"
        " --calibration {output.calibration:q} --threads {threads} 2> {log:q}"


rule rival:
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
    log:
        "<logs>/rival/{rival}.log",
    benchmark:
        "<benchmarks>/rival/{rival}.tsv"
    conda:
        "../envs/honest.yaml"
    threads: 1
    resources:
        mem_mb=sample_memory,
        runtime=lasting(60),
    params:
        cfg=lambda wildcards: cfg(
            name=wildcards.rival,
            features=TIERS[TIER],
            label=config["label"],
            seed=config["seed"],
            cv=PROTOCOL_CFG,
        ),
    message:
        "Score rival {wildcards.rival}"
    shell:
        "python {input.code[0]:q} --config {params.cfg:q} --schemes {input.schemes:q}"
        " --chosen {input.chosen:q} --probabilities {output.probabilities:q}"
        " --threads {threads} 2> {log:q}"


rule cautious:
    """Calibrate probabilities, make conformal sets, learn what to reject."""
    input:
        code=code("cautious"),
        schemes=rules.label_schemes.output.schemes,
        probabilities=each(rules.tier.output.probabilities, scheme=SCHEMES, tier=TIERS),
        calibration=each(rules.tier.output.calibration, scheme=SCHEMES, tier=TIERS),
    output:
        calibration=report(
            "<results>/summary/calibration.csv",
            caption="captions/calibration.rst",
            category="Tables",
        ),
        reliability="<results>/cautious/reliability.csv",
        risk="<results>/cautious/risk_coverage.csv",
        rejected="<results>/cautious/rejected.json",
    log:
        "<logs>/cautious.log",
    benchmark:
        "<benchmarks>/cautious.tsv"
    conda:
        "../envs/honest.yaml"
    threads: 1
    resources:
        mem_mb=sample_memory,
        runtime=lasting(20),
    params:
        cfg=cfg(
            **config["cautious"],
            seed=config["seed"],
            cv=PROTOCOL_CFG,
        ),
    message:
        "Calibrate probabilities, reject negatives"
    shell:
        "python {input.code[0]:q} --config {params.cfg:q} --schemes {input.schemes:q}"
        " --probabilities {input.probabilities:q} --calibration {input.calibration:q}"
        " --calibration-csv {output.calibration:q} --reliability {output.reliability:q}"
        " --risk {output.risk:q} --rejected {output.rejected:q} 2> {log:q}"


rule audit:
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
    log:
        "<logs>/audit/{scheme}.log",
    benchmark:
        "<benchmarks>/audit/{scheme}.tsv"
    conda:
        "../envs/honest.yaml"
    threads: 1
    resources:
        mem_mb=sample_memory,
        runtime=lasting(30),
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
    shell:
        "python {input.code[0]:q} --config {params.cfg:q} --schemes {input.schemes:q}"
        " --chosen {input.chosen:q} --probabilities {input.probabilities:q}"
        " --entries {output.entries:q} 2> {log:q}"


rule verdict:
    """Gather the audits of all label schemes."""
    input:
        code=code("verdict"),
        entries=each(rules.audit.output.entries, scheme=SCHEMES),
    output:
        verdict="<results>/audit/verdict.json",
    log:
        "<logs>/verdict.log",
    benchmark:
        "<benchmarks>/verdict.tsv"
    conda:
        "../envs/honest.yaml"
    resources:
        mem_mb=grown(500),
        runtime=grown(5),
    message:
        "Gather the audits"
    shell:
        "python {input.code[0]:q} --entries {input.entries:q}"
        " --verdict {output.verdict:q} 2> {log:q}"


rule compare:
    """Score tiers and rivals on the folds that chose nothing."""
    input:
        code=code("compare"),
        tiers=each(rules.tier.output.probabilities, scheme=SCHEMES, tier=TIERS),
        network=each(rules.tier.output.probabilities, scheme=config["label"], tier=TIER),
        rivals=each(rules.rival.output.probabilities, rival=RIVALS),
    output:
        tiers=report(
            "<results>/summary/tiers.csv",
            caption="captions/tiers.rst",
            category="Tables",
        ),
        rivals=report(
            "<results>/summary/rivals.csv",
            caption="captions/rivals.rst",
            category="Tables",
        ),
    log:
        "<logs>/compare.log",
    benchmark:
        "<benchmarks>/compare.tsv"
    conda:
        "../envs/honest.yaml"
    resources:
        mem_mb=grown(1000),
        runtime=grown(10),
    params:
        cfg=cfg(costs=config["costs"], rope=config["compare"]["rope"]),
    message:
        "Compare tiers and rivals"
    shell:
        "python {input.code[0]:q} --config {params.cfg:q} --tiers {input.tiers:q}"
        " --network {input.network:q} --rivals {input.rivals:q}"
        " --tiers-csv {output.tiers:q} --rivals-csv {output.rivals:q} 2> {log:q}"
