"""Tests of the browser's modules that need no document, in the node that playwright ships.

`python -m tests.browser.unit`
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import playwright

NODE = Path(playwright.__file__).parent / "driver" / "node"
HERE = Path(__file__).parent


def main() -> int:
    """Run them all; node's exit code."""
    # the modules are what they are by their syntax: there is no package.json
    command = [NODE, "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", "--test"]
    tests = sorted(HERE.glob("*.test.mjs"))
    return subprocess.run([*command, *tests], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
