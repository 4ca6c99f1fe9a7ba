"""What a star's catalogue values tell of its spectral class: the study's pure functions."""

VERSION = "0.1.0"  # as in pyproject.toml, which a checkout need not have installed
CLASSES = ("O", "B", "A", "F", "G", "K", "M")  # hot to cool; class numbers index this
BANDS = ("u", "g", "r", "i", "z")
ELODIE = ("elodieBV", "elodieTEff", "elodieLogG", "elodieFeH")  # values of a library star
NO_LABEL = -1  # of a row that a label scheme gives no class
# Label scheme: the column that a star's label is read from.
LABEL_COLUMN = {"elodie": "elodieSpType", "subclass": "subClass", "hammer": "sppHammerType"}
