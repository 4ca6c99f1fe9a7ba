"""Leaks planted into simulated stars, and clean tables that look as odd."""
