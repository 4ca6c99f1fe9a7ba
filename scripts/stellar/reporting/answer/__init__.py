"""The answer to the study's question: an opening, a verdict, ten findings."""
