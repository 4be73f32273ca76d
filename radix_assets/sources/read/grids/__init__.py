"""Grids of cells, as in a worksheet: where the header is, and what is above and below the table."""
