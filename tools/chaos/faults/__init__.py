"""The faults of a fault-injection run: processes, network, gateway and notifications."""
