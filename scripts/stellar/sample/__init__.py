"""Shards to labelled stars: which star a row is, its class, its features, its fold."""
