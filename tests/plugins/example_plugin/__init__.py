"""A source, a provider and a learner that Radix finds by entry point, like those of any installed package."""
