from .binary import (
    network_bytes as network_bytes,
    node_order as node_order,
    titles_bytes as titles_bytes,
)
from .build import (
    build_graph as build_graph,
    patch_graph as patch_graph,
)
from .communities import (
    Area as Area,
    find_areas as find_areas,
)
from .diff import (
    Change as Change,
    GraphDiff as GraphDiff,
    NoteChange as NoteChange,
    Statement as Statement,
    diff_graphs as diff_graphs,
)
from .ego import (
    Ego as Ego,
    Neighbour as Neighbour,
    degree as degree,
    degrees as degrees,
    ego as ego,
)
from .exports import (
    FORMATS as FORMATS,
    export as export,
    node_link as node_link,
    read_graphml as read_graphml,
)
from .links import (
    Link as Link,
    links as links,
    links_between as links_between,
    side_of as side_of,
)
from .model import (
    MENTION as MENTION,
    MENTION_TYPE as MENTION_TYPE,
    NoteGraph as NoteGraph,
    Reason as Reason,
    ghost_key as ghost_key,
    reasons_from as reasons_from,
)
from .part import (
    Side as Side,
    changed_sides as changed_sides,
    linked_groups as linked_groups,
)
from .paths import (
    GraphPath as GraphPath,
    Step as Step,
    explain_no_path as explain_no_path,
    find_paths as find_paths,
    find_ways as find_ways,
    path_to_json as path_to_json,
    step_between as step_between,
)
from .placing import (
    Layout as Layout,
    layout as layout,
    layout_digest as layout_digest,
)
from .stats import (
    AreaSize as AreaSize,
    RelatedPair as RelatedPair,
    Stats as Stats,
    stats as stats,
    stats_to_json as stats_to_json,
    stats_to_text as stats_to_text,
)
from .store import (
    load_layout as load_layout,
    save_layout as save_layout,
    stored_layout as stored_layout,
)
