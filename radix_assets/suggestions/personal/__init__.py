"""Columns that tell who somebody is: by header, by value, by the table they stand in."""
