"""Results in sentences, figures and a page."""
