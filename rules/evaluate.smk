"""The tuned network: cross-validation, ablations, and the locked test rows."""


# Too short for jobs of their own on a cluster: they run where Snakemake runs.
localrules:
    collect,


FOLD_CFG = cfg(
    seed=config["seed"], folds=config["cv"]["folds"], features=config["features"]
)
FOLD_FILES = {
    "probabilities": "<results>/cv/fold-{fold}/probabilities.parquet",
    "history": "<results>/cv/fold-{fold}/history.csv",
}
PACKS = [
    FOLDS[first : first + config["cv"]["folds_per_job"]]
    for first in range(0, len(FOLDS), config["cv"]["folds_per_job"])
]
TRAIN_FOLDS = (
    "python {input.code[0]:q} --config {params.cfg:q} --stars {input.stars:q} --folds {input.folds:q} --best {input.best:q}"
    " --probabilities {output.probabilities:q} --history {output.history:q}"
    " --threads {threads} 2> {log:q}"
)

if config["cv"]["folds_per_job"] == 1:

    rule cv_fold:
        """Train on one fold's training rows, predict its held-out rows."""
        input:
            code=code("cv_fold"),
            stars=rules.label_stars.output.stars,
            folds=rules.assign_folds.output.folds,
            best=rules.tune.output.best,
        output:
            **FOLD_FILES,
        log:
            "<logs>/cv_fold/{fold}.log",
        benchmark:
            "<benchmarks>/cv_fold/{fold}.tsv"
        conda:
            "../envs/network.yaml"
        threads: 1
        resources:
            mem_mb=sample_memory,
            runtime=lasting(20),
        params:
            cfg=FOLD_CFG,
        message:
            "Cross-validate, fold {wildcards.fold}"
        shell:
            TRAIN_FOLDS

else:
    # The files of several folds have no wildcard in common: a rule for each job.
    for pack in PACKS:

        rule:
            name:
                f"cv_fold_{pack[0]}"
            input:
                code=code("cv_fold"),
                stars=rules.label_stars.output.stars,
                folds=rules.assign_folds.output.folds,
                best=rules.tune.output.best,
            output:
                **{name: expand(path, fold=pack) for name, path in FOLD_FILES.items()},
            log:
                f"<logs>/cv_fold/{pack[0]}.log",
            benchmark:
                f"<benchmarks>/cv_fold/{pack[0]}.tsv"
            conda:
                "../envs/network.yaml"
            threads: 1
            resources:
                mem_mb=sample_memory,
                runtime=lasting(20 * len(pack)),
            params:
                cfg=FOLD_CFG,
            message:
                f"Cross-validate, folds {pack[0]} to {pack[-1]}"
            shell:
                TRAIN_FOLDS


rule ablation:
    """Train the tuned network on other features, on all folds."""
    input:
        code=code("ablation"),
        stars=rules.label_stars.output.stars,
        folds=rules.assign_folds.output.folds,
        best=rules.tune.output.best,
    output:
        probabilities="<results>/ablation/{variant}/probabilities.parquet",
    log:
        "<logs>/ablation/{variant}.log",
    benchmark:
        "<benchmarks>/ablation/{variant}.tsv"
    conda:
        "../envs/network.yaml"
    threads: 1
    resources:
        mem_mb=sample_memory,
        runtime=lasting(60),
    params:
        cfg=lambda wildcards: cfg(
            name=wildcards.variant,
            variant=config["ablation"][wildcards.variant],
            seed=config["seed"],
            folds=config["cv"]["folds"],
        ),
    message:
        "Score ablation variant {wildcards.variant}"
    shell:
        "python {input.code[0]:q} --config {params.cfg:q} --stars {input.stars:q}"
        " --folds {input.folds:q} --best {input.best:q}"
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
        mem_mb=sample_memory,
        runtime=lasting(20),
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
        mem_mb=sample_memory,
        runtime=lasting(10),
    message:
        "Score the final model on the test rows"
    shell:
        "python {input.code[0]:q} --model {input.model:q} --test {input.test:q}"
        " --metrics {output.metrics:q} --threads {threads} 2> {log:q}"


rule collect:
    """Score all that was predicted: baselines, cross-validation, ablations."""
    input:
        code=code("collect"),
        baselines=each(rules.baseline.output.probabilities, name=BASELINES),
        folds=expand(FOLD_FILES["probabilities"], fold=FOLDS),
        ablations=each(rules.ablation.output.probabilities, variant=VARIANTS),
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
        mem_mb=grown(1000),
        runtime=grown(10),
    params:
        cfg=cfg(costs=config["costs"]),
    message:
        "Score baselines, folds and ablations"
    shell:
        "python {input.code[0]:q} --config {params.cfg:q} --baselines {input.baselines:q} --folds {input.folds:q}"
        " --ablations {input.ablations:q}"
        " --test {input.test:q} --baselines-csv {output.baselines:q}"
        " --cv-csv {output.cv:q} --ablation-csv {output.ablation:q}"
        " --pooled {output.pooled:q} 2> {log:q}"
