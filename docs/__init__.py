"""The generated parts of the documentation: `python -m docs.schemas`, `python -m docs.diagram`."""
