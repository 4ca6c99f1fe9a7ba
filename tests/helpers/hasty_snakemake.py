"""`python -m snakemake` that asks every second which of a cluster's jobs have ended.

Ten seconds more pass each time that none has, and the SLURM plugin has no option for that.
"""

import asyncio

from snakemake.cli import main
from snakemake_interface_executor_plugins.executors.remote import RemoteExecutor


async def sleep(_: RemoteExecutor) -> None:
    await asyncio.sleep(1)


RemoteExecutor.sleep = sleep

if __name__ == "__main__":
    main()
