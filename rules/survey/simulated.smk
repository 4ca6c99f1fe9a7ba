"""The simulated survey.

READS nothing.
WRITES shards/shard-*.parquet.
"""

ORIGINS = []  # what says where stars come from
RELEASE = None  # of the archive that has their spectra


localrules:
    simulate_shard,


use rule small_job as simulate_shard with:
    """Simulate shard {wildcards.shard}, alone from the seed."""
    input:
        code=code("simulate_shard"),
    output:
        shard="<results>/shards/shard-{shard}.parquet",
    conda:
        "../../envs/data.yaml"
    params:
        cfg=lambda wildcards: cfg(
            "seed",
            {key: config["survey"][key] for key in ("n_stars", "shards", "simulated")},
            shard=int(wildcards.shard),
        ),
