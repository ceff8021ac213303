"""`python -m compute.claims`: the ledger from the command line."""

import sys

from compute.ledger import main

sys.exit(main())
