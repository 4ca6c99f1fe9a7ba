"""Types for tables of a user's own, a job for each.

READS the tables of `classify.tables`, model/<tier>/.
WRITES classified/. It is part of no other target: `make classify` makes it.
"""

CLASSIFY_RULES = ["classify_table"]
TABLES = {}
with one_sentence(wanted="classify" in sys.argv):  # other targets need none
    TABLES = named_tables.named(config["classify"]["tables"])
VALUES["table"] = list(TABLES)


use rule learn_job as classify_table with:
    """Type the stars of {input.table}."""
    input:
        code=code("classify_table"),
        # Models made anew, and the same, have the same version: nothing is typed again.
        version=each(rules.train_model.output.version, tier=MODEL_TIERS),
        model=ancient(each(rules.train_model.output.model, tier=MODEL_TIERS)),
        table=lambda wildcards: ancient(local(TABLES[wildcards.table])),
    output:
        typed=f"<results>/classified/{{table}}.{config['classify']['format']}",
    wildcard_constraints:
        table="[^/]+",
    conda:
        "../envs/classify.yaml"
    resources:
        mem_mb=memory,
        runtime=lasting(10),
    params:
        cfg=cfg({key: config["classify"][key] for key in ("columns", "units", "mix")}),
        # Its time says nothing: it counts by content, however large it is.
        content=content_of("table", lambda wildcards: [TABLES[wildcards.table]]),


rule classify:
    """The tables are typed."""
    input:
        each(rules.classify_table.output.typed, table=list(TABLES)),
