"""One question a module, asked with the chosen learners on a few folds."""
