"""How a command ends that is told to."""

import signal
import sys
import threading


def end_in_order() -> None:
    """Have this program remove what it began to write, as a copy of the database, where it is told to end, as by a
    machine that stops.
    """
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_said: sys.exit(128 + signal.SIGTERM))
