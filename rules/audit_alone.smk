"""The audit alone: no network is trained.

READS sample.parquet.
WRITES audit_alone/: a file for each label, and a page. The study does not need them.
"""

ALONE_RULES = ["audit_without_networks", "audit_page"]


# Too short for a job of its own on a cluster: it runs where Snakemake runs.
localrules:
    audit_page,


use rule score_job as audit_without_networks with:
    """Look for leaks in the feature sets of label {wildcards.scheme}, without a network."""
    input:
        code=code("audit_alone"),
        sample=rules.assign_folds.output.sample,
    output:
        entries="<results>/audit_alone/{scheme}.json",
    params:
        cfg=lambda wildcards: cfg(scheme=wildcards.scheme, **AUDIT),


use rule small_job as audit_page with:
    """Write the audit's page, one HTML file that needs nothing else: {output.html}."""
    input:
        code=code("audit_page"),
        template=source(BASE / "scripts/stellar/reporting/audit.html.j2"),
        audits=each(rules.audit_without_networks.output.entries, scheme=SCHEMES),
    output:
        html="<results>/audit_alone/audit.html",
    params:
        cfg=cfg(label=config["label"], seed=config["seed"]),
