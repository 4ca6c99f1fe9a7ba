"""From shards to labelled stars, their splits and folds.

READS shards/shard-*.parquet.
WRITES stars.parquet, rejects.csv, labels.json, splits/, sample.parquet, figures of the survey.
"""

SURVEYED = ["classes", "temperatures", "magnitudes", "correlation"]
SURVEYED += ["colours", "colour_magnitude", "sky"]


use rule stream_job as label_stars with:
    """Label stars O B A F G K M; what is none of them goes to the rejects with its reason."""
    input:
        code=code("label_stars"),
        shards=SHARDS,
    output:
        stars="<results>/stars.parquet",
        rejects="<results>/rejects.csv",
        counts="<results>/labels.json",
    params:
        cfg=cfg("label"),


use rule stream_job as split with:
    """Split stars: training, validation, test; fit the scaler on the training rows."""
    input:
        code=code("split"),
        stars=rules.label_stars.output.stars,
    output:
        train="<results>/splits/train.parquet",
        validation="<results>/splits/validation.parquet",
        test="<results>/splits/test.parquet",
        scaler="<results>/splits/scaler.json",
    params:
        cfg=cfg("seed", "split", "features"),


use rule stream_job as assign_folds with:
    """Assign folds by star; labels of all schemes, and negatives, in one sample."""
    input:
        code=code("assign_folds"),
        stars=rules.label_stars.output.stars,
        shards=SHARDS,
    output:
        sample="<results>/sample.parquet",
    params:
        cfg=cfg("seed", folds=config["cv"]["folds"]),


use rule stream_job as draw_survey with:
    """Draw the survey: classes, magnitudes, colours, parameters, sky."""
    input:
        code=code("draw_survey"),
        stars=rules.label_stars.output.stars,
    output:
        figures=figures("Survey", *SURVEYED),
    conda:
        "../envs/report.yaml"


SURVEY_FIGURES = [*rules.draw_survey.output]


if config["real_stars"]["path"]:

    include: "real_stars.smk"


rule survey:
    """The survey is made."""
    input:
        rules.label_stars.output,
        rules.draw_survey.output,
