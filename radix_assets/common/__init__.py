"""Vocabulary and helpers that several stages share: words of names, plots, YAML files that people append to."""
