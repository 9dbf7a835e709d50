"""The workflow `ReportedDifference`: a difference that a person has to resolve."""
