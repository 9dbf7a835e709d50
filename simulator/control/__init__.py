"""The control endpoints: what tests and the console do with the simulator, and its OpenAPI document."""
