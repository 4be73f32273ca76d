"""The point-in-time kernel that labels and features share: moments, keys, rows in memory, and plans."""
