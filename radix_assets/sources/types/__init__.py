"""Column types of text: numbers, dates, booleans and null words, decided over all rows."""
