"""The study: a first network, a tuned one, its cross-validation, and what it must beat.

READS splits/, sample.parquet.
WRITES first_network/, tune/, cv/, ablation/, baseline/, model/, test/, the tables that score them
in summary/ and their figures.
"""

FOLD_FILES = {
    "probabilities": "<results>/cv/fold-{fold}/probabilities.parquet",
    "history": "<results>/cv/fold-{fold}/history.csv",
}
STUDY = {**LABELLED, "folds": config["cv"]["folds"]}
STUDIED = ["recalls", "folds", "baselines", "ablation", "training", "trials"]


use rule network_job as first_network with:
    """Train the study's first network."""
    input:
        code=code("first_network"),
        train=rules.split.output.train,
        validation=rules.split.output.validation,
    output:
        metrics="<results>/first_network/metrics.json",
        history="<results>/first_network/history.csv",
    params:
        cfg=cfg("seed", network=config["first_network"]),


use rule network_job as tune with:
    """Tune the network; an interrupted search goes on; progress in {log}."""
    input:
        code=code("tune"),
        train=rules.split.output.train,
        validation=rules.split.output.validation,
    output:
        best="<results>/tune/best_hyperparameters.json",
        trials="<results>/tune/trials.csv",
    threads: config["tuning"]["workers"]
    resources:
        mem_mb=search_memory(config["tuning"]["trials"]),
        runtime=lasting(120),
    params:
        cfg=cfg("seed", "network", tuning=TUNING),


# Several folds in one job have no wildcard in common: each such job is a rule of its own.
PACKED = config["cv"]["folds_per_job"]
PACKS = [FOLDS[first : first + PACKED] for first in range(0, len(FOLDS), PACKED)]
for pack in [["{fold}"]] if PACKED == 1 else PACKS:

    rule:
        name:
            "cv_fold" if PACKED == 1 else f"cv_fold_{pack[0]}"
        input:
            code=code("network_on_folds"),
            sample=rules.assign_folds.output.sample,
            settings=rules.tune.output.best,
        output:
            **{name: expand(path, fold=pack) for name, path in FOLD_FILES.items()},
        log:
            f"<logs>/cv_fold/{pack[0]}.log",
        benchmark:
            f"<benchmarks>/cv_fold/{pack[0]}.tsv"
        conda:
            "../envs/network.yaml"
        resources:
            mem_mb=sample_memory,
            runtime=lasting(20 * len(pack)),
        params:
            cfg=cfg(STUDY, "features", about={"name": "network"}),
            files=jobs.options,
        message:
            "Cross-validate, fold"
            + (" {wildcards.fold}" if PACKED == 1 else f"s {pack[0]} to {pack[-1]}")
        shell:
            "python {input.code[0]:q} --config {params.cfg:q} {params.files:q}"
            " --threads {threads} 2> {log:q}"


use rule network_job as ablation with:
    """Train the tuned network on other features, variant {wildcards.variant}, on most folds."""
    input:
        code=code("network_on_folds"),
        sample=rules.assign_folds.output.sample,
        settings=rules.tune.output.best,
    output:
        probabilities="<results>/ablation/{variant}/probabilities.parquet",
    resources:
        mem_mb=sample_memory,
        runtime=lasting(60),
    params:
        cfg=lambda wildcards: cfg(
            STUDY,
            config["ablation"][wildcards.variant],
            about={"name": wildcards.variant},
            scored=config["cv"]["ablation_folds"],
        ),


use rule learn_job as baseline with:
    """Score baseline {wildcards.name} on the cross-validation folds."""
    input:
        code=code("classifier_on_folds"),
        sample=rules.assign_folds.output.sample,
    output:
        probabilities="<results>/baseline/{name}/probabilities.parquet",
    params:
        cfg=lambda wildcards: cfg(STUDY, "features", name=wildcards.name),


use rule network_job as final_model with:
    """Train the tuned network on the training rows and save it."""
    input:
        code=code("final_model"),
        train=rules.split.output.train,
        validation=rules.split.output.validation,
        best=rules.tune.output.best,
    output:
        model="<results>/model/model.keras",
        history="<results>/model/history.csv",
    params:
        cfg=cfg("seed"),


use rule network_job as evaluate_test with:
    """Score the final model on the test rows, once."""
    input:
        code=code("evaluate_test"),
        model=rules.final_model.output.model,
        test=rules.split.output.test,
    output:
        metrics="<results>/test/metrics.json",


use rule small_job as collect with:
    """Score all that was predicted: baselines, cross-validation, ablations."""
    input:
        code=code("collect"),
        baselines=each(rules.baseline.output.probabilities, name=BASELINES),
        folds=expand(FOLD_FILES["probabilities"], fold=FOLDS),
        ablations=each(rules.ablation.output.probabilities, variant=VARIANTS),
        test=rules.split.output.test,
    output:
        baselines_table=table("baselines"),
        cv_table=table("cv"),
        ablation_table=table("ablation"),
        pooled="<results>/summary/pooled.json",
    conda:
        "../envs/learn.yaml"
    params:
        cfg=cfg("costs"),


use rule small_job as draw_study with:
    """Draw the study's results."""
    input:
        code=code("draw_study"),
        pooled=rules.collect.output.pooled,
        baselines=rules.collect.output.baselines_table,
        ablation=rules.collect.output.ablation_table,
        cv=rules.collect.output.cv_table,
        trials=rules.tune.output.trials,
        first=rules.first_network.output.history,
        histories=expand(FOLD_FILES["history"], fold=FOLDS),
    output:
        figures=figures("Study", *STUDIED),


rule cross_validation:
    """The cross-validation is made."""
    input:
        expand(list(FOLD_FILES.values()), fold=FOLDS),
