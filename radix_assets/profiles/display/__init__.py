"""What people see of a profile: metadata, alerts, pictures and the ydata-profiling page."""
