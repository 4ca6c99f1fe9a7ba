"""Raw stars to the shards of a survey: simulated, from SDSS, or from a table of the user's own."""
