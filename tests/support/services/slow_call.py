"""A workflow with one activity, whose duration the test controls."""

from datetime import timedelta

from temporalio import workflow


@workflow.defn
class SlowCall:
    @workflow.run
    async def run(self) -> str:
        answer: str = await workflow.execute_activity(
            "slow_call", result_type=str, start_to_close_timeout=timedelta(seconds=30)
        )
        return answer
