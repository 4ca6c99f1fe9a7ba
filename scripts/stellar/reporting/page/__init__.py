"""The report: templates, style, scripts, and what renders them."""
