from .dates import (
    changed_paths as changed_paths,
    note_dates as note_dates,
)
from .events import (
    Event as Event,
    timeline as timeline,
)
from .git import (
    ForeignRepositoryError as ForeignRepositoryError,
    HistoryError as HistoryError,
    commit_id as commit_id,
    history_stamp as history_stamp,
    remotes as remotes,
)
from .revisions import (
    common_ancestor as common_ancestor,
    files_at as files_at,
    notebook_at as notebook_at,
    revision_at as revision_at,
    unread_at as unread_at,
)
