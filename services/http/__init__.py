"""HTTP servers with limits on time and size."""
