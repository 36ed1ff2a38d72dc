"""Clients of an HTTP door on loopback: a flood from one address, or a crowd of many that each ask little."""
import selectors, socket, threading, time


class Clients:
    """Runs in one thread; every client has a source address of its own out of 127.0.0.0/8."""

    def __init__(self, places):
        self.places = places
        self.isOver = True
        self.thread = None

    def flood(self, address="127.0.9.9", rate=3000, connections=60):
        self._start([address] * connections, rate / connections)

    def crowd(self, clients=660, rate=0.5):
        self._start([f"127.0.{20 + n // 200}.{1 + n % 200}" for n in range(clients)], rate)

    def stop(self):
        self.isOver = True
        if self.thread:
            self.thread.join(5)
            self.thread = None

    def _start(self, addresses, rate):
        self.isOver = False
        self.thread = threading.Thread(target=self._run, args=(addresses, rate), daemon=True)
        self.thread.start()

    def _open(self, address, place):
        s = socket.socket()
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        s.bind((address, 0))
        s.connect(place)
        s.setblocking(False)
        return s

    def _run(self, addresses, rate):
        question = b"GET /odds HTTP/1.1\r\nHost: bets\r\n\r\n"
        chooser = selectors.DefaultSelector()
        begun = time.monotonic()
        asked, sockets = [0] * len(addresses), [None] * len(addresses)
        while not self.isOver:
            now = time.monotonic() - begun
            for n, address in enumerate(addresses):
                try:
                    if sockets[n] is None:
                        sockets[n] = self._open(address, self.places[n % len(self.places)])
                        chooser.register(sockets[n], selectors.EVENT_READ, n)
                    due = min(int(now * rate) - asked[n], 50)
                    if due > 0:
                        sockets[n].send(question * due)
                        asked[n] = int(now * rate)
                except OSError:
                    self._close(chooser, sockets, n)
            for key, _ in chooser.select(0.02):
                try:
                    if not key.fileobj.recv(65536):
                        self._close(chooser, sockets, key.data)
                except BlockingIOError:
                    pass
                except OSError:
                    self._close(chooser, sockets, key.data)
        for n in range(len(sockets)):
            self._close(chooser, sockets, n)

    @staticmethod
    def _close(chooser, sockets, n):
        if sockets[n] is not None:
            try:
                chooser.unregister(sockets[n])
            except (KeyError, ValueError):
                pass
            sockets[n].close()
            sockets[n] = None
