"""What predictions are worth: scores, calibration, rejection, leaks."""
