"""A user's own table as the survey.

READS the table.
WRITES shards/shard-*.parquet.
"""

ORIGINS = []  # what says where stars come from
RELEASE = None  # of the archive that has their spectra


use rule small_job as import_table with:
    """Read a user's own table into shards: {input.table}."""
    input:
        code=code("import_table"),
        # Its time says nothing: it counts by content (`Graph.complete`), however large it is.
        table=ancient(local(config["survey"]["table"]["path"])),
    output:
        shards=SHARDS,
    conda:
        "../../envs/data.yaml"
    resources:
        mem_mb=grown(4000),
        runtime=grown(60),
    params:
        cfg=cfg(
            "label",
            {key: config["survey"]["table"][key] for key in ("columns", "units")},
            own=sorted(config["survey"]["table"]["own"]),
        ),
