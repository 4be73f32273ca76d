"""Questions about the future and references to targets: their syntax, their parser and their durations."""
