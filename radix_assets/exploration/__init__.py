"""Stage: exploration. The data once more, knowing the target: what tells it, and what gives it away too early."""
