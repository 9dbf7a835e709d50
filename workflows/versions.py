"""The versions of the command sequence. Only this module asks Temporal which version a payment started with.

Temporal replays the history of an open payment with the current code. From release 0.1.0 on, every
change that makes other commands from the same history (an added, removed or moved activity, timer or search
attribute) is one named constant here, and one function that asks for it::

    CAPTURE_INQUIRES_FIRST = "0.2.0-capture-inquires-first"

    def capture_inquires_first() -> bool:
        return workflow.patched(CAPTURE_INQUIRES_FIRST)

Add a version
    1. Name the constant after the release that ships it and what it changes. A name is used only once,
       because histories keep it.
    2. Branch on the function at the place of the change: the new commands where it is true, else the old
       ones, untouched. `workflow.patched` is called in this file alone.
    3. Run `tests/replay`, then record histories that take the new branch (`make histories`).

Remove a version
    1. Wait until no payment that was started before the version is open. The longest one is open for
       `completeWithin`, the authorization's lifetime, the 7 days that the gateway may leave a payment pending
       and the time that operators need for a review; Temporal's list shows the oldest start time.
    2. Release without the old branch, with `workflow.deprecate_patch` of the constant in place of
       `workflow.patched`. Remove the histories of the old branch.
    3. Remove the constant one release later, once no payment that was started before step 2 is open.

Before 0.1.0 no payment is open anywhere, so there is no version yet.
"""
