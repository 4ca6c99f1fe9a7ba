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
            shard=int(wildcards.shard),
            seed=config["seed"],
            n_stars=config["survey"]["n_stars"],
            shards=config["survey"]["shards"],
            simulated=config["survey"]["simulated"],
        ),
