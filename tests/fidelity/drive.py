"""One run: one Router, one seed, in this process, which must have built no other Router (callbacks are global).

What is seen: the client's outcomes, the provider's log, and three methods of the Router that are watched and not
changed: `_aimage_generation` (an attempt), `_update_kwargs_with_deployment` (a deployment was picked) and
`CooldownCache.add_deployment_to_cooldown`.
"""

import asyncio
import contextvars
import os
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone

os.environ.update(LITELLM_LOCAL_MODEL_COST_MAP="True", OPENAI_API_KEY="none", RECRAFT_API_KEY="none", LITELLM_LOG="CRITICAL")

import litellm
from litellm.integrations.custom_logger import CustomLogger
from litellm.litellm_core_utils.thread_pool_executor import executor

import mock
from server import Served
from traffic import arrivals
from virtual_time import VirtualLoop

litellm.suppress_debug_info = True
MODELS = {"httpx": "recraft/recraftv3", "openai": "openai/dall-e-3"}
NOT_OF_LITELLM = {"id", "group", "mock", "price", "booked_as", "model"}
REQUEST = contextvars.ContextVar("request")


def model_list(case, base):
    """A deployment as the Router takes it; its price goes in as `output_cost_per_image`, or as the case names it."""
    listed = []
    for one in case["deployments"]:
        params = {key: value for key, value in one.items() if key not in NOT_OF_LITELLM}
        params["model"] = one.get("model", MODELS[case["adapter"]])
        params["api_base"] = f"{base}/{one['id']}"
        params[one.get("booked_as", "output_cost_per_image")] = one["price"]
        params["api_key"] = "none"
        listed.append({"model_name": one["group"], "litellm_params": params, "model_info": {"id": one["id"]}})
    return listed


class Books(CustomLogger):
    """What LiteLLM itself would write into its ledger."""

    def __init__(self):
        self.spend = Counter()

    async def async_log_success_event(self, kwargs, response_obj, start_time, end_time):
        name = kwargs["litellm_params"]["model_info"]["id"]
        self.spend[name] += kwargs.get("response_cost") or 0.0


class Watch:
    """What the Router did, by request and deployment."""

    def __init__(self, router, loop):
        self.attempts, self.picks, self.groups, self.cooldowns = Counter(), Counter(), {}, []
        self.latest = {}
        attempt, pick = router._aimage_generation, router._update_kwargs_with_deployment
        cool = router.cooldown_cache.add_deployment_to_cooldown

        async def watched_attempt(*args, **kwargs):
            self.attempts[REQUEST.get()] += 1
            self.groups.setdefault(REQUEST.get(), set()).add(kwargs["model"])
            return await attempt(*args, **kwargs)

        def watched_pick(deployment, kwargs, *rest, **more):
            self.picks[deployment["model_info"]["id"]] += 1
            return pick(deployment, kwargs, *rest, **more)

        def watched_cool(model_id, original_exception, exception_status, cooldown_time):
            now, length = loop.time(), router.cooldown_time if cooldown_time is None else cooldown_time
            if now > self.latest.get(model_id, -1.0):
                self.latest[model_id] = now + length
                self.cooldowns.append([round(now, 3), model_id, length, exception_status])
            return cool(model_id, original_exception, exception_status, cooldown_time)

        router._aimage_generation = watched_attempt
        router._update_kwargs_with_deployment = watched_pick
        router.cooldown_cache.add_deployment_to_cooldown = watched_cool


class Clients:
    """Sends each request at its time and keeps what came of it."""

    def __init__(self, router, case, loop, start):
        self.router, self.case, self.loop, self.start = router, case, loop, start
        self.outcome_of, self.delivered_by = {}, Counter()
        self.waits, self.failure_waits, self.ends = [], [], []
        self.returned_cost = 0.0

    async def one(self, number, at):
        REQUEST.set(number)
        await asyncio.sleep(self.start + at - self.loop.time())
        begun = self.loop.time()
        try:
            answer = await self.router.aimage_generation(model=self.case["ask"], prompt=f"image {number}")
        except Exception as error:
            status = getattr(error, "status_code", None)
            self.outcome_of[number] = f"{type(error).__name__} {status}" if status else type(error).__name__
            self.failure_waits.append(self.loop.time() - begun)
        else:
            self.outcome_of[number] = "delivered"
            self.waits.append(self.loop.time() - begun)
            self.delivered_by[answer._hidden_params["model_id"]] += 1
            self.returned_cost += answer._hidden_params.get("response_cost") or 0.0
        self.ends.append(self.loop.time() - self.start)


def quantiles(seconds):
    if not seconds:
        return None
    ordered = sorted(seconds)
    at = lambda share: round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 3)
    return {"mean": round(sum(ordered) / len(ordered), 3), "p50": at(0.5), "p95": at(0.95)}


def in_order(counter):
    return {str(key): value for key, value in sorted(counter.items(), key=lambda item: str(item[0]))}


def summary(case, clients, provider, watch, books):
    """The fields are explained in README.md."""
    prices = {one["id"]: one["price"] for one in case["deployments"]}
    images = {name: one.images for name, one in provider.deployments.items()}
    calls = Counter(entry[1] for entry in provider.log)
    calls_of = Counter(entry[2] for entry in provider.log)
    requests = len(clients.ends)
    lengths, attempts_by_outcome = {}, {}
    for number, outcome in sorted(clients.outcome_of.items()):
        attempts_by_outcome.setdefault(outcome, Counter())[watch.attempts[number]] += 1
    for _, name, length, _ in watch.cooldowns:
        lengths.setdefault(name, []).append(length)
    fell_back = {number for number, groups in watch.groups.items() if groups != {case["ask"]}}
    return {
        "requests": requests,
        "outcomes": in_order(Counter(clients.outcome_of.values())),
        "delivered_by": in_order(clients.delivered_by),
        "picks": in_order(watch.picks),
        "calls": in_order(calls),
        "answers": {name: in_order(one.answers) for name, one in provider.deployments.items()},
        "attempts_by_outcome": {outcome: in_order(counts) for outcome, counts in sorted(attempts_by_outcome.items())},
        "calls_per_request": in_order(Counter(calls_of[number] for number in range(requests))),
        "fell_back": len(fell_back),
        "cooldowns": {name: {"count": len(all), "mean_s": round(sum(all) / len(all), 3)} for name, all in lengths.items()},
        "booked_usd": {name: round(usd, 6) for name, usd in sorted(books.spend.items())},
        "returned_usd": round(clients.returned_cost, 6),
        "images": images,
        "invoiced_usd": {name: round(count * prices[name], 6) for name, count in images.items()},
        "time_to_image_s": quantiles(clients.waits),
        "time_to_failure_s": quantiles(clients.failure_waits),
        "last_end_s": round(max(clients.ends), 3),
    }


def router_of(case, base):
    return litellm.Router(model_list=model_list(case, base), **case["router"])


async def traffic(case, seed, router, loop, provider):
    """The whole run, until nothing is under way at the provider and nothing is left to be booked."""
    watch, books = Watch(router, loop), Books()
    litellm.callbacks.append(books)
    clients = Clients(router, case, loop, loop.time())
    await asyncio.gather(*(clients.one(number, at) for number, at in enumerate(arrivals(case["traffic"], seed))))
    while provider.tasks:
        await asyncio.sleep(1.0)
    await asyncio.sleep(1.0)
    if isinstance(provider, Served):
        provider.stop()
    return summary(case, clients, provider, watch, books), provider.log, watch.cooldowns


def run(case, seed):
    """In virtual time. Returns the run's numbers, the provider's log and the cooldowns."""
    random.seed(f"{seed}/router")
    litellm.disable_aiohttp_transport = True
    epoch = datetime.fromisoformat(case["start"]).replace(tzinfo=timezone.utc).timestamp()
    loop = VirtualLoop(epoch, case["threads"])
    loop.watch(executor)
    asyncio.set_event_loop(loop)
    provider = mock.Provider(case["deployments"], seed)
    mock.Socket(provider, loop).install()

    async def whole():
        return await traffic(case, seed, router_of(case, "http://mock.invalid"), loop, provider)

    return loop.run_until_complete(whole())


def run_real(case, seed):
    """The same over a real port in real time, with litellm's own transport."""
    random.seed(f"{seed}/router")
    served = Served(case["deployments"], seed)

    async def whole():
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(case["threads"]))
        return await traffic(case, seed, router_of(case, served.base), loop, served)

    return asyncio.run(whole())
