"""The tuned network: cross-validation, ablations, and the locked test rows."""


rule cv_fold:
    """Train on one fold's training rows, score its held-out rows."""
    input:
        code=code("cv_fold"),
        stars=rules.label_stars.output.stars,
        folds=rules.assign_folds.output.folds,
        best=rules.tune.output.best,
    output:
        metrics="<results>/cv/fold-{fold}/metrics.json",
        probabilities="<results>/cv/fold-{fold}/probabilities.parquet",
        history="<results>/cv/fold-{fold}/history.csv",
    log:
        "<logs>/cv_fold/{fold}.log",
    benchmark:
        "<benchmarks>/cv_fold/{fold}.tsv"
    conda:
        "../envs/network.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=20,
    params:
        cfg=cfg(
            seed=config["seed"],
            folds=config["cv"]["folds"],
            features=config["features"],
        ),
        fold=lambda wildcards: int(wildcards.fold),
    message:
        "Cross-validation, fold {wildcards.fold}"
    shell:
        "python {input.code[0]:q} --config {params.cfg:q} --fold {params.fold}"
        " --stars {input.stars:q} --folds {input.folds:q} --best {input.best:q}"
        " --metrics {output.metrics:q} --probabilities {output.probabilities:q}"
        " --history {output.history:q} --threads {threads} 2> {log:q}"


rule ablation:
    """Train the tuned network on other features, on all folds."""
    input:
        code=code("ablation"),
        stars=rules.label_stars.output.stars,
        folds=rules.assign_folds.output.folds,
        best=rules.tune.output.best,
    output:
        metrics="<results>/ablation/{variant}/metrics.json",
        probabilities="<results>/ablation/{variant}/probabilities.parquet",
    log:
        "<logs>/ablation/{variant}.log",
    benchmark:
        "<benchmarks>/ablation/{variant}.tsv"
    conda:
        "../envs/network.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        cfg=lambda wildcards: cfg(
            name=wildcards.variant,
            variant=config["ablation"][wildcards.variant],
            seed=config["seed"],
            folds=config["cv"]["folds"],
        ),
    message:
        "Ablation {wildcards.variant}"
    shell:
        "python {input.code[0]:q} --config {params.cfg:q} --stars {input.stars:q}"
        " --folds {input.folds:q} --best {input.best:q} --metrics {output.metrics:q}"
        " --probabilities {output.probabilities:q} --threads {threads} 2> {log:q}"


rule final_model:
    """Train the tuned network on the training rows and save it."""
    input:
        code=code("final_model"),
        train=rules.split.output.train,
        validation=rules.split.output.validation,
        best=rules.tune.output.best,
    output:
        model="<results>/model/model.keras",
        history="<results>/model/history.csv",
    log:
        "<logs>/final_model.log",
    benchmark:
        "<benchmarks>/final_model.tsv"
    conda:
        "../envs/network.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=20,
    params:
        cfg=cfg(seed=config["seed"]),
    message:
        "Train the final model"
    shell:
        "python {input.code[0]:q} --config {params.cfg:q} --train {input.train:q}"
        " --validation {input.validation:q} --best {input.best:q}"
        " --model {output.model:q} --history {output.history:q} --threads {threads}"
        " 2> {log:q}"


rule evaluate_test:
    """Score the final model on the test rows, once."""
    input:
        code=code("evaluate_test"),
        model=rules.final_model.output.model,
        test=rules.split.output.test,
    output:
        metrics="<results>/test/metrics.json",
    log:
        "<logs>/evaluate_test.log",
    benchmark:
        "<benchmarks>/evaluate_test.tsv"
    conda:
        "../envs/network.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=10,
    message:
        "Score the final model on the test rows"
    shell:
        "python {input.code[0]:q} --model {input.model:q} --test {input.test:q}"
        " --metrics {output.metrics:q} --threads {threads} 2> {log:q}"


rule collect:
    """Gather all scores in tables: baselines, cross-validation, ablations."""
    input:
        code=code("collect"),
        baselines=expand(rules.baseline.output.metrics, name=BASELINES),
        folds=expand(rules.cv_fold.output.metrics, fold=FOLDS),
        probabilities=expand(rules.cv_fold.output.probabilities, fold=FOLDS),
        ablations=expand(rules.ablation.output.metrics, variant=VARIANTS),
        test=rules.split.output.test,
    output:
        baselines=report(
            "<results>/summary/baselines.csv",
            caption="captions/baselines.rst",
            category="Tables",
        ),
        cv=report(
            "<results>/summary/cv.csv", caption="captions/cv.rst", category="Tables"
        ),
        ablation=report(
            "<results>/summary/ablation.csv",
            caption="captions/ablation.rst",
            category="Tables",
        ),
        pooled="<results>/summary/pooled.json",
    log:
        "<logs>/collect.log",
    benchmark:
        "<benchmarks>/collect.tsv"
    conda:
        "../envs/learn.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    message:
        "Gather the scores"
    shell:
        "python {input.code[0]:q} --baselines {input.baselines:q} --folds {input.folds:q}"
        " --probabilities {input.probabilities:q} --ablations {input.ablations:q}"
        " --test {input.test:q} --baselines-csv {output.baselines:q}"
        " --cv-csv {output.cv:q} --ablation-csv {output.ablation:q}"
        " --pooled {output.pooled:q} 2> {log:q}"
