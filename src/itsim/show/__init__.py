"""Pictures and words about a run; matplotlib is imported only when something is drawn."""

from itsim.show.case_timeline import plot_case_timeline
from itsim.show.compare_plot import plot_compare
from itsim.show.notebook import run_html
from itsim.show.onset_curve import plot_onset_curve
from itsim.show.study_plot import plot_study
from itsim.show.summary import summary
from itsim.show.text import summary_text
from itsim.show.timeline_plot import plot_run
from itsim.show.tornado import plot_tornado

__all__ = [
    "plot_run", "plot_case_timeline", "plot_compare", "plot_onset_curve",
    "plot_study", "plot_tornado",
    "summary", "summary_text", "run_html",
]  # fmt: skip
