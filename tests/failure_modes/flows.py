"""Every flow of the table."""

from tests.failure_modes.doubtful import DOUBTFUL
from tests.failure_modes.everyday import EVERYDAY
from tests.failure_modes.flow import Flow

FLOWS: tuple[Flow, ...] = (*EVERYDAY, *DOUBTFUL)
