"""The study's first network, and the search for a better one."""

# The number of workers is threads, no parameter: it changes no result and reruns nothing.
TUNING = {key: value for key, value in config["tuning"].items() if key != "workers"}


rule first_network:
    """Train the study's first network."""
    input:
        code=code("first_network"),
        train=rules.split.output.train,
        validation=rules.split.output.validation,
    output:
        metrics="<results>/first_network/metrics.json",
        history="<results>/first_network/history.csv",
    log:
        "<logs>/first_network.log",
    benchmark:
        "<benchmarks>/first_network.tsv"
    conda:
        "../envs/network.yaml"
    threads: 1
    resources:
        mem_mb=sample_memory,
        runtime=lasting(20),
    params:
        cfg=cfg(seed=config["seed"], network=config["first_network"]),
    message:
        "Train the study's first network"
    shell:
        "python {input.code[0]:q} --config {params.cfg:q} --train {input.train:q}"
        " --validation {input.validation:q} --metrics {output.metrics:q}"
        " --history {output.history:q} --threads {threads} 2> {log:q}"


rule tune:
    """Search for hyperparameters; a search that was interrupted goes on."""
    input:
        code=code("tune"),
        train=rules.split.output.train,
        validation=rules.split.output.validation,
    output:
        best="<results>/tune/best_hyperparameters.json",
        trials="<results>/tune/trials.csv",
    log:
        "<logs>/tune.log",
    benchmark:
        "<benchmarks>/tune.tsv"
    conda:
        "../envs/network.yaml"
    threads: config["tuning"]["workers"]
    resources:
        # XLA keeps what it compiled: some 20 MB an architecture, in each process.
        mem_mb=lambda wildcards, input, threads, attempt: (
            (1 + threads) * sample_memory(wildcards, input, attempt)
            + grown(20 * config["tuning"]["trials"])(wildcards, attempt)
        ),
        runtime=lasting(120),
    params:
        cfg=cfg(seed=config["seed"], network=config["network"], tuning=TUNING),
        state=lambda wildcards, output: str(Path(output.best).parent / "state"),
    message:
        "Tune the network; progress in {log}"
    shell:
        "python {input.code[0]:q} --config {params.cfg:q} --train {input.train:q}"
        " --validation {input.validation:q} --state {params.state:q}"
        " --best {output.best:q} --trials {output.trials:q} --workers {threads} 2> {log:q}"
