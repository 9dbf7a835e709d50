"""The parts of the processes: webhook, codec server, worker set-up, HTTP limits, settings and accounts."""
