"""On which folds something learns, and what it predicts on those it has not seen."""
