"""Asks Temporal whether the history of the workflow has become long."""

from temporalio import workflow


def is_suggested() -> bool:
    """Returns whether the server suggests that the workflow continues as new.

    The answer is part of the history: a workflow task is delivered with it.
    """
    return workflow.info().is_continue_as_new_suggested()
