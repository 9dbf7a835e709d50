"""The webhook: receives notifications, verifies them and hands them to their workflows."""
