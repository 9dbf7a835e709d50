"""The activities that call the gateway for one payment."""
