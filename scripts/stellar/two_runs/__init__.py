"""Two finished runs beside each other: what differs in scores, settings, verdicts and time."""
