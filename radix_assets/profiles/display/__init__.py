"""How a profile is shown: metadata, alerts, pictures and the ydata-profiling page."""
