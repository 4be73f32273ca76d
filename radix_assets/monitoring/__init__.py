"""Stage: monitoring. Has the newest data changed, and does the model still predict it well?"""
