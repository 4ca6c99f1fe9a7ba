"""The one exception whose text is meant for the user."""


class UserError(Exception):
    """Something a user can put right; its text is one sentence: what is wrong, what to type."""


class MissingFeatureError(UserError):
    """A feature that no star of the survey has."""
