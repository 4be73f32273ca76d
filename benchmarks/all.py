"""Every figure of docs/benchmarks.md, one script after another.

python benchmarks/all.py
"""

import subprocess
import sys

from common import ROOT

SCRIPTS = ("loading.py", "whole_way.py", "sets.py")


def main() -> None:
    """Run them; each prints its tables."""
    for script in SCRIPTS:
        print(f"\n## benchmarks/{script}\n", flush=True)
        subprocess.run([sys.executable, str(ROOT / "benchmarks" / script)], check=True)


if __name__ == "__main__":
    main()
