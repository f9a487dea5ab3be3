"""Sums that do not depend on the number of cores."""

from kedro.framework.hooks import hook_impl
from threadpoolctl import threadpool_limits


class RepeatabilityHook:
    """Lets linear algebra use one thread, so that sums, and with them bundles, do not depend on the number of cores."""

    @hook_impl
    def before_pipeline_run(self) -> None:
        """Set the limit for this process; training uses more cores by processes."""
        threadpool_limits(limits=1, user_api="blas")
