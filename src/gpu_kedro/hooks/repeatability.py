"""Sums that do not depend on the number of cores."""

import os

from kedro.framework.hooks import hook_impl


class RepeatabilityHook:
    """Lets linear algebra use one thread, so that sums, and with them bundles, do not depend on the number of cores."""

    @hook_impl
    def before_pipeline_run(self) -> None:
        """Set the limit for this process and those it starts; training uses more cores by processes."""
        from threadpoolctl import threadpool_limits

        for name in ("MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
            os.environ[name] = "1"
        threadpool_limits(limits=1, user_api="blas")
