"""Experiments on the folds of the comparison: each answers one question of the study."""

EXPERIMENTS = config["experiments"]
HONEST_FIGURES = [
    "tiers",
    "reliability",
    "risk_coverage",
    "learning_curves",
    "memorise",
    "importance",
    "brightness",
]


# Too short for jobs of their own on a cluster: they run where Snakemake runs.
localrules:
    honest_figures,
    answer,


rule learning_curve:
    """Score a tuned learner against the number of stars that it is trained on."""
    input:
        code=code("learning_curve"),
        schemes=rules.label_schemes.output.schemes,
        chosen=lambda wildcards: each(
            rules.choose.output.chosen, learner=wildcards.learner, part=PARTS
        ),
    output:
        curve="<results>/learning_curve/{learner}.csv",
    log:
        "<logs>/learning_curve/{learner}.log",
    benchmark:
        "<benchmarks>/learning_curve/{learner}.tsv"
    conda:
        "../envs/honest.yaml"
    threads: 1
    resources:
        mem_mb=sample_memory,
        runtime=lasting(60),
    params:
        cfg=lambda wildcards: cfg(
            learner=wildcards.learner,
            sizes=EXPERIMENTS["learning_curve"],
            features=TIERS[TIER],
            label=config["label"],
            seed=config["seed"],
            cv=PROTOCOL_CFG,
            folds=EXPERIMENTS["folds"],
        ),
    message:
        "Measure the learning curve of {wildcards.learner}"
    shell:
        "python {input.code[0]:q} --config {params.cfg:q} --schemes {input.schemes:q}"
        " --chosen {input.chosen:q} --curve {output.curve:q} --threads {threads} 2> {log:q}"


rule importance:
    """Measure what the network loses without each group of columns."""
    input:
        code=code("importance"),
        schemes=rules.label_schemes.output.schemes,
        chosen=each(rules.choose.output.chosen, learner="network", part=PARTS),
    output:
        importance="<results>/importance/{tier}.csv",
    log:
        "<logs>/importance/{tier}.log",
    benchmark:
        "<benchmarks>/importance/{tier}.tsv"
    conda:
        "../envs/honest.yaml"
    threads: 1
    resources:
        mem_mb=sample_memory,
        runtime=lasting(60),
    params:
        cfg=lambda wildcards: cfg(
            learner="network",
            tier=wildcards.tier,
            features=TIERS[wildcards.tier],
            **EXPERIMENTS["importance"],
            label=config["label"],
            seed=config["seed"],
            cv=PROTOCOL_CFG,
            folds=EXPERIMENTS["folds"],
        ),
    message:
        "Measure permutation importance, tier {wildcards.tier}"
    shell:
        "python {input.code[0]:q} --config {params.cfg:q} --schemes {input.schemes:q}"
        " --chosen {input.chosen:q} --importance {output.importance:q} --threads {threads}"
        " 2> {log:q}"


rule ingredients:
    """Score the selected network with one change at a time, on the folds that selected it."""
    input:
        code=code("ingredients"),
        schemes=rules.label_schemes.output.schemes,
        chosen=each(rules.choose.output.chosen, learner="network", part=PARTS),
    output:
        ingredients=report(
            "<results>/summary/ingredients.csv",
            caption="captions/ingredients.rst",
            category="Tables",
        ),
    log:
        "<logs>/ingredients.log",
    benchmark:
        "<benchmarks>/ingredients.tsv"
    conda:
        "../envs/honest.yaml"
    threads: 1
    resources:
        mem_mb=sample_memory,
        runtime=lasting(60),
    params:
        cfg=cfg(
            learner="network",
            features=TIERS[TIER],
            changes={
                name: change
                for name, change in EXPERIMENTS["ingredients"].items()
                if change
            },
            label=config["label"],
            seed=config["seed"],
            cv=PROTOCOL_CFG,
        ),
    message:
        "Change the network, one setting at a time"
    shell:
        "python {input.code[0]:q} --config {params.cfg:q} --schemes {input.schemes:q}"
        " --chosen {input.chosen:q} --ingredients {output.ingredients:q}"
        " --threads {threads} 2> {log:q}"


rule input_errors:
    """Train with noise drawn from the errors of the inputs; average over draws."""
    input:
        code=code("input_errors"),
        schemes=rules.label_schemes.output.schemes,
        chosen=each(rules.choose.output.chosen, learner="network", part=PARTS),
    output:
        input_errors="<results>/input_errors/input_errors.csv",
    log:
        "<logs>/input_errors.log",
    benchmark:
        "<benchmarks>/input_errors.tsv"
    conda:
        "../envs/honest.yaml"
    threads: 1
    resources:
        mem_mb=sample_memory,
        runtime=lasting(60),
    params:
        cfg=cfg(
            learner="network",
            features=TIERS[EXPERIMENTS["input_errors"]["tier"]],
            **EXPERIMENTS["input_errors"],
            label=config["label"],
            seed=config["seed"],
            cv=PROTOCOL_CFG,
            folds=EXPERIMENTS["folds"],
        ),
    message:
        "Add the inputs' errors as noise"
    shell:
        "python {input.code[0]:q} --config {params.cfg:q} --schemes {input.schemes:q}"
        " --chosen {input.chosen:q} --input-errors {output.input_errors:q}"
        " --threads {threads} 2> {log:q}"


rule memorise:
    """Train networks of all widths on real and on shuffled labels."""
    input:
        code=code("memorise"),
        schemes=rules.label_schemes.output.schemes,
    output:
        memorised="<results>/memorise/memorise.csv",
    log:
        "<logs>/memorise.log",
    benchmark:
        "<benchmarks>/memorise.tsv"
    conda:
        "../envs/honest.yaml"
    threads: 1
    resources:
        mem_mb=sample_memory,
        runtime=lasting(60),
    params:
        cfg=cfg(
            label=config["label"],
            features=TIERS[TIER],
            network=config["learners"]["network"]["fixed"],
            seed=config["seed"],
            **EXPERIMENTS["memorise"],
        ),
    message:
        "Train on shuffled labels"
    shell:
        "python {input.code[0]:q} --config {params.cfg:q} --schemes {input.schemes:q}"
        " --memorised {output.memorised:q} --threads {threads} 2> {log:q}"


rule absolute_magnitude:
    """Test whether magnitudes and redshift predict the class, or the absolute magnitude."""
    input:
        code=code("absolute_magnitude"),
        schemes=rules.label_schemes.output.schemes,
        chosen=each(rules.choose.output.chosen, learner="network", part=PARTS),
    output:
        absolute_magnitude="<results>/absolute_magnitude/absolute_magnitude.csv",
    log:
        "<logs>/absolute_magnitude.log",
    benchmark:
        "<benchmarks>/absolute_magnitude.tsv"
    conda:
        "../envs/honest.yaml"
    threads: 1
    resources:
        mem_mb=sample_memory,
        runtime=lasting(60),
    params:
        cfg=cfg(
            learner="network",
            features=[
                *(
                    name
                    for name in features.resolve(TIERS[TIER])
                    if name != "redshift"
                ),
                "redshift",  # the last, as the script wants it
            ],
            label=config["label"],
            seed=config["seed"],
            cv=PROTOCOL_CFG,
            folds=EXPERIMENTS["folds"],
        ),
    message:
        "Predict class and absolute magnitude from magnitudes and redshift"
    shell:
        "python {input.code[0]:q} --config {params.cfg:q} --schemes {input.schemes:q}"
        " --chosen {input.chosen:q} --absolute-magnitude {output.absolute_magnitude:q}"
        " --threads {threads} 2> {log:q}"


rule suspects:
    """List the stars whose labels the cross-validated probabilities contradict."""
    input:
        code=code("suspects"),
        schemes=rules.label_schemes.output.schemes,
        probabilities=each(
            rules.tier.output.probabilities,
            scheme=config["label"],
            tier=EXPERIMENTS["suspects"]["tier"],
        ),
    output:
        suspects=report(
            "<results>/summary/suspects.csv",
            caption="captions/suspects.rst",
            category="Tables",
        ),
    log:
        "<logs>/suspects.log",
    benchmark:
        "<benchmarks>/suspects.tsv"
    conda:
        "../envs/honest.yaml"
    threads: 1
    resources:
        mem_mb=sample_memory,
        runtime=lasting(10),
    params:
        cfg=cfg(
            most=EXPERIMENTS["suspects"]["most"],
            seed=config["seed"],
            release=(
                config["survey"]["sdss"]["release"]
                if config["survey"]["source"] == "sdss"
                else None
            ),
        ),
    message:
        "List suspect labels"
    shell:
        "python {input.code[0]:q} --config {params.cfg:q} --schemes {input.schemes:q}"
        " --probabilities {input.probabilities:q} --suspects {output.suspects:q} 2> {log:q}"


rule brightness:
    """Score the network against magnitude and signal-to-noise ratio."""
    input:
        code=code("brightness"),
        schemes=rules.label_schemes.output.schemes,
        network=each(rules.tier.output.probabilities, scheme=config["label"], tier=TIER),
        trees=each(rules.rival.output.probabilities, rival="boosted_trees"),
    output:
        brightness="<results>/brightness/brightness.csv",
    log:
        "<logs>/brightness.log",
    benchmark:
        "<benchmarks>/brightness.tsv"
    conda:
        "../envs/honest.yaml"
    threads: 1
    resources:
        mem_mb=sample_memory,
        runtime=lasting(10),
    message:
        "Score the network against brightness"
    shell:
        "python {input.code[0]:q} --schemes {input.schemes:q}"
        " --network {input.network:q} --trees {input.trees:q}"
        " --brightness {output.brightness:q} 2> {log:q}"


rule honest_figures:
    """Draw the comparison and the experiments."""
    input:
        code=code("honest_figures"),
        pooled=rules.collect.output.pooled,
        tiers=rules.compare.output.tiers,
        reliability=rules.cautious.output.reliability,
        risk_coverage=rules.cautious.output.risk,
        learning_curves=each(rules.learning_curve.output, learner=LEARNERS),
        importance=each(rules.importance.output, tier=TIERS),
        memorise=rules.memorise.output.memorised,
        brightness=rules.brightness.output.brightness,
    output:
        figures=[
            report(
                f"<results>/figures/{name}.svg",
                caption=f"captions/{name}.rst",
                category="Answer",
            )
            for name in HONEST_FIGURES
        ],
    log:
        "<logs>/honest_figures.log",
    benchmark:
        "<benchmarks>/honest_figures.tsv"
    conda:
        "../envs/report.yaml"
    resources:
        mem_mb=grown(1000),
        runtime=grown(10),
    message:
        "Draw the comparison and the experiments"
    shell:
        "python {input.code[0]:q} --pooled {input.pooled:q} --tiers {input.tiers:q}"
        " --reliability {input.reliability:q} --risk-coverage {input.risk_coverage:q}"
        " --learning-curves {input.learning_curves:q} --importance {input.importance:q}"
        " --memorise {input.memorise:q} --brightness {input.brightness:q}"
        " --figures {output.figures:q} 2> {log:q}"


rule answer:
    """Write the answer in sentences."""
    input:
        code=code("answer"),
        pooled=rules.collect.output.pooled,
        baselines=rules.collect.output.baselines,
        tiers=rules.compare.output.tiers,
        rivals=rules.compare.output.rivals,
        calibration=rules.cautious.output.calibration,
        rejected=rules.cautious.output.rejected,
        verdict=rules.verdict.output.verdict,
        chosen=each(rules.choose.output.chosen, learner=LEARNERS, part=PARTS),
        memorised=rules.memorise.output.memorised,
        absolute_magnitude=rules.absolute_magnitude.output.absolute_magnitude,
        input_errors=rules.input_errors.output.input_errors,
        suspects=rules.suspects.output.suspects,
    output:
        answer="<results>/summary/answer.md",
    log:
        "<logs>/answer.log",
    benchmark:
        "<benchmarks>/answer.tsv"
    conda:
        "../envs/honest.yaml"
    resources:
        mem_mb=grown(500),
        runtime=grown(5),
    params:
        cfg=cfg(label=config["label"], tier=TIER),
    message:
        "Write {output.answer}"
    shell:
        "python {input.code[0]:q} --config {params.cfg:q} --pooled {input.pooled:q}"
        " --baselines {input.baselines:q} --tiers {input.tiers:q} --rivals {input.rivals:q}"
        " --calibration {input.calibration:q} --rejected {input.rejected:q}"
        " --verdict {input.verdict:q} --chosen {input.chosen:q}"
        " --memorised {input.memorised:q}"
        " --absolute-magnitude {input.absolute_magnitude:q}"
        " --input-errors {input.input_errors:q}"
        " --suspects {input.suspects:q} --answer {output.answer:q} 2> {log:q}"
