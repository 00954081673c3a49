"""Experiments: a hypothesis, two arms, one metric, a verdict. One file each.

How to add one: see `README.md` in this folder, or `experiment_template(name)`.
"""

from alpgraph.experiments.code import code_hash
from alpgraph.experiments.faults import ParamFault, fault_finders, param_faults
from alpgraph.experiments.merging import merge_measurements
from alpgraph.experiments.model import (
    Arm,
    Curve,
    Experiment,
    Measurements,
    Metric,
    Picture,
    Preset,
    Progress,
    Verdict,
)
from alpgraph.experiments.params import Params, validate_params
from alpgraph.experiments.references import REFERENCE_SEED, reference_for, references
from alpgraph.experiments.registry import all_experiments, find_experiment, get_experiment
from alpgraph.experiments.results import curves_json, result_of
from alpgraph.experiments.running import (
    Verified,
    estimate_seconds,
    run_experiment,
    verify,
    verify_preset,
)
from alpgraph.experiments.template import experiment_template
from alpgraph.experiments.verdicts import Judgement, decide, judge

__all__ = [
    "REFERENCE_SEED",
    "Arm",
    "Curve",
    "Experiment",
    "Judgement",
    "Measurements",
    "Metric",
    "ParamFault",
    "Params",
    "Picture",
    "Preset",
    "Progress",
    "Verdict",
    "Verified",
    "all_experiments",
    "code_hash",
    "curves_json",
    "decide",
    "estimate_seconds",
    "experiment_template",
    "fault_finders",
    "find_experiment",
    "get_experiment",
    "judge",
    "merge_measurements",
    "param_faults",
    "reference_for",
    "references",
    "result_of",
    "run_experiment",
    "validate_params",
    "verify",
    "verify_preset",
]
