"""`python -m radix_assets.cli` is `radix`."""

from radix_assets.cli.main import main
from radix_resources.processes import leave


def run() -> None:
    """Run the command line, and end the process."""
    leave(main)


if __name__ == "__main__":
    run()
