"""Settings of all tests. Property tests use the same examples in every run, so a failure is reproducible.

`--hypothesis-profile=long` generates new examples. It is for unattended runs, which take hours.
"""

from hypothesis import settings

settings.register_profile("steady", derandomize=True, database=None, deadline=None, print_blob=True)
settings.register_profile("long", max_examples=5_000, stateful_step_count=60, deadline=None, print_blob=True)
settings.load_profile("steady")
