from .channels import (
    Event as Event,
)
from .errors import (
    AlreadyFinal as AlreadyFinal,
    Cancelled as Cancelled,
    Ended as Ended,
    Failed as Failed,
    Fault as Fault,
    Interrupted as Interrupted,
    NoSuchRun as NoSuchRun,
    QueueFull as QueueFull,
    RunsError as RunsError,
    SpecError as SpecError,
    StoreError as StoreError,
    TimedOut as TimedOut,
    Unreachable as Unreachable,
    WorkerDied as WorkerDied,
)
from .executors import (
    open_executor as open_executor,
    check_scheduler as check_scheduler,
)
from .executors.base import (
    Executor as Executor,
    Job as Job,
)
from .executors.local import (
    LocalExecutor as LocalExecutor,
)
from .limits import (
    Limits as Limits,
)
from .model import (
    Run as Run,
    RunSpec as RunSpec,
    State as State,
)
from .rows import (
    Page as Page,
)
from .service import (
    RunService as RunService,
)
from .spec import (
    DEFAULT_SEED as DEFAULT_SEED,
    make_spec as make_spec,
)
from .store import (
    Store as Store,
    open_store as open_store,
)
from .telling import (
    run_json as run_json,
)
from .verdicts import (
    answer_for as answer_for,
)
