from .experiment import (
    experiment_page as experiment_page,
    experiments_page as experiments_page,
)
from .home import (
    home_page as home_page,
)
from .map_sheet import (
    MapView as MapView,
)
from .network import (
    network_page as network_page,
)
from .panel import (
    Question as Question,
)
from .retelling import (
    trail_markdown as trail_markdown,
    trail_page as trail_page,
)
from .run import (
    MAX_COMPARED as MAX_COMPARED,
    run_page as run_page,
)
from .standing import (
    standing_page as standing_page,
)
from .state import (
    Collection as Collection,
    Patch as Patch,
    VerdictInfo as VerdictInfo,
    build_collection as build_collection,
    collect as collect,
    patched as patched,
    rejudged as rejudged,
)
from .timeline import (
    timeline_page as timeline_page,
)
from .ways import (
    End as End,
    find_end as find_end,
    path_page as path_page,
)
