"""A model to classify stars with, for each tier that holds no ELODIE value.

READS shards/.
WRITES model/<tier>/, model/sample.parquet. `make model` makes all; the study the photometry's alone, for its report.
"""

MODEL_RULES = ["label_for_model", "sample_for_model", "train_model"]
MODEL_TIERS, PAGE_TIERS = jobs.for_models(TIERS), jobs.for_page(TIERS)
LEVEL = {"level": config["calibration"]["level"]}


# The study's rows have the study's label; of other stars only the model's is wanted.
use rule label_stars as label_for_model with:
    """Label the stars that models learn from."""
    output:
        stars=temp("<results>/model/stars.parquet"),
        rejects="<results>/model/rejects.csv",
        counts="<results>/model/labels.json",
    params:
        cfg=cfg(label=config["model"]["label"]),


use rule assign_folds as sample_for_model with:
    """Assign folds to the stars that models learn from."""
    input:
        code=code("assign_folds"),
        stars=rules.label_for_model.output.stars,
        shards=SHARDS,
    output:
        sample="<results>/model/sample.parquet",


use rule learn_job as train_model with:
    """Train the model of tier {wildcards.tier}."""
    input:
        code=code("train_model"),
        sample=rules.sample_for_model.output.sample,
    output:
        model=directory("<results>/model/{tier}"),
        version="<results>/model/{tier}.version",
    params:
        cfg=lambda wildcards: cfg(
            "seed",
            about={
                "label": config["model"]["label"],
                "tier": wildcards.tier,
                "network": config["learners"]["network"]["fixed"],
                **LEVEL,
            },
            features=TIERS[wildcards.tier],
            folds=config["cv"]["folds"],
            rejection=LEVEL | {n: config["model"][n] for n in ("outside", "rejected")},
        ),


rule model:
    """The models are made."""
    input:
        each(rules.train_model.output.model, tier=MODEL_TIERS),
