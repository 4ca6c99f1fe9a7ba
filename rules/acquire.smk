"""The survey: simulated, a user's own table, or SDSS itself; always the same shards."""

if config["survey"]["source"] == "simulated":

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
            mem_mb=1000,
            runtime=10,
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

    SURVEY_RULES = [rules.simulate_shard]

elif config["survey"]["source"] == "table":

    rule import_table:
        """Read a user's own table into shards."""
        input:
            code=code("import_table"),
            table=config["survey"]["table"]["path"],
        output:
            shards=expand("<results>/shards/shard-{shard}.parquet", shard=SHARDS),
        log:
            "<logs>/import_table.log",
        benchmark:
            "<benchmarks>/import_table.tsv"
        conda:
            "../envs/data.yaml"
        resources:
            mem_mb=4000,
            runtime=60,
        params:
            cfg=cfg(
                **{key: config["survey"]["table"][key] for key in ("columns", "units")}
            ),
        message:
            "Import {input.table}"
        shell:
            "python {input.code[0]:q} --config {params.cfg:q} --table {input.table:q}"
            " --shard-files {output.shards:q} 2> {log:q}"

    SURVEY_RULES = [rules.import_table]

else:

    rule plan_query:
        """Write the SQL of one shard."""
        input:
            code=code("plan_query"),
        output:
            sql="<results>/query/shard-{shard}.sql",
        log:
            "<logs>/plan_query/{shard}.log",
        benchmark:
            "<benchmarks>/plan_query/{shard}.tsv"
        conda:
            "../envs/data.yaml"
        resources:
            mem_mb=500,
            runtime=5,
        params:
            cfg=cfg(
                n_stars=config["survey"]["n_stars"],
                shards=config["survey"]["shards"],
                sdss={
                    key: config["survey"]["sdss"][key]
                    for key in ("min_sn", "zwarning_zero", "clean")
                },
            ),
        message:
            "Write the query of shard {wildcards.shard}"
        shell:
            "python {input.code[0]:q} --config {params.cfg:q} --shard {wildcards.shard}"
            " --sql {output.sql:q} 2> {log:q}"

    rule fetch_shard:
        """Fetch one shard from SkyServer; one query at a time."""
        input:
            code=code("fetch_shard"),
            sql=rules.plan_query.output.sql,
        output:
            shard="<results>/shards/shard-{shard}.parquet",
        log:
            "<logs>/fetch_shard/{shard}.log",
        benchmark:
            "<benchmarks>/fetch_shard/{shard}.tsv"
        conda:
            "../envs/data.yaml"
        resources:
            mem_mb=2000,
            runtime=30,
            skyserver=1,
        params:
            cfg=cfg(
                **{
                    key: config["survey"]["sdss"][key]
                    for key in ("release", "url", "timeout")
                }
            ),
        message:
            "Fetch shard {wildcards.shard} from SkyServer"
        shell:
            "python {input.code[0]:q} --config {params.cfg:q} --sql {input.sql:q}"
            " --shard-file {output.shard:q} 2> {log:q}"

    SURVEY_RULES = [rules.plan_query, rules.fetch_shard]
