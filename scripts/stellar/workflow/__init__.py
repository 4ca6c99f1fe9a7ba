"""What Snakefile and Makefile call: the configuration checked, runs begun, followed, added up."""
