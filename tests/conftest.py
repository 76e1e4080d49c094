"""What all tests share."""

from __future__ import annotations

import os

from hypothesis import settings

# A busy machine is no fault of the code; in CI the same examples come every time.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")
