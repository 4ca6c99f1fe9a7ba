"""The survey: simulated, a user's own table, or SDSS itself; always the same shards."""

SDSS = config["survey"]["sdss"]
ARCHIVE = {key: SDSS[key] for key in ("url", "release")}
CUTS = {key: SDSS[key] for key in ("min_sn", "zwarning_zero", "clean", "magnitudes")}
# Resources, not parameters: changing them fetches nothing again.
PATIENCE = {key: SDSS[key] for key in ("timeout", "attempts")}
LONGEST = SDSS["attempts"] * (SDSS["timeout"] + 120) // 60 + 10  # minutes

if config["survey"]["source"] == "simulated":

    localrules:
        simulate_shard,

    rule simulate_shard:
        """Make one shard of the simulated survey, alone from the seed."""
        input:
            code=code("simulate_shard"),
        output:
            shard="<results>/shards/shard-{shard}.parquet",
        log:
            "<logs>/simulate_shard/{shard}.log",
        benchmark:
            "<benchmarks>/simulate_shard/{shard}.tsv"
        conda:
            "../envs/data.yaml"
        resources:
            mem_mb=grown(1000),
            runtime=grown(10),
        params:
            cfg=cfg(
                seed=config["seed"],
                n_stars=config["survey"]["n_stars"],
                shards=config["survey"]["shards"],
                simulated=config["survey"]["simulated"],
            ),
        message:
            "Simulate shard {wildcards.shard}"
        shell:
            "python {input.code[0]:q} --config {params.cfg:q} --shard {wildcards.shard}"
            " --shard-file {output.shard:q} 2> {log:q}"

    ORIGINS = []
    SURVEY_RULES = [rules.simulate_shard]

elif config["survey"]["source"] == "table":

    rule import_table:
        """Read a user's own table into shards."""
        input:
            code=code("import_table"),
            table=local(config["survey"]["table"]["path"]),
        output:
            shards=expand("<results>/shards/shard-{shard}.parquet", shard=SHARDS),
        log:
            "<logs>/import_table.log",
        benchmark:
            "<benchmarks>/import_table.tsv"
        conda:
            "../envs/data.yaml"
        resources:
            mem_mb=grown(4000),
            runtime=grown(60),
        params:
            cfg=cfg(
                **{key: config["survey"]["table"][key] for key in ("columns", "units")}
            ),
        message:
            "Import {input.table}"
        shell:
            "python {input.code[0]:q} --config {params.cfg:q} --table {input.table:q}"
            " --shard-files {output.shards:q} 2> {log:q}"

    ORIGINS = []
    SURVEY_RULES = [rules.import_table]

else:

    # Nodes of a cluster seldom reach the internet.
    localrules:
        plan_query,
        fetch_shard,

    rule plan_query:
        """Count the stars that pass the cuts; write the SQL of each shard of the sample."""
        input:
            code=code("plan_query"),
        output:
            count_sql="<results>/query/count.sql",
            plan="<results>/query/plan.csv",
            sql=expand("<results>/query/shard-{shard}.sql", shard=SHARDS),
        log:
            "<logs>/plan_query.log",
        benchmark:
            "<benchmarks>/plan_query.tsv"
        conda:
            "../envs/data.yaml"
        resources:
            **PATIENCE,
            mem_mb=grown(1000),
            runtime=grown(LONGEST),
            skyserver=1,
        params:
            cfg=cfg(n_stars=config["survey"]["n_stars"], cuts=CUTS, **ARCHIVE),
        message:
            "Count the stars of SDSS and plan the sample"
        shell:
            "python {input.code[0]:q} --config {params.cfg:q} --count-sql {output.count_sql:q}"
            " --plan {output.plan:q} --sql {output.sql:q} --timeout {resources.timeout}"
            " --attempts {resources.attempts} 2> {log:q}"

    rule fetch_shard:
        """Fetch one shard from SkyServer; one query at a time."""
        input:
            code=code("fetch_shard"),
            plan=rules.plan_query.output.plan,
            sql="<results>/query/shard-{shard}.sql",
        output:
            shard="<results>/shards/shard-{shard}.parquet",
            origin="<results>/shards/shard-{shard}.json",
        log:
            "<logs>/fetch_shard/{shard}.log",
        benchmark:
            "<benchmarks>/fetch_shard/{shard}.tsv"
        conda:
            "../envs/data.yaml"
        resources:
            **PATIENCE,
            mem_mb=grown(3000),
            runtime=grown(LONGEST),
            skyserver=1,
        params:
            cfg=cfg(**ARCHIVE),
        message:
            "Fetch shard {wildcards.shard} from SkyServer"
        shell:
            "python {input.code[0]:q} --config {params.cfg:q} --sql {input.sql:q}"
            " --plan {input.plan:q} --shard {wildcards.shard} --shard-file {output.shard:q}"
            " --origin {output.origin:q} --timeout {resources.timeout}"
            " --attempts {resources.attempts} 2> {log:q}"

    ORIGINS = each(rules.fetch_shard.output.origin, shard=SHARDS)
    SURVEY_RULES = [rules.plan_query, rules.fetch_shard]
