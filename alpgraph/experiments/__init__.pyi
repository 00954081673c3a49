from .code import (
    code_hash as code_hash,
)
from .faults import (
    ParamFault as ParamFault,
    fault_finders as fault_finders,
    param_faults as param_faults,
)
from .merging import (
    merge_measurements as merge_measurements,
)
from .model import (
    Arm as Arm,
    Curve as Curve,
    Experiment as Experiment,
    Measurements as Measurements,
    Metric as Metric,
    Picture as Picture,
    Preset as Preset,
    Progress as Progress,
    Verdict as Verdict,
)
from .params import (
    Params as Params,
    validate_params as validate_params,
)
from .references import (
    REFERENCE_SEED as REFERENCE_SEED,
    reference_for as reference_for,
    references as references,
)
from .registry import (
    all_experiments as all_experiments,
    find_experiment as find_experiment,
    get_experiment as get_experiment,
)
from .results import (
    curves_json as curves_json,
    result_of as result_of,
)
from .running import (
    Verification as Verification,
    estimate_seconds as estimate_seconds,
    run_experiment as run_experiment,
    verify as verify,
    verify_preset as verify_preset,
)
from .template import (
    experiment_template as experiment_template,
)
from .verdicts import (
    Judgement as Judgement,
    decide as decide,
    judge as judge,
)
