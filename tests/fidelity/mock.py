"""The provider: answers `POST /{deployment}/.../images/generations` by the laws of a case.

A call that is admitted is finished whether or not the client still waits, and only finished images are invoiced.
Draws are by deployment and arrival order, from the run's seed. `Socket` puts it under the
real HTTP clients in virtual time, `server.py` behind a real port.
"""

import asyncio
import json
import math
import random
import threading

import httpx

BODIES = {
    429: {"message": "Rate limit reached", "type": "rate_limit_error", "code": "rate_limit_exceeded"},
    500: {"message": "The server had an error", "type": "server_error", "code": None},
    503: {"message": "The engine is overloaded", "type": "server_error", "code": None},
    401: {"message": "Incorrect key", "type": "invalid_request_error", "code": "invalid_api_key"},
    400: {"message": "Bad size", "type": "invalid_request_error", "code": "invalid_value"},
    "policy": {
        "message": "Your request was rejected as a result of the safety system",
        "type": "invalid_request_error",
        "code": "content_policy_violation",
    },
}


def draw(law, rng):
    """Seconds by a law of the cases."""
    if isinstance(law, (int, float)):
        return float(law)
    (kind, value), = law.items()
    if kind == "uniform":
        return rng.uniform(*value)
    if kind == "exponential":
        return rng.expovariate(1.0 / value)
    if kind == "lognormal":
        return value["median"] * math.exp(value["sigma"] * rng.gauss(0.0, 1.0))
    if kind == "mixture":
        point = rng.random()
        for share, part in value:
            if point < share:
                return draw(part, rng)
            point -= share
        return draw(value[-1][1], rng)
    raise ValueError(f"no such law: {kind}")


class Deployment:
    """What one deployment does; `laws` is the `mock` of a deployment in the cases."""

    def __init__(self, name, laws, seed):
        self.name = name
        self.laws = laws
        self.rng = random.Random(f"{seed}/{name}")
        self.in_flight = 0
        self.recent = []
        self.answers = {}
        self.images = 0

    def _refusal(self, now):
        most = self.laws.get("in_flight")
        if most is not None and self.in_flight >= most:
            return 429
        limit = self.laws.get("requests")
        if limit is None:
            return None
        self.recent = [at for at in self.recent if at > now - limit["per_s"]]
        if len(self.recent) >= limit["most"]:
            return 429
        self.recent.append(now)
        return None

    def _failure(self, now):
        for down in self.laws.get("down", []):
            if down["from"] <= now < down["to"]:
                return down["status"], down.get("after", 0.05)
        point = self.rng.random()
        for failure in self.laws.get("failures", []):
            if point < failure["share"]:
                return failure["status"], failure.get("after", 0.05)
            point -= failure["share"]
        return None

    async def answer(self, now):
        """Status and headers, when they are due."""
        latency = draw(self.laws.get("latency", 0.1), self.rng)
        failure = self._failure(now)
        if self._refusal(now) is not None:
            failure = 429, self.laws.get("refuse_after", 0.05)
        if failure is not None:
            status, after = failure
            await asyncio.sleep(after)
        else:
            status = 200
            self.in_flight += 1
            await asyncio.sleep(latency)
            self.in_flight -= 1
            self.images += 1
        self.answers[str(status)] = self.answers.get(str(status), 0) + 1
        headers = {}
        if status == 429 and "retry_after" in self.laws:
            headers["retry-after"] = str(self.laws["retry_after"])
        return status, headers


class Provider:
    """All deployments of a run, and the log of what arrived: time, deployment, request, SDK retry, status."""

    def __init__(self, deployments, seed):
        self.deployments = {one["id"]: Deployment(one["id"], one["mock"], seed) for one in deployments}
        self.log = []
        self.tasks = set()

    def start(self, name, request, sdk_retry, now):
        """The call goes on whether or not it is awaited."""
        entry = [round(now, 3), name, request, sdk_retry, None]
        self.log.append(entry)

        async def call():
            status, headers = await self.deployments[name].answer(now)
            entry[4] = status
            return status, headers

        return self.keep(asyncio.get_running_loop().create_task(call()))

    def keep(self, task):
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task


def body(status):
    if status == 200:
        return {"created": 1, "data": [{"url": "https://mock.invalid/image.png"}]}
    return {"error": {**BODIES[status], "param": None}}


def code(status):
    return 400 if status == "policy" else status


def identify(path, content):
    """Deployment and request of a call: the path's first part, and the number at the end of the prompt."""
    return path.strip("/").split("/")[0], int(json.loads(content)["prompt"].rsplit(" ", 1)[1])


class Socket:
    """Stands in for the socket under httpx: the client's read timeout ends its waiting, not the provider's work.

    litellm calls some adapters from worker threads and blocks them; such a thread waits here for virtual time, and
    counts as busy except while it does.
    """

    def __init__(self, provider, loop):
        self.provider, self.loop = provider, loop

    def install(self):
        """Replaces the two methods by which httpx reaches a network; all code above them is the real one."""
        httpx.AsyncHTTPTransport.handle_async_request = lambda _, request: self.on_loop(request)
        httpx.HTTPTransport.handle_request = lambda _, request: self.on_thread(request)

    async def on_loop(self, request):
        return await self._exchange(request, await request.aread())

    def on_thread(self, request):
        content, woken, outcome = request.read(), threading.Event(), []

        async def exchange():
            self.loop.rests()
            try:
                outcome.append(await self._exchange(request, content))
            except httpx.ReadTimeout as error:
                outcome.append(error)
            self.loop.works()
            woken.set()

        self.loop.call_soon_threadsafe(lambda: self.provider.keep(self.loop.create_task(exchange())))
        woken.wait()
        if isinstance(outcome[0], Exception):
            raise outcome[0]
        return outcome[0]

    async def _exchange(self, request, content):
        name, number = identify(request.url.path, content)
        retry = int(request.headers.get("x-stainless-retry-count", 0))
        task = self.provider.start(name, number, retry, self.loop.time())
        done, _ = await asyncio.wait([task], timeout=request.extensions.get("timeout", {}).get("read"))
        if not done:
            raise httpx.ReadTimeout("no answer in time", request=request)
        status, headers = task.result()
        return httpx.Response(code(status), headers=headers, json=body(status), request=request)
