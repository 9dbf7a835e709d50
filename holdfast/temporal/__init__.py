"""The connection to Temporal: names, search attributes, payload encryption and errors."""
