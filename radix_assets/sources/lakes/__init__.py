"""Tables that are folders of data files with a log of their versions: Delta and Iceberg."""
