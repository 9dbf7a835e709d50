"""Settings of all tests. Property tests use the same examples in every run, so a failure is reproducible.

No example has a time limit: a busy machine would exceed it. `--hypothesis-profile=long` generates new
examples. It is for unattended runs, which take hours.
"""

import signal

from hypothesis import HealthCheck, settings

UNTIMED = settings(deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])

settings.register_profile("steady", UNTIMED, derandomize=True, database=None)
settings.register_profile("long", UNTIMED, max_examples=5_000, stateful_step_count=60)
settings.load_profile("steady")

# a shell lets its background jobs ignore SIGINT, and the processes that a test interrupts inherit that
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
