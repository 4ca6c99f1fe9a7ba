"""Types for your own stars, by models that a run has left."""
