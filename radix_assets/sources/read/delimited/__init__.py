"""The structure of delimited text: separator, quotes, header, footer, and rows that break the rules."""
