"""What the two processes are made of: settings, notifications coming in, what the server must have."""
