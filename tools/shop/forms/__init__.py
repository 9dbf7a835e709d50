"""The forms that a person sends: reading, validation, and what is kept of the typed values."""
