"""How evidence changes a payment: pure functions and the transition table. No I/O, no clock, no Temporal."""
