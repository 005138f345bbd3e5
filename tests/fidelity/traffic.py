"""Open-loop arrivals: the times at which requests begin do not depend on how earlier ones went."""

import random


def arrivals(law, seed):
    """Seconds from the start, ascending. `poisson` and `constant` are rates per second; `bursts` come every so often."""
    rng = random.Random(f"{seed}/traffic")
    if "bursts" in law:
        bursts = law["bursts"]
        return [every * bursts["every_s"] for every in range(bursts["count"]) for _ in range(bursts["size"])]
    times, now = [], 0.0
    for _ in range(law["requests"]):
        times.append(now)
        now += rng.expovariate(law["poisson"]) if "poisson" in law else 1.0 / law["constant"]
    return times
