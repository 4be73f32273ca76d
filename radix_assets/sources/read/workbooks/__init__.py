"""Workbooks: each sheet that holds rows is a table."""
