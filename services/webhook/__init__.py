"""The webhook: receives notifications, verifies them and delivers them to their workflows."""
