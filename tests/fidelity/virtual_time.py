"""An asyncio event loop whose clock is a number.

It jumps to the next timer as soon as nothing is ready and no worker thread is busy, and takes `time.time()` and
`datetime.now()` with it. Computation takes no time, so that what is recorded does not depend on the machine.
Invariant: the clock never moves while a callback is ready or a thread has work.
"""

import asyncio
import selectors
import threading
from concurrent.futures import ThreadPoolExecutor

import time_machine


class _Selector:
    """Waits for nothing but worker threads; where the loop would sleep, the clock jumps."""

    def __init__(self, loop):
        self._inner = selectors.DefaultSelector()
        self._loop = loop

    def select(self, timeout=None):
        events = self._inner.select(0)
        if events or (timeout is not None and timeout <= 0):
            return events
        if self._loop.busy():
            return self._inner.select(0.002)
        if timeout is None:
            return self._inner.select(0.01)
        self._loop.jump(timeout)
        return []

    def __getattr__(self, name):
        return getattr(self._inner, name)


class VirtualLoop(asyncio.SelectorEventLoop):
    """`epoch` is the Unix time at which the loop's clock reads 0; `workers` the threads of the default executor."""

    def __init__(self, epoch, workers):
        self._now = 0.0
        self._epoch = epoch
        self._workers = workers
        self._given = 0
        self._resting = 0
        self._logging = 0
        self._lock = threading.Lock()
        self._travel = time_machine.travel(epoch, tick=False)
        self._traveller = self._travel.start()
        super().__init__(_Selector(self))
        self.set_default_executor(ThreadPoolExecutor(workers))
        self._clock_resolution = 1e-9

    def time(self):
        return self._now

    def busy(self):
        """Whether a thread has work; what waits for a free thread has none yet."""
        return min(self._given, self._workers) > self._resting or self._logging > 0

    def jump(self, timeout):
        self._now = max(self._now, self._scheduled[0]._when if self._scheduled else self._now + timeout)
        self._traveller.move_to(self._epoch + self._now)

    def run_in_executor(self, executor, func, *args):
        future = super().run_in_executor(executor, func, *args)
        self._given += 1
        future.add_done_callback(self._thread_done)
        return future

    def _thread_done(self, _):
        self._given -= 1

    def rests(self):
        """A worker thread waits for virtual time to pass. From the loop's own thread only, as `works`."""
        self._resting += 1

    def works(self):
        """The thread is about to go on."""
        self._resting -= 1

    def watch(self, executor):
        """Counts the work given to a `concurrent.futures` executor directly as busy, too."""
        submit = executor.submit

        def counted(*args, **kwargs):
            with self._lock:
                self._logging += 1
            future = submit(*args, **kwargs)
            future.add_done_callback(self._logging_done)
            return future

        executor.submit = counted

    def _logging_done(self, _):
        with self._lock:
            self._logging -= 1
