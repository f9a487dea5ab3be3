"""Opens the backend that the settings name."""

from functools import lru_cache

from streamlit_app.backends.base import Backend
from streamlit_app.backends.http import HttpBackend
from streamlit_app.backends.local import LocalBackend
from streamlit_app.settings import Settings


@lru_cache(maxsize=8)
def open_backend(settings: Settings) -> Backend:
    """The service at `API_URL` when that is set, else the serving code in this process; one for each setting."""
    if settings.api_url is not None:
        return HttpBackend(settings)
    return LocalBackend(settings.bundles)
