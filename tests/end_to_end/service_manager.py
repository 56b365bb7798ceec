"""A service manager as far as a process sees it: a datagram socket and what was sent to it."""

import os
import socket
import threading
import time


class ServiceManager:
    """Listens at `address`, a path or "@name"; keeps every datagram with the time it came."""

    def __init__(self, address):
        self.address = address
        self.heard = []
        self.changed = threading.Condition()
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + address[1:] if address.startswith("@") else address)
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def listen(self):
        while True:
            try:
                text = self.socket.recv(4096).decode()
            except OSError:
                return
            if not text:
                return
            with self.changed:
                self.heard.append((time.monotonic(), text))
                self.changed.notify_all()

    def environment(self, watchdog_s=None):
        out = {"NOTIFY_SOCKET": self.address}
        if watchdog_s:
            out["WATCHDOG_USEC"] = str(int(watchdog_s * 1e6))
        return out

    def said(self):
        with self.changed:
            return [text for _, text in self.heard]

    def count(self, word):
        return sum(word in text.splitlines() for text in self.said())

    def wait_for(self, word, limit_s, times=1):
        """Until so many datagrams have had this line; False when they do not come."""
        end = time.monotonic() + limit_s
        with self.changed:
            while sum(word in text.splitlines() for _, text in self.heard) < times:
                left = end - time.monotonic()
                if left <= 0 or not self.changed.wait(left) and time.monotonic() >= end:
                    return False
        return True

    def close(self):
        self.socket.close()
        if self.address.startswith("/") and os.path.exists(self.address):
            os.unlink(self.address)
