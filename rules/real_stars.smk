"""The survey beside a table of real stars, where the configuration names one.

READS stars.parquet and the table.
WRITES a figure of the survey.
"""


use rule stream_job as draw_real with:
    """Draw the survey beside real stars: {input.table}."""
    input:
        code=code("draw_real"),
        stars=rules.label_stars.output.stars,
        table=ancient(local(config["real_stars"]["path"])),
    output:
        figures=figures("Survey", "real"),
    conda:
        "../envs/report.yaml"
    params:
        cfg=cfg("label", {k: config["real_stars"][k] for k in ("columns", "units")}),


SURVEY_FIGURES += rules.draw_real.output
