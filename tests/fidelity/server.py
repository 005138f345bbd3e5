"""The provider of `mock.py` behind a real port, in a process of its own, for runs in real time."""

import asyncio
import multiprocessing

from aiohttp import web

import mock


def serve(pipe, deployments, seed):
    """Sends its port down the pipe; on any message back, its log and how each deployment ended."""

    async def main():
        loop = asyncio.get_running_loop()
        begun = loop.time()
        provider = mock.Provider(deployments, seed)

        async def images(request):
            name, number = mock.identify(request.path, await request.read())
            retry = int(request.headers.get("x-stainless-retry-count", 0))
            status, headers = await asyncio.shield(provider.start(name, number, retry, loop.time() - begun))
            return web.json_response(mock.body(status), status=mock.code(status), headers=headers)

        app = web.Application()
        app.router.add_post("/{tail:.*}", images)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        pipe.send(site._server.sockets[0].getsockname()[1])
        await loop.run_in_executor(None, pipe.recv)
        while provider.tasks:
            await asyncio.sleep(0.05)
        pipe.send((provider.log, {one.name: (one.answers, one.images) for one in provider.deployments.values()}))
        await runner.cleanup()

    asyncio.run(main())


class Served:
    """The server's process, seen from the client's side; after `stop` it looks like a `mock.Provider`."""

    def __init__(self, deployments, seed):
        context = multiprocessing.get_context("fork")
        self.pipe, there = context.Pipe()
        self.process = context.Process(target=serve, args=(there, deployments, seed))
        self.process.start()
        self.base = f"http://127.0.0.1:{self.pipe.recv()}"
        self.deployments = {one["id"]: mock.Deployment(one["id"], one["mock"], seed) for one in deployments}
        self.log, self.tasks = [], set()

    def stop(self):
        self.pipe.send("stop")
        self.log, ended = self.pipe.recv()
        for name, (answers, images) in ended.items():
            self.deployments[name].answers, self.deployments[name].images = answers, images
        self.process.join()
