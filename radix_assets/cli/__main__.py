"""`python -m radix_assets.cli` is `radix`."""

from radix_assets.cli.main import main

if __name__ == "__main__":
    main()
