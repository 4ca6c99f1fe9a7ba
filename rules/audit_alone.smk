"""The page of the audit alone: no network is trained.

READS audit_alone/: a file for each label.
WRITES audit_alone/audit.html. The study does not need it.
"""

ALONE_RULES = ["audit_page"]


use rule small_job as audit_page with:
    """Write the audit's page, one HTML file that needs nothing else: {output.html}."""
    input:
        code=code("audit_page"),
        template=source(BASE / "scripts/stellar/reporting/audit.html.j2"),
        audits=each(rules.audit_without_networks.output.entries, scheme=SCHEMES),
    output:
        html="<results>/audit_alone/audit.html",
    params:
        cfg=cfg("label", "seed"),


rule audit_alone:
    """The audit is made: {input}."""
    input:
        rules.audit_page.output.html,
