"""Tells a known fault in one line: of data, settings, disk or command line. What is left is a defect of the code."""

import errno
import re
from difflib import get_close_matches
from pathlib import Path
from traceback import walk_tb

from kedro.io import DatasetError

from gpu_kedro.domain.errors import GpuKedroError, walk_causes
from gpu_kedro.intake.errors import TableFileError
from gpu_kedro.serving.errors import ServingError

_SAFE = "The bundle in service is as it was"
_AGAIN = "and run again; nothing has to be cleaned up"
_REMEDIES = {
    errno.ENOSPC: "make room",
    errno.EDQUOT: "make room",
    errno.EFBIG: "raise the limit on the size of files",
    errno.EROFS: "mount it to be written",
    errno.EACCES: "give this user the right to write there",
    errno.EPERM: "give this user the right to write there",
}
#: What libraries add for their own developers, and what stands for it.
_ASIDES = (
    (re.compile(r"For further information visit \S+"), ""),
    (re.compile(r"Failed to instantiate \w+ for parameter '[\w.]+': \d+ validation errors? for \w+"), ""),
    (re.compile(r"\[type=\w+, input_value=(.*?), input_type=\w+\]"), r"(given: \1)"),
    (
        re.compile(r"Failed while (loading|saving) data (?:from|to) dataset \S+\(filepath=\w*\(?'(.*?)'.*?\)\.\s"),
        r"\2: ",
    ),
)
_MISSING_FOLDER = re.compile(r"not a valid directory: (.+)$")


def explain_fault(error: BaseException) -> str | None:
    """One line that says what is wrong and, where that is known, what to do; None for a defect.

    Known are the project's own errors, what a disk or a right is to blame for, and what Kedro itself refuses.
    """
    for cause in walk_causes(error):
        if isinstance(cause, GpuKedroError | ServingError | TableFileError):
            return _tidy(cause)
        if isinstance(cause, OSError) and cause.errno in _REMEDIES:
            where = f": {cause.filename}" if cause.filename else ""
            return f"{cause.strerror}{where}. {_SAFE}; {_REMEDIES[cause.errno]} {_AGAIN}."
    if isinstance(error, DatasetError) or _is_refused_by_kedro(error):
        return f"{_tidy(error)}{_name_nearest(error)}"
    return None


def _is_refused_by_kedro(error: BaseException) -> bool:
    """Whether Kedro, or what reads its settings, raised the error, rather than a node that it called."""
    modules = [frame.f_globals.get("__name__", "") for frame, _ in walk_tb(error.__traceback__)]
    return bool(modules) and modules[-1].partition(".")[0] in ("kedro", "omegaconf")


def _tidy(error: BaseException) -> str:
    text = " ".join(str(error).split())
    for pattern, replacement in _ASIDES:
        text = pattern.sub(replacement, text)
    return " ".join(text.split())


def _name_nearest(error: BaseException) -> str:
    """For a folder of settings that is not there: the environments that are."""
    found = _MISSING_FOLDER.search(str(error))
    if found is None:
        return ""
    folder = Path(found[1])
    others = sorted(path.name for path in folder.parent.glob("*/")) if folder.parent.is_dir() else []
    nearest = get_close_matches(folder.name, others, n=1)
    return f"; closest: {nearest[0]}" if nearest else f"; there is {', '.join(others) or 'none'}"
