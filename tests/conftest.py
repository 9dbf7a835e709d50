"""What holds for all tests. `--hypothesis-profile=long` is for hours in which nobody waits."""

from hypothesis import settings

settings.register_profile("long", max_examples=5_000, stateful_step_count=60, deadline=None, print_blob=True)
