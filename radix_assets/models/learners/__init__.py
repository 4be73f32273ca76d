"""Learners: what a learner is, those that Radix ships, and how those of other packages are found."""
