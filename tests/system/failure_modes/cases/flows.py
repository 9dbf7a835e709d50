"""All flows of the table."""

from tests.system.failure_modes.cases.disturbed_flows import DISTURBED_FLOWS
from tests.system.failure_modes.cases.flow import Flow
from tests.system.failure_modes.cases.regular_flows import REGULAR_FLOWS

FLOWS: tuple[Flow, ...] = (*REGULAR_FLOWS, *DISTURBED_FLOWS)
