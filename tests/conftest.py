"""What holds for all tests: the same examples in every run, so that a failure is about the change.

`--hypothesis-profile=long` looks for new ones, for hours in which nobody waits.
"""

from hypothesis import settings

settings.register_profile("steady", derandomize=True, database=None, print_blob=True)
settings.register_profile("long", max_examples=5_000, stateful_step_count=60, deadline=None, print_blob=True)
settings.load_profile("steady")
