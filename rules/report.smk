"""Figures, cost table and the report."""


rule figures:
    """Draw the results."""
    input:
        code=code("figures"),
        pooled=rules.collect.output.pooled,
        baselines=rules.collect.output.baselines,
        ablation=rules.collect.output.ablation,
        first=rules.first_network.output.history,
        folds=expand(rules.cv_fold.output.history, fold=FOLDS),
    output:
        confusion=report(
            "<results>/figures/confusion.svg",
            caption="captions/confusion.rst",
            category="Results",
        ),
        recalls=report(
            "<results>/figures/recalls.svg",
            caption="captions/recalls.rst",
            category="Results",
        ),
        baselines=report(
            "<results>/figures/baselines.svg",
            caption="captions/baselines.rst",
            category="Results",
        ),
        ablation=report(
            "<results>/figures/ablation.svg",
            caption="captions/ablation.rst",
            category="Results",
        ),
        training=report(
            "<results>/figures/training.svg",
            caption="captions/training.rst",
            category="Results",
        ),
    log:
        "<logs>/figures.log",
    benchmark:
        "<benchmarks>/figures.tsv"
    conda:
        "../envs/report.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    message:
        "Draw the results"
    shell:
        "python {input.code[0]:q} --pooled {input.pooled:q} --baselines {input.baselines:q}"
        " --ablation {input.ablation:q} --first {input.first:q} --folds {input.folds:q}"
        " --confusion-svg {output.confusion:q} --recalls-svg {output.recalls:q}"
        " --baselines-svg {output.baselines:q} --ablation-svg {output.ablation:q}"
        " --training-svg {output.training:q} 2> {log:q}"


rule cost:
    """Where the time went, from the benchmark files of all jobs."""
    input:
        code=code("cost"),
        benchmarks=sorted(
            {
                path
                for survey_rule in SURVEY_RULES
                for path in expand(survey_rule.benchmark, shard=SHARDS)
            }
        )
        + [
            rule.benchmark
            for rule in (
                rules.label_stars,
                rules.split,
                rules.assign_folds,
                rules.explore,
                rules.first_network,
                rules.tune,
                rules.final_model,
                rules.evaluate_test,
                rules.collect,
                rules.figures,
            )
        ]
        + expand(rules.baseline.benchmark, name=BASELINES)
        + expand(rules.cv_fold.benchmark, fold=FOLDS)
        + expand(rules.ablation.benchmark, variant=VARIANTS),
    output:
        cost=report(
            "<results>/summary/cost.csv",
            caption="captions/cost.rst",
            category="Tables",
        ),
    log:
        "<logs>/cost.log",
    benchmark:
        "<benchmarks>/cost.tsv"
    conda:
        "../envs/report.yaml"
    resources:
        mem_mb=500,
        runtime=5,
    params:
        root=lambda wildcards, output: str(Path(output.cost).parents[1] / "benchmarks"),
    message:
        "Add up what the jobs cost"
    shell:
        "python {input.code[0]:q} --benchmarks {input.benchmarks:q} --root {params.root:q}"
        " --cost {output.cost:q} 2> {log:q}"


rule report:
    """Write the report, one HTML file that needs nothing else."""
    input:
        code=code("report"),
        template="scripts/report.html.j2",
        origins=ORIGINS,
        labels=rules.label_stars.output.counts,
        first=rules.first_network.output.metrics,
        best=rules.tune.output.best,
        trials=rules.tune.output.trials,
        test=rules.evaluate_test.output.metrics,
        pooled=rules.collect.output.pooled,
        baselines=rules.collect.output.baselines,
        cv=rules.collect.output.cv,
        ablation=rules.collect.output.ablation,
        cost=rules.cost.output.cost,
        figures=[rules.explore.output, rules.figures.output],
    output:
        html=report(
            "<results>/report/report.html",
            caption="captions/report.rst",
            category="Report",
        ),
    log:
        "<logs>/report.log",
    benchmark:
        "<benchmarks>/report.tsv"
    conda:
        "../envs/report.yaml"
    resources:
        mem_mb=500,
        runtime=5,
    params:
        cfg=cfg(**{**config, "tuning": TUNING}),
    message:
        "Write {output.html}"
    shell:
        "python {input.code[0]:q} --config {params.cfg:q} --template {input.template:q}"
        " --origins {input.origins:q} --labels {input.labels:q} --first {input.first:q}"
        " --best {input.best:q}"
        " --trials {input.trials:q} --test {input.test:q} --pooled {input.pooled:q}"
        " --baselines {input.baselines:q} --cv {input.cv:q} --ablation {input.ablation:q}"
        " --cost {input.cost:q} --figures {input.figures:q} --html {output.html:q} 2> {log:q}"
