"""From shards to labelled stars, their splits and folds."""


# Too short for jobs of their own on a cluster: they run where Snakemake runs.
localrules:
    label_stars,
    split,
    assign_folds,
    explore,


rule label_stars:
    """Label stars O B A F G K M; what is none of them goes to the rejects with its reason."""
    input:
        code=code("label_stars"),
        shards=expand("<results>/shards/shard-{shard}.parquet", shard=SHARDS),
    output:
        stars="<results>/stars.parquet",
        rejects="<results>/rejects.csv",
        counts="<results>/labels.json",
    log:
        "<logs>/label_stars.log",
    benchmark:
        "<benchmarks>/label_stars.tsv"
    conda:
        "../envs/data.yaml"
    resources:
        mem_mb=memory,
        runtime=grown(20),
    params:
        cfg=cfg(label=config["label"]),
    message:
        "Label stars"
    shell:
        "python {input.code[0]:q} --config {params.cfg:q} --shards {input.shards:q}"
        " --stars {output.stars:q} --rejects {output.rejects:q} --counts {output.counts:q}"
        " 2> {log:q}"


rule split:
    """Training, validation and test rows by star; scaler fitted on the training rows."""
    input:
        code=code("split"),
        stars=rules.label_stars.output.stars,
    output:
        train="<results>/splits/train.parquet",
        validation="<results>/splits/validation.parquet",
        test="<results>/splits/test.parquet",
        scaler="<results>/splits/scaler.json",
    log:
        "<logs>/split.log",
    benchmark:
        "<benchmarks>/split.tsv"
    conda:
        "../envs/data.yaml"
    resources:
        mem_mb=memory,
        runtime=grown(20),
    params:
        cfg=cfg(seed=config["seed"], split=config["split"], features=config["features"]),
    message:
        "Split stars: training, validation, test"
    shell:
        "python {input.code[0]:q} --config {params.cfg:q} --stars {input.stars:q}"
        " --train {output.train:q} --validation {output.validation:q}"
        " --test {output.test:q} --scaler {output.scaler:q} 2> {log:q}"


rule assign_folds:
    """Cross-validation folds, stratified by class; each star in one fold."""
    input:
        code=code("assign_folds"),
        stars=rules.label_stars.output.stars,
    output:
        folds="<results>/folds.parquet",
    log:
        "<logs>/assign_folds.log",
    benchmark:
        "<benchmarks>/assign_folds.tsv"
    conda:
        "../envs/data.yaml"
    resources:
        mem_mb=memory,
        runtime=grown(10),
    params:
        cfg=cfg(seed=config["seed"], folds=config["cv"]["folds"]),
    message:
        "Assign cross-validation folds"
    shell:
        "python {input.code[0]:q} --config {params.cfg:q} --stars {input.stars:q}"
        " --folds {output.folds:q} 2> {log:q}"


rule explore:
    """Figures of the survey: classes, colours, parameters, sky."""
    input:
        code=code("explore"),
        stars=rules.label_stars.output.stars,
    output:
        classes=report(
            "<results>/figures/classes.svg",
            caption="captions/classes.rst",
            category="Survey",
        ),
        colours=report(
            "<results>/figures/colours.svg",
            caption="captions/colours.rst",
            category="Survey",
        ),
        temperatures=report(
            "<results>/figures/temperatures.svg",
            caption="captions/temperatures.rst",
            category="Survey",
        ),
        sky=report(
            "<results>/figures/sky.svg",
            caption="captions/sky.rst",
            category="Survey",
        ),
    log:
        "<logs>/explore.log",
    benchmark:
        "<benchmarks>/explore.tsv"
    conda:
        "../envs/report.yaml"
    resources:
        mem_mb=memory,
        runtime=grown(10),
    message:
        "Draw the survey"
    shell:
        "python {input.code[0]:q} --stars {input.stars:q} --classes {output.classes:q}"
        " --colours {output.colours:q} --temperatures {output.temperatures:q}"
        " --sky {output.sky:q} 2> {log:q}"
