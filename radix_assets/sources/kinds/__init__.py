"""The kinds of source: one module each, which fulfils the protocol in `base` and is listed in `registry`."""
