"""Figures of the course study that this project grows out of, to set ours beside.

Source: "Hack or Hammer: Can Neural Networks Classify Stellar Types?" (astronomy course
project on SDSS DR18), its tables of results.
"""

LABELLED = 74_123
CLASSES = {"O": 9195, "B": 480, "A": 1762, "F": 7559, "G": 19097, "K": 20413, "M": 15617}

# Temperature cut ("dummy"); weighted precision, recall, F1.
DUMMY = {
    "accuracy": 0.5922,
    "precision_weighted": 0.3720,
    "recall_weighted": 0.5922,
    "f1_weighted": 0.4506,
}
# First network, 16-32-7 on 16 features: weights and biases, rows, and validation accuracy after one
# epoch.
PARAMETERS = 1047
TRAINING_STARS = 51_886
FIRST_NETWORK_ACCURACY = 0.945
# 20-fold cross-validation of the tuned network: mean and population standard deviation.
CROSS_VALIDATION = {
    "accuracy": (0.969, 0.009),
    "precision_weighted": (0.954, 0.018),
    "recall_weighted": (0.969, 0.009),
    "f1_weighted": (0.959, 0.014),
}
