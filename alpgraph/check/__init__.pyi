from .changed import (
    check_change as check_change,
)
from .checking import (
    check_notebook as check_notebook,
    explain as explain,
    find_rule as find_rule,
    findings_of_change as findings_of_change,
)
from .choosing import (
    chosen as chosen,
    summary_line as summary_line,
    summary_table as summary_table,
    without_repeats as without_repeats,
)
from .findings_cache import (
    CachedFindings as CachedFindings,
    FindingsCache as FindingsCache,
)
from .fixes import (
    FixOutcome as FixOutcome,
    apply_fixes as apply_fixes,
)
from .github import (
    to_github as to_github,
    to_summary as to_summary,
)
from .rule import (
    Fault as Fault,
    FaultFinder as FaultFinder,
    ParamFault as ParamFault,
    Rule as Rule,
    Subject as Subject,
)
from .rules import (
    RULES as RULES,
)
from .sarif import (
    to_sarif as to_sarif,
)
from .structured import (
    diagnostic_record as diagnostic_record,
    to_json as to_json,
)
from .terminal import (
    to_concise as to_concise,
    to_full as to_full,
)
