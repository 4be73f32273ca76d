"""What Radix stands on: the resources that its assets use. Never imports radix_assets."""
