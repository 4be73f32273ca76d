"""Labels: what will happen, asked of the past, so that it can be learnt."""
