"""Providers: where projects run. Each is a folder here, or a package with the entry point `radix.providers`."""
