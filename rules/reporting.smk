"""The answer, its figures, what it cost, and the report.

READS what all stages before wrote.
WRITES figures of the answer, summary/answer.json and .md, summary/cost.csv, summary/jobs.csv, report/.
"""

OF = {n: EXPERIMENTS[n]["tier"] for n in ("input_errors", "suspects")}  # their tiers
# What the answer is found in, and the report shows.
FOUND = {
    "first": rules.first_network.output.metrics,
    "pooled": rules.collect.output.pooled,
    "baselines": rules.collect.output.baselines_table,
    "tiers": rules.compare.output.tiers_table,
    "rivals": rules.compare.output.rivals_table,
    "calibration": rules.calibrate.output.calibration_table,
    "rejected": rules.calibrate.output.rejected,
    "audits": each(rules.audit.output.entries, scheme=SCHEMES),
    "memorised": rules.memorise.output.memorised,
    "absolute_magnitude": rules.absolute_magnitude.output.table,
    "input_errors": rules.input_errors.output.table,
    "suspects": rules.suspects.output.suspects,
}


use rule small_job as answer with:
    """Write the answer: an opening and ten findings, {output.text}."""
    input:
        **FOUND,
        code=code("answer"),
        chosen=each(rules.choose.output.chosen, learner=LEARNERS, selection=SELECTIONS),
        confusions=rules.compare.output.confusions_table,
        ingredients=rules.ingredients.output.table,
    output:
        answer="<results>/summary/answer.json",
        text="<results>/summary/answer.md",
    params:
        cfg=cfg(
            "label",
            "features",
            LEVEL,
            OF,
            tier=TIER,
            rope=config["compare"]["rope"],
            epochs=EXPERIMENTS["memorise"]["epochs"],
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
        figures=figures("Answer", *DRAWN),


use rule small_job as draw_kiel with:
    """Draw where among all stars the network is wrong."""
    input:
        code=code("draw_kiel"),
        stars=rules.label_stars.output.stars,
        network=ON_ALL_STARS["network"],
    output:
        figures=figures("Answer", "kiel"),


graph.complete()


use rule small_job as cost with:
    """Add up time and memory of all jobs."""
    input:
        code=code("cost"),
        benchmarks=of_study(benchmark_of),
        logs=of_study(lambda rule: rule.log),
    output:
        cost=table("cost"),
        jobs="<results>/summary/jobs.csv",
    params:
        cfg=cfg(purposes=graph.purposes(), after=graph.read_by_rules()),


use rule small_job as draw_cost with:
    """Draw what the run cost, and when its jobs ran."""
    input:
        code=code("draw_cost"),
        pooled=rules.collect.output.pooled,
        cost=rules.cost.output.cost,
        jobs=rules.cost.output.jobs,
    output:
        figures=figures("Cost", "dag", "resources", "schedule"),


DRAWINGS = [rules.draw_study, rules.draw_answer, rules.draw_kiel, rules.draw_cost]
DRAWN_FILES = [*SURVEY_FIGURES, *(path for of in DRAWINGS for path in of.output)]


use rule small_job as report with:
    """Write the report, one HTML file that needs nothing else: {output.page[0]}."""
    input:
        **FOUND,
        code=code("report"),
        texts=[source(path) for path in sources.texts_of_page(BASE)],
        network=each(rules.train_model.output.model, tier=PAGE_TIERS),
        origins=ORIGINS,
        labels=rules.label_stars.output.counts,
        best=rules.tune.output.best,
        trials=rules.tune.output.trials,
        test=rules.evaluate_test.output.metrics,
        cv=rules.collect.output.cv_table,
        ablation=rules.collect.output.ablation_table,
        cost=rules.cost.output.cost,
        jobs=rules.cost.output.jobs,
        answer=rules.answer.output.answer,
        ingredients=rules.ingredients.output.table,
        mistakes=rules.mistakes.output.mistakes,
        figures=[path for path in DRAWN_FILES if str(path).endswith(".vl.json")],
    output:
        page=[
            shown("<results>/report/report.html", "page", "Report"),
            "<results>/report/configuration.yaml",
        ],
    params:
        cfg=cfg(config, tuning=TUNING),
