"""The audit for leaks of a sample and of what was learnt from it."""
