"""Numbers of things in words."""


def counted(number: int, thing: str, things: str = "") -> str:
    """Return a number with its thing: `1 table`, `2 tables`; `things` is the plural if an `s` does not make it."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"
