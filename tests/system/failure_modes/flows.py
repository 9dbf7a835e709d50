"""Every flow of the table."""

from tests.system.failure_modes.doubtful import DOUBTFUL
from tests.system.failure_modes.everyday import EVERYDAY
from tests.system.failure_modes.flow import Flow

FLOWS: tuple[Flow, ...] = (*EVERYDAY, *DOUBTFUL)
