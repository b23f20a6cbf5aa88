"""The queue, as pages."""
