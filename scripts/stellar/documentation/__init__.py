"""Pages of the documentation that are made of the code: no job and no reader needs it."""
