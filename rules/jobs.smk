"""What rules have in common: the environment, the command.

A rule says `use rule ... as ... with:` and then only what is its own: its files, its name, its slice
of the configuration, a sentence. Its files become options of its script, by the names that it
gives them (`jobs.options`). Directives that it repeats replace these here; `params` are added to them.
Log, benchmark and what Snakemake says follow from its name and its docstring (`Graph.complete`).
"""


# Too short for jobs of their own on a cluster: they run where Snakemake runs.
localrules:
    label_stars,
    split,
    assign_folds,
    draw_survey,
    collect,
    draw_study,
    compare,
    hammer,
    label_for_model,
    sample_for_model,
    answer,
    draw_answer,
    draw_kiel,
    cost,
    draw_cost,
    report,
    audit_page,


rule small_job:
    """A script that reads tables and writes some."""
    conda:
        "../envs/report.yaml"
    resources:
        mem_mb=grown(1000),
        runtime=grown(10),
    params:
        cfg=cfg(),
        files=jobs.options,
    shell:
        "python {input.code[0]:q} --config {params.cfg:q} {params.files:q}"
        " --threads {threads} 2> {log:q}"


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


use rule score_job as learn_job with:
    """A script that trains on all stars, on as many threads as it is given."""
    resources:
        mem_mb=sample_memory,
        runtime=lasting(60),


use rule learn_job as network_job with:
    """A script that trains the study's network, which is compared with nothing yet."""
    conda:
        "../envs/network.yaml"
    resources:
        mem_mb=sample_memory,
        runtime=lasting(20),
