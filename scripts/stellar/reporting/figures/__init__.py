"""Figures, each defined once: drawn on the page by the browser, and beside it as SVG and PNG."""
