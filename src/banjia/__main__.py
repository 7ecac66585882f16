"""`python -m banjia`."""

import sys

from banjia.cli import main

sys.exit(main())
