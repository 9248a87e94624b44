"""Run A in a link: whoever opens it sees the compared run beside the one on view."""

from urllib.parse import urlencode

from explorer.fields import write
from explorer.labs import Lab
from explorer.settings import Problem, Settings, query_fields

NAME = "beside"  # of the field in an address, whose value is a query of its own


def written(run: Settings) -> str:
    """What an address says of a run that is to stand beside its own."""
    fields = {name: write(value) for name, value in run.explicit().items() if name not in run.views}
    return urlencode(fields, safe=",")


def read(lab: Lab, query: str, shown: Settings) -> tuple[Settings | None, list[Problem]]:
    """Run A of an address, and what was wrong with it; None where there is none, or none of the panel that is shown."""
    text = query_fields(query).get(NAME)
    if text is None:
        return None, []
    run, problems = lab.settings.from_query(text)
    if problems:
        return None, [Problem(NAME, text, f"run A is left out: {problems[0]}")]
    if lab.panel(run) is not lab.panel(shown):
        return None, [Problem(NAME, text, "run A is left out: it is of another panel")]
    return run.viewed_as(shown), []
