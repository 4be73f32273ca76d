"""Resources that Radix assets use: storage, compute, tracking, endpoints, credentials. Never imports radix_assets."""
