"""The workflow `LateNotification`: a notification that no running payment could accept."""
