"""From shards to labelled stars, their splits and folds.

READS shards/shard-*.parquet.
WRITES stars.parquet, rejects.csv, labels.json, splits/, sample.parquet, figures of the survey.
"""


# Too short for jobs of their own on a cluster: they run where Snakemake runs.
localrules:
    label_stars,
    split,
    assign_folds,
    draw_survey,


use rule stream_job as label_stars with:
    """Label stars O B A F G K M; what is none of them goes to the rejects with its reason."""
    input:
        code=code("label_stars"),
        shards=expand("<results>/shards/shard-{shard}.parquet", shard=SHARDS),
    output:
        stars="<results>/stars.parquet",
        rejects="<results>/rejects.csv",
        counts="<results>/labels.json",
    log:
        "<logs>/label_stars.log",
    benchmark:
        "<benchmarks>/label_stars.tsv"
    params:
        cfg=cfg(label=config["label"]),
    message:
        "Label stars"


use rule stream_job as split with:
    """Training, validation and test rows by star; scaler fitted on the training rows."""
    input:
        code=code("split"),
        stars=rules.label_stars.output.stars,
    output:
        train="<results>/splits/train.parquet",
        validation="<results>/splits/validation.parquet",
        test="<results>/splits/test.parquet",
        scaler="<results>/splits/scaler.json",
    log:
        "<logs>/split.log",
    benchmark:
        "<benchmarks>/split.tsv"
    params:
        cfg=cfg(seed=config["seed"], split=config["split"], features=config["features"]),
    message:
        "Split stars: training, validation, test"


use rule stream_job as assign_folds with:
    """The sample that is trained on by folds: labels of all schemes, folds by star, negatives."""
    input:
        code=code("assign_folds"),
        stars=rules.label_stars.output.stars,
        shards=expand("<results>/shards/shard-{shard}.parquet", shard=SHARDS),
    output:
        sample="<results>/sample.parquet",
    log:
        "<logs>/assign_folds.log",
    benchmark:
        "<benchmarks>/assign_folds.tsv"
    params:
        cfg=cfg(seed=config["seed"], folds=config["cv"]["folds"]),
    message:
        "Assign cross-validation folds"


use rule stream_job as draw_survey with:
    """Figures of the survey: classes, colours, parameters, sky."""
    input:
        code=code("draw_survey"),
        stars=rules.label_stars.output.stars,
    output:
        classes=figure("classes", "Survey"),
        colours=figure("colours", "Survey"),
        temperatures=figure("temperatures", "Survey"),
        sky=figure("sky", "Survey"),
    log:
        "<logs>/draw_survey.log",
    benchmark:
        "<benchmarks>/draw_survey.tsv"
    conda:
        "../envs/report.yaml"
    message:
        "Draw the survey"
