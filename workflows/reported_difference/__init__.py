"""The workflow of type `Difference`: a reported difference that a person has to acknowledge."""
