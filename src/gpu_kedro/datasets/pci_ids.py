"""Names of GPUs by PCI id, from the registers that the system has installed, as a Kedro dataset."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from kedro.io import AbstractDataset, DatasetError

from gpu_kedro.domain.names.pci_ids import read_amdgpu_ids, read_pci_ids

_LOGGER = logging.getLogger(__name__)


class PciIdsDataset(AbstractDataset[NoReturn, dict[str, str]]):
    """Loads the GPUs that the system's `pci.ids` and `amdgpu.ids` name; nothing where neither is installed.

    No Python package carries these registers, and they are too much of somebody else's to keep a copy: Debian has
    them in `pci.ids` and `libdrm-common`, Fedora in `hwdata` and `libdrm`.

    ```yaml
    device_names:
      type: gpu_kedro.datasets.pci_ids.PciIdsDataset
      pci_ids: [/usr/share/misc/pci.ids, /usr/share/hwdata/pci.ids]
      amdgpu_ids: [/usr/share/libdrm/amdgpu.ids]
    ```

    Args:
        pci_ids: where `pci.ids` may be; the first file that exists is read.
        amdgpu_ids: the same for `amdgpu.ids`.
    """

    def __init__(
        self, *, pci_ids: Sequence[str], amdgpu_ids: Sequence[str], metadata: dict[str, Any] | None = None
    ) -> None:
        self._sources: tuple[tuple[Sequence[str], Callable[[str], dict[str, str]]], ...] = (
            (pci_ids, read_pci_ids),
            (amdgpu_ids, read_amdgpu_ids),
        )
        self.metadata = metadata

    def load(self) -> dict[str, str]:
        """Read the registers: PCI id → name, e.g. `10de:2504` and `1002:73ff:c1`."""
        names: dict[str, str] = {}
        for places, read in self._sources:
            found = next((path for path in map(Path, places) if path.is_file()), None)
            if found is None:
                _LOGGER.warning(
                    "No %s: names will be read without it; install Debian's packages pci.ids and libdrm-common",
                    " or ".join(places),
                )
            else:
                names |= read(found.read_text(encoding="utf-8", errors="replace"))
        return names

    def save(self, data: NoReturn) -> NoReturn:  # noqa: ARG002
        """Refuse: the registers belong to the system."""
        raise DatasetError("pci.ids: the registers are read-only; save to another dataset")

    def _describe(self) -> dict[str, Any]:
        return {"places": [list(places) for places, _ in self._sources]}

    def _exists(self) -> bool:
        return any(Path(place).is_file() for places, _ in self._sources for place in places)
