"""Figures, cost table and the report."""


# Too short for jobs of their own on a cluster: they run where Snakemake runs.
localrules:
    figures,
    cost,
    report,


rule figures:
    """Draw the results."""
    input:
        code=code("figures"),
        pooled=rules.collect.output.pooled,
        baselines=rules.collect.output.baselines,
        ablation=rules.collect.output.ablation,
        first=rules.first_network.output.history,
        folds=expand(FOLD_FILES["history"], fold=FOLDS),
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
        mem_mb=grown(1000),
        runtime=grown(10),
    message:
        "Draw the study's results"
    shell:
        "python {input.code[0]:q} --pooled {input.pooled:q} --baselines {input.baselines:q}"
        " --ablation {input.ablation:q} --first {input.first:q} --folds {input.folds:q}"
        " --confusion-svg {output.confusion:q} --recalls-svg {output.recalls:q}"
        " --baselines-svg {output.baselines:q} --ablation-svg {output.ablation:q}"
        " --training-svg {output.training:q} 2> {log:q}"


rule cost:
    """Where the time went, from the benchmark files and logs of all jobs."""
    input:
        code=code("cost"),
        benchmarks=of_all_jobs(benchmark_of)
        + expand("<benchmarks>/cv_fold/{fold}.tsv", fold=[pack[0] for pack in PACKS]),
        logs=of_all_jobs(lambda rule: rule.log)
        + expand("<logs>/cv_fold/{fold}.log", fold=[pack[0] for pack in PACKS]),
    output:
        cost=report(
            "<results>/summary/cost.csv",
            caption="captions/cost.rst",
            category="Tables",
        ),
        jobs="<results>/summary/jobs.csv",
    log:
        "<logs>/cost.log",
    benchmark:
        "<benchmarks>/cost.tsv"
    conda:
        "../envs/report.yaml"
    resources:
        mem_mb=grown(500),
        runtime=grown(5),
    params:
        root=lambda wildcards, output: str(Path(output.cost).parents[1] / "benchmarks"),
    message:
        "Add up time and memory of the jobs"
    shell:
        "python {input.code[0]:q} --benchmarks {input.benchmarks:q} --logs {input.logs:q}"
        " --root {params.root:q} --cost {output.cost:q} --jobs {output.jobs:q} 2> {log:q}"


rule report:
    """Write the report, one HTML file that needs nothing else."""
    input:
        code=code("report"),
        template=local("scripts/stellar/reporting/report.html.j2"),
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
        answer=rules.answer.output.answer,
        tiers=rules.compare.output.tiers,
        rivals=rules.compare.output.rivals,
        calibration=rules.cautious.output.calibration,
        rejected=rules.cautious.output.rejected,
        verdict=rules.verdict.output.verdict,
        memorised=rules.memorise.output.memorised,
        absolute_magnitude=rules.absolute_magnitude.output.absolute_magnitude,
        ingredients=rules.ingredients.output.ingredients,
        input_errors=rules.input_errors.output.input_errors,
        suspects=rules.suspects.output.suspects,
        jobs=rules.cost.output.jobs,
        figures=[
            rules.explore.output,
            rules.figures.output,
            rules.honest_figures.output,
        ],
        captions=[
            local(str(path.relative_to(BASE)))
            for path in sorted(BASE.glob("rules/captions/*.rst"))
        ],
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
        mem_mb=grown(500),
        runtime=grown(5),
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
        " --answer {input.answer:q} --tiers {input.tiers:q} --rivals {input.rivals:q}"
        " --calibration {input.calibration:q} --rejected {input.rejected:q}"
        " --verdict {input.verdict:q} --memorised {input.memorised:q}"
        " --absolute-magnitude {input.absolute_magnitude:q}"
        " --ingredients {input.ingredients:q} --input-errors {input.input_errors:q}"
        " --suspects {input.suspects:q} --jobs {input.jobs:q}"
        " --cost {input.cost:q} --figures {input.figures:q} --captions {input.captions:q}"
        " --html {output.html:q} 2> {log:q}"
