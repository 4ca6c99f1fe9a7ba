"""SDSS as the survey, asked through SkyServer.

READS nothing but the archive.
WRITES query/, shards/shard-*.parquet and, of each, where it comes from: shards/shard-*.json.
"""

SDSS = config["survey"]["sdss"]
ARCHIVE = {key: SDSS[key] for key in ("url", "release")}
CUTS = {key: SDSS[key] for key in ("min_sn", "zwarning_zero", "clean", "magnitudes")}
LONGEST = SDSS["attempts"] * (SDSS["timeout"] + 120) // 60 + 10  # minutes
RELEASE = SDSS["release"]  # of the archive that has the stars' spectra


# Nodes of a cluster seldom reach the internet.
localrules:
    plan_query,
    fetch_shard,


rule archive_job:
    conda:
        "../../envs/data.yaml"
    resources:
        # Resources, not parameters: changing them fetches nothing again.
        timeout=SDSS["timeout"],
        attempts=SDSS["attempts"],
        mem_mb=grown(3000),
        runtime=grown(LONGEST),
        skyserver=1,
    params:
        files=jobs.options,
    shell:
        "python {input.code[0]:q} --config {params.cfg:q} {params.files:q}"
        " --timeout {resources.timeout} --attempts {resources.attempts} 2> {log:q}"


use rule archive_job as plan_query with:
    """Count the stars that pass the cuts; write the SQL of each shard of the sample."""
    input:
        code=code("plan_query"),
    output:
        count_sql="<results>/query/count.sql",
        plan="<results>/query/plan.csv",
        sql=expand("<results>/query/shard-{shard}.sql", shard=VALUES["shard"]),
    params:
        cfg=cfg(ARCHIVE, n_stars=config["survey"]["n_stars"], cuts=CUTS),


use rule archive_job as fetch_shard with:
    """Fetch shard {wildcards.shard} from SkyServer."""
    input:
        code=code("fetch_shard"),
        plan=rules.plan_query.output.plan,
        sql="<results>/query/shard-{shard}.sql",
    output:
        shard="<results>/shards/shard-{shard}.parquet",
        origin="<results>/shards/shard-{shard}.json",
    params:
        cfg=lambda wildcards: cfg(ARCHIVE, shard=int(wildcards.shard)),


# What says where stars come from.
ORIGINS = each(rules.fetch_shard.output.origin, shard=VALUES["shard"])
