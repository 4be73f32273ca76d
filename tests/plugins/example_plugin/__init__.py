"""A source, a provider and a learner that Radix finds by entry point, as it finds those of any installed package."""
