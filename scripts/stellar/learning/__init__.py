"""What can learn: baselines, boosted trees, networks."""
