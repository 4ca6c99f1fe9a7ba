"""What rules have in common: the environment, the command.

A rule says `use rule ... as ... with:` and then only what is its own: its files, its name, its slice
of the configuration, a sentence. Its files become options of its script, by the names that it
gives them (`options`). Directives that it repeats replace these here; `params` are added to them.
Log, benchmark and what Snakemake says follow from its name and its docstring (`complete_rules`).
"""


rule small_job:
    """A script that reads tables and writes some."""
    conda:
        "../envs/report.yaml"
    resources:
        mem_mb=grown(1000),
        runtime=grown(10),
    params:
        cfg=cfg(),
        files=options,
    shell:
        "python {input.code[0]:q} --config {params.cfg:q} {params.files:q} 2> {log:q}"


use rule small_job as stream_job with:
    """A script that reads all stars piece by piece."""
    conda:
        "../envs/data.yaml"
    resources:
        mem_mb=memory,
        runtime=grown(20),


use rule small_job as score_job with:
    """A script that reads all stars as arrays."""
    conda:
        "../envs/comparison.yaml"
    resources:
        mem_mb=sample_memory,
        runtime=lasting(30),


rule learn_job:
    """A script that trains on all stars, on as many threads as it is given."""
    conda:
        "../envs/comparison.yaml"
    threads: 1
    resources:
        mem_mb=sample_memory,
        runtime=lasting(60),
    params:
        cfg=cfg(),
        files=options,
    shell:
        "python {input.code[0]:q} --config {params.cfg:q} {params.files:q}"
        " --threads {threads} 2> {log:q}"


use rule learn_job as network_job with:
    """A script that trains the study's network, which is compared with nothing yet."""
    conda:
        "../envs/network.yaml"
    resources:
        mem_mb=sample_memory,
        runtime=lasting(20),
