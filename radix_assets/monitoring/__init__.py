"""Stage: monitoring. Have the newest data changed, and does the model still do well on them?"""
