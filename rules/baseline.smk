"""Baselines to compare the network with."""


rule baseline:
    """Score one baseline on the cross-validation folds."""
    input:
        code=code("baseline"),
        stars=rules.label_stars.output.stars,
        folds=rules.assign_folds.output.folds,
    output:
        probabilities="<results>/baseline/{name}/probabilities.parquet",
    log:
        "<logs>/baseline/{name}.log",
    benchmark:
        "<benchmarks>/baseline/{name}.tsv"
    conda:
        "../envs/learn.yaml"
    threads: 1
    resources:
        mem_mb=sample_memory,
        runtime=lasting(60),
    params:
        cfg=lambda wildcards: cfg(
            name=wildcards.name,
            seed=config["seed"],
            folds=config["cv"]["folds"],
            features=config["features"],
        ),
    message:
        "Score baseline {wildcards.name}"
    shell:
        "OMP_NUM_THREADS={threads} OPENBLAS_NUM_THREADS={threads}"
        " python {input.code[0]:q} --config {params.cfg:q} --stars {input.stars:q}"
        " --folds {input.folds:q}"
        " --probabilities {output.probabilities:q} --threads {threads} 2> {log:q}"
