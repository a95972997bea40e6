"""A client of the official Python SDK that does what it is told on stdin, one JSON line each."""

import asyncio
import json
import os
import sys

import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client


def server_of(about):
    if "url" not in about:
        return StdioServerParameters(command=about["command"], args=about["args"])
    headers = {"Authorization": f"Bearer {os.environ['HOLDFAST_TOKEN']}"}
    return streamable_http_client(about["url"], http_client=httpx2.AsyncClient(headers=headers))


async def main():
    async with Client(server_of(json.loads(sys.argv[1]))) as client:
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            question = json.loads(line)
            if "list" in question:
                answer = [tool.name for tool in (await client.list_tools()).tools]
            else:
                result = await client.call_tool(question["call"], question["arguments"])
                answer = "".join(getattr(part, "text", "") for part in result.content)
            print(json.dumps(answer), flush=True)


asyncio.run(main())
