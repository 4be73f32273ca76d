"""The project file: its settings, its text and its cron expressions."""
