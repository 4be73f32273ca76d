"""Limits in place of values, such as `<0.5` among measurements: they are set aside, and said to be limits."""

from collections.abc import Mapping

from radix_assets.common.plural import counted
from radix_assets.sources.schema import ReadWarning
from radix_assets.sources.types.absence import Absent
from radix_assets.sources.types.counts import Finding


def warn_of_limits(findings: Mapping[str, Finding], cells: Mapping[str, Absent]) -> None:
    """Warn of columns of numbers some of whose cells are limits."""
    for column, absent in cells.items():
        if column not in findings or not absent.limits or findings[column].reading.dtype == "string":
            continue
        message = (
            f"{counted(absent.limits, 'cell')} {'is a limit' if absent.limits == 1 else 'are limits'} such as <0.5 or "
            ">1000 and no measured value (censored); set aside, so that the rest are numbers; a mean or a model of the "
            "rest is biased if there are many; `type: text` keeps the column as it stands"
        )
        findings[column].warnings.append(ReadWarning(code="censored_values", message=message, count=absent.limits))
