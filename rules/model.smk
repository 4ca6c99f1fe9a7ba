"""A model to classify stars with, for each tier that holds no ELODIE value.

READS shards/.
WRITES model/<tier>/, model/sample.parquet. `make model` makes all; the study the photometry's alone, for its report.
"""

MODEL_RULES = ["label_for_model", "sample_for_model", "train_model"]
MODEL_TIERS = [
    name
    for name, names in TIERS.items()
    if not {*features.FEATURE_SETS["elodie"]}
    & {*features.columns_needed(features.resolve(names))}
]
# The report's own network: of magnitudes alone, which a reader can set.
PAGE_TIERS = [
    name
    for name in MODEL_TIERS
    if {*features.columns_needed(features.resolve(TIERS[name]))}
    <= {*features.FEATURE_SETS["photometry"]}
][:1]


localrules:
    label_for_model,
    sample_for_model,


# The study's rows have the study's label; of other stars only the model's is wanted.
use rule label_stars as label_for_model with:
    """Label the stars that models learn from."""
    input:
        code=code("label_stars"),
        shards=expand("<results>/shards/shard-{shard}.parquet", shard=SHARDS),
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
        shards=expand("<results>/shards/shard-{shard}.parquet", shard=SHARDS),
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
            about={
                "label": config["model"]["label"],
                "tier": wildcards.tier,
                "level": config["calibration"]["level"],
                "network": config["learners"]["network"]["fixed"],
            },
            features=TIERS[wildcards.tier],
            folds=config["cv"]["folds"],
            rejection={
                "level": config["calibration"]["level"],
                "outside": config["model"]["outside"],
                "rejected": config["model"]["rejected"],
            },
            seed=config["seed"],
        ),


complete_rules()
