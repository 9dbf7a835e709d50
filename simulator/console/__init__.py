"""The console at `/`: payments, calls, notifications, faults and the clock, for a person with a browser."""
