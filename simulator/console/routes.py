"""The routes of the console."""

from starlette.routing import Route

from simulator.console.actions import Actions
from simulator.console.pages import Pages
from simulator.simulation import Simulator


def console_routes(simulator: Simulator) -> list[Route]:
    """Returns the pages, all of which are read with GET, and the actions, which are sent with POST."""
    pages, actions = Pages(simulator), Actions(simulator)
    gets = {
        "/": pages.payments,
        "/console/payments/{id:path}": pages.payment,
        "/console/calls": pages.calls,
        "/console/calls/{id}": pages.call,
        "/console/notifications": pages.notifications,
        "/console/notifications/{id}": pages.notification,
        "/console/faults": pages.faults,
        "/console/clock": pages.clock,
        "/console/marker": pages.marker,
    }
    posts = {
        "/console/faults": actions.add_fault,
        "/console/faults/remove": actions.remove_all_faults,
        "/console/faults/{id}/remove": actions.remove_fault,
        "/console/clock": actions.move_clock,
        "/console/holds": actions.hold,
        "/console/notifications/{id}/resend": actions.resend,
        "/console/notifications/{id}/forge": actions.forge,
    }
    return [
        *(Route(path, endpoint, methods=["GET"]) for path, endpoint in gets.items()),
        *(Route(path, endpoint, methods=["POST"]) for path, endpoint in posts.items()),
    ]
