"""The point-in-time kernel shared by labels and features: times, keys, rows in memory and plans."""
