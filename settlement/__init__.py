"""Pure functions and a transition table by which evidence changes a payment: no I/O, clock or Temporal."""
