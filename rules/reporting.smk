"""The answer, its figures, what it cost, and the report.

READS what all stages before wrote.
WRITES figures of the answer, summary/answer.json and .md, summary/cost.csv, summary/jobs.csv, report/.
"""


# Too short for jobs of their own on a cluster: they run where Snakemake runs.
localrules:
    draw_answer,
    draw_kiel,
    answer,
    cost,
    draw_cost,
    report,


use rule small_job as answer with:
    """Write the answer: an opening and ten findings, {output.text}."""
    input:
        code=code("answer"),
        first=rules.first_network.output.metrics,
        pooled=rules.collect.output.pooled,
        baselines=rules.collect.output.baselines_table,
        tiers=rules.compare.output.tiers_table,
        rivals=rules.compare.output.rivals_table,
        calibration=rules.calibrate.output.calibration_table,
        rejected=rules.calibrate.output.rejected,
        audits=each(rules.audit.output.entries, scheme=SCHEMES),
        chosen=each(rules.choose.output.chosen, learner=LEARNERS, selection=SELECTIONS),
        memorised=rules.memorise.output.memorised,
        absolute_magnitude=rules.absolute_magnitude.output.table,
        input_errors=rules.input_errors.output.table,
        suspects=rules.suspects.output.suspects,
    output:
        answer="<results>/summary/answer.json",
        text="<results>/summary/answer.md",
    params:
        cfg=cfg(
            label=config["label"],
            features=config["features"],
            tier=TIER,
            rope=config["compare"]["rope"],
            level=config["calibration"]["level"],
        ),


# Figures of the answer, and the tables that each is drawn from.
DRAWN = {
    "answer": rules.answer.output.answer,
    "confusion": [rules.collect.output.pooled, rules.compare.output.confusions_table],
    "tiers": rules.compare.output.tiers_table,
    "reliability": rules.calibrate.output.reliability,
    "risk_coverage": rules.calibrate.output.risk,
    **DRAWN_EXPERIMENTS,
}


use rule small_job as draw_answer with:
    """Draw the answer: each figure from the tables that have its name."""
    input:
        **DRAWN,
        code=code("draw_answer"),
        pooled=rules.collect.output.pooled,
    output:
        figures=[figure(name, "Answer") for name in DRAWN],


use rule small_job as draw_kiel with:
    """Draw where among all stars the network is wrong."""
    input:
        code=code("draw_kiel"),
        stars=rules.label_stars.output.stars,
        network=each(rules.tier.output.probabilities, scheme=config["label"], tier=TIER),
    output:
        figures=figure("kiel", "Answer"),


complete_rules()


use rule small_job as cost with:
    """Add up time and memory of all jobs."""
    input:
        code=code("cost"),
        benchmarks=of_all_jobs(benchmark_of, but=MODEL_RULES)
        + of_page_model(benchmark_of),
        logs=of_all_jobs(lambda rule: rule.log, but=MODEL_RULES)
        + of_page_model(lambda rule: rule.log),
    output:
        cost=table("cost"),
        jobs="<results>/summary/jobs.csv",
    params:
        cfg=cfg(
            purposes={r.name: costs.purpose(r.message or "") for r in workflow.rules},
            after=read_by_rules(),
        ),


use rule small_job as draw_cost with:
    """Draw what the run cost, and when its jobs ran."""
    input:
        code=code("draw_cost"),
        pooled=rules.collect.output.pooled,
        cost=rules.cost.output.cost,
        jobs=rules.cost.output.jobs,
    output:
        figures=[figure(name, "Cost") for name in ("dag", "resources", "schedule")],


use rule small_job as report with:
    """Write the report, one HTML file that needs nothing else: {output.page[0]}."""
    input:
        code=code("report"),
        texts=[
            source(path)
            for place in ("scripts/stellar/reporting/page", "rules/captions")
            for path in sorted(BASE.glob(f"{place}/*.*"))
            if path.suffix != ".py"
        ],
        network=each(rules.train_model.output.model, tier=PAGE_TIERS),
        origins=ORIGINS,
        labels=rules.label_stars.output.counts,
        first=rules.first_network.output.metrics,
        best=rules.tune.output.best,
        trials=rules.tune.output.trials,
        test=rules.evaluate_test.output.metrics,
        pooled=rules.collect.output.pooled,
        baselines=rules.collect.output.baselines_table,
        cv=rules.collect.output.cv_table,
        ablation=rules.collect.output.ablation_table,
        cost=rules.cost.output.cost,
        answer=rules.answer.output.answer,
        tiers=rules.compare.output.tiers_table,
        rivals=rules.compare.output.rivals_table,
        calibration=rules.calibrate.output.calibration_table,
        rejected=rules.calibrate.output.rejected,
        audits=each(rules.audit.output.entries, scheme=SCHEMES),
        memorised=rules.memorise.output.memorised,
        absolute_magnitude=rules.absolute_magnitude.output.table,
        ingredients=rules.ingredients.output.table,
        input_errors=rules.input_errors.output.table,
        suspects=rules.suspects.output.suspects,
        mistakes=rules.mistakes.output.mistakes,
        jobs=rules.cost.output.jobs,
        figures=[
            path
            for drawn in (
                SURVEY_FIGURES,
                rules.draw_study.output,
                rules.draw_answer.output,
                rules.draw_kiel.output,
                rules.draw_cost.output,
            )
            for path in drawn
            if str(path).endswith(".vl.json")
        ],
    output:
        page=[
            report(
                "<results>/report/report.html",
                caption="captions/report.rst",
                category="Report",
            ),
            "<results>/report/configuration.yaml",
        ],
    params:
        cfg=cfg(**{**config, "tuning": TUNING}),
